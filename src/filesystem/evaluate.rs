//! Walks the build graph: every step acts on its stage's tree and gets its
//! cache key.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::copy;
use super::interpreter::Interpreter;
use super::machine::{Cost, Machine, World, Written};
use super::tree::{Compression, Entry, LayerId, Tree};
use crate::context::{Context, Entry as ContextEntry, Manifests};
use crate::data::BaseImage;
use crate::graph::{
    Base, CacheKey, Graph, Mount, MountKind, Operation, Origin, Run, Stage, Step, join,
};
use crate::identity::Identity;
use crate::syntax::{Body, Command, Dockerfile, shell};
use crate::units::{Evidence, Kind};

/// What a build is made from.
#[derive(Clone, Copy)]
pub struct Inputs<'i> {
    /// The Dockerfile.
    pub dockerfile: &'i Dockerfile,
    /// Its build graph.
    pub graph: &'i Graph,
    /// The build context.
    pub context: &'i Context,
    /// Its manifests.
    pub manifests: &'i Manifests,
    /// Images by their reference.
    pub images: &'i BTreeMap<String, BaseImage>,
    /// What of the context is not what it was.
    pub contents: &'i Contents,
    /// References and URLs that lead to something else than before.
    pub moved: &'i BTreeSet<String>,
}

/// What files of the context hold, by their path, where a change gave them
/// other content or another name.
pub type Contents = BTreeMap<String, Identity>;

/// What a file of the context holds.
pub fn content(contents: &Contents, path: &str) -> Identity {
    contents.get(path).copied().unwrap_or_else(|| Identity::of(path))
}

/// What a build makes.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The stages, in the graph's order.
    pub stages: Vec<StageState>,
}

/// A stage after its last step.
#[derive(Debug, Clone)]
pub struct StageState {
    /// The image that its root started from, through other stages.
    pub image: Rc<BaseImage>,
    /// The layer that stands for all of the image's layers.
    pub base_layer: LayerId,
    /// The cache key of what the stage starts from.
    pub base_key: CacheKey,
    /// Its steps.
    pub steps: Vec<StepState>,
    /// Its root at the end.
    pub tree: Tree,
}

impl StageState {
    /// The key of its root at the end.
    pub fn root_key(&self) -> CacheKey {
        self.steps.last().map_or(self.base_key, |step| step.root_key)
    }
}

/// A step that was followed.
#[derive(Debug, Clone)]
pub struct StepState {
    /// Its cache key.
    pub key: CacheKey,
    /// The key of the root that it leaves: its own, but with all that is below
    /// where its own does not depend on that.
    pub root_key: CacheKey,
    /// Content identity of what it takes from the context, stages and images.
    pub content: Identity,
    /// The layer it writes.
    pub layer: LayerId,
    /// What it writes there.
    pub written: Written,
    /// What it costs to run.
    pub cost: Cost,
    /// Assumptions behind its figures.
    pub assumptions: Vec<Evidence>,
    /// Why running it again may give another result.
    pub unrepeatable: Option<String>,
    /// Paths of the context that it takes, and what is there.
    pub taken: Vec<(String, Identity)>,
    /// Sources that name nothing.
    pub missing: Vec<String>,
}

/// What is built for when nobody says otherwise.
const DEFAULT_PLATFORM: &str = "linux/amd64";

/// Follows every step of every stage.
pub fn evaluate(inputs: &Inputs<'_>) -> Evaluation {
    let count = inputs.graph.stages.len();
    let mut walk = Walk { inputs, done: vec![None; count], next_layer: 0, wanted: wanted(inputs) };
    for stage in inputs.graph.build_order() {
        walk.stage(stage);
    }
    Evaluation { stages: walk.done.into_iter().flatten().collect() }
}

/// The walk's state, as the parts of it see it.
pub(super) struct Walk<'w, 'i> {
    pub(super) inputs: &'w Inputs<'i>,
    pub(super) done: Vec<Option<StageState>>,
    next_layer: LayerId,
    /// For each stage, the paths that others take from it or that it runs.
    wanted: Vec<Vec<String>>,
}

impl Walk<'_, '_> {
    fn stage(&mut self, index: usize) {
        let stage = &self.inputs.graph.stages[index];
        let mut state = self.start(stage);
        let mut key = state.root_key();
        state.steps.clear();
        for step in &stage.steps {
            let mut done = self.step(index, step, key, &mut state);
            done.root_key = step.root_key(key, done.key);
            key = done.root_key;
            state.steps.push(done);
        }
        self.done[index] = Some(state);
    }

    /// The state that a stage starts with. A stage built on another one still
    /// has the other's steps, for the key.
    fn start(&mut self, stage: &Stage) -> StageState {
        if let Base::Stage(base) = stage.base
            && let Some(base) = &self.done[base]
        {
            return base.clone();
        }
        let reference = match &stage.base {
            Base::Image(reference) => reference.as_str(),
            Base::Scratch | Base::Stage(_) => "scratch",
        };
        let image = self.inputs.images.get(reference).cloned();
        let image = Rc::new(image.unwrap_or_else(|| crate::data::image(reference)));
        let layer = self.layer();
        let platform = stage.platform.as_deref().unwrap_or(DEFAULT_PLATFORM);
        let moved = self.inputs.moved.contains(reference);
        let base_key = Identity::of(("image", reference, platform, moved));
        let mut tree = Tree::default();
        if image.bytes.high > 0 {
            tree.insert("/".into(), image_root(&image, layer, base_key));
        }
        StageState { image, base_layer: layer, base_key, steps: Vec::new(), tree }
    }

    fn layer(&mut self) -> LayerId {
        self.next_layer += 1;
        self.next_layer
    }

    fn step(
        &mut self,
        stage: usize,
        step: &Step,
        below: CacheKey,
        state: &mut StageState,
    ) -> StepState {
        let mut done = StepState {
            key: below,
            root_key: below,
            content: Identity::default(),
            layer: self.layer(),
            written: Written::default(),
            cost: Cost::default(),
            assumptions: Vec::new(),
            unrepeatable: None,
            taken: Vec::new(),
            missing: Vec::new(),
        };
        match &step.operation {
            Operation::Run(run) => self.run(stage, step, run, below, state, &mut done),
            Operation::Copy(copy) => {
                let plan = copy::plan(self, copy);
                done.content = plan.content();
                done.key = step.key(below, done.content);
                let image = Rc::clone(&state.image);
                let mut machine = self.machine(stage, step, &[], &image, state, &done);
                copy::carry_out(&plan, &mut machine);
                done.taken = plan.taken;
                done.missing = plan.missing;
                finish(machine, state, &mut done);
            }
            Operation::Workdir(path) => {
                done.key = step.key(below, done.content);
                let image = Rc::clone(&state.image);
                let mut machine = self.machine(stage, step, &[], &image, state, &done);
                machine.make_folder(path.trim_end_matches('/'));
                finish(machine, state, &mut done);
            }
            Operation::Configure { .. } | Operation::Argument | Operation::Invalid => {}
        }
        done
    }

    fn machine<'m>(
        &'m self,
        stage: usize,
        step: &'m Step,
        mounts: &'m [Mount],
        image: &'m BaseImage,
        state: &mut StageState,
        done: &StepState,
    ) -> Machine<'m> {
        let world = World { manifests: self.inputs.manifests, image, wanted: &self.wanted[stage] };
        let tree = std::mem::take(&mut state.tree);
        Machine::new(world, &step.scope, mounts, tree, done.layer, done.key)
    }

    fn run(
        &self,
        stage: usize,
        step: &Step,
        run: &Run,
        below: CacheKey,
        state: &mut StageState,
        done: &mut StepState,
    ) {
        let (mounted, content) = self.mounted(run, done);
        done.content = content;
        done.key = step.key(below, done.content);
        let show =
            |(path, entry): (Rc<str>, Entry)| (Rc::clone(&path), state.tree.insert(path, entry));
        let covered: Vec<(Rc<str>, Option<Entry>)> = mounted.into_iter().map(show).collect();
        let image = Rc::clone(&state.image);
        let mut machine = self.machine(stage, step, &run.mounts, &image, state, done);
        execute(run, &mut machine);
        finish(machine, state, done);
        // What was mounted is gone after the step.
        for (path, entry) in covered {
            match entry {
                Some(entry) => drop(state.tree.insert(path, entry)),
                None => drop(state.tree.remove(&path)),
            }
        }
    }

    /// The files that bind mounts show, as far as they are known, and the
    /// identity of all that they could show.
    fn mounted(&self, run: &Run, done: &mut StepState) -> (Vec<(Rc<str>, Entry)>, Identity) {
        let mut shown = Vec::new();
        let mut unseen = Vec::new();
        for mount in run.mounts.iter().filter(|mount| mount.kind == MountKind::Bind) {
            let target = mount.target.trim_end_matches('/');
            match &mount.origin {
                Origin::Context => {
                    let source = if mount.source.is_empty() { "." } else { &mount.source };
                    for entry in self.inputs.context.matching(source) {
                        let rest = copy::below(&entry.path, source);
                        let path = if rest.is_empty() {
                            target.to_owned()
                        } else {
                            format!("{target}/{rest}")
                        };
                        let taken = self.context_entry(entry.entry, done.layer);
                        done.taken.push((entry.path.clone(), taken.identity));
                        shown.push((path.into(), taken));
                    }
                }
                Origin::Stage(index) => {
                    if let Some(Some(stage)) = self.done.get(*index) {
                        let source = join("/", &mount.source);
                        let source = source.trim_end_matches('/');
                        let mut found = false;
                        for (path, entry) in stage.tree.subtree(source) {
                            found = true;
                            if entry.kind == Kind::Os {
                                unseen.push(entry.identity);
                                continue;
                            }
                            let path = format!("{target}{}", &path[source.len()..]);
                            shown.push((path.into(), entry.clone()));
                        }
                        if !found {
                            unseen.push(Identity::of((stage.root_key(), source)));
                        }
                    }
                }
                Origin::Image(reference) => {
                    let moved = self.inputs.moved.contains(reference);
                    unseen.push(Identity::of((reference, moved, &mount.source)));
                }
            }
        }
        let seen = shown.iter().map(|(path, entry)| Identity::of((path, entry.identity)));
        let content = Identity::of_all(seen.chain(unseen));
        (shown, content)
    }

    /// An entry of the context as it stands in a tree.
    pub(super) fn context_entry(&self, entry: &ContextEntry, layer: LayerId) -> Entry {
        let content = content(self.inputs.contents, &entry.path);
        copy::from_context(entry, content, self.inputs.context.assumed, layer)
    }
}

fn finish(mut machine: Machine<'_>, state: &mut StageState, done: &mut StepState) {
    done.cost = machine.cost;
    done.assumptions = std::mem::take(&mut machine.assumptions);
    done.unrepeatable = machine.unrepeatable.take();
    let (tree, written) = machine.finish();
    state.tree = tree;
    done.written = written;
}

fn execute(run: &Run, machine: &mut Machine<'_>) {
    let posix = run.shell.first().is_none_or(|shell| {
        let name = shell.rsplit(['/', '\\']).next().unwrap_or(shell);
        matches!(name.trim_end_matches(".exe"), "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh")
    });
    let script = match &run.command {
        Command::Exec(words) => {
            let words = words.iter().map(|word| word.text.clone()).collect();
            Interpreter::new(machine).exec(words);
            return;
        }
        Command::Shell(text) if posix => &text.text,
        Command::Script { interpreter, body }
            if interpreter.contains("sh") && !interpreter.contains("pwsh") =>
        {
            &body.text
        }
        Command::Shell(_) | Command::Script { .. } => {
            machine.assume("Not a POSIX shell script: what it writes is not followed.");
            machine.spend(10.0, 0.0, None);
            return;
        }
    };
    let script = shell::parse(script);
    Interpreter::new(machine).run(&script);
}

/// The base image's files, known only together.
fn image_root(image: &BaseImage, layer: LayerId, key: CacheKey) -> Entry {
    let ratio = image.compressed.expected as f64 / image.bytes.expected.max(1) as f64;
    Entry {
        bytes: image.bytes,
        files: 3_000,
        kind: Kind::Os,
        compression: Compression(ratio),
        identity: key,
        layer,
        label: Some(format!("base image {}", image.reference).into()),
        evidence: Rc::new(image.evidence.clone()),
    }
}

/// The paths that other stages copy from each stage, or that its start command
/// names: where a build script, whose text is not known, must write.
fn wanted(inputs: &Inputs<'_>) -> Vec<Vec<String>> {
    let graph = inputs.graph;
    let mut wanted = vec![Vec::new(); graph.stages.len()];
    for (index, stage) in graph.stages.iter().enumerate() {
        for step in &stage.steps {
            if let Operation::Copy(copy) = &step.operation
                && let Some(origin) = copy.origin.stage()
            {
                wanted[origin].extend(copy.sources.iter().map(|source| join("/", source)));
            }
            let command = match &inputs.dockerfile.instructions[step.instruction].body {
                Body::Cmd(command) | Body::Entrypoint(command) => command,
                _ => continue,
            };
            let words: Vec<&str> = match command {
                Command::Exec(words) => words.iter().map(|word| &*word.text).collect(),
                Command::Shell(text) => text.text.split_whitespace().collect(),
                Command::Script { .. } => continue,
            };
            let paths = words.into_iter().filter(|word| word.contains('/') || word.contains(".js"));
            wanted[index].extend(paths.map(|path| join(&step.scope.workdir, path)));
        }
    }
    wanted
}
