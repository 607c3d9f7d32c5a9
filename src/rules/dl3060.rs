//! `yarn install` without `yarn cache clean` after it (DL3060).
//!
//! What yarn downloads stays in the layer. Fires for a RUN in the last stage, or
//! in one that another stage builds on, unless it cleans afterwards or a cache or
//! tmpfs mount is at `.cache/yarn`.

use super::Rule;
use super::shell_calls::{Call, Run, image_name, in_sequences};
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "yarn leaves its cache in the layer: end the RUN with `yarn cache clean`";

/// The rule.
pub const RULE: Rule = Rule {
    id: "yarn-cache-clean",
    aliases: &["DL3060"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    recipe: None,
    check: |facts| {
        in_sequences(facts, MESSAGE, |steps| {
            let mut stage = None;
            let mut bases = Vec::new();
            let mut found = Vec::new();
            for step in steps {
                if let Body::From { image, name } = &step.instruction.body {
                    bases.push(image_name(&image.text));
                    stage = Some((bases.len(), name.as_ref().map(|name| name.text.as_str())));
                }
                if step.run.as_ref().is_some_and(keeps_cache) {
                    found.push((stage, step.span));
                }
            }
            let counts = |of: &Option<(usize, Option<&str>)>| {
                let name = of.and_then(|(_, name)| name);
                *of == stage || name.is_some_and(|name| bases.contains(&name))
            };
            found.into_iter().filter(|(of, _)| counts(of)).map(|(_, span)| span).collect()
        })
    },
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
