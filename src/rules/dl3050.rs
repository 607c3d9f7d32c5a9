//! A label that is not in the schema (DL3050).
//!
//! Silent unless the settings say that labels are strict.
//!
//! ```dockerfile
//! LABEL colour=blue
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL maintainer=me
//! ```

use super::Rule;
use super::hadolint::in_instructions;
use super::labels::labels;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "This LABEL sets a label that the schema does not have";

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-not-in-schema",
    aliases: &["DL3050"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let settings = &analysis.project.settings.rules;
        in_instructions(analysis, MESSAGE, |instruction| {
            settings.strict_labels
                && labels(analysis, instruction)
                    .any(|(key, _)| !settings.label_schema.contains_key(&*key))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::labels::lines;
    use super::RULE;
    use crate::report::LabelKind::Text;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, Text, true, "LABEL l=m\nLABEL l=m n=o"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, Text, true, "LABEL l=m\nENV n=o").is_empty());
        assert!(lines(&RULE, Text, false, "LABEL m=n").is_empty());
    }
}
