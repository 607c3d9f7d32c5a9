//! COPY --from the stage that it stands in (DL3023).
//!
//! ```dockerfile
//! FROM debian:12 AS app
//! COPY --from=app /a /b
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! FROM debian:12 AS app
//! COPY --from=base /a /b
//! ```

use super::Rule;
use super::hadolint::{BaseImage, copy_source};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "A stage cannot copy from itself";

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-from-itself",
    aliases: &["DL3023"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut stage = None;
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            if let Some(image) = BaseImage::of(instruction) {
                stage = image.stage;
            }
            if stage.is_some() && copy_source(analysis, instruction) == stage {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
        }
        found
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM b AS a\nCOPY --from=a c d"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM b AS a\nFROM c\nCOPY --from=a c d\nCOPY e f").is_empty());
    }
}
