//! `zypper install` of a package without its version (DL3037).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! `=`, `<` or `>` that is no `.rpm` file.
//!
//! ```dockerfile
//! RUN zypper install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN zypper install -y httpd=2.4.58
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: zypper install -y package=version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "zypper-pin-versions",
    aliases: &["DL3037"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            let installs = run.calls.iter().filter(|call| call.is(&["zypper"], &["install", "in"]));
            installs
                .flat_map(Call::plain_args)
                .filter(|arg| !matches!(*arg, "install" | "in"))
                .any(|package| !package.contains(['=', '<', '>']) && !package.ends_with(".rpm"))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN zypper in -y httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN zypper in -y httpd=2.4").is_empty());
        assert!(lines(&RULE, r#"RUN zypper in -y "httpd>=2.4""#).is_empty());
        assert!(lines(&RULE, "RUN zypper in -y ./httpd.rpm").is_empty());
    }
}
