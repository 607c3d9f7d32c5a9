//! Sets the folder with WORKDIR instead of `cd`.

use super::place::commands;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step, join};
use crate::report::Applicability;
use crate::syntax::Span;

/// Applies to RUNs that begin with `cd FOLDER &&`: where they run in that folder
/// already, the `cd` goes; where all that follows, up to the next absolute
/// WORKDIR or the end of a stage that is not shipped, begins in the same way or
/// does not depend on the folder, a WORKDIR takes its place.
pub const RECIPE: Recipe = Recipe {
    id: "workdir",
    title: "Set the folder with WORKDIR",
    why: "A cd counts for its own RUN only and has to be repeated. WORKDIR says once where the commands below run, and makes the folder if it is not there.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut edits = Vec::new();
    for (index, stage) in analysis.graph.stages.iter().enumerate().filter(|(_, s)| s.needed) {
        let ships = analysis.graph.target == Some(index)
            || analysis.graph.stages.iter().any(|other| other.base.stage() == Some(index));
        let mut at = 0;
        while at < stage.steps.len() {
            let Some((folder, edit)) = change(analysis, &stage.steps[at]) else {
                at += 1;
                continue;
            };
            if folder == trimmed(&stage.steps[at].scope.workdir) {
                edits.push(edit);
                at += 1;
                continue;
            }
            let (end, found) = group(analysis, stage, at, &folder, ships);
            if let Some(found) = found {
                let line = format!("{} {folder}", analysis.keyword("WORKDIR"));
                edits.push(analysis.insert_before(analysis.instruction(&stage.steps[at]), &[line]));
                edits.extend(found);
            }
            at = end.max(at + 1);
        }
    }
    let verify = Some("docker build .".to_owned());
    Rewrite::of(edits, verify)
}

/// Where the steps that a new WORKDIR counts for end, and the edits of those
/// that begin with `cd`; none where one of the others depends on the folder.
fn group(
    analysis: &Analysis<'_>,
    stage: &Stage,
    first: usize,
    folder: &str,
    ships: bool,
) -> (usize, Option<Vec<Edit>>) {
    let mut edits = Vec::new();
    for (at, step) in stage.steps.iter().enumerate().skip(first) {
        match &step.operation {
            Operation::Workdir(_) => {
                let written = analysis.instruction(step).arguments.text.trim();
                let absolute = written.starts_with('/');
                return (at, absolute.then_some(edits));
            }
            Operation::Run(_) => match change(analysis, step) {
                Some((other, edit)) if other == folder => edits.push(edit),
                _ => return (at, None),
            },
            Operation::Copy(_) => return (at, None),
            Operation::Configure { .. } | Operation::Argument | Operation::Invalid => {}
        }
    }
    (stage.steps.len(), (!ships).then_some(edits))
}

fn trimmed(folder: &str) -> &str {
    if folder == "/" { folder } else { folder.trim_end_matches('/') }
}

/// The folder that a RUN goes to first, and the edit that takes that out.
fn change(analysis: &Analysis<'_>, step: &Step) -> Option<(String, Edit)> {
    let instruction = analysis.instruction(step);
    let commands = commands(instruction);
    let [first, second, ..] = &commands[..] else { return None };
    let [name, folder] = &first.words[..] else { return None };
    let plain = name == "cd" && !folder.contains(['$', '*', '~', '-', ' ']) && !folder.is_empty();
    let joint = analysis.dockerfile.text(Span { start: first.span.end, end: second.span.start });
    let joined = joint.replace(['\\', '`', ' ', '\t', '\r', '\n'], "") == "&&";
    let starts = first.span.start == instruction.arguments.source_offset(0);
    let edit = Edit::replace(Span { start: first.span.start, end: second.span.start }, "");
    let folder = join(&step.scope.workdir, folder);
    (plain && joined && starts && instruction.heredocs.is_empty())
        .then(|| (trimmed(&folder).to_owned(), edit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn takes_the_place_of_cd() {
        for (before, expected) in [
            ("WORKDIR /app\nRUN cd /app && make", "WORKDIR /app\nRUN make"),
            (
                "RUN cd /src && \\\n    make\nENV A=1\nRUN cd /src && make install\nWORKDIR /app",
                "WORKDIR /src\nRUN make\nENV A=1\nRUN make install\nWORKDIR /app",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\nCMD a\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\nCMD a\n")));
        }
        let before =
            "FROM debian:12 AS a\nrun cd /b && make\nFROM debian:12\nCOPY --from=a /b /b\n";
        let expected =
            "FROM debian:12 AS a\nWORKDIR /b\nrun make\nFROM debian:12\nCOPY --from=a /b /b\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN cd /src && make",
            "RUN cd /src && make\nRUN make install\nWORKDIR /app",
            "RUN cd /src && make\nCOPY a b\nWORKDIR /app",
            "RUN cd /src && make\nWORKDIR app",
            "WORKDIR /app\nRUN cd $A && make",
            "WORKDIR /app\nRUN cd /app; make",
            "WORKDIR /app\nRUN make && cd /app && make",
            "WORKDIR /app\nRUN cd /app",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
