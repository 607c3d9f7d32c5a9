//! Keeps pip's cache out of the image.

use super::place::{RunCommand, commands, mounts_cache};
use super::{Edit, Recipe, Rewrite, python};
use crate::analysis::Analysis;
use crate::graph::{Operation, Step};
use crate::report::{Applicability, Kind};
use crate::syntax::Variables;

/// Applies where the final image keeps what pip downloaded. It must not apply
/// where a mount holds the cache or a variable turns it off.
pub const RECIPE: Recipe = Recipe {
    id: "pip-no-cache",
    title: "Do not keep pip's cache",
    why: "pip keeps every wheel that it downloads or builds; nothing reads them when the image runs.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let tree = &analysis.evaluation.stages[target].tree;
    let kept = tree.iter().any(|(path, entry)| entry.kind == Kind::Cache && path.contains("pip"));
    if !kept {
        return None;
    }
    let stages =
        analysis.graph.chain(target).into_iter().map(|index| &analysis.graph.stages[index]);
    let steps = stages.flat_map(|stage| &stage.steps).filter(|step| !is_covered(analysis, step));
    let edits: Vec<Edit> = steps
        .flat_map(|step| commands(analysis.instruction(step)))
        .filter(keeps_cache)
        .filter_map(|command| Some(Edit::insert(command.end_of("install")?, " --no-cache-dir")))
        .collect();
    (!edits.is_empty()).then(|| Rewrite { edits, ..Rewrite::default() })
}

fn keeps_cache(command: &RunCommand) -> bool {
    python::is_pip_install(command) && !command.has(&["--no-cache-dir", "--cache-dir"])
}

/// True where the cache is held elsewhere, turned off, or removed at once.
fn is_covered(analysis: &Analysis<'_>, step: &Step) -> bool {
    if !matches!(step.operation, Operation::Run(_)) {
        return true;
    }
    let mounted = mounts_cache(step, |target| target.contains("cache"));
    let removed = commands(analysis.instruction(step)).iter().any(|command| {
        let words = command.words.join(" ");
        (command.name() == "rm" && words.contains("cache")) || words.contains("cache purge")
    });
    mounted || removed || step.scope.environment.get("PIP_NO_CACHE_DIR").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn tells_every_installation() {
        let before = "FROM python:3.12\nRUN pip install -U pip && pip3 install flask\nRUN python -m pip install -r r.txt\n";
        let expected = "FROM python:3.12\nRUN pip install --no-cache-dir -U pip && pip3 install --no-cache-dir flask\nRUN python -m pip install --no-cache-dir -r r.txt\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN pip install --no-cache-dir flask",
            "ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask",
            "RUN --mount=type=cache,target=/root/.cache/pip pip install flask",
            "RUN pip install flask && rm -rf /root/.cache",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12\n{text}\n")), None, "{text}");
        }
    }

    #[test]
    fn a_build_stage_may_keep_it() {
        let text = "FROM python:3.12 AS build\nRUN pip install flask\nFROM alpine\nCOPY --from=build /x /x\n";
        assert_eq!(after(&RECIPE, text), None);
    }
}
