//! `apt-get install` with recommended packages (DL3015).
//!
//! They are rarely needed in an image. Fires without `--no-install-recommends`
//! and without `-o APT::Install-Recommends=false`.
//!
//! ```dockerfile
//! RUN apt-get install -y curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apt-get install -y --no-install-recommends curl
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Leave recommended packages out: add --no-install-recommends";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-recommends",
    aliases: &["DL3015"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: Some(QuickFix {
        title: "Add --no-install-recommends",
        edits: |_, step| {
            add_option(
                step,
                |call| takes_recommended(call).then_some("install"),
                "--no-install-recommends",
            )
        },
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(takes_recommended)),
};

fn takes_recommended(call: &Call) -> bool {
    call.is(&["apt-get"], &["install"])
        && !call.has_flag(&["no-install-recommends"])
        && !call.has_arg(&["APT::Install-Recommends=false"])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN apt-get -y install a"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN a && apt-get install b"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN apt-get install --no-install-recommends a").is_empty());
        assert!(lines(&RULE, "RUN apt-get -o APT::Install-Recommends=false install a").is_empty());
        assert!(lines(&RULE, "RUN apt install a").is_empty());
    }
}
