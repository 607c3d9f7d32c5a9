//! The analysis core of Dockerfile Playground.
//!
//! One way: text → syntax → build graph → filesystem model → {layers, cache,
//! findings} → recipes → report. A module knows only those before it. The core
//! is pure: no I/O, no clock, no global state, and no panic on any input.

pub mod context;
pub mod report;
pub mod syntax;
pub mod units;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use report::{Project, Report};

/// Analyses a project: where its image's bytes go, what changes rebuild, and a
/// better version beside it. Pure and deterministic.
pub fn analyze(_project: &Project) -> Report {
    unimplemented!("assembled once the modules land")
}
