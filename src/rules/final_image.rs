//! The steps that the final image is made of.

use crate::analysis::Analysis;
use crate::filesystem::{Entry, StepState, Tree};
use crate::graph::{Base, Step};

/// The steps whose layers are in the image, the lowest first, with what each did.
pub fn steps<'a>(analysis: &'a Analysis<'_>) -> Vec<(&'a Step, &'a StepState)> {
    let mut chain = Vec::new();
    let mut next = analysis.graph.target;
    while let Some(index) = next {
        let stage = &analysis.graph.stages[index];
        chain.push((stage, &analysis.evaluation.stages[index]));
        next = match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
    }
    let stages = chain.into_iter().rev();
    stages.flat_map(|(stage, state)| stage.steps.iter().zip(&state.steps)).collect()
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
