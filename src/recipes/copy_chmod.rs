//! Makes a file executable when it is copied.

use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, join};
use crate::report::Applicability;

/// Applies to a RUN that is a `chmod` of files and no more, each of which one
/// COPY of the same stage has brought alone. It must not apply to folders, nor
/// to modes that depend on what the file had.
pub const RECIPE: Recipe = Recipe {
    id: "copy-chmod",
    title: "Set the mode while copying",
    why: "chmod in a RUN stores the file once more, in a layer of its own. COPY --chmod stores it once, and saves the layer.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages
        .flat_map(|stage| (0..stage.steps.len()).filter_map(|at| in_step(analysis, stage, at)))
        .flatten()
        .collect();
    let verify = Some("docker run --rm --entrypoint ls IMAGE -l FILE  # the mode".to_owned());
    Rewrite::of(edits, verify)
}

fn in_step(analysis: &Analysis<'_>, stage: &Stage, at: usize) -> Option<Vec<Edit>> {
    let step = &stage.steps[at];
    let instruction = analysis.instruction(step);
    let [command] = &commands(instruction)[..] else { return None };
    let (mode, files) = chmod(command, &step.scope.workdir)?;
    let copies: Option<Vec<_>> = files
        .iter()
        .map(|file| stage.steps[..at].iter().rev().find(|copy| brings(&copy.operation, file)))
        .collect();
    let mut edits: Vec<Edit> = copies?
        .into_iter()
        .map(|copy| {
            let keyword = analysis.instruction(copy).keyword.span;
            Edit::insert(keyword.end, format!(" --chmod={mode}"))
        })
        .collect();
    edits.push(analysis.remove(instruction));
    Some(edits)
}

/// The mode in figures and the files; plain files copied by COPY are 644, so
/// that `+x` makes them 755.
fn chmod(command: &RunCommand, workdir: &str) -> Option<(&'static str, Vec<String>)> {
    let [name, mode, files @ ..] = &command.words[..] else { return None };
    let mode = match mode.as_str() {
        "+x" | "a+x" | "ugo+x" | "755" | "0755" => "755",
        "555" | "0555" => "555",
        "644" | "0644" => "644",
        _ => return None,
    };
    let plain = |file: &String| !file.contains(['$', '*', '?', '[', '{']) && !file.ends_with('/');
    (name == "chmod" && !files.is_empty() && files.iter().all(plain))
        .then(|| (mode, files.iter().map(|file| join(workdir, file)).collect()))
}

/// True for a COPY of that one file, by its name.
fn brings(operation: &Operation, file: &str) -> bool {
    let Operation::Copy(copy) = operation else { return false };
    let [source] = &copy.sources[..] else { return false };
    let name = source.rsplit('/').next().unwrap_or(source);
    // A name with an ending is a file, not a folder.
    let is_file = name.trim_start_matches('.').contains('.') && !source.contains(['*', '?', '[']);
    let target = match copy.destination.ends_with('/') {
        true => format!("{}{name}", copy.destination),
        false => copy.destination.clone(),
    };
    is_file && copy.chmod.is_none() && copy.heredocs.is_empty() && target == file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn copies_with_the_mode() {
        for (before, expected) in [
            (
                "COPY entry.sh /entry.sh\nRUN chmod +x /entry.sh\n",
                "COPY --chmod=755 entry.sh /entry.sh\n",
            ),
            (
                "COPY bin/run.sh ./\n# x\nRUN chmod 0755 run.sh\n",
                "COPY --chmod=755 bin/run.sh ./\n",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\nWORKDIR /app\n{before}CMD a\n"));
            assert_eq!(result, Some(format!("FROM debian:12\nWORKDIR /app\n{expected}CMD a\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY . .\nRUN chmod +x run.sh",
            "COPY run.sh ./\nRUN chmod u+x run.sh",
            "COPY run.sh ./\nRUN chmod +x run.sh && ls",
            "COPY scripts /s\nRUN chmod +x /s",
            "COPY run.sh ./\nRUN chmod -R +x run.sh",
        ] {
            assert_eq!(
                after(&RECIPE, &format!("FROM debian:12\nWORKDIR /app\n{text}\n")),
                None,
                "{text}"
            );
        }
    }
}
