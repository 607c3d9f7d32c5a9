//! Several RUN instructions in a row (DL3059).
//!
//! Each is a layer of its own. Fires for a RUN directly after another one with the
//! same flags when each is a single command.
//!
//! ```dockerfile
//! RUN make
//! RUN make install
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN make && make install
//! ```

use super::Rule;
use super::shell_calls::{Run, sequences};
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;

const MESSAGE: &str = "These RUN instructions can be one";

/// The rule.
pub const RULE: Rule = Rule {
    id: "consecutive-runs",
    aliases: &["DL3059"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: None,
    check: |facts| {
        let pairs =
            sequences(facts)[0].windows(2).filter(|pair| match (&pair[0].run, &pair[1].run) {
                (Some(before), Some(now)) => {
                    before.calls.len() <= 1 && now.calls.len() <= 1 && flags(before) == flags(now)
                }
                _ => false,
            });
        pairs.map(|pair| (pair[1].span, MESSAGE.to_owned())).collect()
    },
};

/// The flags as a set.
fn flags<'a>(run: &Run<'a>) -> Set<(&'a str, Option<&'a str>)> {
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
