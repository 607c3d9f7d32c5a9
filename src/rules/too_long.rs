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
        let (Some(total), Some(last)) =
            (analysis.cut_from, analysis.dockerfile.instructions.last())
        else {
            return Vec::new();
        };
        let analysed = analysis.dockerfile.instructions.len();
        let message = format!(
            "{total} instructions: the first {analysed} are analysed, and nothing is optimized"
        );
        vec![(last.span, message)]
    },
};
