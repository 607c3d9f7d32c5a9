//! Two stages with one name (DL3024).
//!
//! A rule of its own beside BuildKit's DuplicateStageName: for hadolint `a` and
//! `A` are two names, and it reads files that BuildKit refuses.
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

use super::Rule;
use super::hadolint::BaseImage;
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;

const MESSAGE: &str = "Another stage above has this name";

/// The rule.
pub const RULE: Rule = Rule {
    id: "stage-name-twice",
    aliases: &["DL3024"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut seen = Set::new();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            let name = BaseImage::of(instruction).and_then(|image| image.stage);
            if name.is_some_and(|name| !seen.insert(name)) {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
        }
        found
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM b AS a\nFROM b AS a"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM b AS a\nFROM b AS A\nFROM b\nFROM b").is_empty());
    }
}
