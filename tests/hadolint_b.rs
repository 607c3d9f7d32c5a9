//! hadolint's own cases for DL3030 to DL4006.
//!
//! The rows live in `../shared/conformance` (override: `CONFORMANCE_DIR`);
//! where they are absent, the test says so and passes.

use std::path::PathBuf;

use dockerfile_playground::{Project, analyze};
use serde_json::Value;

/// Rules that need a configured label schema, which a project does not have.
const NEED_CONFIGURATION: &[&str] = &["DL3050"];

/// The rows of a table; `None` where it is absent.
fn rows() -> Option<Vec<Value>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    let folder = std::env::var_os("CONFORMANCE_DIR").map_or(shared, PathBuf::from);
    let path = folder.join("hadolint_rules.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect())
}

fn fires(rule: &str, dockerfile: &str) -> bool {
    let report = analyze(&Project { dockerfile: dockerfile.to_owned(), ..Project::default() });
    report.findings.iter().any(|finding| finding.aliases.iter().any(|alias| alias == rule))
}

#[test]
fn agrees_with_hadolint() {
    let Some(rows) = rows() else { return };
    let mut wrong = Vec::new();
    for row in &rows {
        let rule = row["rule"].as_str().expect("a rule");
        if rule < "DL3030" || NEED_CONFIGURATION.contains(&rule) {
            continue;
        }
        let dockerfile = row["dockerfile"].as_str().expect("a Dockerfile");
        if fires(rule, dockerfile) != row["fires"].as_bool().expect("a verdict") {
            wrong.push(format!("{rule} {}: {dockerfile:?}", row["case"]));
        }
    }
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
}
