//! A stage has more than one HEALTHCHECK.
//!
//! Fires on every one after a stage's first: only the last one counts.
//!
//! ```dockerfile
//! HEALTHCHECK CMD ["check", "a"]
//! HEALTHCHECK CMD ["check", "b"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! HEALTHCHECK CMD ["check", "b"]
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

/// The rule.
pub const RULE: Rule = Rule {
    id: "many-healthchecks",
    aliases: &["DL3012"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut seen = false;
        let mut found = Vec::new();
        // What ONBUILD triggers does not count, as in hadolint.
        for instruction in &analysis.dockerfile.instructions {
            match &instruction.body {
                Body::From { .. } => seen = false,
                Body::Healthcheck(_) if seen => {
                    found.push((
                        instruction.span,
                        "Only the last HEALTHCHECK of a stage counts".to_owned(),
                    ));
                }
                Body::Healthcheck(_) => seen = true,
                _ => {}
            }
        }
        found
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "FROM scratch\nHEALTHCHECK CMD a\nHEALTHCHECK CMD b"));
        assert!(!fires(&RULE, "FROM scratch\nHEALTHCHECK CMD a\nFROM scratch\nHEALTHCHECK CMD b"));
    }
}
