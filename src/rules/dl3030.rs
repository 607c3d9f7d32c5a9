//! `yum install` without `-y` (DL3030).
//!
//! Nobody can answer the question that yum asks during a build, so the build
//! fails. Fires for install, groupinstall and localinstall without `-y` or
//! `--assumeyes`.
//!
//! ```dockerfile
//! RUN yum install httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN yum install -y httpd
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, Replacement, add_option};
use super::shell_calls::{Call, Step, in_runs};
use crate::report::{FindingKind, Severity};

/// Commands that ask.
const INSTALLS: &[&str] = &["install", "groupinstall", "localinstall"];

const MESSAGE: &str = "yum asks before it installs: add -y";

/// The rule.
pub const RULE: Rule = Rule {
    id: "yum-assume-yes",
    aliases: &["DL3030"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix { title: "Add -y", edits: |_, step| assume_yes(step, YUM) }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| asks(call, YUM))),
};

const YUM: &[&str] = &["yum"];

/// True for an installation by one of these programs, which understand yum's
/// commands, that asks before it goes on.
pub fn asks(call: &Call, programs: &[&str]) -> bool {
    call.is(programs, INSTALLS) && !call.has_flag(&["y", "assumeyes"])
}

/// Adds -y where one of these programs asks.
pub fn assume_yes(step: &Step<'_>, programs: &[&str]) -> Vec<Replacement> {
    add_option(step, |call| asks(call, programs).then(|| call.first_of(INSTALLS))?, "-y")
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN yum install httpd"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN yum groupinstall web"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN yum install -y httpd").is_empty());
        assert!(lines(&RULE, "RUN yum --assumeyes install httpd").is_empty());
    }
}
