//! Walks the build graph: every step acts on its stage's tree and gets its
//! cache key.

use std::rc::Rc;

use super::copy;
use super::interpreter::Interpreter;
use super::machine::{Caches, Content, Cost, Finished, Machine, World, Written};
use super::measured::{self, LayerSize, Measures};
use super::reuse::{Earlier, Reuse};
use super::tools;
use super::tree::{Compression, Entry, LayerId, Tree};
use crate::context::{Context, Entry as ContextEntry, Manifests};
use crate::data::{BaseImage, Catalog, Pack};
use crate::graph::{
    Base, CacheKey, Graph, Mount, MountKind, Operation, Origin, Run, Stage, Step, canonical, join,
};
use crate::identity::Identity;
use crate::sorted::{Map, Set};
use crate::syntax::{Body, Command, Dockerfile, Instruction};
use crate::units::{Evidence, Kind, Range};

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
    /// What is known of images and packages.
    pub catalog: &'i Catalog,
    /// Images by their reference.
    pub images: &'i Images,
    /// What of the context is not what it was.
    pub contents: &'i Contents,
    /// References and URLs that lead to something else than before.
    pub moved: &'i Set<String>,
    /// What was measured of the build.
    pub measures: &'i Measures,
}

impl Inputs<'_> {
    /// An image, as this build or else the catalog knows it.
    pub(super) fn image(&self, reference: &str) -> Rc<BaseImage> {
        let known = self.images.get(reference).map(Rc::clone);
        known.unwrap_or_else(|| Rc::new(self.catalog.image(reference)))
    }
}

/// Images by their reference.
pub type Images = Map<String, Rc<BaseImage>>;

/// What files of the context hold, by their path, where a change gave them
/// other content or another name.
pub type Contents = Map<String, Identity>;

/// What a file of the context holds.
pub fn content(contents: &Contents, path: &str) -> Identity {
    contents.get(path).copied().unwrap_or_else(|| Identity::of(path))
}

/// What a build makes.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The stages, in the graph's order.
    pub stages: Vec<Rc<StageState>>,
    /// For each stage, the paths that others take from it or that it runs.
    pub(super) wanted: Rc<Vec<Vec<String>>>,
    /// True where a port is exposed.
    pub(super) serves: bool,
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
    /// The key of the last step that may have written what is not seen, or of
    /// the base.
    pub unseen_key: CacheKey,
    /// Its steps.
    pub steps: Vec<Rc<StepState>>,
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
    /// Packs of data that would have told more.
    pub wants: Set<Pack>,
    /// Why running it again may give another result.
    pub unrepeatable: Option<String>,
    /// Paths of the context that it takes, and what is there.
    pub taken: Vec<(String, Identity)>,
    /// Sources that name nothing.
    pub missing: Vec<String>,
    /// The layer's size, where it was measured.
    pub measured: Option<LayerSize>,
    /// True when it may have written what is not seen in the tree.
    pub(super) writes_unseen: bool,
    /// What it leaves in cache mounts.
    pub(super) caches: Caches,
}

impl StepState {
    /// Uncompressed bytes of the layer.
    pub fn size(&self) -> Range {
        self.measured.as_ref().map_or_else(|| self.written.size(), |layer| layer.size)
    }

    /// Bytes of the layer as pushed (gzip).
    pub fn compressed(&self) -> Range {
        self.measured.as_ref().map_or_else(|| self.written.compressed(), |layer| layer.compressed)
    }
}

/// What is built for when nobody says otherwise.
const DEFAULT_PLATFORM: &str = "linux/amd64";

/// Follows every step of every stage; those that do what they did in an earlier
/// build are taken from there.
pub fn evaluate<'e>(inputs: &'e Inputs<'_>, earlier: Option<Earlier<'e>>) -> Evaluation {
    let count = inputs.graph.stages.len();
    let serves = inputs.dockerfile.instructions.iter().any(exposes);
    let reuse = earlier.and_then(|earlier| Reuse::new(earlier, inputs, serves));
    let known = reuse.as_ref().and_then(Reuse::wanted);
    let mut walk = Walk {
        inputs,
        reuse,
        done: vec![None; count],
        next_layer: 0,
        wanted: known.unwrap_or_else(|| Rc::new(wanted(inputs))),
        serves,
        caches: Map::new(),
    };
    for stage in inputs.graph.build_order() {
        walk.stage(*stage);
    }
    let stages = walk.done.into_iter().flatten().collect();
    Evaluation { stages, wanted: walk.wanted, serves: walk.serves }
}

/// The walk's state, as the parts of it see it.
pub(super) struct Walk<'w, 'i> {
    pub(super) inputs: &'w Inputs<'i>,
    reuse: Option<Reuse<'w>>,
    pub(super) done: Vec<Option<Rc<StageState>>>,
    next_layer: LayerId,
    /// For each stage, the paths that others take from it or that it runs.
    wanted: Rc<Vec<Vec<String>>>,
    serves: bool,
    /// What earlier steps left in cache mounts, by id: paths below the target.
    caches: Map<String, Rc<Content>>,
}

impl Walk<'_, '_> {
    fn stage(&mut self, index: usize) {
        let stage = &self.inputs.graph.stages[index];
        let kept = self
            .reuse
            .as_ref()
            .and_then(|reuse| reuse.kept(self.inputs, &self.wanted, index, self.next_layer));
        if let Some((whole, kept)) = kept
            && kept == whole.steps.len().max(stage.steps.len())
        {
            return self.keep(index, whole);
        }
        let (mut state, mut key) = self.start(stage);
        let kept = kept.map_or(&[][..], |(whole, kept)| &whole.steps[..kept]);
        for done in kept {
            done.repeat(&mut state.tree);
            if done.writes_unseen {
                state.unseen_key = done.key;
            }
            key = done.root_key;
            self.count(done);
            state.steps.push(Rc::clone(done));
        }
        for (position, step) in stage.steps.iter().enumerate().skip(kept.len()) {
            if let Some(reuse) = &mut self.reuse {
                reuse.followed(step);
            }
            let mut done = self.step(index, step, key, &mut state);
            if step.operation.makes_layer() {
                self.fit((index, position), &mut done, &mut state.tree);
            }
            done.root_key = step.root_key(key, done.key);
            key = done.root_key;
            state.steps.push(Rc::new(done));
        }
        self.done[index] = Some(Rc::new(state));
    }

    /// Takes a stage as it was before.
    fn keep(&mut self, index: usize, whole: &Rc<StageState>) {
        if let Base::Image(_) | Base::Scratch = self.inputs.graph.stages[index].base {
            self.next_layer = whole.base_layer;
        }
        whole.steps.iter().for_each(|step| self.count(step));
        if let Some(reuse) = &mut self.reuse {
            reuse.keep(index);
        }
        self.done[index] = Some(Rc::clone(whole));
    }

    /// Goes on after a step that is taken from before.
    fn count(&mut self, done: &StepState) {
        self.next_layer = done.layer;
        self.caches.extend(done.caches.clone());
    }

    /// Puts what was measured of a step's layer in the place of the estimate.
    fn fit(&self, place: (usize, usize), done: &mut StepState, tree: &mut Tree) {
        let Some(figures) = self.inputs.measures.step(done.key, place) else { return };
        let layer = figures.layer(done.written.size(), done.written.compressed());
        let entries = done.written.entries.iter_mut().map(|(_, entry)| entry);
        if let Some(rest) = measured::fit(entries, &layer, done.layer, done.key) {
            done.written.entries.push((format!("/(layer {})", done.layer).into(), rest));
        }
        for (path, entry) in &done.written.entries {
            tree.insert(Rc::clone(path), entry.clone());
        }
        done.measured = Some(layer);
    }

    /// The state that a stage starts with, and the key of its root.
    fn start(&mut self, stage: &Stage) -> (StageState, CacheKey) {
        if let Base::Stage(base) = stage.base
            && let Some(base) = &self.done[base]
        {
            let state = StageState {
                image: Rc::clone(&base.image),
                steps: Vec::new(),
                tree: base.tree.clone(),
                ..**base
            };
            return (state, base.root_key());
        }
        let reference = match &stage.base {
            Base::Image(reference) => reference.as_str(),
            Base::Scratch | Base::Stage(_) => "scratch",
        };
        let image = self.inputs.image(reference);
        let layer = self.layer();
        let platform = stage.platform.as_deref().unwrap_or(DEFAULT_PLATFORM);
        let moved = self.inputs.moved.contains(reference);
        let base_key = Identity::of(("image", canonical(reference), platform, moved));
        let mut tree = Tree::default();
        if image.bytes.high > 0 {
            tree.insert("/".into(), image_root(&image, layer, base_key));
        }
        let state = StageState {
            image,
            base_layer: layer,
            base_key,
            unseen_key: base_key,
            steps: Vec::new(),
            tree,
        };
        (state, base_key)
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
            wants: Set::new(),
            unrepeatable: None,
            taken: Vec::new(),
            missing: Vec::new(),
            measured: None,
            writes_unseen: false,
            caches: Caches::new(),
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
        let Inputs { manifests, catalog, .. } = *self.inputs;
        let (wanted, serves) = (&self.wanted[stage], self.serves);
        let world = World { manifests, catalog, image, wanted, serves };
        let tree = std::mem::take(&mut state.tree);
        Machine::new(world, &step.scope, mounts, tree, done.layer, done.key)
    }

    fn run(
        &mut self,
        stage: usize,
        step: &Step,
        run: &Run,
        below: CacheKey,
        state: &mut StageState,
        done: &mut StepState,
    ) {
        let shown: Vec<Content> = run.mounts.iter().map(|mount| self.shown(mount, done)).collect();
        let bound =
            run.mounts.iter().zip(&shown).filter(|(mount, _)| mount.kind == MountKind::Bind);
        let bound = bound.flat_map(|(_, content)| content);
        let seen = bound.map(|(path, entry)| Identity::of((path, entry.identity)));
        let roots = run.mounts.iter().filter_map(|mount| self.root_of(mount));
        done.content = Identity::of_all(seen.chain(roots));
        done.key = step.key(below, done.content);
        let image = Rc::clone(&state.image);
        let windows = self.is_windows(stage, &image);
        let mut machine = self.machine(stage, step, &run.mounts, &image, state, done);
        machine.mount(shown);
        execute(run, windows, &mut machine);
        finish(machine, state, done);
        self.caches.extend(done.caches.clone());
    }

    /// The base image under a stage whose whole root is mounted: it is no
    /// content that is shown, but it counts.
    fn root_of(&self, mount: &Mount) -> Option<Identity> {
        let stage = self.done.get(mount.origin.stage()?)?.as_ref()?;
        let whole = mount.kind == MountKind::Bind && join("/", &mount.source) == "/";
        whole.then(|| stage.tree.get("/").map(|root| root.identity)).flatten()
    }

    /// Whether a stage is built for Windows: its platform or its image tells,
    /// or the escape directive that paths of Windows need.
    fn is_windows(&self, stage: usize, image: &BaseImage) -> bool {
        let platform = self.inputs.graph.stages[stage].platform.as_deref().unwrap_or("");
        platform.to_ascii_lowercase().starts_with("windows")
            || tools::is_windows_image(&image.reference)
            || (!image.known && self.inputs.dockerfile.escape == '`')
    }

    /// What a mount shows at its target.
    fn shown(&self, mount: &Mount, done: &mut StepState) -> Content {
        let target = mount.target.trim_end_matches('/');
        let at = |rest: &str| Rc::from(format!("{target}{rest}"));
        match mount.kind {
            MountKind::Bind => self.bound(mount, done),
            MountKind::Cache => match self.caches.get(&mount.id) {
                Some(content) => {
                    content.iter().map(|(path, entry)| (at(path), entry.clone())).collect()
                }
                // `from` fills a new cache.
                None if mount.origin != Origin::Context => self.bound(mount, done),
                None => Content::new(),
            },
            MountKind::Secret => vec![(at(""), copy::secret(&mount.id, done.layer))],
            MountKind::Tmpfs | MountKind::Ssh => Content::new(),
        }
    }

    /// The files of the context, a stage or an image that a mount shows.
    fn bound(&self, mount: &Mount, done: &mut StepState) -> Content {
        let target = mount.target.trim_end_matches('/');
        match &mount.origin {
            Origin::Context => {
                let source = if mount.source.is_empty() { "." } else { &mount.source };
                let mut shown = Content::new();
                for entry in self.inputs.context.matching(source) {
                    let path = match copy::below(&entry.path, source) {
                        "" => target.to_owned(),
                        rest => format!("{target}/{rest}"),
                    };
                    let taken = self.context_entry(entry.entry, done.layer);
                    done.taken.push((entry.path.clone(), taken.identity));
                    shown.push((path.into(), taken));
                }
                shown
            }
            Origin::Stage(index) => {
                let Some(Some(stage)) = self.done.get(*index) else { return Content::new() };
                let source = join("/", &mount.source);
                let source = source.trim_end_matches('/');
                let known = stage.tree.subtree(source).filter(|(_, entry)| entry.kind != Kind::Os);
                let shown: Content = known
                    .map(|(path, entry)| {
                        (format!("{target}{}", &path[source.len()..]).into(), entry.clone())
                    })
                    .collect();
                if shown.is_empty() && !source.is_empty() {
                    let unseen = copy::unseen(&stage.tree, stage.unseen_key, source);
                    return vec![(target.into(), unseen)];
                }
                shown
            }
            Origin::Image(reference) => {
                vec![(target.into(), copy::part_of_image(self, reference, &mount.source).1)]
            }
        }
    }

    /// An entry of the context as it stands in a tree.
    pub(super) fn context_entry(&self, entry: &ContextEntry, layer: LayerId) -> Entry {
        let content = content(self.inputs.contents, &entry.path);
        copy::from_context(entry, content, layer)
    }
}

fn finish(mut machine: Machine<'_>, state: &mut StageState, done: &mut StepState) {
    done.cost = machine.cost;
    done.assumptions = std::mem::take(&mut machine.assumptions);
    done.wants = std::mem::take(&mut machine.wants);
    done.unrepeatable = machine.unrepeatable.take();
    done.writes_unseen = machine.writes_unseen;
    if done.writes_unseen {
        state.unseen_key = done.key;
    }
    let Finished { tree, written, caches } = machine.finish();
    state.tree = tree;
    done.written = written;
    done.caches = caches;
}

fn execute(run: &Run, windows: bool, machine: &mut Machine<'_>) {
    let shell = run.shell.first().map_or("/bin/sh", String::as_str);
    let name = shell.rsplit(['/', '\\']).next().unwrap_or(shell).trim_end_matches(".exe");
    let posix = matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh");
    // On Windows the default shell, which the graph may not know, is cmd.
    let default = windows && shell == "/bin/sh";
    let opaque = matches!(&run.command, Command::Script { .. }) || default || !posix;
    machine.writes_unseen |= opaque;
    match &run.command {
        Command::Exec(words) => {
            let words = words.iter().map(|word| word.text.clone()).collect();
            Interpreter::new(machine).exec(words);
            return;
        }
        Command::Shell(text) if default => {
            let shell = if tools::is_windows_script(&text.text) { "powershell" } else { "cmd" };
            return tools::windows_shell(machine, shell);
        }
        Command::Shell(text) if !posix || tools::is_windows_script(&text.text) => {
            machine.writes_unseen = true;
            return tools::windows_shell(machine, if posix { "powershell" } else { name });
        }
        Command::Script { interpreter, .. }
            if !interpreter.contains("sh") || interpreter.contains("pwsh") =>
        {
            return tools::opaque_script(machine, interpreter);
        }
        Command::Shell(_) | Command::Script { .. } => {}
    }
    if let Some(script) = run.script() {
        machine.writes_unseen |= !script.errors.is_empty();
        Interpreter::new(machine).run(script);
    }
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

fn exposes(instruction: &Instruction) -> bool {
    matches!(instruction.body, Body::Expose(_))
}

/// The paths that other stages copy from each stage, or that its start command
/// or a `cp` in it names: where a build, whose script is not known, must write.
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
                Body::Run(Command::Shell(text)) => {
                    let paths = copied(&text.text).into_iter();
                    wanted[index].extend(paths.map(|path| join(&step.scope.workdir, path)));
                    continue;
                }
                _ => continue,
            };
            let words: Vec<&str> = match command {
                Command::Exec(words) => words.iter().map(|word| &*word.text).collect(),
                Command::Shell(text) => text.text.split_whitespace().collect(),
                Command::Script { .. } => continue,
            };
            // A manager's `build` is a script, a server's is a folder.
            let runs_script = matches!(words.first(), Some(&("npm" | "yarn" | "pnpm" | "bun")));
            let is_output = |word: &str| !runs_script && matches!(word, "dist" | "build" | "out");
            let paths = words
                .into_iter()
                .filter(|word| word.contains('/') || word.contains(".js") || is_output(word));
            wanted[index].extend(paths.map(|path| join(&step.scope.workdir, path)));
        }
    }
    wanted
}

/// The files that the `cp` commands of a script take.
fn copied(script: &str) -> Vec<&str> {
    let commands = script.split(['&', ';', '|', '\n']);
    let words = commands.map(|command| command.split_whitespace().collect::<Vec<_>>());
    let sources = words.filter_map(|words| match &words[..] {
        ["cp", sources @ .., _] => Some(sources.to_vec()),
        _ => None,
    });
    sources.flatten().filter(|path| path.contains('/') && !path.contains('$')).collect()
}
