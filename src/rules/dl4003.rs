//! More than one CMD in a stage (DL4003).
//!
//! Only the last one counts. Fires for each after the first.
//!
//! ```dockerfile
//! CMD ["a"]
//! CMD ["b"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! CMD ["b"]
//! ```

use super::Rule;
use crate::analysis::Analysis;
use crate::report::{FindingKind, Severity};
use crate::syntax::{Keyword, Span};

const MESSAGE: &str = "Only the last CMD of a stage counts: remove the others";

/// The rule.
pub const RULE: Rule = Rule {
    id: "multiple-cmd",
    aliases: &["DL4003"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| repeated(analysis, Keyword::Cmd, MESSAGE),
};

/// The instructions of a kind after the first one of their stage.
pub(super) fn repeated(
    analysis: &Analysis<'_>,
    keyword: Keyword,
    message: &str,
) -> Vec<(Span, String)> {
    let mut seen = false;
    let mut found = Vec::new();
    for instruction in &analysis.dockerfile.instructions {
        if instruction.keyword.value == Keyword::From {
            seen = false;
        } else if instruction.keyword.value == keyword && std::mem::replace(&mut seen, true) {
            found.push((instruction.span, message.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nCMD b\nCMD c"), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a\nCMD b\nFROM c\nCMD d").is_empty());
    }
}
