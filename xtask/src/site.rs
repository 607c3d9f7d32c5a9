//! `cargo xtask build`: the static site in dist/.

use std::path::PathBuf;

use anyhow::Result;

use crate::paths::{self, Stamp};
use crate::steps::{self, step};
use crate::{Outcome, budget, no_arguments, node, wasm};

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    build()?;
    budget::check()?;
    println!("The site is in {}; any static host can serve it.", paths::dist().display());
    Ok(Outcome::Done)
}

/// Builds what changed of pkg/ and dist/.
pub fn build() -> Result<()> {
    node::install()?;
    wasm::build()?;
    let stamp = Stamp::of("site", &inputs(), "")?;
    let element = paths::package().join("element/element.js");
    if stamp.is_current(&[paths::dist().join("index.html"), element]) {
        return Ok(());
    }
    step("Building the page", || vite(&[]))?;
    step("Building the package's element", || vite(&["--mode", "package"]))?;
    stamp.set()
}

fn vite(options: &[&str]) -> Result<()> {
    let mut vite = node::tool("vite");
    let build = vite.args(["build", "--logLevel", "warn"]).args(options);
    steps::run(build, "look at Vite's message above")
}

/// What the page is made from.
fn inputs() -> Vec<PathBuf> {
    let root = paths::root();
    let names = ["www", "vite.config.ts", "tsconfig.json", "package-lock.json"];
    let mut inputs: Vec<PathBuf> = names.iter().map(|name| root.join(name)).collect();
    inputs.extend(paths::pages());
    inputs.extend(wasm::outputs());
    inputs.push(wasm::packs());
    inputs
}
