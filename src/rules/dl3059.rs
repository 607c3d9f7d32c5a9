//! Several RUN instructions in a row (DL3059).
//!
//! Each is a layer of its own. Fires for a RUN directly after another one with the
//! same flags when each is a single command.

use super::Rule;
use super::shell_calls::{Run, run};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "These RUN instructions can be one";

/// The rule.
pub const RULE: Rule = Rule {
    id: "consecutive-runs",
    aliases: &["DL3059"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    recipe: None,
    check: |analysis| {
        let mut before: Option<Run<'_>> = None;
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            let now = run(instruction);
            if let (Some(before), Some(now)) = (&before, &now)
                && flags(before) == flags(now)
                && before.calls.len() <= 1
                && now.calls.len() <= 1
            {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
            before = now;
        }
        found
    },
};

/// The flags as a set.
fn flags<'a>(run: &Run<'a>) -> std::collections::BTreeSet<(&'a str, Option<&'a str>)> {
    let flags = run.instruction.flags.iter();
    flags.map(|flag| (&*flag.name, flag.value.as_ref().map(|value| &*value.text))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN a\n# b\nRUN c"), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN a\nUSER b\nRUN c").is_empty());
        assert!(lines(&RULE, "RUN a && b\nRUN c").is_empty());
        assert!(lines(&RULE, "RUN --network=none a\nRUN b").is_empty());
    }
}
