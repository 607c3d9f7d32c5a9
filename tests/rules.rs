//! BuildKit's own table of checks. It is read where it is; without it the test
//! says so and passes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dockerfile_playground::report::Severity;
use dockerfile_playground::{Project, Report, analyze};
use serde_json::Value;

/// Rows whose text is not what was built, or that were built with more than
/// the row tells: each with the reason.
const OTHERWISE: [(&str, &str); 11] = [
    ("testCopyIgnoredFileContextRoot#2", "its .dockerignore is not in the row"),
    ("testRuleCheckOption#8", "built with the build argument BUILDKIT_DOCKERFILE_CHECK"),
    ("testUndeclaredArg#8", "names line 4 of a text of two"),
    ("testUnmatchedVars#5", "names line 6 of a text of three"),
    ("testUnmatchedVars#6", "names a variable that its text declares"),
    ("testMultipleInstructionsDisallowed#1", "its warnings are not in the row"),
    ("testMultipleInstructionsDisallowed#2", "its warnings are not in the row"),
    ("testLegacyKeyValueFormat#3", "names lines that hold nothing of the kind"),
    ("testInvalidDefaultArgInFrom#3", "built with a build argument"),
    ("testInvalidDefaultArgInFrom#4", "built with a build argument"),
    ("testInvalidDefaultArgInFrom#5", "built with a build argument"),
];

fn table() -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::var_os("CONFORMANCE_DIR")
        .map_or_else(|| root.join("../shared/conformance"), PathBuf::from);
    let text = std::fs::read_to_string(folder.join("buildkit_checks.jsonl")).ok();
    if text.is_none() {
        println!("SKIPPED: no buildkit_checks.jsonl in {}", folder.display());
    }
    text
}

/// (rule, detail, line); a detail of `None` is not known.
type Warning = (String, Option<String>, u64);

fn expected(row: &Value) -> BTreeSet<Warning> {
    let warnings = row["warnings"].as_array().expect("a row has warnings");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let warning = |warning: &Value| {
        let rule = text(&warning["rule"]).expect("a rule");
        (rule, text(&warning["detail"]), warning["line"].as_u64().expect("a line"))
    };
    warnings.iter().map(warning).collect()
}

fn is_check(alias: &str) -> bool {
    !alias.ends_with(|c: char| c.is_ascii_digit())
}

fn found(report: &Report, expected: &BTreeSet<Warning>) -> BTreeSet<Warning> {
    let checks = report.findings.iter().filter_map(|finding| {
        let name = finding.aliases.iter().find(|alias| is_check(alias))?;
        let unknown = (name.clone(), None, u64::from(finding.line));
        let known = (name.clone(), Some(finding.message.clone()), u64::from(finding.line));
        Some(if expected.contains(&unknown) { unknown } else { known })
    });
    checks.collect()
}

/// What is wrong with a row, if anything.
fn difference(row: &Value) -> Option<String> {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let report = analyze(&Project {
        dockerfile: text("dockerfile"),
        dockerignore: text("dockerignore"),
        build_args: BTreeMap::new(),
        ..Project::default()
    });
    let expected = expected(row);
    let found = found(&report, &expected);
    if found != expected {
        return Some(format!("expected {expected:?}\nfound    {found:?}"));
    }
    let errors = report.syntax.errors.first().map(|error| u64::from(error.line));
    let mut checks = report
        .findings
        .iter()
        .filter(|finding| finding.aliases.iter().any(|alias| is_check(alias)));
    let failing = checks.find(|finding| finding.severity == Severity::Error);
    let line = errors.or(failing.map(|finding| u64::from(finding.line)));
    // A file that is not sent fails the build, not the reading of the Dockerfile.
    let of_the_context = row["dockerignore"].is_string();
    let wanted = row["build_error_line"].as_u64();
    let wanted = wanted.filter(|_| row["build_error"] == true && !of_the_context);
    (line != wanted).then(|| format!("expected an error in {wanted:?}, found {line:?}"))
}

#[test]
fn checks() {
    let Some(rows) = table() else { return };
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("a row is JSON");
        let name = row["test"].as_str().expect("a row has a name");
        if OTHERWISE.iter().any(|(other, _)| *other == name) {
            continue;
        }
        wrong.extend(difference(&row).map(|difference| format!("{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn our_own_rules_are_silent_on_a_good_file() {
    let report = analyze(&Project {
        dockerfile: include_str!("fixtures/recipes/node_good.Dockerfile").to_owned(),
        dockerignore: include_str!("fixtures/recipes/node_good.dockerignore").to_owned(),
        ..Project::default()
    });
    let ours = report.findings.iter().filter(|finding| finding.aliases.is_empty());
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&dockerfile_playground::report::Finding>::new());
}
