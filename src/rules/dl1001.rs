//! `# hadolint ignore=` above an instruction (DL1001).
//!
//! For those who keep exceptions in one file. hadolint has it switched off, so
//! it is here: it runs when the project's settings name it.
//!
//! ```dockerfile
//! # hadolint ignore=DL3003
//! RUN cd /opt && make
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN make -C /opt
//! ```

use super::{Rule, pragma};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Keep exceptions to rules out of the Dockerfile";

/// The rule.
pub const RULE: Rule = Rule {
    id: "inline-ignore",
    aliases: &["DL1001"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: None,
    check: |analysis| {
        let dockerfile = &analysis.dockerfile;
        let ignores = pragma::comments(dockerfile)
            .filter(|comment| pragma::is_ignore(dockerfile.text(*comment)));
        ignores.map(|comment| (comment, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "# hadolint ignore=DL3003\nRUN foo bar"), [1]);
        assert_eq!(lines(&RULE, "RUN foo\n#hadolint  ignore = DL3003 , SC2046 # why\nRUN b"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "# hadolint shell=powershell\nRUN foo bar").is_empty());
        assert!(lines(&RULE, "# hadolint global ignore=DL3003\nRUN foo bar").is_empty());
        assert!(lines(&RULE, "# hadolint ignore=DL3003 why\nRUN foo bar").is_empty());
        assert!(lines(&RULE, "RUN foo \\\n# hadolint ignore=DL3003\n bar").is_empty());
    }
}
