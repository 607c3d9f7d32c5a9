//! `cargo xtask ast FILE`: BuildKit's dump of a Dockerfile's syntax tree.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use dockerfile_playground::syntax::{Dockerfile, dump};

use crate::{Outcome, WrongUsage};

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let Some(lexopt::Arg::Value(path)) = arguments.next()? else {
        return Err(WrongUsage("ast takes a FILE".into()).into());
    };
    let path = PathBuf::from(path);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    print!("{}", dump(&Dockerfile::parse(&String::from_utf8_lossy(&bytes))));
    Ok(Outcome::Done)
}
