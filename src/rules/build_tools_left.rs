//! Compilers, headers or development dependencies are left in the image.
//!
//! They are large, and of use to an attacker only. Fires on the step that puts more
//! than a megabyte of them into the final image: a stage of its own keeps them out.
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y gcc && gcc -o /app main.c
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! RUN apt-get update && apt-get install -y gcc && gcc -o /app main.c
//! FROM debian:12
//! COPY --from=build /app /app
//! ```

use super::final_image::{end, shows, some_of, steps};
use super::shell_calls::{Call, sequences};
use super::{Rule, megabytes};
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;
use crate::units::Kind;

/// Less is not worth a word, bytes.
const WORTH_SAYING: u64 = 1_000_000;

/// The rule.
pub const RULE: Rule = Rule {
    id: "build-tools-left",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let Some(end) = end(facts) else { return Vec::new() };
        let found = steps(facts).into_iter().filter_map(|(step, done)| {
            let entries = done.written.entries.iter();
            let mut tools: Vec<Tool> = entries
                .filter(|(path, entry)| entry.kind == Kind::Package && shows(end, path, entry))
                .filter_map(|(path, entry)| {
                    Some(Tool { named: false, bytes: entry.bytes.expected, name: tool(path)? })
                })
                .collect();
            let bytes = tools.iter().map(|tool| tool.bytes).sum::<u64>();
            if bytes <= WORTH_SAYING {
                return None;
            }
            let run = sequences(facts)[0].get(step.instruction).and_then(|step| step.run.as_ref());
            let words: Set<&str> =
                run.iter().flat_map(|run| &run.calls).flat_map(Call::plain_args).collect();
            tools.iter_mut().for_each(|tool| tool.named = words.contains(&*tool.name));
            tools.sort_by(|a, b| b.cmp(a));
            let names: Vec<String> = tools.into_iter().map(|tool| tool.name).collect();
            let message = format!(
                "Build tools are left in the image, about {}: {}; build in a stage of its own",
                megabytes(bytes),
                some_of(&names)
            );
            Some((facts.instruction(step).span, message))
        });
        found.collect()
    },
};

/// A build tool in a layer; those that the command names come first, then the
/// large ones.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Tool {
    named: bool,
    bytes: u64,
    name: String,
}

/// The name of a build tool's package, or of development dependencies.
fn tool(path: &str) -> Option<String> {
    let (folder, group) = path.rsplit_once('/')?;
    let name = group.strip_prefix('(')?.strip_suffix(')')?;
    match folder {
        "/usr" if is_tool(name) => Some(name.to_owned()),
        _ if folder.ends_with("/node_modules") && name == "development" => {
            Some("development dependencies".to_owned())
        }
        _ => None,
    }
}

/// True for packages that only builds need, by their names in Debian, Alpine and
/// the RPM distributions.
fn is_tool(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "autoconf",
        "automake",
        "bison",
        "build-base",
        "build-essential",
        "cargo",
        "clang",
        "cmake",
        "flex",
        "libtool",
        "m4",
        "make",
        "meson",
        "ninja-build",
        "pkg-config",
        "rustc",
    ];
    let of = |tool: &str| {
        let version = name.strip_prefix(tool);
        version.is_some_and(|rest| rest.is_empty() || rest.starts_with('-') && rest != "-base")
    };
    // `gcc-12-base` is a part of every Debian.
    let compiler = ["gcc", "g++", "cpp", "binutils"].iter().any(|tool| of(tool));
    NAMES.contains(&name)
        || compiler && !name.ends_with("-base")
        || name.ends_with("-dev")
        || name.ends_with("-devel")
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::{lines, messages_in};
    use super::{RULE, is_tool};
    use crate::Project;

    #[test]
    fn fires() {
        let dockerfile = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc curl";
        let project = Project { dockerfile: dockerfile.to_owned(), ..Project::default() };
        let found = messages_in(&RULE, &project);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("MB: gcc, "), "{found:?}");
        assert_eq!(lines(&RULE, "FROM node:22\nCOPY package*.json ./\nRUN npm ci"), [3]);
        assert_eq!(
            lines(
                &RULE,
                "FROM node:22 AS a\nWORKDIR /b\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nCOPY --from=a /b /b"
            ),
            [6]
        );
    }

    #[test]
    fn is_silent() {
        let install = "apt-get update && apt-get install -y --no-install-recommends";
        assert!(lines(&RULE, &format!("FROM debian:12\nRUN {install} curl")).is_empty());
        assert!(
            lines(&RULE, &format!("FROM debian:12 AS a\nRUN {install} gcc\nFROM debian:12"))
                .is_empty()
        );
        assert!(lines(&RULE, "FROM alpine:3.20\nRUN apk add -t b gcc && apk del b").is_empty());
        assert!(
            lines(&RULE, "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev").is_empty()
        );
        assert!(!is_tool("gcc-12-base") && !is_tool("makepasswd") && !is_tool("device"));
    }
}
