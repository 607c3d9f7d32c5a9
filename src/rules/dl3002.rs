//! The last USER of a stage is root (DL3002).
//!
//! What the stage starts runs as root. Fires on the USER, in every stage.
//!
//! ```dockerfile
//! USER root
//! CMD ["server"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! USER root
//! RUN chown 1000 /data
//! USER 1000
//! CMD ["server"]
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::{Body, Span};

const MESSAGE: &str = "The stage ends as root: set a USER that is not root after this";

/// The rule.
pub const RULE: Rule = Rule {
    id: "last-user-root",
    aliases: &["DL3002"],
    severity: Severity::Warning,
    kind: FindingKind::Security,
    fix: None,
    check: |analysis| {
        // One entry a stage: its last USER, if that is root.
        let mut stages: Vec<Option<Span>> = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            match (&instruction.body, stages.last_mut()) {
                (Body::From { .. }, _) => stages.push(None),
                (Body::User(user), Some(last)) => {
                    *last = is_root(&user.text).then_some(instruction.span);
                }
                _ => {}
            }
        }
        stages.into_iter().flatten().map(|span| (span, MESSAGE.to_owned())).collect()
    },
};

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("root" | "0"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nUSER b\nUSER 0:0\nUSER root:b\nFROM c\nUSER 0"), [4, 6]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "USER root").is_empty(), "no stage");
        assert!(lines(&RULE, "FROM a\nUSER root\nUSER b").is_empty());
        assert!(lines(&RULE, "FROM a\nUSER rooted").is_empty());
        assert!(lines(&RULE, "FROM a").is_empty());
    }
}
