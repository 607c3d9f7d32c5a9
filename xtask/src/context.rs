//! Build contexts for the cases of `tests/truth`, laid out anew from small
//! descriptions.
//!
//! `files/` is copied as it is. Each row of `context.tsv` makes one file more:
//! `SIZE<TAB>PATH` one of words of that size, `npm:NAME@VERSION<TAB>PATH` the
//! package's archive. Lockfiles are stored without addresses of packages; the
//! builder gets them with those of this machine's registry, as npm writes them
//! elsewhere. What was laid out is listed in the case's `listing.tsv`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{paths, steps};

/// Lays the context of the case in `case` out in `folder`.
pub fn lay(case: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let given = case.join("files");
    for path in paths::files(std::slice::from_ref(&given)) {
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        write(&folder.join(path.strip_prefix(&given)?), with_addresses(&path, text)?.as_bytes())?;
    }
    let rows = fs::read_to_string(case.join("context.tsv")).unwrap_or_default();
    for row in rows.lines() {
        let (source, path) = row.split_once('\t').context("a row without a path")?;
        match source.strip_prefix("npm:") {
            Some(package) => archive(package, &folder.join(path))?,
            None => write(&folder.join(path), &words(path, source.parse()?))?,
        }
    }
    let described = folder.read_dir()?.next().is_some();
    for (name, there) in [("Dockerfile", "Dockerfile"), ("dockerignore", ".dockerignore")] {
        if case.join(name).exists() {
            fs::copy(case.join(name), folder.join(there))?;
        }
    }
    if described {
        fs::write(case.join("listing.tsv"), listing(folder)?)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// The context's files as the analysis reads them.
fn listing(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for path in paths::files(&[folder.to_owned()]) {
        let size = fs::metadata(&path)?.len();
        text += &format!("{size}\t{}\n", path.strip_prefix(folder)?.display());
    }
    Ok(text)
}

/// Words of a small vocabulary, always the same for a path.
fn words(path: &str, size: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "const", "return", "import", "from", "value", "request", "response", "await", "async",
        "error", "name", "=>", "{", "}", "(", ")",
    ];
    let mut state = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mut text = Vec::with_capacity(size + 16);
    while text.len() < size {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.extend(WORDS[(state >> 60) as usize].bytes());
        text.push(if (state >> 50) % 8 == 0 { b'\n' } else { b' ' });
    }
    text.truncate(size);
    text
}

fn archive(package: &str, path: &Path) -> Result<()> {
    let folder = path.parent().context("no folder")?;
    fs::create_dir_all(folder)?;
    let pack = ["pack", "--silent", package];
    let fix = "see npm's message";
    let name = steps::output(Command::new("npm").args(pack).current_dir(folder), fix)?;
    Ok(fs::rename(folder.join(name.trim()), path)?)
}

/// A lockfile with the address of each package; any other text as it is.
fn with_addresses(path: &Path, text: String) -> Result<String> {
    if path.file_name().is_none_or(|name| name != "package-lock.json") {
        return Ok(text);
    }
    let mut lock: Value = serde_json::from_str(&text)?;
    let asked = ["config", "get", "registry"];
    let registry = steps::output(Command::new("npm").args(asked), "install npm")?;
    let registry = registry.trim().trim_end_matches('/');
    let packages = lock["packages"].as_object_mut().context("no packages in the lockfile")?;
    for (place, package) in packages.iter_mut().filter(|(place, _)| !place.is_empty()) {
        let installed = place.rsplit("node_modules/").next().unwrap_or(place);
        let name = package["name"].as_str().unwrap_or(installed).to_owned();
        let file = name.rsplit('/').next().unwrap_or(&name);
        let version = package["version"].as_str().context("a package without a version")?;
        package["resolved"] = format!("{registry}/{name}/-/{file}-{version}.tgz").into();
    }
    Ok(serde_json::to_string_pretty(&lock)? + "\n")
}
