//! Removes build tools in the layer that installed them.

use super::apt;
use super::join::join_over_copies;
use super::measure::saved_bytes;
use super::place::{RunCommand, append_command, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;

/// Applies where a RUN of the final image installs compilers and the same RUN,
/// or the one below it, installs packages that need them, and nothing below
/// builds any more. Manifests that are copied between the two move above them. It must not apply to libraries and their headers: what was
/// built may need them.
pub const RECIPE: Recipe = Recipe {
    id: "build-tools-removed",
    title: "Remove build tools in the layer that installed them",
    why: "A compiler is needed to build native modules and not to run them. Removed in the same RUN it is never stored; a later RUN would only hide it.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Less is not worth a command, bytes.
const WORTH: i64 = 1_000_000;

/// Packages that nothing needs that is running.
const TOOLS: [&str; 16] = [
    "autoconf",
    "automake",
    "bison",
    "build-essential",
    "cargo",
    "cmake",
    "flex",
    "g++",
    "gcc",
    "libtool",
    "make",
    "meson",
    "ninja-build",
    "pkg-config",
    "pkgconf",
    "rustc",
];

/// The same on Alpine, where the compiler for C++ brings the library that its
/// programs need.
const ALPINE_TOOLS: [&str; 12] = [
    "autoconf",
    "automake",
    "bison",
    "cmake",
    "flex",
    "gcc",
    "libtool",
    "linux-headers",
    "make",
    "musl-dev",
    "patch",
    "pkgconf",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let mut edits = Vec::new();
    for index in analysis.graph.chain(target) {
        let stage = &analysis.graph.stages[index];
        edits.extend(
            (0..stage.steps.len()).find_map(|at| in_stage(analysis, stage, at)).unwrap_or_default(),
        );
    }
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    (!edits.is_empty() && saved_bytes(analysis, &edits) >= WORTH).then(|| Rewrite {
        edits,
        verify,
        ..Rewrite::default()
    })
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage, at: usize) -> Option<Vec<Edit>> {
    let of = |step: &Step| commands(analysis.instruction(step));
    let first = of(&stage.steps[at]);
    let (tools, alpine) = first.iter().find_map(tools)?;
    let builds_in = |step: &Step| of(step).iter().any(builds);
    let is_run = |place: &usize| matches!(stage.steps[*place].operation, Operation::Run(_));
    let mut runs = (at..stage.steps.len()).filter(is_run).take(2);
    let last = runs.find(|place| builds_in(&stage.steps[*place]))?;
    let later = &stage.steps[last + 1..];
    let all: Vec<RunCommand> = stage.steps[at..=last].iter().flat_map(of).collect();
    let removed = all.iter().any(|command| {
        matches!(apt::verb(command), Some("purge" | "remove" | "autoremove"))
            || command.starts_with(&["apk", "del"])
    });
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span).to_owned();
    let needed = later.iter().any(|step| {
        builds_in(step)
            || of(step).iter().any(|c| tools.iter().any(|tool| c.name() == tool))
            || text(step).contains("make")
    });
    if removed || needed {
        return None;
    }
    let remove = match alpine {
        true => format!("apk del {}", tools.join(" ")),
        false => format!("apt-get purge -y --auto-remove {}", tools.join(" ")),
    };
    let mut edits = match last > at {
        true => join_over_copies(analysis, &stage.steps[at..=last])?,
        false => Vec::new(),
    };
    edits.push(append_command(analysis, analysis.instruction(&stage.steps[last]), &remove)?);
    Some(edits)
}

/// The tools that a command installs, and whether apk does it.
fn tools(command: &RunCommand) -> Option<(Vec<String>, bool)> {
    let alpine = command.starts_with(&["apk", "add"]);
    if alpine && command.has(&["--virtual", "-t"]) {
        return None;
    }
    let packages: Vec<&str> = match alpine {
        true => command.operands(2).collect(),
        false => apt::packages(command),
    };
    // Rust's compiler needs gcc, and what it built needs what gcc brought.
    if alpine && packages.iter().any(|name| ["cargo", "rust"].contains(name)) {
        return None;
    }
    let known: &[&str] = if alpine { &ALPINE_TOOLS } else { &TOOLS };
    let found: Vec<String> =
        packages.into_iter().filter(|name| known.contains(name)).map(str::to_owned).collect();
    (!found.is_empty()).then_some((found, alpine))
}

/// True for a command that may compile native modules.
fn builds(command: &RunCommand) -> bool {
    let verb = command.operands(1).next();
    match command.name() {
        "pip" | "pip3" | "gem" | "pecl" | "bundle" => verb == Some("install"),
        "npm" => matches!(verb, Some("ci" | "install" | "i")),
        "yarn" | "pnpm" => matches!(verb, None | Some("install" | "add")),
        "python" | "python3" => {
            command.words.get(1..4).is_some_and(|w| w == ["-m", "pip", "install"])
        }
        name => name.starts_with("docker-php-ext-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn removes_them_at_once() {
        for (image, before, expected) in [
            (
                "python:3.12-slim",
                "RUN apt-get update && apt-get install -y gcc libpq-dev && pip install psycopg2",
                "RUN apt-get update && apt-get install -y gcc libpq-dev && pip install psycopg2 && apt-get purge -y --auto-remove gcc",
            ),
            (
                "python:3.12-slim",
                "RUN apt-get update && \\\n    apt-get install -y build-essential\nRUN pip install uwsgi\nCOPY . .",
                "RUN apt-get update && \\\n    apt-get install -y build-essential \\\n && pip install uwsgi && apt-get purge -y --auto-remove build-essential\nCOPY . .",
            ),
            (
                "python:3.12-alpine",
                "RUN apk add --no-cache gcc musl-dev libffi-dev && pip install cffi",
                "RUN apk add --no-cache gcc musl-dev libffi-dev && pip install cffi && apk del gcc musl-dev",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM {image}\n{before}\n"));
            assert_eq!(result, Some(format!("FROM {image}\n{expected}\n")));
        }
    }

    #[test]
    fn manifests_move_above_the_tools() {
        let before = "FROM debian:12\nRUN apt-get update && apt-get install -y python3-venv gcc\nCOPY requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\nCOPY . .\n";
        let expected = "FROM debian:12\nCOPY requirements.txt /tmp/\nRUN apt-get update && apt-get install -y python3-venv gcc \\\n && pip install -r /tmp/requirements.txt && apt-get purge -y --auto-remove gcc\nCOPY . .\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN apt-get update && apt-get install -y gcc",
            "RUN apt-get update && apt-get install -y libpq-dev && pip install psycopg2",
            "RUN apt-get update && apt-get install -y gcc && pip install a\nRUN pip install b",
            "RUN apt-get update && apt-get install -y gcc && pip install a && apt-get purge -y gcc",
            "RUN apt-get update && apt-get install -y gcc\nCOPY src .\nRUN pip install -r r.txt",
            "RUN apt-get update && apt-get install -y gcc && id\nCOPY requirements.txt .\nRUN pip install -r requirements.txt",
            "RUN apt-get update && apt-get install -y gcc\nCOPY --chmod=600 requirements.txt .\nRUN pip install -r requirements.txt",
            "RUN apt-get update && apt-get install -y gcc\n# why\nCOPY requirements.txt .\nRUN pip install -r requirements.txt",
            "RUN apk add gcc cargo && pip install a",
            "RUN apk add -t b gcc && pip install a && apk del b",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12-slim\n{text}\n")), None, "{text}");
        }
    }
}
