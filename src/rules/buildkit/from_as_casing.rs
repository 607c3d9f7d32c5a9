//! `AS` in another case than its `FROM` makes stages hard to spot.
//!
//! ```dockerfile
//! FROM debian:12 as base
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
use crate::syntax::{Keyword, Token, TokenKind};

/// The rule.
pub const RULE: Rule = Rule {
    id: "from-as-casing",
    aliases: &["FromAsCasing"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write it in the case of FROM",
        edits: |facts, step| {
            let inside = |token: &&Token| {
                token.kind == TokenKind::Keyword
                    && step.instruction.keyword.span.end <= token.span.start
                    && token.span.end <= step.span.end
            };
            // The tokens are in the source's order.
            let tokens = &facts.dockerfile.tokens;
            let first = tokens.partition_point(|token| token.span.start < step.span.start);
            let from = &step.instruction.keyword_text;
            let fold = if *from == from.to_ascii_lowercase() { "as" } else { "AS" };
            let found = tokens[first..].iter().take_while(|token| token.span.end <= step.span.end);
            found.filter(inside).map(|token| (token.span, fold.to_owned())).collect()
        },
    }),
    check: |analysis| {
        let stages = read(analysis).filter(|instruction| is(instruction, Keyword::From));
        stages
            .filter_map(|instruction| {
                let from = &instruction.keyword_text;
                let alias = *from_words(instruction).get(1)?;
                // A FROM of mixed case is ConsistentInstructionCasing's.
                let matching = if *from == from.to_ascii_lowercase() {
                    alias.to_ascii_lowercase()
                } else if *from == from.to_ascii_uppercase() {
                    alias.to_ascii_uppercase()
                } else {
                    return None;
                };
                let message = format!("'{alias}' and '{from}' keywords' casing do not match");
                (alias != matching).then_some((instruction.span, message))
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
            found("FromAsCasing", "FROM scratch as a\n"),
            ["1: 'as' and 'FROM' keywords' casing do not match"]
        );
        assert_eq!(
            found("FromAsCasing", "from scratch AS a\n"),
            ["1: 'AS' and 'from' keywords' casing do not match"]
        );
        assert!(found("FromAsCasing", "from scratch as a\n").is_empty());
        assert!(found("FromAsCasing", "From scratch aS a\n").is_empty());
    }
}
