//! Estimates against measured truth.
//!
//! The measurements live in `../shared/truth` (override: `TRUTH_DIR`); where
//! they are absent, the test says so and passes.

use std::path::PathBuf;

use dockerfile_playground::{Project, analyze};
use serde_json::Value;

/// Rows of a table of measurements; `None` where it is absent.
fn rows(name: &str) -> Option<Vec<Value>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/truth");
    let folder = std::env::var_os("TRUTH_DIR").map_or(shared, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        println!("skipped: {} is not there", folder.join(name).display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect())
}

#[test]
fn apt_layers_are_near_the_measured_ones() {
    let Some(rows) = rows("apt.jsonl") else { return };
    let mut errors = Vec::new();
    let mut in_range = 0;
    for row in &rows {
        let set = row["set"].as_str().expect("a set");
        let truth = row["bytes_nolists"].as_u64().expect("bytes");
        let run = format!("apt-get update && apt-get install -y --no-install-recommends {set}");
        let dockerfile =
            format!("FROM debian:bookworm-slim\nRUN {run} && rm -rf /var/lib/apt/lists/*\n");
        let report = analyze(&Project { dockerfile, ..Project::default() });
        let size = report.layers[1].size;
        let error = (size.expected as f64 - truth as f64) / truth as f64;
        println!("{:+7.2} %  {set}", error * 100.0);
        errors.push(error.abs());
        in_range += usize::from((size.low..=size.high).contains(&truth));
    }
    errors.sort_by(f64::total_cmp);
    let median = errors[errors.len() / 2];
    println!("median {:.2} %, in range {in_range} of {}", median * 100.0, errors.len());
    assert!(median < 0.02, "median error {median}");
}
