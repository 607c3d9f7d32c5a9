//! RUN calls `sudo`.
//!
//! Fires on the program, not on installing it: it has no terminal to ask, and USER does the same.

use super::Rule;
use super::commands::runs_calling;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sudo-in-run",
    aliases: &["DL3004"],
    severity: Severity::Error,
    kind: FindingKind::Security,
    recipe: None,
    check: |analysis| {
        let found = runs_calling(analysis, |name| name == "sudo").into_iter();
        found.map(|span| (span, "Do not use sudo; set USER instead".to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::commands::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN true && sudo ls"));
        assert!(!fires(&RULE, "RUN apt-get install sudo"));
    }
}
