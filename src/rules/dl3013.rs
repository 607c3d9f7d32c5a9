//! `pip install` of a package without its version (DL3013).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package that has
//! no version, is no local file or address, and no source of version control with
//! `@revision`; silent with a requirements or a constraints file.
//!
//! ```dockerfile
//! RUN pip install flask
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN pip install flask==3.0.3
//! ```

use super::Rule;
use super::dl3042::is_pip_install;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: pip install package==version, or a requirements file";

/// The rule.
pub const RULE: Rule = Rule {
    id: "pip-pin-versions",
    aliases: &["DL3013"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(installs_unpinned)),
};

fn installs_unpinned(call: &Call) -> bool {
    is_pip_install(call)
        && !call.has_arg(&["--requirement", "-r", "."])
        && !call.has_flag(&["constraint", "c"])
        && packages(call).any(|package| !is_pinned(package))
}

/// Flags whose value is no package.
const WITH_VALUE: &[&str] = &[
    "abi",
    "b",
    "build",
    "e",
    "editable",
    "extra-index-url",
    "f",
    "find-links",
    "i",
    "implementation",
    "index-url",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python",
    "python-version",
    "root",
    "root-user-action",
    "src",
    "t",
    "target",
    "trusted-host",
    "upgrade-strategy",
];

fn packages<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a str> {
    let words = call.plain_args_but_of(WITH_VALUE).skip_while(|word| *word != "install");
    words.skip_while(|word| *word == "install")
}

fn is_pinned(package: &str) -> bool {
    let versioned =
        package.contains(['<', '>']) || ["==", "!=", "~="].iter().any(|s| package.contains(s));
    let local = package.ends_with(".whl") || package.ends_with(".tar.gz");
    // As in hadolint, every name that starts so counts as version control.
    let repository = ["git", "hg+", "svn", "bzr+"].iter().any(|scheme| package.starts_with(scheme));
    versioned || local || package.contains(if repository { '@' } else { '/' })
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN pip install a==1 b"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN python3 -m pip install --target=/b a"), [1]);
        assert_eq!(lines(&RULE, "RUN pip install git+https://a.b/c"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN pip install a==1 'b<2' ./c d.whl git+ssh://e@f").is_empty());
        assert!(lines(&RULE, "RUN pip install -r a.txt").is_empty());
        assert!(lines(&RULE, "RUN pip install a -c b.txt").is_empty());
        assert!(lines(&RULE, "RUN pip install -t /a b~=1").is_empty());
        assert!(lines(&RULE, "RUN pip download a").is_empty());
    }
}
