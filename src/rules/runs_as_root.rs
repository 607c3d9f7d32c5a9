//! The image's start command runs as root.
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["server"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! USER 1000
//! CMD ["server"]
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

/// Images whose programs drop privileges on their own.
pub const DROP_PRIVILEGES: [&str; 8] =
    ["nginx", "httpd", "postgres", "mysql", "mariadb", "redis", "mongo", "php"];

/// The rule.
pub const RULE: Rule = Rule {
    id: "runs-as-root",
    aliases: &[],
    severity: Severity::Info,
    kind: FindingKind::Security,
    fix: None,
    check: |analysis| {
        let Some((index, stage)) = analysis.target() else { return Vec::new() };
        let image = &analysis.evaluation.stages[index].image;
        let root = stage.end.is_root();
        if !root || DROP_PRIVILEGES.contains(&crate::graph::repository(&image.reference)) {
            return Vec::new();
        }
        let starts = |keyword| matches!(keyword, Keyword::Cmd | Keyword::Entrypoint);
        let instructions = stage.steps.iter().map(|step| analysis.instruction(step));
        let start = instructions.into_iter().find(|instruction| starts(instruction.keyword.value));
        let message = "The program runs as root: set USER before it".to_owned();
        start.map(|instruction| (instruction.span, message)).into_iter().collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM debian:12\nCMD [\"server\"]"), [2]);
        assert_eq!(lines(&RULE, "FROM debian:12\nUSER 7\nUSER root\nENTRYPOINT [\"a\"]"), [4]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM debian:12\nUSER 1000\nCMD [\"server\"]").is_empty());
        assert!(lines(&RULE, "FROM debian:12\nRUN true").is_empty(), "nothing is started");
        assert!(lines(&RULE, "FROM postgres:16\nCMD [\"postgres\"]").is_empty());
    }
}
