//! A stage that nothing needs.
//!
//! BuildKit skips it, the older builder works for nothing. Fires for a stage that
//! is neither the last nor the target, and that no stage starts from or copies
//! from; a stage that is only built with `--target` is one, so it is a remark.
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! RUN go build -o /app .
//! FROM debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! RUN go build -o /app .
//! FROM debian:12
//! COPY --from=build /app /app
//! ```

use super::Rule;
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "No other stage uses this one: only --target builds it";

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused-stage",
    aliases: &[],
    severity: Severity::Info,
    kind: FindingKind::Cache,
    fix: None,
    check: |facts| {
        let graph = &facts.graph;
        let mut used = vec![false; graph.stages.len()];
        let stages = 0..graph.stages.len();
        let wanted = stages.flat_map(|stage| graph.dependencies(stage));
        wanted.chain(graph.target).for_each(|stage| used[stage] = true);
        used.pop();
        let unused = graph.stages.iter().zip(used).filter(|(_, used)| !used);
        unused
            .map(|(stage, _)| {
                (facts.dockerfile.instructions[stage.instruction].span, MESSAGE.to_owned())
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a AS b\nFROM c AS d\nFROM e\nCOPY --from=d f g"), [1]);
        assert_eq!(lines(&RULE, "FROM a AS b\nFROM b AS c\nFROM d"), [2], "the lowest only");
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM a AS b\nFROM c AS d\nFROM b\nCOPY --from=d e f").is_empty());
        let mount = "RUN --mount=type=bind,from=b,target=/c d";
        assert!(lines(&RULE, &format!("FROM a AS b\nFROM c\n{mount}")).is_empty());
        assert!(lines(&RULE, "FROM a").is_empty());
        assert!(lines(&RULE, "RUN a").is_empty());
    }
}
