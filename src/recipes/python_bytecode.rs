//! Keeps byte code that Python writes as it runs out of the layers.

use super::place::image_steps;
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::graph::Operation;
use crate::report::Applicability;

/// Applies where a RUN of the image that is shipped leaves byte code of the
/// standard library or of pip in its layer. What pip installs is compiled all
/// the same: it does that itself. It must not apply where a variable says
/// something already.
pub const RECIPE: Recipe = Recipe {
    id: "python-dont-write-bytecode",
    title: "Do not store byte code that a build leaves",
    why: "The official images have no byte code of the standard library and of pip: their first run in a build leaves it in the layer. In exchange a module of the standard library is compiled anew each time that a container starts, which takes milliseconds.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let leaves = |state: &StepState| {
        state.written.entries.iter().any(|(path, _)| path.ends_with("/(byte code)"))
    };
    let mut steps = image_steps(analysis);
    let (step, _) =
        steps.find(|(step, state)| matches!(step.operation, Operation::Run(_)) && leaves(state))?;
    let line = format!("{} PYTHONDONTWRITEBYTECODE=1", analysis.keyword("ENV"));
    let edit = analysis.insert_before(analysis.instruction(step), &[line]);
    let verify = "docker build -t app . && docker run --rm app".to_owned();
    Some(Rewrite { edits: vec![edit], verify: Some(verify), ..Rewrite::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn stands_above_the_first_run_that_leaves_some() {
        let before = "FROM python:3.12-slim\nWORKDIR /app\n# What it needs\nRUN pip install flask\nRUN pip install requests\n";
        let expected = "FROM python:3.12-slim\nWORKDIR /app\nENV PYTHONDONTWRITEBYTECODE=1\n# What it needs\nRUN pip install flask\nRUN pip install requests\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM python:3.12-slim\nENV PYTHONDONTWRITEBYTECODE=1\nRUN pip install flask\n",
            "FROM python:3.12-slim\nCOPY . .\nCMD [\"python\", \"a.py\"]\n",
            "FROM debian:12\nRUN pip install flask\n",
            "FROM python:3.12 AS b\nRUN pip install flask\nFROM python:3.12-slim\nCOPY --from=b /x /x\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
