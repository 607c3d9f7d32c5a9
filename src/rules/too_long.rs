//! The Dockerfile is longer than what is analysed.

use super::Rule;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "too-many-instructions",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        if !analysis.is_cut {
            return Vec::new();
        }
        let instructions = &analysis.dockerfile.instructions;
        let analysed = match instructions.len() {
            1 => "its first instruction is".to_owned(),
            count => format!("its first {count} instructions are"),
        };
        let message =
            format!("The file is too long: {analysed} analysed, and nothing is optimized");
        vec![(instructions.last().map(|last| last.span).unwrap_or_default(), message)]
    },
};
