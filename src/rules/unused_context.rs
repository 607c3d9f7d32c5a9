//! More is in the build context than the build takes.
//!
//! BuildKit on the same machine reads only what a COPY names; the older builder, a
//! remote context and whoever archives the folder send all of it. Fires when files
//! of the listing that `.dockerignore` leaves and no step takes are most of it and
//! more than ten megabytes. Silent without a listing.
//!
//! ```dockerfile
//! COPY src src
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! # With the folders that no step takes in .dockerignore:
//! COPY src src
//! ```

use super::{Rule, megabytes};
use crate::analysis::Analysis;
use crate::context::path;
use crate::graph::{MountKind, Operation, Origin};
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;
use crate::syntax::Span;

/// Less is not worth a word, bytes.
const WORTH_SAYING: u64 = 10_000_000;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused-context",
    aliases: &[],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        if facts.context.assumed {
            return Vec::new();
        }
        let Some((place, used)) = used(facts) else { return Vec::new() };
        let sent = facts.context.total_sent().bytes;
        let unused: u64 = facts
            .context
            .sent()
            .filter(|entry| !used.takes(&entry.path))
            .map(|entry| entry.bytes)
            .sum();
        let message = format!(
            "No step takes {} of the {} in the build context: name them in .dockerignore, for builders that send everything",
            megabytes(unused),
            megabytes(sent)
        );
        let tells = unused > WORTH_SAYING && unused > sent / 2;
        tells.then_some((place, message)).into_iter().collect()
    },
};

/// What needed steps take of the context.
#[derive(Default)]
struct Used<'a> {
    files: Set<&'a str>,
    /// Folders that a RUN mounts.
    mounted: Vec<String>,
}

impl Used<'_> {
    fn takes(&self, file: &str) -> bool {
        let below = |folder: &String| {
            folder.is_empty()
                || file
                    .strip_prefix(&**folder)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.files.contains(file) || self.mounted.iter().any(below)
    }
}

/// What is used, and the first step that uses any.
fn used<'a>(analysis: &'a Analysis<'_>) -> Option<(Span, Used<'a>)> {
    let mut used = Used::default();
    let mut first = None;
    let stages = analysis.graph.stages.iter().zip(&analysis.evaluation.stages);
    for (stage, state) in stages.filter(|(stage, _)| stage.needed) {
        for (step, done) in stage.steps.iter().zip(&state.steps) {
            let mounts = match &step.operation {
                Operation::Run(run) => run.mounts.as_slice(),
                _ => &[],
            };
            let of_context = mounts
                .iter()
                .filter(|mount| mount.kind == MountKind::Bind && mount.origin == Origin::Context);
            let before = used.mounted.len();
            used.mounted.extend(of_context.map(|mount| path::in_root(&mount.source)));
            used.files.extend(done.taken.iter().map(|(path, _)| path.as_str()));
            if first.is_none() && (!done.taken.is_empty() || used.mounted.len() > before) {
                first = Some(analysis.instruction(step).span);
            }
        }
    }
    Some((first?, used))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::messages_in;
    use super::RULE;
    use crate::Project;

    fn messages(dockerfile: &str, context: &str) -> Vec<String> {
        messages_in(
            &RULE,
            &Project {
                dockerfile: dockerfile.to_owned(),
                context: Some(context.to_owned()),
                ..Project::default()
            },
        )
    }

    const LISTING: &str = "40000000\tvideos/a.mp4\n1000000\tsrc/b.js\n";

    #[test]
    fn fires() {
        assert_eq!(
            messages("FROM node:22\nCOPY src /app", LISTING),
            [
                "No step takes 40 MB of the 41 MB in the build context: name them in .dockerignore, for builders that send everything"
            ]
        );
    }

    #[test]
    fn is_silent() {
        assert!(messages("FROM a\nCOPY . /app", LISTING).is_empty());
        assert!(messages("FROM a\nRUN --mount=type=bind,target=/b c", LISTING).is_empty());
        assert!(messages("FROM a\nCOPY src /app", "5000\tdocs/a\n1000\tsrc/b.js\n").is_empty());
    }
}
