//! `cargo xtask test`: every check and every test.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::steps::{self, advice, explain, seconds};
use crate::toolchain::cargo;
use crate::{Outcome, browser, budget, node, rules, serve, site, types};

/// A group's runner, given the tests' filters; its lines are read for the
/// number of tests.
type Runner = fn(&[String]) -> Result<Counts>;

/// Every group, in order; the second value is true for those that run tests
/// with names.
const GROUPS: [(&str, bool, Runner); 11] = [
    ("fmt", false, fmt),
    ("clippy", false, clippy),
    ("types", false, generated),
    ("rust", true, rust),
    ("doc", false, doc),
    ("build", false, build),
    ("size", false, size),
    ("prettier", false, prettier),
    ("tsc", false, tsc),
    ("vitest", true, vitest),
    ("e2e", true, e2e),
];

/// Tests passed and failed.
#[derive(Clone, Copy, Default)]
struct Counts {
    passed: u32,
    failed: u32,
}

/// A group's result.
struct Row {
    name: &'static str,
    counts: Counts,
    time: Duration,
}

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut names = Vec::new();
    let mut filters = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(word) => {
                let word = word.string()?;
                let is_group = GROUPS.iter().any(|(name, ..)| *name == word);
                if is_group { &mut names } else { &mut filters }.push(word);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let mut rows = Vec::new();
    for (name, has_names, runner) in GROUPS {
        let named = names.iter().any(|wanted| wanted == name);
        if named || names.is_empty() && (has_names || filters.is_empty()) {
            rows.push(group(name, runner, &filters));
        }
    }
    Ok(summary(&rows))
}

fn group(name: &'static str, runner: Runner, filters: &[String]) -> Row {
    println!("\n━━ {name}");
    let start = Instant::now();
    let counts = runner(filters).unwrap_or_else(|error| {
        println!("{}", explain(&error));
        Counts { passed: 0, failed: 1 }
    });
    Row { name, counts, time: start.elapsed() }
}

/// Prints the table and the totals.
fn summary(rows: &[Row]) -> Outcome {
    println!("\n━━ summary");
    let mut total = Counts::default();
    for Row { name, counts: Counts { passed, failed }, time } in rows {
        let mark = if *failed == 0 { "✓" } else { "✗" };
        let time = seconds(*time);
        println!("{mark} {name:<9} {passed:>5} passed {failed:>4} failed {time:>9}");
        total.passed += passed;
        total.failed += failed;
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 { Outcome::Done } else { Outcome::Failed(1) }
}

/// A check that passes or fails as a whole.
fn check(command: &mut Command, fix: &str) -> Result<Counts> {
    steps::run(command, fix)?;
    Ok(Counts { passed: 1, failed: 0 })
}

fn fmt(_: &[String]) -> Result<Counts> {
    check(cargo().args(["fmt", "--all", "--check"]), "cargo fmt --all")
}

fn clippy(_: &[String]) -> Result<Counts> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    check(cargo().args(arguments), "follow clippy's messages above")
}

fn generated(_: &[String]) -> Result<Counts> {
    if !types::is_current() {
        let file = types::file();
        bail!(advice(&format!("{} is out of date", file.display()), "cargo xtask types"));
    }
    if let Some(file) = rules::out_of_date()?.first() {
        bail!(advice(&format!("{} is out of date", file.display()), "cargo xtask rules"));
    }
    Ok(Counts { passed: 2, failed: 0 })
}

fn rust(filters: &[String]) -> Result<Counts> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast", "--"]).args(filters);
    tests(&mut command, |line| line.starts_with("test result:"))
}

fn doc(_: &[String]) -> Result<Counts> {
    let mut command = cargo();
    command.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
    check(command.env("RUSTDOCFLAGS", "--deny warnings"), "follow rustdoc's messages above")
}

fn build(_: &[String]) -> Result<Counts> {
    site::build()?;
    Ok(Counts { passed: 1, failed: 0 })
}

/// The built site against its budget.
fn size(_: &[String]) -> Result<Counts> {
    site::build()?;
    if !budget::check()? {
        bail!(budget::advise());
    }
    Ok(Counts { passed: 1, failed: 0 })
}

fn prettier(_: &[String]) -> Result<Counts> {
    node::install()?;
    let fix = "npx prettier --write .";
    check(node::tool("prettier").args(["--check", "--log-level", "warn", "."]), fix)
}

fn tsc(_: &[String]) -> Result<Counts> {
    node::install()?;
    let fix = "follow the compiler's messages above";
    let page = check(node::tool("tsc").args(["--noEmit", "--project", "."]), fix)?;
    let tests = check(node::tool("tsc").args(["--noEmit", "--project", "tests/e2e"]), fix)?;
    Ok(Counts { passed: page.passed + tests.passed, failed: 0 })
}

fn vitest(filters: &[String]) -> Result<Counts> {
    node::install()?;
    let mut command = node::tool("vitest");
    command.arg("run");
    if !filters.is_empty() {
        command.args(["--testNamePattern", &filters.join("|")]);
    }
    tests(&mut command, |line| line.starts_with("Tests "))
}

/// The end-to-end tests, against the built site.
fn e2e(filters: &[String]) -> Result<Counts> {
    let browser = browser::find()?;
    let address = serve::built()?;
    let mut command = node::tool("playwright");
    command
        .args(["test", "--config", "tests/e2e", "--pass-with-no-tests"])
        .env("CHROMIUM", browser)
        .env("PLAYGROUND_URL", address)
        .env("XTASK", std::env::current_exe()?);
    if !filters.is_empty() {
        command.args(["--grep", &filters.join("|")]);
    }
    let is_total = |line: &str| {
        let mut words = line.split(' ');
        words.next().is_some_and(|word| word.parse::<u32>().is_ok())
            && words.next().is_some_and(|word| ["passed", "failed", "interrupted"].contains(&word))
    };
    tests(&mut command, is_total)
}

/// Runs a test runner and adds up the lines that hold its totals.
fn tests(command: &mut Command, is_total: impl Fn(&str) -> bool) -> Result<Counts> {
    let (status, lines) = steps::tee(command.env("NO_COLOR", "1").env_remove("FORCE_COLOR"))?;
    let mut counts = Counts::default();
    for line in lines.iter().map(|line| line.trim()).filter(|line| is_total(line)) {
        counts.passed += number_before(line, "passed");
        counts.failed += number_before(line, "failed") + number_before(line, "interrupted");
    }
    if !status.success() {
        counts.failed = counts.failed.max(1);
    }
    Ok(counts)
}

/// 3 of `1 failed | 3 passed (4)` for `passed`.
fn number_before(line: &str, word: &str) -> u32 {
    let words: Vec<&str> = line.split([' ', ';', '|', ',']).filter(|w| !w.is_empty()).collect();
    let found = words.windows(2).find(|pair| pair[1] == word);
    found.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::number_before;

    #[test]
    fn totals_of_each_runner() {
        let cargo = "test result: FAILED. 12 passed; 1 failed; 0 ignored; finished in 0.01s";
        assert_eq!((number_before(cargo, "passed"), number_before(cargo, "failed")), (12, 1));
        let vitest = "Tests  1 failed | 3 passed (4)";
        assert_eq!((number_before(vitest, "passed"), number_before(vitest, "failed")), (3, 1));
        let playwright = "5 passed (3.2s)";
        assert_eq!(
            (number_before(playwright, "passed"), number_before(playwright, "failed")),
            (5, 0)
        );
    }
}
