//! RUN calls a program that makes no sense in a build.
//!
//! Fires on interactive and machine-wide programs: a build has no terminal, services or mounts.
//!
//! ```dockerfile
//! RUN service nginx start
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! CMD ["nginx", "-g", "daemon off;"]
//! ```

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "This program makes no sense while an image is built";

/// The rule.
pub const RULE: Rule = Rule {
    id: "pointless-command",
    aliases: &["DL3001"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| POINTLESS.contains(&&*call.name))),
};

/// Interactive programs, and those that rule a whole machine.
const POINTLESS: &[&str] =
    &["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN top"));
        assert!(!fires(&RULE, "RUN apt-get install ssh"));
    }
}
