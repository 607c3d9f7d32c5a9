//! Installs what a Python project needs above its sources.

use super::place::{commands, copies_everything, is_plain_list};
use super::python::{Manager, manager};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;

/// Applies where uv, Poetry or Pipenv installs right below a copy of all
/// sources. It must not apply to workspaces and packages in local folders, whose
/// sources are needed, nor where a RUN between the two prepares something.
pub const RECIPE: Recipe = Recipe {
    id: "python-manifests-first",
    title: "Install the dependencies above the sources",
    why: "A layer is rebuilt when anything that is copied above it changes. With the dependencies in a layer of their own, below the manifests only, an edit of the sources installs at most the project itself.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut stages = analysis.graph.needed();
    let mut rewrite = stages.find_map(|stage| in_stage(analysis, stage))?;
    rewrite.verify =
        Some("docker build .  # twice, with an edit of the sources between".to_owned());
    Some(rewrite)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Rewrite> {
    let installs =
        |step: &Step| commands(analysis.instruction(step)).iter().any(|c| manager(c).is_some());
    let at = stage.steps.iter().position(installs)?;
    let (above, step) = (&stage.steps[..at], &stage.steps[at]);
    let instruction = analysis.instruction(step);
    let list = commands(instruction);
    let command = list.first().filter(|_| is_plain_list(instruction))?;
    let manager = manager(command)?;
    let copy_at = above.iter().position(copies_everything)?;
    let copy = &above[copy_at];
    let Operation::Copy(operation) = &copy.operation else { return None };
    let workdir = step.scope.workdir.trim_end_matches('/');
    let here = operation.destination.trim_end_matches('/') == workdir
        && copy.scope.workdir.trim_end_matches('/') == workdir;
    let prepared =
        above[copy_at + 1..].iter().any(|step| matches!(step.operation, Operation::Run(_)));
    let manifests = match manager {
        Manager::Uv => "pyproject.toml uv.lock",
        Manager::Poetry => "pyproject.toml poetry.lock",
        Manager::Pipenv => "Pipfile Pipfile.lock",
    };
    let sent = |name: &str| analysis.context.sent().any(|entry| entry.path == name);
    if !here || prepared || !manifests.split(' ').all(sent) || needs_sources(analysis) {
        return None;
    }
    let own = match manager {
        Manager::Uv => Some("--no-install-project"),
        Manager::Poetry => Some("--no-root"),
        Manager::Pipenv => None,
    };
    if own.is_some_and(|flag| command.has(&[flag])) && manager == Manager::Uv {
        return None; // the project is installed elsewhere, or not at all
    }
    let flags: String = instruction
        .flags
        .iter()
        .map(|flag| format!("{} ", analysis.dockerfile.text(flag.span)))
        .collect();
    let words = analysis.dockerfile.text(command.span);
    let flag = own.filter(|flag| !command.has(&[flag]));
    let more = flag.map(|flag| format!(" {flag}")).unwrap_or_default();
    let lines = [
        format!("{} {manifests} ./", analysis.keyword("COPY")),
        format!("{} {flags}{words}{more}", analysis.keyword("RUN")),
    ];
    let mut edits = vec![analysis.insert_before(analysis.instruction(copy), &lines)];
    // Without the project itself there is nothing left to install.
    if more.is_empty() && list.len() == 1 {
        edits.push(analysis.remove(instruction));
    } else if more.is_empty() {
        return None;
    }
    Some(Rewrite { edits, ..Rewrite::default() })
}

/// True where a manifest names folders of the project.
fn needs_sources(analysis: &Analysis<'_>) -> bool {
    let local = ["workspace", "path =", "path=", "editable"];
    let named = |path: &String| path.ends_with("pyproject.toml") || path.ends_with("Pipfile");
    let mut texts = analysis.project.manifests.iter().filter(|(path, _)| named(path));
    texts.any(|(_, text)| local.iter().any(|word| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Project;
    use crate::recipes::testing::{after, after_in, project};

    const HEAD: &str = "FROM python:3.12\nWORKDIR /app\n";

    #[test]
    fn leaves_the_project_itself_below() {
        for (before, above) in [
            (
                "uv sync --frozen --no-dev",
                "COPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-dev --no-install-project\n",
            ),
            (
                "poetry install --only main",
                "COPY pyproject.toml poetry.lock ./\nRUN poetry install --only main --no-root\n",
            ),
        ] {
            let text = format!("{HEAD}COPY . .\nRUN {before}\n");
            let expected = format!("{HEAD}{above}COPY . .\nRUN {before}\n");
            assert_eq!(after(&RECIPE, &text), Some(expected));
        }
    }

    #[test]
    fn nothing_is_left_of_what_installs_no_project() {
        let text = format!("{HEAD}COPY . .\nRUN pipenv sync --system\nCMD python a.py\n");
        let expected = format!(
            "{HEAD}COPY Pipfile Pipfile.lock ./\nRUN pipenv sync --system\nCOPY . .\nCMD python a.py\n"
        );
        assert_eq!(after(&RECIPE, &text), Some(expected));
    }

    #[test]
    fn an_edit_then_installs_no_packages_and_the_image_stays_as_large() {
        let text = format!("{HEAD}COPY . .\nRUN uv sync --frozen\n");
        let size = |dockerfile: String| {
            let project = Project { dockerfile, ..Project::default() };
            Analysis::new(&project).image.size.expected
        };
        let (before, after) = (size(text.clone()), size(after(&RECIPE, &text).unwrap()));
        assert!(after < before + before / 100, "{before} to {after}");
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project\nCOPY . .\nRUN uv sync --frozen\n",
            "COPY . .\nRUN pip install uv\nRUN uv sync\n",
            "COPY . .\nRUN pip install uv && uv sync\n",
            "COPY . /srv\nRUN uv sync\n",
            "COPY . .\nRUN poetry install --no-root && poetry run build\n",
        ] {
            assert_eq!(after(&RECIPE, &format!("{HEAD}{text}")), None, "{text}");
        }
        let mut project = project(&format!("{HEAD}COPY . .\nRUN uv sync\n"));
        let manifest = "[project]\nname = 'a'\n[tool.uv.workspace]\nmembers = ['lib']\n".to_owned();
        project.manifests.insert("pyproject.toml".to_owned(), manifest);
        assert_eq!(after_in(&RECIPE, project), None);
    }
}
