//! What the recipes share that start the final stage from another image.

use super::place::{RunCommand, commands, stage_commands};
use super::{Edit, apt, exec_form};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Stage, Step};
use crate::syntax::{Body, Command, Keyword, Span, Variables};

/// The final stage, if it starts from an image that the file names itself, and
/// that image's reference.
pub fn shipped<'a>(analysis: &'a Analysis<'_>) -> Option<(&'a Stage, &'a str)> {
    let (_, stage) = analysis.target()?;
    Some((stage, named(analysis, stage)?.0))
}

/// The reference of the image that a stage starts from and its place, if the
/// file names it itself: no build argument does.
pub fn named<'a>(analysis: &Analysis<'_>, stage: &'a Stage) -> Option<(&'a str, Span)> {
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { image, .. } = &analysis.from(stage).body else { return None };
    (analysis.dockerfile.text(image.span) == reference).then_some((reference, image.span))
}

/// Starts a stage from another image.
pub fn swap(analysis: &Analysis<'_>, stage: &Stage, image: &str) -> Option<Edit> {
    let Body::From { image: named, .. } = &analysis.from(stage).body else { return None };
    Some(Edit::replace(named.span, image))
}

/// True where the table has just that image, and it is the smaller one.
pub fn is_smaller(analysis: &Analysis<'_>, image: &str, than: &str) -> bool {
    let image = analysis.catalog.image(image);
    let than = analysis.catalog.image(than);
    image.known && image.resolved.is_none() && image.bytes.expected < than.bytes.expected
}

/// The slim variant of images that put the word last: `node:20` → `node:20-slim`,
/// `node` → `node:slim`.
pub fn slim_variant(reference: &str) -> String {
    match reference.rsplit_once(':') {
        None => format!("{reference}:slim"),
        Some((name, "latest")) => format!("{name}:slim"),
        Some((name, tag)) => format!("{name}:{tag}-slim"),
    }
}

/// Commands that the full image has and the slim one lacks.
const ONLY_IN_FULL: [&str; 14] = [
    "curl", "wget", "git", "gcc", "g++", "cc", "make", "unzip", "hg", "svn", "ssh", "gpg", "patch",
    "xz",
];

/// True when one of the steps calls a command that only the full image has and
/// that the stage does not install.
pub fn calls_full_image(analysis: &Analysis<'_>, stage: &Stage, steps: &[Step]) -> bool {
    let installed: Vec<RunCommand> =
        stage_commands(analysis, stage).into_iter().map(|(_, command)| command).collect();
    let has = |name: &str| {
        installed.iter().any(|command| {
            let packages = apt::packages(command);
            packages.contains(&name)
                || (matches!(name, "gcc" | "g++" | "cc" | "make")
                    && packages.contains(&"build-essential"))
        })
    };
    let mut words = steps.iter().flat_map(|step| called(analysis, step));
    words.any(|name| ONLY_IN_FULL.contains(&name.as_str()) && !has(&name))
}

/// The names of the commands that a step calls, now or when the image runs.
fn called(analysis: &Analysis<'_>, step: &Step) -> Vec<String> {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Run(Command::Shell(_)) if instruction.heredocs.is_empty() => {
            commands(instruction).iter().map(|command| command.name().to_owned()).collect()
        }
        // Any word: also what is called in groups, scripts and arguments.
        Body::Run(_) | Body::Cmd(_) | Body::Entrypoint(_) | Body::Healthcheck(_) => {
            let source = analysis.dockerfile.text(instruction.span);
            let words = source.split(|c: char| c.is_whitespace() || "\"',[]()".contains(c));
            words.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// True where a stage runs nothing when it is built, and is started and
/// checked without a shell.
pub fn needs_no_shell(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    stage.steps.iter().all(|step| !matches!(step.operation, Operation::Run(_)))
        && starts_without_shell(analysis, stage)
}

/// True where a stage is started and checked without a shell.
pub fn starts_without_shell(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let starts = |step: &&Step| {
        matches!(analysis.instruction(step).keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    };
    let plain = |step: &Step| {
        let instruction = analysis.instruction(step);
        let words = exec_form::words(instruction).unwrap_or_default();
        let shell = words.first().is_none_or(|word| word.ends_with("sh"));
        let script = words.iter().any(|word| word.ends_with(".sh"));
        exec_form::is_exec(instruction) && !shell && !script
    };
    let mut starts = stage.steps.iter().filter(starts).peekable();
    let checks = stage.steps.iter().any(|step| {
        let instruction = analysis.instruction(step);
        instruction.keyword.value == Keyword::Healthcheck
            && !analysis.dockerfile.text(instruction.span).to_ascii_uppercase().ends_with("NONE")
    });
    starts.peek().is_some() && starts.all(plain) && !checks
}

/// True where a variable or an exposed port tells that the program listens
/// below 1024.
pub fn listens_below_1024(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const PORTS: [&str; 5] =
        ["PORT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "SERVER_PORT", "HTTP_PORT"];
    let below = |value: &str| {
        let numbers = value.split(|c: char| !c.is_ascii_digit());
        numbers.filter_map(|number| number.parse::<u32>().ok()).any(|port| 0 < port && port < 1024)
    };
    super::place::exposes_privileged_port(analysis, stage)
        || PORTS.iter().any(|name| stage.end.environment.get(name).is_some_and(below))
}

/// The words of the exec form that starts a stage, and its step: the entry
/// point if there is one.
pub fn start_words<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a Step, Vec<String>)> {
    let of = |keyword| super::place::start(analysis, stage, keyword);
    let step = of(Keyword::Entrypoint).or_else(|| of(Keyword::Cmd))?;
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Cmd(Command::Exec(words)) | Body::Entrypoint(Command::Exec(words)) => {
            Some((step, words.iter().map(|word| word.text.clone()).collect()))
        }
        _ => None,
    }
}
