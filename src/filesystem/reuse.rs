//! What of an evaluation holds for other inputs as well, so that it need not be
//! followed again: most changes concern a few steps only.
//!
//! A stage is what it was up to its first step that does something else, or
//! takes something else from the context, another stage, an image or a cache.

use std::rc::Rc;

use super::evaluate::{Evaluation, Inputs, StageState, StepState, content};
use super::tree::LayerId;
use crate::context::{Context, Entry};
use crate::graph::{Base, Mount, MountKind, Operation, Origin, Step};
use crate::sorted::Set;

/// A build that was followed before.
#[derive(Clone, Copy)]
pub struct Earlier<'e> {
    /// What it was made from.
    pub inputs: Inputs<'e>,
    /// What following it gave.
    pub evaluation: &'e Evaluation,
}

/// Where a build is what it was before.
pub(super) struct Reuse<'e> {
    earlier: Earlier<'e>,
    /// True when only files and references are others.
    same_graph: bool,
    /// True when both versions expose a port, or neither.
    serves_alike: bool,
    /// What of the context is not what it was: as it was, and as it is.
    altered: Context,
    /// The stages that end as they did.
    same: Vec<bool>,
    /// Caches that may not hold what they did.
    stale: Stale,
}

enum Stale {
    These(Set<String>),
    All,
}

impl<'e> Reuse<'e> {
    /// `serves` is true where a port is exposed now.
    pub fn new(earlier: Earlier<'e>, now: &Inputs<'_>, serves: bool) -> Option<Self> {
        let was = &earlier.inputs;
        let same_graph = std::ptr::eq(was.graph, now.graph);
        let comparable = std::ptr::eq(was.manifests, now.manifests)
            && std::ptr::eq(was.catalog, now.catalog)
            && was.measures.is_empty()
            && now.measures.is_empty()
            && was.dockerfile.escape == now.dockerfile.escape
            && ![was, now].into_iter().any(mounts_root);
        let altered = || Context { entries: altered(was, now), assumed: now.context.assumed };
        comparable.then(|| Self {
            earlier,
            same_graph,
            serves_alike: earlier.evaluation.serves == serves,
            altered: altered(),
            same: vec![false; now.graph.stages.len()],
            stale: Stale::These(Set::new()),
        })
    }

    /// What others take from each stage, where that is what it was.
    pub fn wanted(&self) -> Option<Rc<Vec<Vec<String>>>> {
        self.same_graph.then(|| Rc::clone(&self.earlier.evaluation.wanted))
    }

    /// The stage as it was, and how many of its first steps are what they were;
    /// `layer` is the last one that was made.
    pub fn kept(
        &self,
        now: &Inputs<'_>,
        wanted: &[Vec<String>],
        index: usize,
        layer: LayerId,
    ) -> Option<(&'e Rc<StageState>, usize)> {
        let was = self.earlier.inputs.graph.stages.get(index)?;
        let state = self.earlier.evaluation.stages.get(index)?;
        let stage = &now.graph.stages[index];
        let (below, first) = match &stage.base {
            Base::Stage(base) => (self.same[*base], layer),
            Base::Image(reference) => (!self.moves(now, reference), layer + 1),
            Base::Scratch => (true, layer + 1),
        };
        let starts_alike = self.same_graph
            || (was.base == stage.base
                && was.platform == stage.platform
                && self.serves_alike
                && self.earlier.evaluation.wanted[index] == wanted[index]);
        let starts_there = first == layer || state.base_layer == first;
        if !below || !starts_alike || !starts_there {
            return None;
        }
        let steps = was.steps.iter().zip(&stage.steps).zip(&state.steps).zip(first + 1..);
        let kept = steps.take_while(|(((was, step), done), layer)| {
            done.layer == *layer
                && (self.same_graph || does_the_same(was, step))
                && self.takes_the_same(now, &step.operation)
        });
        Some((state, kept.count()))
    }

    /// Notes that a stage ends as it did.
    pub fn keep(&mut self, index: usize) {
        self.same[index] = true;
    }

    /// Notes that a step was followed again: what it leaves in caches may be
    /// something else.
    pub fn followed(&mut self, step: &Step) {
        let Stale::These(ids) = &mut self.stale else { return };
        match self.same_graph {
            true => ids.extend(caches(&step.operation).map(|mount| mount.id.clone())),
            // A step that was there before may have left something.
            false => self.stale = Stale::All,
        }
    }

    /// True when a reference or an address leads to something else than it did.
    fn moves(&self, now: &Inputs<'_>, reference: &str) -> bool {
        self.earlier.inputs.moved.contains(reference) != now.moved.contains(reference)
    }

    fn takes_the_same(&self, now: &Inputs<'_>, operation: &Operation) -> bool {
        let from = |origin: &Origin, source: &str| match origin {
            Origin::Context => {
                self.altered.entries.is_empty() || self.altered.matching(source).is_empty()
            }
            Origin::Stage(stage) => self.same[*stage],
            Origin::Image(reference) => !self.moves(now, reference),
        };
        match operation {
            Operation::Copy(copy) => copy
                .sources
                .iter()
                .all(|source| from(&copy.origin, source) && !self.moves(now, source)),
            Operation::Run(run) => {
                let fresh = |mount: &Mount| match &self.stale {
                    Stale::These(ids) => !ids.contains(&mount.id),
                    Stale::All => false,
                };
                let mounts_the_same = |mount: &Mount| {
                    let source = if mount.source.is_empty() { "." } else { &*mount.source };
                    let empty = mount.kind != MountKind::Bind && mount.origin == Origin::Context;
                    empty || from(&mount.origin, source)
                };
                run.mounts.iter().all(mounts_the_same) && caches(operation).all(fresh)
            }
            _ => true,
        }
    }
}

/// The cache mounts of a RUN.
fn caches(operation: &Operation) -> impl Iterator<Item = &Mount> {
    let mounts = match operation {
        Operation::Run(run) => &run.mounts[..],
        _ => &[],
    };
    mounts.iter().filter(|mount| mount.kind == MountKind::Cache)
}

/// True where something is mounted over the whole root: what a step leaves then
/// is more than what its layer holds.
fn mounts_root(inputs: &Inputs<'_>) -> bool {
    let mut steps = inputs.graph.stages.iter().flat_map(|stage| &stage.steps);
    steps.any(|step| match &step.operation {
        Operation::Run(run) => {
            run.mounts.iter().any(|mount| mount.target.trim_end_matches('/').is_empty())
        }
        _ => false,
    })
}

/// True when two steps are the same, wherever they are written.
fn does_the_same(was: &Step, is: &Step) -> bool {
    let operation = match (&was.operation, &is.operation) {
        (Operation::Run(was), Operation::Run(is)) => was.is_like(is),
        (was, is) => was == is,
    };
    operation && was.scope == is.scope
}

/// The entries that steps may take and that are not what they were: both as
/// they were and as they are.
fn altered(was: &Inputs<'_>, now: &Inputs<'_>) -> Vec<Entry> {
    let mut altered = Vec::new();
    let mut note = |was: Option<&Entry>, is: Option<&Entry>| {
        altered.extend(was.into_iter().chain(is).filter(|entry| entry.sent()).cloned());
    };
    if std::ptr::eq(was.context, now.context) {
        let paths = was.contents.keys().chain(now.contents.keys());
        for entry in paths.filter_map(|path| now.context.entry(path)) {
            note(Some(entry), None);
        }
        return altered;
    }
    let mut before = was.context.entries.iter().peekable();
    let mut after = now.context.entries.iter().peekable();
    loop {
        match (before.peek(), after.peek()) {
            (None, None) => return altered,
            (Some(entry), other) if other.is_none_or(|other| entry.path < other.path) => {
                note(before.next(), None);
            }
            (entry, Some(other)) if entry.is_none_or(|entry| other.path < entry.path) => {
                note(None, after.next());
            }
            _ => {
                let (old, new) = (before.next(), after.next());
                if let (Some(a), Some(b)) = (old, new)
                    && (is_another(a, b)
                        || content(was.contents, &a.path) != content(now.contents, &b.path))
                {
                    note(old, new);
                }
            }
        }
    }
}

fn is_another(was: &Entry, is: &Entry) -> bool {
    // Which pattern decides does not count, only what it says.
    let what = |entry: &Entry| {
        let Entry { bytes, files, executable, folder, assumed, role, .. } = *entry;
        (bytes, files, executable, folder, assumed, role, entry.sent())
    };
    what(was) != what(is)
}

impl StepState {
    /// Leaves in a tree what the step left there.
    pub(super) fn repeat(&self, tree: &mut super::Tree) {
        for path in self.written.whiteouts.iter().chain(&self.written.gone) {
            tree.remove(path);
        }
        for (path, entry) in &self.written.entries {
            tree.insert(Rc::clone(path), entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filesystem::{Contents, evaluate};
    use crate::identity::Identity;
    use crate::{Analysis, Project};

    const STAGES: &str = "FROM node:22 AS a\nWORKDIR /app\nCOPY package.json ./\n\
        RUN --mount=type=cache,target=/root/.npm npm ci && touch /x && rm -rf /tmp/y\n\
        COPY src ./src\nRUN rm -f /x && npm run build\nFROM a AS b\nRUN echo 1 > /one\n\
        FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n\
        COPY --from=a /app/dist /dist\nCOPY --from=b /one /\nEXPOSE 80\n";

    fn project() -> Project {
        Project { dockerfile: STAGES.to_owned(), ..Project::default() }
    }

    /// How many steps are taken from before, when all is as if none was.
    fn kept(earlier: Earlier<'_>, now: &Inputs<'_>) -> usize {
        let (fresh, reused) = (evaluate(now, None), evaluate(now, Some(earlier)));
        assert_eq!(format!("{fresh:?}"), format!("{reused:?}"));
        let stages = earlier.evaluation.stages.iter().zip(&reused.stages);
        let steps = stages.flat_map(|(was, is)| was.steps.iter().zip(&is.steps));
        steps.filter(|(was, is)| Rc::ptr_eq(was, is)).count()
    }

    fn kept_with(text: &str) -> usize {
        let project = project();
        let was = Analysis::new(&project);
        let earlier = Earlier { inputs: was.inputs(), evaluation: &was.evaluation };
        kept(earlier, &was.with_dockerfile(text).inputs())
    }

    fn kept_when_edited(path: &str) -> usize {
        let project = project();
        let was = Analysis::new(&project);
        let earlier = Earlier { inputs: was.inputs(), evaluation: &was.evaluation };
        let contents = Contents::from([(path.to_owned(), Identity::of("other"))]);
        kept(earlier, &Inputs { contents: &contents, ..was.inputs() })
    }

    #[test]
    fn an_edit_concerns_what_copies_the_file_and_what_follows() {
        assert_eq!(kept_when_edited("README.md"), 10);
        // All but COPY src, npm run build, what stands on it and takes from it.
        assert_eq!(kept_when_edited("src"), 4);
        // What npm ci left in the cache may be another one in the last stage.
        assert_eq!(kept_when_edited("package.json"), 1);
    }

    #[test]
    fn a_step_is_the_same_wherever_it_is_written() {
        assert_eq!(kept_with(&format!("# a comment\n{STAGES}")), 10);
        assert_eq!(kept_with(&STAGES.replace("echo 1", "echo 2")), 5);
        assert_eq!(kept_with(&STAGES.replace("npm run build", "npm run build && true")), 4);
        // A build's output hangs on whether it is to be served.
        assert_eq!(kept_with(&STAGES.replace("EXPOSE 80", "CMD npm start")), 0);
        assert_eq!(kept_with(&STAGES.replace("FROM node:22\nRUN", "FROM node:20\nRUN")), 6);
    }
}
