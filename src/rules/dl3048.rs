//! A label key against Docker's guidelines (DL3048).
//!
//! Fires for a key that has other characters than `a-z`, `0-9`, `.`, `-`, `_` and
//! `/`, does not start with a letter, does not end with a letter or digit, has
//! two dots or dashes in a row, or is in a namespace that Docker keeps for
//! itself.
//!
//! ```dockerfile
//! LABEL Version=1.0.0
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL org.opencontainers.image.version=1.0.0
//! ```

use super::Rule;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "Label keys are lower-case letters, digits and single . or - between them";

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-key",
    aliases: &["DL3048"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let labels = instructions.filter(|instruction| match &instruction.body {
            Body::Label(pairs) => !pairs.iter().all(|pair| is_valid(unquoted(&pair.key.text))),
            _ => false,
        });
        labels.map(|instruction| (instruction.span, MESSAGE.to_owned())).collect()
    },
};

fn is_valid(key: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_/".contains(c);
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && key.chars().all(allowed)
        && !key.contains("..")
        && !key.contains("--")
        && !RESERVED.iter().any(|namespace| key.starts_with(namespace))
}

/// Namespaces that Docker keeps for itself.
const RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "LABEL com.docker.a=b"), [1]);
        assert_eq!(lines(&RULE, "LABEL A=b"), [1]);
        assert_eq!(lines(&RULE, "LABEL a--b=c"), [1]);
        assert_eq!(lines(&RULE, "LABEL a.=b"), [1]);
        assert_eq!(lines(&RULE, "LABEL 1a=b"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "LABEL org.a-b.c1=d").is_empty());
    }
}
