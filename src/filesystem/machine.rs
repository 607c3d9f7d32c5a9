//! The abstract machine that shell commands act on: a file tree, a layer being
//! written, variables, and what the work costs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::tree::{Compression, Entry, LayerId, Tree};
use crate::context::Manifests;
use crate::data::BaseImage;
use crate::graph::{Mount, MountKind, Scope, join};
use crate::identity::Identity;
use crate::syntax::Variables;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// What a step costs, apart from bytes in the image.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Bytes read from the network.
    pub network: u64,
    /// Bytes of these that a filled cache mount saves.
    pub network_cached: u64,
    /// Seconds of work besides waiting for the network.
    pub seconds: f64,
    /// Seconds of these that a filled cache mount saves.
    pub seconds_cached: f64,
}

/// Content that a command writes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Uncompressed bytes.
    pub bytes: Range,
    /// Files.
    pub files: u64,
    /// What sort of bytes.
    pub kind: Kind,
    /// How well they compress.
    pub compression: Compression,
    /// What they are made from.
    pub identity: Identity,
    /// A name for people, where the path does not tell.
    pub label: Option<Rc<str>>,
    /// Where the size comes from.
    pub evidence: Evidence,
}

/// What is known outside the container.
#[derive(Debug, Clone, Copy)]
pub struct World<'w> {
    /// The project's manifests, by their path in the context.
    pub manifests: &'w Manifests,
    /// The image that the stage's root started from.
    pub image: &'w BaseImage,
    /// Paths of this stage that others copy or that it starts with: hints for
    /// where a build script, whose text is not known, writes.
    pub wanted: &'w [String],
}

/// The state of a container while one step runs.
pub struct Machine<'w> {
    /// What is known outside.
    pub world: World<'w>,
    /// Content identity that the output of an opaque command derives from.
    pub step: Identity,
    /// Costs so far.
    pub cost: Cost,
    /// Assumptions made so far, each once.
    pub assumptions: Vec<Evidence>,
    /// True when the output depends on more than the step's inputs: the time,
    /// or a moving thing on the network.
    pub unrepeatable: Option<String>,
    /// False inside a branch that may not be taken.
    pub certain: bool,
    /// The current folder, absolute.
    pub folder: String,
    tree: Tree,
    layer: LayerId,
    /// Paths written or removed in this step.
    touched: BTreeSet<Rc<str>>,
    /// Paths of lower layers that were removed in this step.
    hidden: BTreeSet<Rc<str>>,
    scope: &'w Scope,
    mounts: &'w [Mount],
    /// Shell variables; `None`: set to something unknown.
    variables: BTreeMap<String, Option<String>>,
    evidences: RefCell<BTreeMap<String, Rc<Evidence>>>,
}

/// What a step wrote.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Entries stored in the step's layer.
    pub entries: Vec<(Rc<str>, Entry)>,
    /// Paths of lower layers that it hides.
    pub whiteouts: Vec<Rc<str>>,
}

impl<'w> Machine<'w> {
    /// A machine at the start of a step.
    pub fn new(
        world: World<'w>,
        scope: &'w Scope,
        mounts: &'w [Mount],
        tree: Tree,
        layer: LayerId,
        step: Identity,
    ) -> Self {
        Self {
            world,
            step,
            cost: Cost::default(),
            assumptions: Vec::new(),
            unrepeatable: None,
            certain: true,
            folder: scope.workdir.clone(),
            tree,
            layer,
            touched: BTreeSet::new(),
            hidden: BTreeSet::new(),
            scope,
            mounts,
            variables: BTreeMap::new(),
            evidences: RefCell::default(),
        }
    }

    /// Ends the step: what its layer holds, and the tree after it.
    pub fn finish(self) -> (Tree, Written) {
        let mut written = Written::default();
        for path in self.touched {
            match self.tree.get(&path) {
                Some(entry) if entry.layer == self.layer => {
                    written.entries.push((path, entry.clone()))
                }
                Some(_) => {}
                None if self.hidden.contains(&path) => written.whiteouts.push(path),
                None => {}
            }
        }
        (self.tree, written)
    }

    /// What is in the container now.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// An absolute, clean path without trailing slash.
    pub fn resolve(&self, path: &str) -> String {
        let path = if let Some(rest) = path.strip_prefix("~/") {
            join(&self.home(), rest)
        } else if path == "~" {
            self.home()
        } else {
            join(&self.folder, path)
        };
        if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path }
    }

    /// The home folder of the user that runs the step.
    pub fn home(&self) -> String {
        if let Some(home) = self.variable("HOME") {
            return home;
        }
        match self.user() {
            "" | "root" | "0" => "/root".to_owned(),
            user => format!("/home/{user}"),
        }
    }

    /// The name of the user that runs the step; empty for root.
    pub fn user(&self) -> &str {
        self.scope.user.split(':').next().unwrap_or("")
    }

    /// The value of a variable, when it is set and known.
    pub fn variable(&self, name: &str) -> Option<String> {
        match self.variables.get(name) {
            Some(value) => value.clone(),
            None => self.scope.environment.get(name).map(str::to_owned),
        }
    }

    /// True when nothing set the variable.
    pub fn is_unset(&self, name: &str) -> bool {
        !self.variables.contains_key(name) && self.scope.environment.get(name).is_none()
    }

    /// Sets a shell variable; `None` when its value is not known.
    pub fn set_variable(&mut self, name: &str, value: Option<String>) {
        self.variables.insert(name.to_owned(), value);
    }

    /// The shell's own variables, to be restored after a subshell.
    pub fn variables(&self) -> BTreeMap<String, Option<String>> {
        self.variables.clone()
    }

    /// Restores what [`Self::variables`] gave.
    pub fn restore_variables(&mut self, variables: BTreeMap<String, Option<String>>) {
        self.variables = variables;
    }

    /// True when the path is on a mount: what is written there is in no layer.
    pub fn is_mounted(&self, path: &str) -> bool {
        self.mount(path).is_some()
    }

    /// True when the path is on a cache mount, which keeps its content.
    pub fn is_cached(&self, path: &str) -> bool {
        self.mount(path).is_some_and(|mount| mount.kind == MountKind::Cache)
    }

    fn mount(&self, path: &str) -> Option<&Mount> {
        self.mounts.iter().find(|mount| {
            let target = mount.target.trim_end_matches('/');
            path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Writes content at an absolute path, over what is there.
    pub fn write(&mut self, path: &str, output: Output) {
        if self.is_mounted(path) {
            return;
        }
        let bytes = if self.certain { output.bytes } else { output.bytes.maybe() };
        let entry = Entry {
            bytes,
            files: output.files,
            kind: output.kind,
            compression: output.compression,
            identity: output.identity,
            layer: self.layer,
            label: output.label,
            evidence: self.shared(output.evidence),
        };
        self.put(path.into(), entry);
    }

    /// Puts an entry into the current layer.
    pub fn put(&mut self, path: Rc<str>, entry: Entry) {
        self.touched.insert(Rc::clone(&path));
        self.tree.insert(path, Entry { layer: self.layer, ..entry });
    }

    /// Evidence is shared by the entries it stands for.
    fn shared(&self, evidence: Evidence) -> Rc<Evidence> {
        let mut evidences = self.evidences.borrow_mut();
        Rc::clone(evidences.entry(evidence.text.clone()).or_insert_with(|| Rc::new(evidence)))
    }

    /// Makes a folder.
    pub fn make_folder(&mut self, path: &str) {
        if !self.tree.has(path) && !self.is_mounted(path) {
            let evidence = Evidence::new(EvidenceKind::Derived, "An empty folder.");
            self.write(
                path,
                Output {
                    bytes: Range::ZERO,
                    files: 0,
                    kind: Kind::Source,
                    compression: Compression(1.0),
                    identity: Identity::of(("folder", path)),
                    label: None,
                    evidence,
                },
            );
        }
    }

    /// Removes a path with all below it. In a branch that may not be taken it
    /// stays: bytes are never taken away on a guess.
    pub fn remove(&mut self, path: &str) {
        if !self.certain || self.is_mounted(path) {
            return;
        }
        for path in self.tree.paths(path) {
            if &*path != "/" {
                if self.tree.remove(&path).is_some_and(|entry| entry.layer != self.layer) {
                    self.hidden.insert(Rc::clone(&path));
                }
                self.touched.insert(path);
            }
        }
    }

    /// Stores a subtree once more in this layer, as a change of mode or owner
    /// does (overlay filesystems copy the whole file up). `change` is what that
    /// makes of the content, if it counts as content.
    pub fn store_again(&mut self, path: &str, change: Option<Identity>) {
        for path in self.tree.paths(path) {
            if self.is_mounted(&path) {
                continue;
            }
            if let Some(entry) = self.tree.get(&path).filter(|entry| entry.kind != Kind::Os) {
                let entry = entry.clone();
                let identity =
                    change.map_or(entry.identity, |change| Identity::of((entry.identity, change)));
                self.put(path, Entry { identity, ..entry });
            }
        }
    }

    /// Copies a subtree within the container.
    pub fn copy(&mut self, from: &str, to: &str) {
        let copied = self.tree.subtree(from).map(|(path, entry)| (Rc::clone(path), entry.clone()));
        let copied: Vec<_> = copied.filter(|(_, entry)| entry.kind != Kind::Os).collect();
        for (path, entry) in copied {
            let target = format!(
                "{}{}",
                to.trim_end_matches('/'),
                &path[from.trim_end_matches('/').len()..]
            );
            if !self.is_mounted(&target) {
                self.put(target.into(), entry);
            }
        }
    }

    /// The content identity of several paths together.
    pub fn identity(&self, paths: &[String]) -> Identity {
        Identity::of_all(paths.iter().map(|path| self.tree.identity(path)))
    }

    /// Reads bytes from the network into a download cache at `cache`: a cache
    /// mount there keeps them for the next build.
    pub fn download(&mut self, bytes: u64, cache: Option<&str>) {
        self.cost.network += bytes;
        if cache.is_some_and(|cache| self.is_cached(cache)) {
            self.cost.network_cached += bytes;
        }
    }

    /// Spends seconds of work; those that a cache at `cache` saves are
    /// `cached`.
    pub fn spend(&mut self, seconds: f64, cached: f64, cache: Option<&str>) {
        self.cost.seconds += seconds;
        if cache.is_some_and(|cache| self.is_cached(cache)) {
            self.cost.seconds_cached += cached;
        }
    }

    /// States an assumption, once.
    pub fn assume(&mut self, text: impl Into<String>) {
        let evidence = Evidence::new(EvidenceKind::Assumed, text);
        if !self.assumptions.contains(&evidence) {
            self.assumptions.push(evidence);
        }
    }
}
