//! `apk add` of a package without its version (DL3018).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! a version or a bound of it that is no `.apk` file.
//!
//! ```dockerfile
//! RUN apk add curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apk add curl=8.5.0-r0
//! ```

use super::Rule;
use super::shell_calls::{Run, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: apk add package=version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apk-pin-versions",
    aliases: &["DL3018"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, adds_unpinned),
};

fn adds_unpinned(run: &Run<'_>) -> bool {
    let adds = run.calls.iter().filter(|call| call.is(&["apk"], &["add"]));
    let packages =
        adds.flat_map(|call| call.plain_args_but_of(&["t", "virtual", "repository", "X"]));
    packages
        .filter(|package| *package != "add")
        .any(|package| !package.contains(['=', '~', '<', '>']) && !package.ends_with(".apk"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN apk add a=1 b"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN apk add a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN apk add -t a -X b c=1 'd>2' e~3 f.apk").is_empty());
        assert!(lines(&RULE, "RUN apk add --virtual .deps a=1").is_empty());
        assert!(lines(&RULE, "RUN apk del a").is_empty());
    }
}
