//! `apt-get install` of a package without its version (DL3008).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! `=version` or `/release` that is no `.deb` file.
//!
//! ```dockerfile
//! RUN apt-get update && apt-get install -y curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u8
//! ```

use super::Rule;
use super::shell_calls::{Run, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: apt-get install package=version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-pin-versions",
    aliases: &["DL3008"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, installs_unpinned),
};

fn installs_unpinned(run: &Run<'_>) -> bool {
    let installs = run.calls.iter().filter(|call| call.is(&["apt-get"], &["install"]));
    let packages = installs.flat_map(|call| call.plain_args_but_of(&["t", "target-release"]));
    packages
        .filter(|package| *package != "install")
        .any(|package| !package.contains(['=', '/']) && !package.ends_with(".deb"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN apt-get update && apt-get install -y a=1 b"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN apt-get install -t=c a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN apt-get -t a install -y b=1 c/d ./e.deb").is_empty());
        assert!(lines(&RULE, "RUN apt-get install --target-release a -y").is_empty());
        assert!(lines(&RULE, "RUN apt-get install").is_empty());
        assert!(lines(&RULE, "RUN apt install a").is_empty());
    }
}
