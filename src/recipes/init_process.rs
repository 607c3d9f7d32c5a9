//! Starts programs that have children below an init.

use super::apt;
use super::merge_runs::joint;
use super::place::{RunCommand, commands, start};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Step;
use crate::report::Applicability;
use crate::syntax::{Body, Command, Keyword};

/// Applies to a final stage that installs a program which others run as their
/// child, like a browser or a converter, and whose CMD is in exec form without
/// an ENTRYPOINT. It must not apply where an init is there already. Off unless
/// it is switched on: `docker run --init` does the same from outside.
pub const RECIPE: Recipe = Recipe {
    id: "init-process",
    title: "Start the program below an init",
    why: "The first process of a container adopts children whose parent has ended, and few programs wait for them: they stay as zombies. tini does, and hands signals on. docker run --init, or init: true in Compose, does the same without a change of the image.",
    applicability: Applicability::Risky,
    rewrite,
};

/// Programs that services run as children, by the beginning of their package.
const CHILDREN: [&str; 9] = [
    "chromium",
    "ffmpeg",
    "firefox",
    "ghostscript",
    "graphviz",
    "imagemagick",
    "libreoffice",
    "poppler-utils",
    "wkhtmltopdf",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (_, stage) = analysis.target()?;
    let (place, path) = stage.steps.iter().find_map(|step| installed(analysis, step))?;
    let started = analysis.instruction(start(analysis, stage, Keyword::Cmd)?);
    let exec = matches!(&started.body, Body::Cmd(Command::Exec(_)));
    let has_one = ["tini", "dumb-init", "supervisord", "s6-"]
        .iter()
        .any(|init| analysis.dockerfile.source().contains(init));
    if !exec || has_one || start(analysis, stage, Keyword::Entrypoint).is_some() {
        return None;
    }
    let line = format!("{} [\"{path}\", \"--\"]", analysis.keyword("ENTRYPOINT"));
    let edits = vec![place, analysis.insert_before(started, &[line])];
    let verify = Some("docker run --rm IMAGE cat /proc/1/comm  # prints tini".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// Installs tini with such a program, and where the package manager puts it.
fn installed(analysis: &Analysis<'_>, step: &Step) -> Option<(Edit, &'static str)> {
    commands(analysis.instruction(step)).iter().find_map(|command: &RunCommand| {
        let alpine = command.starts_with(&["apk", "add"]);
        let packages: Vec<&str> = match alpine {
            true => command.operands(2).collect(),
            false => apt::packages(command),
        };
        let found =
            packages.iter().any(|name| CHILDREN.iter().any(|child| name.starts_with(child)));
        let last = *command.places.last()?;
        let tini = format!("{}tini", joint(analysis, command.span, last));
        let last = Edit::insert(last.end, tini);
        found.then_some((last, if alpine { "/sbin/tini" } else { "/usr/bin/tini" }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn starts_below_tini() {
        let before =
            "FROM node:22-alpine\nRUN apk add --no-cache chromium\nCMD [\"node\", \"a.js\"]\n";
        let expected = "FROM node:22-alpine\nRUN apk add --no-cache chromium tini\nENTRYPOINT [\"/sbin/tini\", \"--\"]\nCMD [\"node\", \"a.js\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN apk add --no-cache curl\nCMD [\"node\", \"a.js\"]",
            "RUN apk add --no-cache chromium\nCMD node a.js",
            "RUN apk add --no-cache chromium\nENTRYPOINT [\"a\"]\nCMD [\"b\"]",
            "RUN apk add --no-cache chromium dumb-init\nCMD [\"dumb-init\", \"b\"]",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM node:22-alpine\n{text}\n")), None, "{text}");
        }
    }
}
