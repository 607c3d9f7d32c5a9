//! Cache keys: what BuildKit compares to decide whether a step ran before.

use super::{Operation, Step};
use crate::identity::Identity;
use crate::syntax::Command;

/// The key of a step, or of an image that a stage starts from.
pub type CacheKey = Identity;

impl Step {
    /// The key of this step on top of `below`. `content` is the identity of
    /// the files it takes from the context, from other stages and images.
    pub fn key(&self, below: CacheKey, content: Identity) -> CacheKey {
        match &self.operation {
            Operation::Run(run) => {
                let scope = &self.scope;
                let environment: Vec<_> = scope.environment.keyed().collect();
                let mounts: Vec<_> =
                    run.mounts.iter().map(|mount| (mount.kind, &mount.target)).collect();
                let place = (&scope.workdir, &scope.user, &run.shell, &run.options);
                Identity::of((
                    "run",
                    below,
                    command(&run.command),
                    environment,
                    mounts,
                    place,
                    content,
                ))
            }
            Operation::Copy(copy) => {
                // --link layers do not depend on what is below them.
                let below = if copy.link { CacheKey::default() } else { below };
                let options = (&copy.chown, &copy.chmod, &copy.options);
                let own = Identity::of(("copy", &copy.destination, options, content));
                Identity::of((below, own))
            }
            Operation::Workdir(path) => Identity::of(("workdir", below, path)),
            Operation::Configure { .. } | Operation::Argument | Operation::Invalid => below,
        }
    }
}

/// What of a command counts: its words, not how they are laid out in the file.
fn command(command: &Command) -> Identity {
    match command {
        Command::Shell(script) => Identity::of(("shell", &script.text)),
        Command::Exec(words) => Identity::of_all(words.iter().map(|word| &word.text)),
        Command::Script { interpreter, body } => Identity::of(("script", interpreter, &body.text)),
    }
}
