//! MAINTAINER (DL4000).
//!
//! Deprecated since Docker 1.13 for a LABEL. Fires for every one.
//!
//! ```dockerfile
//! MAINTAINER me@example.com
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL org.opencontainers.image.authors=me@example.com
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, maintainer_label};
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

const MESSAGE: &str = "MAINTAINER is deprecated: use LABEL org.opencontainers.image.authors";

/// The rule.
pub const RULE: Rule = Rule {
    id: "maintainer",
    aliases: &["DL4000"],
    severity: Severity::Error,
    kind: FindingKind::Style,
    fix: Some(QuickFix { title: "Write a LABEL", edits: maintainer_label }),
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let found = instructions.filter(|one| one.keyword.value == Keyword::Maintainer);
        found.map(|one| (one.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nMAINTAINER me"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "LABEL maintainer=me").is_empty());
    }
}
