//! A RUN that reads the package indexes and installs nothing from them.
//!
//! BuildKit takes a RUN from its cache for as long as its text is the same: the
//! indexes in it grow old, and the installation further down asks for versions
//! that are gone. Fires for `apt-get update`, `apk update` and the like without
//! an install or upgrade in the same RUN.
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update
//! RUN apt-get install -y --no-install-recommends curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y --no-install-recommends curl
//! ```

use super::Rule;
use super::shell_calls::{Call, Run, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "This layer stays cached while the packages move on: read the package indexes in the RUN that installs from them";

/// Package managers, what reads their indexes, and what uses those.
const MANAGERS: [(&[&str], &[&str], &[&str]); 4] = [
    (
        &["apt-get", "apt", "aptitude"],
        &["update"],
        &["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "download", "source"],
    ),
    (&["apk"], &["update"], &["add", "upgrade", "fetch"]),
    (
        &["dnf", "yum", "microdnf", "tdnf"],
        &["makecache"],
        &["install", "update", "upgrade", "groupinstall", "builddep", "download"],
    ),
    (&["zypper"], &["refresh", "ref"], &["install", "in", "update", "up", "dup", "patch"]),
];

/// The rule.
pub const RULE: Rule = Rule {
    id: "stale-package-lists",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Cache,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, grows_stale),
};

fn grows_stale(run: &Run<'_>) -> bool {
    MANAGERS.iter().any(|(names, read, use_them)| {
        let verb = |call: &Call| call.plain_args().next().map(str::to_owned);
        let calls = |verbs: &[&str], call: &Call| {
            names.contains(&&*call.name) && verb(call).is_some_and(|verb| verbs.contains(&&*verb))
        };
        run.any(|call| calls(read, call))
            && !run.any(|call| names.contains(&&*call.name) && call.has_arg(use_them))
    })
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nRUN apt-get update\nRUN apt-get install -y b"), [2]);
        assert_eq!(lines(&RULE, "RUN apt-get -qq update && rm -rf /tmp/x"), [1]);
        assert_eq!(lines(&RULE, "RUN apk update"), [1]);
        assert_eq!(lines(&RULE, "RUN dnf makecache"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN apt-get update && apt-get install -y b").is_empty());
        assert!(lines(&RULE, "RUN apt update; apt -y upgrade").is_empty());
        assert!(lines(&RULE, "RUN apk add --no-cache b").is_empty());
        assert!(lines(&RULE, "RUN yum update -y").is_empty());
        assert!(lines(&RULE, "RUN echo apt-get update").is_empty());
    }
}
