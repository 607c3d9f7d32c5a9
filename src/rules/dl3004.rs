//! RUN calls `sudo`.
//!
//! Fires on the program, not on installing it: it has no terminal to ask, and USER does the same.
//!
//! ```dockerfile
//! RUN sudo make install
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! USER root
//! RUN make install
//! USER 1000
//! ```

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Do not use sudo; set USER instead";

/// The rule.
pub const RULE: Rule = Rule {
    id: "sudo-in-run",
    aliases: &["DL3004"],
    severity: Severity::Error,
    kind: FindingKind::Security,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| call.name == "sudo")),
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN true && sudo ls"));
        assert!(!fires(&RULE, "RUN apt-get install sudo"));
    }
}
