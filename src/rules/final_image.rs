//! The steps that the final image is made of.

use crate::analysis::Analysis;
use crate::filesystem::{Entry, StepState, Tree};
use crate::graph::Step;

/// The steps whose layers are in the image, the lowest first, with what each did.
pub fn steps<'a>(analysis: &'a Analysis<'_>) -> Vec<(&'a Step, &'a StepState)> {
    let graph = &analysis.graph;
    let stages = graph.target.into_iter().flat_map(|target| graph.chain(target).into_iter().rev());
    let steps = |stage: usize| {
        let states = analysis.evaluation.stages[stage].steps.iter().map(AsRef::as_ref);
        graph.stages[stage].steps.iter().zip(states)
    };
    stages.flat_map(steps).collect()
}

/// What the image shows at its end; `None` without a stage.
pub fn end<'a>(analysis: &'a Analysis<'_>) -> Option<&'a Tree> {
    Some(&analysis.evaluation.stages[analysis.graph.target?].tree)
}

/// True when the image still shows what a step wrote.
pub fn shows(end: &Tree, path: &str, entry: &Entry) -> bool {
    end.get(path).is_some_and(|now| now.layer == entry.layer)
}

/// A few names for a message: `a, b and 3 more`.
pub fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    match names.len() {
        0..=SHOWN => names.join(", "),
        all => format!("{} and {} more", names[..SHOWN].join(", "), all - SHOWN),
    }
}
