//! Cleans the package manager's cache in the layer that filled it.

use super::node::{self, Manager};
use super::place::{RunCommand, commands, image_steps};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::graph::Step;
use crate::report::{Applicability, Kind};

/// Applies where the final image keeps the download cache of npm, Yarn or bun.
/// It must not apply to pnpm, whose store shares its files with `node_modules`,
/// nor where a mount holds the cache.
pub const RECIPE: Recipe = Recipe {
    id: "npm-cache-clean",
    title: "Clean the package manager's cache",
    why: "npm keeps every archive that it downloads; nothing reads them when the image runs. They must go in the same RUN: a later one only hides them.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stores = |state: &StepState| {
        let mut caches =
            state.written.entries.iter().filter(|(_, entry)| entry.kind == Kind::Cache);
        caches.any(|(path, _)| is_of_a_manager(path))
    };
    let edits: Vec<Edit> = image_steps(analysis)
        .filter(|(_, state)| stores(state))
        .filter_map(|(step, _)| clean(analysis, step))
        .collect();
    Rewrite::of(edits, None)
}

/// True for the caches that the tool models write for npm, Yarn and bun.
fn is_of_a_manager(path: &str) -> bool {
    ["/_cacache", "/yarn", "/berry/cache", "/.bun/"].iter().any(|part| path.contains(part))
}

/// Cleans after the last command of a RUN that fills the cache.
fn clean(analysis: &Analysis<'_>, step: &Step) -> Option<Edit> {
    let commands = commands(analysis.instruction(step));
    let mut filling =
        commands.iter().filter_map(|command| Some((command, fills(analysis, command)?)));
    let (command, manager) = filling.next_back()?;
    if !node::has_modules(analysis, manager) {
        return None; // the program reads the archives
    }
    let clean = match manager {
        Manager::Npm => "npm cache clean --force",
        Manager::Yarn => "yarn cache clean",
        Manager::Berry => "yarn cache clean --all",
        Manager::Bun => "bun pm cache rm",
        Manager::Pnpm => return None,
    };
    Some(Edit::insert(command.end, format!(" && {clean}")))
}

/// The manager whose cache a command fills.
pub fn fills(analysis: &Analysis<'_>, command: &RunCommand) -> Option<Manager> {
    let adds = |words: &[&str]| command.starts_with(words);
    match node::manager(analysis, command) {
        Some(manager) => Some(manager),
        None if ["install", "i", "add"].iter().any(|verb| adds(&["npm", verb])) => {
            Some(Manager::Npm)
        }
        None if adds(&["yarn", "add"]) || adds(&["yarn", "global", "add"]) => Some(Manager::Yarn),
        None if adds(&["bun", "add"]) => Some(Manager::Bun),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn cleans_in_the_run_that_filled_the_cache() {
        for (image, before, expected) in [
            ("node:20", "npm ci", "npm ci && npm cache clean --force"),
            ("node:20", "npm i -g pm2", "npm i -g pm2 && npm cache clean --force"),
            (
                "node:20",
                "npm ci && npm run build",
                "npm ci && npm cache clean --force && npm run build",
            ),
            ("node:20", "yarn --production", "yarn --production && yarn cache clean"),
            (
                "node:20",
                "yarn install --immutable",
                "yarn install --immutable && yarn cache clean --all",
            ),
            ("oven/bun:1", "bun install", "bun install && bun pm cache rm"),
        ] {
            let text = |run: &str| {
                format!(
                    "FROM {image}\nWORKDIR /app\nCOPY . .\nRUN {run}\nCMD [\"node\", \"a.js\"]\n"
                )
            };
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm cache clean --force\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN pnpm install\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN yarn install --immutable\nCMD yarn start\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
            "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:20\nCOPY --from=build /app/dist /app\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
