//! `cargo xtask lighthouse`: what Lighthouse makes of the built page. Run it on
//! a quiet machine: it measures time.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::steps::{self, advice};
use crate::{Outcome, browser, no_arguments, serve};

/// Outside of package-lock.json: nothing else needs it, and it brings some 200
/// packages along.
const PACKAGE: &str = "lighthouse@12.8.2";
/// The median of so many runs is taken.
const RUNS: usize = 3;
/// The least score that passes, of 100.
const LEAST: f64 = 95.0;

const FORMS: [(&str, &[&str]); 2] = [("mobile", &[]), ("desktop", &["--preset=desktop"])];
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
const METRICS: [&str; 5] = [
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "speed-index",
    "cumulative-layout-shift",
];

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    let browser = browser::find()?;
    let address = serve::built()?;
    let mut least = f64::INFINITY;
    for (form, options) in FORMS {
        let mut reports =
            (0..RUNS).map(|_| run(&browser, &address, options)).collect::<Result<Vec<Value>>>()?;
        reports.sort_by(|a, b| score(a, CATEGORIES[0]).total_cmp(&score(b, CATEGORIES[0])));
        let median = &reports[RUNS / 2];
        println!("\n{form} (Lighthouse {})", median["lighthouseVersion"].as_str().unwrap_or("?"));
        for category in CATEGORIES {
            println!("  {category:<26}{:>5.0}", score(median, category));
            least = least.min(score(median, category));
        }
        for metric in METRICS {
            let value = median["audits"][metric]["displayValue"].as_str().unwrap_or("-");
            println!("  {metric:<26}{value:>9}");
        }
    }
    Ok(if least >= LEAST { Outcome::Done } else { Outcome::Failed(1) })
}

/// One report.
fn run(browser: &Path, address: &str, options: &[&str]) -> Result<Value> {
    let mut npx = Command::new(if cfg!(windows) { "npx.cmd" } else { "npx" });
    npx.args(["--yes", PACKAGE, address, "--quiet", "--output=json", "--output-path=stdout"])
        .arg("--chrome-flags=--headless --no-sandbox --disable-gpu")
        .args(options)
        .env("CHROME_PATH", browser)
        .env("PUPPETEER_SKIP_DOWNLOAD", "1");
    let printed = steps::output(&mut npx, "look at the message above; npx needs npm's registry")?;
    serde_json::from_str(&printed)
        .with_context(|| advice("Lighthouse printed no report", "look at its message above"))
}

/// A category's score, of 100; 0 where there is none.
fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().unwrap_or(0.0) * 100.0
}
