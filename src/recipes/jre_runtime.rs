//! Runs a Java program on a JRE.

use super::base::{is_smaller, shipped, start_words, swap};
use super::place::{is_word_of, official};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage};
use crate::report::Applicability;

/// Applies to a final stage on a JDK that starts `java` and takes its program
/// from elsewhere. It must not apply where the stage uses the JDK's tools;
/// openjdk's images, which end and have no JRE, are left for Eclipse Temurin's
/// only where the stage runs nothing: that is another distribution.
pub const RECIPE: Recipe = Recipe {
    id: "jre-runtime",
    title: "Run on a JRE instead of a JDK",
    why: "The compiler and the JDK's tools are not needed to run a program. What attaches to it from inside the container (jcmd, jmap) is missing then.",
    applicability: Applicability::Likely,
    rewrite,
};

const TOOLS: [&str; 13] = [
    "javac", "jar", "jlink", "jdeps", "jcmd", "jmap", "jstack", "jstat", "jshell", "mvn", "mvnw",
    "gradle", "gradlew",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    let (_, words) = start_words(analysis, stage)?;
    let image = jre(reference, runs(stage))?;
    let java = words.first().is_some_and(|word| word.rsplit('/').next() == Some("java"));
    if !java || uses_jdk(analysis, stage) || !is_smaller(analysis, &image, reference) {
        return None;
    }
    let edit = swap(analysis, stage, &image)?;
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Some(Rewrite { edits: vec![edit], verify, ..Rewrite::default() })
}

fn runs(stage: &Stage) -> bool {
    stage.steps.iter().any(|step| matches!(step.operation, Operation::Run(_)))
}

/// True where a RUN or the rest of the start names a tool of the JDK, or a
/// `-javaagent` may need one.
fn uses_jdk(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    stage.steps.iter().any(|step| {
        let text = analysis.dockerfile.text(analysis.instruction(step).span);
        let is_run = matches!(step.operation, Operation::Run(_));
        text.contains("-javaagent")
            || text.contains("jdk.attach")
            || (is_run && TOOLS.iter().any(|tool| is_word_of(text, tool)))
    })
}

/// The JRE of the same version and variant.
fn jre(reference: &str, runs: bool) -> Option<String> {
    let repository = official(reference)?;
    let tag = reference.rsplit_once(':')?.1;
    let (version, variant) = tag.split_once('-').unwrap_or((tag, ""));
    let major = version.split('.').next().filter(|major| major.parse::<u32>().is_ok())?;
    let variant = match variant.strip_prefix("jdk") {
        Some(rest) => rest.trim_start_matches('-'),
        None => variant,
    };
    let joined = |version: &str, variant: &str| match variant {
        "" => format!("eclipse-temurin:{version}-jre"),
        variant => format!("eclipse-temurin:{version}-jre-{variant}"),
    };
    match repository {
        "eclipse-temurin" if !variant.starts_with("jre") => Some(joined(version, variant)),
        "openjdk" if !runs => match variant {
            "" | "slim" | "buster" | "bullseye" | "slim-buster" | "slim-bullseye" => {
                Some(joined(major, ""))
            }
            "alpine" => Some(joined(major, "alpine")),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    fn base(image: &str, lines: &str) -> Option<String> {
        let text = format!("FROM {image}\nCOPY app.jar /app.jar\n{lines}\n");
        let after = after(&RECIPE, &text)?;
        after.strip_prefix("FROM ")?.split('\n').next().map(str::to_owned)
    }

    #[test]
    fn keeps_version_and_variant() {
        for (image, expected) in [
            ("eclipse-temurin:21-jdk", "eclipse-temurin:21-jre"),
            ("eclipse-temurin:21", "eclipse-temurin:21-jre"),
            ("eclipse-temurin:17-jdk-alpine", "eclipse-temurin:17-jre-alpine"),
            ("eclipse-temurin:17-alpine", "eclipse-temurin:17-jre-alpine"),
            ("openjdk:17-jdk-slim", "eclipse-temurin:17-jre"),
            ("openjdk:11", "eclipse-temurin:11-jre"),
        ] {
            let start = "ENTRYPOINT [\"java\", \"-jar\", \"/app.jar\"]";
            assert_eq!(base(image, start).as_deref(), Some(expected), "{image}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        let start = "CMD [\"java\", \"-jar\", \"/app.jar\"]";
        for (image, lines) in [
            ("eclipse-temurin:21-jre", start.to_owned()),
            ("eclipse-temurin:21-jdk", format!("RUN jar xf /app.jar\n{start}")),
            (
                "eclipse-temurin:21-jdk",
                "CMD [\"java\", \"-javaagent:/a.jar\", \"-jar\", \"/app.jar\"]".to_owned(),
            ),
            ("eclipse-temurin:21-jdk", "CMD [\"/start\"]".to_owned()),
            ("openjdk:17-slim", format!("RUN apt-get update\n{start}")),
            ("openjdk:17-oraclelinux8", start.to_owned()),
            ("amazoncorretto:21", start.to_owned()),
        ] {
            assert_eq!(base(image, &lines), None, "{image} {lines}");
        }
    }
}
