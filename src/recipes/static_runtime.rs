//! Ships a static binary without a distribution.

use super::base::{listens_below_1024, shipped, start_words, starts_without_shell, swap};
use super::place::{commands, stage_commands};
use super::{Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::graph::{Operation, Origin, Stage, Step, join};
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to a final stage that starts a binary which another stage linked
/// statically: Go without cgo, Rust for musl. It may install certificates and
/// time zones, which the new base has. It must not apply where it runs anything
/// else, copies programs that were not built so, or is started by a shell.
pub const RECIPE: Recipe = Recipe {
    id: "static-runtime",
    title: "Ship the static binary without a distribution",
    why: "A static binary uses nothing of a distribution: distroless/static has certificates, time zones and a user, in 2 MB. There is no shell in it to look around with; its :debug tag has one.",
    applicability: Applicability::Likely,
    rewrite,
};

const STATIC: &str = "gcr.io/distroless/static-debian13";

/// Distributions that bring nothing which a static binary would miss.
const DISTRIBUTIONS: [&str; 7] =
    ["alpine", "debian", "ubuntu", "busybox", "fedora", "almalinux", "rockylinux"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    let repository = super::place::official(reference)?;
    let (start, words) = start_words(analysis, stage)?;
    let program = words.first().filter(|word| word.contains('/'))?;
    let program = join(&start.scope.workdir, program);
    let user = stage.end.user.as_str();
    if !DISTRIBUTIONS.contains(&repository)
        || !matches!(user, "" | "root" | "0")
        || !starts_without_shell(analysis, stage)
        || !starts_static(analysis, stage, &program)
    {
        return None;
    }
    let mut edits = Vec::new();
    for step in &stage.steps {
        match &step.operation {
            Operation::Run(_) if installs_what_is_there(analysis, step) => {
                edits.push(analysis.remove(analysis.instruction(step)));
            }
            Operation::Run(_) => return None,
            _ => {}
        }
    }
    let tag = if listens_below_1024(analysis, stage) { "latest" } else { "nonroot" };
    edits.push(swap(analysis, stage, &format!("{STATIC}:{tag}"))?);
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

/// True where all that a RUN does is to install certificates and time zones.
fn installs_what_is_there(analysis: &Analysis<'_>, step: &Step) -> bool {
    const THERE: [&str; 2] = ["ca-certificates", "tzdata"];
    let commands = commands(analysis.instruction(step));
    !commands.is_empty()
        && commands.iter().all(|command| match command.name() {
            "apk" => {
                let mut words = command.operands(1);
                match words.next() {
                    Some("add") => words.all(|name| THERE.contains(&name)),
                    verb => verb == Some("update"),
                }
            }
            "apt-get" | "apt" => match apt::verb(command) {
                Some("install") => apt::packages(command).iter().all(|name| THERE.contains(name)),
                verb => matches!(verb, Some("update" | "clean")),
            },
            "update-ca-certificates" => command.words.len() == 1,
            "rm" => command.operands(1).all(|path| path.starts_with("/var/")),
            _ => false,
        })
}

/// True where the program is copied from a stage that builds nothing but
/// static binaries, and nothing else is that could be a program.
fn starts_static(analysis: &Analysis<'_>, stage: &Stage, program: &str) -> bool {
    let mut started = false;
    for step in &stage.steps {
        let Operation::Copy(copy) = &step.operation else { continue };
        let Origin::Stage(from) = copy.origin else {
            // Files of the context may be data, a script needs a shell.
            if copy.sources.iter().any(|source| source.ends_with(".sh") || source == ".") {
                return false;
            }
            continue;
        };
        let destination = join("/", &copy.destination);
        let inside = copy.destination.ends_with('/') || destination == step.scope.workdir;
        let lands = copy.sources.iter().any(|source| {
            let name = source.rsplit('/').next().unwrap_or(source);
            let path = if inside { join(&destination, name) } else { destination.clone() };
            path == program
        });
        if lands {
            started = builds_static(analysis, &analysis.graph.stages[from]);
        }
    }
    started
}

/// True where a stage builds with Go or Rust, and all of it statically.
fn builds_static(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let commands = stage_commands(analysis, stage);
    let mut builds = commands
        .iter()
        .filter_map(|(step, command)| {
            if command.starts_with(&["go", "build"]) || command.starts_with(&["go", "install"]) {
                let assigned = command.assignments.iter().find(|(name, _)| name == "CGO_ENABLED");
                let value = match assigned {
                    Some((_, value)) => Some(value.as_str()),
                    None => step.scope.environment.get("CGO_ENABLED"),
                };
                return Some(value == Some("0"));
            }
            command
                .starts_with(&["cargo", "build"])
                .then(|| command.words.iter().any(|word| word.ends_with("-linux-musl")))
        })
        .peekable();
    builds.peek().is_some() && builds.all(|is_static| is_static)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    fn staged(build: &str, image: &str, lines: &str) -> String {
        format!("FROM golang:1.24 AS build\nRUN {build}\n\nFROM {image}\n{lines}\n")
    }

    const BUILD: &str = "CGO_ENABLED=0 go build -o /server .";
    const LINES: &str = "COPY --from=build /server /usr/bin/server\nCMD [\"/usr/bin/server\"]";

    #[test]
    fn leaves_the_distribution() {
        let installs = format!("RUN apk --no-cache add ca-certificates tzdata\n{LINES}");
        let expected = staged(BUILD, "gcr.io/distroless/static-debian13:nonroot", LINES);
        for (image, lines) in [("alpine:3.20", installs.as_str()), ("debian:12-slim", LINES)] {
            let result = after(&RECIPE, &staged(BUILD, image, lines));
            assert_eq!(result.as_deref(), Some(expected.as_str()));
        }
    }

    #[test]
    fn root_stays_where_the_port_needs_it() {
        let lines = format!("EXPOSE 80\n{LINES}");
        let expected = staged(BUILD, "gcr.io/distroless/static-debian13:latest", &lines);
        assert_eq!(after(&RECIPE, &staged(BUILD, "ubuntu:24.04", &lines)), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for (build, image, lines) in [
            ("go build -o /server .", "alpine", LINES.to_owned()),
            (BUILD, "nginx", LINES.to_owned()),
            (BUILD, "scratch", LINES.to_owned()),
            (BUILD, "alpine", format!("RUN apk add curl\n{LINES}")),
            (BUILD, "alpine", format!("RUN adduser -D app\nUSER app\n{LINES}")),
            (BUILD, "alpine", "COPY --from=build /server /s\nCMD /s".to_owned()),
            (
                BUILD,
                "alpine",
                "COPY --from=build /server /s\nCMD [\"/bin/sh\", \"-c\", \"/s\"]".to_owned(),
            ),
            (
                BUILD,
                "alpine",
                "COPY entry.sh /entry.sh\nCOPY --from=build /server /s\nENTRYPOINT [\"/entry.sh\"]"
                    .to_owned(),
            ),
            (BUILD, "alpine", format!("HEALTHCHECK CMD wget -q localhost\n{LINES}")),
        ] {
            assert_eq!(
                after(&RECIPE, &staged(build, image, &lines)),
                None,
                "{build} {image} {lines}"
            );
        }
    }
}
