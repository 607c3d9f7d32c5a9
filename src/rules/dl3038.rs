//! `dnf install` without `-y` (DL3038).
//!
//! Nobody can answer the question that dnf asks during a build. Fires for install,
//! groupinstall and localinstall of dnf and microdnf without `-y` or
//! `--assumeyes`.
//!
//! ```dockerfile
//! RUN dnf install httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN dnf install -y httpd
//! ```

use super::Rule;
use super::dl3030::{asks, assume_yes};
use super::quick_fix::QuickFix;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "dnf asks before it installs: add -y";

/// The rule.
pub const RULE: Rule = Rule {
    id: "dnf-assume-yes",
    aliases: &["DL3038"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix { title: "Add -y", edits: |_, step| assume_yes(step, DNF) }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| asks(call, DNF))),
};

const DNF: &[&str] = &["dnf", "microdnf"];

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN dnf install httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN microdnf install httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN dnf install -y httpd").is_empty());
        assert!(lines(&RULE, "RUN tdnf install httpd").is_empty());
    }
}
