//! Why a step is cached or runs, in one sentence.

use super::{Build, Comparison};
use crate::filesystem::StepState;
use crate::graph::{Base, Copy, Environment, Mount, Operation, Origin, Run, Step};
use crate::report::StepStatus;
use crate::sorted::Map;
use crate::syntax::Command;

/// Characters of a command or a value that a reason quotes.
const LONGEST_QUOTE: usize = 40;

/// A step and what following it gave.
#[derive(Clone, Copy)]
struct Made<'b> {
    step: &'b Step,
    state: &'b StepState,
}

impl Comparison<'_> {
    /// The reason for a step's status; place 0 is the stage's FROM.
    pub(super) fn reason(&self, stage: usize, place: usize, status: StepStatus) -> String {
        let position = place.checked_sub(1);
        let operation = position.map(|at| &self.after.graph.stages[stage].steps[at].operation);
        match (status, operation) {
            (StepStatus::Unneeded, _) => self.unneeded(),
            (_, None) => self.base(stage, status),
            (StepStatus::Cached, Some(Operation::Argument)) => {
                "Sets a build argument: only the RUNs that see it may run.".to_owned()
            }
            (StepStatus::Cached, Some(operation)) if !operation.makes_layer() => {
                "Sets metadata only; there is nothing to run.".to_owned()
            }
            (StepStatus::Cached, Some(operation)) => match self.twins.get(&(stage, place - 1)) {
                Some((stage, position)) => {
                    format!(
                        "The same was just made by {}.",
                        self::place(self.after, *stage, *position)
                    )
                }
                None => self.cached(operation),
            },
            (StepStatus::Run, Some(_)) => self.runs(stage, place - 1),
        }
    }

    fn unneeded(&self) -> String {
        match self.after.graph.target {
            Some(target) => format!("{} does not need this stage.", capital(&self.name(target))),
            None => "Nothing is built.".to_owned(),
        }
    }

    fn base(&self, stage: usize, status: StepStatus) -> String {
        match (&self.after.graph.stages[stage].base, status) {
            (Base::Image(reference), StepStatus::Run) => {
                format!("{reference} is not the image that was built on before: it is pulled.")
            }
            (Base::Image(reference), _) => format!("The digest of {reference} is the same."),
            (Base::Scratch, _) => "scratch is empty: there is nothing to pull.".to_owned(),
            (Base::Stage(base), _) => format!("Goes on where {} ends.", self.name(*base)),
        }
    }

    fn cached(&self, operation: &Operation) -> String {
        let origin = match operation {
            Operation::Copy(copy) => Some(&copy.origin),
            Operation::Run(run) => {
                run.mounts.iter().map(|mount| &mount.origin).find(|origin| {
                    origin.stage().is_some_and(|stage| self.first_run[stage].is_some())
                })
            }
            _ => None,
        };
        match origin {
            Some(Origin::Stage(stage)) if self.first_run[*stage].is_some() => {
                format!(
                    "{} runs again, but what is taken from it is the same.",
                    capital(&self.name(*stage))
                )
            }
            Some(Origin::Context) => {
                "None of the files that it copies changed, nor anything above it.".to_owned()
            }
            Some(_) => {
                "What it copies from there is the same, and so is everything above it.".to_owned()
            }
            None => "Neither the step nor anything above it changed.".to_owned(),
        }
    }

    fn runs(&self, stage: usize, position: usize) -> String {
        let after = self.after.made(stage, position);
        let alone = matches!(&after.step.operation, Operation::Copy(copy) if copy.link);
        if !alone {
            if let Some(first) = self.first_run[stage].filter(|first| *first < position) {
                let place = place(self.after, stage, first);
                return format!("Runs again because {place} above it runs again.");
            }
            if let Some(reason) = self.below(stage) {
                return reason;
            }
        }
        if let Some(missing) = after.state.missing.first() {
            return format!("It takes {missing}, which is not there: the build fails here.");
        }
        match self.counterpart(stage, position) {
            None => "New in this Dockerfile.".to_owned(),
            Some((stage, _)) if !self.before.graph.stages[stage].needed => {
                "The build before did not need this stage.".to_owned()
            }
            Some((_, before)) => self.difference(before, after).unwrap_or_else(|| {
                "What it runs on is not what it ran on before: steps above it are gone or in another order.".to_owned()
            }),
        }
    }

    /// What changed below the stage's first step.
    fn below(&self, stage: usize) -> Option<String> {
        match &self.after.graph.stages[stage].base {
            Base::Stage(base) => {
                let first = self.first_run_below(*base)?;
                let place = place(self.after, first.0, first.1);
                Some(format!(
                    "Runs again because {place} in {} below it runs again.",
                    self.name(first.0)
                ))
            }
            Base::Image(reference) if self.status(stage, 0) == StepStatus::Run => {
                Some(format!("Its base image {reference} is another one."))
            }
            _ => None,
        }
    }

    /// The first step that runs in a stage or in those that it is built on.
    fn first_run_below(&self, stage: usize) -> Option<(usize, usize)> {
        let lower = match self.after.graph.stages[stage].base {
            Base::Stage(base) => self.first_run_below(base),
            _ => None,
        };
        lower.or_else(|| Some((stage, self.first_run[stage]?)))
    }

    /// What of the step itself is another one.
    fn difference(&self, before: Made<'_>, after: Made<'_>) -> Option<String> {
        let (old, new) = (before.state, after.state);
        match (&before.step.operation, &after.step.operation) {
            (Operation::Copy(was), Operation::Copy(is)) => {
                instruction_of_copy(was, is).or_else(|| {
                    (old.content != new.content).then(|| self.content_of_copy(is, old, new))
                })
            }
            (Operation::Run(was), Operation::Run(is)) => process(was, is)
                .or_else(|| {
                    environment(&before.step.scope.environment, &after.step.scope.environment)
                })
                .or_else(|| place_of_work(before.step, after.step))
                .or_else(|| (old.content != new.content).then(|| files("mounts", old, new))),
            (Operation::Workdir(was), Operation::Workdir(is)) if was != is => {
                Some(format!("It makes {is}, before {was}."))
            }
            (Operation::Workdir(_), Operation::Workdir(_)) => {
                place_of_work(before.step, after.step)
            }
            _ => Some("Another instruction stood here.".to_owned()),
        }
    }

    fn content_of_copy(&self, copy: &Copy, old: &StepState, new: &StepState) -> String {
        let from = match &copy.origin {
            Origin::Context => return files("copies", old, new),
            Origin::Stage(stage) => self.name(*stage),
            Origin::Image(reference) => reference.clone(),
        };
        match changed_path(old, new) {
            Some(path) => {
                format!("What it copies from {from} is not the same: {path} is another one.")
            }
            None => format!("What it copies from {from} is not the same any more."),
        }
    }

    /// The step before the change that corresponds to one after it: the one of
    /// the same text, nearest to the same place, or else the one at that place.
    fn counterpart(&self, stage: usize, position: usize) -> Option<(usize, Made<'_>)> {
        let stages = &self.before.graph.stages;
        let name = self.after.graph.stages[stage].name.as_ref();
        let named = name.and_then(|name| stages.iter().position(|s| s.name.as_ref() == Some(name)));
        let old = named.or_else(|| (stage < stages.len()).then_some(stage))?;
        let wanted = self.after.text(stage, position);
        let steps = 0..stages[old].steps.len();
        let same = steps.filter(|at| self.before.text(old, *at) == wanted);
        let same = same.min_by_key(|at| at.abs_diff(position));
        let keyword = self.after.keyword(stage, position);
        let found = same.or_else(|| {
            // An edited line stands where it stood among those of its kind.
            let at = position.min(stages[old].steps.len().checked_sub(1)?);
            (self.before.keyword(old, at) == keyword
                && stages[old].steps.len() == self.after.graph.stages[stage].steps.len())
            .then_some(at)
        })?;
        Some((old, self.before.made(old, found)))
    }

    fn name(&self, stage: usize) -> String {
        match &self.after.graph.stages[stage].name {
            Some(name) => format!("stage {name}"),
            None => format!("stage {stage}"),
        }
    }
}

impl<'b> Build<'b> {
    fn made(self, stage: usize, position: usize) -> Made<'b> {
        Made {
            step: &self.graph.stages[stage].steps[position],
            state: &self.evaluation.stages[stage].steps[position],
        }
    }

    fn keyword(self, stage: usize, position: usize) -> &'static str {
        let step = &self.graph.stages[stage].steps[position];
        self.dockerfile.instructions[step.instruction].keyword.value.name()
    }

    /// What tells a step from others in its stage.
    fn text(self, stage: usize, position: usize) -> (&'static str, &'b str) {
        let step = &self.graph.stages[stage].steps[position];
        let instruction = &self.dockerfile.instructions[step.instruction];
        (instruction.keyword.value.name(), &instruction.arguments.text)
    }
}

/// What of a COPY's or ADD's own text counts and is another one.
fn instruction_of_copy(was: &Copy, is: &Copy) -> Option<String> {
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let change = |what: &str, was: &str, is: &str| {
        (was != is).then(|| format!("Its {what} is {}, before {}.", short(is), short(was)))
    };
    change("destination", &was.destination, &is.destination)
        .or_else(|| change("list of sources", &was.sources.join(" "), &is.sources.join(" ")))
        .or_else(|| change("--chown", &or_none(&was.chown), &or_none(&is.chown)))
        .or_else(|| change("--chmod", &or_none(&was.chmod), &or_none(&is.chmod)))
        .or_else(|| change("--checksum", &or_none(&was.checksum), &or_none(&is.checksum)))
        .or_else(|| change("keyword", was.keyword.name(), is.keyword.name()))
        .or_else(|| change("--exclude", &was.exclude.join(" "), &is.exclude.join(" ")))
        .or_else(|| (was.options != is.options).then(|| "Its flags changed.".to_owned()))
}

/// What of a RUN's own text counts and is another one.
fn process(was: &Run, is: &Run) -> Option<String> {
    let script = |run: &Run| match &run.command {
        Command::Script { body, .. } => body.text.clone(),
        Command::Shell(_) | Command::Exec(_) => run.arguments.last().cloned().unwrap_or_default(),
    };
    if script(was) != script(is) {
        return Some(format!("Its command changed; it was {}.", short(&script(was))));
    }
    if was.arguments != is.arguments {
        let (was, is) = (was.arguments.join(" "), is.arguments.join(" "));
        return Some(format!("It is started by {}, before by {}.", short(&is), short(&was)));
    }
    let mounts = |run: &Run| -> Vec<(String, String, Vec<String>)> {
        let describe =
            |mount: &Mount| (mount.target.clone(), mount.id.clone(), mount.options.clone());
        run.mounts.iter().map(describe).collect()
    };
    if mounts(was) != mounts(is) {
        let changed = mounts(is).into_iter().find(|mount| !mounts(was).contains(mount));
        let changed =
            changed.or_else(|| mounts(was).into_iter().find(|mount| !mounts(is).contains(mount)));
        return Some(format!("Its mount at {} changed.", changed.unwrap_or_default().0));
    }
    (was.options != is.options).then(|| {
        let named = |run: &Run| {
            run.options.iter().map(|option| format!("--{option}")).collect::<Vec<_>>().join(" ")
        };
        match (named(is), named(was)) {
            (is, was) if is.is_empty() => format!("It ran with {was} before."),
            (is, _) => format!("It runs with {is}, which is new."),
        }
    })
}

/// The first variable that a RUN sees and that is another one.
fn environment(was: &Environment, is: &Environment) -> Option<String> {
    let (old, new) = (was.keyed(), is.keyed());
    if old == new {
        return None;
    }
    let values: Map<&str, &str> = old.iter().copied().collect();
    let kind = |environment: &Environment, name: &str| match environment.get_env(name) {
        Some(_) => format!("the variable {name}"),
        None => format!("the build argument {name}"),
    };
    for (name, value) in &new {
        match values.get(name) {
            None => return Some(format!("It sees {}, which is new.", kind(is, name))),
            Some(before) if before != value => {
                let (what, before, value) = (kind(is, name), short(before), short(value));
                return Some(format!("It sees {what}, which is {value}, before {before}."));
            }
            Some(_) => {}
        }
    }
    let gone = old.iter().find(|(name, _)| new.iter().all(|(other, _)| other != name));
    Some(match gone {
        Some((name, _)) => format!("It does not see {} any more.", kind(was, name)),
        None => "The variables that it sees are set in another order.".to_owned(),
    })
}

fn place_of_work(was: &Step, is: &Step) -> Option<String> {
    let user = |step: &Step| match &*step.scope.user {
        "" => "the image's user".to_owned(),
        user => user.to_owned(),
    };
    if was.scope.workdir != is.scope.workdir {
        return Some(format!("It runs in {}, before in {}.", is.scope.workdir, was.scope.workdir));
    }
    (user(was) != user(is)).then(|| format!("It runs as {}, before as {}.", user(is), user(was)))
}

/// Which files of the context are not what they were; `takes` is what the
/// step does with them.
fn files(takes: &str, old: &StepState, new: &StepState) -> String {
    let before: Map<_, _> = old.taken.iter().map(|(path, content)| (path, content)).collect();
    let after: Map<_, _> = new.taken.iter().map(|(path, content)| (path, content)).collect();
    let added: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    let removed: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    let is_another =
        |(path, content): &(&&String, &_)| before.get(*path).is_some_and(|was| was != *content);
    let changed: Vec<_> = after.iter().filter(is_another).map(|(path, _)| path).collect();
    let list = |paths: &[&&String]| match paths {
        [] => None,
        [path] => Some((**path).clone()),
        [path, more @ ..] => Some(format!("{path} (and {} more)", more.len())),
    };
    match (list(&changed), list(&added), list(&removed)) {
        (Some(path), _, _) => format!("It {takes} {path}, which changed."),
        (_, Some(path), _) => format!("It {takes} {path}, which is new."),
        (_, _, Some(path)) => format!("It {takes} {path} no more."),
        (None, None, None) => format!("A file that it {takes} changed."),
    }
}

/// The first path that a step writes as something else than before.
fn changed_path<'b>(old: &StepState, new: &'b StepState) -> Option<&'b str> {
    let before: Map<_, _> =
        old.written.entries.iter().map(|(path, entry)| (path, entry.identity)).collect();
    let mut entries = new.written.entries.iter();
    let (path, _) = entries.find(|(path, entry)| before.get(path) != Some(&entry.identity))?;
    Some(path)
}

/// A step's line and the beginning of its text.
fn place(build: Build<'_>, stage: usize, position: usize) -> String {
    let step = &build.graph.stages[stage].steps[position];
    let instruction = &build.dockerfile.instructions[step.instruction];
    let line = build.dockerfile.line(instruction.span.start);
    let text: String = instruction.arguments.text.chars().take(LONGEST_QUOTE).collect();
    format!("line {line} ({} {text})", instruction.keyword.value.name())
}

/// A value as a reason quotes it.
fn short(value: &str) -> String {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match value.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("\"{}…\"", &value[..end]),
        None => format!("\"{value}\""),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
