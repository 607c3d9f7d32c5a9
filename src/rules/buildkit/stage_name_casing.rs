//! Stage names are looked up in lower case: written otherwise they mislead.
//!
//! ```dockerfile
//! FROM debian:12 AS Base
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! ```

use super::{from_words, is, read};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::QuickFix;
use crate::syntax::{Body, Keyword};

/// The rule.
pub const RULE: Rule = Rule {
    id: "stage-name-casing",
    aliases: &["StageNameCasing"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write it in lower case",
        edits: |_, step| match &step.instruction.body {
            Body::From { name: Some(name), .. } => {
                vec![(name.span, name.text.to_ascii_lowercase())]
            }
            _ => Vec::new(),
        },
    }),
    check: |analysis| {
        let stages = read(analysis).filter(|instruction| is(instruction, Keyword::From));
        stages
            .filter_map(|instruction| match from_words(instruction)[..] {
                [_, _, name] if name != name.to_ascii_lowercase() => {
                    Some((instruction.span, format!("Stage name '{name}' should be lowercase")))
                }
                _ => None,
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("StageNameCasing", "FROM scratch AS Build\n"),
            ["1: Stage name 'Build' should be lowercase"]
        );
        assert!(found("StageNameCasing", "FROM scratch AS build\n").is_empty());
    }
}
