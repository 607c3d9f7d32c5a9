//! Builds in one stage and ships another.

use super::place::{copies_everything, is_configuration, stage_commands};
use super::{Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::Body;

/// Splits a single-stage Node.js build: applies when the final stage installs
/// dependencies, builds, and starts from an image. It must not apply where the
/// stage takes files from another one already.
pub const RECIPE: Recipe = Recipe {
    id: "node-multi-stage",
    title: "Build in one stage, ship another",
    why: "Compilers, package caches and the layers that held them stay in the build stage; the image gets only what a runtime base needs.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let reference = match &stage.base {
        Base::Image(reference) if node::has_node(analysis, index) => reference,
        _ => return None,
    };
    let takes_from_others = stage.steps.iter().any(|step| !step.operation.stages().is_empty());
    let runtime = runtime_base(reference)?;
    node::install(analysis, stage)?;
    let last = last_work(stage)?;
    let builds = !node::outputs(analysis, index, &last.scope.workdir).is_empty();
    let copies = stage.steps.iter().any(copies_everything);
    let named = stage.name.is_some() || stage.end.user != *"";
    if takes_from_others || !builds || !copies || named {
        return None;
    }
    let from = analysis.from(stage);
    let workdir = &last.scope.workdir;
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = vec![
        String::new(),
        format!("{} {runtime}", keyword("FROM")),
        format!("{} {workdir}", keyword("WORKDIR")),
    ];
    let mut edits = Vec::new();
    for step in stage.steps.iter().take_while(|step| step.instruction <= last.instruction) {
        let instruction = analysis.instruction(step);
        let text = analysis.dockerfile.text(instruction.span);
        match instruction.body {
            Body::Env(_) => lines.push(text.to_owned()),
            Body::Run(_) if installs_runtime_packages(analysis, stage, step) => {
                lines.push(text.to_owned())
            }
            _ if is_configuration(instruction.keyword.value) => {
                lines.push(text.to_owned());
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    lines.push(format!("{} --from=build {workdir} ./", keyword("COPY")));
    let name = format!(" {} build", keyword("AS"));
    edits.push(super::Edit::insert(from.span.end, name));
    edits.push(analysis.insert_after(analysis.instruction(last), &lines));
    let verify = Some(
        "docker build -t app . && docker run --rm app node -e \"require('./dist')\"".to_owned(),
    );
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// The slim variant of the same version; `None` where the base is small already.
fn runtime_base(reference: &str) -> Option<String> {
    let (name, tag) = reference.split_once(':').unwrap_or((reference, "lts"));
    let small = ["alpine", "slim", "distroless"].iter().any(|word| reference.contains(word));
    let plain = tag.split('-').next().unwrap_or(tag);
    let suffix = if small { "" } else { "-slim" };
    let tag = if small { tag.to_owned() } else { format!("{plain}{suffix}") };
    (crate::graph::repository(reference) == "node" && !reference.contains('@'))
        .then(|| format!("{name}:{tag}"))
}

/// The last step that runs or copies something.
fn last_work(stage: &Stage) -> Option<&Step> {
    let works = |step: &&Step| match &step.operation {
        Operation::Run(_) => true,
        Operation::Copy(copy) => copy.origin == Origin::Context,
        _ => false,
    };
    stage.steps.iter().rfind(works)
}

/// System packages that only builds need.
const BUILD_PACKAGES: [&str; 10] = [
    "python3",
    "python",
    "make",
    "g++",
    "gcc",
    "build-essential",
    "git",
    "build-base",
    "py3-pip",
    "node-gyp",
];

/// True when a RUN installs system packages that the running program may need.
fn installs_runtime_packages(analysis: &Analysis<'_>, stage: &Stage, step: &Step) -> bool {
    stage_commands(analysis, stage).iter().filter(|(at, _)| at.instruction == step.instruction).any(
        |(_, command)| {
            let installs = command.starts_with(&["apk", "add"])
                || (command.words.first().is_some_and(|name| name == "apt-get" || name == "apt")
                    && command.operands(1).next() == Some("install"));
            let mut packages =
                command.operands(1).filter(|word| !matches!(*word, "install" | "add"));
            installs && packages.any(|package| !BUILD_PACKAGES.contains(&package))
        },
    )
}
