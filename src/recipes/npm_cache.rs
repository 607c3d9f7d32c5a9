//! Cleans the package manager's cache in the layer that filled it.

use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::report::{Applicability, Kind};

/// Applies where the final image keeps the download cache of npm or yarn.
pub const RECIPE: Recipe = Recipe {
    id: "npm-cache-clean",
    title: "Clean the package manager's cache",
    why: "npm keeps every archive that it downloads; nothing reads them when the image runs. They must go in the same RUN: a later one only hides them.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let (step, command, manager) = node::install(analysis, stage)?;
    let clean = match manager {
        node::Manager::Npm => " && npm cache clean --force",
        node::Manager::Yarn => " && yarn cache clean",
        node::Manager::Pnpm => return None, // its store shares files with node_modules
    };
    let tree = &analysis.evaluation.stages[index].tree;
    let position = stage.steps.iter().position(|other| other.instruction == step.instruction)?;
    let layer = analysis.evaluation.stages[index].steps[position].layer;
    let kept = tree.iter().any(|(_, entry)| entry.kind == Kind::Cache && entry.layer == layer);
    kept.then(|| Rewrite { edits: vec![Edit::insert(command.end, clean)], ..Rewrite::default() })
}
