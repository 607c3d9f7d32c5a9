//! Why a step is cached or runs, in one sentence.

use std::collections::HashSet;

use super::{Build, Comparison};
use crate::filesystem::StepState;
use crate::graph::{Base, CacheKey, Operation, Origin};
use crate::report::StepStatus;

impl Comparison<'_> {
    /// The reason for a step's status; place 0 is the stage's FROM.
    pub(super) fn reason(&self, stage: usize, place: usize, status: StepStatus) -> String {
        let Self { before, after, seen } = self;
        let operation = place.checked_sub(1).map(|step| &after.graph.stages[stage].steps[step]);
        let operation = operation.map(|step| &step.operation);
        match (status, operation) {
            (StepStatus::Unneeded, _) => "The target does not need this stage.".to_owned(),
            (_, None) => base(*after, stage, status),
            (StepStatus::Cached, Some(operation)) if !operation.makes_layer() => {
                "Sets metadata only; there is nothing to run.".to_owned()
            }
            (StepStatus::Cached, Some(operation)) => cached(operation),
            (StepStatus::Run, Some(_)) => runs(*before, *after, (stage, place - 1), seen),
        }
    }
}

fn base(after: Build<'_>, stage: usize, status: StepStatus) -> String {
    match (&after.graph.stages[stage].base, status) {
        (Base::Image(reference), StepStatus::Run) => {
            format!("{reference} is not the image that it was: it is pulled.")
        }
        (Base::Image(reference), _) => format!("The digest of {reference} is the same."),
        (Base::Scratch, _) => "scratch is empty: there is nothing to pull.".to_owned(),
        (Base::Stage(base), _) => format!("Goes on where {} ends.", name(after, *base)),
    }
}

fn cached(operation: &Operation) -> String {
    match operation {
        Operation::Copy(copy) if copy.origin == Origin::Context => {
            "None of the files that it copies changed, nor anything above it."
        }
        Operation::Copy(_) => {
            "What it copies from there is the same, and so is everything above it."
        }
        _ => "Nothing above it changed.",
    }
    .to_owned()
}

fn runs(
    before: Build<'_>,
    after: Build<'_>,
    (stage, position): (usize, usize),
    seen: &HashSet<CacheKey>,
) -> String {
    let steps = &after.evaluation.stages[stage].steps;
    let step = &after.graph.stages[stage].steps[position];
    let independent = matches!(&step.operation, Operation::Copy(copy) if copy.link);
    // The first step above that runs is the cause of all below it.
    let first = (0..position).find(|above| {
        after.graph.stages[stage].steps[*above].operation.makes_layer()
            && !seen.contains(&steps[*above].key)
    });
    if let Some(first) = first.filter(|_| !independent) {
        return format!("Runs again because {} above it runs again.", place(after, stage, first));
    }
    if let Some(reason) = base_reason(before, after, stage, seen) {
        return reason;
    }
    let old = matching_step(before, after, (stage, position));
    match (&step.operation, old) {
        (_, None) => "New in this Dockerfile.".to_owned(),
        (Operation::Copy(copy), Some(old)) if old.content != steps[position].content => match &copy
            .origin
        {
            Origin::Context => files_reason(old, &steps[position]),
            Origin::Stage(origin) => {
                format!("What it copies from {} is not the same any more.", name(after, *origin))
            }
            Origin::Image(reference) => {
                format!("What it copies from {reference} is not the same any more.")
            }
        },
        (Operation::Run(_), Some(old)) if old.content != steps[position].content => {
            "A file that it mounts changed.".to_owned()
        }
        (Operation::Run(_), Some(_)) => {
            "Its command, or a variable, build argument, user or folder that it sees, changed."
                .to_owned()
        }
        _ => "Its instruction changed.".to_owned(),
    }
}

fn base_reason(
    before: Build<'_>,
    after: Build<'_>,
    stage: usize,
    seen: &HashSet<CacheKey>,
) -> Option<String> {
    let old = before.evaluation.stages.get(stage)?;
    let new = &after.evaluation.stages[stage];
    match &after.graph.stages[stage].base {
        Base::Stage(base) => {
            let last =
                after.evaluation.stages[*base].steps.iter().any(|step| !seen.contains(&step.key));
            last.then(|| {
                format!("Runs again because {} that it is built on runs again.", name(after, *base))
            })
        }
        Base::Image(reference) if old.base_key != new.base_key => {
            Some(format!("The base image {reference} is another one."))
        }
        _ => None,
    }
}

fn files_reason(old: &StepState, new: &StepState) -> String {
    let added: Vec<&String> = new.taken.iter().filter(|path| !old.taken.contains(path)).collect();
    let removed: Vec<&String> = old.taken.iter().filter(|path| !new.taken.contains(path)).collect();
    match (&added[..], &removed[..]) {
        ([], []) => {
            let changed = new.written.entries.iter().find(|(path, entry)| {
                let before = old.written.entries.iter().find(|(old, _)| old == path);
                before.is_none_or(|(_, before)| before.identity != entry.identity)
            });
            match changed {
                Some((path, _)) => format!("It copies {path}, which changed."),
                None => "A file that it copies changed.".to_owned(),
            }
        }
        ([path, ..], _) => format!("It copies {path}, which is new."),
        ([], [path, ..]) => format!("It copied {path}, which is gone."),
    }
}

/// The step before the change that corresponds to one after it: the same
/// place, if it is the same instruction.
fn matching_step<'b>(
    before: Build<'b>,
    after: Build<'_>,
    (stage, position): (usize, usize),
) -> Option<&'b StepState> {
    let text = |build: &Build<'_>, instruction: usize| {
        let instruction = &build.dockerfile.instructions[instruction];
        (instruction.keyword.value, instruction.arguments.text.clone())
    };
    let wanted = text(&after, after.graph.stages[stage].steps[position].instruction);
    let old = before.graph.stages.get(stage)?;
    let same_place = old
        .steps
        .get(position)
        .filter(|step| text(&before, step.instruction) == wanted)
        .map(|_| position);
    let found = same_place
        .or_else(|| old.steps.iter().position(|step| text(&before, step.instruction) == wanted))?;
    before.evaluation.stages.get(stage)?.steps.get(found)
}

fn place(build: Build<'_>, stage: usize, position: usize) -> String {
    let step = &build.graph.stages[stage].steps[position];
    let instruction = &build.dockerfile.instructions[step.instruction];
    let line = build.dockerfile.line(instruction.span.start);
    let text: String = instruction.arguments.text.chars().take(40).collect();
    format!("line {line} ({} {text})", instruction.keyword.value.name())
}

fn name(build: Build<'_>, stage: usize) -> String {
    match &build.graph.stages[stage].name {
        Some(name) => format!("stage {name}"),
        None => format!("stage {stage}"),
    }
}
