//! Keeps apk's index out of the image.

use super::place::{RunCommand, commands, is_plain_list, mounts_cache};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::Span;

/// Applies to each `apk add` of a stage that is built. It must not apply
/// where a cache mount holds the index, or where it is kept on purpose
/// (`/etc/apk/cache`).
pub const RECIPE: Recipe = Recipe {
    id: "apk-no-cache",
    title: "Do not keep apk's index",
    why: "apk add stores the package index unless it is told not to; with --no-cache it reads a fresh one and leaves nothing, and apk update is not needed before it.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let steps = stages.flat_map(|stage| &stage.steps).filter(|step| !is_covered(analysis, step));
    let mut edits: Vec<Edit> =
        steps.flat_map(|step| in_run(analysis, &commands(analysis.instruction(step)))).collect();
    edits.extend(analysis.graph.needed().flat_map(|stage| updates(analysis, stage)));
    Rewrite::of(edits, None)
}

/// Removes the RUNs that only update the index, in a stage whose every other
/// use of apk reads a fresh one or none.
fn updates(analysis: &Analysis<'_>, stage: &Stage) -> Vec<Edit> {
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span);
    let only_updates = |step: &&Step| {
        let instruction = analysis.instruction(step);
        let commands = commands(instruction);
        let plain = is_plain_list(instruction) && !is_covered(analysis, step);
        plain && matches!(&commands[..], [only] if only.words == ["apk", "update"])
    };
    let reads_none = |step: &Step| {
        let commands = commands(analysis.instruction(step));
        let of_apk = commands.iter().filter(|command| command.name() == "apk").count();
        let known = commands.iter().filter(|command| {
            let verb = command.operands(1).next();
            command.name() == "apk" && matches!(verb, Some("add" | "del"))
        });
        known.count() == of_apk && text(step).matches("apk ").count() == of_apk
    };
    let (updates, others): (Vec<&Step>, Vec<&Step>) = stage.steps.iter().partition(only_updates);
    let adds = others.iter().any(|step| text(step).contains("apk add"));
    if !adds || !others.iter().filter(|step| text(step).contains("apk ")).all(|s| reads_none(s)) {
        return Vec::new();
    }
    updates.iter().map(|step| analysis.remove(analysis.instruction(step))).collect()
}

/// True where the index is held by a mount or kept on purpose.
fn is_covered(analysis: &Analysis<'_>, step: &Step) -> bool {
    !matches!(step.operation, Operation::Run(_))
        || mounts_cache(step, |target| target.contains("apk"))
        || analysis.dockerfile.text(analysis.instruction(step).span).contains("/etc/apk/cache")
}

fn in_run(analysis: &Analysis<'_>, commands: &[RunCommand]) -> Vec<Edit> {
    let verb = |command: &RunCommand| match command.name() {
        "apk" => command.operands(1).next().map(str::to_owned),
        _ => None,
    };
    let adds = |command: &&RunCommand| {
        verb(command).as_deref() == Some("add") && !command.has(&["--no-cache"])
    };
    let mut edits: Vec<Edit> = commands
        .iter()
        .filter(adds)
        .filter_map(|command| Some(Edit::insert(command.end_of("add")?, " --no-cache")))
        .collect();
    let uncached = commands.iter().any(|command| verb(command).as_deref() == Some("add"));
    for pair in commands.windows(2) {
        let joint = Span { start: pair[0].span.end, end: pair[1].span.start };
        let joint = analysis.dockerfile.text(joint);
        let only_and = joint.replace(['\\', '`', ' ', '\t', '\r', '\n'], "") == "&&";
        if uncached && verb(&pair[0]).as_deref() == Some("update") && only_and {
            let whole = Span { start: pair[0].span.start, end: pair[1].span.start };
            edits.push(Edit::replace(whole, ""));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn adds_without_the_index() {
        for (before, expected) in [
            ("apk add curl", "apk add --no-cache curl"),
            ("apk update && apk add curl", "apk add --no-cache curl"),
            ("apk update \\\n && apk add \\\n    curl", "apk add --no-cache \\\n    curl"),
            (
                "apk add --virtual b gcc && make && apk del b",
                "apk add --no-cache --virtual b gcc && make && apk del b",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM alpine:3.20\nRUN {before}\n"));
            assert_eq!(result, Some(format!("FROM alpine:3.20\nRUN {expected}\n")));
        }
    }

    #[test]
    fn a_run_that_only_updates_goes() {
        let before = "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\nRUN apk add jq\n";
        let expected = "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN apk add --no-cache jq\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
        for text in ["RUN apk update", "RUN apk update\nRUN apk upgrade && apk add --no-cache jq"] {
            assert_eq!(after(&RECIPE, &format!("FROM alpine:3.20\n{text}\n")), None, "{text}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for run in [
            "apk add --no-cache curl",
            "--mount=type=cache,target=/var/cache/apk apk add curl",
            "ln -s /var/cache/apk /etc/apk/cache && apk add curl",
            "apk update; apk upgrade",
            "apt-get install -y curl",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM alpine:3.20\nRUN {run}\n")), None, "{run}");
        }
    }
}
