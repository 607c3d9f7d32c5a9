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
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    id: "consistent-instruction-casing",
    aliases: &["ConsistentInstructionCasing"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    recipe: None,
    check: |analysis| {
        let keywords: Vec<_> = in_stages(analysis).collect();
        let count = |fold: fn(&str) -> String| {
            keywords.iter().filter(|i| i.keyword_text == fold(&i.keyword_text)).count()
        };
        let lower = count(str::to_lowercase) > count(str::to_uppercase);
        let (fold, case): (fn(&str) -> String, _) = match lower {
            true => (str::to_lowercase, "lowercase"),
            false => (str::to_uppercase, "uppercase"),
        };
        let other = keywords.iter().filter(|i| i.keyword_text != fold(&i.keyword_text));
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
