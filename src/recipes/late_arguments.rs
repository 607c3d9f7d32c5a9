//! Declares build arguments where they are used first.

use super::measure::is_faster;
use super::place::{RunCommand, commands, is_readable, mentions};
use super::secret_argument::installs;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::cache::Scenario;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::sorted::Map;
use crate::syntax::Body;

/// Applies to an ARG of a built stage with RUNs between it and its first use,
/// where another value of it runs them again. ENVs and LABELs that pass it on
/// to the image go along. It must not apply to variables that programs read
/// without being told, and nothing goes below a RUN of the project's own
/// programs: they may read any variable.
pub const RECIPE: Recipe = Recipe {
    id: "late-arguments",
    title: "Declare build arguments where they are used",
    why: "The value of an ARG or ENV is part of the cache key of every RUN below it. A commit or a build number that changes each time runs them all again, whether they use it or not.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().filter(|stage| stage.needed && is_readable(stage));
    let (mut edits, mut changes) = (Vec::new(), Vec::new());
    for stage in stages {
        let work = stage.steps.iter().rposition(|step| step.operation.makes_layer());
        let Some(work) = work else { continue };
        let moves: Vec<Move> =
            (0..work).filter_map(|at| Move::of(analysis, stage, at, work)).collect();
        let named = moves.iter().map(|moved| format!("arg:{}=another", moved.name));
        changes.extend(named.filter_map(|change| Scenario::parse(&[change]).ok()));
        edits.extend(in_stage(analysis, stage, work, &moves));
    }
    let verify = "docker build --build-arg NAME=VALUE . twice, with another value: the steps above the argument are cached";
    (!edits.is_empty() && is_faster(analysis, &edits, &changes)).then(|| Rewrite {
        edits,
        verify: Some(verify.to_owned()),
        ..Rewrite::default()
    })
}

/// An ARG that goes further down; all places are positions in the stage.
struct Move<'a> {
    name: &'a str,
    at: usize,
    /// The step that may use it first, if that is not below all work.
    to: Option<usize>,
    /// LABELs and ENVs above that step that pass it on.
    passing: Vec<usize>,
}

impl<'a> Move<'a> {
    fn of(analysis: &'a Analysis<'_>, stage: &Stage, at: usize, work: usize) -> Option<Self> {
        let Body::Arg(declarations) = &analysis.instruction(&stage.steps[at]).body else {
            return None;
        };
        let [declaration] = &declarations[..] else { return None };
        let name = declaration.name.text.as_str();
        let is_used = |place: &usize| mentions(text(analysis, &stage.steps[*place]), name);
        let used: Vec<usize> = (at + 1..stage.steps.len()).filter(is_used).collect();
        let (mut passing, using): (Vec<usize>, Vec<usize>) =
            used.iter().partition(|place| passes_on(analysis, stage, **place));
        let own = (at + 1..=work).find(|place| runs_own_programs(analysis, &stage.steps[*place]));
        let to = using.into_iter().chain(own).min().filter(|first| *first <= work);
        let end = to.unwrap_or(work + 1);
        passing.retain(|place| *place < end);
        let runs =
            stage.steps[at..end].iter().any(|step| matches!(step.operation, Operation::Run(_)));
        let moves = runs && !used.is_empty() && !is_read_by_programs(name);
        moves.then_some(Self { name, at, to, passing })
    }
}

fn text<'a>(analysis: &'a Analysis<'_>, step: &Step) -> &'a str {
    analysis.dockerfile.text(analysis.instruction(step).span)
}

/// True for what only tells the image a value that no step below reads.
fn passes_on(analysis: &Analysis<'_>, stage: &Stage, at: usize) -> bool {
    let later = &stage.steps[at + 1..];
    let is_read = |name: &str| later.iter().any(|step| mentions(text(analysis, step), name));
    match &analysis.instruction(&stage.steps[at]).body {
        Body::Label(_) => true,
        Body::Env(pairs) => pairs
            .iter()
            .all(|pair| !is_read_by_programs(&pair.key.text) && !is_read(&pair.key.text)),
        _ => false,
    }
}

/// True for a RUN of anything but package managers and programs that prepare
/// the filesystem.
fn runs_own_programs(analysis: &Analysis<'_>, step: &Step) -> bool {
    const KNOWN: [&str; 34] = [
        "addgroup",
        "adduser",
        "apk",
        "apt",
        "apt-get",
        "chmod",
        "chown",
        "corepack",
        "cp",
        "curl",
        "dnf",
        "echo",
        "groupadd",
        "install",
        "ldconfig",
        "ln",
        "microdnf",
        "mkdir",
        "mv",
        "printf",
        "rm",
        "sed",
        "set",
        "tar",
        "touch",
        "true",
        "unzip",
        "update-ca-certificates",
        "useradd",
        "usermod",
        "wget",
        "yum",
        "zypper",
        "gpg",
    ];
    if !matches!(step.operation, Operation::Run(_)) {
        return false;
    }
    let all = commands(analysis.instruction(step));
    let known = |command: &RunCommand| {
        let downloads = command.starts_with(&["go", "mod", "download"]);
        let installs = installs(command) && command.operands(1).next() != Some("build");
        KNOWN.contains(&command.name()) || installs || downloads
    };
    all.is_empty() || !all.iter().all(known)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage, work: usize, moves: &[Move<'_>]) -> Vec<Edit> {
    let instruction = |at: usize| analysis.instruction(&stage.steps[at]);
    let lines = |at: usize| {
        let whole = analysis.with_comments(instruction(at));
        [analysis.dockerfile.text(whole).to_owned()]
    };
    // What passes several on goes below the last of them.
    let mut passing: Map<usize, Option<usize>> = Map::new();
    for moved in moves {
        for at in &moved.passing {
            let to = passing.entry(*at).or_insert(moved.to);
            *to = to.zip(moved.to).map(|(one, other)| one.max(other));
        }
    }
    // Below the arguments that they pass on.
    let all = moves.iter().map(|moved| (moved.at, moved.to)).chain(passing);
    let edits = all.flat_map(|(at, to)| {
        let inserted = match to {
            Some(to) => analysis.insert_before(instruction(to), &lines(at)),
            None => analysis.insert_after(instruction(work), &lines(at)),
        };
        [analysis.remove(instruction(at)), inserted]
    });
    edits.collect()
}

/// True for names by which programs find their settings in the environment.
fn is_read_by_programs(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "CI",
        "DEBIAN_FRONTEND",
        "HOME",
        "LANG",
        "NODE_ENV",
        "NODE_OPTIONS",
        "PATH",
        "RAILS_ENV",
        "SHELL",
        "TERM",
        "TZ",
        "USER",
    ];
    const STARTS: [&str; 20] = [
        "BUILD",
        "BUNDLE_",
        "CARGO_",
        "CGO_",
        "CMAKE_",
        "COMPOSER_",
        "DOTNET_",
        "GO",
        "GRADLE_",
        "JAVA_",
        "LC_",
        "MAVEN_",
        "NPM_",
        "NUGET_",
        "PIP_",
        "POETRY_",
        "PYTHON",
        "RUST",
        "TARGET",
        "YARN_",
    ];
    // Build numbers and dates are no platform: BUILDPLATFORM, BUILDARCH and so on.
    let own = name.starts_with("BUILD_") || name.starts_with("GOAL");
    let upper = name.to_ascii_uppercase();
    NAMES.contains(&&*upper)
        || upper.ends_with("_PROXY")
        || upper.ends_with("FLAGS")
        || !own && STARTS.iter().any(|start| upper.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn goes_to_its_first_use() {
        let before = "FROM debian:12\n# the commit\nARG SHA\nRUN apt-get update && apt-get install -y jq\nRUN echo $SHA > /sha\n";
        let expected = "FROM debian:12\nRUN apt-get update && apt-get install -y jq\n# the commit\nARG SHA\nRUN echo $SHA > /sha\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn takes_along_what_passes_it_on() {
        let before = "FROM debian:12\nARG SHA\nARG BUILD_DATE=none\nLABEL revision=$SHA date=$BUILD_DATE\nENV APP_SHA=${SHA}\nRUN apt-get update && apt-get install -y jq\nCMD [\"jq\"]\n";
        let expected = "FROM debian:12\nRUN apt-get update && apt-get install -y jq\nARG SHA\nARG BUILD_DATE=none\nLABEL revision=$SHA date=$BUILD_DATE\nENV APP_SHA=${SHA}\nCMD [\"jq\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn stays_above_the_projects_own_programs() {
        let before = "FROM node:22\nARG VITE_API\nENV VITE_API=$VITE_API\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n";
        let expected = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nARG VITE_API\nENV VITE_API=$VITE_API\nRUN npm run build\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "ARG SHA\nENV A=$SHA\nRUN ./build.sh",
            "ARG SHA\nRUN echo $SHA > /sha\nRUN apt-get update",
            "ARG DEBIAN_FRONTEND\nRUN apt-get update\nRUN echo $DEBIAN_FRONTEND",
            "ARG SHA\nRUN apt-get update",
            "ARG SHA\nENV A=$SHA\nRUN apt-get update && echo $A",
            "RUN apt-get update\nARG SHA\nLABEL a=$SHA",
            "ARG SHA\nWORKDIR /app\nRUN echo $SHA",
            "ARG A B\nRUN apt-get update\nRUN echo $A",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
