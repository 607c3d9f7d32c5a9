//! `zypper dist-upgrade` (DL3035).
//!
//! It moves the image to another release than the one its FROM names. Fires for
//! `dist-upgrade` and `dup`.
//!
//! ```dockerfile
//! RUN zypper dist-upgrade -y
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM opensuse/leap:15.6
//! ```

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str =
    "A distribution upgrade belongs into the base image: choose a newer FROM instead";

/// The rule.
pub const RULE: Rule = Rule {
    id: "zypper-dist-upgrade",
    aliases: &["DL3035"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            run.any(|call| call.is(&["zypper"], &["dist-upgrade", "dup"]))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN zypper -n dup"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN zypper -n update").is_empty());
    }
}
