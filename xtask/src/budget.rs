//! What the built site weighs under brotli, and what it may: `size_budget.tsv`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use dockerfile_playground::data::Pack;

use crate::size::grouped;
use crate::steps::advice;
use crate::{brotli, paths, wasm};

/// A part of the site, and what it may weigh.
struct Limit {
    part: String,
    /// Bytes under brotli.
    bytes: u64,
}

/// Prints a line a part of the built site: its size under brotli, its budget.
/// True when every part is within.
pub fn check() -> Result<bool> {
    let limits = limits()?;
    let parts = limits.iter().map(|limit| files(&limit.part)).collect::<Result<Vec<_>>>()?;
    let mut all = parts.concat();
    all.sort();
    all.dedup();
    let sizes: HashMap<&PathBuf, u64> = all.iter().zip(brotli::sizes(&all)?).collect();
    let mut within = true;
    for (Limit { part, bytes: limit }, files) in limits.iter().zip(&parts) {
        let size: u64 = files.iter().map(|file| sizes[file]).sum();
        let mark = if size <= *limit { "✓" } else { "✗" };
        println!("{mark} {:>9} of {:>9} B brotli  {part}", grouped(size), grouped(*limit));
        within &= size <= *limit;
    }
    Ok(within)
}

/// What to do when a part is too large.
pub fn advise() -> String {
    advice(
        "the site is larger than its budget",
        "`cargo xtask size` tells what is in the module; size_budget.tsv holds the budget",
    )
}

fn budget() -> PathBuf {
    paths::root().join("size_budget.tsv")
}

fn limits() -> Result<Vec<Limit>> {
    let file = budget();
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    text.lines().skip(1).map(limit).collect()
}

fn limit(line: &str) -> Result<Limit> {
    let (part, bytes) = line.split_once('\t').with_context(|| format!("no limit in {line:?}"))?;
    let bytes = bytes.parse().with_context(|| format!("the bytes of {part}"))?;
    Ok(Limit { part: part.to_owned(), bytes })
}

/// The files that a part is made of.
fn files(part: &str) -> Result<Vec<PathBuf>> {
    let dist = paths::dist();
    let found = match part {
        "wasm" => vec![wasm::module()],
        "first part" => vec![wasm::first_part()],
        "rest" => vec![wasm::rest()],
        "scripts and styles" => scripts(&dist),
        "first view" => first_view(&dist)?,
        pack => match Pack::ALL.iter().find(|known| known.to_string() == pack) {
            Some(pack) => vec![wasm::packs().join(format!("{pack}.pack"))],
            None => bail!("{} names no part of the site: {part}", budget().display()),
        },
    };
    if found.is_empty() {
        bail!("no file of {part} is in {}", dist.display());
    }
    Ok(found)
}

/// All that any page runs.
fn scripts(dist: &Path) -> Vec<PathBuf> {
    let is_script =
        |file: &PathBuf| file.extension().is_some_and(|end| end == "js" || end == "css");
    paths::files(&[dist.to_owned()]).into_iter().filter(is_script).collect()
}

/// The page, what it names, and the worker with the part of the module that it starts.
fn first_view(dist: &Path) -> Result<Vec<PathBuf>> {
    let page = dist.join("index.html");
    let text =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let is_named = |file: &PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        text.contains(name) || name.starts_with("worker-")
    };
    let mut files: Vec<PathBuf> = scripts(dist).into_iter().filter(is_named).collect();
    files.push(page.clone());
    files.push(wasm::first_part());
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_limit_and_every_limit_is_of_a_part() {
        let limits = limits().unwrap();
        let parts: Vec<&str> = limits.iter().map(|limit| limit.part.as_str()).collect();
        let packs = Pack::ALL.map(|pack| pack.to_string());
        let expected = ["wasm", "first part", "rest", "scripts and styles", "first view"];
        let expected: Vec<&str> =
            expected.into_iter().chain(packs.iter().map(String::as_str)).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_limit_that_is_no_number_is_refused() {
        assert!(limit("wasm\t300 KB").is_err());
        assert!(limit("wasm").is_err());
        assert_eq!(limit("wasm\t300000").unwrap().bytes, 300_000);
    }
}
