//! FROM sees only arguments declared above the first FROM, and the platform's.
//!
//! ```dockerfile
//! FROM debian:${VERSION}
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ARG VERSION=12
//! FROM debian:${VERSION}
//! ```

use super::{arguments, expansion, image, planned, platform};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::sorted::Set;
use crate::syntax::closest;

/// The rule.
pub const RULE: Rule = Rule {
    id: "undefined-arg-in-from",
    aliases: &["UndefinedArgInFrom"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let values = arguments(analysis);
        let declared = analysis.dockerfile.global_arguments().map(|argument| &*argument.name.text);
        let known: Set<&str> = declared.chain(values.keys().map(String::as_str)).collect();
        let mut found = Vec::new();
        for stage in planned(analysis) {
            let expansions = [image(stage), platform(stage)].into_iter().flatten();
            for word in expansions {
                let Some(expansion) = expansion(analysis, word, &values) else { continue };
                let undeclared = expansion.unset.iter().filter(|name| !known.contains(&***name));
                found.extend(undeclared.map(|name| {
                    let suggestion = closest(name, known.iter().copied());
                    let suggestion = suggestion
                        .map(|name| format!(" (did you mean {name}?)"))
                        .unwrap_or_default();
                    (stage.span, format!("FROM argument '{name}' is not declared{suggestion}"))
                }));
            }
        }
        found
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("UndefinedArgInFrom", "FROM --platform=$BULIDPLATFORM scratch\n"),
            ["1: FROM argument 'BULIDPLATFORM' is not declared (did you mean BUILDPLATFORM?)"]
        );
        assert_eq!(
            found("UndefinedArgInFrom", "FROM a${B:-b}\n"),
            ["1: FROM argument 'B' is not declared"]
        );
        assert!(found("UndefinedArgInFrom", "ARG B\nFROM a${B:-b}\n").is_empty());
        assert!(found("UndefinedArgInFrom", "FROM --platform=$BUILDPLATFORM a\n").is_empty());
    }
}
