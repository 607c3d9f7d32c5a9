//! A Go package without its version (DL3062).
//!
//! The same Dockerfile gives another program tomorrow. Fires for `go install`,
//! `get` and `run` of a package that is no local path without `@version`, or with
//! `@latest` or `@none`.
//!
//! ```dockerfile
//! RUN go install example.com/tool@latest
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN go install example.com/tool@v1.2.3
//! ```

use super::Rule;
use super::shell_calls::{Call, Run, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: go install package@version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "go-pin-versions",
    aliases: &["DL3062"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| packages(run).into_iter().any(|name| !is_pinned(name)))
    },
};

/// What `go run` runs; if nothing, what `go install` and `go get` name.
fn packages<'r>(run: &'r Run<'_>) -> Vec<&'r str> {
    let running = run.calls.iter().filter(|call| call.is(&["go"], &["run"]));
    // What follows the package is for the program.
    let run_now: Vec<_> =
        running.flat_map(|call| call.plain_args().take(2)).filter(|arg| *arg != "run").collect();
    if !run_now.is_empty() {
        return run_now;
    }
    let getting = run.calls.iter().filter(|call| call.is(&["go"], &["install", "get"]));
    getting
        .flat_map(Call::plain_args)
        .filter(|arg| !matches!(*arg, "install" | "get" | "tool"))
        .collect()
}

fn is_pinned(package: &str) -> bool {
    let floats = package.ends_with("@latest") || package.ends_with("@none");
    package.starts_with(['.', '/']) || package.contains('@') && !floats
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN go install a.b/c"), [1]);
        assert_eq!(lines(&RULE, "RUN go get a.b/c@latest"), [1]);
        assert_eq!(lines(&RULE, "RUN go run a.b/c"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN go install a.b/c@v1").is_empty());
        assert!(lines(&RULE, "RUN go run ./a b").is_empty());
        assert!(lines(&RULE, "RUN go get -tool a.b/c@v1").is_empty());
        assert!(lines(&RULE, "RUN go build a.b/c").is_empty());
    }
}
