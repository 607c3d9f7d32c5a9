//! Builds Go programs without debug information.

use super::place::{RunCommand, stage_commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Step;
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to each `go build` of a stage that is built, unless something there
/// debugs. Panics still name their lines: only debuggers and some profilers
/// read what is left out.
pub const RECIPE: Recipe = Recipe {
    id: "go-strip",
    title: "Leave debug information out of the binary",
    why: "-s and -w leave out the symbol table and what debuggers read, about a third of a binary; stack traces keep their lines. -trimpath leaves out the build machine's paths, so that the same sources give the same binary.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages
        .flat_map(|stage| {
            let commands = stage_commands(analysis, stage);
            let debugs = commands.iter().any(|(_, command)| {
                command.words.iter().any(|word| word.contains("dlv") || word.contains("delve"))
            });
            let builds = commands.into_iter().filter(move |(_, command)| {
                !debugs && command.starts_with(&["go", "build"]) && !command.has(&["-gcflags"])
            });
            builds.flat_map(|(step, command)| flags(analysis, step, &command)).collect::<Vec<_>>()
        })
        .collect();
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Rewrite::of(edits, verify)
}

/// The flags that a build lacks.
fn flags(analysis: &Analysis<'_>, step: &Step, command: &RunCommand) -> Vec<Edit> {
    let general = step.scope.environment.get("GOFLAGS").unwrap_or("");
    let assigned = command.assignments.iter().find(|(name, _)| name == "GOFLAGS");
    let general = assigned.map_or(general, |(_, value)| value);
    let mut edits = Vec::new();
    let mut added = String::new();
    if !command.has(&["-trimpath"]) && !general.contains("-trimpath") {
        added.push_str(" -trimpath");
    }
    match linker_flags(command) {
        None if !general.contains("-ldflags") => added.push_str(" -ldflags=\"-s -w\""),
        Some(at) => {
            let place = command.places[at];
            let source = analysis.dockerfile.text(place);
            let quote = source.find(['"', '\'']);
            let stripped = command.words[at].split([' ', '=']).any(|flag| flag == "-s");
            if let Some(quote) = quote.filter(|_| !stripped) {
                edits.push(Edit::insert(place.start + quote as u32 + 1, "-s -w "));
            }
        }
        None => {}
    }
    if !added.is_empty() {
        edits.push(Edit::insert(command.places[1].end, added));
    }
    edits
}

/// The word that holds the flags for the linker.
fn linker_flags(command: &RunCommand) -> Option<usize> {
    let named = |word: &String| matches!(word.as_str(), "-ldflags" | "--ldflags");
    let with_value = |word: &String| word.trim_start_matches('-').starts_with("ldflags=");
    match command.words.iter().position(named) {
        Some(at) => Some(at + 1).filter(|at| *at < command.words.len()),
        None => command.words.iter().position(with_value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn adds_the_flags_to_those_there() {
        for (before, expected) in [
            ("go build .", "go build -trimpath -ldflags=\"-s -w\" ."),
            ("go build -trimpath -o /a .", "go build -ldflags=\"-s -w\" -trimpath -o /a ."),
            (
                "go build -ldflags \"-X main.v=$V\" .",
                "go build -trimpath -ldflags \"-s -w -X main.v=$V\" .",
            ),
            ("go build -ldflags='-w' -trimpath .", "go build -ldflags='-s -w -w' -trimpath ."),
        ] {
            let result = after(&RECIPE, &format!("FROM golang:1.22\nRUN {before}\n"));
            assert_eq!(result, Some(format!("FROM golang:1.22\nRUN {expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN go build -trimpath -ldflags=\"-s -w\" .",
            "RUN go build -trimpath -ldflags=\"-w -s -X main.v=1\" .",
            "RUN go build -trimpath -ldflags=-w .",
            "RUN go build -gcflags=all=-N .",
            "ENV GOFLAGS=\"-trimpath -ldflags=-s\"\nRUN go build .",
            "RUN go install github.com/go-delve/delve/cmd/dlv@v1\nRUN go build .",
            "RUN go test ./...",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM golang:1.22\n{text}\n")), None, "{text}");
        }
    }
}
