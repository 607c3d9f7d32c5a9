//! USER with a name (DL3066).
//!
//! Kubernetes cannot tell that a name is not root. Fires for a user that is not
//! all digits, unless an ARG above gives it.
//!
//! ```dockerfile
//! USER app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! USER 1000
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "Use the numeric id, which the host can check";

/// The rule.
pub const RULE: Rule = Rule {
    id: "numeric-user",
    aliases: &["DL3066"],
    severity: Severity::Info,
    kind: FindingKind::Security,
    fix: None,
    check: |analysis| {
        let mut arguments: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            match &instruction.body {
                Body::Arg(names) => arguments.extend(names.iter().map(|arg| &*arg.name.text)),
                Body::User(user) if !is_known(&user.text, &arguments) => {
                    found.push((instruction.span, MESSAGE.to_owned()));
                }
                _ => {}
            }
        }
        found
    },
};

fn is_known(user: &str, arguments: &[&str]) -> bool {
    let id = user.split(':').next().unwrap_or_default();
    id.chars().all(|c| c.is_ascii_digit())
        || arguments.iter().any(|name| {
            user.contains(&format!("${{{name}}}")) || user.contains(&format!("${name}"))
        })
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "USER me"), [1]);
        assert_eq!(lines(&RULE, "USER me:1000"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "USER 1000:me").is_empty());
        assert!(lines(&RULE, "ARG ID\nUSER $ID").is_empty());
        assert!(lines(&RULE, "ARG ID\nUSER ${ID}:me").is_empty());
    }
}
