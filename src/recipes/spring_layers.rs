//! Ships a Spring Boot archive as layers.

use super::base::{shipped, start_words};
use super::{Edit, Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Operation, Origin, Stage, Step, join};
use crate::report::Applicability;

/// Applies where the final stage takes one archive from a stage that builds it,
/// and starts it with `java -jar`, and where pom.xml says that Spring Boot 2.4
/// or later made it. It must not apply where the version is not known: what
/// unpacks an archive changed with 3.3, and what starts it with 3.2.
pub const RECIPE: Recipe = Recipe {
    id: "spring-layers",
    title: "Ship the Spring Boot archive as layers",
    why: "An archive is one layer of some 50 MB, of which an edit changes a few hundred kB. Unpacked into layers, the dependencies stay cached, and are pushed and pulled only when they change. It also starts a little faster.",
    applicability: Applicability::Likely,
    rewrite,
};

const LAYERS: [&str; 4] =
    ["dependencies", "spring-boot-loader", "snapshot-dependencies", "application"];
/// Where they are unpacked.
const UNPACKED: &str = "/layers";
/// Where the program goes when the archive lay in the root.
const FOLDER: &str = "/application";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let version = version(analysis).filter(|version| *version >= (2, 4))?;
    let (stage, _) = shipped(analysis)?;
    let (start, words) = start_words(analysis, stage)?;
    let at = words.iter().position(|word| word == "-jar")? + 1;
    let jar = join(&start.scope.workdir, words.get(at)?);
    let copy = copy_of(stage, &jar)?;
    let Operation::Copy(operation) = &copy.operation else { return None };
    let (Origin::Stage(from), [source]) = (&operation.origin, &operation.sources[..]) else {
        return None;
    };
    let (above, name) = jar.rsplit_once('/')?;
    let folder = if above.is_empty() { FOLDER } else { above };
    let build = &analysis.graph.stages[*from];
    let last = build.steps.last().filter(|_| words[0] == "java" && is_plain(source))?;
    let is_own =
        last.scope.is_root() && !analysis.graph.chain(*from).contains(&analysis.graph.target?);
    let mut edits = vec![analysis.insert_after(
        analysis.instruction(last),
        &[format!("{} {}", analysis.keyword("RUN"), unpack(version, &join("/", source), name))],
    )];
    let instruction = analysis.instruction(copy);
    let flags = analysis.flags(instruction);
    let lines = LAYERS
        .map(|layer| format!("{} {flags}{UNPACKED}/{layer}/ {folder}/", analysis.keyword("COPY")));
    edits.push(Edit::replace(instruction.span, lines.join(analysis.newline())));
    if let Some(words) = started(version, &words, at, folder, name) {
        let instruction = analysis.instruction(start);
        let arguments = instruction.arguments.source_span(0..instruction.arguments.text.len());
        edits.push(Edit::replace(arguments, exec_form::json(&words)));
    }
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    is_own.then_some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// Spring Boot's version, by the parent of the project whose archive its plugin
/// makes.
fn version(analysis: &Analysis<'_>) -> Option<(u32, u32)> {
    let poms = analysis.manifests.files.values().filter_map(|manifest| match manifest {
        Manifest::Pom(pom) => Some(pom),
        _ => None,
    });
    let mut poms = poms.filter(|pom| {
        pom.plugins.iter().any(|plugin| plugin == "spring-boot-maven-plugin")
            && pom.parent.as_deref() == Some("spring-boot-starter-parent")
    });
    let version = poms.next()?.parent_version.as_deref()?;
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// The only step that brings the archive, of those that copy anything there.
fn copy_of<'a>(stage: &'a Stage, jar: &str) -> Option<&'a Step> {
    stage.steps.iter().rfind(|step| {
        let Operation::Copy(copy) = &step.operation else { return false };
        let destination = join("/", &copy.destination);
        let folder = copy.destination.ends_with('/') || destination == step.scope.workdir;
        let name = copy.sources.first().and_then(|source| source.rsplit('/').next());
        match (folder, name) {
            (true, Some(name)) => join(&destination, name) == jar,
            _ => destination == jar,
        }
    })
}

fn is_plain(path: &str) -> bool {
    path.ends_with(".jar") && !path.contains(['?', '[', '$', ' '])
}

/// Unpacks an archive under the name that it is started by.
fn unpack(version: (u32, u32), source: &str, name: &str) -> String {
    let (copy, jar) = match source.rsplit('/').next() == Some(name) {
        true => (String::new(), source.to_owned()),
        false => (format!("cp {source} /tmp/{name} && "), format!("/tmp/{name}")),
    };
    match version >= (3, 3) {
        true => format!(
            "{copy}java -Djarmode=tools -jar {jar} extract --layers --destination {UNPACKED}"
        ),
        false => {
            format!("{copy}java -Djarmode=layertools -jar {jar} extract --destination {UNPACKED}")
        }
    }
}

/// How the unpacked program is started, if not as before: since 3.3 a small
/// archive of the same name is left, before that only classes.
fn started(
    version: (u32, u32),
    words: &[String],
    at: usize,
    folder: &str,
    name: &str,
) -> Option<Vec<String>> {
    let mut words = words.to_vec();
    if version >= (3, 3) {
        let path = format!("{FOLDER}/{name}");
        return (folder == FOLDER && join("/", &words[at]) != path).then(|| {
            words[at] = path;
            words
        });
    }
    let class = match version >= (3, 2) {
        true => "org.springframework.boot.loader.launch.JarLauncher",
        false => "org.springframework.boot.loader.JarLauncher",
    };
    let launch = ["-cp", folder, class].map(str::to_owned);
    words.splice(at - 1..=at, launch);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after_in, project};

    fn shipped_with(version: &str, copy: &str, start: &str) -> Option<String> {
        let text = format!(
            "FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /src\nCOPY . .\nRUN mvn package\n\nFROM eclipse-temurin:21-jre\nWORKDIR /app\n{copy}\nENTRYPOINT {start}\n"
        );
        let mut project = project(&text);
        let pom = format!(
            "<project><artifactId>a</artifactId><parent><artifactId>spring-boot-starter-parent</artifactId><version>{version}</version></parent><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
        );
        project.manifests.insert("pom.xml".to_owned(), pom);
        after_in(&RECIPE, project)
    }

    const COPY: &str = "COPY --from=build /src/target/*.jar app.jar";
    const START: &str = "[\"java\", \"-Xmx1g\", \"-jar\", \"app.jar\"]";

    #[test]
    fn copies_each_layer() {
        let expected = "FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /src\nCOPY . .\nRUN mvn package\nRUN cp /src/target/*.jar /tmp/app.jar && java -Djarmode=tools -jar /tmp/app.jar extract --layers --destination /layers\n\nFROM eclipse-temurin:21-jre\nWORKDIR /app\nCOPY --from=build /layers/dependencies/ /app/\nCOPY --from=build /layers/spring-boot-loader/ /app/\nCOPY --from=build /layers/snapshot-dependencies/ /app/\nCOPY --from=build /layers/application/ /app/\nENTRYPOINT [\"java\", \"-Xmx1g\", \"-jar\", \"app.jar\"]\n";
        assert_eq!(shipped_with("3.4.1", COPY, START).as_deref(), Some(expected));
    }

    #[test]
    fn older_versions_are_started_by_their_launcher() {
        for (version, class) in [
            ("3.2.0", "org.springframework.boot.loader.launch.JarLauncher"),
            ("2.7.18", "org.springframework.boot.loader.JarLauncher"),
        ] {
            let after = shipped_with(version, COPY, START).unwrap();
            assert!(after.contains("-Djarmode=layertools"), "{after}");
            let start = format!("[\"java\", \"-Xmx1g\", \"-cp\", \"/app\", \"{class}\"]");
            assert!(after.contains(&start), "{after}");
        }
    }

    #[test]
    fn the_root_is_no_place_for_libraries() {
        let copy = "COPY --chown=1 --from=build /src/target/app.jar /app.jar";
        let after = shipped_with("3.4.1", copy, "[\"java\", \"-jar\", \"/app.jar\"]").unwrap();
        assert!(after.contains("COPY --chown=1 --from=build /layers/application/ /application/"));
        assert!(after.contains("[\"java\", \"-jar\", \"/application/app.jar\"]"), "{after}");
    }

    #[test]
    fn leaves_others_alone() {
        for (version, copy, start) in [
            ("2.3.0", COPY, START),
            ("${boot}", COPY, START),
            ("3.4.1", COPY, "[\"java\", \"-cp\", \"app.jar\", \"A\"]"),
            ("3.4.1", COPY, "[\"java\", \"-jar\", \"other.jar\"]"),
            ("3.4.1", COPY, "java -jar app.jar"),
            ("3.4.1", "COPY target/app.jar app.jar", START),
        ] {
            assert_eq!(shipped_with(version, copy, start), None, "{version} {copy} {start}");
        }
    }
}
