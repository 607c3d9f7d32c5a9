//! COPY of several sources to what is not written as a folder.
//!
//! Fires when two or more sources have a destination that does not end with `/`: the build fails.
//!
//! ```dockerfile
//! COPY a.txt b.txt /data
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! COPY a.txt b.txt /data/
//! ```

use super::Rule;
use super::quick_fix::QuickFix;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::{Body, Span};

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-many-to-file",
    aliases: &["DL3021"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "End the destination with /",
        edits: |facts, step| {
            let Body::Copy(copy) = &step.instruction.body else { return Vec::new() };
            let place = copy.destination.span;
            let written = facts.dockerfile.text(place);
            let quote = written.len() - written.trim_end_matches(['"', '\'']).len();
            let end = place.end as usize - quote;
            vec![(Span::new(end, end), "/".to_owned())]
        },
    }),
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        instructions
            .filter(|instruction| match &instruction.body {
                Body::Copy(copy) => {
                    copy.sources.len() > 1 && !unquoted(&copy.destination.text).ends_with('/')
                }
                _ => false,
            })
            .map(|instruction| {
                (instruction.span, "End the destination with / to copy many files".to_owned())
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "COPY foo bar baz"));
        assert!(!fires(&RULE, "COPY foo bar \"baz/\""));
        // As hadolint, which reads no triggers here.
        assert!(!fires(&RULE, "ONBUILD COPY foo bar baz"));
    }
}
