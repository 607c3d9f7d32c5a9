//! A long step runs again after every edit, because the whole context is
//! copied above it though it needs little of it.
//!
//! ```dockerfile
//! FROM node:20
//! WORKDIR /app
//! COPY . .
//! RUN npm install
//! CMD ["node", "server.js"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM node:20
//! WORKDIR /app
//! COPY package.json package-lock.json ./
//! RUN npm install
//! COPY . .
//! CMD ["node", "server.js"]
//! ```

use super::Rule;
use crate::context::Role;
use crate::filesystem::StepState;
use crate::graph::{Operation, Origin, Stage};
use crate::report::{FindingKind, Severity};
use crate::units::Kind;

/// The rule.
pub const RULE: Rule = Rule {
    id: "cache-busting-order",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Cache,
    fix: None,
    check: |analysis| {
        let stages = analysis.graph.stages.iter().zip(&analysis.evaluation.stages);
        let found = stages.filter_map(|(stage, state)| busted(stage, &state.steps));
        found
            .map(|(copy, install)| {
                let instruction = &analysis.dockerfile.instructions[copy];
                let line = analysis.dockerfile.line(analysis.dockerfile.instructions[install].span.start);
                let message = format!(
                    "Every edit of a copied file installs the dependencies in line {line} again; copy only the manifests before it"
                );
                (instruction.span, message)
            })
            .collect()
    },
};

/// The COPY of sources, and the step below it that installs dependencies.
fn busted(stage: &Stage, steps: &[StepState]) -> Option<(usize, usize)> {
    let copy = stage.steps.iter().zip(steps).position(|(step, done)| {
        let from_context =
            matches!(&step.operation, Operation::Copy(copy) if copy.origin == Origin::Context);
        from_context
            && done.taken.iter().any(|(path, _)| crate::context::role(path) == Role::Source)
    })?;
    let install = (copy + 1..steps.len()).find(|position| {
        let installs = steps[*position].written.entries.iter().any(|(path, entry)| {
            entry.kind == Kind::Package
                && (path.contains("/node_modules/") || path.contains("/site-packages/"))
        });
        matches!(stage.steps[*position].operation, Operation::Run(_)) && installs
    })?;
    Some((stage.steps[copy].instruction, stage.steps[install].instruction))
}
