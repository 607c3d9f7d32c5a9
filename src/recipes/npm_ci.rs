//! Installs what the lockfile says.

use super::place::{RunCommand, stage_commands, taken_before};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Applicability;

/// Applies to `npm install` without package names where package-lock.json was
/// copied before. It must not apply where the lockfile may be missing or old
/// flags change what is installed.
pub const RECIPE: Recipe = Recipe {
    id: "npm-ci",
    title: "Install what the lockfile says",
    why: "npm install may change the lockfile's versions, so two builds of one commit can differ. npm ci installs exactly those, and stops when package.json and the lockfile disagree.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needed);
    let edits: Vec<Edit> =
        stages.flat_map(|(index, stage)| in_stage(analysis, index, stage)).collect();
    let verify = Some("npm ci --dry-run  # the lockfile fits package.json".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, index: usize, stage: &Stage) -> Vec<Edit> {
    let locked = |step: &Step| taken_before(analysis, (index, stage), step, &["package-lock.json"]);
    stage_commands(analysis, stage)
        .into_iter()
        .filter(|(step, command)| is_open(command) && locked(step))
        .map(|(_, command)| Edit::replace(command.places[1], "ci"))
        .collect()
}

/// True for an installation of the project's own dependencies that may move.
fn is_open(command: &RunCommand) -> bool {
    const OTHER: [&str; 7] = [
        "-g",
        "--global",
        "--location",
        "--no-package-lock",
        "--package-lock",
        "--package-lock-only",
        "--prefix",
    ];
    (command.starts_with(&["npm", "install"]) || command.starts_with(&["npm", "i"]))
        && command.operands(2).next().is_none()
        && !command.has(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn follows_the_lockfile() {
        let before = "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev\n";
        let expected = "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY package.json ./\nRUN npm install",
            "COPY package*.json ./\nRUN npm install express",
            "COPY package*.json ./\nRUN npm i -g typescript",
            "COPY package*.json ./\nRUN npm ci",
            "RUN npm install\nCOPY . .",
        ] {
            assert_eq!(
                after(&RECIPE, &format!("FROM node:20\nWORKDIR /app\n{text}\n")),
                None,
                "{text}"
            );
        }
    }
}
