//! RUN calls `apt`, whose interface is for people.
//!
//! Fires on the program `apt`: its output and options may change; `apt-get` and `apt-cache` are stable.
//!
//! ```dockerfile
//! RUN apt install -y curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apt-get install -y curl
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, change_word};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Use apt-get or apt-cache: apt is for terminals";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-in-script",
    aliases: &["DL3027"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "Write apt-get",
        edits: |_, step| {
            change_word(step, |call| has_twin(call).then_some("apt"), |_| "apt-get".to_owned())
        },
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| call.name == "apt")),
};

/// True for what apt-get does too.
fn has_twin(call: &Call) -> bool {
    call.is(&["apt"], &["update", "upgrade", "install", "remove", "purge", "autoremove"])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN apt install python"));
        assert!(!fires(&RULE, "RUN apt-get install python"));
    }
}
