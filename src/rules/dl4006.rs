//! A pipe without pipefail (DL4006).
//!
//! The shell gives the status of a pipe's last command, so a failing download
//! before it goes unnoticed. Fires for a RUN with a pipe until the stage has a
//! SHELL of bash, zsh or ash with `-o pipefail`; a SHELL of Windows counts too.
//!
//! ```dockerfile
//! RUN curl -fsS https://example.com/list | sort > /list
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! SHELL ["/bin/bash", "-o", "pipefail", "-c"]
//! RUN curl -fsS https://example.com/list | sort > /list
//! ```

use super::Rule;
use super::shell_calls::{join, read, sequences};
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str =
    r#"A failure before the pipe goes unnoticed: set SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#;

/// The rule.
pub const RULE: Rule = Rule {
    id: "pipefail",
    aliases: &["DL4006"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| {
        let mut safe = false;
        let mut found = Vec::new();
        for step in &sequences(facts)[0] {
            match &step.instruction.body {
                Body::From { .. } => safe = false,
                Body::Shell(words) => safe = stops_at_failures(&join(words)),
                _ if !safe && step.run.as_ref().is_some_and(|run| run.has_pipe) => {
                    found.push((step.span, MESSAGE.to_owned()));
                }
                _ => {}
            }
        }
        found
    },
};

/// True for a SHELL that gives a pipe's failure on, or that is not POSIX.
fn stops_at_failures(shell: &str) -> bool {
    let foreign = ["pwsh", "powershell", "cmd"];
    let (calls, _) = read(shell);
    foreign.iter().any(|name| shell.starts_with(name))
        || calls.iter().any(|call| {
            let name = call.name.rsplit('/').next().unwrap_or_default();
            matches!(name, "bash" | "zsh" | "ash")
                && call.has_flag(&["o"])
                && call.has_arg(&["pipefail"])
        })
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nRUN b | c"), [2]);
        assert_eq!(
            lines(
                &RULE,
                "FROM a\nSHELL [\"/bin/sh\", \"-o\", \"pipefail\", \"-c\"]\nRUN b \"$(c | d)\""
            ),
            [3]
        );
        assert_eq!(
            lines(&RULE, "SHELL [\"bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM a\nRUN b | c"),
            [3]
        );
    }

    #[test]
    fn is_silent() {
        assert!(
            lines(&RULE, "FROM a\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN b | c")
                .is_empty()
        );
        assert!(lines(&RULE, "SHELL [\"pwsh\", \"-c\"]\nRUN b | c").is_empty());
        assert!(lines(&RULE, "RUN b || c").is_empty());
    }
}
