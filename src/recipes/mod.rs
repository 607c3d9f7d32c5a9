//! Recipes: small, independent rewrites. One recipe is one file, with what it
//! does, why, when it applies and when not, and its tests; adding one touches
//! its file and `RECIPES`.
//!
//! A saving is never written down: it is the difference of two analyses.

mod add_to_copy;
mod alpine_runtime;
mod apk_no_cache;
mod apt;
mod apt_lists;
mod apt_recommends;
mod apt_update;
mod archive_removed;
mod build_cache;
mod composer_no_dev;
mod copy_chmod;
mod copy_chown;
mod create_user;
mod dnf_clean;
mod dockerignore;
mod dotnet_multi_stage;
mod edit;
mod exec_form;
mod go_multi_stage;
mod healthcheck;
mod java_multi_stage;
mod join;
mod late_arguments;
mod manifests_first;
mod measure;
mod merge_runs;
mod node;
mod node_multi_stage;
mod node_production;
mod non_root;
mod npm_cache;
mod npm_ci;
mod optimizer;
mod pip_cache;
mod place;
mod python;
mod python_multi_stage;
mod python_slim;
mod remove_where_made;
mod rust_multi_stage;
mod secret_argument;
mod secret_file;
mod split;
mod syntax_directive;
#[cfg(test)]
mod testing;
mod unused_stages;

pub use edit::{Edit, apply};
pub use optimizer::{Optimized, optimize};

use crate::analysis::Analysis;
use crate::report::Applicability;

/// A rewrite with its reasons.
pub struct Recipe {
    /// Stable id, kebab-case.
    pub id: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Why, in a sentence or two.
    pub why: &'static str,
    /// How far to trust it.
    pub applicability: Applicability,
    /// Proposes edits where it applies; `None` where it does not, or where the
    /// file has it already.
    pub rewrite: fn(&Analysis<'_>) -> Option<Rewrite>,
}

/// What a recipe proposes for one project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Non-overlapping edits of the Dockerfile.
    pub edits: Vec<Edit>,
    /// The new `.dockerignore`, if it changes.
    pub dockerignore: Option<String>,
    /// A command that shows whether the image still works.
    pub verify: Option<String>,
}

/// Every recipe, in the order in which they are applied: first what changes
/// the structure, then what refines it.
const RECIPES: &[&Recipe] = &[
    &unused_stages::RECIPE,
    &add_to_copy::RECIPE,
    &npm_ci::RECIPE,
    &manifests_first::RECIPE,
    &apt_update::RECIPE,
    &node_multi_stage::RECIPE,
    &python_multi_stage::RECIPE,
    &go_multi_stage::RECIPE,
    &rust_multi_stage::RECIPE,
    &java_multi_stage::RECIPE,
    &dotnet_multi_stage::RECIPE,
    &node_production::RECIPE,
    &alpine_runtime::RECIPE,
    &python_slim::RECIPE,
    &composer_no_dev::RECIPE,
    &copy_chown::RECIPE,
    &copy_chmod::RECIPE,
    &apt_recommends::RECIPE,
    &remove_where_made::RECIPE,
    &archive_removed::RECIPE,
    &merge_runs::RECIPE,
    &apt_lists::RECIPE,
    &apk_no_cache::RECIPE,
    &dnf_clean::RECIPE,
    &npm_cache::RECIPE,
    &pip_cache::RECIPE,
    &build_cache::RECIPE,
    &dockerignore::RECIPE,
    &create_user::RECIPE,
    &non_root::RECIPE,
    &healthcheck::RECIPE,
    &exec_form::RECIPE,
    &secret_argument::RECIPE,
    &secret_file::RECIPE,
    &late_arguments::RECIPE,
    &syntax_directive::RECIPE,
];

/// The title and the edits of one recipe on its own, in the order of their
/// places; `None` where it does not apply to the Dockerfile.
pub fn edits(id: &str, analysis: &Analysis<'_>) -> Option<(&'static str, Vec<Edit>)> {
    let recipe = RECIPES.iter().find(|recipe| recipe.id == id)?;
    let mut edits = (recipe.rewrite)(analysis)?.edits;
    edits.sort_by_key(|edit| edit.span);
    (!edits.is_empty()).then_some((recipe.title, edits))
}
