//! `apk add` that keeps its index (DL3019).
//!
//! The index of packages stays in the layer and is of no use there. Fires without
//! `--no-cache`, unless a cache or tmpfs mount is at `/var/cache/apk`.
//!
//! ```dockerfile
//! RUN apk add curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apk add --no-cache curl
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "apk leaves its index in the layer: add --no-cache";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apk-no-cache",
    aliases: &["DL3019"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: Some(QuickFix {
        title: "Add --no-cache",
        edits: |_, step| add_option(step, |call| keeps_index(call).then_some("add"), "--no-cache"),
    }),
    check: |facts| {
        in_runs(facts, MESSAGE, |run| {
            run.any(keeps_index) && !run.mounts_cache_at("/var/cache/apk")
        })
    },
};

fn keeps_index(call: &Call) -> bool {
    call.is(&["apk"], &["add"]) && !call.has_flag(&["no-cache"])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN apk add a=1"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN --mount=type=cache,target=/b apk add -U a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN apk add --no-cache a").is_empty());
        assert!(lines(&RULE, "RUN --mount=type=tmpfs,target=/var/cache/apk apk add a").is_empty());
        assert!(lines(&RULE, "RUN apk update").is_empty());
    }
}
