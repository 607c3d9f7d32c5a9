//! Keeps apt's downloads between builds.

use super::apt;
use super::join::is_chain;
use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::Span;

/// Applies to RUNs without mounts that install packages as root. The removal of
/// the package indexes goes: they are in the mount. Off unless it is switched
/// on, in place of removing them: only a builder that keeps its mounts gains.
pub const RECIPE: Recipe = Recipe {
    id: "apt-cache-mounts",
    title: "Keep apt's downloads between builds",
    why: "On a builder that is kept, a cache mount saves the download of the package indexes and of packages when the RUN is done again. What is in it is in no layer. apt needs it to itself, hence sharing=locked; Debian's images delete packages after their installation unless docker-clean is removed.",
    applicability: Applicability::Likely,
    rewrite,
};

const MOUNTS: &str = " --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked";
const KEEP: &str = "rm -f /etc/apt/apt.conf.d/docker-clean";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages.flat_map(|stage| in_stage(analysis, stage)).collect();
    let verify =
        Some("docker build . twice, with another package between: the second is faster".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Vec<Edit> {
    let mut edits = Vec::new();
    let kept = |step: &Step| {
        analysis.dockerfile.text(analysis.instruction(step).span).contains("docker-clean")
    };
    let mut keeps = stage.steps.iter().any(kept);
    for step in apt::installing(analysis, stage).filter(|step| fits(analysis, step)) {
        let instruction = analysis.instruction(step);
        let commands = commands(instruction);
        edits.push(Edit::insert(instruction.keyword.span.end, MOUNTS));
        if !keeps {
            edits.push(Edit::insert(commands[0].span.start, format!("{KEEP} && ")));
            keeps = true;
        }
        let cleaning = commands.windows(2).filter(|pair| cleans(&pair[1]));
        edits.extend(cleaning.map(|pair| {
            Edit::replace(Span { start: pair[0].span.end, end: pair[1].span.end }, "")
        }));
    }
    edits
}

/// True for a RUN of plain commands that reads the indexes itself.
fn fits(analysis: &Analysis<'_>, step: &Step) -> bool {
    let instruction = analysis.instruction(step);
    let Operation::Run(run) = &step.operation else { return false };
    run.mounts.is_empty()
        && step.scope.is_root()
        && instruction.heredocs.is_empty()
        && is_chain(instruction)
        && !apt::relies_on_earlier_update(analysis, step)
}

fn cleans(command: &RunCommand) -> bool {
    let lists =
        |path: &str| path.starts_with("/var/lib/apt/lists") || path.starts_with("/var/cache/apt");
    let only_lists = command.name() == "rm" && command.operands(1).all(lists);
    only_lists || matches!(apt::verb(command), Some("clean" | "autoclean"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn mounts_what_apt_downloads() {
        let before = "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y jq \\\n && apt-get clean && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y git\n";
        let expected = format!(
            "FROM debian:12\nRUN{MOUNTS} {KEEP} && apt-get update \\\n && apt-get install -y jq\nRUN{MOUNTS} apt-get update && apt-get install -y git\n"
        );
        assert_eq!(after(&RECIPE, before), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y jq",
            "RUN apt-get update\nRUN apt-get install -y jq",
            "RUN apt-get update; apt-get install -y jq",
            "USER app\nRUN apt-get update && apt-get install -y jq",
            "RUN apk add jq",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
