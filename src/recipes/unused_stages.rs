//! Removes stages that nothing needs.

use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::{Body, Span};

/// Applies to stages that the last one does not need. It must not apply where
/// a stage is named by its number, or where another target is asked for.
pub const RECIPE: Recipe = Recipe {
    id: "unused-stages",
    title: "Remove stages that nothing needs",
    why: "BuildKit skips a stage that the last one does not need: it only makes the file longer. Keep it if you build it with --target, as tests often are.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = &analysis.graph.stages;
    if analysis.project.target.is_some() || numbered(analysis) {
        return None;
    }
    let start = |index: usize| analysis.with_comments(analysis.from(&stages[index])).start;
    let edits: Vec<Edit> = (0..stages.len())
        .filter(|index| !stages[*index].needed && index + 1 < stages.len())
        .map(|index| Edit::replace(Span { start: start(index), end: start(index + 1) }, ""))
        .collect();
    Rewrite::of(edits, None)
}

/// True where a stage is named by its number: it would be another one.
pub fn numbered(analysis: &Analysis<'_>) -> bool {
    analysis.dockerfile.instructions.iter().any(|instruction| {
        let flags = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
        let numbers = |text: &str| text.parse::<usize>().is_ok();
        match &instruction.body {
            Body::Copy(_) => flags.into_iter().any(|value| numbers(&value.text)),
            Body::Run(_) => {
                instruction.mounts().any(|(_, mount)| mount.from.is_some_and(|from| numbers(&from)))
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn goes_with_its_comment() {
        let before = "FROM alpine AS base\n# tests\nFROM base AS test\nRUN make test\n\n# ships\nFROM base\nCMD a\n";
        let expected = "FROM alpine AS base\n# ships\nFROM base\nCMD a\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM alpine AS a\nFROM alpine\nCOPY --from=a /x /x\n",
            "FROM alpine AS t\nFROM alpine\nRUN touch /x\nFROM alpine\nCOPY --from=1 /x /x\n",
            "FROM alpine\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
