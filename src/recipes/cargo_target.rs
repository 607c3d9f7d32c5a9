//! Keeps Cargo's target folder between builds.

use super::place::{append_command, commands, is_word_of};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{MountKind, Operation, Origin, Stage, Step, join};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword, Variables};

/// Applies to the only RUN of a build stage that calls cargo, where other
/// stages take single binaries from the target folder. It must not apply where
/// the dependencies are compiled in a layer of their own (cargo chef, or a
/// dummy main.rs), nor where anything else reads the folder.
///
/// Of the two ways to keep compiled dependencies this needs no tool, and also
/// keeps what was compiled of the project. A layer made with cargo chef is the
/// one for builders that start empty each time; who has that, keeps it.
pub const RECIPE: Recipe = Recipe {
    id: "cargo-target-cache",
    title: "Keep compiled crates between builds",
    why: "Every edit compiles all crates again. A cache mount keeps the target folder, so that the next build on the same builder compiles what changed. What a mount holds is in no layer: the same RUN copies the binary out.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Where the binaries are put: on the PATH, and empty in Rust's images.
const PLACE: &str = "/usr/local/bin";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut stages = analysis.graph.stages.iter().enumerate();
    let edits = stages.find_map(|(at, stage)| in_stage(analysis, at, stage))?;
    let verify = "docker build . twice, with an edit between: the second is faster";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

fn in_stage(analysis: &Analysis<'_>, at: usize, stage: &Stage) -> Option<Vec<Edit>> {
    let graph = &analysis.graph;
    let based =
        (0..graph.stages.len()).any(|other| other != at && graph.chain(other).contains(&at));
    if !stage.needed || graph.target == Some(at) || based {
        return None;
    }
    let step = only_build(analysis, stage)?;
    let folder = join(&step.scope.workdir, "target");
    let taken = taken(analysis, at, &folder)?;
    let sources: Vec<String> =
        taken.iter().map(|(_, source)| format!("target{}", &source[folder.len()..])).collect();
    let name = sources.first()?.rsplit('/').next()?;
    let instruction = analysis.instruction(step);
    let mount = format!(" --mount=type=cache,id={name}-target,target={folder},sharing=locked");
    let copy = format!("cp {} {PLACE}/", sources.join(" "));
    let mut edits = vec![
        Edit::insert(instruction.keyword.span.end, mount),
        append_command(analysis, instruction, &copy)?,
    ];
    for (step, source) in &taken {
        let Body::Copy(transfer) = &analysis.instruction(step).body else { return None };
        let name = source.rsplit('/').next()?;
        edits.push(Edit::replace(transfer.sources.first()?.span, format!("{PLACE}/{name}")));
    }
    Some(edits)
}

/// The only RUN that calls cargo, if it builds for release with root's rights
/// and without a mount at the target folder.
fn only_build<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<&'a Step> {
    let runs = |step: &&Step| analysis.instruction(step).keyword.value == Keyword::Run;
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span);
    let mut users = stage
        .steps
        .iter()
        .filter(runs)
        .filter(|step| is_word_of(text(step), "cargo") || is_word_of(text(step), "target"));
    let step = users.next().filter(|_| users.next().is_none())?;
    let Operation::Run(run) = &step.operation else { return None };
    let commands = commands(analysis.instruction(step));
    let mut calls = commands.iter().filter(|command| command.name() == "cargo");
    let build = calls.next().filter(|_| calls.next().is_none())?;
    let folder = join(&step.scope.workdir, "target");
    let mounted = run.mounts.iter().any(|mount| {
        matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs)
            && (mount.target.starts_with(&folder) || folder.starts_with(&mount.target))
    });
    let moves = |name: &str| step.scope.environment.get(name).is_some();
    let plain = build.starts_with(&["cargo", "build"])
        && build.has(&["--release", "-r"])
        && !build.has(&["--target-dir", "--profile", "--manifest-path"])
        && build.assignments.iter().all(|(name, _)| !name.starts_with("CARGO"))
        && !commands.iter().any(|command| matches!(command.name(), "cd" | "strip" | "cp" | "mv"));
    (plain && !mounted && !moves("CARGO_TARGET_DIR") && step.scope.is_root()).then_some(step)
}

/// The steps that take a binary from the stage, with its path; `None` where
/// one takes something else from the target folder, or there is none.
fn taken<'a>(
    analysis: &'a Analysis<'_>,
    at: usize,
    folder: &str,
) -> Option<Vec<(&'a Step, String)>> {
    let mut taken = Vec::new();
    for step in analysis.graph.stages.iter().flat_map(|stage| &stage.steps) {
        let from_here = step.operation.origins().any(|origin| *origin == Origin::Stage(at));
        let Operation::Copy(copy) = &step.operation else {
            if from_here {
                return None;
            }
            continue;
        };
        if !from_here {
            continue;
        }
        let paths: Vec<String> = copy.sources.iter().map(|source| join("/", source)).collect();
        match &paths[..] {
            [path] if path.starts_with(&format!("{folder}/")) => {
                let (inside, name) = path.rsplit_once('/')?;
                let plain = inside.ends_with("/release")
                    && !name.is_empty()
                    && !name.contains(['*', '?', '[', '$']);
                if !plain {
                    return None;
                }
                taken.push((step, path.clone()));
            }
            paths
                if paths
                    .iter()
                    .any(|path| folder.starts_with(path.as_str()) || path.starts_with(folder)) =>
            {
                return None;
            }
            _ => {}
        }
    }
    (!taken.is_empty()).then_some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    fn staged(run: &str, copy: &str) -> String {
        format!(
            "FROM rust:1.82 AS build\nWORKDIR /app\nCOPY . .\n{run}\n\nFROM debian:12-slim\n{copy}\nCMD [\"server\"]\n"
        )
    }

    #[test]
    fn copies_the_binary_out_of_the_mount() {
        let before = staged(
            "RUN cargo build --release --locked",
            "COPY --from=build /app/target/release/server /usr/local/bin/server",
        );
        let expected = staged(
            "RUN --mount=type=cache,id=server-target,target=/app/target,sharing=locked cargo build --release --locked && cp target/release/server /usr/local/bin/",
            "COPY --from=build /usr/local/bin/server /usr/local/bin/server",
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        let copy = "COPY --from=build /app/target/release/server /s";
        let build = "RUN cargo build --release";
        for (run, copy) in [
            ("RUN cargo build", "COPY --from=build /app/target/debug/server /s"),
            ("RUN cargo chef cook --release\nRUN cargo build --release", copy),
            ("RUN cargo build --release && strip target/release/server", copy),
            ("RUN --mount=type=cache,target=/app/target cargo build --release", copy),
            ("ENV CARGO_TARGET_DIR=/t\nRUN cargo build --release", copy),
            ("USER builder\nRUN cargo build --release", copy),
            (build, "COPY --from=build /app/target/release/ /s"),
            (build, "COPY --from=build /app /app"),
            (build, "COPY --from=build /app/target/release/a* /s"),
        ] {
            assert_eq!(after(&RECIPE, &staged(run, copy)), None, "{run} {copy}");
        }
    }
}
