//! What the recipes share that split a single-stage build: one stage builds,
//! a new one ships what was built.

use super::place::{RunCommand, start};
use super::{Edit, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::graph::{Base, Stage, Step, join};
use crate::syntax::{Body, Instruction, Keyword};

/// The only stage of a Dockerfile that has one, without a name, with the
/// reference of its image.
pub fn single<'a>(analysis: &'a Analysis<'_>) -> Option<(&'a Stage, &'a str)> {
    let [stage] = &analysis.graph.stages[..] else { return None };
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { name: None, .. } = &analysis.from(stage).body else { return None };
    Some((stage, reference))
}

/// Names the stage `build`, and after the build starts another one from
/// `runtime` that has `artefact` at the same place. The start command, which
/// stands below the build, is left as it is.
pub fn ship(
    analysis: &Analysis<'_>,
    stage: &Stage,
    build: &Step,
    runtime: &str,
    artefact: &str,
) -> Rewrite {
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = vec![String::new(), format!("{} {runtime}", keyword("FROM"))];
    if stage.end.workdir != "/" {
        lines.push(format!("{} {}", keyword("WORKDIR"), stage.end.workdir));
    }
    let (moved, removed) = configuration(analysis, stage, build, is_for_build);
    lines.extend(moved);
    lines.push(format!("{} --from=build {artefact} {artefact}", keyword("COPY")));
    let from = analysis.from(stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    edits.extend(removed);
    edits.push(analysis.insert_after(analysis.instruction(build), &lines));
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Rewrite { edits, verify, ..Rewrite::default() }
}

/// True for an ENV that only tells a toolchain something.
fn is_for_build(instruction: &Instruction) -> bool {
    const PREFIXES: [&str; 8] =
        ["CARGO_", "DOTNET_CLI_", "GRADLE_", "M2_", "MAVEN_", "NUGET_", "RUSTFLAGS", "RUSTUP_"];
    let Body::Env(pairs) = &instruction.body else { return false };
    pairs.iter().all(|pair| PREFIXES.iter().any(|prefix| pair.key.text.starts_with(prefix)))
}

/// The words of the only instruction that starts the program, and its step.
pub fn started<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a Step, Vec<String>)> {
    let command = start(analysis, stage, Keyword::Cmd);
    let entrypoint = start(analysis, stage, Keyword::Entrypoint);
    let step = match (entrypoint, command) {
        (Some(step), None) | (None, Some(step)) => step,
        _ => return None,
    };
    Some((step, exec_form::words(analysis.instruction(step))?))
}

/// The absolute path of a word in the folder of a step; `None` for one that is
/// not plain.
pub fn absolute(step: &Step, word: &str) -> Option<String> {
    let plain = !word.is_empty() && !word.contains(['$', '*', '?', '[', '{', '~']);
    plain.then(|| join(&step.scope.workdir, word))
}

/// The last of the commands that `builds` is true for, if nothing runs after
/// its RUN.
pub fn last_build<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
    builds: impl Fn(&RunCommand) -> bool,
) -> Option<(&'a Step, RunCommand)> {
    let commands = super::place::stage_commands(analysis, stage);
    let (step, command) = commands.into_iter().rfind(|(_, command)| builds(command))?;
    is_plain(analysis, stage, step).then_some((step, command))
}

/// True when the stage does what is understood, and nothing after the build.
pub fn is_plain(analysis: &Analysis<'_>, stage: &Stage, build: &Step) -> bool {
    stage.steps.iter().all(|step| {
        let before = step.instruction <= build.instruction;
        match &analysis.instruction(step).body {
            Body::Run(_) | Body::Workdir(_) => before,
            Body::Copy(_) | Body::Add(_) => before && step.operation.stages().is_empty(),
            Body::Arg(_) => before,
            Body::Env(_) | Body::Label(_) | Body::Expose(_) | Body::Stopsignal(_) => true,
            Body::Cmd(_) | Body::Entrypoint(_) => !before,
            _ => false,
        }
    })
}

/// What of the configuration above the build moves or is repeated, and the
/// edits that take the former out; `is_for_build` tells an ENV of the toolchain.
pub fn configuration(
    analysis: &Analysis<'_>,
    stage: &Stage,
    build: &Step,
    is_for_build: fn(&Instruction) -> bool,
) -> (Vec<String>, Vec<Edit>) {
    let (mut lines, mut edits) = (Vec::new(), Vec::new());
    for step in stage.steps.iter().filter(|step| step.instruction < build.instruction) {
        let instruction = analysis.instruction(step);
        let text = || analysis.dockerfile.text(instruction.span).to_owned();
        match &instruction.body {
            Body::Env(_) if !is_for_build(instruction) => lines.push(text()),
            Body::Expose(_) | Body::Label(_) | Body::Stopsignal(_) => {
                lines.push(text());
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    (lines, edits)
}
