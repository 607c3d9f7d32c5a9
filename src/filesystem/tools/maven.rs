//! `mvn` and its wrapper: the local repository and `target`.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool, node};
use crate::context::Manifest;
use crate::context::manifest::Pom;
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// Maven.
pub const TOOL: Tool = Tool { commands: &["mvn", "mvnw", "mvnd"], run };

const WITH_VALUE: [&str; 9] =
    ["-f", "--file", "-pl", "--projects", "-P", "-s", "--settings", "-T", "-Dmaven.repo.local"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let goals: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    let pom = machine.resolve(call.value(&["-f", "--file"]).unwrap_or("pom.xml"));
    let folder = match pom.strip_suffix("pom.xml") {
        Some("/") => "/",
        Some(folder) => folder.trim_end_matches('/'),
        None => &pom,
    };
    let target = project::inside(folder, "target");
    if goals.contains(&"clean") {
        machine.remove(&target);
    }
    let reaches = |phases: &[&str]| goals.iter().any(|goal| phases.contains(goal));
    let packages = reaches(&["package", "verify", "install", "deploy", "spring-boot:repackage"]);
    let compiles = packages || reaches(&["compile", "test-compile", "test", "process-classes"]);
    if compiles || goals.iter().any(|goal| goal.starts_with("dependency:")) {
        let whole = goals.iter().any(|goal| goal.ends_with(":go-offline"));
        repository(call, machine, folder, whole);
    }
    if compiles {
        let skips = call
            .texts()
            .any(|word| word.starts_with("-DskipTests") || word.starts_with("-Dmaven.test.skip"));
        let factor = if skips { 1.0 } else { 2.0 };
        machine.spend(fact("java.build.seconds").expected * factor, 0.0, None);
        let identity = identity(call, machine, folder);
        classes(machine, folder, &project::inside(&target, "classes"), identity);
        if packages {
            for path in archives(machine, folder) {
                if is_whole(machine) {
                    let weight = packed(machine, folder);
                    archive(machine, &path, weight, identity);
                } else {
                    thin(machine, folder, &path, identity);
                }
            }
        }
    }
    Outcome::success()
}

/// What a Java build derives from.
pub fn identity(call: &Invocation, machine: &Machine<'_>, folder: &str) -> Identity {
    Identity::of((call.joined(), node::sources(machine, folder)))
}

/// Downloads plugins and dependencies, unless they are there; `whole`: also the
/// plugins that no call runs.
fn repository(call: &Invocation, machine: &mut Machine<'_>, folder: &str, whole: bool) {
    let moved = call.value(&["-Dmaven.repo.local"]).map(|path| machine.resolve(path));
    let path = moved.unwrap_or_else(|| project::inside(&machine.home(), ".m2/repository"));
    let made_from = project::manifests(machine, folder, &["pom.xml"]);
    let (size, what) = weight(machine, whole);
    dependencies(machine, &path, size, made_from, what);
}

/// The weight of the repository, by the dependencies of pom.xml where it was
/// given: they share much, so that many weigh less than their sum.
fn weight(machine: &Machine<'_>, whole: bool) -> (Fact, &'static str) {
    let count: usize = poms(machine).map(|pom| pom.dependencies.len()).sum();
    if poms(machine).next().is_none() {
        return (fact("maven.repository.bytes"), "Maven's repository");
    }
    let plugins = if whole { fact("maven.plugins.bytes") } else { fact("maven.plugins.run") };
    let one = fact("maven.dependency.bytes");
    let shared = (count as f64).powf(0.8);
    let size = plugins.plus(one, shared);
    (size, "Maven's repository, by the dependencies of pom.xml")
}

/// The weight of an archive with its dependencies: a plain library brings little
/// with it, a starter of Spring or Quarkus a framework.
fn packed(machine: &Machine<'_>, folder: &str) -> (Fact, &'static str) {
    const FRAMEWORKS: [&str; 3] = ["org.springframework", "io.quarkus", "io.micronaut"];
    let mut all = poms(machine).flat_map(|pom| &pom.dependencies).peekable();
    let known = all.peek().is_some();
    let (mut framework, mut count) = (false, 0.0);
    for dependency in all {
        framework |= FRAMEWORKS.iter().any(|group| dependency.group_id.starts_with(group));
        count += 1.0;
    }
    if !known || framework {
        return boot();
    }
    let size = own(machine, folder).plus(fact("java.packed.bytes"), count);
    (size, "an archive with its dependencies, by those of pom.xml")
}

fn poms<'w>(machine: &Machine<'w>) -> impl Iterator<Item = &'w Pom> {
    machine.world.manifests.files.values().filter_map(|manifest| match manifest {
        Manifest::Pom(pom) => Some(pom),
        _ => None,
    })
}

/// Whether the archive holds the dependencies: a web archive does, and a jar
/// when one of these plugins makes it. Without a pom.xml, it is taken to.
fn is_whole(machine: &Machine<'_>) -> bool {
    const PACKERS: [&str; 5] = [
        "spring-boot-maven-plugin",
        "maven-shade-plugin",
        "maven-assembly-plugin",
        "quarkus-maven-plugin",
        "onejar-maven-plugin",
    ];
    let packs = |pom: &Pom| {
        pom.packaging.as_deref().is_some_and(|packaging| packaging != "jar")
            || pom.plugins.iter().any(|plugin| PACKERS.contains(&plugin.as_str()))
    };
    poms(machine).next().is_none() || poms(machine).any(packs)
}

/// Downloads jars into a folder, unless there are some.
pub fn dependencies(
    machine: &mut Machine<'_>,
    path: &str,
    size: Fact,
    identity: Identity,
    what: &str,
) {
    if machine.tree().has(path) {
        return;
    }
    let seconds = size.expected / fact("java.download.bytes_per_second").expected;
    machine.download(size.count(), Some(path));
    machine.spend(seconds, seconds, Some(path));
    let content = Content {
        size,
        factor: 1.0,
        files: 2_000,
        kind: Kind::Cache,
        compression: fact("java.archive.compression").expected,
        identity,
        what,
    };
    content.write(machine, path);
}

/// The archives' paths: those that the Dockerfile takes tell them best.
fn archives(machine: &Machine<'_>, folder: &str) -> Vec<String> {
    let taken = project::outputs(machine, folder, "/target/");
    if !taken.is_empty() {
        return taken;
    }
    let name = machine.world.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::Pom(pom) => {
            let version = pom.version.as_deref().unwrap_or("1.0");
            let extension = pom.packaging.as_deref().unwrap_or("jar");
            let name = pom.final_name.clone().filter(|name| !name.contains('$'));
            let name = name.unwrap_or_else(|| format!("{}-{version}", pom.artifact_id));
            Some(format!("{name}.{extension}"))
        }
        _ => None,
    });
    let name = name.as_deref().unwrap_or("app.jar");
    vec![project::inside(&project::inside(folder, "target"), name)]
}

/// Endings of the sources of the JVM's languages.
const SOURCES: [&str; 4] = ["java", "kt", "groovy", "scala"];

/// The weight of a jar of the project's own classes, by its sources where they
/// are known.
fn own(machine: &Machine<'_>, folder: &str) -> Fact {
    let ratio = fact("java.thin.ratio");
    match project::code(machine, folder, &SOURCES) {
        Some(bytes) => fact("java.thin.least").plus(project::sized(&ratio, ratio.of(bytes)), 1.0),
        None => fact("java.thin.bytes"),
    }
}

/// Writes what the sources of a folder are compiled to.
pub fn classes(machine: &mut Machine<'_>, folder: &str, path: &str, identity: Identity) {
    let ratio = fact("java.classes.ratio");
    let size = match project::code(machine, folder, &SOURCES) {
        Some(bytes) => project::sized(&ratio, ratio.of(bytes)),
        None => fact("java.classes.bytes"),
    };
    let content = Content {
        size,
        factor: 1.0,
        files: 150,
        kind: Kind::BuildOutput,
        compression: 0.45,
        identity,
        what: "compiled classes",
    };
    content.write(machine, path);
}

/// Writes an archive of the project's own classes.
fn thin(machine: &mut Machine<'_>, folder: &str, path: &str, identity: Identity) {
    let content = Content {
        size: own(machine, folder),
        factor: 1.0,
        files: 1,
        kind: Kind::BuildOutput,
        compression: fact("java.archive.compression").expected,
        identity,
        what: "a jar of the project's own classes, without its dependencies",
    };
    content.write(machine, path);
}

/// The weight of an archive of a framework's service.
pub fn boot() -> (Fact, &'static str) {
    (fact("java.archive.bytes"), "an archive with its dependencies, as Spring Boot makes it")
}

/// Writes an archive that holds the dependencies.
pub fn archive(
    machine: &mut Machine<'_>,
    path: &str,
    (size, what): (Fact, &str),
    identity: Identity,
) {
    let content = Content {
        size,
        factor: 1.0,
        files: 1,
        kind: Kind::BuildOutput,
        compression: fact("java.archive.compression").expected,
        identity,
        what,
    };
    content.write(machine, path);
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    const BUILD: &str = "FROM maven:3-eclipse-temurin-21 AS build\nWORKDIR /app\nCOPY pom.xml .\n\
                         RUN mvn dependency:go-offline\nCOPY src src\n\
                         RUN mvn -DskipTests clean package\n";

    #[test]
    fn a_pattern_takes_the_archive() {
        let tree = tree(&format!(
            "{BUILD}FROM eclipse-temurin:21-jre\nCOPY --from=build /app/target/*.jar app.jar"
        ));
        assert!(tree.get("/app.jar").unwrap().evidence.text.contains("archive"));
    }

    #[test]
    fn the_pom_tells_what_is_packed_and_downloaded() {
        let pom = |rest: &str| {
            format!("<project><artifactId>a</artifactId><version>1</version>{rest}</project>")
        };
        let one = "<dependency><groupId>g</groupId><artifactId>b</artifactId></dependency>";
        let plugin = "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin>\
                      </plugins></build>";
        let run = |pom: String| super::super::harness::run(&[("pom.xml", &pom)], "mvn package");
        let bytes = super::super::harness::bytes;
        let small = run(pom(&format!("<dependencies>{one}</dependencies>")));
        let large = run(pom(&format!("<dependencies>{}</dependencies>{plugin}", one.repeat(9))));
        let repository = "/root/.m2/repository";
        assert!(bytes(&small, repository) < bytes(&large, repository) / 2);
        assert!(bytes(&small, "/app/target/a-1.jar") < bytes(&large, "/app/target/a-1.jar") / 10);
    }

    #[test]
    fn the_repository_is_filled_by_the_first_call() {
        let tree = tree(BUILD);
        let layer = |path: &str| tree.get(path).unwrap().layer;
        assert!(layer("/root/.m2/repository") < layer("/app/target/app.jar"));
    }
}
