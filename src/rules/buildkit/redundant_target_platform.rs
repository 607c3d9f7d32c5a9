//! `--platform=$TARGETPLATFORM` is the default.
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

use super::{arguments, expansion, planned, platform};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::{QuickFix, remove_flag};

/// The rule.
pub const RULE: Rule = Rule {
    id: "redundant-target-platform",
    aliases: &["RedundantTargetPlatform"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Remove --platform",
        edits: |facts, step| remove_flag(facts, step, "platform"),
    }),
    check: |analysis| {
        let values = arguments(analysis);
        planned(analysis)
            .filter_map(|from| {
                let word = platform(from)?;
                let expansion = expansion(analysis, word, &values)?;
                let only = expansion.unset.is_empty()
                    && expansion.used.len() == 1
                    && expansion.used.contains("TARGETPLATFORM")
                    && values.get("TARGETPLATFORM") == Some(&expansion.text);
                let message = format!(
                    "Setting platform to predefined {} in FROM is redundant as this is the default behavior",
                    word.text
                );
                only.then_some((from.span, message))
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("RedundantTargetPlatform", "FROM --platform=${TARGETPLATFORM} scratch\n"),
            [
                "1: Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is the default behavior"
            ]
        );
        assert!(
            found("RedundantTargetPlatform", "FROM --platform=$BUILDPLATFORM scratch\n").is_empty()
        );
    }
}
