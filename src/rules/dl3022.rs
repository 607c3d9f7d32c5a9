//! COPY --from a name that no stage above has (DL3022).
//!
//! The builder pulls an image of that name. Fires unless the source is a stage's
//! name or number, or has a colon and so means an image.
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=builder /app /app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=build /app /app
//! ```

use super::Rule;
use super::hadolint::{BaseImage, copy_source};
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;

const MESSAGE: &str = "No stage above has this name: an image of that name is pulled";

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-from-no-stage",
    aliases: &["DL3022"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut names = Set::new();
        let mut stages = 0;
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            if let Some(image) = BaseImage::of(instruction) {
                names.extend(image.stage);
                stages += 1;
            }
            let source = copy_source(analysis, instruction);
            if source.is_some_and(|source| {
                !source.contains(':') && !names.contains(source) && !is_number(source, stages)
            }) {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
        }
        found
    },
};

/// True for the number of one of the stages; like hadolint, whatever follows it.
fn is_number(source: &str, stages: u64) -> bool {
    let digits = source.find(|c: char| !c.is_ascii_digit()).unwrap_or(source.len());
    source[..digits].parse::<u64>().is_ok_and(|number| number < stages)
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "COPY --from=a b ."), [1]);
        assert_eq!(lines(&RULE, "FROM b AS a\nCOPY --from=A b .\nCOPY --from=1 b ."), [2, 3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM b AS a\nCOPY --from=a b .\nCOPY --from=0 b .").is_empty());
        assert!(lines(&RULE, "COPY --from=a:1 b .\nCOPY a b").is_empty());
    }
}
