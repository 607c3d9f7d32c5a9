//! Gives stages that begin alike a common one to start from.

use super::unused_stages::numbered;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Stage};
use crate::report::Applicability;
use crate::syntax::{Body, Span};

/// Applies to two stages of one image that begin with the same instructions, a
/// RUN among them. It must not apply where a stage is named by its number, or
/// past an ARG: that counts for its own stage only.
pub const RECIPE: Recipe = Recipe {
    id: "shared-stages",
    title: "Start stages that begin alike from a common one",
    why: "The same steps are written twice, and an edit of one of them alone makes BuildKit run both. From a stage of its own they run once and stay the same.",
    applicability: Applicability::Likely,
    rewrite,
};

const NAMES: [&str; 3] = ["base", "common", "shared"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = &analysis.graph.stages;
    if numbered(analysis) {
        return None;
    }
    let pairs = (0..stages.len()).flat_map(|i| (i + 1..stages.len()).map(move |j| (i, j)));
    let edits = pairs
        .filter(|(first, second)| stages[*first].needed && stages[*second].needed)
        .find_map(|(first, second)| share(analysis, &stages[first], &stages[second]))?;
    let verify = Some("docker build .".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

fn share(analysis: &Analysis<'_>, first: &Stage, second: &Stage) -> Option<Vec<Edit>> {
    let same = first.base == second.base
        && first.platform == second.platform
        && matches!(first.base, Base::Image(_));
    if !same {
        return None;
    }
    let count = common(analysis, first, second);
    let shared = &first.steps[..count];
    if !shared.iter().any(|step| matches!(step.operation, Operation::Run(_))) {
        return None;
    }
    let image = |stage: &Stage| match &analysis.from(stage).body {
        Body::From { image, .. } => Some(image.span),
        _ => None,
    };
    let (image_of_first, image_of_second) = (image(first)?, image(second)?);
    let flagged = |stage: &Stage| !analysis.from(stage).flags.is_empty();
    if flagged(first) || flagged(second) {
        return None;
    }
    let whole = |stage: &Stage| Span {
        start: analysis.from(stage).span.end,
        end: analysis.instruction(&stage.steps[count - 1]).span.end,
    };
    let text = |span: Span| analysis.dockerfile.text(span);
    let mut edits = vec![Edit::replace(whole(second), "")];
    // The first stage is what they share, and has a name.
    if let (true, Some(name)) = (count == first.steps.len(), &first.name) {
        edits.push(Edit::replace(image_of_second, name.as_str()));
        return Some(edits);
    }
    let taken = |name: &&&str| {
        analysis.graph.stages.iter().any(|stage| stage.name.as_deref() == Some(**name))
    };
    let name = NAMES.iter().find(|name| !taken(name))?;
    let newline = analysis.newline();
    let head = format!(
        "{} {} {} {name}{}{newline}{newline}",
        analysis.keyword("FROM"),
        text(image_of_first),
        analysis.keyword("AS"),
        text(whole(first))
    );
    let start = analysis.with_comments(analysis.from(first)).start;
    edits.push(Edit::insert(start, head));
    edits.push(Edit::replace(image_of_first, *name));
    edits.push(Edit::replace(whole(first), ""));
    edits.push(Edit::replace(image_of_second, *name));
    Some(edits)
}

/// How many instructions at their beginning are the same.
fn common(analysis: &Analysis<'_>, first: &Stage, second: &Stage) -> usize {
    let pairs = first.steps.iter().zip(&second.steps);
    let same = |a: &crate::graph::Step, b: &crate::graph::Step| {
        let (one, other) = (analysis.instruction(a), analysis.instruction(b));
        analysis.dockerfile.text(one.span) == analysis.dockerfile.text(other.span)
            && !matches!(one.body, Body::Arg(_) | Body::Onbuild(_))
    };
    pairs.take_while(|(a, b)| same(a, b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn shares_a_new_stage() {
        let before = "# Builds\nFROM debian:12 AS build\n# tools\nRUN apt-get update\nWORKDIR /app\nRUN make\n\nFROM debian:12\nRUN apt-get update\nWORKDIR /app\nCOPY --from=build /app /app\n";
        let expected = "FROM debian:12 AS base\n# tools\nRUN apt-get update\nWORKDIR /app\n\n# Builds\nFROM base AS build\nRUN make\n\nFROM base\nCOPY --from=build /app /app\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn uses_a_stage_that_is_there() {
        let before = "FROM debian:12 AS tools\nRUN apt-get update\nFROM debian:12 AS a\nRUN apt-get update\nRUN make\nFROM tools\nCOPY --from=a /a /a\n";
        let expected = "FROM debian:12 AS tools\nRUN apt-get update\nFROM tools AS a\nRUN make\nFROM tools\nCOPY --from=a /a /a\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM a AS b\nWORKDIR /c\nRUN d\nFROM a\nWORKDIR /c\nRUN e\nCOPY --from=b /c /c\n",
            "FROM a AS b\nRUN d\nFROM f\nRUN d\nCOPY --from=b /c /c\n",
            "FROM a AS b\nARG V\nRUN d\nFROM a\nARG V\nRUN d\nCOPY --from=b /c /c\n",
            "FROM a\nRUN d\nRUN e\nFROM a\nRUN d\nCOPY --from=0 /c /c\n",
            "FROM a AS b\nRUN d\nFROM a\nRUN d\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
