//! COPY takes `.git`, `node_modules` or a virtual environment along.
//!
//! They are large, and `.git` changes with every commit, so that the step and all
//! below it run again. Fires for COPY and ADD of a folder that has them in it, not
//! where a source names them.
//!
//! ```dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//!
//! ```dockerignore
//! node_modules
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//!
//! ```dockerignore
//! .git
//! node_modules
//! ```

use super::{Rule, megabytes};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::graph::{Copy, Operation, Origin};
use crate::report::{FindingKind, Severity};
use crate::sorted::Map;

/// Folders that a build has no use for.
const UNWANTED: [&str; 6] = [".git", ".hg", ".svn", "node_modules", ".venv", "venv"];

/// The rule.
pub const RULE: Rule = Rule {
    id: "copies-unwanted-files",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let stages = facts.graph.stages.iter().zip(&facts.evaluation.stages);
        let steps = stages.flat_map(|(stage, state)| stage.steps.iter().zip(&state.steps));
        steps
            .filter_map(|(step, done)| match &step.operation {
                Operation::Copy(copy) if copy.origin == Origin::Context => {
                    Some((facts.instruction(step).span, message(facts, copy, done)?))
                }
                _ => None,
            })
            .collect()
    },
};

fn message(analysis: &Analysis<'_>, copy: &Copy, done: &StepState) -> Option<String> {
    let mut found: Map<&str, u64> = Map::new();
    for (path, _) in &done.taken {
        let unwanted = path.split('/').find(|part| UNWANTED.contains(part));
        let named =
            |name| copy.sources.iter().any(|source| source.split('/').any(|part| part == name));
        if let Some(name) = unwanted.filter(|name| !named(*name)) {
            let bytes = analysis.context.entry(path).map_or(0, |entry| entry.bytes);
            *found.entry(name).or_default() += bytes;
        }
    }
    let about = if analysis.context.assumed { "typically " } else { "" };
    let parts = found.iter().map(|(name, bytes)| format!("{name} ({about}{})", megabytes(*bytes)));
    let parts = parts.collect::<Vec<_>>().join(" and ");
    let keyword = copy.keyword.name();
    (!found.is_empty()).then(|| format!("{keyword} takes {parts} along: name it in .dockerignore"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::messages_in;
    use super::RULE;
    use crate::Project;

    fn messages(dockerfile: &str, dockerignore: &str, context: Option<&str>) -> Vec<String> {
        messages_in(
            &RULE,
            &Project {
                dockerfile: dockerfile.to_owned(),
                dockerignore: dockerignore.to_owned(),
                context: context.map(str::to_owned),
                ..Project::default()
            },
        )
    }

    const LISTING: &str = "2000000\t.git/pack\n1000\tsrc/a.js\n30000000\tweb/node_modules/b.js\n";

    #[test]
    fn fires() {
        assert_eq!(
            messages("FROM node:22\nCOPY . /app", "", Some(LISTING)),
            ["COPY takes .git (2.0 MB) and node_modules (30 MB) along: name it in .dockerignore"]
        );
        assert_eq!(
            messages("FROM node:22\nADD . /app", "", None),
            ["ADD takes .git (typically 8.0 MB) along: name it in .dockerignore"]
        );
    }

    #[test]
    fn is_silent() {
        assert!(messages("FROM a\nCOPY . /b", ".git\n**/node_modules\n", Some(LISTING)).is_empty());
        assert!(messages("FROM a\nCOPY src /b", "", Some(LISTING)).is_empty());
        assert!(messages("FROM a\nCOPY web/node_modules /b", "", Some(LISTING)).is_empty());
        assert!(messages("FROM a\nCOPY . /b", ".git\n", None).is_empty());
    }
}
