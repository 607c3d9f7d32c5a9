//! RUN calls `apt`, whose interface is for people.
//!
//! Fires on the program `apt`: its output and options may change; `apt-get` and `apt-cache` are stable.

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Use apt-get or apt-cache: apt is for terminals";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-in-script",
    aliases: &["DL3027"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    recipe: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| call.name == "apt")),
};

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
