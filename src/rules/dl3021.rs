//! COPY of several sources to what is not written as a folder.
//!
//! Fires when two or more sources have a destination that does not end with `/`: the build fails.

use super::Rule;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-many-to-file",
    aliases: &["DL3021"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    recipe: None,
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
