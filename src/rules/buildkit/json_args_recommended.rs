//! A shell around the program keeps signals from it: `docker stop` then waits
//! ten seconds and kills. A SHELL of the file's own is a choice, and accepted.
//!
//! ```dockerfile
//! CMD node server.js
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! CMD ["node", "server.js"]
//! ```

use super::{inherited, instructions, is_dispatched};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::{Body, Command};

/// The rule.
pub const RULE: Rule = Rule {
    id: "json-args-recommended",
    aliases: &["JSONArgsRecommended"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut found = Vec::new();
        let mut has_shell = vec![false; analysis.graph.stages.len()];
        for (index, stage) in analysis.graph.stages.iter().enumerate() {
            has_shell[index] = inherited(stage, &has_shell).unwrap_or_default();
            for instruction in instructions(analysis, stage) {
                match &instruction.body {
                    Body::Shell(_) => has_shell[index] = true,
                    Body::Cmd(Command::Shell(_)) | Body::Entrypoint(Command::Shell(_))
                        if !has_shell[index] && is_dispatched(analysis, stage) =>
                    {
                        let name = &instruction.keyword_text;
                        let message = format!(
                            "JSON arguments recommended for {name} to prevent unintended behavior related to OS signals"
                        );
                        found.push((instruction.span, message));
                    }
                    _ => {}
                }
            }
        }
        found
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("JSONArgsRecommended", "FROM scratch\nCMD a\n"),
            [
                "2: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"
            ]
        );
        assert!(found("JSONArgsRecommended", "FROM scratch\nCMD [\"a\"]\n").is_empty());
        assert!(
            found("JSONArgsRecommended", "FROM scratch AS a\nSHELL [\"s\"]\nFROM a\nCMD a\n")
                .is_empty()
        );
    }
}
