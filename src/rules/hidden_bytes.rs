//! A layer stores bytes that a later layer deletes, moves or overwrites.
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y gcc
//! RUN rm -rf /var/lib/apt/lists/*
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
//! ```

use super::final_image::steps;
use super::stored_again::again;
use super::{Facts, Rule, megabytes};
use crate::report::{FindingKind, Severity};
use crate::sorted::{Map, Set};
use crate::syntax::Span;

/// Less is not worth a word, bytes.
const WORTH_SAYING: u64 = 1_000_000;

/// The rule.
pub const RULE: Rule = Rule {
    id: "hidden-bytes",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let told = told(facts);
        let wasteful = facts.layers.iter().filter(|layer| layer.in_image && layer.wasted > 0);
        wasteful
            .filter_map(|layer| {
                let span = facts.layer_span(layer)?;
                let told = told.get(&span).copied().unwrap_or(0);
                let bytes = layer.wasted.saturating_sub(told);
                let message = format!(
                    "About {} of this layer are deleted, moved or stored again by a later one, and still pulled; do it in the same instruction",
                    megabytes(bytes)
                );
                (bytes > WORTH_SAYING).then_some((span, message))
            })
            .collect()
    },
};

/// The bytes of each layer that a change of owner or mode stores again:
/// `stored-again` tells of them, at that change.
fn told(facts: &Facts<'_>) -> Map<Span, u64> {
    let mut told = Map::new();
    let mut changes = again(facts);
    if changes.is_empty() {
        return told;
    }
    // From the top down, so that each change is taken up once.
    let mut changed_above: Set<&str> = Set::new();
    for (step, done) in steps(facts).into_iter().rev() {
        let is_changed = |path: &str| changed_above.contains(path);
        let entries = done.written.entries.iter().filter(|(path, _)| is_changed(path));
        let bytes = entries.map(|(_, entry)| entry.bytes.expected).sum();
        told.insert(facts.instruction(step).span, bytes);
        if let Some(change) = changes.pop_if(|change| change.step.instruction == step.instruction) {
            changed_above.extend(change.paths);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    const NODE: &str = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n";

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, &format!("{NODE}RUN rm -rf node_modules")), [4]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, NODE).is_empty());
        assert!(lines(&RULE, "FROM node:22\nRUN npm ci && rm -rf node_modules").is_empty());
        // `stored-again` tells of this.
        assert!(lines(&RULE, &format!("{NODE}RUN chown -R node /app")).is_empty());
    }
}
