//! The analysis core of Dockerfile Playground.
//!
//! One way: text → syntax → build graph → filesystem model → {layers, cache,
//! findings} → recipes → report. A module knows only those before it. The core
//! is pure: no I/O, no clock, no global state, and no panic on any input.

mod analysis;
mod assemble;
pub mod cache;
mod companions;
pub mod context;
pub mod data;
mod decimal;
pub mod editor;
pub mod filesystem;
pub mod format;
pub mod graph;
pub mod identity;
pub mod layers;
pub mod recipes;
pub mod report;
pub mod rules;
pub mod sorted;
pub mod syntax;
pub mod units;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use analysis::Analysis;
pub use report::{Project, Report};

use data::Catalog;

/// Analyses a project with all that is known of images and packages: where its
/// image's bytes go, what changes rebuild, and a better version beside it.
#[cfg(not(target_arch = "wasm32"))]
pub fn analyze(project: &Project) -> Report {
    analyze_knowing(Catalog::complete(), project)
}

/// The same with what a catalog knows. Pure and deterministic.
pub fn analyze_knowing(catalog: &Catalog, project: &Project) -> Report {
    assemble::report(catalog, project)
}
