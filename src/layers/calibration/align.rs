//! Finds the step of each row: both are in the same order, the base image's
//! rows come first, and rows or steps may be missing.

use super::created::{Created, Likeness, Made};
use super::paste::Row;
use crate::graph::{Operation, Step};

/// Steps that are compared, the last ones.
const MOST_STEPS: usize = 500;
/// Points for a row and a step that are the same, and that are alike.
const SAME: i32 = 4;
const ALIKE: i32 = 1;
/// Cost of a row that no step is found for, once the first one is, and of a
/// step without a row.
const LOST_ROW: i32 = 2;
const LOST_STEP: i32 = 1;

/// Which row is which step's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// Rows and steps that belong together, by index, in order.
    pub pairs: Vec<(usize, usize, Likeness)>,
    /// The rows before this one are the base image's.
    pub own: usize,
}

impl Alignment {
    /// How many rows are the same as their step.
    pub fn same(&self) -> usize {
        self.pairs.iter().filter(|(_, _, likeness)| *likeness == Likeness::Same).count()
    }
}

/// Aligns rows and steps, the oldest of both first.
pub fn align(rows: &[Row], steps: &[&Step]) -> Alignment {
    let skipped = steps.len().saturating_sub(MOST_STEPS);
    let steps = &steps[skipped..];
    let made: Vec<Made<'_>> = steps.iter().map(|step| Made::by(step)).collect();
    let created: Vec<Created> = rows.iter().map(|row| Created::read(&row.text)).collect();
    let table = Table::fill(&created, &made);
    let (mut row, mut step) = (0, 0);
    let mut pairs = Vec::new();
    while row < rows.len() && step < steps.len() {
        match table.choice(row, step) {
            Choice::Row => row += 1,
            Choice::Step => step += 1,
            Choice::Pair(likeness) => {
                pairs.push((row, step + skipped, likeness));
                (row, step) = (row + 1, step + 1);
            }
        }
    }
    // Every instruction has its row: those without one before the first pair
    // have it among the rows before.
    let own = pairs.first().map_or(rows.len(), |(row, step, _)| row.saturating_sub(*step));
    Alignment { pairs, own }
}

#[derive(Clone, Copy)]
enum Choice {
    Row,
    Step,
    Pair(Likeness),
}

/// The best score of what is left, for each row and step to start from, with
/// the first choice on the way to it.
struct Table {
    width: usize,
    cells: Vec<(i32, Choice)>,
}

impl Table {
    fn fill(rows: &[Created], steps: &[Made<'_>]) -> Self {
        let width = steps.len() + 1;
        let mut table = Self { width, cells: vec![(0, Choice::Row); width * (rows.len() + 1)] };
        for row in (0..=rows.len()).rev() {
            for step in (0..=steps.len()).rev() {
                let cell = match (rows.get(row), steps.get(step)) {
                    (None, None) => (0, Choice::Row),
                    (None, Some(_)) => (table.score(row, step + 1) - LOST_STEP, Choice::Step),
                    (Some(_), None) => (table.score(row + 1, step) - LOST_ROW, Choice::Row),
                    (Some(this), Some(that)) => table.best(row, step, this, that),
                };
                table.cells[row * width + step] = cell;
            }
        }
        table
    }

    fn best(&self, row: usize, step: usize, this: &Created, that: &Made<'_>) -> (i32, Choice) {
        // The base image's rows cost nothing. On a tie the row is the base's:
        // a Dockerfile's own rows are the last ones.
        let lost = if step == 0 { 0 } else { LOST_ROW };
        let mut best = (self.score(row + 1, step) - lost, Choice::Row);
        if let Some(likeness) = that.likeness(this) {
            let points = if likeness == Likeness::Same { SAME } else { ALIKE };
            let score = self.score(row + 1, step + 1) + points;
            if score > best.0 {
                best = (score, Choice::Pair(likeness));
            }
        }
        // ARG and what is broken may have no row.
        let free = matches!(that.step.operation, Operation::Argument | Operation::Invalid);
        let score = self.score(row, step + 1) - if free { 0 } else { LOST_STEP };
        if score > best.0 { (score, Choice::Step) } else { best }
    }

    fn score(&self, row: usize, step: usize) -> i32 {
        self.cells[row * self.width + step].0
    }

    fn choice(&self, row: usize, step: usize) -> Choice {
        self.cells[row * self.width + step].1
    }
}
