//! MAINTAINER is deprecated: `LABEL org.opencontainers.image.authors` says the
//! same where tools look for it.
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

use super::{is, read};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::{QuickFix, maintainer_label};
use crate::syntax::Keyword;

/// The rule.
pub const RULE: Rule = Rule {
    id: "maintainer-deprecated",
    aliases: &["MaintainerDeprecated"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix { title: "Write a LABEL", edits: maintainer_label }),
    check: |analysis| {
        let found = read(analysis).filter(|instruction| is(instruction, Keyword::Maintainer));
        let message = "Maintainer instruction is deprecated in favor of using label";
        found.map(|instruction| (instruction.span, message.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("MaintainerDeprecated", "FROM scratch\nMAINTAINER me\n"),
            ["2: Maintainer instruction is deprecated in favor of using label"]
        );
        assert!(found("MaintainerDeprecated", "FROM scratch\nLABEL authors=me\n").is_empty());
    }
}
