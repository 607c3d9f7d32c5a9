//! A dnf install without `dnf clean all` after it (DL3040).
//!
//! What dnf keeps in its cache stays in the layer. Fires for install, upgrade and
//! reinstall (and their short names) of dnf or microdnf unless the same RUN later
//! cleans with the same tool or removes the folder, or a cache or tmpfs mount
//! holds it.
//!
//! ```dockerfile
//! RUN dnf install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN dnf install -y httpd && dnf clean all
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};
/// Commands that fill the cache, with their short names.
const INSTALLING: &[&str] =
    &["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"];

const MESSAGE: &str = "dnf leaves its cache in the layer: end the RUN with `dnf clean all`";

/// The rule.
pub const RULE: Rule = Rule {
    id: "dnf-clean",
    aliases: &["DL3040"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            let cleans = |tool: &str| {
                let clean = |call: &Call| {
                    call.is(&[tool], &["clean", "all"])
                        || call.is(&["rm"], &["-rf", "/var/cache/libdnf5*"])
                };
                run.cleans(|call| call.is(&[tool], INSTALLING), clean)
            };
            let mounted = ["/var/cache/libdnf5", ".cache/libdnf5"];
            let leaves = !cleans("dnf") || !cleans("microdnf");
            leaves && !mounted.iter().any(|folder| run.mounts_cache_at(folder))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN dnf in -y httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN microdnf clean all && dnf in -y httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN dnf -y up-min"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN dnf in -y httpd && dnf clean all").is_empty());
        assert!(
            lines(&RULE, "RUN microdnf install -y httpd && rm -rf /var/cache/libdnf5*").is_empty()
        );
        assert!(
            lines(&RULE, "RUN --mount=type=cache,target=/var/cache/libdnf5 dnf in -y httpd")
                .is_empty()
        );
    }
}
