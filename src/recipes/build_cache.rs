//! Keeps a compiler's cache between builds.

use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Step};
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to RUNs that compile with a tool whose cache speeds up the next
/// build, in a stage that runs as root. It must not apply where the RUN has a
/// mount already, or where a variable moves the cache.
pub const RECIPE: Recipe = Recipe {
    id: "build-cache",
    title: "Keep the compiler's cache between builds",
    why: "An edit runs the compilation again from nothing. A cache mount keeps what the compiler made: it is in no layer, and the next build on the same builder compiles only what changed.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A command's first words, its cache for root, and the variable that moves it.
const CACHES: [(&[&str], &str, &str); 3] = [
    (&["go", "build"], "/root/.cache/go-build", "GOCACHE"),
    (&["go", "install"], "/root/.cache/go-build", "GOCACHE"),
    (&["go", "test"], "/root/.cache/go-build", "GOCACHE"),
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().filter(|stage| stage.needed);
    let edits: Vec<Edit> = stages
        .flat_map(|stage| &stage.steps)
        .filter_map(|step| {
            let instruction = analysis.instruction(step);
            let cache = cache(step, &commands(instruction))?;
            let mount = format!(" --mount=type=cache,target={cache}");
            Some(Edit::insert(instruction.keyword.span.end, mount))
        })
        .collect();
    let verify =
        Some("docker build . twice, with an edit between: the second is faster".to_owned());
    (!edits.is_empty()).then(|| Rewrite { edits, verify, ..Rewrite::default() })
}

fn cache(step: &Step, commands: &[RunCommand]) -> Option<&'static str> {
    let Operation::Run(run) = &step.operation else { return None };
    if !run.mounts.is_empty() || !matches!(step.scope.user.as_str(), "" | "root" | "0") {
        return None;
    }
    let (_, cache, _) = CACHES.iter().find(|(words, _, variable)| {
        let moved = step.scope.environment.get(variable).is_some()
            || step.scope.environment.get("HOME").is_some();
        !moved
            && commands.iter().any(|command| {
                command.starts_with(words)
                    && !command.assignments.iter().any(|(name, _)| name == variable)
            })
    })?;
    Some(cache)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn mounts_the_cache() {
        let before =
            "FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /s .\n";
        let expected = "FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /s .\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN --mount=type=cache,target=/root/.cache/go-build go build .",
            "ENV GOCACHE=/c\nRUN go build .",
            "USER app\nRUN go build .",
            "RUN go mod download",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM golang:1.24\n{text}\n")), None, "{text}");
        }
    }
}
