//! A label of the schema is empty (DL3051).
//!
//! Silent without a label schema in the settings.
//!
//! ```dockerfile
//! LABEL maintainer=""
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL maintainer="me"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-empty",
    aliases: &["DL3051"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| bad_values(analysis, |_| true, |value| !value.is_empty(), "empty"),
};

#[cfg(test)]
mod tests {
    use super::super::labels::lines;
    use super::RULE;
    use crate::report::LabelKind::Text;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, Text, false, "LABEL m=n l=\"\""), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, Text, false, "LABEL m=\"\"\nLABEL l=m").is_empty());
    }
}
