//! Fetches private repositories with the keys of the machine that builds.

use super::join::is_chain;
use super::place::{RunCommand, commands, is_plain_list, is_readable, mentions};
use super::secret_argument::{installs, is_package_manager};
use super::secret_file::GIT;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage};
use crate::report::Applicability;
use crate::rules::is_secret;
use crate::syntax::{Body, Instruction, Span};

/// Applies to an ARG that a RUN writes into a file in `.ssh`, and the RUNs below
/// that fetch with git. What sets the file's mode or removes it goes away. It must
/// not apply where the value is used in another way, or by an agent of its own.
pub const RECIPE: Recipe = Recipe {
    id: "ssh-agent-mount",
    title: "Reach private repositories through the SSH agent",
    why: "A key that is passed as an ARG is in the image's history, and one that is written to a file is in a layer, also when a later RUN removes it. An SSH mount lends the agent of the machine that builds to one RUN: the key never enters the build. The build must then be given --ssh; a key that was in an image is to be replaced by a new one.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter().filter(|stage| is_readable(stage));
    let edits: Vec<Edit> = stages.filter_map(|stage| in_stage(analysis, stage)).flatten().collect();
    let verify = "docker build --ssh default . && docker history --no-trunc IMAGE  # shows no key";
    Rewrite::of(edits, Some(verify.to_owned()))
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Vec<Edit>> {
    let (at, name) = stage.steps.iter().enumerate().find_map(|(at, step)| {
        let Body::Arg(declared) = &analysis.instruction(step).body else { return None };
        let [only] = &declared[..] else { return None };
        let name = &only.name.text;
        (name.contains("SSH") && (is_secret(name) || name.contains("KEY"))).then_some((at, name))
    })?;
    let mut edits = vec![analysis.remove(analysis.instruction(&stage.steps[at]))];
    let (mut file, mut fetches) = (None, false);
    for step in &stage.steps[at + 1..] {
        let instruction = analysis.instruction(step);
        let text = analysis.dockerfile.text(instruction.span);
        if text.contains("ssh-agent") || text.contains("ssh-add") {
            return None;
        }
        let all = commands(instruction);
        let source = |command: &RunCommand| analysis.dockerfile.text(command.span);
        let writes = |command: &RunCommand| mentions(source(command), name);
        if file.is_none() {
            file = all.iter().find(|command| writes(command)).and_then(|c| written(source(c)));
        }
        let Some(file) = &file else {
            if mentions(text, name) {
                return None;
            }
            continue;
        };
        let handles = |command: &RunCommand| {
            let mode = matches!(command.name(), "rm" | "chmod" | "chown" | "shred");
            writes(command) || (mode && command.words.iter().any(|word| ends_in(word, file)))
        };
        let goes: Vec<bool> = all.iter().map(handles).collect();
        let named = text.matches(&**file).count() + usize::from(mentions(text, name));
        if named > 0 && !goes.contains(&true) {
            return None; // something else needs the key
        }
        let fetching =
            all.iter().zip(&goes).any(|(command, goes)| !goes && fetches_by_git(command));
        if fetching {
            if !matches!(step.operation, Operation::Run(_)) || !step.scope.is_root() {
                return None; // the agent's socket is root's
            }
            edits.push(Edit::insert(instruction.keyword.span.end, " --mount=type=ssh"));
            fetches = true;
        }
        if goes.contains(&true) {
            edits.extend(without(analysis, instruction, &all, &goes)?);
        }
    }
    fetches.then_some(edits)
}

/// The name of the file in `.ssh` that a command writes.
fn written(command: &str) -> Option<String> {
    let (_, target) = command.rsplit_once('>')?;
    let (_, name) = target.trim().rsplit_once("/.ssh/")?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (plain && !name.is_empty()).then(|| name.to_owned())
}

fn ends_in(path: &str, file: &str) -> bool {
    path.rsplit('/').next() == Some(file)
}

/// True for a command that may run git against a server.
fn fetches_by_git(command: &RunCommand) -> bool {
    const VERBS: [&str; 6] = ["clone", "fetch", "pull", "submodule", "mod", "get"];
    let verb = command.operands(1).next().unwrap_or("");
    let asks = match command.name() {
        "git" | "go" => VERBS.contains(&verb) || verb == "build",
        _ => is_package_manager(command) && installs(command),
    };
    GIT.contains(&command.name()) && asks
}

/// Takes commands out of a RUN, or the RUN where nothing else is left.
fn without(
    analysis: &Analysis<'_>,
    instruction: &Instruction,
    all: &[RunCommand],
    goes: &[bool],
) -> Option<Vec<Edit>> {
    if !goes.contains(&false) {
        return is_plain_list(instruction).then(|| vec![analysis.remove(instruction)]);
    }
    if !is_plain_list(instruction) || !is_chain(instruction) {
        return None;
    }
    let first_kept = goes.iter().position(|goes| !goes)?;
    let gone = (0..all.len()).filter(|at| goes[*at]);
    Some(
        gone.map(|at| {
            let span = match at < first_kept {
                true => Span { start: all[at].span.start, end: all[at + 1].span.start },
                false => Span { start: all[at - 1].span.end, end: all[at].span.end },
            };
            Edit::replace(span, "")
        })
        .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn lends_the_agent_where_git_fetches() {
        let before = "FROM python:3.12\nARG SSH_PRIVATE_KEY\nRUN mkdir -p /root/.ssh && echo \"$SSH_PRIVATE_KEY\" > /root/.ssh/id_rsa && chmod 600 /root/.ssh/id_rsa && ssh-keyscan a.b >> /root/.ssh/known_hosts\nRUN git clone git@a.b:c/d.git /d\nRUN rm /root/.ssh/id_rsa\nCOPY . .\n";
        let expected = "FROM python:3.12\nRUN mkdir -p /root/.ssh && ssh-keyscan a.b >> /root/.ssh/known_hosts\nRUN --mount=type=ssh git clone git@a.b:c/d.git /d\nCOPY . .\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn one_run_does_it_all() {
        let before = "FROM node:22\nARG SSH_KEY\nRUN echo \"$SSH_KEY\" > ~/.ssh/id_ed25519 && \\\n    chmod 600 ~/.ssh/id_ed25519 && \\\n    npm ci && \\\n    rm ~/.ssh/id_ed25519\n";
        let expected = "FROM node:22\nRUN --mount=type=ssh npm ci\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "ARG SSH_KEY\nRUN git clone git@a.b:c/d",
            "ARG SSH_KEY\nENV KEY=$SSH_KEY\nRUN echo \"$SSH_KEY\" > ~/.ssh/id_rsa && git clone git@a.b:c/d",
            "ARG SSH_KEY\nRUN eval $(ssh-agent) && echo \"$SSH_KEY\" > ~/.ssh/id_rsa && ssh-add ~/.ssh/id_rsa && git clone git@a.b:c/d",
            "ARG SSH_KEY\nRUN echo \"$SSH_KEY\" > ~/.ssh/id_rsa\nRUN ls",
            "ARG SSH_KEY\nRUN echo \"$SSH_KEY\" > ~/.ssh/id_rsa; git clone git@a.b:c/d",
            "ARG SSH_KEY\nRUN echo \"$SSH_KEY\" > ~/.ssh/id_rsa\nUSER a\nRUN git clone git@a.b:c/d",
            "RUN --mount=type=ssh git clone git@a.b:c/d",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
