//! `dnf install` without `-y` (DL3038).
//!
//! Nobody can answer the question that dnf asks during a build. Fires for install,
//! groupinstall and localinstall of dnf and microdnf without `-y` or
//! `--assumeyes`.

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "dnf asks before it installs: add -y";

/// The rule.
pub const RULE: Rule = Rule {
    id: "dnf-assume-yes",
    aliases: &["DL3038"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    recipe: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            run.any(|call| {
                call.is(&["dnf", "microdnf"], &["install", "groupinstall", "localinstall"])
                    && !call.has_flag(&["y", "assumeyes"])
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
        assert_eq!(lines(&RULE, "RUN dnf install httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN microdnf install httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN dnf install -y httpd").is_empty());
        assert!(lines(&RULE, "RUN tdnf install httpd").is_empty());
    }
}
