//! Ships production dependencies only.

use super::{Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::{Operation, Origin};
use crate::report::Applicability;

/// Replaces a copy of the whole build folder by a fresh installation of the
/// production dependencies and the build output. It must not apply where the
/// start command uses files that no build wrote.
pub const RECIPE: Recipe = Recipe {
    id: "node-production-dependencies",
    title: "Install production dependencies only",
    why: "Compilers, linters and type declarations are needed to build, not to run; with NODE_ENV=production set before the installation, libraries also take their faster paths.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (_, stage) = analysis.target()?;
    let (step, origin, folder) = stage.steps.iter().find_map(|step| match &step.operation {
        Operation::Copy(copy) => match (&copy.origin, &copy.sources[..]) {
            (Origin::Stage(origin), [source]) => {
                Some((step, *origin, source.trim_end_matches('/').to_owned()))
            }
            _ => None,
        },
        _ => None,
    })?;
    let tree = &analysis.evaluation.stages[origin].tree;
    if !tree.has(&format!("{folder}/node_modules/(development)")) {
        return None;
    }
    let outputs = node::outputs(analysis, origin, &folder);
    if outputs.is_empty() || !starts_from(analysis, &outputs) {
        return None;
    }
    let (_, _, manager) = node::install(analysis, &analysis.graph.stages[origin])?;
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = Vec::new();
    if step.scope.environment.get_env("NODE_ENV").is_none() {
        lines.push(format!("{} NODE_ENV=production", keyword("ENV")));
    }
    lines.push(format!("{} {} ./", keyword("COPY"), manager.manifests()));
    lines.push(format!("{} {}", keyword("RUN"), manager.install_production()));
    let name = analysis.graph.stages[origin].name.clone().unwrap_or_else(|| origin.to_string());
    for output in outputs {
        let relative = output.strip_prefix(&*folder).unwrap_or(&output);
        lines.push(format!("{} --from={name} {output} .{relative}", keyword("COPY")));
    }
    let instruction = analysis.instruction(step);
    let edits = vec![super::Edit::replace(instruction.span, lines.join(analysis.newline()))];
    let verify = Some(
        "docker build -t app . && docker run --rm app node -e \"require('./dist')\"".to_owned(),
    );
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// True when the start command runs build output, or npm's own scripts.
fn starts_from(analysis: &Analysis<'_>, outputs: &[String]) -> bool {
    let Some((_, stage)) = analysis.target() else { return false };
    let command =
        stage.steps.iter().rev().find_map(|step| match &analysis.instruction(step).body {
            crate::syntax::Body::Cmd(_) | crate::syntax::Body::Entrypoint(_) => {
                Some((step, &analysis.instruction(step).arguments.text))
            }
            _ => None,
        });
    command.is_some_and(|(step, text)| {
        let folder = step.scope.workdir.trim_end_matches('/');
        outputs.iter().any(|output| {
            let relative = output.strip_prefix(folder).unwrap_or(output).trim_start_matches('/');
            text.contains(relative)
        })
    })
}
