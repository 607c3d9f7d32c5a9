//! APT's package lists stay in the layer (DL3009).
//!
//! They are of no use in the image. Fires for an update without a clean-up in the
//! same RUN (as hadolint, any `rm -rf` counts), or mounts over the lists, in the
//! last stage and in stages that a later one starts from.
//!
//! ```dockerfile
//! RUN apt-get update && apt-get install -y curl
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
//! ```

use super::Rule;
use super::hadolint::in_shipped_runs;
use super::shell_calls::Run;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Remove /var/lib/apt/lists/* in the RUN that fetched it";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-lists-left",
    aliases: &["DL3009"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| in_shipped_runs(facts, MESSAGE, leaves_lists),
};

fn leaves_lists(run: &Run<'_>) -> bool {
    let updates = run.any(|call| call.is(&["apt", "apt-get", "aptitude"], &["update"]));
    let cleans = || run.any(|call| call.is(&["rm"], &["-rf", "/var/lib/apt/lists/*"]));
    let mounted = || {
        run.mounts_cache_at("/var/lib/apt/lists")
            || run.mounts_cache_at("/var/lib/apt") && run.mounts_cache_at("/var/cache/apt")
    };
    updates && !cleans() && !mounted()
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nRUN apt-get update"), [2]);
        assert_eq!(lines(&RULE, "FROM a AS b\nRUN apt update\nFROM b"), [2]);
        assert_eq!(
            lines(&RULE, "FROM a\nRUN aptitude update\nFROM a"),
            [2],
            "the same stage twice"
        );
        assert_eq!(lines(&RULE, "ONBUILD RUN apt-get update"), [1]);
        let mount = "--mount=type=cache,target=/var/lib/apt";
        assert_eq!(lines(&RULE, &format!("FROM a\nRUN {mount} apt-get update")), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(
            lines(&RULE, "FROM a\nRUN apt-get update && rm -rf /var/lib/apt/lists/*").is_empty()
        );
        assert!(lines(&RULE, "FROM a AS b\nRUN apt-get update\nFROM c").is_empty());
        assert!(lines(&RULE, "FROM a\nRUN apt-get install b").is_empty());
        let mounts =
            "--mount=type=cache,target=/var/lib/apt --mount=type=tmpfs,target=/var/cache/apt";
        assert!(lines(&RULE, &format!("FROM a\nRUN {mounts} apt-get update")).is_empty());
    }
}
