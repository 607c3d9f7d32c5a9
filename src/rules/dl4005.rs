//! A link over /bin/sh (DL4005).
//!
//! SHELL sets the shell of the instructions below without changing the image's
//! files. Fires for `ln` with the argument `/bin/sh`.
//!
//! ```dockerfile
//! RUN ln -sf /bin/bash /bin/sh
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! SHELL ["/bin/bash", "-c"]
//! ```

use super::Rule;
use super::shell_calls::in_runs;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Set the shell with SHELL instead of replacing /bin/sh";

/// The rule.
pub const RULE: Rule = Rule {
    id: "shell-not-ln",
    aliases: &["DL4005"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(|call| call.is(&["ln"], &["/bin/sh"]))),
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN ln -sf /bin/bash /bin/sh"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN ln -s /bin/bash /usr/bin/bash").is_empty());
    }
}
