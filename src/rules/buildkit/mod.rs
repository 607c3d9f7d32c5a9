//! BuildKit's own checks, what `docker build --check` prints: the same names,
//! messages and lines.
//!
//! Source: BuildKit's frontend/dockerfile/linter/ruleset.go for the checks, and
//! frontend/dockerfile/{instructions,dockerfile2llb} for where they run. One of
//! them is not here: InvalidBaseImagePlatform needs the image pulled.

mod consistent_instruction_casing;
mod copy_ignored_file;
mod duplicate_stage_name;
mod from_as_casing;
mod invalid_definition_description;
mod json_args_recommended;
mod legacy_key_value_format;
mod maintainer_deprecated;
mod multiple_instructions_disallowed;
mod no_empty_continuation;
mod reserved_stage_name;
mod secrets_used_in_arg_or_env;
mod stage_name_casing;
#[cfg(test)]
mod testing;
mod workdir_relative_path;

use super::Rule;
use crate::analysis::Analysis;
use crate::graph::{Base, Stage, Step};
use crate::syntax::{Expander, Instruction, Keyword, Pass, Span, Word};

/// Every check.
pub const RULES: &[&Rule] = &[
    &consistent_instruction_casing::RULE,
    &copy_ignored_file::RULE,
    &duplicate_stage_name::RULE,
    &from_as_casing::RULE,
    &invalid_definition_description::RULE,
    &json_args_recommended::RULE,
    &legacy_key_value_format::RULE,
    &maintainer_deprecated::RULE,
    &multiple_instructions_disallowed::RULE,
    &no_empty_continuation::RULE,
    &reserved_stage_name::RULE,
    &secrets_used_in_arg_or_env::RULE,
    &stage_name_casing::RULE,
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
