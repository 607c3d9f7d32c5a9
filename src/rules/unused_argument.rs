//! ARG declares what nothing uses.
//!
//! Fires where it is sure: above the first FROM for a name that no FROM and no
//! other ARG has, in a stage for a name that no later instruction has when no RUN
//! follows. (A program that a RUN starts may read it from its environment.)
//!
//! ```dockerfile
//! ARG VERSION=12
//! FROM debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ARG VERSION=12
//! FROM debian:$VERSION
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;
use crate::syntax::{ArgDeclaration, Body, Instruction, Span};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused-argument",
    aliases: &[],
    severity: Severity::Info,
    kind: FindingKind::Cache,
    fix: None,
    check: |facts| {
        let instructions = &facts.dockerfile.instructions;
        let from = |instruction: &Instruction| matches!(instruction.body, Body::From { .. });
        let Some(first) = instructions.iter().position(from) else { return Vec::new() };
        let (global, stages) = instructions.split_at(first);
        let declared: Set<&str> = instructions.iter().flat_map(declared).collect();
        if declared.is_empty() {
            return Vec::new();
        }
        let used = |instruction: &Instruction| {
            let words = words(facts.dockerfile.text(instruction.span));
            words.filter(|word| declared.contains(word))
        };

        let mut found = Vec::new();
        // What is used further down: in the stage, and by any FROM or ARG.
        let mut later = Later::default();
        let mut outside = Set::new();
        for instruction in stages.iter().rev() {
            match &instruction.body {
                Body::From { .. } => {
                    outside.extend(used(instruction));
                    later = Later::default();
                }
                Body::Arg(declarations) => {
                    outside.extend(used(instruction));
                    found.extend(later.unused(declarations, instruction.span));
                    later.words.extend(used(instruction));
                }
                // What is above a RUN is never sure.
                _ if later.runs => {}
                Body::Run(_) => later.runs = true,
                _ => later.words.extend(used(instruction)),
            }
        }
        let mut later = Later { words: outside, runs: false };
        for instruction in global.iter().rev() {
            if let Body::Arg(declarations) = &instruction.body {
                found.extend(later.unused(declarations, instruction.span));
            }
            later.words.extend(used(instruction));
        }
        found.sort();
        found
    },
};

/// The names that an instruction declares; none for others than ARG.
fn declared(instruction: &Instruction) -> impl Iterator<Item = &str> {
    let declarations = match &instruction.body {
        Body::Arg(declarations) => declarations.as_slice(),
        _ => &[],
    };
    declarations.iter().map(|declaration| declaration.name.text.as_str())
}

/// What the instructions below use.
#[derive(Default)]
struct Later<'a> {
    words: Set<&'a str>,
    runs: bool,
}

impl Later<'_> {
    /// The declared names that nothing below uses, each with a message.
    fn unused(&self, declarations: &[ArgDeclaration], span: Span) -> Option<(Span, String)> {
        let defaults: Set<&str> = declarations
            .iter()
            .flat_map(|arg| words(arg.default.as_ref().map_or("", |default| &default.text)))
            .collect();
        let names = declarations.iter().map(|arg| arg.name.text.as_str());
        let unused = names.filter(|name| {
            !self.runs
                && !self.words.contains(name)
                && !defaults.contains(name)
                // The builder reads these itself.
                && !name.starts_with("BUILDKIT_")
                && *name != "SOURCE_DATE_EPOCH"
        });
        let unused = unused.collect::<Vec<_>>().join(", ");
        (!unused.is_empty()).then(|| (span, format!("Nothing uses {unused}")))
    }
}

/// The words of a text that may be names of variables.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(
            lines(&RULE, "ARG A=1\nARG B=2\nFROM c:$B\nCOPY d e\nARG F\nCMD [\"g\"]"),
            [1, 5]
        );
        assert_eq!(lines(&RULE, "FROM c\nRUN a\nARG F=1 G=2\nLABEL g=$G\nFROM d\nRUN b $F"), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "ARG A=1\nARG B=${A}2\nFROM c:$B").is_empty());
        assert!(lines(&RULE, "ARG A=1\nFROM b\nARG A\nENV C=$A").is_empty());
        assert!(lines(&RULE, "FROM b\nARG TOKEN\nRUN make").is_empty(), "make may read it");
        assert!(lines(&RULE, "FROM b\nARG A=1 B=$A\nLABEL c=$B").is_empty());
        assert!(lines(&RULE, "ARG A=1").is_empty(), "no stage");
    }
}
