//! Leaves out what only developers of a Python project need.

use super::place::{RunCommand, stage_commands};
use super::python::{Manager, copies_sources_before, manager};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Span, Variables};

/// Applies to uv, Poetry and Pipenv where they install the groups for
/// development too. It must not apply where the build runs tests or checks, or
/// where the project is known to have no such groups.
pub const RECIPE: Recipe = Recipe {
    id: "python-production-dependencies",
    title: "Install production dependencies only",
    why: "Test runners and type checkers are needed to develop, not to run. Poetry's --no-root also leaves out the project itself where its sources come later.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = || analysis.graph.needed();
    if stages().any(|stage| checks(analysis, stage)) || has_no_groups(analysis) {
        return None;
    }
    let edits: Vec<Edit> = stages().flat_map(|stage| in_stage(analysis, stage)).collect();
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Vec<Edit> {
    let edit = |(step, command): (&Step, RunCommand)| match manager(&command)? {
        Manager::Uv => uv(step, &command),
        Manager::Poetry => poetry(stage, step, &command),
        Manager::Pipenv => without(&command, &["--dev", "-d"]),
    };
    stage_commands(analysis, stage).into_iter().filter_map(edit).collect()
}

fn uv(step: &Step, command: &RunCommand) -> Option<Edit> {
    const SAID: [&str; 8] = [
        "--dev",
        "--no-dev",
        "--only-dev",
        "--group",
        "--no-group",
        "--only-group",
        "--all-groups",
        "--no-default-groups",
    ];
    let open = !command.has(&SAID) && step.scope.environment.get("UV_NO_DEV").is_none();
    open.then(|| Edit::insert(command.end, " --no-dev"))
}

fn poetry(stage: &Stage, step: &Step, command: &RunCommand) -> Option<Edit> {
    const SAID: [&str; 5] = ["--only", "--without", "--with", "--no-dev", "--only-root"];
    if command.has(&SAID) {
        return None;
    }
    let root = command.has(&["--no-root"]) || copies_sources_before(stage, step);
    let more = if root { "" } else { " --no-root" };
    Some(Edit::insert(command.end, format!(" --only main{more}")))
}

/// Takes the first of these flags out, with the space before it.
pub fn without(command: &RunCommand, flags: &[&str]) -> Option<Edit> {
    let at = command.words.iter().position(|word| flags.contains(&word.as_str()))?;
    let before = command.places.get(at.checked_sub(1)?)?;
    Some(Edit::replace(Span { start: before.end, end: command.places[at].end }, ""))
}

/// True when the stage runs what only development needs.
fn checks(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const CHECKS: [&str; 10] = [
        "pytest", "tox", "nox", "mypy", "ruff", "flake8", "black", "pylint", "coverage", "unittest",
    ];
    let all = stage_commands(analysis, stage).into_iter();
    all.flat_map(|(_, command)| command.words).any(|word| CHECKS.contains(&word.as_str()))
}

/// True when the project's manifest was given and has no groups for development.
fn has_no_groups(analysis: &Analysis<'_>) -> bool {
    let mut given = analysis.manifests.files.values().filter_map(|manifest| match manifest {
        Manifest::Pyproject(read) => Some(read.groups.is_empty()),
        Manifest::Pipfile(packages) => Some(!packages.iter().any(|package| package.dev)),
        _ => None,
    });
    given.next().is_some_and(|first| first && given.all(|other| other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    fn text(run: &str) -> String {
        format!(
            "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml *.lock ./\nRUN {run}\nCOPY . .\n"
        )
    }

    #[test]
    fn tells_each_manager_in_its_words() {
        for (before, expected) in [
            ("uv sync --frozen", "uv sync --frozen --no-dev"),
            ("poetry install", "poetry install --only main --no-root"),
            ("poetry install --no-root -v", "poetry install --no-root -v --only main"),
            ("pipenv install --dev --system", "pipenv install --system"),
        ] {
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
        let before = "FROM python:3.12\nCOPY . .\nRUN poetry install\n";
        let expected = "FROM python:3.12\nCOPY . .\nRUN poetry install --only main\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for run in [
            "uv sync --group docs",
            "poetry install --without dev",
            "poetry install && poetry run pytest",
            "pipenv sync",
            "uv pip install flask",
        ] {
            assert_eq!(after(&RECIPE, &text(run)), None, "{run}");
        }
        let mut project = project(&text("uv sync"));
        let manifest = "[project]\nname = 'a'\ndependencies = ['flask']\n".to_owned();
        project.manifests.insert("pyproject.toml".to_owned(), manifest);
        assert_eq!(after_in(&RECIPE, project), None);
    }
}
