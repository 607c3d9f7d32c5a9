//! Merges consecutive RUNs that do the same kind of thing.

use super::join::{alike, is_chain, is_open, join, nothing_between};
use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Step;
use crate::report::Applicability;
use crate::syntax::{Instruction, Span};

/// Applies to RUNs of the final image's own layers that stand right below each
/// other and all install packages in the same way, or all only make folders,
/// users, links and modes. It must not apply to RUNs with flags or heredocs, to
/// work of different kinds, where one edit of the Dockerfile would then do all
/// of it again, or where a comment stands between.
pub const RECIPE: Recipe = Recipe {
    id: "merge-runs",
    title: "Merge RUNs of the same kind",
    why: "Every RUN that installs packages stores the package database once more, and one that changes a mode or an owner stores the file once more. In one RUN they are stored once.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Commands that only prepare the filesystem, and take no time.
const PREPARING: [&str; 16] = [
    "addgroup", "adduser", "chmod", "chown", "cp", "echo", "groupadd", "install", "ln", "mkdir",
    "mv", "printf", "rm", "touch", "useradd", "usermod",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let mut edits = Vec::new();
    for stage in analysis.graph.chain(target).into_iter().map(|at| &analysis.graph.stages[at]) {
        let groups = stage.steps.chunk_by(|above, below| is_same_kind(analysis, above, below));
        for group in groups.filter(|group| group.len() > 1) {
            edits.extend(merged(analysis, group).unwrap_or_default());
        }
    }
    let verify = Some("docker build .".to_owned());
    Rewrite::of(edits, verify)
}

fn is_same_kind(analysis: &Analysis<'_>, above: &Step, below: &Step) -> bool {
    let (first, second) = (analysis.instruction(above), analysis.instruction(below));
    let fits = alike(&[above.clone(), below.clone()])
        && nothing_between(analysis, first, second)
        && [first, second].iter().all(|run| is_open(analysis, run) && is_chain(run));
    if !fits {
        return false;
    }
    match (Installation::of(first), Installation::of(second)) {
        (Some(first), Some(second)) => first.covers(&second),
        (None, None) => prepares(first) && prepares(second),
        _ => false,
    }
}

fn prepares(instruction: &Instruction) -> bool {
    commands(instruction).iter().all(|command| PREPARING.contains(&command.name()))
}

fn merged(analysis: &Analysis<'_>, group: &[Step]) -> Option<Vec<Edit>> {
    let runs: Vec<&Instruction> = group.iter().map(|step| analysis.instruction(step)).collect();
    let Some(first) = Installation::of(runs[0]) else { return join(analysis, group) };
    let text = |span: &Span| analysis.dockerfile.text(*span);
    let mut names: Vec<&str> = first.packages.iter().map(text).collect();
    let known = names.len();
    for package in runs[1..].iter().filter_map(|run| Installation::of(run)).flat_map(|i| i.packages)
    {
        if !names.contains(&text(&package)) {
            names.push(text(&package));
        }
    }
    let last = first.packages.last()?;
    let joint = joint(analysis, first.install.span, *last);
    let added: String = names[known..].iter().map(|name| format!("{joint}{name}")).collect();
    let mut edits = vec![Edit::insert(last.end, added)];
    edits
        .extend(runs.windows(2).map(|pair| {
            Edit::replace(Span { start: pair[0].span.end, end: pair[1].span.end }, "")
        }));
    Some(edits)
}

/// What stands between two packages: a blank, or a new line where each has its own.
pub fn joint(analysis: &Analysis<'_>, command: Span, last: Span) -> String {
    let source = analysis.dockerfile.source();
    let line = source[..last.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let indent = &source[line..last.start as usize];
    match line > command.start as usize && indent.trim().is_empty() {
        true => format!(" {}{}{indent}", analysis.dockerfile.escape, analysis.newline()),
        false => " ".to_owned(),
    }
}

/// A RUN that installs packages, and what else it does.
struct Installation {
    install: RunCommand,
    /// Where the packages' names are.
    packages: Vec<Span>,
    /// The install command without them.
    flags: Vec<String>,
    others: Vec<Vec<String>>,
}

impl Installation {
    fn of(instruction: &Instruction) -> Option<Self> {
        let mut commands = commands(instruction);
        let at = commands.iter().position(is_install)?;
        let install = commands.remove(at);
        if commands.iter().any(is_install) {
            return None;
        }
        let is_flag = |word: &str| word.starts_with('-');
        let verb = install.words[1..].iter().position(|word| !is_flag(word))? + 1;
        let is_package = |at: usize, word: &str| at > verb && !is_flag(word);
        let (mut packages, mut flags) = (Vec::new(), Vec::new());
        for (at, (word, place)) in install.words.iter().zip(&install.places).enumerate() {
            match is_package(at, word) {
                true => packages.push(*place),
                false => flags.push(word.clone()),
            }
        }
        let plain = flags[1..].iter().filter(|word| is_flag(word)).all(|flag| has_no_value(flag));
        flags.sort();
        // What else the RUN does is not to be done again for another package.
        let alone = commands.iter().all(|other| {
            other.name() == install.name() || matches!(other.name(), "rm" | "apt-get" | "apt")
        });
        let others = commands.into_iter().map(|command| command.words).collect();
        (plain && alone && !packages.is_empty()).then_some(Self {
            install,
            packages,
            flags,
            others,
        })
    }

    /// True when this RUN with the packages of the other does what both do.
    fn covers(&self, other: &Self) -> bool {
        self.flags == other.flags
            && self.install.assignments == other.install.assignments
            && other.others.iter().all(|command| self.others.contains(command))
    }
}

fn is_install(command: &RunCommand) -> bool {
    let verb = command.operands(1).next();
    match command.name() {
        "apt-get" | "apt" | "dnf" | "yum" | "microdnf" => verb == Some("install"),
        "apk" => verb == Some("add"),
        _ => false,
    }
}

fn has_no_value(flag: &str) -> bool {
    const FLAGS: [&str; 8] = [
        "-y",
        "--yes",
        "-q",
        "-qq",
        "--assumeyes",
        "--no-cache",
        "--no-install-recommends",
        "--no-install-suggests",
    ];
    FLAGS.contains(&flag) || flag.starts_with("--setopt=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn installs_all_packages_at_once() {
        for (before, expected) in [
            (
                "RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y curl jq && rm -rf /var/lib/apt/lists/*",
                "RUN apt-get update && apt-get install -y jq curl && rm -rf /var/lib/apt/lists/*",
            ),
            (
                "RUN apt-get update && apt-get install -y \\\n    jq \\\n    git\n\nRUN apt-get install -y curl",
                "RUN apt-get update && apt-get install -y \\\n    jq \\\n    git \\\n    curl",
            ),
            (
                "run apk add --no-cache a\nrun apk add --no-cache b\nrun apk add --no-cache c",
                "run apk add --no-cache a b c",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\nCMD a\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\nCMD a\n")));
        }
    }

    #[test]
    fn prepares_the_filesystem_at_once() {
        let before =
            "FROM debian:12\nRUN useradd app\nRUN mkdir /data\nRUN chown app /data\nRUN make\n";
        let expected = "FROM debian:12\nRUN useradd app \\\n && mkdir /data \\\n && chown app /data\nRUN make\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN apt-get update && apt-get install -y jq\nRUN make",
            "RUN make\nRUN make install",
            "RUN apt-get install -y jq && make\nRUN apt-get install -y curl",
            "RUN mkdir /a\n# why\nRUN mkdir /b",
            "RUN mkdir /a\nENV A=1\nRUN mkdir /b",
            "RUN mkdir /a\nUSER app\nRUN mkdir /b",
            "RUN mkdir /a && cd /a\nRUN mkdir b",
            "RUN mkdir /a\nRUN mkdir /b || true",
            "RUN --mount=type=cache,target=/c mkdir /a\nRUN mkdir /b",
            "RUN <<EOF\nmkdir /a\nEOF\nRUN mkdir /b",
            "RUN apk add -t b gcc\nRUN apk add -t c make",
            "RUN apt-get install -y a\nRUN apt-get install -y -t backports b",
            "SHELL [\"powershell\", \"-Command\"]\nRUN mkdir a\nRUN mkdir b",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
        let built = "FROM debian:12 AS a\nRUN mkdir /a\nRUN mkdir /b\nFROM debian:12\nCOPY --from=a /a /a\n";
        assert_eq!(after(&RECIPE, built), None);
    }
}
