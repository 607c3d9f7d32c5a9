//! Copies the manifests, installs, then copies the sources.

use super::place::{RunCommand, commands, copies_everything};
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage};
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
    analysis.graph.stages.iter().find_map(|stage| in_stage(analysis, stage))
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Rewrite> {
    let copy = stage.steps.iter().position(copies_everything)?;
    let Operation::Copy(operation) = &stage.steps[copy].operation else { return None };
    let (step, at, manifests) = stage.steps[copy + 1..].iter().find_map(|step| {
        let commands = commands(analysis.instruction(step));
        let (at, manifests) = commands
            .iter()
            .enumerate()
            .find_map(|(at, command)| manifests(command).map(|m| (at, m)))?;
        Some((step, at, manifests))
    })?;
    if operation.sources.len() != 1 {
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
    let flags: String =
        copy.flags.iter().map(|flag| format!("{} ", analysis.dockerfile.text(flag.span))).collect();
    let first = format!("{} {flags}{manifests} {folder}", analysis.keyword("COPY"));
    let everything = analysis.dockerfile.text(copy.span).to_owned();
    let mut edits = vec![Edit::replace(copy.span, first)];
    edits.push(sources_after(analysis, install, at, everything)?);
    Some(Rewrite { edits, verify: Some("docker build .".to_owned()), ..Rewrite::default() })
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
fn manifests(command: &RunCommand) -> Option<String> {
    if let Some(manager) = node::Manager::of(command) {
        return Some(manager.manifests().to_owned());
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
