//! Our rules named DL1001 to DL3029 agree with hadolint's on recorded cases.

use std::path::PathBuf;

use dockerfile_playground::{Project, analyze};

/// The rules compared.
const RULES: [&str; 8] =
    ["DL3000", "DL3001", "DL3003", "DL3004", "DL3012", "DL3021", "DL3025", "DL3027"];

#[test]
fn rules_agree_with_hadolint() {
    let folder = std::env::var_os("CONFORMANCE_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"),
        PathBuf::from,
    );
    let path = folder.join("hadolint_rules.jsonl");
    let Ok(rows) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is not there", path.display());
        return;
    };
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a JSON row");
        let text = |key: &str| row[key].as_str().expect("text").to_owned();
        let rule = text("rule");
        if !RULES.contains(&rule.as_str()) {
            continue;
        }
        let project = Project { dockerfile: text("dockerfile"), ..Project::default() };
        let fires = analyze(&project).findings.iter().any(|found| found.aliases.contains(&rule));
        if Some(fires) != row["fires"].as_bool() {
            wrong.push(format!("{rule} {}", text("case")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
