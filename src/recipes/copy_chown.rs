//! Gives files their owner when they are copied.

use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, join};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction};

/// Applies to a RUN that is a `chown -R` and no more, over a folder that only
/// COPYs of the same stage have filled. It must not apply where a RUN wrote
/// there, or where the user is made after the first of these COPYs.
pub const RECIPE: Recipe = Recipe {
    id: "copy-chown",
    title: "Set the owner while copying",
    why: "chown -R stores every file once more, in its own layer. COPY --chown stores them once; the folder itself, which WORKDIR made, keeps its chown.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut edits = Vec::new();
    for (index, stage) in analysis.graph.stages.iter().enumerate().filter(|(_, s)| s.needed) {
        let chowns = (0..stage.steps.len()).filter_map(|at| in_step(analysis, index, stage, at));
        edits.extend(chowns.flatten());
    }
    let verify = Some("docker run --rm --entrypoint ls IMAGE -ln .  # the owner".to_owned());
    Rewrite::of(edits, verify)
}

fn in_step(analysis: &Analysis<'_>, index: usize, stage: &Stage, at: usize) -> Option<Vec<Edit>> {
    let step = &stage.steps[at];
    let [command] = &commands(analysis.instruction(step))[..] else { return None };
    let (recursive, owner, folder) = chown(command, &step.scope.workdir)?;
    let states = &analysis.evaluation.stages[index].steps;
    let mut copies = Vec::new();
    for (before, state) in stage.steps[..at].iter().zip(states) {
        let below = format!("{}/", folder.trim_end_matches('/'));
        let inside = |path: &str| path.starts_with(&below);
        let files = || state.written.entries.iter().filter(|(_, entry)| entry.files > 0);
        let writes = files().any(|(path, _)| inside(path) || **path == *folder);
        match &before.operation {
            Operation::Copy(copy) if writes => {
                let plain = copy.chown.is_none() && files().all(|(path, _)| inside(path));
                plain.then(|| copies.push(analysis.instruction(before)))?;
            }
            _ if writes => return None,
            // The user must be there before the first COPY that names it.
            Operation::Run(_)
                if !copies.is_empty() && makes_users(analysis.instruction(before)) =>
            {
                return None;
            }
            _ => {}
        }
    }
    if copies.is_empty() {
        return None;
    }
    let flag = format!(" --chown={owner}");
    let mut edits: Vec<Edit> =
        copies.iter().map(|copy| Edit::insert(copy.keyword.span.end, &flag)).collect();
    edits.push(Edit::replace(recursive, ""));
    Some(edits)
}

/// The flag of `chown -R OWNER FOLDER` with the blank before it, the owner and
/// the folder.
fn chown(command: &RunCommand, workdir: &str) -> Option<(crate::syntax::Span, String, String)> {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let (at, owner, folder) = match words[..] {
        ["chown", "-R" | "--recursive", owner, folder] => (1, owner, folder),
        _ => return None,
    };
    let named = owner.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c));
    let folder = join(workdir, folder);
    let span =
        crate::syntax::Span { start: command.places[at - 1].end, end: command.places[at].end };
    let plain = !folder.contains(['$', '*', '?', '[']) && folder != "/";
    (named && !owner.starts_with(':') && plain).then(|| (span, owner.to_owned(), folder))
}

fn makes_users(instruction: &Instruction) -> bool {
    let Body::Run(_) = &instruction.body else { return false };
    ["useradd", "adduser", "usermod", "groupadd", "addgroup"]
        .iter()
        .any(|command| instruction.arguments.text.contains(command))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn copies_with_the_owner() {
        let before = "FROM node:20\nWORKDIR /app\nCOPY package.json ./\ncopy . .\nRUN chown -R node:node /app\nUSER node\n";
        let expected = "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node package.json ./\ncopy --chown=node:node . .\nRUN chown node:node /app\nUSER node\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY . .\nRUN npm ci\nRUN chown -R node /app",
            "COPY . .\nRUN chown -R node /app && ls",
            "COPY . .\nRUN adduser app\nRUN chown -R app /app",
            "COPY --chown=1 . .\nRUN chown -R node /app",
            "COPY . .\nRUN chown node /app",
            "RUN chown -R node /app",
            "COPY . .\nRUN chown -R $USER /app",
        ] {
            assert_eq!(
                after(&RECIPE, &format!("FROM node:20\nWORKDIR /app\n{text}\n")),
                None,
                "{text}"
            );
        }
    }
}
