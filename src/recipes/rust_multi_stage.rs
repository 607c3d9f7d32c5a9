//! Builds a Rust program in one stage and ships its binary alone.

use super::place::{RunCommand, exposes_privileged_port, official, system_packages};
use super::split::{absolute, last_build, ship, single, started};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;

/// Splits a single-stage `cargo build --release` whose start command runs the
/// binary where cargo puts it. It must not apply where packages are installed
/// that the program may need when it runs.
pub const RECIPE: Recipe = Recipe {
    id: "rust-multi-stage",
    title: "Ship the binary alone",
    why: "A Rust binary needs libc and little more when it runs: the toolchain, the registry and the target folder stay in the build stage. Files that the program reads at run time must be copied too.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    if official(reference) != Some("rust") || installs(analysis, stage) {
        return None;
    }
    let releases = |command: &RunCommand| {
        command.starts_with(&["cargo", "build"])
            && command.has(&["--release", "-r"])
            && !command.has(&["--target", "--target-dir", "--profile"])
    };
    let (build, _) = last_build(analysis, stage, releases)?;
    let (start, words) = started(analysis, stage)?;
    let [program] = &words[..] else { return None };
    let binary = absolute(start, program).filter(|_| program.contains('/'))?;
    let folder = format!("{}/target/release/", build.scope.workdir.trim_end_matches('/'));
    let name = binary.strip_prefix(&folder)?;
    let target = analysis.evaluation.stages.first()?;
    let runtime = runtime(&target.image.distro, exposes_privileged_port(analysis, stage))?;
    (!name.contains('/')).then(|| ship(analysis, stage, build, &runtime, &binary))
}

/// True when more is installed than what only a build needs.
fn installs(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const BUILD_ONLY: [&str; 8] = [
        "build-essential",
        "cmake",
        "gcc",
        "git",
        "make",
        "musl-dev",
        "pkg-config",
        "protobuf-compiler",
    ];
    system_packages(analysis, stage).iter().any(|name| !BUILD_ONLY.contains(&name.as_str()))
}

/// An image with the C library that the build linked against: Debian's
/// distroless image of the same release, or the same Alpine.
fn runtime(distro: &str, root: bool) -> Option<String> {
    match distro.split_once(':')? {
        ("debian", release @ ("12" | "13")) => {
            let tag = if root { "latest" } else { "nonroot" };
            Some(format!("gcr.io/distroless/cc-debian{release}:{tag}"))
        }
        ("alpine", release) => Some(format!("alpine:{release}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_binary() {
        let before = "FROM rust:1.82-bookworm\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY . .\nRUN cargo build --release\nEXPOSE 8080\nCMD [\"./target/release/server\"]\n";
        let expected = "FROM rust:1.82-bookworm AS build\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY . .\nRUN cargo build --release\n\nFROM gcr.io/distroless/cc-debian12:nonroot\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY --from=build /app/target/release/server /app/target/release/server\nEXPOSE 8080\nCMD [\"./target/release/server\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN cargo build\nCMD ./target/debug/server",
            "RUN cargo build --release\nCMD cargo run",
            "RUN apt-get update && apt-get install -y libpq-dev\nRUN cargo build --release\nCMD ./target/release/s",
            "RUN cargo build --release\nCOPY static static\nCMD ./target/release/s",
            "RUN cargo build --release --target x86_64-unknown-linux-musl\nCMD ./target/release/s",
            "RUN cargo build --release\nCMD ./target/release/s --config a.toml",
        ] {
            let text = format!("FROM rust:1.82-bookworm\nWORKDIR /app\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
