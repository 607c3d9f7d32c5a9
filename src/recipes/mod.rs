//! Recipes: small, independent rewrites. One recipe is one file, with what it
//! does, why, when it applies and when not, and its tests; adding one touches
//! its file and `RECIPES`.
//!
//! A saving is never written down: it is the difference of two analyses.

mod add_checksum;
mod add_to_copy;
mod alpine_runtime;
mod apk_no_cache;
mod apt;
mod apt_cache_mounts;
mod apt_lists;
mod apt_recommends;
mod apt_update;
mod archive_removed;
mod base;
mod build_cache;
mod build_tools_removed;
mod bundle_without;
mod cargo_target;
mod composer_no_dev;
mod copy_chmod;
mod copy_chown;
mod copy_link;
mod copy_needed;
mod create_user;
mod dependencies_first;
mod dnf_clean;
mod dockerignore;
mod dotnet_chiseled;
mod dotnet_multi_stage;
mod edit;
mod end_of_life;
mod exec_form;
mod frozen_lockfile;
mod gem_cache;
mod go_multi_stage;
mod go_strip;
mod healthcheck;
mod heredoc_run;
mod init_process;
mod java_multi_stage;
mod jlink;
mod join;
mod jre_runtime;
mod late_arguments;
mod manifests_first;
mod measure;
mod merge_runs;
mod native_multi_stage;
mod next_standalone;
mod node;
mod node_distroless;
mod node_multi_stage;
mod node_production;
mod non_root;
mod npm_cache;
mod npm_ci;
mod optimizer;
mod package_cache_mounts;
mod php_multi_stage;
mod pin_tag;
mod pip_cache;
mod place;
mod python;
mod python_alpine;
mod python_bytecode;
mod python_environment;
mod python_manifests_first;
mod python_multi_stage;
mod python_production;
mod python_slim;
mod remove_where_made;
mod ruby_multi_stage;
mod rust_multi_stage;
mod secret_argument;
mod secret_file;
mod shared_stages;
mod slim_runtime;
mod split;
mod spring_layers;
mod ssh_agent;
mod static_runtime;
mod static_site;
mod stop_signal;
mod syntax_directive;
#[cfg(test)]
mod testing;
mod unused_stages;
mod workdir;

pub use dockerignore::reason;
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

impl Rewrite {
    /// Edits of the Dockerfile, and how to see that they work; nothing without
    /// edits.
    fn of(edits: Vec<Edit>, verify: Option<String>) -> Option<Self> {
        (!edits.is_empty()).then(|| Self { edits, verify, ..Self::default() })
    }
}

/// Every recipe, in the order in which they are applied: first what changes
/// the structure, then what refines it.
const RECIPES: &[&Recipe] = &[
    &unused_stages::RECIPE,
    &pin_tag::RECIPE,
    &end_of_life::RECIPE,
    &add_to_copy::RECIPE,
    &add_checksum::RECIPE,
    &npm_ci::RECIPE,
    &frozen_lockfile::RECIPE,
    &manifests_first::RECIPE,
    &dependencies_first::RECIPE,
    &apt_update::RECIPE,
    &static_site::RECIPE,
    &next_standalone::RECIPE,
    &next_standalone::ASSUMED,
    &node_multi_stage::RECIPE,
    &python_production::RECIPE,
    &python_manifests_first::RECIPE,
    &python_environment::RECIPE,
    &python_multi_stage::RECIPE,
    &go_multi_stage::RECIPE,
    &go_strip::RECIPE,
    &rust_multi_stage::RECIPE,
    &java_multi_stage::RECIPE,
    &dotnet_multi_stage::RECIPE,
    &ruby_multi_stage::RECIPE,
    &php_multi_stage::RECIPE,
    &native_multi_stage::RECIPE,
    &node_production::RECIPE,
    &jre_runtime::RECIPE,
    &jlink::RECIPE,
    &spring_layers::RECIPE,
    &dotnet_chiseled::RECIPE,
    &static_runtime::RECIPE,
    &node_distroless::RECIPE,
    &alpine_runtime::RECIPE,
    &slim_runtime::RECIPE,
    &python_slim::RECIPE,
    &python_alpine::RECIPE,
    &composer_no_dev::RECIPE,
    &bundle_without::RECIPE,
    &copy_chown::RECIPE,
    &copy_chmod::RECIPE,
    &apt_recommends::RECIPE,
    &workdir::RECIPE,
    &build_tools_removed::RECIPE,
    &remove_where_made::RECIPE,
    &archive_removed::RECIPE,
    &merge_runs::RECIPE,
    &apt_lists::RECIPE,
    &apk_no_cache::RECIPE,
    &dnf_clean::RECIPE,
    &package_cache_mounts::RECIPE,
    &npm_cache::RECIPE,
    &gem_cache::RECIPE,
    &pip_cache::RECIPE,
    &python_bytecode::RECIPE,
    &cargo_target::RECIPE,
    &build_cache::RECIPE,
    &dockerignore::RECIPE,
    &create_user::RECIPE,
    &non_root::RECIPE,
    &healthcheck::RECIPE,
    &exec_form::RECIPE,
    &stop_signal::RECIPE,
    &init_process::RECIPE,
    &ssh_agent::RECIPE,
    &secret_argument::RECIPE,
    &secret_file::RECIPE,
    &late_arguments::RECIPE,
    &shared_stages::RECIPE,
    &copy_link::RECIPE,
    &syntax_directive::RECIPE,
    &apt_cache_mounts::RECIPE,
    &copy_needed::RECIPE,
    &heredoc_run::RECIPE,
];

/// Recipes that are off unless they are switched on: alternatives to others,
/// and matters of taste.
const OPTIONAL: [&str; 4] = [
    apt_cache_mounts::RECIPE.id,
    copy_needed::RECIPE.id,
    heredoc_run::RECIPE.id,
    package_cache_mounts::RECIPE.id,
];

impl Recipe {
    /// True when it is part of the result though nobody asked for it.
    fn is_on_by_default(&self) -> bool {
        !OPTIONAL.contains(&self.id) && self.applicability != Applicability::Risky
    }
}

/// The ids of all recipes.
pub fn ids() -> impl Iterator<Item = &'static str> {
    all().map(|recipe| recipe.id)
}

/// Every recipe.
fn all() -> impl Iterator<Item = &'static Recipe> {
    RECIPES.iter().copied()
}

/// The title of one recipe and what it proposes on its own, its edits in the
/// order of their places; `None` where it does not apply.
pub fn rewrite(id: &str, analysis: &Analysis<'_>) -> Option<(&'static str, Rewrite)> {
    let recipe = all().find(|recipe| recipe.id == id)?;
    let mut rewrite = (recipe.rewrite)(analysis)?;
    rewrite.edits.sort_by_key(|edit| edit.span);
    Some((recipe.title, rewrite))
}
