//! Sizes under brotli, at its best level as a host that packs ahead of time has
//! them; Node brings the packer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, steps};

/// Prints the packed size of each file that its list names, one a line.
const PACK: &str = "\
const fs = require('fs'), zlib = require('zlib');
for (const file of JSON.parse(fs.readFileSync(process.argv[1], 'utf8')))
  console.log(zlib.brotliCompressSync(fs.readFileSync(file)).length);";

/// The bytes of each file under brotli.
pub fn sizes(files: &[PathBuf]) -> Result<Vec<u64>> {
    let folder = paths::target().join("xtask");
    let list = folder.join("brotli.json");
    fs::create_dir_all(&folder)?;
    fs::write(&list, serde_json::to_vec(files)?)
        .with_context(|| format!("cannot write {}", list.display()))?;
    let mut node = Command::new("node");
    node.args(["-e", PACK]).arg(&list);
    let lines = steps::output(&mut node, "install Node.js 20.19 or later")?;
    lines.lines().map(|line| line.parse().context("a size")).collect()
}

/// The bytes of each part under brotli, each packed alone.
pub fn sizes_of_parts(parts: &[Vec<u8>]) -> Result<Vec<u64>> {
    let folder = paths::target().join("xtask/parts");
    fs::create_dir_all(&folder)?;
    let file = |(number, part): (usize, &Vec<u8>)| -> Result<PathBuf> {
        let file = folder.join(number.to_string());
        write(&file, part)?;
        Ok(file)
    };
    let files: Vec<PathBuf> = parts.iter().enumerate().map(file).collect::<Result<_>>()?;
    sizes(&files)
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}
