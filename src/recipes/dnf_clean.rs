//! Removes the metadata of dnf, microdnf and yum in the layer that read them.

use super::place::{RunCommand, append_command, commands, mounts_cache};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Step};
use crate::report::Applicability;

/// Applies to RUNs of the final image's own layers that install with dnf,
/// microdnf or yum and keep its cache. It must not apply where a mount holds it.
pub const RECIPE: Recipe = Recipe {
    id: "dnf-clean",
    title: "Remove dnf's metadata",
    why: "dnf keeps the repositories' metadata and what it downloaded; nothing reads them when the image runs. They must go in the same RUN: a later one only hides them.",
    applicability: Applicability::Safe,
    rewrite,
};

const MANAGERS: [&str; 3] = ["dnf", "microdnf", "yum"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let stages =
        analysis.graph.chain(target).into_iter().map(|index| &analysis.graph.stages[index]);
    let edits: Vec<Edit> = stages
        .flat_map(|stage| &stage.steps)
        .filter(|step| !is_mounted(step))
        .filter_map(|step| in_run(analysis, step))
        .collect();
    Rewrite::of(edits, None)
}

fn is_mounted(step: &Step) -> bool {
    !matches!(step.operation, Operation::Run(_))
        || mounts_cache(step, |target| ["dnf", "yum"].iter().any(|name| target.contains(name)))
}

fn in_run(analysis: &Analysis<'_>, step: &Step) -> Option<Edit> {
    let instruction = analysis.instruction(step);
    let commands = commands(instruction);
    let verb = |command: &RunCommand, verbs: &[&str]| {
        MANAGERS.contains(&command.name())
            && command.operands(1).next().is_some_and(|verb| verbs.contains(&verb))
    };
    let installs = |command: &&RunCommand| {
        verb(command, &["install", "update", "upgrade", "groupinstall", "module", "localinstall"])
    };
    let manager = commands.iter().rev().find(installs)?.name().to_owned();
    let cleans = commands.iter().any(|command| verb(command, &["clean"]));
    let removes = analysis.dockerfile.text(instruction.span).contains("/var/cache/");
    if cleans || removes {
        return None;
    }
    append_command(analysis, instruction, &format!("{manager} clean all"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn cleans_with_the_same_program() {
        for (before, expected) in [
            ("dnf install -y git", "dnf install -y git && dnf clean all"),
            ("yum -y install \\\n  git", "yum -y install \\\n  git \\\n  && yum clean all"),
            (
                "microdnf install -y jq && jq --version",
                "microdnf install -y jq && jq --version && microdnf clean all",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM rockylinux:9\nRUN {before}\n"));
            assert_eq!(result, Some(format!("FROM rockylinux:9\nRUN {expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for run in [
            "dnf install -y git && dnf clean all",
            "dnf install -y git && rm -rf /var/cache/dnf",
            "--mount=type=cache,target=/var/cache/dnf dnf install -y git",
            "dnf --version",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM rockylinux:9\nRUN {run}\n")), None, "{run}");
        }
    }

    #[test]
    fn a_build_stage_may_keep_it() {
        let text = "FROM rockylinux:9 AS build\nRUN dnf install -y git\nFROM alpine\nCOPY --from=build /x /x\n";
        assert_eq!(after(&RECIPE, text), None);
    }
}
