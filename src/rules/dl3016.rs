//! `npm install` of a package without its version (DL3016).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! `@version` that is no folder and no archive, and for a git address without
//! `#commit`.
//!
//! ```dockerfile
//! RUN npm install -g serve
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN npm install -g serve@14.2.3
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: npm install package@version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "npm-pin-versions",
    aliases: &["DL3016"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(installs_unpinned)),
};

fn installs_unpinned(call: &Call) -> bool {
    if call.name != "npm" {
        return false;
    }
    let mut words = call.plain_args_but_of(&["loglevel", "registry"]);
    words.next() == Some("install")
        && words.skip_while(|word| *word == "install").any(|package| !is_pinned(package))
}

fn is_pinned(package: &str) -> bool {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|start| package.starts_with(start));
    let ends = |endings: &[&str]| endings.iter().any(|end| package.ends_with(end));
    if starts(&["git://", "git+ssh://", "git+http://", "git+https://"]) {
        return package.contains('#');
    }
    let unscoped = match package.starts_with('@') {
        // To the first of the characters up to the slash, as hadolint.
        true => package.trim_start_matches(|c| c > '/'),
        false => package,
    };
    ends(&[".tar", ".tar.gz", ".tgz"])
        || starts(&["/", "./", "../", "~/"])
        || unscoped.contains('@')
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN npm install a@1 @b/c"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN npm -g install git://a.b/c"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN npm install").is_empty());
        assert!(lines(&RULE, "RUN npm install -g a@1 @b/c@2 ./d e.tgz git+ssh://f#1").is_empty());
        assert!(lines(&RULE, "RUN npm --loglevel a install b@1").is_empty());
        assert!(lines(&RULE, "RUN npm run install a").is_empty());
        assert!(lines(&RULE, "RUN npm i a").is_empty(), "as hadolint");
    }
}
