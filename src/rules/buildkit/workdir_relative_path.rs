//! A first WORKDIR that is relative depends on the base image's own.
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /app
//! ```

use super::{expand, inherited, is_dispatched, steps};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::{Body, quote};

/// The rule.
pub const RULE: Rule = Rule {
    id: "workdir-relative-path",
    aliases: &["WorkdirRelativePath"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut found = Vec::new();
        let mut is_set = vec![false; analysis.graph.stages.len()];
        for (index, stage) in analysis.graph.stages.iter().enumerate() {
            is_set[index] = inherited(stage, &is_set).unwrap_or_default();
            for (instruction, step) in steps(analysis, stage) {
                let Body::Workdir(path) = &instruction.body else { continue };
                let path = expand(analysis, step, path);
                let first = !std::mem::replace(&mut is_set[index], true);
                if first && !path.starts_with('/') && is_dispatched(analysis, stage) {
                    let path = quote(&path);
                    let message = format!(
                        "Relative workdir {path} can have unexpected results if the base image changes"
                    );
                    found.push((instruction.span, message));
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
            found("WorkdirRelativePath", "FROM scratch\nWORKDIR a\nWORKDIR b\n"),
            ["2: Relative workdir \"a\" can have unexpected results if the base image changes"]
        );
        assert!(
            found("WorkdirRelativePath", "FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n")
                .is_empty()
        );
    }
}
