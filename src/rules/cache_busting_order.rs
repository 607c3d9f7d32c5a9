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

use std::rc::Rc;

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

/// Where package managers put what a project depends on.
const DEPENDENCIES: [&str; 9] = [
    "/.gradle",
    "/.m2",
    "/.nuget",
    "/bundle",
    "/cargo/registry",
    "/node_modules",
    "/pkg/mod",
    "/site-packages",
    "/vendor",
];

fn holds_dependencies(path: &str) -> bool {
    DEPENDENCIES.iter().any(|folder| {
        let mut found = path.match_indices(folder);
        found.any(|(at, _)| matches!(path.as_bytes().get(at + folder.len()), None | Some(b'/')))
    })
}

/// True for what changes more often than the dependencies do.
fn is_edited(path: &str) -> bool {
    matches!(crate::context::role(path), Role::Source | Role::Test | Role::Docs | Role::Git)
}

/// The COPY of sources, and the step below it that installs dependencies.
fn busted(stage: &Stage, steps: &[Rc<StepState>]) -> Option<(usize, usize)> {
    let copy = stage.steps.iter().zip(steps).position(|(step, done)| {
        let from_context =
            matches!(&step.operation, Operation::Copy(copy) if copy.origin == Origin::Context);
        from_context && done.taken.iter().any(|(path, _)| is_edited(path))
    })?;
    let install = (copy + 1..steps.len()).find(|position| {
        let installs = steps[*position].written.entries.iter().any(|(path, entry)| {
            matches!(entry.kind, Kind::Package | Kind::Cache) && holds_dependencies(path)
        });
        matches!(stage.steps[*position].operation, Operation::Run(_)) && installs
    })?;
    Some((stage.steps[copy].instruction, stage.steps[install].instruction))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install"), [3]);
        let python = "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt";
        assert_eq!(lines(&RULE, python), [2]);
        let go = "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o /server";
        assert_eq!(lines(&RULE, go), [3]);
        let rust = "FROM rust:1.80\nWORKDIR /app\nCOPY . .\nRUN cargo build --release";
        assert_eq!(lines(&RULE, rust), [3]);
        let java = "FROM maven:3.9-eclipse-temurin-21\nWORKDIR /app\nCOPY . .\nRUN mvn package";
        assert_eq!(lines(&RULE, java), [3]);
    }

    #[test]
    fn is_silent() {
        let first = "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .";
        assert!(lines(&RULE, first).is_empty());
        let go = "FROM golang:1.22\nWORKDIR /app\nCOPY go.* ./\nRUN go mod download\nCOPY . .\nRUN go build -o /server";
        assert!(lines(&RULE, go).is_empty());
        let mounted = "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod go build -o /server";
        assert!(lines(&RULE, mounted).is_empty());
        assert!(lines(&RULE, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm test").is_empty());
    }
}
