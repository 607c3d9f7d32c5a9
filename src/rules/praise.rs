//! What is good about a Dockerfile, said where there is nothing to improve.

use crate::analysis::Analysis;
use crate::graph::{Operation, Origin};
use crate::syntax::Body;

/// Good points that the file really has.
pub fn praise(analysis: &Analysis<'_>) -> Vec<String> {
    let good: [(bool, &str); 7] = [
        (
            is_multi_stage(analysis),
            "It builds in one stage and ships another: build tools stay out of the image.",
        ),
        (has_small_base(analysis), "Its final stage starts from a small base image."),
        (
            manifests_first(analysis),
            "Manifests are copied before the sources: an edit does not install dependencies again.",
        ),
        (analysis.image.wasted == 0, "No layer stores bytes that a later one hides."),
        (runs_as_user(analysis), "It does not run as root."),
        (has(analysis, |body| matches!(body, Body::Healthcheck(Some(_)))), "It has a HEALTHCHECK."),
        (!analysis.ignore.patterns.is_empty(), "A .dockerignore keeps the build context small."),
    ];
    if analysis.graph.stages.is_empty() {
        return Vec::new();
    }
    good.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text.to_owned()).collect()
}

fn is_multi_stage(analysis: &Analysis<'_>) -> bool {
    let needed = analysis.graph.needed().count();
    needed > 1
}

fn has_small_base(analysis: &Analysis<'_>) -> bool {
    let target = analysis.graph.target.map(|target| &analysis.evaluation.stages[target]);
    target.is_some_and(|state| state.image.bytes.expected < 200_000_000)
}

/// A context copy of single files comes before a RUN, and a whole folder later.
fn manifests_first(analysis: &Analysis<'_>) -> bool {
    analysis.graph.stages.iter().any(|stage| {
        let copies = stage.steps.iter().filter_map(|step| match &step.operation {
            Operation::Copy(copy) if copy.origin == Origin::Context => {
                Some(copy.sources.iter().all(|s| !matches!(&**s, "." | "./")))
            }
            _ => None,
        });
        copies.take(1).any(|single_files| single_files)
    })
}

fn runs_as_user(analysis: &Analysis<'_>) -> bool {
    let target = analysis.graph.target.map(|target| &analysis.graph.stages[target]);
    target.is_some_and(|stage| !stage.end.is_root())
}

fn has(analysis: &Analysis<'_>, test: impl Fn(&Body) -> bool) -> bool {
    let Some(target) = analysis.graph.target else { return false };
    let steps = analysis.graph.stages[target].steps.iter();
    steps.map(|step| &analysis.dockerfile.instructions[step.instruction].body).any(test)
}
