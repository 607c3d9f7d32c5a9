//! Cache keys: what BuildKit compares to decide whether a step ran before.
//!
//! Source: BuildKit's solver/llbsolver/ops (exec.go, file.go: `CacheMap`) and
//! frontend/dockerfile/dockerfile2llb.

use super::{Copy, MountKind, Operation, Run, Scope, Step};
use crate::context::path;
use crate::identity::Identity;
use crate::syntax::Command;

/// The key of a step, or of an image that a stage starts from.
pub type CacheKey = Identity;

impl Step {
    /// The key of this step on top of `below`. `content` is the identity of
    /// the files it takes from the context, from other stages and images.
    pub fn key(&self, below: CacheKey, content: Identity) -> CacheKey {
        match &self.operation {
            Operation::Run(run) => Identity::of(("run", below, process(run, &self.scope), content)),
            Operation::Copy(copy) => {
                // --link layers do not depend on what is below them.
                let below = (!copy.link).then_some(below);
                Identity::of(("copy", below, transfer(copy), content))
            }
            // WORKDIR makes its folder as the user.
            Operation::Workdir(path) => Identity::of(("workdir", below, path, &self.scope.user)),
            Operation::Configure { .. } | Operation::Argument | Operation::Invalid => below,
        }
    }

    /// The key of the root after this step, of which `own` is the key: what
    /// comes next depends on all that is below, also when the step does not.
    pub fn root_key(&self, below: CacheKey, own: CacheKey) -> CacheKey {
        match &self.operation {
            Operation::Copy(copy) if copy.link => Identity::of(("merge", below, own)),
            _ => own,
        }
    }
}

/// What of a RUN counts besides the root and the files that it mounts: neither
/// the content of caches and secrets nor where in its origin a mount starts.
fn process(run: &Run, scope: &Scope) -> Identity {
    let script = match &run.command {
        Command::Script { body, .. } => Some(&body.text),
        Command::Shell(_) | Command::Exec(_) => None,
    };
    let mounts: Vec<_> = run
        .mounts
        .iter()
        .map(|mount| {
            let id = (mount.kind != MountKind::Bind).then_some(&mount.id);
            (mount.kind, &mount.target, id, &mount.options)
        })
        .collect();
    let place = (&scope.workdir, &scope.user);
    let environment = scope.environment.keyed();
    Identity::of((&run.arguments, script, environment, mounts, place, &run.options))
}

/// What of a COPY or ADD counts besides the files. Of a source's path that is
/// its last part only.
fn transfer(copy: &Copy) -> Identity {
    let names: Vec<String> = copy.sources.iter().map(|source| source_name(source, copy)).collect();
    let change = (&copy.chown, &copy.chmod);
    let filters = (&copy.exclude, copy.parents, copy.unpack);
    Identity::of((names, &copy.destination, change, filters, &copy.options))
}

/// The part of a source's path that counts.
fn source_name(source: &str, copy: &Copy) -> String {
    if copy.parents {
        return path::in_root(source);
    }
    let plain = source.split(['?', '#']).next().filter(|_| source.contains("://"));
    let cleaned = path::in_root(plain.unwrap_or(source));
    cleaned.rsplit('/').next().unwrap_or("").to_owned()
}
