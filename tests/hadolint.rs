//! hadolint's own cases: our rules fire where its rules fire.
//!
//! The rows live in `../shared/conformance` (override: `CONFORMANCE_DIR`);
//! where they are absent, the test says so and passes.

use std::path::PathBuf;

use dockerfile_playground::report::{LabelKind, RuleSettings, Settings};
use dockerfile_playground::{Project, analyze};
use serde_json::Value;

/// The rows of the table; `None` where it is absent.
fn rows() -> Option<Vec<Value>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    let folder = std::env::var_os("CONFORMANCE_DIR").map_or(shared, PathBuf::from);
    let path = folder.join("hadolint_rules.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect())
}

/// What hadolint's cases of a rule are checked with. The rows do not tell; it
/// is in the tests that they are from.
fn settings(rule: &str) -> RuleSettings {
    let schema = |name: &str, kind| [(name.to_owned(), kind)].into();
    match rule {
        "DL3050" => RuleSettings {
            label_schema: schema("required", LabelKind::Text),
            strict_labels: true,
            ..RuleSettings::default()
        },
        // Off unless named.
        "DL1001" | "DL3057" => {
            RuleSettings { enable: vec![rule.to_owned()], ..RuleSettings::default() }
        }
        _ => RuleSettings::default(),
    }
}

fn fires(rule: &str, dockerfile: &str) -> bool {
    let settings = Settings { rules: settings(rule), ..Settings::default() };
    let project = Project { dockerfile: dockerfile.to_owned(), settings, ..Project::default() };
    let findings = analyze(&project).findings;
    findings.iter().any(|finding| finding.aliases.iter().any(|alias| alias == rule))
}

#[test]
fn agrees_with_hadolint() {
    let Some(rows) = rows() else { return };
    let mut wrong = Vec::new();
    for row in &rows {
        let text = |key: &str| row[key].as_str().expect("text");
        if fires(text("rule"), text("dockerfile")) != row["fires"].as_bool().expect("a verdict") {
            wrong.push(format!("{} {}: {:?}", text("rule"), text("case"), text("dockerfile")));
        }
    }
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
}
