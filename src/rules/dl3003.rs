//! RUN changes folder with `cd`.
//!
//! Fires on any `cd`: WORKDIR says the same for all that follows.

use super::Rule;
use super::commands::runs_calling;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "cd-in-run",
    aliases: &["DL3003"],
    severity: Severity::Warning,
    kind: FindingKind::Style,
    recipe: None,
    check: |analysis| {
        let found = runs_calling(analysis, |name| name == "cd").into_iter();
        found.map(|span| (span, "Use WORKDIR to change the folder".to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::commands::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN cd /opt"));
        assert!(!fires(&RULE, "RUN ls /opt"));
    }
}
