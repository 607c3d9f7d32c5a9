//! RUN calls `apt`, whose interface is for people.
//!
//! Fires on the program `apt`: its output and options may change; `apt-get` and `apt-cache` are stable.

use super::Rule;
use super::commands::runs_calling;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-in-script",
    aliases: &["DL3027"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    recipe: None,
    check: |analysis| {
        let found = runs_calling(analysis, |name| name == "apt").into_iter();
        found
            .map(|span| (span, "Use apt-get or apt-cache: apt is for terminals".to_owned()))
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::commands::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN apt install python"));
        assert!(!fires(&RULE, "RUN apt-get install python"));
    }
}
