//! `cargo xtask picture`: the README's pictures of the built page, light and dark.

use std::process::Command;

use anyhow::{Result, bail};

use crate::steps::{self, advice};
use crate::{Outcome, browser, no_arguments, paths, serve};

/// Bytes that a reader of the README may be made to wait for.
const MOST_BYTES: u64 = 150_000;

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    let browser = browser::find()?;
    let address = serve::built()?;
    let mut node = Command::new("node");
    node.arg(paths::root().join("tests/e2e/picture.mjs"))
        .env("CHROMIUM", browser)
        .env("PLAYGROUND_URL", address);
    steps::run(&mut node, "look at the message above")?;
    for theme in ["light", "dark"] {
        let file = paths::root().join(format!("docs/page-{theme}.png"));
        let bytes = file.metadata()?.len();
        println!("{} ({bytes} bytes)", file.display());
        if bytes > MOST_BYTES {
            bail!(advice("that is more than 150,000 bytes", "show less on it"));
        }
    }
    Ok(Outcome::Done)
}
