//! The page's npm packages and the tools among them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::paths::{self, Stamp};
use crate::steps::{self, advice, step};

/// Installs what package-lock.json says, when it changed; a linked node_modules
/// is taken as it is.
pub fn install() -> Result<()> {
    let root = paths::root();
    // `npm ci` empties the folder that a link leads to, and others may use it.
    if root.join("node_modules").is_symlink() {
        return Ok(());
    }
    let inputs = [root.join("package.json"), root.join("package-lock.json")];
    let stamp = Stamp::of("npm", &inputs, "")?;
    if stamp.is_current(&[root.join("node_modules/.package-lock.json")]) {
        return Ok(());
    }
    check_version()?;
    step("Installing npm packages", || {
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&root);
        steps::run(&mut npm, "look at npm's message above; npm needs its registry")
    })?;
    stamp.set()
}

/// Refuses a Node that the packages do not support.
fn check_version() -> Result<()> {
    let fix = "install Node.js 20.19 or later with npm (on Debian: apt-get install nodejs npm)";
    let version = steps::output(Command::new("node").arg("--version"), fix)?;
    let mut numbers = version.trim().trim_start_matches('v').split('.');
    let mut next = || numbers.next().and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    if (next(), next()) < (20, 19) {
        bail!(advice(&format!("Node.js {} is too old", version.trim()), fix));
    }
    Ok(())
}

/// A tool of an npm package, to be run in the root.
pub fn tool(name: &str) -> Command {
    let file: PathBuf = if cfg!(windows) { format!("{name}.cmd").into() } else { name.into() };
    let mut command = Command::new(paths::root().join("node_modules/.bin").join(file));
    command.current_dir(paths::root());
    command
}
