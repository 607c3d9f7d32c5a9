//! Keeps Yarn, pnpm, bun, uv and Pipenv to their lockfile.

use super::node::{self, Manager};
use super::place::{RunCommand, stage_commands, taken_before};
use super::{Edit, Recipe, Rewrite, python};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to installations of the project's own dependencies with Yarn, pnpm,
/// bun, uv or Pipenv where the lockfile was copied before. It must not apply
/// where flags or variables say what to do with the lockfile.
pub const RECIPE: Recipe = Recipe {
    id: "frozen-lockfile",
    title: "Keep to the lockfile",
    why: "Outside of continuous integration an installation may write another lockfile, so two builds of one commit can differ. Told to keep to it, it stops when package.json and the lockfile disagree.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needed);
    let edits: Vec<Edit> =
        stages.flat_map(|(index, stage)| in_stage(analysis, index, stage)).collect();
    let verify = Some("docker build .  # the lockfile fits package.json".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, index: usize, stage: &Stage) -> Vec<Edit> {
    let edit = |(step, command): (&Step, RunCommand)| {
        let (flag, lockfiles) = match python::manager(&command) {
            Some(manager) => told_in_python(manager, step)?,
            None => told(node::manager(analysis, &command)?)?,
        };
        let locked = taken_before(analysis, (index, stage), step, lockfiles);
        (locked && is_open(&command)).then(|| match &command.words[..] {
            [name] => Edit::insert(command.end, format!("{} {flag}", verb(name))),
            _ => Edit::insert(command.end, format!(" {flag}")),
        })
    };
    stage_commands(analysis, stage).into_iter().filter_map(edit).collect()
}

/// `yarn` alone installs.
fn verb(name: &str) -> &'static str {
    if name == "yarn" { " install" } else { "" }
}

/// The flag that keeps a manager to its lockfile, and that file's names.
fn told(manager: Manager) -> Option<(&'static str, &'static [&'static str])> {
    match manager {
        Manager::Npm => None, // it has a command for it
        Manager::Yarn => Some(("--frozen-lockfile", &["yarn.lock"])),
        Manager::Berry => Some(("--immutable", &["yarn.lock"])),
        Manager::Pnpm => Some(("--frozen-lockfile", &["pnpm-lock.yaml"])),
        Manager::Bun => Some(("--frozen-lockfile", &["bun.lock", "bun.lockb"])),
    }
}

/// The same for Python. Poetry follows its lockfile by itself.
fn told_in_python(
    manager: python::Manager,
    step: &Step,
) -> Option<(&'static str, &'static [&'static str])> {
    let set = |name: &str| step.scope.environment.get(name).is_some();
    match manager {
        python::Manager::Uv if set("UV_FROZEN") || set("UV_LOCKED") => None,
        python::Manager::Uv => Some(("--frozen", &["uv.lock"])),
        python::Manager::Pipenv => Some(("--deploy", &["Pipfile.lock"])),
        python::Manager::Poetry => None,
    }
}

/// True for an installation that says nothing of the lockfile.
fn is_open(command: &RunCommand) -> bool {
    const SAID: [&str; 20] = [
        "--frozen-lockfile",
        "--no-frozen-lockfile",
        "--immutable",
        "--no-immutable",
        "--pure-lockfile",
        "--no-lockfile",
        "--lockfile-only",
        "--fix-lockfile",
        "--mode",
        "--no-save",
        "--force",
        "-f",
        "-g",
        "--global",
        "--frozen",
        "--locked",
        "--deploy",
        "--ignore-pipfile",
        "--skip-lock",
        "--upgrade",
    ];
    !command.has(&SAID)
        && !command.starts_with(&["yarn", "workspaces"])
        && !command.starts_with(&["bun", "ci"])
        && !command.starts_with(&["pipenv", "sync"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    fn text(files: &str, run: &str) -> String {
        format!("FROM node:20\nWORKDIR /app\nCOPY {files} ./\nRUN {run}\n")
    }

    #[test]
    fn tells_each_manager_in_its_words() {
        for (files, run, expected) in [
            ("package.json yarn.lock", "yarn", "yarn install --frozen-lockfile"),
            ("package.json yarn.lock", "yarn --production", "yarn --production --frozen-lockfile"),
            ("package.json yarn.lock .yarnrc.yml", "yarn install", "yarn install --immutable"),
            ("package.json pnpm-lock.yaml", "pnpm i -P", "pnpm i -P --frozen-lockfile"),
            ("package.json bun.lock", "bun install", "bun install --frozen-lockfile"),
            ("pyproject.toml uv.lock", "uv sync", "uv sync --frozen"),
            ("Pipfile Pipfile.lock", "pipenv install", "pipenv install --deploy"),
        ] {
            assert_eq!(after(&RECIPE, &text(files, run)), Some(text(files, expected)));
        }
    }

    #[test]
    fn package_json_tells_which_yarn_it_is() {
        let mut project = project(&text("package.json yarn.lock", "yarn"));
        let manifest = r#"{"packageManager": "yarn@4.9.1"}"#.to_owned();
        project.manifests.insert("package.json".to_owned(), manifest);
        let expected = text("package.json yarn.lock", "yarn install --immutable");
        assert_eq!(after_in(&RECIPE, project), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for (files, run) in [
            ("package.json", "yarn install"),
            ("package.json yarn.lock", "yarn install --frozen-lockfile"),
            ("package.json yarn.lock", "yarn add express"),
            ("package.json pnpm-lock.yaml", "pnpm install --no-frozen-lockfile"),
            ("package.json pnpm-lock.yaml", "pnpm add -g serve"),
            ("package*.json", "npm install"),
            ("pyproject.toml uv.lock", "uv sync --locked"),
            ("Pipfile Pipfile.lock", "pipenv sync"),
        ] {
            assert_eq!(after(&RECIPE, &text(files, run)), None, "{run}");
        }
    }
}
