//! Builds a Go program in one stage and ships its binary alone.

use super::place::{
    RunCommand, exposes_privileged_port, official, stage_commands, start, system_packages,
};
use super::split::{configuration, is_plain, single};
use super::{Edit, Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Stage, Step, join};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction, Keyword};

/// Splits a single-stage build of one binary. It must not apply where cgo is
/// likely, or where the program seems to use other files than the binary.
pub const RECIPE: Recipe = Recipe {
    id: "go-multi-stage",
    title: "Ship the binary alone",
    why: "A Go binary without cgo needs no library and no shell: the toolchain, the module cache and the sources stay in the build stage. Files that the program reads at run time must be copied too, or embedded.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Certificates, time zones and a user, and nothing else.
const RUNTIME: &str = "gcr.io/distroless/static-debian13";

/// Modules that use cgo.
const CGO_MODULES: [&str; 6] = [
    "github.com/mattn/go-sqlite3",
    "github.com/confluentinc/confluent-kafka-go",
    "github.com/h2non/bimg",
    "gocv.io/x/gocv",
    "github.com/tecbot/gorocksdb",
    "github.com/godror/godror",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let (step, command) = build(analysis, stage)?;
    if official(reference) != Some("golang")
        || !is_plain(analysis, stage, step)
        || uses_cgo(analysis, step, &command)
    {
        return None;
    }
    let (start, words) = program(analysis, stage)?;
    let binary = binary(step, &command, start, &words)?;
    let name = binary.rsplit('/').next().unwrap_or("app");
    let mut started = vec![format!("/{name}")];
    started.extend(words[1..].iter().cloned());
    let keyword = |word: &str| analysis.keyword(word);
    let root = exposes_privileged_port(analysis, stage);
    let tag = if root { "" } else { ":nonroot" };
    let mut lines = vec![String::new(), format!("{} {RUNTIME}{tag}", keyword("FROM"))];
    let (moved, removed) = configuration(analysis, stage, step, configures_build);
    lines.extend(moved);
    lines.push(format!("{} --from=build {binary} /{name}", keyword("COPY")));
    let from = analysis.from(stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    edits.extend(removed);
    edits.extend(flags(step, &command));
    edits.push(analysis.insert_after(analysis.instruction(step), &lines));
    let instruction = analysis.instruction(start);
    let arguments = instruction.arguments.source_span(0..instruction.arguments.text.len());
    edits.push(Edit::replace(arguments, exec_form::json(&started)));
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// The only `go build` of a stage.
fn build<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<(&'a Step, RunCommand)> {
    let commands = stage_commands(analysis, stage);
    let mut builds = commands.into_iter().filter(|(_, c)| c.starts_with(&["go", "build"]));
    let only = builds.next()?;
    builds.next().is_none().then_some(only)
}

/// True when the binary may need a C library.
fn uses_cgo(analysis: &Analysis<'_>, step: &Step, command: &RunCommand) -> bool {
    const HARMLESS: [&str; 8] =
        ["git", "ca-certificates", "tzdata", "make", "curl", "wget", "openssh-client", "bash"];
    let [stage] = &analysis.graph.stages[..] else { return true };
    let packages = system_packages(analysis, stage);
    let packages = packages.iter().any(|name| !HARMLESS.contains(&name.as_str()));
    let modules = analysis.manifests.files.values().any(|manifest| match manifest {
        Manifest::GoMod(read) => read
            .requires
            .iter()
            .any(|required| CGO_MODULES.iter().any(|module| required.path.starts_with(module))),
        _ => false,
    });
    let wanted =
        command.assignments.iter().any(|(name, value)| name == "CGO_ENABLED" && value != "0")
            || step.scope.environment.get_env("CGO_ENABLED").is_some_and(|value| value != "0");
    packages
        || modules
        || wanted
        || command.has(&["-race", "-msan", "-asan", "-buildmode"])
        || command.words.iter().any(|word| word.contains("linkmode"))
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

/// True for an argument that may name a file, or that a shell should expand.
fn names_file(word: &str) -> bool {
    const ENDINGS: [&str; 9] =
        [".yaml", ".yml", ".json", ".toml", ".env", ".conf", ".html", ".sql", ".ini"];
    let value = word.rsplit('=').next().unwrap_or(word);
    value.contains(['$', '/']) || ENDINGS.iter().any(|ending| value.ends_with(ending))
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

/// Switches cgo off, and leaves paths and debug information out.
fn flags(step: &Step, command: &RunCommand) -> Vec<Edit> {
    let mut edits = Vec::new();
    let decided = command.assignments.iter().any(|(name, _)| name == "CGO_ENABLED")
        || step.scope.environment.get_env("CGO_ENABLED").is_some();
    if !decided {
        edits.push(Edit::insert(command.span.start, "CGO_ENABLED=0 "));
    }
    let mut added = String::new();
    if !command.has(&["-trimpath"]) {
        added.push_str(" -trimpath");
    }
    if !command.has(&["-ldflags"]) {
        added.push_str(" -ldflags=\"-s -w\"");
    }
    if !added.is_empty() {
        edits.push(Edit::insert(command.places[1].end, added));
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_binary() {
        let before = "FROM golang:1.22\nWORKDIR /src\nENV PORT=80\nCOPY . .\nRUN go build -o /usr/local/bin/server ./cmd/server\n# The port\nEXPOSE 8080\nCMD [\"server\", \"-v\"]\n";
        let expected = "FROM golang:1.22 AS build\nWORKDIR /src\nENV PORT=80\nCOPY . .\nRUN CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\" -o /usr/local/bin/server ./cmd/server\n\nFROM gcr.io/distroless/static-debian13:nonroot\nENV PORT=80\nCOPY --from=build /usr/local/bin/server /server\n# The port\nEXPOSE 8080\nCMD [\"/server\", \"-v\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn finds_the_binary_by_its_start() {
        let before = "from golang:1.22-alpine\nworkdir /app\ncopy . .\nrun CGO_ENABLED=0 go build\nentrypoint ./app\n";
        let expected = "from golang:1.22-alpine as build\nworkdir /app\ncopy . .\nrun CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\"\n\nfrom gcr.io/distroless/static-debian13:nonroot\ncopy --from=build /app/app /app\nentrypoint [\"/app\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN go build -o /s .\nCOPY templates /t\nCMD /s",
            "RUN apt-get update && apt-get install -y libsqlite3-dev\nRUN go build -o /s .\nCMD /s",
            "ENV CGO_ENABLED=1\nRUN go build -o /s .\nCMD /s",
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
