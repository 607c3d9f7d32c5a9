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

use super::{Rule, megabytes};
use crate::report::{FindingKind, Severity};

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
        let wasteful =
            facts.layers.iter().filter(|layer| layer.in_image && layer.wasted > WORTH_SAYING);
        wasteful
            .filter_map(|layer| {
                let message = format!(
                    "About {} of this layer are deleted, moved or stored again by a later one, and still pulled; do it in the same instruction",
                    megabytes(layer.wasted)
                );
                Some((facts.layer_span(layer)?, message))
            })
            .collect()
    },
};
