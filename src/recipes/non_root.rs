//! Runs as the user that the base image brings along.

use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::rules::DROP_PRIVILEGES;
use crate::syntax::Keyword;

/// Applies where the final stage runs as root and its base image has a user
/// for programs. It must not apply to servers that drop privileges themselves.
pub const RECIPE: Recipe = Recipe {
    id: "non-root-user",
    title: "Run as a user without privileges",
    why: "A program that is broken into as root may break out of its container. The base image already has a user for it. Files that the program writes must belong to that user.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let image = &analysis.evaluation.stages[index].image;
    let user = image.extra_user.as_ref()?;
    let root = stage.end.is_root();
    if super::place::exposes_privileged_port(analysis, stage) {
        return None;
    }
    if !root || DROP_PRIVILEGES.contains(&crate::graph::repository(&image.reference)) {
        return None;
    }
    let start = stage.steps.iter().map(|step| analysis.instruction(step)).find(|instruction| {
        matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    })?;
    let lines = [format!("{} {user}", analysis.keyword("USER"))];
    let verify = format!("docker run --rm IMAGE id -un  # prints {user}");
    Some(Rewrite {
        edits: vec![analysis.insert_before(start, &lines)],
        verify: Some(verify),
        ..Rewrite::default()
    })
}
