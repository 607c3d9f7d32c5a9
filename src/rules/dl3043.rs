//! ONBUILD, FROM or MAINTAINER as an ONBUILD trigger (DL3043).
//!
//! The builder refuses them. Fires for ONBUILD with one of these three.
//!
//! ```dockerfile
//! ONBUILD MAINTAINER me
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ONBUILD LABEL maintainer=me
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};
use crate::syntax::Keyword;

/// What cannot be triggered.
const FORBIDDEN: &[Keyword] = &[Keyword::Onbuild, Keyword::From, Keyword::Maintainer];

const MESSAGE: &str = "ONBUILD cannot trigger ONBUILD, FROM or MAINTAINER";

/// The rule.
pub const RULE: Rule = Rule {
    id: "onbuild-forbidden",
    aliases: &["DL3043"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let onbuild = instructions.filter(|one| one.keyword.value == Keyword::Onbuild);
        let forbidden = onbuild.filter(|one| {
            let trigger = one.arguments.text.split_whitespace().next().unwrap_or_default();
            FORBIDDEN.contains(&Keyword::from_word(trigger))
        });
        forbidden.map(|one| (one.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "ONBUILD MAINTAINER me"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD from a"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD ONBUILD RUN a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "ONBUILD RUN a").is_empty());
        assert!(lines(&RULE, "MAINTAINER me").is_empty());
    }
}
