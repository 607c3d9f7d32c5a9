//! Keeps the caches of pip, uv and Poetry out of the image.

use super::place::{RunCommand, commands, image_steps, mounts_cache};
use super::{Edit, Recipe, Rewrite, python};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::graph::{Operation, Step};
use crate::report::{Applicability, Kind};
use crate::syntax::Variables;

/// Applies where a layer of the image that is shipped keeps what pip, uv or
/// Poetry downloaded. It must not apply where a mount holds the cache or a
/// variable turns it off or moves it.
pub const RECIPE: Recipe = Recipe {
    id: "pip-no-cache",
    title: "Do not keep pip's cache",
    why: "pip, uv and Poetry keep what they download or build; nothing reads it when the image runs.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stores = |state: &StepState| {
        let mut caches =
            state.written.entries.iter().filter(|(_, entry)| entry.kind == Kind::Cache);
        caches.any(|(path, _)| ["pip", "/uv", "pypoetry"].iter().any(|part| path.contains(part)))
    };
    let steps = image_steps(analysis);
    let edits: Vec<Edit> = steps
        .filter(|(step, state)| stores(state) && !is_covered(analysis, step))
        .flat_map(|(step, _)| {
            let commands = commands(analysis.instruction(step)).into_iter();
            commands.filter_map(move |command| edit(step, &command))
        })
        .collect();
    Rewrite::of(edits, None)
}

/// Tells a command not to keep what it downloads.
fn edit(step: &Step, command: &RunCommand) -> Option<Edit> {
    let set = |name: &str| step.scope.environment.get(name).is_some();
    let uv = ["sync", "pip"].iter().any(|verb| command.starts_with(&["uv", verb]));
    if python::is_pip_install(command) {
        let open = !command.has(&["--no-cache-dir", "--cache-dir"]) && !set("PIP_NO_CACHE_DIR");
        return open.then(|| {
            Edit::insert(command.end_of("install").unwrap_or(command.end), " --no-cache-dir")
        });
    }
    if uv {
        let open = !command.has(&["--no-cache", "-n", "--no-cache-dir", "--cache-dir"])
            && !set("UV_NO_CACHE");
        return open.then(|| Edit::insert(command.end, " --no-cache"));
    }
    // Poetry has no switch for its archives, and may keep environments beside them.
    let root = step.scope.is_root() && !set("POETRY_CACHE_DIR") && !set("HOME");
    (root && python::manager(command) == Some(python::Manager::Poetry)).then(|| {
        let folders = "/root/.cache/pypoetry/artifacts /root/.cache/pypoetry/cache";
        Edit::insert(command.end, format!(" && rm -rf {folders}"))
    })
}

/// True where the cache is held elsewhere or removed at once.
fn is_covered(analysis: &Analysis<'_>, step: &Step) -> bool {
    if !matches!(step.operation, Operation::Run(_)) {
        return true;
    }
    let mounted = mounts_cache(step, |target| target.contains("cache"));
    let removed = commands(analysis.instruction(step)).iter().any(|command| {
        let words = command.words.join(" ");
        (command.name() == "rm" && words.contains("cache"))
            || ["cache purge", "cache clean", "cache prune", "cache clear"]
                .iter()
                .any(|clean| words.contains(clean))
    });
    mounted || removed
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
    fn tells_uv_and_cleans_after_poetry() {
        for (before, expected) in [
            ("uv sync --frozen", "uv sync --frozen --no-cache"),
            ("uv pip install --system flask", "uv pip install --system flask --no-cache"),
            (
                "poetry install",
                "poetry install && rm -rf /root/.cache/pypoetry/artifacts /root/.cache/pypoetry/cache",
            ),
        ] {
            let text = |run: &str| format!("FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN {run}\n");
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN uv sync --no-cache",
            "ENV UV_NO_CACHE=1\nRUN uv sync",
            "RUN --mount=type=cache,target=/root/.cache/uv uv sync",
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
