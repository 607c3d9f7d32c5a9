//! RUN calls a program that makes no sense in a build.
//!
//! Fires on interactive and machine-wide programs: a build has no terminal, services or mounts.

use super::Rule;
use super::commands::runs_calling;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pointless-command",
    aliases: &["DL3001"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    recipe: None,
    check: |analysis| {
        let found = runs_calling(analysis, |name| {
            matches!(
                name,
                "free" | "kill" | "mount" | "ps" | "service" | "shutdown" | "ssh" | "top" | "vim"
            )
        })
        .into_iter();
        found
            .map(|span| (span, "This program makes no sense while an image is built".to_owned()))
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::commands::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN top"));
        assert!(!fires(&RULE, "RUN apt-get install ssh"));
    }
}
