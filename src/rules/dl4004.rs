//! More than one ENTRYPOINT in a stage (DL4004).
//!
//! Only the last one counts. Fires for each after the first.
//!
//! ```dockerfile
//! ENTRYPOINT ["a"]
//! ENTRYPOINT ["b"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ENTRYPOINT ["b"]
//! ```

use super::Rule;
use super::dl4003::repeated;
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

const MESSAGE: &str = "Only the last ENTRYPOINT of a stage counts: remove the others";

/// The rule.
pub const RULE: Rule = Rule {
    id: "multiple-entrypoint",
    aliases: &["DL4004"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| repeated(analysis, Keyword::Entrypoint, MESSAGE),
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nENTRYPOINT b\nENTRYPOINT c"), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a\nENTRYPOINT b\nFROM c\nENTRYPOINT d").is_empty());
    }
}
