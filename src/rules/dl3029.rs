//! FROM with a fixed platform (DL3029).
//!
//! The image is for one kind of machine. Fires unless the platform is the
//! builder's or the target's. BuildKit's FromPlatformFlagConstDisallowed is a
//! rule of its own: it expands variables, and spares stages named by platform.
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

use super::Rule;
use super::hadolint::{BaseImage, in_instructions};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "A fixed platform: use --platform=$BUILDPLATFORM or $TARGETPLATFORM, or none";

/// The rule.
pub const RULE: Rule = Rule {
    id: "from-fixed-platform",
    aliases: &["DL3029"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        in_instructions(analysis, MESSAGE, |instruction| {
            let platform = BaseImage::of(instruction).and_then(|image| image.platform);
            platform.is_some_and(|platform| {
                !platform.contains("BUILDPLATFORM") && !platform.contains("TARGETPLATFORM")
            })
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM --platform=linux/amd64 a"), [1]);
        assert_eq!(lines(&RULE, "FROM --platform=$PLATFORM a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a\nFROM --platform=\"${BUILDPLATFORM}\" b").is_empty());
    }
}
