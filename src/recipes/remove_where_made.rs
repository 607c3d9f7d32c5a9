//! Removes files in the layer that made them.

use std::rc::Rc;

use super::join::join_over_copies;
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::report::Applicability;

/// Applies where a RUN hides what a RUN before it stored, and only RUNs stand
/// between the two, or manifests are copied that can be so above a RUN that
/// installs the system's packages: they become one. It must not apply to RUNs whose shell
/// state or exit status would reach the others.
pub const RECIPE: Recipe = Recipe {
    id: "remove-where-made",
    title: "Remove files in the layer that made them",
    why: "A layer stores what a RUN leaves behind. A later RUN that removes it only hides it: the bytes stay in the image. In one RUN they are never stored.",
    applicability: Applicability::Safe,
    rewrite,
};

/// Less than this is not worth a coarser cache, bytes.
const WORTH: u64 = 100_000;

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    for index in analysis.graph.chain(target) {
        let stage = &analysis.graph.stages[index];
        let states = &analysis.evaluation.stages[index].steps;
        for last in 0..stage.steps.len() {
            let first = first_hidden(&states[..=last]).filter(|first| *first < last);
            let edits =
                first.and_then(|first| join_over_copies(analysis, &stage.steps[first..=last]));
            if let Some(edits) = edits {
                return Some(Rewrite { edits, ..Rewrite::default() });
            }
        }
    }
    None
}

/// The first step whose stored bytes the last one hides.
fn first_hidden(steps: &[Rc<StepState>]) -> Option<usize> {
    let (last, before) = steps.split_last()?;
    let hidden = |step: &StepState| -> u64 {
        let gone = |path| last.written.whiteouts.contains(path);
        let entries = step.written.entries.iter().filter(|(path, _)| gone(path));
        entries.map(|(_, entry)| entry.bytes.expected).sum()
    };
    before.iter().position(|step| hidden(step) >= WORTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn joins_what_makes_and_what_removes() {
        let before = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nRUN gcc -v\nRUN rm -rf /var/lib/apt/lists/*\nCMD a\n";
        let expected = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc \\\n && gcc -v \\\n && rm -rf /var/lib/apt/lists/*\nCMD a\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn manifests_move_above_what_is_removed_again() {
        let before = "FROM python:3.12-alpine\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nRUN apk del .build-deps\n";
        let expected = "FROM python:3.12-alpine\nCOPY requirements.txt .\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev \\\n && pip install -r requirements.txt \\\n && apk del .build-deps\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN apt-get update\nCOPY a /a\nRUN rm -rf /var/lib/apt/lists/*",
            "RUN apt-get update\n# why\nRUN rm -rf /var/lib/apt/lists/*",
            "RUN cd /tmp && apt-get update\nRUN rm -rf /var/lib/apt/lists/*",
            "RUN apt-get update\nRUN rm -rf /var/lib/apt/lists/* || true",
            "RUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*; ls",
            "RUN --mount=type=cache,target=/x apt-get update\nRUN rm -rf /var/lib/apt/lists/*",
            "RUN apt-get update\nUSER app\nRUN rm -rf /var/lib/apt/lists/*",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
