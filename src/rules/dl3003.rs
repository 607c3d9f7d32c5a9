//! RUN changes folder with `cd`.
//!
//! Fires on any `cd`: WORKDIR says the same for all that follows.
//!
//! ```dockerfile
//! RUN cd /opt/app && make
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! WORKDIR /opt/app
//! RUN make
//! ```

use super::Rule;
use super::hadolint::in_own_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Use WORKDIR to change the folder";

/// The rule.
pub const RULE: Rule = Rule {
    id: "cd-in-run",
    aliases: &["DL3003"],
    severity: Severity::Warning,
    kind: FindingKind::Style,
    recipe: Some("workdir"),
    fix: None,
    check: |facts| in_own_runs(facts, MESSAGE, |run| run.any(|call| call.name == "cd")),
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN cd /opt"));
        assert!(!fires(&RULE, "RUN ls /opt"));
        // As hadolint, which reads no triggers here.
        assert!(!fires(&RULE, "ONBUILD RUN cd /opt"));
    }
}
