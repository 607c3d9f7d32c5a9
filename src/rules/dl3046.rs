//! `useradd` with a high user id (DL3046).
//!
//! /var/log/lastlog and faillog are as long as the highest id: sparse on disk,
//! but not in an image's layer. Fires for `-u` with more than five digits without
//! `-l` or `--no-log-init`.
//!
//! ```dockerfile
//! RUN useradd -u 1000000 app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN useradd --no-log-init -u 1000000 app
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "A high user id makes /var/log/lastlog huge in the layer: add -l";

/// The rule.
pub const RULE: Rule = Rule {
    id: "useradd-no-log-init",
    aliases: &["DL3046"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: Some(QuickFix {
        title: "Add --no-log-init",
        edits: |_, step| {
            add_option(step, |call| writes_log(call).then_some("useradd"), "--no-log-init")
        },
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(writes_log)),
};

fn writes_log(call: &Call) -> bool {
    call.name == "useradd"
        && !call.has_flag(&["l", "no-log-init"])
        && call.after_flag("u").any(|id| id.chars().count() > 5)
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN useradd -u 123456 me"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN useradd -u 12345 me").is_empty());
        assert!(lines(&RULE, "RUN useradd -lu 123456 me").is_empty());
        assert!(lines(&RULE, "RUN useradd me").is_empty());
    }
}
