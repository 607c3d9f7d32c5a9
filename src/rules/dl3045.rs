//! COPY to a relative path before any WORKDIR (DL3045).
//!
//! Where the files go depends on the base image. Fires in a stage without a
//! WORKDIR (its own or that of the stage it builds on) for a destination that is
//! not absolute and does not start with a variable.
//!
//! ```dockerfile
//! COPY server.js .
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! WORKDIR /app
//! COPY server.js .
//! ```

use super::Rule;
use super::shell_calls::{Stages, unquoted};
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str =
    "Where this goes depends on the base image: set WORKDIR first, or use an absolute path";

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-without-workdir",
    aliases: &["DL3045"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut stages = Stages::<bool>::default();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            stages.follow(instruction);
            match &instruction.body {
                Body::Workdir(_) => *stages.current() = true,
                Body::Copy(transfer)
                    if !*stages.current() && is_relative(&transfer.destination.text) =>
                {
                    found.push((instruction.span, MESSAGE.to_owned()));
                }
                _ => {}
            }
        }
        found
    },
};

fn is_relative(path: &str) -> bool {
    let path = unquoted(path);
    let mut letters = path.chars();
    let has_drive = letters.next().is_some_and(char::is_alphabetic) && letters.next() == Some(':');
    !path.starts_with(['/', '$']) && !has_drive
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "COPY a b"), [1]);
        assert_eq!(lines(&RULE, "FROM a AS b\nWORKDIR /c\nFROM d\nCOPY e f"), [4]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "COPY a /b").is_empty());
        assert!(lines(&RULE, r#"COPY a "/b""#).is_empty());
        assert!(lines(&RULE, r#"COPY a c:\b"#).is_empty());
        assert!(lines(&RULE, "COPY a $B").is_empty());
        assert!(lines(&RULE, "FROM a AS b\nWORKDIR /c\nFROM b\nCOPY d e").is_empty());
    }
}
