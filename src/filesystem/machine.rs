//! The abstract machine that shell commands act on: a file tree, a layer being
//! written, variables, and what the work costs.

use std::cell::RefCell;
use std::rc::Rc;

use super::tree::{Compression, Entry, LayerId, Tree};
use crate::context::Manifests;
use crate::data::{
    Alpine, BaseImage, Catalog, Debian, NpmPackages, Pack, PythonPackages, RpmPackages,
};
use crate::graph::{Mount, MountKind, Scope, join};
use crate::identity::Identity;
use crate::sorted::{Map, Set};
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
    /// How the time is known.
    pub timing: Timing,
}

/// How the time of a step is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Timing {
    /// From the models of its tools.
    #[default]
    Modelled,
    /// From the models, corrected by the time that other steps really took.
    Scaled,
    /// From the log of a build.
    Measured,
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
    /// What is known of packages.
    pub catalog: &'w Catalog,
    /// The image that the stage's root started from.
    pub image: &'w BaseImage,
    /// Paths of this stage that others copy or that it starts with: hints for
    /// where a build script, whose text is not known, writes.
    pub wanted: &'w [String],
    /// True where the Dockerfile exposes a port: what is built answers on it.
    pub serves: bool,
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
    /// Packs of data that would have told more.
    pub wants: Set<Pack>,
    /// True when the output depends on more than the step's inputs: the time,
    /// or a moving thing on the network.
    pub unrepeatable: Option<String>,
    /// True when the step may have written what is not seen in the tree.
    pub writes_unseen: bool,
    /// False inside a branch that may not be taken.
    pub certain: bool,
    /// The current folder, absolute.
    pub folder: String,
    tree: Tree,
    layer: LayerId,
    /// Paths written or removed in this step.
    touched: Set<Rc<str>>,
    /// Paths of lower layers that were removed in this step.
    hidden: Set<Rc<str>>,
    scope: &'w Scope,
    mounts: &'w [Mount],
    /// What the mounts hide while the step runs.
    covered: Content,
    /// Shell variables; `None`: set to something unknown.
    variables: Map<String, Option<String>>,
    evidences: RefCell<Map<String, Rc<Evidence>>>,
}

/// Entries by their absolute path.
pub type Content = Vec<(Rc<str>, Entry)>;

/// What cache mounts hold: their ids, and paths below their targets.
pub type Caches = Vec<(String, Rc<Content>)>;

/// A container after its step.
pub struct Finished {
    /// The root, without what was mounted.
    pub tree: Tree,
    /// What the step's layer holds.
    pub written: Written,
    /// What is in the cache mounts now.
    pub caches: Caches,
}

/// What a step wrote.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Entries stored in the step's layer.
    pub entries: Content,
    /// Paths of lower layers that it hides.
    pub whiteouts: Vec<Rc<str>>,
    /// Other paths that it removes.
    pub gone: Vec<Rc<str>>,
}

impl Written {
    /// Uncompressed bytes of the entries.
    pub fn size(&self) -> Range {
        self.entries.iter().map(|(_, entry)| entry.bytes).sum()
    }

    /// Bytes of the entries as pushed (gzip).
    pub fn compressed(&self) -> Range {
        self.entries.iter().map(|(_, entry)| entry.compressed()).sum()
    }
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
            wants: Set::new(),
            unrepeatable: None,
            writes_unseen: false,
            certain: true,
            folder: scope.workdir.clone(),
            tree,
            layer,
            touched: Set::new(),
            hidden: Set::new(),
            scope,
            mounts,
            covered: Content::new(),
            variables: Map::new(),
            evidences: RefCell::default(),
        }
    }

    /// The Debian packages for the image.
    pub fn debian(&mut self) -> Debian<'w> {
        let debian = self.world.catalog.debian(self.world.image);
        self.want(Pack::Debian(debian.suite));
        debian
    }

    /// The Alpine packages for the image.
    pub fn alpine(&mut self) -> Alpine<'w> {
        self.want(Pack::Alpine);
        self.world.catalog.alpine(self.world.image)
    }

    /// The npm packages.
    pub fn npm(&mut self) -> &'w NpmPackages {
        self.want(Pack::Npm);
        self.world.catalog.npm()
    }

    /// The Python packages.
    pub fn python(&mut self) -> &'w PythonPackages {
        self.want(Pack::Pip);
        self.world.catalog.python()
    }

    /// The RPM packages.
    pub fn rpm(&mut self) -> &'w RpmPackages {
        self.want(Pack::Rpm);
        self.world.catalog.rpm()
    }

    /// Notes that a pack is of use here.
    pub fn want(&mut self, pack: Pack) {
        if self.world.catalog.lacks(pack) {
            self.wants.insert(pack);
        }
    }

    /// Shows content at each mount's target and hides what is there, as long as
    /// the step runs. It is in no layer.
    pub fn mount(&mut self, shown: Vec<Content>) {
        for mount in self.mounts {
            self.covered.extend(self.tree.take(&mount.target));
        }
        let mut mounts: Vec<_> = self.mounts.iter().zip(shown).collect();
        mounts.sort_by_key(|(mount, _)| mount.target.len());
        for (mount, content) in mounts {
            self.tree.take(&mount.target);
            for (path, entry) in content {
                self.tree.insert(path, entry);
            }
        }
    }

    /// Ends the step.
    pub fn finish(mut self) -> Finished {
        let caches = self.unmount();
        let mut written = Written::default();
        for path in self.touched {
            match self.tree.get(&path) {
                Some(entry) if entry.layer == self.layer => {
                    written.entries.push((path, entry.clone()))
                }
                Some(_) => {}
                None if self.hidden.contains(&path) => written.whiteouts.push(path),
                None => written.gone.push(path),
            }
        }
        Finished { tree: self.tree, written, caches }
    }

    /// Takes the mounts' content out, and what they hid back in.
    fn unmount(&mut self) -> Caches {
        let mut mounts: Vec<&Mount> = self.mounts.iter().collect();
        mounts.sort_by_key(|mount| std::cmp::Reverse(mount.target.len()));
        let mut caches = Vec::new();
        for mount in mounts {
            let content = self.tree.take(&mount.target);
            if mount.kind == MountKind::Cache {
                let base = mount.target.trim_end_matches('/').len();
                let below = content.into_iter().map(|(path, entry)| (path[base..].into(), entry));
                caches.push((mount.id.clone(), Rc::new(below.collect())));
            }
        }
        for (path, entry) in std::mem::take(&mut self.covered) {
            self.tree.insert(path, entry);
        }
        caches
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

    /// A group of files in a folder that this step alone writes.
    pub fn group(&self, folder: &str, name: &str) -> String {
        format!("{}/({name} {})", folder.trim_end_matches('/'), self.layer)
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
    pub fn variables(&self) -> Map<String, Option<String>> {
        self.variables.clone()
    }

    /// Restores what [`Self::variables`] gave.
    pub fn restore_variables(&mut self, variables: Map<String, Option<String>>) {
        self.variables = variables;
    }

    /// True when the path is on a mount: what is written there can be read as
    /// long as the step runs, and is in no layer.
    pub fn is_mounted(&self, path: &str) -> bool {
        self.mount_of(path).is_some()
    }

    /// True when the path is on a cache mount, which keeps its content.
    pub fn is_cached(&self, path: &str) -> bool {
        self.mount_of(path).is_some_and(|mount| mount.kind == MountKind::Cache)
    }

    /// The innermost mount that a path is on.
    fn mount_of(&self, path: &str) -> Option<&Mount> {
        let holds = |mount: &&Mount| {
            let target = mount.target.trim_end_matches('/');
            path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.mounts.iter().filter(holds).max_by_key(|mount| mount.target.len())
    }

    /// Writes content at an absolute path, over what is there.
    pub fn write(&mut self, path: &str, output: Output) {
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

    /// Puts an entry into the current layer, or onto a mount.
    pub fn put(&mut self, path: Rc<str>, entry: Entry) {
        if !self.is_mounted(&path) {
            self.touched.insert(Rc::clone(&path));
        }
        self.tree.insert(path, Entry { layer: self.layer, ..entry });
    }

    /// Evidence is shared by the entries it stands for.
    fn shared(&self, evidence: Evidence) -> Rc<Evidence> {
        let mut evidences = self.evidences.borrow_mut();
        Rc::clone(evidences.entry(evidence.text.clone()).or_insert_with(|| Rc::new(evidence)))
    }

    /// Makes a folder.
    pub fn make_folder(&mut self, path: &str) {
        if !self.tree.has(path) {
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
        if !self.certain {
            return;
        }
        for path in self.tree.paths(path) {
            if &*path == "/" {
                continue;
            }
            let removed = self.tree.remove(&path);
            if self.is_mounted(&path) {
                continue;
            }
            if removed.is_some_and(|entry| entry.layer != self.layer) {
                self.hidden.insert(Rc::clone(&path));
            }
            self.touched.insert(path);
        }
    }

    /// Stores a subtree once more in this layer, as a change of mode or owner
    /// does (overlay filesystems copy the whole file up). `change` is what that
    /// makes of the content, if it counts as content.
    pub fn store_again(&mut self, path: &str, change: Option<Identity>) {
        for path in self.tree.paths(path) {
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
            self.put(target.into(), entry);
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

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use crate::filesystem::{StageState, Tree};
    use crate::{Analysis, Project};

    fn stages(dockerfile: &str) -> Vec<Rc<StageState>> {
        let project = Project { dockerfile: dockerfile.to_owned(), ..Default::default() };
        Analysis::new(&project).evaluation.stages
    }

    fn tree(dockerfile: &str) -> Tree {
        stages(dockerfile).pop().expect("a stage").tree.clone()
    }

    fn assert_found(dockerfile: &str, path: &str, evidence: &str) {
        let tree = tree(dockerfile);
        let entry = tree.get(path).unwrap_or_else(|| panic!("no {path} after\n{dockerfile}"));
        assert!(entry.evidence.text.contains(evidence), "{}", entry.evidence.text);
        assert!(entry.bytes.expected > 100_000);
    }

    #[test]
    fn a_binary_is_copied_out_of_a_cache_mount() {
        let rust = "FROM rust:1.80\nWORKDIR /app\nCOPY . .\n\
                    RUN --mount=type=cache,target=/app/target cargo build --release --bin app \
                    && cp target/release/app /usr/local/bin/app";
        assert_found(rust, "/usr/local/bin/app", "built for release");
        assert!(!tree(rust).has("/app/target"), "the mount is in no layer");
    }

    #[test]
    fn each_ecosystem_copies_its_output_out_of_the_mount() {
        assert_found(
            "FROM golang:1.23\nWORKDIR /src\nCOPY . .\n\
             RUN --mount=type=cache,target=/out --mount=type=cache,target=/root/.cache/go-build \
             go build -o /out/app ./cmd/app && mv /out/app /app",
            "/app",
            "router",
        );
        assert_found(
            "FROM maven:3-eclipse-temurin-21\nWORKDIR /src\nCOPY . .\n\
             RUN --mount=type=cache,target=/root/.m2 --mount=type=cache,target=/src/target \
             mvn -B package && cp target/*.jar /app.jar",
            "/app.jar",
            "archive",
        );
        assert_found(
            "FROM gradle:8-jdk21\nWORKDIR /src\nCOPY . .\n\
             RUN --mount=type=cache,target=/src/build gradle bootJar && cp build/libs/*.jar /app.jar",
            "/app.jar",
            "archive",
        );
    }

    #[test]
    fn a_cache_keeps_its_content_for_the_next_step() {
        let stages = stages(
            "FROM golang:1.23\nWORKDIR /src\nCOPY . .\n\
             RUN --mount=type=cache,target=/go/pkg/mod go mod download\n\
             RUN --mount=type=cache,target=/go/pkg/mod go build -o /app .",
        );
        let steps = &stages[0].steps;
        assert!(steps[2].cost.network > 1_000_000);
        assert!(steps[3].cost.network < steps[2].cost.network / 10);
        assert!(!stages[0].tree.has("/go/pkg/mod"));
    }

    #[test]
    fn binds_show_stages_and_the_context_and_are_gone_afterwards() {
        let bound = tree(
            "FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/app .\n\
             FROM debian:12\nRUN --mount=from=build,source=/out,target=/mnt \
             --mount=target=/ctx cp /mnt/app /usr/bin/app && cp -r /ctx /srv",
        );
        assert!(bound.get("/usr/bin/app").unwrap().bytes.expected > 1_000_000);
        assert!(bound.has("/srv") && !bound.has("/mnt") && !bound.has("/ctx"));
    }

    #[test]
    fn a_bind_hides_what_is_below_while_the_step_runs() {
        let tree = tree(
            "FROM debian:12\nRUN mkdir -p /a && echo long > /a/kept\n\
             RUN --mount=type=tmpfs,target=/a cp /a/kept /b; rm -rf /a/kept; echo x > /a/new",
        );
        assert!(tree.has("/a/kept") && !tree.has("/a/new"));
        assert!(tree.get("/b").unwrap().evidence.text.contains("not seen"));
    }

    #[test]
    fn a_secret_without_target_leaves_the_working_folder_writable() {
        let tree = tree(
            "FROM node:20\nWORKDIR /app\nCOPY . .\n\
             RUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc .npmrc && npm ci && rm .npmrc",
        );
        assert!(tree.has("/app/node_modules") && !tree.has("/run/secrets"));
        assert!(!tree.has("/app/.npmrc"));
    }
}
