//! A stage with a reserved name (DL3063).
//!
//! `scratch` and `context` mean something else to the builder. Fires for a stage
//! with one of these names.
//!
//! ```dockerfile
//! FROM debian:12 AS scratch
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "This name is reserved: give the stage another one";

/// The rule.
pub const RULE: Rule = Rule {
    id: "stage-name-reserved",
    aliases: &["DL3063"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let reserved = instructions.filter(|instruction| match &instruction.body {
            Body::From { name: Some(name), .. } => matches!(&*name.text, "scratch" | "context"),
            _ => false,
        });
        reserved.map(|instruction| (instruction.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a AS scratch"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM scratch AS a").is_empty());
    }
}
