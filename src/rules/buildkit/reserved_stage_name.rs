//! `scratch` and `context` mean something else to FROM and COPY --from.
//!
//! ```dockerfile
//! FROM debian:12 AS scratch
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! ```

use super::named;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::quote;

/// The rule.
pub const RULE: Rule = Rule {
    id: "reserved-stage-name",
    aliases: &["ReservedStageName"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        named(analysis)
            .filter(|(name, _)| matches!(*name, "scratch" | "context"))
            .map(|(name, span)| {
                let name = quote(name);
                let message =
                    format!("Stage name should not use the same name as reserved stage {name}");
                (span, message)
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
            found("ReservedStageName", "FROM scratch AS context\n"),
            ["1: Stage name should not use the same name as reserved stage \"context\""]
        );
        assert!(found("ReservedStageName", "FROM scratch AS contexts\n").is_empty());
    }
}
