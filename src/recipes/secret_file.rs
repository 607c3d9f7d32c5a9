//! Shows files with credentials only to the RUNs that need them.

use super::place::{RunCommand, commands, copies_everything, is_readable};
use super::secret_argument::{installs, is_package_manager};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction, Span};

/// Applies to a COPY of a file that clients keep their credentials in, and the
/// RUNs below it that use such a client. What removes the file again or sets
/// its mode goes away. It must not apply where another step needs the file, or
/// where a later COPY takes the whole context, and the file with it.
pub const RECIPE: Recipe = Recipe {
    id: "secret-file",
    title: "Mount files with credentials instead of copying them",
    why: "What COPY puts into a layer stays there, also when a later RUN removes it. A secret mount shows the file to one RUN and stores nothing. The build must then be given the file with --secret.",
    applicability: Applicability::Risky,
    rewrite,
};

/// Files with credentials, and the programs that read them.
const FILES: [(&str, &[&str]); 7] = [
    (".npmrc", &["npm", "npx", "pnpm", "yarn", "bun"]),
    (".netrc", &["curl", "git", "go", "pip", "pip3", "poetry", "uv", "wget"]),
    ("pip.conf", &["pip", "pip3"]),
    (".git-credentials", GIT),
    ("auth.json", &["composer"]),
    ("id_rsa", GIT),
    ("id_ed25519", GIT),
];

/// Programs that may run git.
pub const GIT: &[&str] = &[
    "bundle", "cargo", "composer", "git", "go", "npm", "pip", "pip3", "pnpm", "poetry", "uv",
    "yarn",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (mut edits, mut given) = (Vec::new(), String::new());
    for stage in analysis.graph.stages.iter().filter(|stage| is_readable(stage)) {
        for at in 0..stage.steps.len() {
            let Some(file) = copied(analysis, &stage.steps[at]) else { continue };
            let Some(moved) = mounted(analysis, stage, at, &file) else { continue };
            edits.extend(moved);
            let option = format!("--secret id={},src={} ", file.id(), file.source);
            if !given.contains(&option) {
                given.push_str(&option);
            }
        }
    }
    let verify = Some(format!("docker build {given}."));
    Rewrite::of(edits, verify)
}

/// A file with credentials that a COPY takes from the context.
struct Copied {
    source: String,
    /// Its name in the context.
    name: &'static str,
    clients: &'static [&'static str],
    /// Its absolute path in the image.
    path: String,
    /// Takes it out of the COPY.
    edit: Edit,
}

impl Copied {
    fn id(&self) -> &str {
        self.name.trim_start_matches('.')
    }
}

fn copied(analysis: &Analysis<'_>, step: &Step) -> Option<Copied> {
    let instruction = analysis.instruction(step);
    let (Operation::Copy(copy), Body::Copy(transfer)) = (&step.operation, &instruction.body) else {
        return None;
    };
    let name_of = |source: &str| source.rsplit('/').next().unwrap_or(source).to_owned();
    let (at, (name, clients)) = copy.sources.iter().enumerate().find_map(|(at, source)| {
        let known = FILES.iter().find(|(name, _)| **name == name_of(source))?;
        Some((at, known))
    })?;
    let word = transfer.sources.get(at)?;
    if copy.origin != Origin::Context || word.text != copy.sources[at] || word.text.contains('"') {
        return None;
    }
    let path = match copy.destination.ends_with('/') {
        true => format!("{}{name}", copy.destination),
        false => copy.destination.clone(),
    };
    let next = transfer.sources.get(at + 1).unwrap_or(&transfer.destination);
    let edit = match copy.sources.len() {
        1 => analysis.remove(instruction),
        _ => Edit::replace(Span { start: word.span.start, end: next.span.start }, ""),
    };
    Some(Copied { source: word.text.clone(), name, clients, path, edit })
}

fn mounted(analysis: &Analysis<'_>, stage: &Stage, at: usize, file: &Copied) -> Option<Vec<Edit>> {
    let mut edits = vec![file.edit.clone()];
    let mount = format!(" --mount=type=secret,id={},target={}", file.id(), file.path);
    let mut used = false;
    for step in &stage.steps[at + 1..] {
        let instruction = analysis.instruction(step);
        if copies_everything(step) {
            return None;
        }
        let all = commands(instruction);
        let (handling, rest): (Vec<_>, Vec<_>) =
            all.iter().partition(|command| handles(command, file.name));
        let text = analysis.dockerfile.text(instruction.span);
        let named = text.matches(file.name).count();
        if named != handling.iter().map(|command| count(command, file.name)).sum::<usize>() {
            return None; // something else needs the file
        }
        if !handling.is_empty() && rest.is_empty() {
            edits.push(analysis.remove(instruction));
            continue;
        }
        if !handling.is_empty() {
            edits.push(without(analysis, instruction, &all, file.name)?);
        }
        let asks = |command: &RunCommand| !is_package_manager(command) || installs(command);
        if rest.iter().any(|command| file.clients.contains(&command.name()) && asks(command)) {
            if !step.scope.is_root() {
                return None; // the mounted file is root's
            }
            edits.push(Edit::insert(instruction.keyword.span.end, &*mount));
            used = true;
        }
    }
    used.then_some(edits)
}

/// True for a command that only removes the file, or sets its mode or owner.
fn handles(command: &RunCommand, name: &str) -> bool {
    matches!(command.name(), "rm" | "chmod" | "chown" | "shred")
        && count(command, name) > 0
        && command.words.iter().filter(|word| word.contains('/') || word.contains('.')).count() == 1
}

fn count(command: &RunCommand, name: &str) -> usize {
    command.words.iter().filter(|word| word.rsplit('/').next() == Some(name)).count()
}

/// Takes the one command that handles the file from the end of a RUN.
fn without(
    analysis: &Analysis<'_>,
    instruction: &Instruction,
    all: &[RunCommand],
    name: &str,
) -> Option<Edit> {
    let [.., before, last] = all else { return None };
    let others = all[..all.len() - 1].iter().any(|command| handles(command, name));
    let joint = Span { start: before.span.end, end: last.span.start };
    let plain = analysis.dockerfile.text(joint).replace(['\\', '`', '&', ';'], "");
    let ends = instruction.heredocs.is_empty() && last.span.end == instruction.span.end;
    (handles(last, name) && !others && plain.trim().is_empty() && ends)
        .then(|| Edit::replace(Span { start: before.span.end, end: last.span.end }, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn mounts_it_where_it_is_used() {
        for (before, expected) in [
            (
                "COPY .npmrc ./\nCOPY package.json ./\nRUN npm ci && rm -f .npmrc\nCOPY src src",
                "COPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci\nCOPY src src",
            ),
            (
                "COPY package.json .npmrc ./\nRUN npm ci\nRUN rm .npmrc",
                "COPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci",
            ),
            (
                "copy keys/id_rsa /root/.ssh/id_rsa\nrun chmod 600 /root/.ssh/id_rsa\nrun git clone git@a.b:c/d",
                "run --mount=type=secret,id=id_rsa,target=/root/.ssh/id_rsa git clone git@a.b:c/d",
            ),
        ] {
            let head = "FROM node:22\nWORKDIR /app\n";
            let result = after(&RECIPE, &format!("{head}{before}\n"));
            assert_eq!(result, Some(format!("{head}{expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY .npmrc ./\nRUN npm ci\nCOPY . .",
            "COPY .npmrc ./\nRUN cat .npmrc && npm ci",
            "COPY .npmrc ./\nRUN rm .npmrc && npm ci",
            "COPY .npmrc ./\nUSER node\nRUN npm ci",
            "COPY .npmrc ./\nRUN make",
            "COPY --from=a .npmrc ./\nRUN npm ci",
            "COPY package.json ./\nRUN npm ci",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM node:22\n{text}\n")), None, "{text}");
        }
    }
}
