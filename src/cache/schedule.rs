//! When each step of a build starts, and which steps its length hangs on.
//!
//! BuildKit starts a step as soon as all that it needs is there: the step above
//! it, and the ends of the stages that it takes files from.

use std::ops::Range;

use crate::graph::{Graph, Operation};

/// A stage's index and a place in it: 0 is its FROM, its steps follow.
type Place = (usize, usize);

/// Every FROM and every step of a graph as a number, in the order of the report.
pub(super) struct Places {
    /// The number of each stage's FROM, and what would come after the last stage.
    first: Vec<usize>,
}

impl Places {
    pub fn new(graph: &Graph) -> Self {
        let mut first = Vec::with_capacity(graph.stages.len() + 1);
        first.push(0);
        let mut next = 0;
        first.extend(graph.stages.iter().map(|stage| {
            next += stage.steps.len() + 1;
            next
        }));
        Self { first }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.first.last().copied().unwrap_or_default()
    }

    pub fn number(&self, (stage, place): Place) -> usize {
        self.first[stage] + place
    }

    /// All of a stage: its FROM and its steps.
    pub fn of(&self, stage: usize) -> Range<usize> {
        self.first[stage]..self.first[stage + 1]
    }

    /// The last step of a stage.
    pub fn last(&self, stage: usize) -> usize {
        self.first[stage + 1] - 1
    }
}

/// A build's steps in time.
pub(super) struct Schedule {
    places: Places,
    slots: Vec<Slot>,
    /// Seconds of the whole build.
    pub seconds: f64,
}

/// A step in time, in seconds from the build's begin. A cut cycle leaves a stage
/// that is not there yet: it costs nothing.
#[derive(Clone, Copy, Default)]
struct Slot {
    start: f64,
    /// When what it gives, on top of all below it, is there.
    end: f64,
    /// What it waits for longest.
    waits_for: Option<usize>,
    /// True when `end` hangs on how long the step itself takes.
    works: bool,
    critical: bool,
}

impl Schedule {
    /// The schedule when each step takes `seconds` of its stage and place.
    pub fn new(graph: &Graph, seconds: &dyn Fn(usize, usize) -> f64) -> Self {
        let places = Places::new(graph);
        let slots = vec![Slot::default(); places.count()];
        let mut schedule = Self { places, slots, seconds: 0.0 };
        for stage in graph.build_order() {
            for place in 0..=graph.stages[*stage].steps.len() {
                let number = schedule.places.number((*stage, place));
                schedule.slots[number] =
                    schedule.slot(graph, (*stage, place), seconds(*stage, place));
            }
        }
        let mut next = graph.target.map(|target| schedule.places.last(target));
        schedule.seconds = next.map_or(0.0, |number| schedule.slots[number].end);
        while let Some(number) = next {
            let slot = &mut schedule.slots[number];
            slot.critical = slot.works;
            next = slot.waits_for;
        }
        schedule
    }

    /// Seconds from the build's begin until a step may start.
    pub fn start(&self, stage: usize, place: usize) -> f64 {
        self.slots[self.places.number((stage, place))].start
    }

    /// True when the build would end earlier if the step took less time.
    pub fn is_critical(&self, stage: usize, place: usize) -> bool {
        self.slots[self.places.number((stage, place))].critical
    }

    fn slot(&self, graph: &Graph, (stage, place): Place, seconds: f64) -> Slot {
        let end = |number: usize| self.slots[number].end;
        let base = || graph.stages[stage].base.stage().map(|base| self.places.last(base));
        let operation = place.checked_sub(1).map(|step| &graph.stages[stage].steps[step].operation);
        let below = match operation {
            Some(_) => Some(self.places.number((stage, place - 1))),
            None => base(),
        };
        let alone = matches!(operation, Some(Operation::Copy(copy)) if copy.link);
        let origins = operation.into_iter().flat_map(Operation::stages);
        let needed = origins.map(|origin| self.places.last(origin));
        let needed = needed.chain(below.filter(|_| !alone));
        let waits_for = needed.max_by(|a, b| end(*a).total_cmp(&end(*b)));
        let start = waits_for.map_or(0.0, end);
        let own =
            Slot { start, end: start + seconds, waits_for, works: seconds > 0.0, critical: false };
        match below.filter(|below| end(*below) > own.end) {
            // --link: what lies below is there later than the step itself.
            Some(below) => Slot { end: end(below), waits_for: Some(below), works: false, ..own },
            None => own,
        }
    }
}
