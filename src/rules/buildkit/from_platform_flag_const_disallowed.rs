//! A constant platform builds for that platform whatever is asked for. A stage
//! that carries the platform in its name means it.
//!
//! ```dockerfile
//! FROM --platform=linux/amd64 debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM --platform=$BUILDPLATFORM debian:12
//! ```

use super::{arguments, expansion, name, planned, platform};
use crate::graph::Platform;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::quote;

/// The rule.
pub const RULE: Rule = Rule {
    id: "from-platform-flag-const-disallowed",
    aliases: &["FromPlatformFlagConstDisallowed"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let values = arguments(analysis);
        planned(analysis)
            .filter_map(|from| {
                let expansion = expansion(analysis, platform(from)?, &values)?;
                if !expansion.used.is_empty() || !expansion.unset.is_empty() {
                    return None;
                }
                let meant = Platform::parse(&expansion.text).ok()?;
                let name = name(from).unwrap_or_default().to_ascii_lowercase();
                if name.contains(&meant.system) || name.contains(&meant.architecture) {
                    return None;
                }
                let constant = quote(&expansion.text);
                let message =
                    format!("FROM --platform flag should not use constant value {constant}");
                Some((from.span, message))
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
            found("FromPlatformFlagConstDisallowed", "FROM --platform=linux/x86_64 scratch AS a\n"),
            ["1: FROM --platform flag should not use constant value \"linux/x86_64\""]
        );
        assert!(
            found(
                "FromPlatformFlagConstDisallowed",
                "FROM --platform=linux/x86_64 scratch AS for_amd64\n"
            )
            .is_empty()
        );
        assert!(
            found(
                "FromPlatformFlagConstDisallowed",
                "ARG P=linux/arm64\nFROM --platform=$P scratch\n"
            )
            .is_empty()
        );
        assert!(
            found("FromPlatformFlagConstDisallowed", "FROM --platform=what scratch\n").is_empty()
        );
    }
}
