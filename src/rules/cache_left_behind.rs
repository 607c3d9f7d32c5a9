//! A layer of the image holds download caches or package indexes.
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y gcc
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
//! ```

use super::{Rule, megabytes};
use crate::report::{FindingKind, Severity};
use crate::units::Kind;

/// Smaller caches are not worth a word, bytes.
const WORTH_SAYING: u64 = 1_000_000;

/// The rule.
pub const RULE: Rule = Rule {
    id: "cache-left-behind",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let layers =
            facts.layers.iter().filter(|layer| layer.in_image && layer.instruction == "RUN");
        layers
            .flat_map(|layer| {
                let caches = layer.parts.iter().filter(|part| part.kind == Kind::Cache);
                caches.map(move |part| (layer, part))
            })
            .filter(|(_, part)| part.bytes.expected > WORTH_SAYING)
            .filter_map(|(layer, part)| {
                let message = format!(
                    "Left in the image: {} (about {}); remove it in the same RUN, or use a cache mount",
                    part.what,
                    megabytes(part.bytes.expected)
                );
                Some((facts.layer_span(layer)?, message))
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
        assert_eq!(lines(&RULE, "FROM debian:12\nRUN apt-get update"), [2]);
        let npm = "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci";
        assert_eq!(lines(&RULE, npm), [4]);
    }

    #[test]
    fn is_silent() {
        let removed = "RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*";
        assert!(lines(&RULE, &format!("FROM debian:12\n{removed}")).is_empty());
        let thrown_away = "FROM debian:12 AS build\nRUN apt-get update\nFROM debian:12";
        assert!(lines(&RULE, thrown_away).is_empty());
    }
}
