//! `cargo xtask fuzz`: looks for input that the core cannot bear.
//!
//! The findings of a target lie in `fuzz/artifacts/TARGET/`, what it has learnt
//! in `fuzz/corpus/TARGET/`; `fuzz/corpus.tar.xz` keeps that of the long runs, and
//! it also starts from the tests' fixtures. The target `link`
//! is the page's own, `www/share.fuzz.test.ts`, and keeps no corpus.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use lexopt::prelude::*;

use crate::steps::{self, step};
use crate::toolchain::cargo;
use crate::{Outcome, WrongUsage, node, paths};

const TARGETS: [&str; 10] = [
    "dockerfile",
    "shell",
    "ignore",
    "listing",
    "analyze",
    "optimize",
    "gitlog",
    "calibration",
    "pack",
    LINK,
];

/// The decoder of share links, which is TypeScript.
const LINK: &str = "link";

/// Where the seeds lie.
const SEEDS: [&str; 5] = [
    "tests/fixtures/syntax",
    "tests/fixtures/recipes",
    "tests/fixtures/replay",
    "tests/fixtures/calibration/service",
    "tests/fixtures/calibration/copies",
];

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut targets = Vec::new();
    let mut seconds: u32 = 60;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seconds") => seconds = arguments.value()?.parse()?,
            Value(name) => targets.push(known(&name.string()?)?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    if targets.iter().any(|target| *target != LINK) {
        install()?;
        unpack()?;
    }
    for target in targets {
        step(&format!("Fuzzing {target} for {seconds} s"), || match target {
            LINK => fuzz_link(seconds),
            _ => fuzz(target, seconds),
        })?;
    }
    Ok(Outcome::Done)
}

fn known(name: &str) -> Result<&'static str> {
    let found = TARGETS.into_iter().find(|target| *target == name);
    found.ok_or_else(|| {
        WrongUsage(format!("no fuzz target {name}; there are {}", TARGETS.join(", "))).into()
    })
}

/// Installs cargo-fuzz unless it is here.
fn install() -> Result<()> {
    let here = Command::new("cargo-fuzz").arg("--version").output();
    if here.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    step("Installing cargo-fuzz", || {
        let mut command = cargo();
        command.args(["install", "cargo-fuzz", "--locked"]);
        steps::run(&mut command, "run `cargo install cargo-fuzz` with access to the internet")
    })
}

/// Unpacks what earlier runs have learnt, unless some is here.
fn unpack() -> Result<()> {
    if paths::root().join("fuzz/corpus").exists() {
        return Ok(());
    }
    let mut command = Command::new("tar");
    command.current_dir(paths::root()).args(["-xJf", "fuzz/corpus.tar.xz", "-C", "fuzz"]);
    steps::run(&mut command, "install tar and xz")
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let corpus = format!("fuzz/corpus/{target}");
    std::fs::create_dir_all(paths::root().join(&corpus))?;
    let mut command = fuzz_command(&paths::target().join("fuzz"));
    // libFuzzer writes to the first folder only.
    command.arg(target).arg(corpus).args(SEEDS).arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.args(["-timeout=10", "-max_len=4096"]);
    steps::run(
        &mut command,
        &format!("mend what the input in fuzz/artifacts/{target}/ brings to light"),
    )
}

fn fuzz_link(seconds: u32) -> Result<()> {
    node::install()?;
    let mut command = node::tool("vitest");
    command.args(["run", "www/share.fuzz.test.ts"]).env("VITE_FUZZ_SECONDS", seconds.to_string());
    steps::run(&mut command, "mend what the input above brings to light")
}

/// `cargo fuzz run`. Coverage needs unstable options of rustc, hence the
/// bootstrap; the core is safe Rust, hence no sanitizer.
fn fuzz_command(target_dir: &Path) -> Command {
    let mut command = cargo();
    command.env("RUSTC_BOOTSTRAP", "1");
    command.args(["fuzz", "run", "--sanitizer", "none", "--target-dir"]).arg(target_dir);
    command
}
