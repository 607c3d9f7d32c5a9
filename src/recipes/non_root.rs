//! Runs as the user that the base image brings along.

use super::place::{RunCommand, commands, is_word_of, official};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Stage, Step};
use crate::report::Applicability;
use crate::rules::DROP_PRIVILEGES;
use crate::syntax::{Body, Keyword, Variables};

/// Applies where the final stage runs as root and its base image has a user
/// for programs, or where it only ships what another stage built: then `nobody`
/// runs it, and on `scratch`, which names no users, a number. It must not apply
/// to servers that drop privileges themselves, to releases of Erlang and Elixir,
/// which write their settings beside themselves, to servers for development,
/// which write what they build, to what only root may start, and where Corepack's
/// manager, which only root was given, starts the program.
pub const RECIPE: Recipe = Recipe {
    id: "non-root-user",
    title: "Run as a user without privileges",
    why: "A program that is broken into as root may break out of its container. The base image already has a user for it. Files that the program writes must belong to that user.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let image = &analysis.evaluation.stages[index].image;
    let user = image.extra_user.as_deref().or_else(|| anyone(analysis, stage))?;
    let root = stage.end.is_root();
    if super::place::exposes_privileged_port(analysis, stage) {
        return None;
    }
    if !root || DROP_PRIVILEGES.contains(&crate::graph::repository(&image.reference)) {
        return None;
    }
    let start = stage.steps.iter().map(|step| analysis.instruction(step)).find(|instruction| {
        matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    })?;
    if starts_by_corepack(analysis, index) || needs_root(&super::node::start_text(analysis, stage))
    {
        return None;
    }
    let lines = [format!("{} {user}", analysis.keyword("USER"))];
    let verify = format!(
        "docker build -t app . && docker inspect -f '{{{{.Config.User}}}}' app  # prints {user}"
    );
    Some(Rewrite {
        edits: vec![analysis.insert_before(start, &lines)],
        verify: Some(verify),
        ..Rewrite::default()
    })
}

/// True where a start command names what only root may start, or what writes
/// into folders that are root's.
fn needs_root(start: &str) -> bool {
    const NAMES: [&str; 16] = [
        "cron",
        "crond",
        "sshd",
        "supervisord",
        "service",
        "dockerd",
        "sudo",
        "gosu",
        "su-exec",
        "chown",
        "dev",
        "develop",
        "start:dev",
        "watch",
        "nodemon",
        "vite",
    ];
    NAMES.iter().any(|name| is_word_of(start, name))
}

/// True where pnpm or Yarn starts the program and Corepack keeps it for root: it
/// would be downloaded anew at each start.
fn starts_by_corepack(analysis: &Analysis<'_>, index: usize) -> bool {
    let graph = &analysis.graph;
    let start = super::node::start_text(analysis, &graph.stages[index]);
    let by_manager = ["pnpm", "yarn"].iter().any(|manager| is_word_of(&start, manager));
    let mut steps = graph.chain(index).into_iter().flat_map(|stage| &graph.stages[stage].steps);
    by_manager
        && steps.any(|step| {
            step.scope.environment.get("COREPACK_HOME").is_none()
                && commands(analysis.instruction(step)).iter().any(|c| c.name() == "corepack")
        })
}

/// True for a stage whose image has Erlang.
fn has_erlang(analysis: &Analysis<'_>, stage: usize) -> bool {
    let reference = &analysis.evaluation.stages[stage].image.reference;
    ["elixir", "erlang"].iter().any(|name| reference.contains(name))
}

/// A user for a program that another stage built and that owns nothing.
fn anyone(analysis: &Analysis<'_>, stage: &Stage) -> Option<&'static str> {
    let own = |step: &Step| match &step.operation {
        Operation::Copy(copy) => {
            copy.origin.stage().is_none() || copy.destination.contains("/root")
        }
        Operation::Run(_) => !commands(analysis.instruction(step)).iter().all(is_system),
        _ => matches!(analysis.instruction(step).body, Body::Volume(_)),
    };
    let ships = stage.steps.iter().any(|step| step.operation.stages().next().is_some());
    let releases = stage.steps.iter().flat_map(|step| step.operation.stages());
    if releases.into_iter().any(|from| has_erlang(analysis, from)) {
        return None;
    }
    if !ships || stage.steps.iter().any(own) || stage.end.workdir.starts_with("/root") {
        return None;
    }
    match &stage.base {
        Base::Scratch => Some("65532:65532"),
        Base::Image(reference) => ["alpine", "busybox", "debian", "ubuntu"]
            .contains(&official(reference)?)
            .then_some("nobody"),
        Base::Stage(_) => None,
    }
}

/// True for a command that only installs the distribution's packages.
fn is_system(command: &RunCommand) -> bool {
    matches!(command.name(), "apk" | "apt" | "apt-get" | "rm" | "update-ca-certificates")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const BUILD: &str = "FROM golang:1.24 AS build\nRUN go build -o /server .\n";

    #[test]
    fn runs_as_a_user_that_is_there() {
        for (before, user) in [
            ("FROM node:22\nCMD [\"node\"]\n", "node"),
            ("FROM scratch\nCOPY --from=build /server /\nCMD [\"/server\"]\n", "65532:65532"),
            (
                "FROM alpine:3.20\nRUN apk add --no-cache tzdata\nCOPY --from=build /server /\nCMD [\"/server\"]\n",
                "nobody",
            ),
        ] {
            let expected = before.replace("CMD", &format!("USER {user}\nCMD"));
            let result = after(&RECIPE, &format!("{BUILD}{before}"));
            assert_eq!(result, Some(format!("{BUILD}{expected}")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM alpine:3.20\nCOPY server /\nCMD [\"/server\"]",
            "FROM alpine:3.20\nRUN mkdir /data\nCOPY --from=build /server /\nCMD [\"/server\"]",
            "FROM alpine:3.20\nVOLUME /data\nCOPY --from=build /server /\nCMD [\"/server\"]",
            "FROM alpine:3.20\nEXPOSE 80\nCOPY --from=build /server /\nCMD [\"/server\"]",
            "FROM scratch\nCOPY --from=build /server /\nUSER 1\nCMD [\"/server\"]",
            "FROM nginx:1.27\nCOPY --from=build /server /\nCMD [\"nginx\"]",
            "FROM node:22\nCMD cron && tail -f /var/log/cron.log",
            "FROM node:22\nCMD [\"npm\", \"run\", \"dev\"]",
        ] {
            assert_eq!(after(&RECIPE, &format!("{BUILD}{text}\n")), None, "{text}");
        }
    }

    #[test]
    fn what_writes_where_only_root_may_stays_root() {
        for text in [
            "FROM elixir:1.16 AS build\nRUN mix release\nFROM debian:12\nCOPY --from=build /r ./\nCMD [\"bin/a\", \"start\"]\n",
            "FROM node:22\nRUN corepack enable\nCOPY . .\nCMD [\"pnpm\", \"start\"]\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
        let text = "FROM node:22\nRUN corepack enable\nCOPY . .\nCMD [\"node\", \"a.js\"]\n";
        assert!(after(&RECIPE, text).is_some());
    }
}
