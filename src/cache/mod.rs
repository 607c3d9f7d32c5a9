//! Cache simulation: which steps a change runs again, why, and for how long.
//!
//! A step is cached when its key was seen in the build before. Keys follow
//! BuildKit: see [`crate::graph::CacheKey`] and [`crate::filesystem::evaluate`].

mod change;
mod reason;

pub use change::{Change, typical};

use std::collections::HashSet;

use crate::filesystem::{Cost, Evaluation};
use crate::graph::{Base, CacheKey, Graph};
use crate::layers::round;
use crate::report::{CacheReport, Settings, StepReport, StepStatus};
use crate::syntax::Dockerfile;

/// A build and what it made.
#[derive(Clone, Copy)]
pub struct Build<'b> {
    /// The Dockerfile.
    pub dockerfile: &'b Dockerfile,
    /// Its graph.
    pub graph: &'b Graph,
    /// What following it gave.
    pub evaluation: &'b Evaluation,
}

/// Which steps of `after` run when `before` was built before it.
pub fn simulate(before: Build<'_>, after: Build<'_>, settings: &Settings) -> CacheReport {
    let seen: HashSet<CacheKey> =
        before.evaluation.stages.iter().flat_map(|s| s.steps.iter().map(|s| s.key)).collect();
    let mut steps = Vec::new();
    for (index, stage) in after.graph.stages.iter().enumerate() {
        let state = &after.evaluation.stages[index];
        for (position, (step, done)) in stage.steps.iter().zip(&state.steps).enumerate() {
            let instruction = &after.dockerfile.instructions[step.instruction];
            let configures = !step.operation.makes_layer();
            let status = match () {
                () if !stage.needed => StepStatus::Unneeded,
                () if configures || seen.contains(&done.key) => StepStatus::Cached,
                () => StepStatus::Run,
            };
            steps.push(StepReport {
                stage: index as u32,
                line: after.dockerfile.line(instruction.span.start),
                instruction: instruction.keyword.value.name().to_owned(),
                status,
                reason: reason::reason(before, after, (index, position), status, &seen),
                seconds: if configures {
                    0.0
                } else {
                    round(rebuild_seconds(&done.cost, settings))
                },
            });
        }
    }
    let runs = |stage: usize, position: usize| {
        let key = after.evaluation.stages[stage].steps[position].key;
        !seen.contains(&key)
    };
    CacheReport {
        change: String::new(),
        title: String::new(),
        seconds: round(critical_path(after.graph, |stage, position| match runs(stage, position) {
            true => rebuild_seconds(&after.evaluation.stages[stage].steps[position].cost, settings),
            false => 0.0,
        })),
        pushed_bytes: pushed(after, &seen),
        steps,
        problem: None,
    }
}

/// Seconds of a build with an empty cache, pulling the base images included.
pub fn cold_seconds(build: Build<'_>, settings: &Settings) -> f64 {
    let pulls =
        build.graph.stages.iter().zip(&build.evaluation.stages).filter_map(|(stage, state)| {
            let from_image = stage.needed && matches!(stage.base, Base::Image(_));
            from_image.then(|| state.image.compressed.expected as f64 / settings.bandwidth.max(1.0))
        });
    let pull = pulls.fold(0.0, f64::max);
    let steps = critical_path(build.graph, |stage, position| {
        let cost = &build.evaluation.stages[stage].steps[position].cost;
        cost.seconds + cost.network as f64 / settings.bandwidth.max(1.0)
    });
    round(pull + steps)
}

/// Seconds of a step in a build where cache mounts are filled.
fn rebuild_seconds(cost: &Cost, settings: &Settings) -> f64 {
    let network = cost.network.saturating_sub(cost.network_cached) as f64;
    cost.seconds - cost.seconds_cached + network / settings.bandwidth.max(1.0)
}

/// The longest chain of steps: stages run in parallel until one needs another.
fn critical_path(graph: &Graph, seconds: impl Fn(usize, usize) -> f64) -> f64 {
    let mut finish = vec![0.0_f64; graph.stages.len()];
    for index in graph.build_order() {
        let stage = &graph.stages[index];
        let mut now = match stage.base {
            Base::Stage(base) => finish[base],
            _ => 0.0,
        };
        for (position, step) in stage.steps.iter().enumerate() {
            let own = seconds(index, position);
            for origin in step.operation.stages() {
                now = now.max(finish[origin]);
            }
            now += own;
        }
        finish[index] = now;
    }
    graph.target.map_or(0.0, |target| finish[target])
}

/// Compressed bytes of the image's layers that are new.
fn pushed(build: Build<'_>, seen: &HashSet<CacheKey>) -> u64 {
    let mut total = 0;
    let mut next = build.graph.target;
    while let Some(index) = next {
        let stage = &build.graph.stages[index];
        let state = &build.evaluation.stages[index];
        for (step, done) in stage.steps.iter().zip(&state.steps) {
            if step.operation.makes_layer() && !seen.contains(&done.key) {
                total += done.compressed().expected;
            }
        }
        next = match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
    }
    total
}
