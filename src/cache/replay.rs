//! Replays a project's history: each commit of a log is a change, simulated
//! against the build before it.
//!
//! **Few evaluations.** The model is not followed once a commit, but once a
//! *class* of files. Two files are of one class when nothing that decides a
//! cache key can tell them apart: the same COPY, ADD and bind mounts take them
//! (the ignore file included), they are for the same ([`role`]), and their
//! paths have the same components where the Dockerfile names one or where a
//! component has a meaning by itself (`node_modules`, `test`). Manifests and
//! lockfiles, which the tools read by name, are a class each.
//!
//! **Unions are exact.** An edit keeps the tree's shape, so a step's key is a
//! hash of a fixed set of files' content and of nothing else that changes. It
//! is another one exactly when one of them is edited: the steps that a commit
//! runs are the union of those that its files run, each alone. A file that is
//! added or deleted counts as edited: whatever takes it has another content.
//! The tests hold all this against the evaluation of whole commits.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::gitlog::{GitLog, MOST_PROBLEMS};
use super::schedule::Schedule;
use super::{Build, Keys, rebuild_seconds};
use crate::context::{Context, Entry, IgnoreFile, Problem, Role, glob, path, role};
use crate::filesystem::{Contents, Earlier, Evaluation, Inputs, evaluate};
use crate::graph::{Copy, MountKind, Operation, Origin};
use crate::identity::Identity;
use crate::layers::round;
use crate::report::{ReplayCommit, ReplayRun, ReplayStep, Settings};
use crate::sorted::Set;

/// Evaluations of one replay, times instructions. A real project has some
/// dozen classes; beyond this, names are told apart no longer.
const MOST_WORK: usize = 60_000;
/// Bytes of a file that only the log names. Its size counts for no key.
const UNLISTED_BYTES: u64 = 1_000;
/// Steps and commits that are named as the worst.
const WORST: usize = 5;

/// The commits of a log, as far as they concern a build context.
#[derive(Debug, Default)]
pub struct History {
    /// What could not be read or placed.
    pub problems: Vec<Problem>,
    /// What was assumed, a sentence each.
    pub notes: Vec<String>,
    /// The folder of the repository that is the build context; empty for its
    /// root.
    pub prefix: String,
    /// The files of the context that commits touch, each once.
    pub files: Vec<String>,
    /// How many of them the context's listing does not have.
    pub unlisted: u32,
    /// The commits with files, oldest first.
    pub commits: Vec<Replayed>,
    /// Commits without files, such as merges: they are not replayed.
    pub without_files: u32,
}

/// A commit of a history.
#[derive(Debug)]
pub struct Replayed {
    /// Its hash; may be empty.
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// The files of the context that it touches: indices into
    /// [`History::files`].
    pub files: Vec<usize>,
}

impl History {
    /// Finds the log's files in the context.
    pub fn new(log: &GitLog, context: &Context) -> Self {
        let mut history = Self { problems: log.problems.clone(), ..Self::default() };
        let whole = || log.commits.iter().flat_map(|commit| &commit.files).filter(|file| !file.cut);
        let named: HashSet<&str> = whole().map(|file| file.path.as_str()).collect();
        let known = Known::new(context);
        match known.prefix(&named) {
            Some(prefix) => history.prefix = prefix.to_owned(),
            None if named.is_empty() || context.assumed => {}
            None => {
                history.problems.push(strange(named.len(), whole().next(), context));
                return history;
            }
        }
        history.gather(log, &known, &named);
        history.remark(context);
        history
    }

    fn gather<'p>(&mut self, log: &'p GitLog, known: &Known<'p>, named: &HashSet<&'p str>) {
        let prefix = self.prefix.clone();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let ends = Ends::new(known, named, &prefix);
        for commit in log.commits.iter().rev() {
            if commit.files.is_empty() {
                self.without_files += 1;
                continue;
            }
            let mut touched = Set::new();
            for file in &commit.files {
                let found = match file.cut {
                    true => ends.whole(&file.path),
                    false => Ok(path::below(&file.path, &prefix)),
                };
                match found {
                    Ok(Some(path)) => drop(touched.insert(path)),
                    Ok(None) => {}
                    Err(fits) => self.problems.push(cut(&file.path, file.line, fits)),
                }
            }
            touched.extend(known.git);
            let files = touched.into_iter().map(|path| {
                let next = numbers.len();
                *numbers.entry(path).or_insert(next)
            });
            self.commits.push(Replayed {
                id: commit.id.clone(),
                title: commit.title.clone(),
                files: files.collect(),
            });
        }
        self.unlisted = numbers.keys().filter(|path| !known.paths.contains(*path)).count() as u32;
        self.files = vec![String::new(); numbers.len()];
        for (path, number) in numbers {
            self.files[number] = path.to_owned();
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        let unlisted = self.problems.len().saturating_sub(MOST_PROBLEMS);
        self.problems.truncate(MOST_PROBLEMS);
        if let Some(last) = self.problems.last_mut().filter(|_| unlisted > 0) {
            last.message = format!("{} (and {unlisted} more)", last.message);
        }
    }

    fn remark(&mut self, context: &Context) {
        if !self.prefix.is_empty() {
            self.notes.push(format!(
                "The build context is taken to be {}/ of the repository: most files of the log fit there.",
                self.prefix
            ));
        }
        let unlisted = match self.unlisted {
            1 => "1 file of the log is".to_owned(),
            several => format!("{several} files of the log are"),
        };
        if self.unlisted > 0 && context.assumed {
            self.notes.push(format!(
                "No listing of the build context was given: {unlisted} taken as part of it."
            ));
        } else if self.unlisted > 0 {
            self.notes.push(format!(
                "{unlisted} not in the listing of the build context, but taken to have been there at the time."
            ));
        }
        let name = |file: &String| file.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
        let builds = |file| name(file).ends_with("dockerfile") || name(file) == ".dockerignore";
        if self.files.iter().any(builds) {
            self.notes.push(
                "What commits did to the Dockerfile and .dockerignore is not in the log: the present ones are replayed throughout."
                    .to_owned(),
            );
        }
        if self.files.iter().any(|file| is_git(file)) {
            self.notes.push("The build context has .git, which every commit changes.".to_owned());
        }
    }
}

/// True for what `git commit` writes.
fn is_git(path: &str) -> bool {
    path == ".git" || path.starts_with(".git/")
}

fn strange(count: usize, first: Option<&super::gitlog::Touched>, context: &Context) -> Problem {
    let (line, path) = first.map_or((1, ""), |file| (file.line, file.path.as_str()));
    let example = context.entries.first().map_or("nothing", |entry| entry.path.as_str());
    let none = match count {
        1 => "the file of the log is not".to_owned(),
        several => format!("none of the {several} files of the log is"),
    };
    let message =
        format!("{none} in the build context, which has {example}, for one; the log has {path}");
    Problem::in_line(line, "", "", message).with_help(
        "Paste the log of the repository that the build context belongs to, or the listing of that context",
    )
}

fn cut(path: &str, line: u32, fits: usize) -> Problem {
    let message = match fits {
        0 => format!("--stat cut this path off, and no file ends with {path}"),
        _ => format!("--stat cut this path off, and {fits} files end with {path}"),
    };
    Problem::in_line(line, "", "", message)
        .with_help("Use git log --name-status, or --stat=1000, which cuts no paths")
}

/// What is known of the context's files.
struct Known<'c> {
    paths: HashSet<&'c str>,
    /// Assumed folders that stand for their files.
    folders: Vec<&'c str>,
    assumed: bool,
    /// What `git commit` changes of the context.
    git: Option<&'c str>,
}

impl<'c> Known<'c> {
    fn new(context: &'c Context) -> Self {
        let entries = context.entries.iter();
        let paths = |folder| {
            entries.clone().filter(move |entry| entry.folder == folder).map(|entry| &*entry.path)
        };
        let git = entries.clone().filter(|entry| is_git(&entry.path));
        Self {
            paths: paths(false).chain(paths(true)).collect(),
            folders: paths(true).collect(),
            assumed: context.assumed,
            git: git.max_by_key(|entry| entry.bytes).map(|entry| &*entry.path),
        }
    }

    fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
            || self.folders.iter().any(|folder| path::below(path, folder).is_some())
    }

    /// The folder of the repository below which most of the log's files are
    /// files of the context. Of an assumed project the root, if it fits at all.
    fn prefix<'l>(&self, named: &HashSet<&'l str>) -> Option<&'l str> {
        if self.assumed && named.iter().any(|path| self.has(path)) {
            return Some("");
        }
        let mut fits: HashMap<&str, usize> = HashMap::new();
        for path in named {
            let slashes = path.match_indices('/').map(|(at, _)| (&path[..at], &path[at + 1..]));
            for (prefix, rest) in std::iter::once(("", *path)).chain(slashes) {
                if self.has(rest) {
                    *fits.entry(prefix).or_default() += 1;
                }
            }
        }
        let best = fits.into_iter().max_by(|(a, fits_a), (b, fits_b)| {
            let shorter = b.len().cmp(&a.len()).then_with(|| b.cmp(a));
            fits_a.cmp(fits_b).then(shorter)
        });
        best.map(|(prefix, _)| prefix)
    }
}

/// Where the paths lie that `--stat` cut the beginning off, by the files' names.
struct Ends<'p> {
    inside: HashMap<&'p str, Set<&'p str>>,
    outside: HashMap<&'p str, Vec<&'p str>>,
}

impl<'p> Ends<'p> {
    fn new(known: &Known<'p>, named: &HashSet<&'p str>, prefix: &str) -> Self {
        let name = |path: &'p str| path.rsplit('/').next().unwrap_or(path);
        let mut ends = Self { inside: HashMap::new(), outside: HashMap::new() };
        for path in &known.paths {
            ends.inside.entry(name(path)).or_default().insert(path);
        }
        for path in named {
            match path::below(path, prefix) {
                Some(below) => drop(ends.inside.entry(name(path)).or_default().insert(below)),
                None => ends.outside.entry(name(path)).or_default().push(path),
            }
        }
        ends
    }

    /// The only path of the context that ends with `end`; `Err` tells how many
    /// do, and `Ok(None)` that the file is outside of the context.
    fn whole(&self, end: &str) -> Result<Option<&'p str>, usize> {
        let name = end.rsplit('/').next().unwrap_or(end);
        let ends = |path: &&&'p str| {
            path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let inside = self.inside.get(name).into_iter().flatten().filter(ends);
        let outside = self.outside.get(name).into_iter().flatten().filter(ends);
        match (inside.clone().count(), outside.count()) {
            (1, 0) => Ok(inside.copied().next()),
            (0, 1) => Ok(None),
            (inside, outside) => Err(inside + outside),
        }
    }
}

/// A version of the project whose history is replayed.
#[derive(Clone, Copy)]
pub struct Version<'v> {
    /// Its build.
    pub build: Build<'v>,
    /// What it is made from.
    pub inputs: Inputs<'v>,
    /// Its `.dockerignore`.
    pub ignore: &'v IgnoreFile,
}

impl Version<'_> {
    /// Builds every commit of a history, each after the one before it.
    pub fn replay(&self, history: &History, settings: &Settings) -> ReplayRun {
        let places = self.places();
        let runs = self.runs(history, &places);
        let mut tally = Tally::new(self.build, &places, settings);
        for commit in &history.commits {
            let mut ran = StepSet::new(places.len());
            commit
                .files
                .iter()
                .filter_map(|file| runs[*file].as_ref())
                .for_each(|file| ran.add(file));
            tally.count(&ran);
        }
        tally.report(history)
    }

    /// The steps that take part, as stage and position there.
    fn places(&self) -> Vec<(usize, usize)> {
        let stages = self.build.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needed);
        let steps = stages.flat_map(|(index, stage)| {
            let steps = stage.steps.iter().enumerate();
            steps.filter(|(_, step)| step.operation.makes_layer()).map(move |(at, _)| (index, at))
        });
        steps.collect()
    }

    /// For each file of the history, the steps that run when it changes;
    /// `None` when there are none.
    fn runs(&self, history: &History, places: &[(usize, usize)]) -> Vec<Option<Rc<StepSet>>> {
        let context = with_files(self.inputs.context, &history.files, self.ignore);
        let classes = Classes::new(self, &context, &history.files);
        let reduced = Context { entries: classes.examples(&context), assumed: context.assumed };
        let nothing = Contents::new();
        let before = self.evaluate(&reduced, &nothing, None);
        let seen = Keys::of(Build { evaluation: &before, ..self.build });
        let mut known: HashMap<usize, Option<Rc<StepSet>>> = HashMap::new();
        let steps = |file: &String| {
            let class = *classes.of.get(file.as_str())?;
            let run = known.entry(class).or_insert_with(|| {
                let example = &context.entries[classes.example[class]];
                let other = Identity::of(("edited", &example.path));
                let edited = Contents::from([(example.path.clone(), other)]);
                let taken = classes.taken[class];
                let after = taken.then(|| self.evaluate(&reduced, &edited, Some(&before)))?;
                Some(Rc::new(StepSet::of(places, |(stage, position)| {
                    !seen.has(after.stages[stage].steps[position].key)
                })))
            });
            run.clone()
        };
        history.files.iter().map(steps).collect()
    }

    fn evaluate(
        &self,
        context: &Context,
        contents: &Contents,
        earlier: Option<&Evaluation>,
    ) -> Evaluation {
        let inputs = |contents| Inputs { context, contents, ..self.inputs };
        let unedited = Contents::new();
        let earlier = earlier.map(|evaluation| Earlier { inputs: inputs(&unedited), evaluation });
        evaluate(&inputs(contents), earlier)
    }
}

/// The context with the files that only the log names.
fn with_files(context: &Context, files: &[String], ignore: &IgnoreFile) -> Context {
    let known: HashSet<&str> = context.entries.iter().map(|entry| &*entry.path).collect();
    let unlisted = files.iter().filter(|file| !known.contains(file.as_str()));
    let mut whole = context.clone();
    whole.entries.extend(unlisted.map(|file| Entry::file(file, UNLISTED_BYTES)));
    whole.entries.sort_by(|a, b| a.path.cmp(&b.path));
    whole.decide(ignore);
    whole
}

/// The context's entries, those together that no key tells apart.
struct Classes<'c> {
    /// The class of each path.
    of: HashMap<&'c str, usize>,
    /// An entry of each class, by its index in the context.
    example: Vec<usize>,
    /// Whether any step takes the class.
    taken: Vec<bool>,
}

impl<'c> Classes<'c> {
    fn new(version: &Version<'_>, context: &'c Context, logged: &[String]) -> Self {
        let takers = takers(version, context);
        let names = Names::new(version.build.dockerfile.source());
        let by_name = Self::gather(context, &takers, |entry| Some(names.shape(entry)));
        let logged = logged.iter().filter_map(|file| by_name.of.get(file.as_str()));
        let logged: HashSet<usize> = logged.copied().collect();
        if logged.len() * version.build.dockerfile.instructions.len() <= MOST_WORK {
            return by_name;
        }
        Self::gather(context, &takers, |_| None)
    }

    fn gather(
        context: &'c Context,
        takers: &[Vec<usize>],
        shape: impl Fn(&Entry) -> Option<Shape>,
    ) -> Self {
        let mut classes = Self { of: HashMap::new(), example: Vec::new(), taken: Vec::new() };
        let mut known = HashMap::new();
        for (index, (entry, takers)) in context.entries.iter().zip(takers).enumerate() {
            let shape = if takers.is_empty() { None } else { shape(entry) };
            let key = (takers, (!takers.is_empty()).then_some(entry.role), entry.folder, shape);
            let class = *known.entry(key).or_insert_with(|| {
                classes.example.push(index);
                classes.taken.push(!takers.is_empty());
                classes.example.len() - 1
            });
            classes.of.insert(&entry.path, class);
        }
        classes
    }

    fn examples(&self, context: &Context) -> Vec<Entry> {
        self.example.iter().map(|index| context.entries[*index].clone()).collect()
    }
}

/// For each entry of the context, the sources of COPY, ADD and bind mounts that
/// take it, by number; doubled, and odd when only in part.
fn takers(version: &Version<'_>, context: &Context) -> Vec<Vec<usize>> {
    let mut takers = vec![Vec::new(); context.entries.len()];
    let mut number = 0;
    let mut take = |source: &str, exclude: &[String]| {
        let exclude = IgnoreFile::from_patterns(exclude.iter().map(String::as_str));
        for found in context.matching(source) {
            let index = context.entries.binary_search_by(|entry| entry.path.cmp(&found.entry.path));
            if let Ok(index) = index
                && !exclude.decide(&found.entry.path).ignored
            {
                takers[index].push(2 * number + usize::from(found.partial));
            }
        }
        number += 1;
    };
    for stage in version.build.graph.needed() {
        for step in &stage.steps {
            match &step.operation {
                Operation::Copy(Copy { origin: Origin::Context, sources, exclude, .. }) => {
                    sources.iter().for_each(|source| take(source, exclude));
                }
                Operation::Run(run) => {
                    let binds = run.mounts.iter().filter(|mount| {
                        mount.kind == MountKind::Bind && mount.origin == Origin::Context
                    });
                    for mount in binds {
                        take(if mount.source.is_empty() { "." } else { &mount.source }, &[]);
                    }
                }
                _ => {}
            }
        }
    }
    takers
}

/// What of a path a key may depend on.
type Shape = (String, [Role; 3]);

/// The names that a Dockerfile holds, anywhere in its text.
struct Names<'d> {
    plain: HashSet<&'d str>,
    wildcards: Vec<&'d str>,
}

impl<'d> Names<'d> {
    fn new(dockerfile: &'d str) -> Self {
        let part = |c: char| c.is_alphanumeric() || "._-@+*?[]^~".contains(c);
        let words = dockerfile.split(|c| !part(c)).filter(|word| !word.is_empty());
        let (wildcards, plain): (Set<&str>, Set<&str>) =
            words.partition(|word| glob::has_wildcards(word));
        let wildcards = wildcards.into_iter().filter(|word| *word != "*" && *word != "**");
        Self { plain: plain.into_iter().collect(), wildcards: wildcards.collect() }
    }

    fn shape(&self, entry: &Entry) -> Shape {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
        if matches!(entry.role, Role::Manifest | Role::Lockfile) {
            return (entry.path.clone(), [entry.role; 3]);
        }
        let mut shape = String::new();
        for component in entry.path.split('/') {
            let last = std::ptr::eq(component, name);
            if self.plain.contains(component) || (!last && means(component)) {
                shape += component;
            } else if last && is_packed(name) {
                shape += "*.tar";
            }
            for (index, wildcard) in self.wildcards.iter().enumerate() {
                if glob::matches(wildcard, component).unwrap_or(false) {
                    shape += &format!("<{index}>");
                }
            }
            shape.push('/');
        }
        (shape, [entry.role, role(name), role(&format!("test/{name}"))])
    }
}

/// True for a folder whose name has a meaning by itself.
fn means(folder: &str) -> bool {
    role(&format!("{folder}/")) != Role::Other || role(&format!("{folder}/a")) != Role::Other
}

/// True for what ADD may unpack.
fn is_packed(name: &str) -> bool {
    [".tar", ".gz", ".tgz", ".bz2", ".xz", ".txz", ".zst"].iter().any(|end| name.ends_with(end))
}

/// A set of steps, by their number among those that take part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct StepSet(Vec<u64>);

impl StepSet {
    fn new(steps: usize) -> Self {
        Self(vec![0; steps.div_ceil(64)])
    }

    fn of(places: &[(usize, usize)], runs: impl Fn((usize, usize)) -> bool) -> Self {
        let mut set = Self::new(places.len());
        for (number, place) in places.iter().enumerate() {
            if runs(*place) {
                set.0[number / 64] |= 1 << (number % 64);
            }
        }
        set
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

/// Sums up what the commits run. Commits that run the same steps cost the same.
struct Tally<'b> {
    build: Build<'b>,
    places: &'b [(usize, usize)],
    settings: &'b Settings,
    /// The different sets of steps: how many commits run each, and seconds.
    sets: HashMap<StepSet, (u32, f64)>,
    /// Seconds of each commit.
    seconds: Vec<f64>,
}

impl<'b> Tally<'b> {
    fn new(build: Build<'b>, places: &'b [(usize, usize)], settings: &'b Settings) -> Self {
        Self { build, places, settings, sets: HashMap::new(), seconds: Vec::new() }
    }

    fn step_seconds(&self, (stage, position): (usize, usize)) -> f64 {
        rebuild_seconds(&self.build.evaluation.stages[stage].steps[position].cost, self.settings)
    }

    fn count(&mut self, ran: &StepSet) {
        if let Some((commits, seconds)) = self.sets.get_mut(ran) {
            *commits += 1;
            self.seconds.push(*seconds);
            return;
        }
        let running = self.places.iter().enumerate().filter(|(number, _)| ran.has(*number));
        let running: HashSet<(usize, usize)> = running.map(|(_, place)| *place).collect();
        let seconds = |stage, place: usize| match place.checked_sub(1) {
            Some(step) if running.contains(&(stage, step)) => self.step_seconds((stage, step)),
            _ => 0.0,
        };
        let seconds = Schedule::new(self.build.graph, &seconds).seconds;
        self.sets.insert(ran.clone(), (1, seconds));
        self.seconds.push(seconds);
    }

    fn report(&self, history: &History) -> ReplayRun {
        let commits = history.commits.len();
        let steps: Vec<ReplayStep> =
            (0..self.places.len()).map(|number| self.step(number)).collect();
        let runs: u64 = steps.iter().map(|step| u64::from(step.runs)).sum();
        let mut worst: Vec<u32> = (0..steps.len() as u32).collect();
        worst.retain(|step| steps[*step as usize].runs > 0);
        worst.sort_by(|a, b| steps[*b as usize].seconds.total_cmp(&steps[*a as usize].seconds));
        worst.truncate(WORST);
        ReplayRun {
            seconds: round(self.seconds.iter().sum()),
            hit_rate: 1.0 - share(runs, commits as u64 * steps.len() as u64),
            worst_steps: worst,
            worst_commits: self.worst_commits(history),
            steps,
        }
    }

    fn step(&self, number: usize) -> ReplayStep {
        let (stage, position) = self.places[number];
        let step = &self.build.graph.stages[stage].steps[position];
        let instruction = &self.build.dockerfile.instructions[step.instruction];
        let sets = self.sets.iter().filter(|(set, _)| set.has(number));
        let runs: u32 = sets.map(|(_, (commits, _))| commits).sum();
        ReplayStep {
            stage: stage as u32,
            line: self.build.dockerfile.line(instruction.span.start),
            instruction: instruction.keyword.value.name().to_owned(),
            runs,
            hit_rate: 1.0 - share(u64::from(runs), self.seconds.len() as u64),
            seconds: round(f64::from(runs) * self.step_seconds((stage, position))),
        }
    }

    fn worst_commits(&self, history: &History) -> Vec<ReplayCommit> {
        let mut worst: Vec<usize> = (0..self.seconds.len()).collect();
        worst.sort_by(|a, b| self.seconds[*b].total_cmp(&self.seconds[*a]).then(b.cmp(a)));
        let commit = |index: usize| ReplayCommit {
            id: history.commits[index].id.clone(),
            title: history.commits[index].title.clone(),
            seconds: round(self.seconds[index]),
        };
        let slow = worst.into_iter().filter(|index| self.seconds[*index] > 0.0);
        slow.take(WORST).map(commit).collect()
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
