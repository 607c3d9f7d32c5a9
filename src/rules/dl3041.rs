//! `dnf install` of a package without its version (DL3041).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! `-version`, unless it is an `.rpm` file or a `${NAME}` that ENV or ARG sets, and
//! for a module without `:stream`.
//! Groups have no versions.
//!
//! ```dockerfile
//! RUN dnf install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN dnf install -y httpd-2.4.57
//! ```

use super::Rule;
use super::dl3033::unpinned;
use super::shell_calls::in_sequences;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: dnf install -y package-version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "dnf-pin-versions",
    aliases: &["DL3041"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| {
        in_sequences(facts, MESSAGE, |steps| {
            unpinned(steps, &["dnf", "microdnf"], &["module", "group"])
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN dnf install -y httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN microdnf module install -y httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN dnf install -y httpd-2.4").is_empty());
        assert!(lines(&RULE, "RUN microdnf module install -y httpd:2").is_empty());
        assert!(lines(&RULE, "RUN dnf group install -y web").is_empty());
    }
}
