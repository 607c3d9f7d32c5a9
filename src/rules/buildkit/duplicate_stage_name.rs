//! Of two stages with one name only the last can be named from below.
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM node:20 AS build
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM golang:1.22 AS server
//! FROM node:20 AS page
//! ```

use super::named;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::sorted::Set;
use crate::syntax::quote;

/// The rule.
pub const RULE: Rule = Rule {
    id: "duplicate-stage-name",
    aliases: &["DuplicateStageName"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut seen = Set::new();
        named(analysis)
            .filter(|(name, _)| !seen.insert(*name))
            .map(|(name, span)| {
                let name = quote(name);
                let message = format!("Duplicate stage name {name}, stage names should be unique");
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
            found("DuplicateStageName", "FROM scratch AS a\nFROM scratch AS A\n"),
            ["2: Duplicate stage name \"a\", stage names should be unique"]
        );
        assert!(found("DuplicateStageName", "FROM scratch AS a\nFROM scratch AS b\n").is_empty());
    }
}
