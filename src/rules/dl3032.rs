//! `yum install` without `yum clean all` after it (DL3032).
//!
//! The metadata and packages that yum keeps in /var/cache/yum stay in the layer.
//! Fires unless the same RUN later has `yum clean all` or removes the folder.
//!
//! ```dockerfile
//! RUN yum install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN yum install -y httpd && yum clean all
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "yum leaves its cache in the layer: end the RUN with `yum clean all`";

/// The rule.
pub const RULE: Rule = Rule {
    id: "yum-clean",
    aliases: &["DL3032"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            let clean = |call: &Call| {
                call.is(&["yum"], &["clean", "all"])
                    || call.is(&["rm"], &["-rf", "/var/cache/yum/*"])
            };
            !run.cleans(|call| call.is(&["yum"], &["install"]), clean)
        })
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN yum install -y httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN yum clean all && yum install -y httpd"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN yum install -y httpd && yum clean all").is_empty());
        assert!(lines(&RULE, "RUN yum install -y httpd && rm -rf /var/cache/yum/*").is_empty());
        assert!(lines(&RULE, "RUN yum update").is_empty());
    }
}
