//! When each step of a build starts, and which steps its length hangs on.
//!
//! BuildKit starts a step as soon as all that it needs is there: the step above
//! it, and the ends of the stages that it takes files from.

use crate::graph::{Graph, Operation};

/// A stage's index and a place in it: 0 is its FROM, its steps follow.
type Place = (usize, usize);

/// A build's steps in time.
pub(super) struct Schedule {
    slots: Vec<Vec<Slot>>,
    /// Seconds of the whole build.
    pub seconds: f64,
}

/// A step in time, in seconds from the build's begin.
#[derive(Clone, Copy)]
struct Slot {
    start: f64,
    /// When what it gives, on top of all below it, is there.
    end: f64,
    /// What it waits for longest.
    waits_for: Option<Place>,
    /// True when `end` hangs on how long the step itself takes.
    works: bool,
    critical: bool,
}

impl Schedule {
    /// The schedule when each step takes `seconds` of its stage and place.
    pub fn new(graph: &Graph, seconds: impl Fn(usize, usize) -> f64) -> Self {
        let mut schedule = Self { slots: vec![Vec::new(); graph.stages.len()], seconds: 0.0 };
        for stage in graph.build_order() {
            for place in 0..=graph.stages[stage].steps.len() {
                let slot = schedule.slot(graph, (stage, place), seconds(stage, place));
                schedule.slots[stage].push(slot);
            }
        }
        let mut next = graph.target.map(|target| schedule.last(target));
        schedule.seconds = next.map_or(0.0, |place| schedule.at(place).end);
        while let Some((stage, place)) = next {
            let slot = &mut schedule.slots[stage][place];
            slot.critical = slot.works;
            next = slot.waits_for;
        }
        schedule
    }

    /// Seconds from the build's begin until a step may start.
    pub fn start(&self, stage: usize, place: usize) -> f64 {
        self.slots[stage][place].start
    }

    /// True when the build would end earlier if the step took less time.
    pub fn is_critical(&self, stage: usize, place: usize) -> bool {
        self.slots[stage][place].critical
    }

    fn slot(&self, graph: &Graph, (stage, place): Place, seconds: f64) -> Slot {
        let (below, origins, alone) = match place.checked_sub(1) {
            None => {
                (graph.stages[stage].base.stage().map(|base| self.last(base)), Vec::new(), false)
            }
            Some(step) => {
                let operation = &graph.stages[stage].steps[step].operation;
                let linked = matches!(operation, Operation::Copy(copy) if copy.link);
                (Some((stage, step)), operation.stages(), linked)
            }
        };
        let needed = origins.into_iter().map(|origin| self.last(origin));
        let needed = needed.chain(below.filter(|_| !alone));
        let waits_for = needed.max_by(|a, b| self.at(*a).end.total_cmp(&self.at(*b).end));
        let start = waits_for.map_or(0.0, |place| self.at(place).end);
        let own =
            Slot { start, end: start + seconds, waits_for, works: seconds > 0.0, critical: false };
        match below.filter(|below| self.at(*below).end > own.end) {
            // --link: what lies below is there later than the step itself.
            Some(below) => {
                Slot { end: self.at(below).end, waits_for: Some(below), works: false, ..own }
            }
            None => own,
        }
    }

    /// The last step of a stage; every stage has its FROM.
    fn last(&self, stage: usize) -> Place {
        (stage, self.slots[stage].len().saturating_sub(1))
    }

    /// A cut cycle leaves a stage that is not there yet: it costs nothing.
    fn at(&self, (stage, place): Place) -> Slot {
        let nothing = Slot { start: 0.0, end: 0.0, waits_for: None, works: false, critical: false };
        self.slots[stage].get(place).copied().unwrap_or(nothing)
    }
}
