//! BuildKit's own table of checks. It is read where it is; without it the test
//! says so and passes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dockerfile_playground::report::Severity;
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Project, Report, analyze};
use serde_json::Value;

/// What BuildKit's test built and expects, where the row lost a part of it: the
/// table's converter read neither the texts that the test formats nor what else
/// it passes. Source: frontend/dockerfile/dockerfile_check_test.go, the function
/// and the call of the row's name.
const ORIGINALS: &[Original] = &[
    // A sub-test's own `.dockerignore`.
    Original { test: "testCopyIgnoredFileContextRoot#2", dockerignore: "*\n", ..Original::ROW },
    // FrontendAttrs: what takes the place of the text's directive.
    Original {
        test: "testRuleCheckOption#8",
        build_args: &[("BUILDKIT_DOCKERFILE_CHECK", "skip=all")],
        ..Original::ROW
    },
    // fmt.Appendf with the system's name: the row has the text of the call before.
    Original {
        test: "testUndeclaredArg#8",
        dockerfile: "\nARG MY_OS=linux\nARG MY_ARCH=amd64\nFROM --platform=linux/${MYARCH} busybox\n",
        ..Original::ROW
    },
    // fmt.Appendf with the image's name.
    Original {
        test: "testUnmatchedVars#5",
        dockerfile: "\nFROM alpine\nARG DIR_BINARIES=a\nARG DIR_ASSETS=b\nARG DIR_CONFIG=c\nCOPY $DIR_ASSET .\n",
        ..Original::ROW
    },
    Original {
        test: "testUnmatchedVars#6",
        dockerfile: "\nFROM alpine\nENV PATH=$PAHT:/tmp/bin\n",
        warnings: &[(
            "UndefinedVar",
            "Usage of undefined variable '$PAHT' (did you mean $PATH?)",
            3,
        )],
        ..Original::ROW
    },
    // Warnings that a function of the test makes.
    Original {
        test: "testMultipleInstructionsDisallowed#1",
        warnings: &[
            ("MultipleInstructionsDisallowed", TWO_ENTRYPOINTS, 3),
            ("MultipleInstructionsDisallowed", TWO_CMDS, 5),
            ("MultipleInstructionsDisallowed", TWO_HEALTHCHECKS, 7),
        ],
        ..Original::ROW
    },
    Original {
        test: "testMultipleInstructionsDisallowed#2",
        warnings: &[
            ("MultipleInstructionsDisallowed", TWO_ENTRYPOINTS, 3),
            ("MultipleInstructionsDisallowed", TWO_CMDS, 4),
            ("MultipleInstructionsDisallowed", TWO_HEALTHCHECKS, 5),
        ],
        ..Original::ROW
    },
    // The one row that contradicts BuildKit: its lines, 3 and 4, hold nothing of
    // the kind, and checkLintWarning of that file compares no lines.
    Original {
        test: "testLegacyKeyValueFormat#3",
        warnings: &[
            ("LegacyKeyValueFormat", LEGACY_ENV, 5),
            ("LegacyKeyValueFormat", LEGACY_LABEL, 6),
        ],
        ..Original::ROW
    },
    // integration.UnixOrWindows and fmt.Appendf, and build arguments.
    Original {
        test: "testInvalidDefaultArgInFrom#3",
        dockerfile: "\nARG SFX=\"box:\"\nFROM busy${SFX}\n",
        build_args: &[("SFX", "box:latest")],
        warnings: &[(
            "InvalidDefaultArgInFrom",
            "Default value for ARG busy${SFX} results in empty or invalid base image name",
            3,
        )],
        ..Original::ROW
    },
    Original {
        test: "testInvalidDefaultArgInFrom#4",
        dockerfile: "\nARG VERSION=\"latest\"\nFROM busybox:${VERSION}\n",
        build_args: &[("VERSION", "latest")],
        ..Original::ROW
    },
    Original {
        test: "testInvalidDefaultArgInFrom#5",
        dockerfile: "\nARG BUSYBOX_VARIANT=\"\"\nFROM busybox:stable${BUSYBOX_VARIANT}\n",
        build_args: &[("BUSYBOX_VARIANT", "-musl")],
        ..Original::ROW
    },
];

const TWO_ENTRYPOINTS: &str = "Multiple ENTRYPOINT instructions should not be used in the same \
     stage because only the last one will be used";
const TWO_CMDS: &str = "Multiple CMD instructions should not be used in the same stage because \
     only the last one will be used";
const TWO_HEALTHCHECKS: &str = "Multiple HEALTHCHECK instructions should not be used in the same \
     stage because only the last one will be used";
const LEGACY_ENV: &str =
    "\"ENV key=value\" should be used instead of legacy \"ENV key value\" format";
const LEGACY_LABEL: &str =
    "\"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format";

/// What a row lacks; what is empty is as the row has it.
struct Original {
    test: &'static str,
    dockerfile: &'static str,
    dockerignore: &'static str,
    build_args: &'static [(&'static str, &'static str)],
    /// (rule, detail, line).
    warnings: &'static [(&'static str, &'static str, u64)],
}

impl Original {
    const ROW: Self =
        Self { test: "", dockerfile: "", dockerignore: "", build_args: &[], warnings: &[] };

    /// The row as BuildKit's test has it.
    fn complete(&self, row: &mut Value) {
        for (key, text) in [("dockerfile", self.dockerfile), ("dockerignore", self.dockerignore)] {
            if !text.is_empty() {
                row[key] = text.into();
            }
        }
        for (name, value) in self.build_args {
            row["build_args"][name] = (*value).into();
        }
        if !self.warnings.is_empty() {
            let warning = |(rule, detail, line): &(&str, &str, u64)| serde_json::json!({ "rule": rule, "detail": detail, "line": line });
            row["warnings"] = self.warnings.iter().map(warning).collect();
        }
    }
}

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

fn build_args(row: &Value) -> Map<String, String> {
    let given = row["build_args"].as_object().into_iter().flatten();
    given.map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect()
}

/// What is wrong with a row, if anything.
fn difference(row: &Value) -> Option<String> {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let report = analyze(&Project {
        dockerfile: text("dockerfile"),
        dockerignore: text("dockerignore"),
        build_args: build_args(row),
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
        let mut row: Value = serde_json::from_str(row).expect("a row is JSON");
        let name = row["test"].as_str().expect("a row has a name").to_owned();
        if let Some(original) = ORIGINALS.iter().find(|original| original.test == name) {
            original.complete(&mut row);
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
