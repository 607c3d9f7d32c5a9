//! `FROM --platform=$TARGETPLATFORM` (DL3065).
//!
//! That is what FROM does anyway. Fires for `$TARGETPLATFORM` and
//! `${TARGETPLATFORM}`.
//!
//! ```dockerfile
//! FROM --platform=$TARGETPLATFORM debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, remove_flag};
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

/// How the default is written.
const TARGET: &[&str] = &["$TARGETPLATFORM", "${TARGETPLATFORM}"];

const MESSAGE: &str = "FROM takes the target platform anyway: remove the flag";

/// The rule.
pub const RULE: Rule = Rule {
    id: "redundant-platform",
    aliases: &["DL3065"],
    severity: Severity::Warning,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Remove --platform",
        edits: |facts, step| remove_flag(facts, step, "platform"),
    }),
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let from = instructions.filter(|one| one.keyword.value == Keyword::From);
        let redundant = from.filter(|one| {
            // As hadolint, which does not look into quotes.
            let flag = one.flag("platform").map(|flag| analysis.dockerfile.text(flag.span));
            let value = flag.and_then(|flag| flag.split_once('='));
            value.is_some_and(|(_, value)| TARGET.contains(&value))
        });
        redundant.map(|one| (one.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM --platform=$TARGETPLATFORM a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM --platform=$BUILDPLATFORM a").is_empty());
        assert!(lines(&RULE, "FROM --platform=\"$TARGETPLATFORM\" a").is_empty());
        assert!(lines(&RULE, "FROM a").is_empty());
    }
}
