//! A label that should be a semantic version and is none (DL3056).
//!
//! Silent without a label schema in the settings.
//!
//! ```dockerfile
//! LABEL version="first"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL version="1.0.0"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-version",
    aliases: &["DL3056"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        bad_values(
            analysis,
            |kind| kind == LabelKind::Semver,
            is_version,
            "not a semantic version (1.2.3)",
        )
    },
};

/// True for `1.2.3`, `1.2.3-rc.1` and `1.2.3+build`; like hadolint, leading
/// zeros and an empty `-` or `+` are fine.
fn is_version(text: &str) -> bool {
    let (text, build) = text.split_once('+').unwrap_or((text, ""));
    let (numbers, release) = text.split_once('-').unwrap_or((text, ""));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && [release, build].iter().all(|part| part.is_empty() || part.split('.').all(is_name))
}

#[cfg(test)]
mod tests {
    use super::super::labels::{lines, refused};
    use super::RULE;
    use crate::report::LabelKind;

    #[test]
    fn fires() {
        let bad = [
            "",
            "1",
            "1.2",
            "v1.2.3",
            "1.2.3.4",
            "1.2.x",
            "1.2.3-a_b",
            "1.2.3-a..b",
            "1.2.3+a+b",
            "1.2.3 ",
        ];
        assert_eq!(refused(&RULE, LabelKind::Semver, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good = ["1.2.3", "01.2.3", "1.2.3-rc.1+b.2", "1.2.3--", "1.2.3+", "1.2.3-01"];
        assert!(refused(&RULE, LabelKind::Semver, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
