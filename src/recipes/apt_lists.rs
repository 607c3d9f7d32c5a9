//! Removes the package indexes in the layer that read them.

use super::place::{RunCommand, append_command, commands};
use super::{Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::graph::{Base, Stage, Step};
use crate::report::Applicability;

/// Applies to RUNs of the final image's own layers that update the indexes,
/// install, and leave them there. It must not apply where a later RUN installs
/// from those indexes, or where a mount holds them.
pub const RECIPE: Recipe = Recipe {
    id: "apt-lists",
    title: "Remove the package indexes",
    why: "The indexes that apt-get update downloads are of no use when the image runs. They must go in the same RUN: a later one only hides them.",
    applicability: Applicability::Safe,
    rewrite,
};

const REMOVE: &str = "rm -rf /var/lib/apt/lists/*";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let chain = analysis.graph.chain(target);
    let relies = |step: &Step| apt::relies_on_earlier_update(analysis, step);
    if related(analysis, &chain).any(|stage| stage.steps.iter().any(relies)) {
        return None;
    }
    let mut edits = Vec::new();
    for stage in chain.iter().map(|index| &analysis.graph.stages[*index]) {
        let leaving = apt::installing(analysis, stage).filter(|step| leaves_lists(analysis, step));
        edits.extend(
            leaving.filter_map(|step| append_command(analysis, analysis.instruction(step), REMOVE)),
        );
    }
    Rewrite::of(edits, None)
}

/// The stages of the chain and those that start from one of them.
fn related<'a>(analysis: &'a Analysis<'_>, chain: &'a [usize]) -> impl Iterator<Item = &'a Stage> {
    let stages = analysis.graph.stages.iter().enumerate();
    stages
        .filter(move |(index, stage)| chain.contains(index) || matches!(stage.base, Base::Stage(_)))
        .map(|(_, stage)| stage)
}

fn leaves_lists(analysis: &Analysis<'_>, step: &Step) -> bool {
    let instruction = analysis.instruction(step);
    let removes = |command: &RunCommand| {
        matches!(command.name(), "rm" | "find")
            && command.words.iter().any(|word| {
                "/var/lib/apt/lists/*".starts_with(word.trim_end_matches(['*', '/']))
                    && word.starts_with("/var/lib")
            })
    };
    !commands(instruction).iter().any(removes) && !apt::lists_are_mounted(step)
        // Also when it is done in a way that is not followed here.
        && !analysis.dockerfile.text(instruction.span).contains("apt/lists")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn follows_the_style_of_the_run() {
        for (before, expected) in [
            (
                "RUN apt-get update && apt-get install -y jq",
                "RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*",
            ),
            (
                "RUN apt-get update && \\\n  apt-get install -y jq",
                "RUN apt-get update && \\\n  apt-get install -y jq && \\\n  rm -rf /var/lib/apt/lists/*",
            ),
            (
                "RUN apt-get update \\\n && apt-get install -y \\\n    jq",
                "RUN apt-get update \\\n && apt-get install -y \\\n    jq \\\n && rm -rf /var/lib/apt/lists/*",
            ),
            (
                "RUN <<EOF\napt-get update\napt-get install -y jq\nEOF",
                "RUN <<EOF\napt-get update\napt-get install -y jq\nrm -rf /var/lib/apt/lists/*\nEOF",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*",
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y jq",
            "RUN apt-get update && apt-get install -y jq\nRUN apt-get install -y tini",
            "RUN apt-get update && apt-get install -y jq &",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
