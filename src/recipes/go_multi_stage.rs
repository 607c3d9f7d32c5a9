//! Builds a Go program in one stage and ships its binary alone.

use super::place::{
    RunCommand, exposes_privileged_port, official, stage_commands, start, system_packages,
};
use super::split::{
    Runtime, configuration, copy_read, development, is_plain, names_file, read_at_run_time, single,
    wants_time_zones,
};
use super::{Edit, Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Stage, Step, join};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction, Keyword};

/// Splits a single-stage build of one binary; what it needs when it runs is
/// decided by its modules, packages and settings. Folders that a program often
/// reads when it runs come along where the context is known to have them. It must
/// not apply where a library is not known, or where the program seems to use
/// other files.
pub const RECIPE: Recipe = Recipe {
    id: "go-multi-stage",
    title: "Ship the binary alone",
    why: "A Go binary without cgo needs no library and no shell, one with cgo the libraries it links: the toolchain, the module cache and the sources stay in the build stage. distroless/static brings certificates, time zones and a user, which scratch has not. Files that the program reads at run time must be copied too, or embedded.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Certificates, time zones and a user, and nothing else: `scratch` would have
/// none of these, and is 2 MB smaller.
const STATIC: &str = "gcr.io/distroless/static-debian13";

/// Modules with C sources of their own, which need libc alone.
const BUNDLED: [&str; 2] =
    ["github.com/mattn/go-sqlite3", "github.com/confluentinc/confluent-kafka-go"];

/// Modules that link a library of the system.
const LINKING: [&str; 5] = [
    "github.com/h2non/bimg",
    "github.com/davidbyttow/govips",
    "gocv.io/x/gocv",
    "github.com/tecbot/gorocksdb",
    "github.com/linxGnu/grocksdb",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let (step, command) = build(analysis, stage)?;
    if official(reference) != Some("golang") || !is_plain(analysis, stage, step) {
        return None;
    }
    let needs = Needs::of(analysis, stage, step, &command)?;
    let (start, words) = program(analysis, stage)?;
    let binary = binary(step, &command, start, &words)?;
    let name = binary.rsplit('/').next().unwrap_or("app");
    let folder = &start.scope.workdir;
    let read = read_at_run_time(analysis, stage, folder);
    // The folder may have the program's name.
    let place = if read.is_empty() { format!("/{name}") } else { binary.clone() };
    let mut started = vec![place.clone()];
    started.extend(words[1..].iter().cloned());
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = needs.runtime(analysis, stage)?.lines(analysis);
    let (moved, removed) = configuration(analysis, stage, step, configures_build);
    lines.extend(moved);
    if !read.is_empty() {
        lines.push(format!("{} {folder}", keyword("WORKDIR")));
    }
    lines.push(format!("{} --from=build {binary} {place}", keyword("COPY")));
    lines.extend(copy_read(analysis, folder, &read));
    let from = analysis.from(stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    edits.extend(removed);
    if needs == Needs::Nothing && cgo(step, &command).is_none() {
        edits.push(Edit::insert(command.span.start, "CGO_ENABLED=0 "));
    }
    edits.push(analysis.insert_after(analysis.instruction(step), &lines));
    let instruction = analysis.instruction(start);
    let arguments = instruction.arguments.source_span(0..instruction.arguments.text.len());
    edits.push(Edit::replace(arguments, exec_form::json(&started)));
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// What the binary needs when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Needs {
    /// It is linked statically.
    Nothing,
    /// The C library, and those of these `-dev` packages.
    Libraries(Vec<String>),
}

impl Needs {
    /// Decides by the modules of go.mod, the packages that are installed, and
    /// what is said of cgo. `None` where a library is not known.
    fn of(
        analysis: &Analysis<'_>,
        stage: &Stage,
        step: &Step,
        command: &RunCommand,
    ) -> Option<Self> {
        let special = command.has(&["-race", "-msan", "-asan", "-buildmode"])
            || command.words.iter().any(|word| word.contains("linkmode"));
        if special {
            return None;
        }
        let enabled = cgo(step, command);
        if enabled == Some(false) {
            return Some(Self::Nothing);
        }
        let development = development(analysis, stage)?;
        let read = analysis.manifests.files.values().find_map(|manifest| match manifest {
            Manifest::GoMod(read) => Some(read),
            _ => None,
        });
        let requires = |modules: &[&str]| {
            read.is_some_and(|read| {
                read.requires
                    .iter()
                    .any(|one| modules.iter().any(|module| one.path.starts_with(module)))
            })
        };
        if requires(&LINKING) && development.is_empty() {
            return None;
        }
        // Where go.mod is not known, a compiler that is installed tells of cgo.
        let compiler = system_packages(analysis, stage)
            .iter()
            .any(|name| ["gcc", "g++", "build-essential", "build-base"].contains(&name.as_str()));
        let uses = enabled == Some(true)
            || !development.is_empty()
            || requires(&BUNDLED)
            || (compiler && read.is_none());
        Some(if uses { Self::Libraries(development) } else { Self::Nothing })
    }

    /// An image with that.
    fn runtime(&self, analysis: &Analysis<'_>, stage: &Stage) -> Option<Runtime> {
        let root = exposes_privileged_port(analysis, stage);
        let Self::Libraries(development) = self else {
            return Some(Runtime::of(format!("{STATIC}{}", if root { "" } else { ":nonroot" })));
        };
        let distro = &analysis.evaluation.stages.first()?.image.distro;
        match distro.split_once(':')? {
            ("debian", release @ ("12" | "13")) if development.is_empty() => {
                let tag = if root { "latest" } else { "nonroot" };
                Some(Runtime::of(format!("gcr.io/distroless/cc-debian{release}:{tag}")))
            }
            _ if wants_time_zones(analysis, stage) => None,
            ("debian", release @ ("12" | "13")) => {
                Runtime::with_libraries(analysis, release, development)
            }
            ("alpine", release) if development.is_empty() => {
                Some(Runtime::of(format!("alpine:{release}")))
            }
            _ => None,
        }
    }
}

/// Whether cgo is switched on or off; `None` where nothing is said.
fn cgo(step: &Step, command: &RunCommand) -> Option<bool> {
    let assigned = command.assignments.iter().find(|(name, _)| name == "CGO_ENABLED");
    let value = match assigned {
        Some((_, value)) => Some(value.as_str()),
        None => step.scope.environment.get_env("CGO_ENABLED"),
    };
    value.map(|value| value != "0")
}

/// The only `go build` of a stage.
fn build<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<(&'a Step, RunCommand)> {
    let commands = stage_commands(analysis, stage);
    let mut builds = commands.into_iter().filter(|(_, c)| c.starts_with(&["go", "build"]));
    let only = builds.next()?;
    builds.next().is_none().then_some(only)
}

/// The instruction that starts the program, and its words.
fn program<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<(&'a Step, Vec<String>)> {
    let command = start(analysis, stage, Keyword::Cmd);
    let entrypoint = start(analysis, stage, Keyword::Entrypoint);
    let words = |step: &Step| exec_form::words(analysis.instruction(step));
    let program = match (entrypoint, command) {
        (Some(entrypoint), Some(command)) => {
            let both_exec = [entrypoint, command]
                .iter()
                .all(|step| exec_form::is_exec(analysis.instruction(step)));
            if !both_exec || words(command)?.iter().any(|word| names_file(word)) {
                return None;
            }
            entrypoint
        }
        (Some(step), None) | (None, Some(step)) => step,
        (None, None) => return None,
    };
    let words = words(program)?;
    (!words.get(1..)?.iter().any(|word| names_file(word))).then_some((program, words))
}

/// Where the build puts what the start command runs; `None` if that is not sure.
fn binary(step: &Step, command: &RunCommand, start: &Step, words: &[String]) -> Option<String> {
    let run = words.first()?;
    let output = command.words.iter().position(|word| word == "-o");
    let output = match output {
        Some(at) => {
            let path = command.words.get(at + 1)?;
            let folder = path.is_empty() || path.ends_with(['/', '.']) || path.contains('$');
            Some(join(&step.scope.workdir, path)).filter(|_| !folder)
        }
        None if command.words.iter().any(|word| word.starts_with("-o=")) => return None,
        None => None,
    };
    let path = run.contains('/').then(|| join(&start.scope.workdir, run));
    match (output, path) {
        (Some(output), Some(path)) => (output == path).then_some(output),
        (Some(output), None) => (output.rsplit('/').next() == Some(run)).then_some(output),
        // Without -o the binary lands in the working folder, under the name that is run.
        (None, Some(path)) => {
            let (folder, name) = path.rsplit_once('/')?;
            let here = folder == step.scope.workdir.trim_end_matches('/');
            (here && !name.is_empty()).then_some(path)
        }
        (None, None) => None,
    }
}

/// True for an ENV that only tells the Go toolchain something.
fn configures_build(instruction: &Instruction) -> bool {
    let Body::Env(pairs) = &instruction.body else { return false };
    pairs.iter().all(|pair| {
        let name = pair.key.text.as_str();
        name.starts_with("CGO_")
            || name == "PATH"
            || (name.starts_with("GO")
                && name != "GOMAXPROCS"
                && name != "GOGC"
                && name != "GOMEMLIMIT")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};
    use crate::report::Project;

    #[test]
    fn ships_the_binary() {
        let before = "FROM golang:1.22\nWORKDIR /src\nENV PORT=80\nCOPY . .\nRUN go build -o /usr/local/bin/server ./cmd/server\n# The port\nEXPOSE 8080\nCMD [\"server\", \"-v\"]\n";
        let expected = "FROM golang:1.22 AS build\nWORKDIR /src\nENV PORT=80\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /usr/local/bin/server ./cmd/server\n\nFROM gcr.io/distroless/static-debian13:nonroot\nENV PORT=80\nCOPY --from=build /usr/local/bin/server /server\n# The port\nEXPOSE 8080\nCMD [\"/server\", \"-v\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn finds_the_binary_by_its_start() {
        let before = "from golang:1.22-alpine\nworkdir /app\ncopy . .\nrun CGO_ENABLED=0 go build\nentrypoint ./app\n";
        let expected = "from golang:1.22-alpine as build\nworkdir /app\ncopy . .\nrun CGO_ENABLED=0 go build\n\nfrom gcr.io/distroless/static-debian13:nonroot\ncopy --from=build /app/app /app\nentrypoint [\"/app\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn what_it_reads_comes_along() {
        let text =
            "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o app .\nCMD [\"./app\"]\n";
        let listing = "9\tmain.go\n9\ttemplates/a.html\n9\tconfig/config.go\n".to_owned();
        let project = Project { context: Some(listing), ..project(text) };
        let after = after_in(&RECIPE, project).expect("it applies");
        let expected = "nonroot\nWORKDIR /app\nCOPY --from=build /app/app /app/app\nCOPY --from=build /app/templates /app/templates\nCMD [\"/app/app\"]\n";
        assert!(after.ends_with(expected), "{after}");
    }

    /// The image of the second stage, and what is installed there.
    fn shipped(image: &str, build: &str, module: &str) -> Option<String> {
        let mut project = project(&format!("FROM {image}\n{build}\nCMD [\"/s\"]\n"));
        let text = format!("module a\n\nrequire {module} v1.0.0\n");
        project.manifests.insert("go.mod".to_owned(), text);
        let after = after_in(&RECIPE, project)?;
        let (_, second) = after.split_once("\n\nFROM ")?;
        Some(second.split_once("\nCOPY")?.0.to_owned())
    }

    #[test]
    fn cgo_is_decided_by_what_is_known() {
        let sqlite = "github.com/mattn/go-sqlite3";
        let plain = "RUN go build -o /s .";
        let apt = "RUN apt-get update && apt-get install -y --no-install-recommends";
        let library = format!(
            "debian:12-slim\n{apt} ca-certificates libsqlite3-0 && rm -rf /var/lib/apt/lists/*"
        );
        for (image, build, module, expected) in [
            ("golang:1.22", plain, "a.b/c", Some("gcr.io/distroless/static-debian13:nonroot")),
            ("golang:1.22", plain, sqlite, Some("gcr.io/distroless/cc-debian12:nonroot")),
            ("golang:1.22-alpine3.20", plain, sqlite, Some("alpine:3.20")),
            (
                "golang:1.22",
                "RUN CGO_ENABLED=0 go build -o /s .",
                sqlite,
                Some("gcr.io/distroless/static-debian13:nonroot"),
            ),
            (
                "golang:1.22",
                "RUN apt-get update && apt-get install -y gcc libsqlite3-dev\nRUN go build -o /s .",
                sqlite,
                Some(library.as_str()),
            ),
            ("golang:1.22", plain, "github.com/h2non/bimg", None),
        ] {
            assert_eq!(shipped(image, build, module).as_deref(), expected, "{build} {module}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN go build -o /s .\nCOPY templates /t\nCMD /s",
            "RUN apt-get update && apt-get install -y ffmpeg\nRUN go build -o /s .\nCMD /s",
            "RUN apt-get update && apt-get install -y unknown-dev\nRUN go build -o /s .\nCMD /s",
            "RUN go build -race -o /s .\nCMD /s",
            "RUN go build -o /s .\nCMD /s --config /etc/app.yaml",
            "RUN go build -o /s .\nCMD /s $PORT",
            "RUN go build -o /s .\nCMD /other",
            "RUN go build -o /s .\nRUN go build -o /t .\nCMD /s",
            "RUN go build -o /s .\nUSER app\nCMD /s",
            "RUN go build .\nCMD app",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM golang:1.22\n{text}\n")), None, "{text}");
        }
    }
}
