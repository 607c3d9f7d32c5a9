//! A label that should name a licence and does not (DL3054).
//!
//! Silent without a label schema in the settings. A licence is named by its SPDX
//! identifier, as hadolint 2.15 knows them.
//!
//! ```dockerfile
//! LABEL licenses="free"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL licenses="MIT"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::data::Pack;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-licence",
    aliases: &["DL3054"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let licences = analysis.catalog.licences();
        let knows = !analysis.catalog.lacks(Pack::Licences);
        bad_values(
            analysis,
            |kind| kind == LabelKind::Spdx,
            // An identifier of the list; expressions of several are none.
            |text| !knows || licences.has(text.trim_end_matches(' ')),
            "not an SPDX licence identifier",
        )
    },
};

#[cfg(test)]
mod tests {
    use super::super::labels::{lines, refused};
    use super::RULE;
    use crate::report::LabelKind;

    #[test]
    fn fires() {
        let bad = ["", "mit", "Apache2", "GPL-2.0", "MIT OR Apache-2.0"];
        assert_eq!(refused(&RULE, LabelKind::Spdx, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good = ["MIT", "Apache-2.0", "GPL-2.0-only", "0BSD"];
        assert!(refused(&RULE, LabelKind::Spdx, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
