//! A label that should be a Git commit and is none (DL3055).
//!
//! Silent without a label schema in the settings. A commit is 7 or 40 hexadecimal
//! digits in lower case.
//!
//! ```dockerfile
//! LABEL revision="main"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL revision="0123abc"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-git-hash",
    aliases: &["DL3055"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        bad_values(
            analysis,
            |kind| kind == LabelKind::Hash,
            is_hash,
            "not a Git commit (7 or 40 digits)",
        )
    },
};

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 7 | 40) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::super::labels::{lines, refused};
    use super::RULE;
    use crate::report::LabelKind;

    #[test]
    fn fires() {
        let bad = ["", "012345", "01234567", "ABCDEF0", "012345g"];
        assert_eq!(refused(&RULE, LabelKind::Hash, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good = ["0123456", "abcdef0123456789abcdef0123456789abcdef01"];
        assert!(refused(&RULE, LabelKind::Hash, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
