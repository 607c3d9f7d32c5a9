//! BuildKit's own checks, what `docker build --check` prints: the same names,
//! messages and lines.
//!
//! Source: BuildKit's frontend/dockerfile/linter/ruleset.go for the checks, and
//! frontend/dockerfile/{instructions,dockerfile2llb} for where they run. One of
//! them is not here: InvalidBaseImagePlatform needs the image pulled (the
//! rules' README says more).

mod consistent_instruction_casing;
mod copy_ignored_file;
mod duplicate_stage_name;
mod expose_invalid_format;
mod expose_proto_casing;
mod from_as_casing;
mod from_platform_flag_const_disallowed;
mod invalid_default_arg_in_from;
mod invalid_definition_description;
mod json_args_recommended;
mod legacy_key_value_format;
mod maintainer_deprecated;
mod multiple_instructions_disallowed;
mod no_empty_continuation;
mod redundant_target_platform;
mod reserved_stage_name;
pub(super) mod secrets_used_in_arg_or_env;
mod stage_name_casing;
#[cfg(test)]
mod testing;
mod undefined_arg_in_from;
mod undefined_var;
mod workdir_relative_path;

use super::Rule;
use crate::analysis::Analysis;
use crate::sorted::Map;

use crate::graph::{Base, Request, Stage, Step, globals};
use crate::syntax::{Body, Expander, Expansion, Instruction, Keyword, Pass, Span, Word};

/// Every check.
pub const RULES: &[&Rule] = &[
    &consistent_instruction_casing::RULE,
    &copy_ignored_file::RULE,
    &duplicate_stage_name::RULE,
    &expose_invalid_format::RULE,
    &expose_proto_casing::RULE,
    &from_as_casing::RULE,
    &from_platform_flag_const_disallowed::RULE,
    &invalid_default_arg_in_from::RULE,
    &invalid_definition_description::RULE,
    &json_args_recommended::RULE,
    &legacy_key_value_format::RULE,
    &maintainer_deprecated::RULE,
    &multiple_instructions_disallowed::RULE,
    &no_empty_continuation::RULE,
    &redundant_target_platform::RULE,
    &reserved_stage_name::RULE,
    &secrets_used_in_arg_or_env::RULE,
    &stage_name_casing::RULE,
    &undefined_arg_in_from::RULE,
    &undefined_var::RULE,
    &workdir_relative_path::RULE,
];

/// The instructions if BuildKit's first pass accepts the file, else none.
fn well_formed<'a>(analysis: &'a Analysis<'_>) -> &'a [Instruction] {
    match analysis.dockerfile.is_well_formed() {
        true => &analysis.dockerfile.instructions,
        false => &[],
    }
}

/// The instructions that BuildKit's second pass reads: it stops at an error.
fn read<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = &'a Instruction> {
    let errors = analysis.dockerfile.errors.iter();
    let stop = errors.filter(|error| error.pass == Pass::Instruction).map(|e| e.span.start).min();
    let before =
        move |instruction: &&Instruction| stop.is_none_or(|stop| instruction.span.end <= stop);
    well_formed(analysis).iter().take_while(before)
}

/// The stages of a file without errors of syntax.
fn stages<'a>(analysis: &'a Analysis<'_>) -> &'a [Stage] {
    match analysis.dockerfile.errors.is_empty() {
        true => &analysis.graph.stages,
        false => &[],
    }
}

/// The names of the stages, in lower case, each with the place of its FROM.
fn named<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = (&'a str, Span)> {
    stages(analysis).iter().filter_map(|stage| {
        let span = analysis.dockerfile.instructions[stage.instruction].span;
        Some((stage.name.as_deref()?, span))
    })
}

/// Each FROM and what follows it.
fn in_stages<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = &'a Instruction> {
    stages(analysis).iter().flat_map(|stage| {
        let from = &analysis.dockerfile.instructions[stage.instruction];
        std::iter::once(from).chain(instructions(analysis, stage))
    })
}

/// The stages that BuildKit turns into a build: those of the target, or all if
/// none is named, and none of a build that it refuses.
fn dispatched<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = &'a Stage> {
    analysis.graph.stages.iter().filter(|stage| is_dispatched(analysis, stage))
}

/// True for a stage that BuildKit turns into a build.
fn is_dispatched(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    analysis.is_valid() && (stage.needed || analysis.project.target.is_none())
}

/// The instructions of a stage, FROM left out.
fn instructions<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> impl Iterator<Item = &'a Instruction> {
    steps(analysis, stage).map(|(instruction, _)| instruction)
}

/// The steps of a stage, each with its instruction.
fn steps<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> impl Iterator<Item = (&'a Instruction, &'a Step)> {
    stage.steps.iter().map(|step| (analysis.instruction(step), step))
}

/// What a stage takes over from the stage it starts from.
fn inherited<T: Clone>(stage: &Stage, of_stages: &[T]) -> Option<T> {
    match stage.base {
        Base::Stage(index) => of_stages.get(index).cloned(),
        _ => None,
    }
}

fn is(instruction: &Instruction, keyword: Keyword) -> bool {
    instruction.keyword.value == keyword
}

/// The words behind FROM: the image, `AS` and the name.
fn from_words(instruction: &Instruction) -> Vec<&str> {
    instruction.arguments.text.split_whitespace().collect()
}

/// A word as a step sees it; as written if it cannot be expanded.
fn expand(analysis: &Analysis<'_>, step: &Step, word: &Word) -> String {
    let expander = Expander::new(analysis.dockerfile.escape, &step.scope.environment);
    expander.word(&word.text).map_or_else(|_| word.text.clone(), |expansion| expansion.text)
}

/// The arguments that FROM sees.
fn arguments(analysis: &Analysis<'_>) -> Map<String, String> {
    let project = analysis.project;
    let request = Request { build_args: &project.build_args, target: project.target.as_deref() };
    globals(&analysis.dockerfile, request)
}

/// The FROM of each stage that BuildKit plans: it stops at one without an image
/// or with an empty platform, which it still checks.
fn planned<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = &'a Instruction> {
    let froms = stages(analysis).iter();
    let froms = froms.map(|stage| &analysis.dockerfile.instructions[stage.instruction]);
    let refused = |from: &Instruction| {
        let inside = |span: Span| from.span.start <= span.start && span.end <= from.span.end;
        analysis.graph.problems.iter().any(|problem| problem.fatal && inside(problem.span))
    };
    let mut stopped = false;
    froms.take_while(move |from| !std::mem::replace(&mut stopped, refused(from)))
}

/// The image of a FROM, raw.
fn image(from: &Instruction) -> Option<&Word> {
    match &from.body {
        Body::From { image, .. } => Some(image),
        _ => None,
    }
}

/// The name of a FROM, as written.
fn name(from: &Instruction) -> Option<&str> {
    match &from.body {
        Body::From { name, .. } => Some(&name.as_ref()?.text),
        _ => None,
    }
}

/// The value of a FROM's `--platform`, raw.
fn platform(from: &Instruction) -> Option<&Word> {
    from.flag("platform")?.value.as_ref().filter(|word| !word.text.is_empty())
}

/// A word of a FROM, expanded.
fn expansion(
    analysis: &Analysis<'_>,
    word: &Word,
    values: &Map<String, String>,
) -> Option<Expansion> {
    Expander::new(analysis.dockerfile.escape, values).word(&word.text).ok()
}

/// The ports of EXPOSE, expanded, each with its instruction's place. Those that
/// BuildKit cannot read are left out.
fn exposed<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = (Span, String)> + 'a {
    let steps = dispatched(analysis).flat_map(|stage| steps(analysis, stage));
    let ports = steps.flat_map(|(instruction, step)| {
        let words: &[Word] = match &instruction.body {
            Body::Expose(words) => words,
            _ => &[],
        };
        let expander = Expander::new(analysis.dockerfile.escape, &step.scope.environment);
        let ports = words.iter().filter_map(|word| expander.words(&word.text).ok()).flatten();
        ports.map(|port| (instruction.span, port)).collect::<Vec<_>>()
    });
    ports.filter(|(_, port)| {
        let container = port.rsplit(':').next().unwrap_or_default();
        let (port, protocol) = container.split_once('/').unwrap_or((container, ""));
        let protocol = protocol.to_ascii_lowercase();
        !port.is_empty() && matches!(&*protocol, "" | "tcp" | "udp" | "sctp")
    })
}
