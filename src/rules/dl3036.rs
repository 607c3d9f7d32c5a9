//! `zypper install` without `zypper clean` after it (DL3036).
//!
//! What zypper keeps in /var/cache/zypp stays in the layer. Fires unless the same
//! RUN later has `zypper clean` (`cc`), or a cache or tmpfs mount holds the
//! folder.
//!
//! ```dockerfile
//! RUN zypper install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN zypper install -y httpd && zypper clean
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "zypper leaves its cache in the layer: end the RUN with `zypper clean`";

/// The rule.
pub const RULE: Rule = Rule {
    id: "zypper-clean",
    aliases: &["DL3036"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            let install = |call: &Call| call.is(&["zypper"], &["install", "in"]);
            !run.mounts_cache_at("/var/cache/zypp")
                && !run.cleans(install, |call| call.is(&["zypper"], &["clean", "cc"]))
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
        assert_eq!(lines(&RULE, "RUN zypper cc && zypper in -y httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN zypper in -y httpd && zypper cc").is_empty());
        assert!(
            lines(&RULE, "RUN --mount=type=cache,target=/var/cache/zypp zypper in -y httpd")
                .is_empty()
        );
    }
}
