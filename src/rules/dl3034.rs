//! A zypper command that asks (DL3034).
//!
//! Nobody can answer during a build. Fires for install, remove, source-install
//! and patch (and their short names) without `-n`, `-y`, `--non-interactive` or
//! `--no-confirm`.
//!
//! ```dockerfile
//! RUN zypper install httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN zypper --non-interactive install httpd
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};
/// Commands that ask, with their short names.
const ASKING: &[&str] = &["install", "in", "remove", "rm", "source-install", "si", "patch"];

const MESSAGE: &str = "zypper asks before it goes on: add -y";

/// The rule.
pub const RULE: Rule = Rule {
    id: "zypper-non-interactive",
    aliases: &["DL3034"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "Add --non-interactive",
        edits: |_, step| {
            add_option(step, |call| asks(call).then_some("zypper"), "--non-interactive")
        },
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(asks)),
};

fn asks(call: &Call) -> bool {
    call.is(&["zypper"], ASKING) && !call.has_flag(&["non-interactive", "n", "no-confirm", "y"])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN zypper install httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN zypper patch"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN zypper -n in httpd").is_empty());
        assert!(lines(&RULE, "RUN zypper --non-interactive rm httpd").is_empty());
        assert!(lines(&RULE, "RUN zypper refresh").is_empty());
    }
}
