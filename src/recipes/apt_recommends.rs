//! Installs only what the named packages need.

use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;

/// Applies to each `apt-get install` of a stage that is built. It must not
/// apply to packages that do not do their work without what they recommend.
pub const RECIPE: Recipe = Recipe {
    id: "apt-no-recommends",
    title: "Leave recommended packages out",
    why: "apt also installs packages that are merely recommended: documentation, fonts, whole toolchains. --no-install-recommends leaves them out; what you do use of them must be named.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Packages that hardly work without their recommendations.
const NEED_THEIR_RECOMMENDATIONS: [&str; 9] = [
    "python3-pip",
    "npm",
    "r-base",
    "chromium",
    "texlive",
    "dkms",
    "postgresql",
    "lsb-core",
    "software-properties-common",
];

/// Packages and the one recommended to them that they are of no use without:
/// what fetches over TLS needs certificates, a C compiler the C library's
/// headers, CMake a compiler and what it writes its files for, a screen in
/// memory its keys. Source: `Recommends` of Debian 12's packages, 2026-11.
const NEEDED: [(&[&str], &str); 5] = [
    (&["curl", "wget", "git"], "ca-certificates"),
    (&["cmake"], "gcc"),
    (&["gcc", "gfortran", "cmake"], "libc6-dev"),
    (&["cmake"], "make"),
    (&["xvfb"], "xauth"),
];

/// The same where something is fetched over SSH.
const OVER_SSH: (&[&str], &str) = (&["git"], "openssh-client");

/// Flags of `install` that take no value.
const FLAGS: [&str; 9] = ["-y", "--yes", "--assume-yes", "-q", "-qq", "-qy", "-yq", "-yqq", "-qqy"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut edits = Vec::new();
    for (index, stage) in analysis.graph.stages.iter().enumerate().filter(|(_, s)| s.needed) {
        let image = &analysis.evaluation.stages[index].image;
        let runs =
            || apt::installing(analysis, stage).flat_map(|s| commands(analysis.instruction(s)));
        let installed = |names: &[&str]| {
            runs().any(|command| apt::packages(&command).iter().any(|name| names.contains(name)))
        };
        let mut there: Vec<&str> = image.tools.iter().map(String::as_str).collect();
        // Both depend on the headers; an image with a compiler has them.
        if installed(&["build-essential", "g++", "clang"]) || there.contains(&"gcc") {
            there.extend(["libc6-dev", "gcc"]);
        }
        if installed(&["build-essential", "ninja-build"]) {
            there.push("make");
        }
        for command in runs().filter(is_open) {
            edits.extend(insert(&command));
            let packages = apt::packages(&command);
            let over_ssh = uses_ssh(analysis, stage).then_some(OVER_SSH);
            for (users, needed) in NEEDED.into_iter().chain(over_ssh) {
                let uses = packages.iter().any(|name| users.contains(name));
                if uses && !there.contains(&needed) && !installed(&[needed]) {
                    there.push(needed);
                    edits.push(Edit::insert(command.end, format!(" {needed}")));
                }
            }
        }
    }
    let verify = Some("docker build . # then run the image's own tests".to_owned());
    Rewrite::of(edits, verify)
}

/// True where a stage names an address over SSH, or mounts the keys for one.
fn uses_ssh(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    stage.steps.iter().any(|step| {
        let text = analysis.dockerfile.text(analysis.instruction(step).span);
        ["git@", "ssh://", "type=ssh"].iter().any(|sign| text.contains(sign))
    })
}

/// True for an installation that takes recommendations along and can do without.
fn is_open(command: &RunCommand) -> bool {
    let packages = apt::packages(command);
    let decided = command.words.iter().any(|word| {
        word.contains("install-recommends")
            || word.to_ascii_lowercase().contains("install-recommends")
    });
    let needs = |name: &&str| {
        NEED_THEIR_RECOMMENDATIONS.iter().any(|known| name.split('=').next() == Some(known))
            || name.starts_with("texlive")
            || name.starts_with("postgresql-")
    };
    !packages.is_empty() && !decided && !packages.iter().any(needs)
}

/// After `install` and the flags right behind it.
fn insert(command: &RunCommand) -> Option<Edit> {
    let at = command.words.iter().position(|word| word == "install")?;
    let flags =
        command.words[at + 1..].iter().take_while(|word| FLAGS.contains(&word.as_str())).count();
    Some(Edit::insert(command.places[at + flags].end, " --no-install-recommends"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn follows_the_flags() {
        let before =
            "FROM debian:12\nRUN apt-get update && apt-get install -y -q \\\n  jq \\\n  tini\n";
        let expected = "FROM debian:12\nRUN apt-get update && apt-get install -y -q --no-install-recommends \\\n  jq \\\n  tini\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn certificates_come_along_with_curl() {
        let before =
            "FROM debian:12\nRUN apt-get update && apt-get -y install curl && curl https://x\n";
        let expected = "FROM debian:12\nRUN apt-get update && apt-get -y install --no-install-recommends curl ca-certificates && curl https://x\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn what_is_of_no_use_alone_keeps_what_it_needs() {
        for (image, packages, expected) in [
            ("debian:12", "gcc libpq-dev", "gcc libpq-dev libc6-dev"),
            ("debian:12", "gcc g++", "gcc g++"),
            ("buildpack-deps:bookworm", "gcc", "gcc"),
            ("debian:12", "cmake g++", "cmake g++ make"),
            ("debian:12", "cmake", "cmake gcc libc6-dev make"),
            ("debian:12", "cmake build-essential", "cmake build-essential"),
            ("debian:12", "cmake clang ninja-build", "cmake clang ninja-build"),
            ("debian:12", "xvfb", "xvfb xauth"),
        ] {
            let text = |flag: &str, names: &str| {
                format!("FROM {image}\nRUN apt-get update && apt-get install -y{flag} {names}\n")
            };
            let got = after(&RECIPE, &text("", packages));
            assert_eq!(got, Some(text(" --no-install-recommends", expected)));
        }
    }

    #[test]
    fn git_keeps_ssh_where_an_address_is_over_ssh() {
        let text = |flag: &str, more: &str| {
            format!(
                "FROM debian:12\nRUN apt-get update && apt-get install -y{flag} git{more}\nRUN git clone git@example.com:a.git\n"
            )
        };
        let expected = text(" --no-install-recommends", " ca-certificates openssh-client");
        assert_eq!(after(&RECIPE, &text("", "")), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for run in [
            "apt-get install -y --no-install-recommends jq",
            "apt-get install -y -o APT::Install-Recommends=0 jq",
            "apt-get install -y python3-pip",
            "apk add curl",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\nRUN {run}\n")), None, "{run}");
        }
    }
}
