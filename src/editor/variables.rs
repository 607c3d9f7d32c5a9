//! The variables that can be used at a place, with their values and where they
//! were set.

use super::describe::PLATFORM;
use crate::Analysis;
use crate::graph::{Base, PLATFORM_ARGUMENTS, Request, Stage, Step, globals};
use crate::sorted::Map;
use crate::syntax::{Body, Variables};

/// A variable at a place.
pub(super) struct Variable {
    /// Its value; none for an argument that is declared and not given.
    pub value: Option<String>,
    /// What set it.
    pub origin: String,
}

/// The variables at an instruction by name.
pub(super) fn at(analysis: &Analysis<'_>, instruction: usize) -> Map<String, Variable> {
    match step_at(analysis, instruction) {
        Some((stage, step)) => in_stage(analysis, stage, step),
        None => of_from(analysis),
    }
}

/// The step that an instruction is, and its stage; none for FROM and what
/// stands above the first.
pub(super) fn step_at<'a>(
    analysis: &'a Analysis<'_>,
    instruction: usize,
) -> Option<(&'a Stage, &'a Step)> {
    analysis.graph.stages.iter().find_map(|stage| {
        let step = stage.steps.iter().find(|step| step.instruction == instruction)?;
        (stage.instruction < instruction).then_some((stage, step))
    })
}

/// What FROM sees.
fn of_from(analysis: &Analysis<'_>) -> Map<String, Variable> {
    let project = analysis.project;
    let request = Request { build_args: &project.build_args, target: project.target.as_deref() };
    let values = globals(&analysis.dockerfile, request);
    let of = |(name, value): (String, String)| {
        let origin = global_origin(analysis, &name);
        (name, Variable { value: Some(value), origin })
    };
    let mut all: Map<_, _> = values.into_iter().map(of).collect();
    for declaration in analysis.dockerfile.global_arguments() {
        let name = &declaration.name.text;
        all.entry(name.clone())
            .or_insert_with(|| Variable { value: None, origin: global_origin(analysis, name) });
    }
    all
}

/// Where a variable comes from that FROM sees.
fn global_origin(analysis: &Analysis<'_>, name: &str) -> String {
    if analysis.project.build_args.contains_key(name) {
        return "given as a build argument".to_owned();
    }
    let declared =
        analysis.dockerfile.global_arguments().filter(|one| one.name.text == name).last();
    match declared {
        Some(declaration) => {
            let line = analysis.dockerfile.line(declaration.name.span.start);
            match declaration.default {
                Some(_) => format!("ARG on line {line}"),
                None => format!("ARG on line {line}, which gives no default"),
            }
        }
        None => PLATFORM.to_owned(),
    }
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage, step: &Step) -> Map<String, Variable> {
    let environment = &step.scope.environment;
    let mut names: Vec<&str> = environment.names().collect();
    names.extend(declared(analysis, stage, step.instruction));
    let variable = |name: &str| {
        let value = environment.get(name).map(str::to_owned);
        (name.to_owned(), Variable { value, origin: origin(analysis, stage, step, name) })
    };
    names.into_iter().map(variable).collect()
}

/// The arguments that a stage declares above an instruction.
fn declared<'a>(
    analysis: &'a Analysis<'_>,
    stage: &Stage,
    instruction: usize,
) -> impl Iterator<Item = &'a str> {
    let above = &analysis.dockerfile.instructions[stage.instruction..instruction];
    let arguments = above.iter().filter_map(|one| match &one.body {
        Body::Arg(declarations) => Some(declarations),
        _ => None,
    });
    arguments.flatten().map(|declaration| &*declaration.name.text)
}

/// What set a variable last before a step: an instruction of the stage, or what
/// the stage is built on. There an ENV counts before any ARG: a stage starts
/// with the image's variables set anew.
fn origin(analysis: &Analysis<'_>, stage: &Stage, step: &Step, name: &str) -> String {
    let either = |index| env(analysis, index, name).or_else(|| argument(analysis, index, name));
    if let Some(found) = (stage.instruction..step.instruction).rev().find_map(either) {
        return found;
    }
    let stages = &analysis.graph.stages;
    let bases = std::iter::successors(stage.base.stage(), |base| stages[*base].base.stage());
    let bases: Vec<&Stage> = bases.map(|base| &stages[base]).collect();
    let root = &bases.last().unwrap_or(&stage).base;
    let steps = || bases.iter().flat_map(|base| base.steps.iter().rev());
    let from_env = steps().find_map(|step| env(analysis, step.instruction, name));
    let from_image = || match root {
        Base::Image(reference) => {
            let image = analysis.images.get(reference)?;
            let sets = image.env.iter().any(|(known, _)| known == name);
            sets.then(|| format!("the image {reference}"))
        }
        _ => None,
    };
    let from_argument = || steps().find_map(|step| argument(analysis, step.instruction, name));
    from_env.or_else(from_image).or_else(from_argument).unwrap_or_default()
}

/// The ENV that an instruction is, if it sets the variable.
fn env(analysis: &Analysis<'_>, index: usize, name: &str) -> Option<String> {
    let instruction = &analysis.dockerfile.instructions[index];
    let Body::Env(pairs) = &instruction.body else { return None };
    let line = analysis.dockerfile.line(instruction.span.start);
    pairs.iter().any(|pair| pair.key.text == name).then(|| format!("ENV on line {line}"))
}

/// The ARG that an instruction is, if it declares the variable.
fn argument(analysis: &Analysis<'_>, index: usize, name: &str) -> Option<String> {
    let instruction = &analysis.dockerfile.instructions[index];
    let Body::Arg(declarations) = &instruction.body else { return None };
    let declaration = declarations.iter().find(|one| one.name.text == name)?;
    let declared = format!("ARG on line {}", analysis.dockerfile.line(instruction.span.start));
    let global = || {
        analysis.dockerfile.global_arguments().any(|one| one.name.text == name)
            || PLATFORM_ARGUMENTS.iter().any(|(known, _)| *known == name)
            || name == "TARGETSTAGE"
    };
    Some(if analysis.project.build_args.contains_key(name) {
        format!("{declared}, given as a build argument")
    } else if declaration.default.is_some() {
        declared
    } else if global() {
        format!("{declared}; its value: {}", global_origin(analysis, name))
    } else {
        format!("{declared}, which gives no default")
    })
}
