//! Downloads dependencies before the sources are copied.

use super::place::{RunCommand, commands, copies_everything, is_word_of, official};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword};

/// Applies where Maven, NuGet or Composer download their packages in the RUN
/// that also reads the sources. It must not apply to projects of several
/// modules, whose manifests lie in folders, nor where the tool was called
/// before. Gradle is left out: none of its tasks downloads what a build needs
/// without one, so that a cache mount is its way; Cargo's is that, too.
pub const RECIPE: Recipe = Recipe {
    id: "dependencies-first",
    title: "Download dependencies before the sources are copied",
    why: "The build downloads every package again when a source file changes. With the manifests copied first and the packages in a layer of their own, an edit leaves that layer cached.",
    applicability: Applicability::Likely,
    rewrite,
};

/// What comes above the sources.
struct Early {
    /// The COPY's sources.
    manifests: String,
    /// What RUN runs.
    command: String,
    /// A RUN that this takes the place of.
    replaces: Option<usize>,
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages.filter_map(|stage| in_stage(analysis, stage)).flatten().collect();
    let verify = Some("docker build .".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Vec<Edit>> {
    let build = stage.steps.iter().position(|step| {
        commands(analysis.instruction(step)).iter().any(|command| tool(command).is_some())
    })?;
    let step = &stage.steps[build];
    let commands = commands(analysis.instruction(step));
    let command = commands.iter().find(|command| tool(command).is_some())?;
    let copies: Vec<(usize, &Step)> = stage.steps[..build]
        .iter()
        .enumerate()
        .filter(|(_, step)| is_copy_of_context(step))
        .collect();
    let (first, _) = copies.iter().find(|(_, step)| brings_sources(step))?;
    // Something between may need the sources, or the tool what is made there.
    let runs = |step: &Step| matches!(step.operation, Operation::Run(_));
    if stage.steps[*first..build].iter().any(runs) || is_late(analysis, stage, build) {
        return None;
    }
    let early = early(analysis, stage, step, command)?;
    let copy = &stage.steps[*first];
    let Operation::Copy(operation) = &copy.operation else { return None };
    let run = format!("{} {}", analysis.keyword("RUN"), early.command);
    let mut edits = Vec::new();
    if copies_everything(copy) {
        let here =
            |path: &str| path.trim_end_matches('/') == step.scope.workdir.trim_end_matches('/');
        if operation.sources.len() != 1
            || !here(&operation.destination)
            || !here(&copy.scope.workdir)
        {
            return None;
        }
        let instruction = analysis.instruction(copy);
        let flags = analysis.flags(instruction);
        let manifests = format!("{} {flags}{} ./", analysis.keyword("COPY"), early.manifests);
        edits.push(analysis.insert_before(instruction, &[manifests, run]));
    } else {
        // The manifests are copied first already: the download is missing.
        let copied: Vec<&str> = copies
            .iter()
            .take_while(|(at, _)| at < first)
            .filter_map(|(_, step)| match &step.operation {
                Operation::Copy(copy) => Some(&copy.sources),
                _ => None,
            })
            .flatten()
            .map(String::as_str)
            .collect();
        let all = early.manifests.split(' ').all(|name| copied.contains(&name));
        let (_, last) = copies.iter().rfind(|(at, _)| at < first).filter(|_| all)?;
        edits.push(analysis.insert_after(analysis.instruction(last), &[run]));
    }
    if let Some(at) = early.replaces {
        edits.push(analysis.remove(&analysis.dockerfile.instructions[at]));
    }
    Some(edits)
}

/// The tool of a command that downloads and builds.
fn tool(command: &RunCommand) -> Option<&str> {
    let verb = command.operands(1).next().unwrap_or("");
    let tool = command.name();
    let matches = match tool {
        "mvn" | "mvnw" => true,
        "dotnet" => matches!(verb, "restore" | "build" | "publish"),
        "composer" => verb == "install",
        _ => false,
    };
    matches.then_some(tool)
}

fn is_copy_of_context(step: &Step) -> bool {
    matches!(&step.operation, Operation::Copy(copy) if copy.origin == Origin::Context)
}

/// True for a COPY of more than manifests.
fn brings_sources(step: &Step) -> bool {
    let Operation::Copy(copy) = &step.operation else { return false };
    copy.origin == Origin::Context
        && copy.sources.iter().any(|source| {
            let name = source.rsplit('/').next().unwrap_or(source);
            let manifest = ["pom.xml", "mvnw", ".mvn", "composer.json", "composer.lock"];
            !manifest.contains(&name) && !name.ends_with("proj")
        })
}

/// True where the tool is used, or what it needs is made, in a way that the
/// early call would not meet.
fn is_late(analysis: &Analysis<'_>, stage: &Stage, build: usize) -> bool {
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span);
    stage.steps.iter().any(|step| matches!(analysis.instruction(step).body, Body::Onbuild(_)))
        || stage.steps[..build].iter().any(|step| {
            matches!(step.operation, Operation::Run(_))
                && ["mvn", "mvnw", "dotnet"].iter().any(|tool| is_word_of(text(step), tool))
        })
}

fn early(
    analysis: &Analysis<'_>,
    stage: &Stage,
    step: &Step,
    command: &RunCommand,
) -> Option<Early> {
    let plain =
        command.assignments.is_empty() && command.words.iter().all(|word| !word.contains('$'));
    if !plain {
        return None;
    }
    match tool(command)? {
        "mvn" | "mvnw" => maven(analysis, command),
        "dotnet" => dotnet(analysis, step, command),
        _ => composer(analysis, stage, step, command),
    }
}

fn has_entry(analysis: &Analysis<'_>, path: &str) -> bool {
    analysis.context.sent().any(|entry| entry.path == path)
}

/// Paths of files with such a name that lie in folders.
fn in_folders(analysis: &Analysis<'_>, is_wanted: impl Fn(&str) -> bool) -> bool {
    analysis
        .context
        .sent()
        .any(|entry| entry.path.rsplit_once('/').is_some_and(|(_, name)| is_wanted(name)))
}

fn maven(analysis: &Analysis<'_>, command: &RunCommand) -> Option<Early> {
    let modules = analysis.manifests.files.values().any(|manifest| match manifest {
        Manifest::Pom(pom) => !pom.modules.is_empty(),
        _ => false,
    });
    let special = command.has(&[
        "-f",
        "--file",
        "-pl",
        "--projects",
        "-s",
        "--settings",
        "-o",
        "--offline",
        "-P",
        "-Dmaven.repo.local",
    ]);
    // The wrapper needs a folder of its own, which no COPY takes beside files.
    if modules
        || special
        || command.words[0] != "mvn"
        || !has_entry(analysis, "pom.xml")
        || in_folders(analysis, |name| name == "pom.xml")
    {
        return None;
    }
    let quiet = if command.has(&["-q"]) { " -q" } else { "" };
    Some(Early {
        manifests: "pom.xml".to_owned(),
        command: format!("mvn -B{quiet} dependency:go-offline"),
        replaces: None,
    })
}

fn dotnet(analysis: &Analysis<'_>, step: &Step, command: &RunCommand) -> Option<Early> {
    let is_project = |name: &str| name.ends_with(".csproj") || name.ends_with(".fsproj");
    let roots: Vec<&str> = analysis
        .context
        .sent()
        .map(|entry| entry.path.as_str())
        .filter(|path| is_project(path) && !path.contains('/'))
        .collect();
    let solution = analysis.context.sent().any(|entry| entry.path.contains(".sln"));
    let special = command.has(&["-r", "--runtime", "-a", "--arch", "--os", "--no-restore"])
        || command.operands(2).any(|word| word.contains('/') && word.contains("proj"));
    let [project] = roots[..] else { return None };
    if solution || special || in_folders(analysis, is_project) {
        return None;
    }
    // Nobody has told the project's name.
    let project = if analysis.context.assumed { "*.csproj" } else { project };
    let also = [
        "nuget.config",
        "NuGet.config",
        "NuGet.Config",
        "Directory.Build.props",
        "Directory.Packages.props",
        "packages.lock.json",
        "global.json",
    ];
    let also = also.iter().filter(|name| has_entry(analysis, name));
    let manifests: Vec<&str> = std::iter::once(project).chain(also.copied()).collect();
    let restores = command.starts_with(&["dotnet", "restore"]);
    let alone = commands(analysis.instruction(step)).len() == 1;
    if restores && (!alone || command.words.len() != 2) {
        return None;
    }
    Some(Early {
        manifests: manifests.join(" "),
        command: "dotnet restore".to_owned(),
        replaces: restores.then_some(step.instruction),
    })
}

/// Composer installs without the sources; its second call then writes the
/// autoloader and runs the project's scripts.
fn composer(
    analysis: &Analysis<'_>,
    stage: &Stage,
    step: &Step,
    command: &RunCommand,
) -> Option<Early> {
    let late = stage.steps.iter().position(|one| one.instruction == step.instruction)?;
    let there = |step: &Step| {
        let keyword = analysis.instruction(step).keyword.value;
        let text = analysis.dockerfile.text(analysis.instruction(step).span);
        matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add)
            && (text.contains("/composer") || text.contains("getcomposer"))
    };
    let first = stage.steps[..late].iter().position(brings_sources)?;
    let image = matches!(&stage.base, Base::Image(image) if official(image) == Some("composer"));
    let special = command.has(&["-d", "--working-dir", "--no-autoloader", "--no-scripts"]);
    let lock = has_entry(analysis, "composer.json") && has_entry(analysis, "composer.lock");
    if special || !lock || !(image || stage.steps[..first].iter().any(there)) {
        return None;
    }
    Some(Early {
        manifests: "composer.json composer.lock".to_owned(),
        command: format!("{} --no-scripts --no-autoloader", command.words.join(" ")),
        replaces: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn maven_downloads_before_the_sources() {
        let image = "FROM maven:3.9-eclipse-temurin-21\nWORKDIR /app\n";
        let before = format!("{image}COPY --chown=1 . .\nRUN mvn -q package\n");
        let expected = format!(
            "{image}COPY --chown=1 pom.xml ./\nRUN mvn -B -q dependency:go-offline\nCOPY --chown=1 . .\nRUN mvn -q package\n"
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
        let before = format!("{image}COPY pom.xml .\nCOPY src src\nRUN mvn package\n");
        let expected = format!(
            "{image}COPY pom.xml .\nRUN mvn -B dependency:go-offline\nCOPY src src\nRUN mvn package\n"
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn dotnet_restores_before_the_sources() {
        let image = "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\n";
        let expected = format!(
            "{image}COPY *.csproj ./\nRUN dotnet restore\nCOPY . .\nRUN dotnet publish -c Release -o /app\n"
        );
        for restore in ["", "RUN dotnet restore\n"] {
            let before =
                format!("{image}COPY . .\n{restore}RUN dotnet publish -c Release -o /app\n");
            assert_eq!(after(&RECIPE, &before).as_deref(), Some(expected.as_str()));
        }
    }

    #[test]
    fn composer_installs_before_the_sources() {
        let image = "FROM php:8.3\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/composer\nWORKDIR /app\n";
        let before = format!("{image}COPY . .\nRUN composer install --no-dev\n");
        let expected = format!(
            "{image}COPY composer.json composer.lock ./\nRUN composer install --no-dev --no-scripts --no-autoloader\nCOPY . .\nRUN composer install --no-dev\n"
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY . .\nRUN mvn -f api/pom.xml package",
            "COPY . .\nRUN mvn -pl api package",
            "COPY . .\nRUN ./configure\nRUN mvn package",
            "COPY pom.xml .\nRUN mvn dependency:resolve\nCOPY . .\nRUN mvn package",
            "COPY . /src\nRUN mvn package",
            "COPY . .\nRUN dotnet publish src/Api/Api.csproj",
            "COPY *.csproj .\nRUN dotnet restore\nCOPY . .\nRUN dotnet publish",
            "COPY . .\nRUN composer install",
            "COPY . .\nRUN gradle build",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM a\nWORKDIR /app\n{text}\n")), None, "{text}");
        }
    }
}
