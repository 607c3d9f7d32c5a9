//! Writes a long RUN as a heredoc.

use super::join::is_chain;
use super::place::commands;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Command, Span};

/// Applies to a RUN over several lines of at least four commands that are
/// joined by `&&` alone. It must not apply where there are comments, pipes or
/// another shell than sh and bash. Off unless it is switched on: it is a matter
/// of taste.
pub const RECIPE: Recipe = Recipe {
    id: "heredoc-run",
    title: "Write long RUNs as heredocs",
    why: "One command a line, without joints and continuations: a script that editors check and that a diff shows line by line. set -e stops it at the first failure, as && does.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Fewer commands are as easy to read with `&&`.
const FEWEST: usize = 4;

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    if analysis.dockerfile.escape != '\\' {
        return None;
    }
    let steps = analysis.graph.stages.iter().flat_map(|stage| &stage.steps);
    let edits: Vec<Edit> = steps.filter_map(|step| in_step(analysis, step)).collect();
    let verify = Some("docker build .".to_owned());
    Rewrite::of(edits, verify)
}

fn in_step(analysis: &Analysis<'_>, step: &Step) -> Option<Edit> {
    let instruction = analysis.instruction(step);
    let Operation::Run(run) = &step.operation else { return None };
    let Body::Run(Command::Shell(_)) = &instruction.body else { return None };
    let text = |span: Span| analysis.dockerfile.text(span);
    let shell = run.shell.first().map_or("", String::as_str);
    let commands = commands(instruction);
    let whole = text(instruction.span);
    let plain = is_chain(instruction)
        && instruction.heredocs.is_empty()
        && matches!(shell, "/bin/sh" | "/bin/bash" | "sh" | "bash")
        && whole.contains('\n')
        && !whole.contains(['#', '|', '(', '{'])
        && !whole.contains("EOF");
    let (first, last) = (commands.first()?, commands.last()?);
    let joined = commands.windows(2).all(|pair| {
        let joint = text(Span { start: pair[0].span.end, end: pair[1].span.start });
        joint.replace(['\\', ' ', '\t', '\r', '\n'], "") == "&&"
    });
    if !plain || !joined || commands.len() < FEWEST || last.span.end != instruction.span.end {
        return None;
    }
    let newline = analysis.newline();
    let lines: String =
        commands.iter().map(|command| format!("{newline}{}", text(command.span))).collect();
    let span = Span { start: first.span.start, end: instruction.span.end };
    Some(Edit::replace(span, format!("<<EOF{newline}set -e{lines}{newline}EOF")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn writes_a_script() {
        let before = "FROM debian:12\nRUN --network=none ./a --b \\\n      --c && \\\n    D=1 ./d && \\\n    cd /e && ./f\nCMD g\n";
        let expected = "FROM debian:12\nRUN --network=none <<EOF\nset -e\n./a --b \\\n      --c\nD=1 ./d\ncd /e\n./f\nEOF\nCMD g\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN a && b && c && d",
            "RUN a && \\\n b && c",
            "RUN a && \\\n b && c && d || true",
            "RUN a && \\\n b | c && d && e",
            "RUN a && \\\n # why\n b && c && d",
            "RUN a && \\\n b && c; d",
            "SHELL [\"fish\", \"-c\"]\nRUN a && \\\n b && c && d",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
