//! `cargo xtask build`: the static site in dist/.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::paths::{self, Stamp};
use crate::steps::{self, step};
use crate::{Outcome, no_arguments, node, wasm};

/// Prints a line a file: its name, its size, its size under brotli.
const SIZES: &str = "\
const fs = require('fs'), zlib = require('zlib');
for (const file of process.argv.slice(1)) {
  const bytes = fs.readFileSync(file);
  const packed = zlib.brotliCompressSync(bytes).length;
  const cells = [bytes.length, packed].map((n) => n.toLocaleString('en').padStart(9));
  console.log(`  ${cells[0]} B  ${cells[1]} B brotli  ${file}`);
}";

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    build()?;
    print_sizes()?;
    println!("The site is in {}; any static host can serve it.", paths::dist().display());
    Ok(Outcome::Done)
}

/// Builds what changed of pkg/ and dist/.
pub fn build() -> Result<()> {
    node::install()?;
    wasm::build()?;
    let stamp = Stamp::of("site", &inputs(), "")?;
    if stamp.is_current(&[paths::dist().join("index.html")]) {
        return Ok(());
    }
    step("Building the page", || {
        let mut vite = node::tool("vite");
        steps::run(vite.args(["build", "--logLevel", "warn"]), "look at Vite's message above")
    })?;
    stamp.set()
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

fn print_sizes() -> Result<()> {
    let dist = paths::dist();
    let files = paths::files(std::slice::from_ref(&dist));
    let files = files.iter().filter_map(|file| file.strip_prefix(&dist).ok());
    let mut node = Command::new("node");
    node.args(["-e", SIZES]).args(files.filter(|file| is_code(file))).current_dir(&dist);
    steps::run(&mut node, "install Node.js 20.19 or later")
}

fn is_code(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("wasm" | "pack" | "js" | "css" | "html"))
}
