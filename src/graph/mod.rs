//! The build graph in BuildKit's sense: stages, their steps with every
//! variable expanded, what they take from each other, and what the target needs.

mod environment;
mod hints;
mod key;
mod operation;
mod platform;
mod port;
mod resolve;

pub use environment::Environment;
pub use hints::{hints, repository};
pub use key::CacheKey;
pub use operation::{Copy, Mount, MountKind, Operation, Origin, Run};
pub(crate) use platform::Platform;
pub(crate) use resolve::{PLATFORM_ARGUMENTS, globals, join};

use crate::sorted::Map;
use crate::syntax::{Dockerfile, Span};

/// A build as BuildKit would plan it.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The stages in the file's order.
    pub stages: Vec<Stage>,
    /// The stage that is built; `None` when there is none.
    pub target: Option<usize>,
    /// What BuildKit would refuse or what is probably not meant.
    pub problems: Vec<Problem>,
    /// All stages, each after all that it depends on.
    order: Vec<usize>,
}

/// A stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The name after AS in lower case.
    pub name: Option<String>,
    /// What it starts from.
    pub base: Base,
    /// `--platform`, expanded.
    pub platform: Option<String>,
    /// Index of its FROM among the instructions.
    pub instruction: usize,
    /// Its steps, FROM left out.
    pub steps: Vec<Step>,
    /// The configuration at its end.
    pub end: Scope,
    /// True when the target needs it.
    pub needed: bool,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An image, by its reference.
    Image(String),
    /// `FROM scratch`.
    Scratch,
    /// An earlier stage.
    Stage(usize),
}

impl Base {
    /// The stage, if it is one.
    pub fn stage(&self) -> Option<usize> {
        match self {
            Self::Stage(index) => Some(*index),
            Self::Image(_) | Self::Scratch => None,
        }
    }
}

/// One instruction of a stage.
#[derive(Debug, Clone)]
pub struct Step {
    /// Index among the instructions.
    pub instruction: usize,
    /// Its work.
    pub operation: Operation,
    /// What it sees.
    pub scope: Scope,
}

/// The configuration that a step sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// ENV and ARG.
    pub environment: Environment,
    /// The absolute working directory.
    pub workdir: String,
    /// The user; empty for root.
    pub user: String,
    /// SHELL.
    pub shell: Vec<String>,
}

impl Scope {
    /// True when programs run as root.
    pub fn is_root(&self) -> bool {
        matches!(&*self.user, "" | "root" | "0")
    }
}

/// A problem with the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// The likely fix.
    pub help: Option<String>,
    /// Its place in the Dockerfile.
    pub span: Span,
    /// True when BuildKit refuses the build.
    pub fatal: bool,
}

/// What the build is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `--build-arg` values.
    pub build_args: &'a Map<String, String>,
    /// `--target`.
    pub target: Option<&'a str>,
}

/// The part of a base image's configuration that steps inherit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// True when an image of that name is known to exist.
    pub known: bool,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// Working directory; empty for `/`.
    pub workdir: String,
    /// User; empty for root.
    pub user: String,
    /// True for Windows images, whose default shell is cmd.
    pub windows: bool,
}

/// An image reference without what the registry's client adds of itself:
/// spellings of one image are one.
pub fn canonical(reference: &str) -> String {
    let name = ["docker.io/", "index.docker.io/"]
        .iter()
        .find_map(|registry| reference.strip_prefix(registry))
        .unwrap_or(reference);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.contains([':', '@']) {
        true => name.to_owned(),
        false => format!("{name}:latest"),
    }
}

impl Graph {
    /// Plans the build. `config` gives the configuration of an image by its
    /// reference.
    pub fn new(
        dockerfile: &Dockerfile,
        request: Request<'_>,
        config: &dyn Fn(&str) -> ImageConfig,
    ) -> Self {
        resolve::Builder::new(dockerfile, request, config).build()
    }

    /// The stages whose content or root a stage needs directly.
    pub fn dependencies(&self, stage: usize) -> impl DoubleEndedIterator<Item = usize> {
        let stage = &self.stages[stage];
        let base = stage.base.stage();
        base.into_iter().chain(stage.steps.iter().flat_map(|step| step.operation.stages()))
    }

    /// A stage and those that it is built on, itself first: their layers are its
    /// own.
    pub fn chain(&self, stage: usize) -> Vec<usize> {
        std::iter::successors(Some(stage), |stage| self.stages[*stage].base.stage()).collect()
    }

    /// The stage that a name or a number means, as `COPY --from` reads it.
    pub fn stage_named(&self, name: &str) -> Option<usize> {
        let lower = name.to_ascii_lowercase();
        let named = self.stages.iter().rposition(|stage| stage.name.as_deref() == Some(&*lower));
        named.or_else(|| name.parse().ok().filter(|index| *index < self.stages.len()))
    }

    /// The stages that the target needs, in the file's order.
    pub fn needed(&self) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(|stage| stage.needed)
    }

    /// All stages, each after all that it depends on.
    pub fn build_order(&self) -> &[usize] {
        &self.order
    }

    fn ordered(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut visited = vec![false; self.stages.len()];
        let mut pending: Vec<(usize, bool)> =
            (0..self.stages.len()).rev().map(|i| (i, false)).collect();
        while let Some((stage, expanded)) = pending.pop() {
            if expanded {
                order.push(stage);
            } else if !std::mem::replace(&mut visited[stage], true) {
                pending.push((stage, true));
                pending.extend(self.dependencies(stage).map(|i| (i, false)));
            }
        }
        order
    }
}

impl Operation {
    /// True when the builder has something to do that may store files, so that
    /// the image gets a layer of it; else only its configuration changes.
    pub fn makes_layer(&self) -> bool {
        match self {
            Self::Run(_) | Self::Copy(_) => true,
            // The root is there.
            Self::Workdir(path) => !path.trim_end_matches('/').is_empty(),
            Self::Configure { .. } | Self::Argument | Self::Invalid => false,
        }
    }

    /// What the operation takes files from.
    pub fn origins(&self) -> impl DoubleEndedIterator<Item = &Origin> {
        let (mounts, copy) = match self {
            Self::Run(run) => (&run.mounts[..], None),
            Self::Copy(copy) => (&[][..], Some(&copy.origin)),
            _ => (&[][..], None),
        };
        mounts.iter().map(|mount| &mount.origin).chain(copy)
    }

    /// The stages that the operation takes files from.
    pub fn stages(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.origins().filter_map(Origin::stage)
    }
}

impl Origin {
    /// The stage, if it is one.
    pub fn stage(&self) -> Option<usize> {
        match self {
            Self::Stage(index) => Some(*index),
            _ => None,
        }
    }
}
