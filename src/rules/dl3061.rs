//! An instruction before the first FROM (DL3061).
//!
//! Only ARG may stand there. Fires for every other one.
//!
//! ```dockerfile
//! ENV VERSION=1
//! FROM debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ARG VERSION=1
//! FROM debian:12
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

const MESSAGE: &str = "Only ARG may stand before the first FROM";

/// The rule.
pub const RULE: Rule = Rule {
    id: "begins-with-from",
    aliases: &["DL3061"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let early = instructions.take_while(|one| one.keyword.value != Keyword::From);
        let wrong = early.filter(|one| one.keyword.value != Keyword::Arg);
        wrong.map(|one| (one.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "LABEL a=b\nFROM c"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "# a\nARG B\nFROM c\nRUN d").is_empty());
    }
}
