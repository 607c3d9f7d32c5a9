//! Of several CMD, ENTRYPOINT or HEALTHCHECK in a stage only the last counts;
//! the earlier one is reported.
//!
//! ```dockerfile
//! CMD ["a"]
//! CMD ["b"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! CMD ["b"]
//! ```

use crate::rules::quick_fix::QuickFix;
use crate::sorted::Map;

use super::{dispatched, instructions};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::pragma::skipped_above;
use crate::syntax::{Keyword, Span};

/// The rule.
pub const RULE: Rule = Rule {
    id: "multiple-instructions-disallowed",
    aliases: &["MultipleInstructionsDisallowed"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "Remove it",
        edits: |facts, step| {
            let rest = &facts.dockerfile.source()[step.span.end as usize..];
            let line_end = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
            let end = step.span.end as usize + line_end;
            vec![(Span::new(step.span.start as usize, end), String::new())]
        },
    }),
    check: |analysis| {
        let mut found = Vec::new();
        for stage in dispatched(analysis) {
            let mut last = Map::new();
            for instruction in instructions(analysis, stage) {
                let keyword = instruction.keyword.value;
                if !matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck) {
                    continue;
                }
                let Some(earlier) = last.insert(keyword, instruction.span) else { continue };
                if !skipped_above(instruction, "MultipleInstructionsDisallowed") {
                    let name = &instruction.keyword_text;
                    let message = format!(
                        "Multiple {name} instructions should not be used in the same stage because only the last one will be used"
                    );
                    found.push((earlier, message));
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
            found(
                "MultipleInstructionsDisallowed",
                "FROM scratch\nCMD [\"a\"]\nRUN a\nCMD [\"b\"]\n"
            ),
            [
                "2: Multiple CMD instructions should not be used in the same stage because only the last one will be used"
            ]
        );
        assert!(
            found(
                "MultipleInstructionsDisallowed",
                "FROM scratch AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\n"
            )
            .is_empty()
        );
        assert!(found("MultipleInstructionsDisallowed", "FROM scratch\nCMD [\"a\"]\n# check=skip=MultipleInstructionsDisallowed\nCMD [\"b\"]\n").is_empty());
    }
}
