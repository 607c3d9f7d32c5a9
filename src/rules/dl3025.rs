//! CMD, ENTRYPOINT or HEALTHCHECK in shell form.
//!
//! Fires on each that is not a JSON list: a shell stands between the program and its signals.
//!
//! ```dockerfile
//! CMD node server.js
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! CMD ["node", "server.js"]
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::{Body, Command};

/// The rule.
pub const RULE: Rule = Rule {
    id: "shell-form-start",
    aliases: &["DL3025"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        // What ONBUILD triggers is not looked at, as in hadolint.
        let own = analysis.dockerfile.instructions.iter();
        own.filter(|instruction| match &instruction.body {
            Body::Cmd(command) | Body::Entrypoint(command) | Body::Healthcheck(Some(command)) => {
                !matches!(command, Command::Exec(_))
            }
            _ => false,
        })
        .map(|instruction| (instruction.span, "Write the command as a JSON list".to_owned()))
        .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "CMD something"));
        assert!(!fires(&RULE, "CMD [\"foo\", \"bar\"]"));
    }
}
