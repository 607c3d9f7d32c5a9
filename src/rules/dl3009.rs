//! APT's package lists stay in the layer (DL3009).
//!
//! They are of no use in the image. Fires for an update without a clean-up in the
//! same RUN (as hadolint, any `rm -rf` counts), or mounts over the lists, in the
//! last stage and in stages that a later one starts from.

use std::collections::BTreeSet;

use super::Rule;
use super::hadolint::BaseImage;
use super::shell_calls::{Run, Step, in_sequences};
use crate::report::{FindingKind, Severity};
use crate::syntax::Span;

const MESSAGE: &str = "Remove /var/lib/apt/lists/* in the RUN that fetched it";

/// The rule.
pub const RULE: Rule = Rule {
    id: "apt-lists-left",
    aliases: &["DL3009"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    recipe: Some("apt-lists"),
    check: |facts| in_sequences(facts, MESSAGE, left),
};

/// What the instructions above the first FROM belong to.
const NONE: BaseImage<'_> = BaseImage {
    registry: None,
    name: "scratch",
    tag: None,
    digest: None,
    stage: None,
    platform: None,
};

fn left(steps: &[Step<'_>]) -> Vec<Span> {
    let mut stage = NONE;
    let mut parents = BTreeSet::new();
    let mut found = Vec::new();
    for step in steps {
        if let Some(image) = BaseImage::of(step.instruction) {
            stage = image;
            parents.insert(image.name);
        } else if step.run.as_ref().is_some_and(leaves_lists) {
            found.push((step.span, stage));
        }
    }
    let ships = |image: &BaseImage<'_>| {
        *image == stage || image.stage.is_some_and(|name| parents.contains(name))
    };
    found.into_iter().filter(|(_, image)| ships(image)).map(|(span, _)| span).collect()
}

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
