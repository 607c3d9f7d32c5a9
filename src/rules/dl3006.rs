//! A base image without a tag (DL3006).
//!
//! `latest` is taken, which is another image tomorrow. Fires unless the image is
//! a stage above, begins with a variable, has a digest or is `scratch`.
//!
//! ```dockerfile
//! FROM debian
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! ```

use super::Rule;
use super::hadolint::BaseImage;
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;

const MESSAGE: &str = "Name the image's tag: without one it is latest";

/// The rule.
pub const RULE: Rule = Rule {
    id: "untagged-image",
    aliases: &["DL3006"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut stages = Set::new();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            let Some(image) = BaseImage::of(instruction) else { continue };
            let fixed = image.tag.is_some() || image.digest.is_some() || image.name == "scratch";
            if !fixed && !image.name.starts_with('$') && !stages.contains(image.name) {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
            stages.extend(image.stage);
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
        assert_eq!(lines(&RULE, "FROM debian AS a\nFROM a.b:5/c"), [1, 2]);
        assert_eq!(lines(&RULE, "FROM a:1 AS b\nFROM B"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a:1 AS b\nFROM b").is_empty());
        assert!(lines(&RULE, "FROM scratch\nFROM $A\nFROM a@sha256:1\nFROM a:$B").is_empty());
    }
}
