//! Keywords of one case make a file easy to scan: the minority is named.
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /app
//! copy . .
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /app
//! COPY . .
//! ```

use super::in_stages;
use crate::analysis::Analysis;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::QuickFix;

/// The rule.
pub const RULE: Rule = Rule {
    id: "consistent-instruction-casing",
    aliases: &["ConsistentInstructionCasing"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write it in the case of the others",
        edits: |facts, step| {
            let (fold, _) = majority(facts);
            let keyword = &step.instruction.keyword;
            vec![(keyword.span, fold(&step.instruction.keyword_text))]
        },
    }),
    check: |analysis| {
        let (fold, case) = majority(analysis);
        let other = in_stages(analysis).filter(|i| i.keyword_text != fold(&i.keyword_text));
        other
            .map(|instruction| {
                let word = &instruction.keyword_text;
                let message = format!(
                    "Command '{word}' should match the case of the command majority ({case})"
                );
                (instruction.span, message)
            })
            .collect()
    },
};

/// The case that more keywords are in, and what it is called.
fn majority(analysis: &Analysis<'_>) -> (fn(&str) -> String, &'static str) {
    let count = |in_case: fn(&u8) -> bool| {
        in_stages(analysis).filter(|i| i.keyword_text.bytes().all(|b| in_case(&b))).count()
    };
    match count(u8::is_ascii_lowercase) > count(u8::is_ascii_uppercase) {
        true => (str::to_ascii_lowercase, "lowercase"),
        false => (str::to_ascii_uppercase, "uppercase"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("ConsistentInstructionCasing", "FROM scratch\nCopy a b\nRUN a\n"),
            ["2: Command 'Copy' should match the case of the command majority (uppercase)"]
        );
        assert_eq!(
            found("ConsistentInstructionCasing", "from scratch\nrun a\nRUN b\n"),
            ["3: Command 'RUN' should match the case of the command majority (lowercase)"]
        );
        assert!(found("ConsistentInstructionCasing", "arg A\nFROM scratch\nRUN a\n").is_empty());
    }
}
