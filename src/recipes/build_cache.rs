//! Keeps the caches of build tools between builds.

use super::place::{RunCommand, commands, is_word_of};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{MountKind, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Keyword, Variables};

/// Applies to RUNs that use a tool whose cache speeds up the next build, in a
/// stage that runs as root. It must not apply where a mount, a flag or a
/// variable moves the cache, nor to a store of packages that another RUN, or
/// the program that is started, reads too: a mount is empty at first, and
/// would hide what a layer has.
pub const RECIPE: Recipe = Recipe {
    id: "build-cache",
    title: "Keep the build tool's cache between builds",
    why: "An edit runs the build again from nothing. A cache mount keeps what the compiler made and what was downloaded: it is in no layer, and the next build on the same builder does only what changed.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A folder that a tool keeps between its calls.
struct Cache {
    /// The tool's commands.
    tools: &'static [&'static str],
    /// The first argument of the calls that fill it; empty for any.
    verbs: &'static [&'static str],
    /// The variable for a folder above it, and what is below; the folder where
    /// the variable is not set.
    place: (&'static str, &'static str, &'static str),
    /// Flags and variables that move it or leave it out.
    moved: &'static [&'static str],
    /// True where the tool needs what was downloaded by an earlier call, or
    /// when the program runs: then only one RUN may use it.
    store: bool,
    /// True where two builds must not write it at once: the tool has no lock
    /// inside the folder.
    locked: bool,
}

const CACHES: [Cache; 7] = [
    // Both of Go's caches are made for use by several processes.
    Cache {
        tools: &["go"],
        verbs: &["build", "install", "test"],
        place: ("", "", "/root/.cache/go-build"),
        moved: &["GOCACHE", "HOME", "XDG_CACHE_HOME"],
        store: false,
        locked: false,
    },
    Cache {
        tools: &["go"],
        verbs: &["build", "install", "test"],
        place: ("GOPATH", "/pkg/mod", "/root/go/pkg/mod"),
        moved: &["GOMODCACHE", "-mod"],
        store: true,
        locked: false,
    },
    // Cargo's lock lies above the registry.
    Cache {
        tools: &["cargo"],
        verbs: &["build"],
        place: ("CARGO_HOME", "/registry", "/root/.cargo/registry"),
        moved: &["--offline", "--frozen"],
        store: true,
        locked: true,
    },
    Cache {
        tools: &["mvn", "mvnw"],
        verbs: &[],
        place: ("", "", "/root/.m2/repository"),
        moved: &["-Dmaven.repo.local", "MAVEN_OPTS", "MAVEN_ARGS", "HOME", "-o", "--offline"],
        store: true,
        locked: true,
    },
    // In Gradle's images this is a link to /home/gradle/.gradle.
    Cache {
        tools: &["gradle", "gradlew"],
        verbs: &[],
        place: ("", "", "/root/.gradle"),
        moved: &["GRADLE_USER_HOME", "-g", "--gradle-user-home", "HOME", "--offline"],
        store: true,
        locked: true,
    },
    // What `dotnet restore` writes names files in here.
    Cache {
        tools: &["dotnet"],
        verbs: &["restore", "build", "publish"],
        place: ("", "", "/root/.nuget/packages"),
        moved: &["NUGET_PACKAGES", "--packages", "HOME", "--no-restore", "--no-build"],
        store: true,
        locked: true,
    },
    Cache {
        tools: &["composer"],
        verbs: &["install"],
        place: ("COMPOSER_HOME", "/cache", "/root/.composer/cache"),
        moved: &["COMPOSER_CACHE_DIR", "--no-cache", "XDG_CACHE_HOME", "HOME"],
        store: false,
        locked: false,
    },
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needed);
    let steps = stages.flat_map(|(at, stage)| stage.steps.iter().map(move |step| (at, step)));
    let edits: Vec<Edit> = steps
        .filter_map(|(stage, step)| {
            let instruction = analysis.instruction(step);
            let commands = commands(instruction);
            let mounts: String = CACHES
                .iter()
                .filter_map(|cache| cache.mount(analysis, stage, step, &commands))
                .collect();
            (!mounts.is_empty()).then(|| Edit::insert(instruction.keyword.span.end, mounts))
        })
        .collect();
    let verify =
        Some("docker build . twice, with an edit between: the second is faster".to_owned());
    Rewrite::of(edits, verify)
}

impl Cache {
    /// The mount of a step that fills the cache.
    fn mount(
        &self,
        analysis: &Analysis<'_>,
        stage: usize,
        step: &Step,
        commands: &[RunCommand],
    ) -> Option<String> {
        let Operation::Run(run) = &step.operation else { return None };
        let target = self.target(step);
        let mounted = run.mounts.iter().any(|mount| {
            let (one, other) = (format!("{}/", mount.target), format!("{target}/"));
            matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs | MountKind::Bind)
                && mount.target != "/"
                && (one.starts_with(&other) || other.starts_with(&one))
        });
        let fills = commands.iter().any(|command| self.is_filled_by(command));
        let moved = self.moved.iter().any(|name| step.scope.environment.get(name).is_some())
            || commands.iter().filter(|command| self.is_of(command)).any(|command| {
                command.has(self.moved)
                    || command.assignments.iter().any(|(name, _)| self.moved.contains(&&**name))
            });
        let root = matches!(step.scope.user.as_str(), "" | "root" | "0");
        let sharing = if self.locked { ",sharing=locked" } else { "" };
        // Last, as it reads all of the file.
        let shared = || self.store && self.is_shared(analysis, stage, step, &target);
        (fills && root && !mounted && !moved && !shared())
            .then(|| format!(" --mount=type=cache,target={target}{sharing}"))
    }

    fn target(&self, step: &Step) -> String {
        let (variable, below, otherwise) = self.place;
        match step.scope.environment.get(variable) {
            Some(folder) => format!("{}{below}", folder.trim_end_matches('/')),
            None => otherwise.to_owned(),
        }
    }

    fn is_of(&self, command: &RunCommand) -> bool {
        self.tools.contains(&command.name())
    }

    fn is_filled_by(&self, command: &RunCommand) -> bool {
        let verb = command.operands(1).next().unwrap_or("");
        self.is_of(command) && (self.verbs.is_empty() || self.verbs.contains(&verb))
    }

    /// True where something else than this step needs what is in the folder.
    fn is_shared(&self, analysis: &Analysis<'_>, at: usize, step: &Step, target: &str) -> bool {
        let graph = &analysis.graph;
        let mentions = |other: &Step| {
            let instruction = analysis.instruction(other);
            let text = analysis.dockerfile.text(instruction.span);
            let keyword = instruction.keyword.value;
            matches!(keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint)
                && self.tools.iter().any(|tool| is_word_of(text, tool))
        };
        let related = |(other, stage): (usize, &Stage)| {
            let same = graph.chain(other).contains(&at) || graph.chain(at).contains(&other);
            let mut others =
                stage.steps.iter().filter(|other| other.instruction != step.instruction);
            same && others.any(mentions)
        };
        let takes = |other: &Step| match &other.operation {
            Operation::Copy(copy) => {
                copy.origin == Origin::Stage(at)
                    && copy.sources.iter().any(|source| {
                        let source = source.trim_end_matches('/');
                        target.starts_with(source) || source.starts_with(target)
                    })
            }
            _ => false,
        };
        let shipped = graph.target.is_some_and(|target| graph.chain(target).contains(&at));
        (shipped && self.tools.contains(&"dotnet"))
            || graph.stages.iter().enumerate().any(related)
            || graph.stages.iter().flat_map(|stage| &stage.steps).any(takes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    /// The mounts of the last RUN before the second stage.
    fn mounts(image: &str, build: &str) -> Option<Vec<String>> {
        let text = format!(
            "FROM {image} AS build\nWORKDIR /src\nCOPY . .\n{build}\nFROM scratch\nCOPY --from=build /a /a\n"
        );
        let after = after(&RECIPE, &text)?;
        let line = after.lines().rfind(|line| line.starts_with("RUN"))?.to_owned();
        let mounts =
            line.split(' ').filter_map(|word| word.strip_prefix("--mount=type=cache,target="));
        Some(mounts.map(str::to_owned).collect())
    }

    #[test]
    fn every_tool_has_its_own() {
        for (image, build, expected) in [
            ("golang:1.24", "RUN go build .", &["/root/.cache/go-build", "/go/pkg/mod"][..]),
            ("golang:1.24", "RUN go mod download\nRUN go build .", &["/root/.cache/go-build"]),
            (
                "rust:1.82",
                "RUN cargo build --release",
                &["/usr/local/cargo/registry,sharing=locked"],
            ),
            (
                "maven:3.9-eclipse-temurin-21",
                "RUN mvn package",
                &["/root/.m2/repository,sharing=locked"],
            ),
            ("eclipse-temurin:21", "RUN ./gradlew build", &["/root/.gradle,sharing=locked"]),
            (
                "mcr.microsoft.com/dotnet/sdk:8.0",
                "RUN dotnet publish -o /a",
                &["/root/.nuget/packages,sharing=locked"],
            ),
            ("php:8.3", "RUN composer install", &["/root/.composer/cache"]),
        ] {
            let expected = expected.iter().map(|target| (*target).to_owned()).collect();
            assert_eq!(mounts(image, build), Some(expected), "{build}");
        }
    }

    #[test]
    fn mounts_the_cache() {
        let before = "FROM golang:1.24\nWORKDIR /src\nCOPY go.* .\nRUN go mod download\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /s .\n";
        let expected =
            before.replace("RUN CGO", "RUN --mount=type=cache,target=/root/.cache/go-build CGO");
        assert_eq!(after(&RECIPE, before), Some(expected));
    }

    #[test]
    fn a_store_that_others_read_stays_in_its_layer() {
        for (image, build) in [
            ("maven:3.9-eclipse-temurin-21", "RUN mvn dependency:go-offline\nRUN mvn package"),
            ("maven:3.9-eclipse-temurin-21", "RUN mvn -o package"),
            (
                "mcr.microsoft.com/dotnet/sdk:8.0",
                "RUN dotnet restore\nRUN dotnet publish --no-restore",
            ),
            ("rust:1.82", "RUN cargo fetch\nRUN cargo build --release --offline"),
            ("gradle:8.10-jdk21", "RUN gradle build\nENTRYPOINT gradle bootRun"),
        ] {
            assert_eq!(mounts(image, build), None, "{build}");
        }
    }

    #[test]
    fn a_shipped_program_may_read_its_packages() {
        let text = "FROM mcr.microsoft.com/dotnet/sdk:8.0\nCOPY . .\nRUN dotnet build\nCMD [\"/bin/Debug/a\"]\n";
        assert_eq!(after(&RECIPE, text), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go go build .",
            "ENV GOCACHE=/c GOMODCACHE=/d\nRUN go build .",
            "USER app\nRUN go build .",
            "RUN go mod download",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM golang:1.24\n{text}\n")), None, "{text}");
        }
    }
}
