//! Builds a Java program with a JDK and ships it with a JRE.

use super::place::{RunCommand, official};
use super::split::{Runtime, absolute, last_build, ship, single, started};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;

/// Splits a single-stage Maven or Gradle build whose start command runs one
/// jar of it. It must not apply where other files are copied after the build,
/// or where the Java version is not known.
pub const RECIPE: Recipe = Recipe {
    id: "java-multi-stage",
    title: "Ship the jar on a JRE",
    why: "The compiler, the build tool and the repository it filled are needed to build, not to run: a JRE of the same version runs the jar.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let runtime = Runtime::of(runtime(reference)?);
    let (build, _) = last_build(analysis, stage, packages)?;
    let (start, words) = started(analysis, stage)?;
    let at = words.iter().position(|word| word == "-jar")?;
    let jar = words.get(at + 1).filter(|word| word.ends_with(".jar"))?;
    let jar = absolute(start, jar)?;
    let folder = build.scope.workdir.trim_end_matches('/');
    let built = ["target", "build/libs"]
        .iter()
        .any(|output| jar.strip_prefix(&format!("{folder}/{output}/")).is_some());
    let agents = words.iter().any(|word| word.contains("-javaagent") || word.contains("-cp"));
    (words[0] == "java" && built && !agents).then(|| ship(analysis, stage, build, &runtime, &jar))
}

fn packages(command: &RunCommand) -> bool {
    const GOALS: [&str; 7] =
        ["package", "install", "verify", "build", "assemble", "bootJar", "shadowJar"];
    matches!(command.name(), "mvn" | "mvnw" | "gradle" | "gradlew")
        && command.operands(1).any(|goal| GOALS.contains(&goal.rsplit(':').next().unwrap_or(goal)))
}

/// The JRE of the same version and distribution as the JDK of an image.
fn runtime(reference: &str) -> Option<String> {
    let repository = official(reference)?;
    let tag = reference.rsplit_once(':')?.1;
    let version = |mark: &str| {
        let rest = tag.split_once(mark)?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    let version = match repository {
        "maven" => version("-eclipse-temurin-")?,
        "gradle" => version("jdk")?,
        "eclipse-temurin" if tag.contains("-jdk") => {
            tag.chars().take_while(char::is_ascii_digit).collect()
        }
        _ => return None,
    };
    let variant = if tag.contains("alpine") { "-alpine" } else { "" };
    (!version.is_empty()).then(|| format!("eclipse-temurin:{version}-jre{variant}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_jar() {
        let before = "FROM maven:3.9-eclipse-temurin-21\nWORKDIR /app\nCOPY . .\nRUN mvn -B package -DskipTests\nCMD [\"java\", \"-jar\", \"target/app.jar\"]\n";
        let expected = "FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /app\nCOPY . .\nRUN mvn -B package -DskipTests\n\nFROM eclipse-temurin:21-jre\nWORKDIR /app\nCOPY --from=build /app/target/app.jar /app/target/app.jar\nCMD [\"java\", \"-jar\", \"target/app.jar\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn keeps_version_and_distribution() {
        for (image, expected) in [
            ("maven:3.9-eclipse-temurin-17-alpine", Some("eclipse-temurin:17-jre-alpine")),
            ("gradle:8.10-jdk21", Some("eclipse-temurin:21-jre")),
            ("eclipse-temurin:11-jdk", Some("eclipse-temurin:11-jre")),
            ("eclipse-temurin:11-jre", None),
            ("maven:3.9", None),
            ("openjdk:17", None),
        ] {
            assert_eq!(runtime(image).as_deref(), expected, "{image}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN mvn package\nCMD java -jar target/*.jar",
            "RUN mvn package\nCOPY conf conf\nCMD java -jar target/a.jar",
            "RUN mvn package\nCMD mvn spring-boot:run",
            "RUN mvn test\nCMD java -jar target/a.jar",
            "RUN mvn package\nCMD java -javaagent:a.jar -jar target/a.jar",
        ] {
            let text =
                format!("FROM maven:3.9-eclipse-temurin-21\nWORKDIR /app\nCOPY . .\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
