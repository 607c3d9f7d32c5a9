//! A base image tagged `latest` (DL3007).
//!
//! It is another image tomorrow. Fires unless a digest says which one is meant.
//!
//! ```dockerfile
//! FROM debian:latest
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! ```

use super::Rule;
use super::hadolint::{BaseImage, in_instructions};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "latest is another image tomorrow: name a version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "latest-tag",
    aliases: &["DL3007"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        in_instructions(analysis, MESSAGE, |instruction| {
            let image = BaseImage::of(instruction);
            image.is_some_and(|image| image.tag == Some("latest") && image.digest.is_none())
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM debian:latest AS a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM debian\nFROM a:1\nFROM a:latest@sha256:1").is_empty());
    }
}
