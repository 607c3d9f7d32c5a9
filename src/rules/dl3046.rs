//! `useradd` with a high user id (DL3046).
//!
//! /var/log/lastlog and faillog are as long as the highest id: sparse on disk,
//! but not in an image's layer. Fires for `-u` with more than five digits without
//! `-l` or `--no-log-init`.

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "A high user id makes /var/log/lastlog huge in the layer: add -l";

/// The rule.
pub const RULE: Rule = Rule {
    id: "useradd-no-log-init",
    aliases: &["DL3046"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    recipe: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            run.any(|call| {
                call.name == "useradd"
                    && !call.has_flag(&["l", "no-log-init"])
                    && call.after_flag("u").any(|id| id.chars().count() > 5)
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
        assert_eq!(lines(&RULE, "RUN useradd -u 123456 me"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN useradd -u 12345 me").is_empty());
        assert!(lines(&RULE, "RUN useradd -lu 123456 me").is_empty());
        assert!(lines(&RULE, "RUN useradd me").is_empty());
    }
}
