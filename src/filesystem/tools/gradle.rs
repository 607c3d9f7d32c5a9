//! `gradle` and its wrapper: the user home's caches, and `build`.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool, maven};
use crate::data::fact;
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// Gradle.
pub const TOOL: Tool = Tool { commands: &["gradle", "gradlew"], run };

const WITH_VALUE: [&str; 7] = ["-p", "--project-dir", "-x", "--exclude-task", "-g", "-b", "-c"];
const MANIFESTS: [&str; 6] = [
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradle.properties",
    "gradle.lockfile",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder = machine.resolve(call.value(&["-p", "--project-dir"]).unwrap_or("."));
    let home = call.value(&["-g", "--gradle-user-home"]).map(|path| machine.resolve(path));
    let home = home
        .or_else(|| machine.variable("GRADLE_USER_HOME"))
        .unwrap_or_else(|| project::inside(&machine.home(), ".gradle"));
    if call.command() == "gradlew" {
        wrapper(machine, &project::inside(&home, "wrapper"));
    }
    // `:service:build` is the task `build` of the project `service`.
    let tasks: Vec<&str> = call
        .operands(&WITH_VALUE)
        .map(|word| word.text.rsplit(':').next().unwrap_or(&word.text))
        .collect();
    let runs = |names: &[&str]| tasks.iter().any(|task| names.contains(task));
    let build = project::inside(&folder, "build");
    if runs(&["clean"]) {
        machine.remove(&build);
    }
    let archives = runs(&["build", "assemble", "jar", "bootJar", "shadowJar", "war", "bootWar"]);
    let compiles = archives
        || runs(&["classes", "compileJava", "compileKotlin", "test", "check", "installDist"]);
    if compiles || runs(&["dependencies", "resolveDependencies", "downloadDependencies"]) {
        let made_from = project::manifests(machine, &folder, &MANIFESTS);
        let caches = project::inside(&home, "caches");
        let size = fact("gradle.caches.bytes");
        maven::dependencies(machine, &caches, size, made_from, "Gradle's caches");
    }
    if compiles {
        let excludes = call.value(&["-x", "--exclude-task"]) == Some("test");
        let tests = runs(&["build", "test", "check"]) && !excludes;
        let factor = if tests { 2.0 } else { 1.0 };
        machine.spend(fact("java.build.seconds").expected * factor, 0.0, None);
        let identity = maven::identity(call, machine, &folder);
        maven::classes(machine, &folder, &project::inside(&build, "classes"), identity);
        if archives {
            let mut paths = project::outputs(machine, &folder, "/build/libs/");
            if paths.is_empty() {
                paths.push(project::inside(&build, "libs/app.jar"));
            }
            paths.iter().for_each(|path| maven::archive(machine, path, maven::boot(), identity));
        }
        if runs(&["installDist"]) {
            maven::archive(
                machine,
                &project::inside(&build, "install/app/lib/app.jar"),
                maven::boot(),
                identity,
            );
        }
    }
    Outcome::success()
}

/// The wrapper downloads Gradle itself, once.
fn wrapper(machine: &mut Machine<'_>, path: &str) {
    if machine.tree().has(path) {
        return;
    }
    let size = fact("gradle.distribution.bytes");
    machine.download(size.count() / 2, Some(path));
    machine.spend(5.0, 5.0, Some(path));
    let content = Content {
        size,
        factor: 1.0,
        files: 300,
        kind: Kind::Cache,
        compression: fact("java.archive.compression").expected,
        identity: Identity::of("gradle distribution"),
        what: "the Gradle that the wrapper downloads",
    };
    content.write(machine, path);
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    #[test]
    fn the_wrapper_brings_gradle_and_the_archive_is_found() {
        let build = "FROM eclipse-temurin:21 AS build\nWORKDIR /src\nCOPY . .\n\
                     RUN ./gradlew :api:bootJar --no-daemon\n";
        let kept = tree(build);
        assert!(kept.has("/root/.gradle/wrapper") && kept.has("/root/.gradle/caches"));
        let taken = tree(&format!(
            "{build}FROM eclipse-temurin:21-jre\n\
             COPY --from=build /src/api/build/libs/api-*.jar /app/api.jar"
        ));
        assert!(taken.get("/app/api.jar").unwrap().evidence.text.contains("archive"));
    }
}
