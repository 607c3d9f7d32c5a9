//! `--from` names no stage and no known image: BuildKit would pull an image of
//! that name.
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=biuld /app /app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=build /app /app
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unknown-stage",
    aliases: &[],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let problems = analysis.graph.problems.iter().filter(|problem| !problem.fatal);
        let message = |message: &str, help: &Option<String>| match help {
            Some(help) => format!("{message}; {help}"),
            None => message.to_owned(),
        };
        problems.map(|problem| (problem.span, message(&problem.message, &problem.help))).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    const BUILD: &str = "FROM golang:1.22 AS build\nFROM debian:12\n";

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, &format!("{BUILD}COPY --from=biuld /app /app")), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, &format!("{BUILD}COPY --from=build /app /app")).is_empty());
        assert!(lines(&RULE, &format!("{BUILD}COPY --from=nginx:1.27 /etc /etc")).is_empty());
    }
}
