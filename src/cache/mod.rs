//! Cache simulation: which steps a change runs again, why, and for how long.
//!
//! A step is cached when its key was seen in the build before. Keys follow
//! BuildKit: see [`crate::graph::CacheKey`] and [`crate::filesystem::evaluate`].

pub mod buildlog;
mod change;
pub mod gitlog;
mod modes;
mod reason;
pub mod replay;
mod schedule;
mod weights;

pub use change::{Altered, Change, Scenario, Sources, typical};
pub use weights::weekly;

use crate::filesystem::{Cost, Evaluation, Timing};
use crate::graph::{Base, CacheKey, Graph, Operation};
use crate::layers::round;
use crate::report::{CacheReport, Settings, StepReport, StepStatus};
use crate::sorted::Map;
use crate::syntax::Dockerfile;
use crate::units::EvidenceKind;
use schedule::{Places, Schedule};

/// Stands between changes that happen at once.
pub const BETWEEN: &str = " + ";

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
    let comparison = Comparison::new(before, after);
    let schedule = comparison.schedule(settings);
    let mut steps = Vec::new();
    for (index, stage) in after.graph.stages.iter().enumerate() {
        let instructions = stage.steps.iter().map(|step| step.instruction);
        let instructions = std::iter::once(stage.instruction).chain(instructions);
        for (place, instruction) in instructions.enumerate() {
            let instruction = &after.dockerfile.instructions[instruction];
            let status = comparison.status(index, place);
            steps.push(StepReport {
                stage: index as u32,
                line: after.dockerfile.line(instruction.span.start),
                instruction: instruction.keyword.value.name().to_owned(),
                text: after.dockerfile.one_line(instruction),
                status,
                reason: comparison.reason(index, place, status),
                seconds: match comparison.executes(index, place) {
                    true => round(comparison.seconds(index, place, settings)),
                    false => 0.0,
                },
                seconds_from: timing(after, index, place),
                start: round(schedule.start(index, place)),
                on_critical_path: schedule.is_critical(index, place),
                unrepeatable: place.checked_sub(1).and_then(|step| {
                    after.evaluation.stages[index].steps[step].unrepeatable.clone()
                }),
            });
        }
    }
    CacheReport {
        change: String::new(),
        changes: Vec::new(),
        title: String::new(),
        seconds: round(schedule.seconds),
        pushed_bytes: pushed(&comparison),
        modes: modes::modes(&comparison, settings),
        steps,
        problem: None,
    }
}

/// Seconds of what [`simulate`] reports, without the rest of it.
pub fn seconds(before: Build<'_>, after: Build<'_>, settings: &Settings) -> f64 {
    round(Comparison::new(before, after).schedule(settings).seconds)
}

/// The keys of all that a build has made, in order.
struct Keys(Vec<CacheKey>);

impl Keys {
    fn of(build: Build<'_>) -> Self {
        let stages = build.graph.stages.iter().zip(&build.evaluation.stages);
        let mut keys = Vec::new();
        for (_, state) in stages.filter(|(stage, _)| stage.needed) {
            keys.push(state.base_key);
            keys.extend(state.steps.iter().map(|step| step.key));
        }
        keys.sort_unstable();
        Self(keys)
    }

    fn has(&self, key: CacheKey) -> bool {
        self.0.binary_search(&key).is_ok()
    }
}

/// A build after another one.
struct Comparison<'b> {
    before: Build<'b>,
    after: Build<'b>,
    places: Places,
    /// What the builder does with each place.
    statuses: Vec<StepStatus>,
    /// The first step of each stage that runs.
    first_run: Vec<Option<usize>>,
    /// Steps that find in the cache what another step of this very build has
    /// put there, and that other step; both as stage and position.
    twins: Map<(usize, usize), (usize, usize)>,
}

impl<'b> Comparison<'b> {
    fn new(before: Build<'b>, after: Build<'b>) -> Self {
        let seen = Keys::of(before);
        let mut comparison = Self {
            before,
            after,
            places: Places::new(after.graph),
            statuses: Vec::new(),
            first_run: Vec::new(),
            twins: twins(after, &seen),
        };
        for (stage, state) in after.evaluation.stages.iter().enumerate() {
            let places = 0..=state.steps.len();
            let statuses = places.map(|place| comparison.find_status(&seen, stage, place));
            let statuses: Vec<StepStatus> = statuses.collect();
            let runs = |status: &StepStatus| *status == StepStatus::Run;
            comparison.first_run.push(statuses.iter().skip(1).position(runs));
            comparison.statuses.extend(statuses);
        }
        comparison
    }

    /// What the builder does with a step of a stage; place 0 is the FROM.
    fn status(&self, stage: usize, place: usize) -> StepStatus {
        self.statuses[self.places.number((stage, place))]
    }

    /// The same by the keys of what the build before made.
    fn find_status(&self, seen: &Keys, stage: usize, place: usize) -> StepStatus {
        let state = &self.after.evaluation.stages[stage];
        let (key, is_twin) = match place.checked_sub(1) {
            None => (state.base_key, false),
            Some(step) => (state.steps[step].key, self.twins.contains_key(&(stage, step))),
        };
        match () {
            () if !self.after.graph.stages[stage].needed => StepStatus::Unneeded,
            () if !self.executes(stage, place) || is_twin || seen.has(key) => StepStatus::Cached,
            () => StepStatus::Run,
        }
    }

    /// Seconds of a step if it runs; place 0 is the FROM.
    fn seconds(&self, stage: usize, place: usize, settings: &Settings) -> f64 {
        match place.checked_sub(1) {
            None => pull_seconds(self.after, stage, settings),
            Some(step) => {
                rebuild_seconds(&self.after.evaluation.stages[stage].steps[step].cost, settings)
            }
        }
    }

    /// When the steps that run do so.
    fn schedule(&self, settings: &Settings) -> Schedule {
        Schedule::new(self.after.graph, &|stage, place| match self.status(stage, place) {
            StepStatus::Run => self.seconds(stage, place, settings),
            StepStatus::Cached | StepStatus::Unneeded => 0.0,
        })
    }

    /// True when there is something to run, or to pull.
    fn executes(&self, stage: usize, place: usize) -> bool {
        let stage = &self.after.graph.stages[stage];
        match place.checked_sub(1) {
            None => matches!(stage.base, Base::Image(_)),
            Some(step) => stage.steps[step].operation.makes_layer(),
        }
    }
}

/// Steps that find in the cache what another step of this very build has put
/// there, and that other step. When they are written alike they are one step to
/// BuildKit, and both run.
fn twins(after: Build<'_>, seen: &Keys) -> Map<(usize, usize), (usize, usize)> {
    let graph = after.graph;
    let mut twins = Map::new();
    let mut made: Map<CacheKey, (usize, usize)> = Map::new();
    for stage in graph.build_order().iter().filter(|stage| graph.stages[**stage].needed) {
        let steps = &graph.stages[*stage].steps;
        for (position, state) in after.evaluation.stages[*stage].steps.iter().enumerate() {
            let operation = &steps[position].operation;
            if !operation.makes_layer() || seen.has(state.key) {
                continue;
            }
            let first = *made.entry(state.key).or_insert((*stage, position));
            if !are_one(&graph.stages[first.0].steps[first.1].operation, operation) {
                twins.insert((*stage, position), first);
            }
        }
    }
    twins
}

/// True when two operations of one key are one to BuildKit, wherever they are
/// written.
fn are_one(a: &Operation, b: &Operation) -> bool {
    match (a, b) {
        (Operation::Run(a), Operation::Run(b)) => a.mounts == b.mounts,
        (a, b) => a == b,
    }
}

/// Seconds of a build with an empty cache, pulling the base images included.
pub fn cold_seconds(build: Build<'_>, settings: &Settings) -> f64 {
    let schedule = Schedule::new(build.graph, &|stage, place| match place.checked_sub(1) {
        None => pull_seconds(build, stage, settings),
        Some(step) => full_seconds(&build.evaluation.stages[stage].steps[step].cost, settings),
    });
    round(schedule.seconds)
}

/// Seconds to pull the image that a stage starts from.
fn pull_seconds(build: Build<'_>, stage: usize, settings: &Settings) -> f64 {
    match build.graph.stages[stage].base {
        Base::Image(_) => {
            let image = &build.evaluation.stages[stage].image;
            image.compressed.expected as f64 / settings.bandwidth.max(1.0)
        }
        Base::Scratch | Base::Stage(_) => 0.0,
    }
}

/// How the seconds of a step are known; place 0 is the FROM.
fn timing(build: Build<'_>, stage: usize, place: usize) -> EvidenceKind {
    let step = place.checked_sub(1).map(|step| &build.evaluation.stages[stage].steps[step]);
    match step.map(|step| step.cost.timing) {
        Some(Timing::Measured) => EvidenceKind::Measured,
        // The base image's bytes over the bandwidth, or the estimate times what
        // other steps took.
        None | Some(Timing::Scaled) => EvidenceKind::Derived,
        Some(Timing::Modelled) => EvidenceKind::Typical,
    }
}

/// Seconds of a step in a build where cache mounts are empty.
fn full_seconds(cost: &Cost, settings: &Settings) -> f64 {
    cost.seconds + cost.network as f64 / settings.bandwidth.max(1.0)
}

/// Seconds of a step in a build where cache mounts are filled.
fn rebuild_seconds(cost: &Cost, settings: &Settings) -> f64 {
    let network = cost.network.saturating_sub(cost.network_cached) as f64;
    cost.seconds - cost.seconds_cached + network / settings.bandwidth.max(1.0)
}

/// Compressed bytes of the image's layers that are new.
fn pushed(comparison: &Comparison<'_>) -> u64 {
    let build = comparison.after;
    let mut total = 0;
    for index in build.graph.target.into_iter().flat_map(|target| build.graph.chain(target)) {
        for (place, done) in (1..).zip(&build.evaluation.stages[index].steps) {
            if comparison.status(index, place) == StepStatus::Run {
                total += done.compressed().expected;
            }
        }
    }
    total
}
