//! `java` as far as it unpacks a Spring Boot archive into layers, and `jlink`.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool};
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind, Range};

/// The launcher.
pub const TOOL: Tool = Tool { commands: &["java"], run };
/// What makes a runtime of chosen modules.
pub const JLINK: Tool = Tool { commands: &["jlink"], run: jlink };

/// What decides the dependencies of a Java project.
const MANIFESTS: [&str; 5] =
    ["pom.xml", "build.gradle", "build.gradle.kts", "gradle.lockfile", "libs.versions.toml"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let mode = call.texts().find_map(|text| text.strip_prefix("-Djarmode=")).map(str::to_owned);
    let jar = call.value(&["-jar"]).map(|path| machine.resolve(path));
    let extracts = call.texts().any(|text| text == "extract");
    match (mode.as_deref(), jar) {
        (Some("tools" | "layertools"), Some(jar)) if extracts => {
            let layered = mode.as_deref() == Some("layertools") || call.has(&["--layers"]);
            let name = jar.rsplit('/').next().unwrap_or("app.jar");
            let folder = match (call.value(&["--destination"]), mode.as_deref()) {
                (Some(folder), _) => folder,
                (None, Some("layertools")) => ".",
                (None, _) => name.trim_end_matches(".jar"),
            };
            let folder = machine.resolve(folder);
            extract(machine, &jar, &folder, layered);
            Outcome::success()
        }
        _ => super::unknown(call, machine),
    }
}

/// Unpacks an archive: the project's own classes apart from what they depend
/// on, which only manifests decide.
fn extract(machine: &mut Machine<'_>, jar: &str, folder: &str, layered: bool) {
    machine.spend(2.0, 0.0, None);
    let found = machine.tree().get(jar).map(|entry| (entry.bytes, entry.identity));
    let archive = fact("java.archive.bytes");
    let (bytes, identity) = found.unwrap_or((archive.bytes(), Identity::of(jar)));
    let manifests = project::manifests(machine, "/", &MANIFESTS);
    let manifests =
        if manifests == Identity::of_all::<(&str, Identity)>([]) { identity } else { manifests };
    let own = fact("java.thin.bytes");
    let rest = |of: u64, own: f64| of.saturating_sub(own as u64);
    let libraries = Range::new(
        rest(bytes.low, own.high),
        rest(bytes.expected, own.expected),
        rest(bytes.high, own.low),
    );
    let compression = archive_compression();
    let part = |name: &str| match layered {
        true => project::inside(folder, &format!("{name}/({name})")),
        false => project::inside(folder, &format!("({name})")),
    };
    let content = Content {
        size: sized(&archive, libraries),
        factor: 1.0,
        files: 80,
        kind: Kind::Package,
        compression,
        identity: Identity::of(("dependencies", manifests)),
        what: "the jars that a Spring Boot archive brings",
    };
    content.write(machine, &part("dependencies"));
    let content = Content {
        size: own,
        factor: 1.0,
        files: 1,
        kind: Kind::BuildOutput,
        compression,
        identity,
        what: "the project's own classes",
    };
    content.write(machine, &part("application"));
    if layered {
        machine.make_folder(&project::inside(folder, "snapshot-dependencies"));
        machine.make_folder(&project::inside(folder, "spring-boot-loader"));
    }
}

fn archive_compression() -> f64 {
    fact("java.archive.compression").expected
}

fn sized(archive: &Fact, bytes: Range) -> Fact {
    Fact {
        low: bytes.low as f64,
        expected: bytes.expected as f64,
        high: bytes.high as f64,
        kind: EvidenceKind::Derived,
        ..archive.clone()
    }
}

fn jlink(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let Some(folder) = call.value(&["--output"]).map(|path| machine.resolve(path)) else {
        return Outcome::success();
    };
    machine.spend(fact("java.jlink.seconds").expected, 0.0, None);
    let small = call.value(&["--compress"]).is_some_and(|level| !level.ends_with('0'));
    let (size, compression) = match small {
        true => (fact("java.jlink.bytes"), fact("java.jlink.compression").expected),
        false => (fact("java.jlink.plain.bytes"), fact("java.jlink.plain.compression").expected),
    };
    let content = Content {
        size,
        factor: 1.0,
        files: 77,
        kind: Kind::Package,
        compression,
        identity: Identity::of((call.joined(), &machine.world.image.reference)),
        what: "a Java runtime of chosen modules",
    };
    content.write(machine, &project::inside(&folder, "(runtime)"));
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    const BUILD: &str = "FROM maven:3-eclipse-temurin-21 AS build\nWORKDIR /app\nCOPY pom.xml .\n\
                         COPY src src\nRUN mvn package\n";

    #[test]
    fn an_archive_is_unpacked_into_layers() {
        let text = format!(
            "{BUILD}RUN java -Djarmode=tools -jar target/app.jar extract --layers --destination /x\n\
             FROM eclipse-temurin:21-jre\nCOPY --from=build /x/dependencies/ /app/\n\
             COPY --from=build /x/application/ /app/"
        );
        let tree = tree(&text);
        let all: Vec<_> = tree.subtree("/app").collect();
        let sum: u64 = all.iter().map(|(_, entry)| entry.bytes.expected).sum();
        assert!(sum > 40_000_000, "{sum}: {all:?}");
    }

    #[test]
    fn dependencies_follow_manifests_and_the_application_sources() {
        let identities = |source: &str| {
            let build = BUILD.replace("COPY src src", source);
            let tree = tree(&format!(
                "{build}RUN java -Djarmode=layertools -jar target/app.jar extract --destination /x"
            ));
            let of = |name: &str| tree.get(&format!("/x/{name}/({name})")).unwrap().identity;
            (of("dependencies"), of("application"))
        };
        let (one, other) = (identities("COPY src src"), identities("COPY src docs ./"));
        assert_eq!(one.0, other.0);
        assert_ne!(one.1, other.1);
    }

    #[test]
    fn jlink_writes_a_runtime() {
        let tree = tree(
            "FROM eclipse-temurin:21-jdk\nRUN jlink --add-modules java.se --compress=2 --output /jre",
        );
        let bytes = tree.get("/jre/(runtime)").unwrap().bytes;
        assert!(bytes.low < bytes.expected && bytes.expected < 80_000_000);
    }
}
