//! Runs Python on the slim variant of its image.

use super::base::{self, named};
use super::place::stage_commands;
use super::{Edit, Recipe, Rewrite, apt, python, python_multi_stage};
use crate::analysis::Analysis;
use crate::graph::Origin;
use crate::report::Applicability;

/// Applies where the final stage starts from a full official Python image and
/// neither installs build packages nor calls what the slim one lacks. It must
/// not apply where a known requirement is compiled on installation.
pub const RECIPE: Recipe = Recipe {
    id: "python-slim",
    title: "Run on the slim variant of the Python image",
    why: "The full image brings compilers and the headers of some thirty libraries. Wheels need none of them; a requirement without a wheel for your platform would need a build stage.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (_, stage) = analysis.target()?;
    let (reference, place) = named(analysis, stage)?;
    let slim = python::slim_variant(analysis.catalog, reference)?;
    let builds = stage_commands(analysis, stage).iter().any(|(_, command)| {
        apt::packages(command).iter().any(|name| python_multi_stage::is_build_package(name))
    });
    // What another Python stage compiled may want libraries of the full image.
    let from_python = stage.steps.iter().flat_map(|step| step.operation.stages()).any(|origin| {
        crate::graph::repository(&analysis.evaluation.stages[origin].image.reference) == "python"
    });
    let bound = stage.steps.iter().any(|step| match &step.operation {
        crate::graph::Operation::Run(run) => {
            run.mounts.iter().any(|mount| matches!(mount.origin, Origin::Stage(_)))
        }
        _ => false,
    });
    let needs_full = base::calls_full_image(analysis, stage, &stage.steps)
        || python::needs_compiler(analysis, stage);
    if builds || from_python || bound || needs_full {
        return None;
    }
    Some(Rewrite {
        edits: vec![Edit::replace(place, slim)],
        verify: Some(
            "docker build -t app . && docker run --rm --entrypoint python app -m pip check"
                .to_owned(),
        ),
        ..Rewrite::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    #[test]
    fn takes_the_slim_variant_of_the_same_version() {
        for (before, expected) in [
            ("python:3.12", "python:3.12-slim"),
            ("python:3.11-bookworm", "python:3.11-slim-bookworm"),
            ("python", "python:slim"),
            ("docker.io/library/python:3.12", "docker.io/library/python:3.12-slim"),
        ] {
            let text = |image: &str| format!("FROM {image}\nRUN pip install flask\n");
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM python:3.12-slim\nRUN pip install flask\n",
            "FROM python:3.12-alpine\nRUN pip install flask\n",
            "FROM corp/python:3.12\nRUN pip install flask\n",
            "ARG V=3.12\nFROM python:$V\nRUN pip install flask\n",
            "FROM python:3.12\nRUN git clone https://x/y\n",
            "FROM python:3.12\nRUN pip install psycopg2\n",
            "FROM python:3.12\nRUN pip install git+https://x/y\n",
            "FROM python:3.12\nRUN pip install flask\nHEALTHCHECK CMD curl -f http://localhost\n",
            "FROM python:3.12\nRUN apt-get update && apt-get install -y libpq-dev\nRUN pip install flask\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }

    #[test]
    fn reads_the_requirements() {
        let mut project =
            project("FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\n");
        project.manifests.insert("requirements.txt".to_owned(), "mysqlclient==2.2\n".to_owned());
        assert_eq!(after_in(&RECIPE, project), None);
    }
}
