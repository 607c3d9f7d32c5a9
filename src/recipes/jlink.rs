//! Runs a Java program on a runtime of the modules that it needs.

use super::base::{needs_no_shell, shipped, start_words, swap};
use super::place::official;
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;

/// Applies to a final stage on an Eclipse Temurin JRE that runs nothing and
/// takes its program from a stage with the JDK of the same version and C
/// library. Off by default: what reflection, agents or native libraries ask of
/// the JRE's other modules, fonts and certificates is found only when it runs.
pub const RECIPE: Recipe = Recipe {
    id: "java-jlink",
    title: "Run on a Java runtime made with jlink",
    why: "jlink writes a runtime of the standard modules (java.se) and those that servers need, without debug information, of some 55 MB; a JRE image has 180 MB and more. Nobody updates it but the next build.",
    applicability: Applicability::Risky,
    rewrite,
};

const HOME: &str = "/opt/java";
const MODULES: &str = "java.se,jdk.management,jdk.unsupported,jdk.zipfs";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    let (version, alpine) = jre(reference)?;
    let (_, words) = start_words(analysis, stage)?;
    if words.first()? != "java" || !needs_no_shell(analysis, stage) {
        return None;
    }
    let (from, name) = build_stage(analysis, stage)?;
    let Base::Image(jdk) = &analysis.graph.stages[from].base else { return None };
    let last = analysis.graph.stages[from].steps.last().filter(|step| step.scope.is_root())?;
    if jdk_version(jdk)? != version || jdk.contains("alpine") != alpine {
        return None;
    }
    let base = if alpine { "alpine:3.22" } else { "debian:13-slim" };
    let keyword = |word: &str| analysis.keyword(word);
    // Before 22 elliptic curves are in a module of their own.
    let curves = if version < 22 { ",jdk.crypto.ec" } else { "" };
    let compress = if version < 21 { "2" } else { "zip-6" };
    let run = format!(
        "{} jlink --add-modules {MODULES}{curves} --strip-java-debug-attributes --no-man-pages --no-header-files --compress={compress} --output {HOME}",
        keyword("RUN")
    );
    let lines = [
        format!("{} JAVA_HOME={HOME} PATH={HOME}/bin:$PATH", keyword("ENV")),
        format!("{} --from={name} {HOME} {HOME}", keyword("COPY")),
    ];
    let edits = vec![
        analysis.insert_after(analysis.instruction(last), &[run]),
        swap(analysis, stage, base)?,
        analysis.insert_after(analysis.from(stage), &lines),
    ];
    let verify = "docker build -t app . && docker run --rm app  # and use what it does";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

/// The version of a JRE image, and whether it is on Alpine.
fn jre(reference: &str) -> Option<(u32, bool)> {
    let tag = reference.rsplit_once(':')?.1;
    let temurin = official(reference) == Some("eclipse-temurin") && tag.contains("-jre");
    let number = tag.split(['-', '.']).next()?.parse().ok();
    number.filter(|version| temurin && *version >= 11).map(|one| (one, tag.contains("alpine")))
}

/// The version of the Temurin JDK in an image.
fn jdk_version(reference: &str) -> Option<u32> {
    let tag = reference.rsplit_once(':')?.1;
    let digits = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    match official(reference)? {
        "maven" => digits(tag.split_once("-eclipse-temurin-")?.1),
        "gradle" => digits(tag.split_once("jdk")?.1),
        "eclipse-temurin" if !tag.contains("-jre") => digits(tag),
        _ => None,
    }
}

/// The stage that the program comes from, if there is one only.
fn build_stage<'a>(analysis: &'a Analysis<'_>, stage: &Stage) -> Option<(usize, &'a str)> {
    let copies = |step: &Step| match &step.operation {
        Operation::Copy(copy) => Some(copy.origin.clone()),
        _ => None,
    };
    let mut origins: Vec<Origin> = stage.steps.iter().filter_map(copies).collect();
    origins.dedup();
    let [Origin::Stage(from)] = origins[..] else { return None };
    Some((from, analysis.graph.stages[from].name.as_deref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    fn staged(build: &str, runtime: &str, lines: &str) -> String {
        format!(
            "FROM {build} AS build\nRUN mvn package\n\nFROM {runtime}\nCOPY --from=build /a.jar /a.jar\n{lines}\n"
        )
    }

    const START: &str = "CMD [\"java\", \"-jar\", \"/a.jar\"]";

    #[test]
    fn makes_a_runtime() {
        let before = staged("maven:3.9-eclipse-temurin-17", "eclipse-temurin:17-jre", START);
        let expected = "FROM maven:3.9-eclipse-temurin-17 AS build\nRUN mvn package\nRUN jlink --add-modules java.se,jdk.management,jdk.unsupported,jdk.zipfs,jdk.crypto.ec --strip-java-debug-attributes --no-man-pages --no-header-files --compress=2 --output /opt/java\n\nFROM debian:13-slim\nENV JAVA_HOME=/opt/java PATH=/opt/java/bin:$PATH\nCOPY --from=build /opt/java /opt/java\nCOPY --from=build /a.jar /a.jar\nCMD [\"java\", \"-jar\", \"/a.jar\"]\n";
        assert_eq!(after(&RECIPE, &before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        let maven = "maven:3.9-eclipse-temurin-21";
        for (build, runtime, lines) in [
            (maven, "eclipse-temurin:17-jre", START.to_owned()),
            (maven, "eclipse-temurin:21-jre-alpine", START.to_owned()),
            (maven, "eclipse-temurin:21-jre", format!("RUN apt-get update\n{START}")),
            (maven, "eclipse-temurin:21-jre", "CMD [\"/start\"]".to_owned()),
            (maven, "eclipse-temurin:21-jre", format!("COPY conf /conf\n{START}")),
            (maven, "eclipse-temurin:21-jdk", START.to_owned()),
            ("maven:3.9-amazoncorretto-21", "eclipse-temurin:21-jre", START.to_owned()),
        ] {
            let text = staged(build, runtime, &lines);
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
