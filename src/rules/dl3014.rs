//! `apt-get install` that asks (DL3014).
//!
//! Nobody answers in a build. Fires without `-y` and without two `-q`.
//!
//! ```dockerfile
//! RUN apt-get install curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apt-get install -y curl
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "apt-get asks before it installs: add -y";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-assume-yes",
    aliases: &["DL3014"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "Add -y",
        edits: |_, step| add_option(step, |call| asks(call).then_some("install"), "-y"),
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(asks)),
};

fn assumes_yes(call: &Call) -> bool {
    call.has_flag(&["y", "yes", "qq", "assume-yes"])
        || call.count_flag("q") == 2
        || call.count_flag("quiet") == 2
        || call.has_arg(&["-q=2"])
}

fn asks(call: &Call) -> bool {
    call.is(&["apt-get"], &["install"]) && !assumes_yes(call)
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN apt-get install --quiet a"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN apt-get install -qqq a"), [1]);
    }

    #[test]
    fn is_silent() {
        for flags in ["-y", "-qq", "-q -q", "-q=2", "--quiet --quiet", "--assume-yes", "-yq"] {
            assert!(lines(&RULE, &format!("RUN apt-get {flags} install a")).is_empty(), "{flags}");
        }
        assert!(lines(&RULE, "RUN apt-get update").is_empty());
    }
}
