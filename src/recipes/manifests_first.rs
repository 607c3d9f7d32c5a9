//! Copies the manifests, installs, then copies the sources.

use super::place::{RunCommand, commands, copies_everything};
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Span};

/// Applies where the whole context is copied before dependencies are
/// installed: then every edit installs them again. It must not apply where
/// the installation reads more than manifests.
pub const RECIPE: Recipe = Recipe {
    id: "manifests-first",
    title: "Copy the manifests before the sources",
    why: "A layer is rebuilt when anything that is copied above it changes. With only the manifests above the installation, an edit of the sources leaves it cached.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.stages.iter();
    let edits: Vec<Edit> = stages
        .filter_map(|stage| in_stage(analysis, stage))
        .flat_map(|found| found.edits)
        .collect();
    let verify = Some("docker build .".to_owned());
    Rewrite::of(edits, verify)
}

/// The steps that install after the sources were copied.
fn installs(analysis: &Analysis<'_>, stage: &Stage, copy: usize) -> usize {
    let installs = |step: &&Step| {
        commands(analysis.instruction(step))
            .iter()
            .any(|command| manifests(analysis, command).is_some())
    };
    stage.steps[copy + 1..].iter().filter(installs).count()
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Rewrite> {
    let copy = stage.steps.iter().position(copies_everything)?;
    if stage.steps[copy + 1..].iter().any(copies_everything) {
        return None; // another copy of the sources would still stand above
    }
    let Operation::Copy(operation) = &stage.steps[copy].operation else { return None };
    if matches!(analysis.instruction(&stage.steps[copy]).body, Body::Onbuild(_)) {
        return None; // it stands in another stage, for all that are built on it
    }
    if let Some(rewrite) = go_modules(analysis, stage, copy) {
        return Some(rewrite);
    }
    if installs(analysis, stage, copy) > 1 {
        return None; // which of them the sources should follow is not known
    }
    let (step, at, manifests) = stage.steps[copy + 1..].iter().find_map(|step| {
        let commands = commands(analysis.instruction(step));
        let (at, manifests) = commands
            .iter()
            .enumerate()
            .find_map(|(at, command)| manifests(analysis, command).map(|m| (at, m)))?;
        Some((step, at, manifests))
    })?;
    // The manifests are named from the folder that the installation runs in.
    let here =
        operation.destination.trim_end_matches('/') == step.scope.workdir.trim_end_matches('/');
    let elsewhere = |file: &str| file.contains(['/', '$']);
    if operation.sources.len() != 1 || !here || manifests.split(' ').any(elsewhere) {
        return None;
    }
    let copy = analysis.instruction(&stage.steps[copy]);
    let Body::Copy(transfer) = &copy.body else { return None };
    let install = analysis.instruction(step);
    let between = Span { start: copy.span.end, end: install.span.start };
    if analysis
        .dockerfile
        .text(between)
        .split_whitespace()
        .any(|word| word.eq_ignore_ascii_case("run"))
    {
        return None; // something between may need the sources
    }
    let destination = analysis.dockerfile.text(transfer.destination.span);
    let folder = if destination.ends_with(['/', '.']) {
        destination.to_owned()
    } else {
        format!("{destination}/")
    };
    let folder = if folder == "." { "./".to_owned() } else { folder };
    let flags = analysis.flags(copy);
    let first = format!("{} {flags}{manifests} {folder}", analysis.keyword("COPY"));
    let everything = analysis.dockerfile.text(copy.span).to_owned();
    let mut edits = vec![Edit::replace(copy.span, first)];
    edits.push(sources_after(analysis, install, at, everything)?);
    Some(Rewrite { edits, ..Rewrite::default() })
}

/// Downloads Go's modules above the sources, where only `go build` fetches them.
fn go_modules(analysis: &Analysis<'_>, stage: &Stage, copy: usize) -> Option<Rewrite> {
    let Operation::Copy(operation) = &stage.steps[copy].operation else { return None };
    let all = super::place::stage_commands(analysis, stage);
    let downloads = |command: &RunCommand| {
        command.starts_with(&["go", "mod"]) || command.starts_with(&["go", "get"])
    };
    let vendored = |command: &RunCommand| command.words.iter().any(|word| word.contains("vendor"));
    let after = stage.steps[copy].instruction;
    let (build, _) = all.iter().find(|(step, command)| {
        step.instruction > after && command.starts_with(&["go", "build"])
    })?;
    let listed = |name: &str| {
        analysis.context.entries.iter().any(|entry| entry.path == name && entry.sent())
    };
    let folder = operation.destination.trim_end_matches('/');
    let here = folder == build.scope.workdir.trim_end_matches('/')
        && folder == stage.steps[copy].scope.workdir.trim_end_matches('/');
    let done = all.iter().any(|(_, command)| downloads(command) || vendored(command));
    let local = analysis.manifests.files.values().any(|manifest| match manifest {
        crate::context::Manifest::GoMod(read) => !read.local_replacements.is_empty(),
        _ => false,
    });
    if done
        || local
        || !here
        || !listed("go.mod")
        || !listed("go.sum")
        || listed("vendor/modules.txt")
    {
        return None;
    }
    let lines = [
        format!("{} go.mod go.sum ./", analysis.keyword("COPY")),
        format!("{} go mod download", analysis.keyword("RUN")),
    ];
    let place = analysis.instruction(&stage.steps[copy]);
    Some(Rewrite { edits: vec![analysis.insert_before(place, &lines)], ..Rewrite::default() })
}

/// Copies the sources after the installing command; where the RUN goes on
/// after it, the RUN is split there.
fn sources_after(
    analysis: &Analysis<'_>,
    install: &crate::syntax::Instruction,
    at: usize,
    everything: String,
) -> Option<Edit> {
    let commands = commands(install);
    match commands.get(at + 1) {
        None => Some(analysis.insert_after(install, &[everything])),
        Some(next) if at == 0 => {
            let newline = analysis.newline();
            let gap = Span { start: commands[at].span.end, end: next.span.start };
            let joint = analysis.dockerfile.text(gap);
            let plain = joint.replace(['\\', '&', ' ', '\t', '\r', '\n', ';'], "").is_empty();
            plain.then(|| {
                Edit::replace(
                    gap,
                    format!("{newline}{everything}{newline}{} ", analysis.keyword("RUN")),
                )
            })
        }
        Some(_) => None,
    }
}

/// The COPY sources that an installing command reads.
fn manifests(analysis: &Analysis<'_>, command: &RunCommand) -> Option<String> {
    if let Some(manager) = node::manager(analysis, command) {
        return (!node::needs_sources(analysis)).then(|| manager.manifests(analysis));
    }
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let pip: &[&str] = match &words[..] {
        ["pip" | "pip3", "install", rest @ ..] => rest,
        ["python" | "python3", "-m", "pip", "install", rest @ ..] => rest,
        ["go", "mod", "download", ..] => return Some("go.mod go.sum".to_owned()),
        ["bundle", "install", ..] => return Some("Gemfile Gemfile.lock".to_owned()),
        _ => return None,
    };
    let files: Vec<&str> = pip
        .windows(2)
        .filter(|pair| matches!(pair[0], "-r" | "--requirement"))
        .map(|pair| pair[1])
        .collect();
    let local = pip.iter().any(|word| matches!(*word, "." | "./" | "-e"));
    (!files.is_empty() && !local).then(|| files.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn installs_above_the_sources() {
        let before =
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
        let expected = "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn downloads_the_modules_that_go_build_needs() {
        let before = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /s .\n";
        let expected = "FROM golang:1.22\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build -o /s .\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY . /app\nWORKDIR /app/api\nRUN pip install -r requirements.txt",
            "COPY . .\nRUN pip install -r requirements/prod.txt",
            "COPY . .\nRUN pip install -e .",
            "COPY . .\nRUN go build -mod=vendor -o /s .",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12\n{text}\n")), None, "{text}");
        }
    }
}
