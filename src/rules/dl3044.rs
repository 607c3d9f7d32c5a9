//! An ENV that uses a variable which it sets itself (DL3044).
//!
//! All values of one ENV see the variables as they were before it, so the new
//! value is not used. Fires when a pair's value has `$NAME` or `${NAME}` of another
//! pair that no ARG or ENV above has set.
//!
//! ```dockerfile
//! ENV HOME=/app BIN=$HOME/bin
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ENV HOME=/app
//! ENV BIN=$HOME/bin
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::{Body, KeyValue};

const MESSAGE: &str = "One ENV cannot use a variable that it sets itself: split it in two";

/// The rule.
pub const RULE: Rule = Rule {
    id: "env-self-reference",
    aliases: &["DL3044"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut known: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            match &instruction.body {
                Body::Env(pairs) => {
                    if refers_to_itself(pairs, &known) {
                        found.push((instruction.span, MESSAGE.to_owned()));
                    }
                    known.extend(pairs.iter().map(|pair| pair.key.text.as_str()));
                }
                Body::Arg(names) => known.extend(names.iter().map(|arg| arg.name.text.as_str())),
                _ => {}
            }
        }
        found
    },
};

fn refers_to_itself(pairs: &[KeyValue], known: &[&str]) -> bool {
    let unknown = pairs.iter().enumerate().filter(|(_, pair)| !known.contains(&&*pair.key.text));
    unknown.into_iter().any(|(index, pair)| {
        let others = pairs.iter().enumerate().filter(|(other, _)| *other != index);
        others.into_iter().any(|(_, other)| uses(&other.value.text, &pair.key.text))
    })
}

/// True if the value has `$name` or `${name}`.
fn uses(value: &str, name: &str) -> bool {
    let continues = |rest: &str| rest.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
    value.contains(&format!("${{{name}}}"))
        || value.split(&format!("${name}")).skip(1).any(|rest| !continues(rest))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "ENV A=1 B=$A"), [1]);
        assert_eq!(lines(&RULE, r#"ENV B="${A}/b" A=1"#), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "ENV A=1\nENV A=2 B=$A").is_empty());
        assert!(lines(&RULE, "ENV A=1 B=$AB").is_empty());
        assert!(lines(&RULE, "ENV PATH=/a:$PATH").is_empty());
        assert!(lines(&RULE, "ARG A\nENV A=1 B=$A").is_empty());
    }
}
