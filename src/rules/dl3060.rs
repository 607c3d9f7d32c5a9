//! `yarn install` without `yarn cache clean` after it (DL3060).
//!
//! What yarn downloads stays in the layer. Fires for a RUN in the last stage, or
//! in one that another stage builds on, unless it cleans afterwards or a cache or
//! tmpfs mount is at `.cache/yarn`.
//!
//! ```dockerfile
//! RUN yarn install
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN yarn install && yarn cache clean
//! ```

use super::Rule;
use super::hadolint::in_shipped_runs;
use super::shell_calls::{Call, Run};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "yarn leaves its cache in the layer: end the RUN with `yarn cache clean`";

/// The rule.
pub const RULE: Rule = Rule {
    id: "yarn-cache-clean",
    aliases: &["DL3060"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| in_shipped_runs(facts, MESSAGE, keeps_cache),
};

fn keeps_cache(run: &Run<'_>) -> bool {
    let install = |call: &Call| call.is(&["yarn"], &["install"]);
    let clean = |call: &Call| call.is(&["yarn"], &["cache", "clean"]);
    !run.cleans(install, clean) && (run.any(clean) || !run.mounts_cache_at(".cache/yarn"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN yarn install"), [1]);
        assert_eq!(lines(&RULE, "RUN yarn cache clean && yarn install"), [1]);
        assert_eq!(lines(&RULE, "FROM a AS b\nRUN yarn install\nFROM b"), [2]);
        assert_eq!(lines(&RULE, "FROM a\nRUN yarn install\nFROM a"), [2], "the same stage twice");
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN yarn install && yarn cache clean").is_empty());
        assert!(lines(&RULE, "FROM a AS b\nRUN yarn install\nFROM c").is_empty());
        assert!(
            lines(&RULE, "RUN --mount=type=cache,target=/root/.cache/yarn yarn install").is_empty()
        );
    }
}
