//! What the recipes for Node.js share.

use super::place::{RunCommand, stage_commands};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Kind;

/// A package manager and how it is told things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// npm
    Npm,
    /// yarn classic
    Yarn,
    /// pnpm
    Pnpm,
}

impl Manager {
    /// The manager of an install command.
    pub fn of(command: &RunCommand) -> Option<Self> {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let names_nothing = command.operands(2).next().is_none();
        match &words[..] {
            ["npm", "ci" | "clean-install", ..] => Some(Self::Npm),
            ["npm", "install" | "i", ..] if names_nothing && !command.has(&["-g", "--global"]) => {
                Some(Self::Npm)
            }
            ["yarn"] | ["yarn", "install", ..] => Some(Self::Yarn),
            ["yarn", flag, ..] if flag.starts_with("--") => Some(Self::Yarn),
            ["pnpm", "install" | "i", ..] if names_nothing => Some(Self::Pnpm),
            _ => None,
        }
    }

    /// The files that an installation reads, as COPY sources.
    pub fn manifests(self) -> &'static str {
        match self {
            Self::Npm => "package*.json",
            Self::Yarn => "package.json yarn.lock",
            Self::Pnpm => "package.json pnpm-lock.yaml",
        }
    }

    /// Installs exactly what the lockfile says, without development dependencies.
    pub fn install_production(self) -> &'static str {
        match self {
            Self::Npm => "npm ci --omit=dev",
            Self::Yarn => "yarn install --frozen-lockfile --production",
            Self::Pnpm => "corepack enable && pnpm install --frozen-lockfile --prod",
        }
    }
}

/// The command that installs the project's dependencies in a stage.
pub fn install<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a Step, RunCommand, Manager)> {
    let found = stage_commands(analysis, stage).into_iter();
    found
        .filter_map(|(step, command)| Manager::of(&command).map(|manager| (step, command, manager)))
        .next()
}

/// True when the stage starts from an image with Node.js, through other stages.
pub fn has_node(analysis: &Analysis<'_>, stage: usize) -> bool {
    let image = &analysis.evaluation.stages[stage].image;
    crate::graph::repository(&image.reference) == "node"
        || image.tools.iter().any(|tool| tool == "node")
}

/// The folders of build output that a stage leaves below its working folder.
pub fn outputs(analysis: &Analysis<'_>, stage: usize, folder: &str) -> Vec<String> {
    let tree = &analysis.evaluation.stages[stage].tree;
    let outputs = tree.subtree(folder).filter(|(_, entry)| entry.kind == Kind::BuildOutput);
    outputs.map(|(path, _)| path.to_string()).collect()
}
