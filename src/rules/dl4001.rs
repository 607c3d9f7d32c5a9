//! Both wget and curl in one stage (DL4001).
//!
//! One of them does, and the other need not be installed. Fires for each RUN that
//! calls one after both were called in its stage.
//!
//! ```dockerfile
//! RUN wget -q https://example.com/a
//! RUN curl -fsSO https://example.com/b
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN curl -fsSO https://example.com/a
//! RUN curl -fsSO https://example.com/b
//! ```

use super::Rule;
use super::shell_calls::in_sequences;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "One of wget and curl is enough";

/// The rule.
pub const RULE: Rule = Rule {
    id: "wget-or-curl",
    aliases: &["DL4001"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        in_sequences(facts, MESSAGE, |steps| {
            let (mut curl, mut wget) = (false, false);
            let mut found = Vec::new();
            for step in steps {
                if matches!(step.instruction.body, Body::From { .. }) {
                    (curl, wget) = (false, false);
                }
                let Some(run) = &step.run else { continue };
                let calls = |name: &str| run.any(|call| call.name == name);
                (curl, wget) = (curl || calls("curl"), wget || calls("wget"));
                if curl && wget && (calls("curl") || calls("wget")) {
                    found.push(step.span);
                }
            }
            found
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN wget a\nRUN curl b\nRUN c"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a\nRUN wget b\nFROM c\nRUN curl d").is_empty());
    }
}
