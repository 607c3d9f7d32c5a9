//! Reads the package indexes in the RUN that installs from them.

use super::place::commands;
use super::{Edit, Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Applicability;
use crate::syntax::Span;

/// Applies where a RUN that does nothing but `apt-get update` stands right
/// before one that installs packages, in a stage that is built. It must not
/// apply where the two have other flags, or the second is a heredoc.
pub const RECIPE: Recipe = Recipe {
    id: "apt-update",
    title: "Update and install in one RUN",
    why: "In a RUN of its own the indexes stay cached while the packages move on: the installation later asks for versions that are gone, and a later RUN cannot take the indexes out of the layer.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages.flat_map(|stage| in_stage(analysis, stage)).flatten().collect();
    Rewrite::of(edits, None)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Vec<[Edit; 2]> {
    stage.steps.windows(2).filter_map(|pair| join(analysis, &pair[0], &pair[1])).collect()
}

fn join(analysis: &Analysis<'_>, update: &Step, install: &Step) -> Option<[Edit; 2]> {
    if !apt::relies_on_earlier_update(analysis, install) {
        return None;
    }
    let (first, second) = (analysis.instruction(update), analysis.instruction(install));
    let update_commands = commands(first);
    let [command] = &update_commands[..] else { return None };
    let text = |span: Span| analysis.dockerfile.text(span);
    // Also sees what is no simple command: pipes and groups.
    let alone = text(command.span).trim() == first.arguments.text.trim();
    let flags = |instruction: &crate::syntax::Instruction| {
        instruction.flags.iter().map(|flag| text(flag.span).to_owned()).collect::<Vec<_>>()
    };
    let heredocs = !first.heredocs.is_empty() || !second.heredocs.is_empty();
    if apt::verb(command) != Some("update") || !alone || heredocs || flags(first) != flags(second) {
        return None;
    }
    let gap = text(Span { start: first.span.end, end: second.span.start });
    // Comments between the two stay where they are.
    let end = match gap.trim().is_empty() {
        true => second.span.start,
        false => first.span.end + gap.find('\n').map_or(0, |at| at as u32 + 1),
    };
    let joined = format!("{} && ", text(command.span));
    Some([
        Edit::replace(Span { start: first.span.start, end }, ""),
        Edit::insert(second.arguments.source_offset(0), joined),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn joins_the_two_and_keeps_the_rest() {
        let before = "FROM debian:12\n# Tools\nRUN apt-get update\n# for downloads\nRUN apt-get install -y \\\n    curl\n";
        let expected = "FROM debian:12\n# Tools\n# for downloads\nRUN apt-get update && apt-get install -y \\\n    curl\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_no_gap() {
        let before = "from debian:12\r\nrun apt-get update\r\n\r\nrun apt-get install -y curl\r\n";
        let expected = "from debian:12\r\nrun apt-get update && apt-get install -y curl\r\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for run in [
            "RUN apt-get update && apt-get install -y curl",
            "RUN apt-get update\nENV A=1\nRUN apt-get install -y curl",
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y curl",
            "RUN apt-get update | tee log\nRUN apt-get install -y curl",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{run}\n")), None, "{run}");
        }
    }
}
