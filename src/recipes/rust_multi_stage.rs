//! Builds a Rust program in one stage and ships its binary alone.

use super::place::{RunCommand, exposes_privileged_port, official};
use super::split::{
    Runtime, absolute, development, last_build, ship, ship_to, single, started, wants_time_zones,
};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::Stage;
use crate::report::Applicability;
use crate::syntax::Variables;

/// Splits a single-stage `cargo build --release` whose start command runs the
/// binary where cargo puts it, or a `cargo install --path`, whose binary it finds
/// by its name. Which libraries the binary needs is decided by
/// the crates of Cargo.lock and the `-dev` packages that are installed. It must
/// not apply where a crate links something that is not known.
pub const RECIPE: Recipe = Recipe {
    id: "rust-multi-stage",
    title: "Ship the binary alone",
    why: "A Rust binary needs libc, the libraries that its -sys crates link, and little more when it runs: the toolchain, the registry and the target folder stay in the build stage. Files that the program reads at run time must be copied too.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Crates that link a library of the system where its headers are, as they are
/// in Rust's images, with Debian's package of these.
const LINKING: [(&str, &str); 10] = [
    ("openssl-sys", "libssl-dev"),
    ("libz-sys", "zlib1g-dev"),
    ("bzip2-sys", "libbz2-dev"),
    ("lzma-sys", "liblzma-dev"),
    ("pq-sys", "libpq-dev"),
    ("mysqlclient-sys", "default-libmysqlclient-dev"),
    ("libsqlite3-sys", "libsqlite3-dev"),
    ("curl-sys", "libcurl4-openssl-dev"),
    ("rdkafka-sys", "zlib1g-dev"),
    ("krb5-sys", "libkrb5-dev"),
];

/// Crates with such a name that build what they link, or link the system's own.
const SELF_CONTAINED: [&str; 24] = [
    "android_system_properties",
    "aws-lc-sys",
    "aws-lc-fips-sys",
    "core-foundation-sys",
    "dirs-sys",
    "fsevent-sys",
    "inotify-sys",
    "io-uring-sys",
    "ittapi-sys",
    "jemalloc-sys",
    "js-sys",
    "kqueue-sys",
    "libmimalloc-sys",
    "linux-raw-sys",
    "lz4-sys",
    "onig_sys",
    "renderdoc-sys",
    "schannel-sys",
    "secp256k1-sys",
    "security-framework-sys",
    "tikv-jemalloc-sys",
    "web-sys",
    "windows-sys",
    "zstd-sys",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    if official(reference) != Some("rust") {
        return None;
    }
    let releases = |command: &RunCommand| {
        command.starts_with(&["cargo", "build"])
            && command.has(&["--release", "-r"])
            && !command.has(&["--target-dir", "--profile"])
    };
    if let Some(rewrite) = installed(analysis, stage) {
        return Some(rewrite);
    }
    let (build, command) = last_build(analysis, stage, releases)?;
    let (start, words) = started(analysis, stage)?;
    let [program] = &words[..] else { return None };
    let binary = absolute(start, program).filter(|_| program.contains('/'))?;
    let triple = triple(&command)?;
    let inside = match triple {
        Some(triple) => format!("target/{triple}/release"),
        None => "target/release".to_owned(),
    };
    let folder = format!("{}/{inside}/", build.scope.workdir.trim_end_matches('/'));
    let name = binary.strip_prefix(&folder)?;
    let runtime = runtime(analysis, stage, triple)?;
    (!name.contains('/')).then(|| ship(analysis, stage, build, &runtime, &binary))
}

/// Ships what `cargo install --path` put among cargo's programs to where every
/// image looks for programs.
fn installed(analysis: &Analysis<'_>, stage: &Stage) -> Option<Rewrite> {
    let installs = |command: &RunCommand| {
        command.starts_with(&["cargo", "install"])
            && command.has(&["--path"])
            && !command.has(&["--root", "--target", "--debug", "--profile"])
    };
    let (build, _) = last_build(analysis, stage, installs)?;
    let (_, words) = started(analysis, stage)?;
    let [program] = &words[..] else { return None };
    let home = build.scope.environment.get("CARGO_HOME").unwrap_or("/usr/local/cargo");
    let moved = build.scope.environment.get("CARGO_INSTALL_ROOT").is_some();
    let runtime = runtime(analysis, stage, None)?;
    let (from, to) = (format!("{home}/bin/{program}"), format!("/usr/local/bin/{program}"));
    (!moved && !program.contains('/'))
        .then(|| ship_to(analysis, stage, build, &runtime, (&from, &to)))
}

/// The target that is named, if any; `None` for one whose image is not known.
fn triple(command: &RunCommand) -> Option<Option<&str>> {
    let at = command.words.iter().position(|word| word.split('=').next() == Some("--target"));
    let Some(at) = at else { return Some(None) };
    let triple = match command.words[at].split_once('=') {
        Some((_, triple)) => triple,
        None => command.words.get(at + 1)?,
    };
    triple.ends_with("-linux-musl").then_some(Some(triple))
}

/// An image with what the build linked: Debian's distroless image of the same
/// release, the same Debian with libraries, the same Alpine, or an empty one.
fn runtime(analysis: &Analysis<'_>, stage: &Stage, triple: Option<&str>) -> Option<Runtime> {
    let mut linked = linked(analysis)?;
    linked.extend(development(analysis, stage)?);
    linked.sort();
    linked.dedup();
    let tag = if exposes_privileged_port(analysis, stage) { "latest" } else { "nonroot" };
    let distro = &analysis.evaluation.stages.first()?.image.distro;
    // cc has libgcc and, through base, OpenSSL.
    let in_cc = linked.iter().all(|name| name == "libssl-dev");
    match (distro.split_once(':')?, triple) {
        (_, Some(_)) => linked
            .is_empty()
            .then(|| Runtime::of(format!("gcr.io/distroless/static-debian13:{tag}"))),
        (("debian", release @ ("12" | "13")), None) if in_cc => {
            Some(Runtime::of(format!("gcr.io/distroless/cc-debian{release}:{tag}")))
        }
        _ if wants_time_zones(analysis, stage) => None,
        (("debian", release @ ("12" | "13")), None) => {
            Runtime::with_libraries(analysis, release, &linked)
        }
        (("alpine", release), None) => {
            linked.is_empty().then(|| Runtime::of(format!("alpine:{release}")))
        }
        _ => None,
    }
}

/// Debian's `-dev` packages of what the crates of Cargo.lock link; none where
/// it was not given, and `None` where a crate links something unknown.
fn linked(analysis: &Analysis<'_>) -> Option<Vec<String>> {
    let locked = analysis.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::CargoLock(crates) => Some(crates),
        _ => None,
    });
    let names: Vec<&str> = locked.into_iter().flatten().map(|one| one.name.as_str()).collect();
    // openssl-src builds OpenSSL, and openssl-sys then links that.
    let vendored = names.contains(&"openssl-src");
    let mut linked = Vec::new();
    for name in names {
        let links = LINKING.iter().find(|(one, _)| *one == name);
        match links {
            Some(("openssl-sys", _)) if vendored => {}
            Some((_, package)) => linked.push((*package).to_owned()),
            None if name.ends_with("-sys") && !SELF_CONTAINED.contains(&name) => return None,
            None => {}
        }
    }
    Some(linked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    #[test]
    fn ships_the_binary() {
        let before = "FROM rust:1.82-bookworm\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY . .\nRUN cargo build --release\nEXPOSE 8080\nCMD [\"./target/release/server\"]\n";
        let expected = "FROM rust:1.82-bookworm AS build\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY . .\nRUN cargo build --release\n\nFROM gcr.io/distroless/cc-debian12:nonroot\nWORKDIR /app\nENV RUST_LOG=info CARGO_TERM_COLOR=always\nCOPY --from=build /app/target/release/server /app/target/release/server\nEXPOSE 8080\nCMD [\"./target/release/server\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn ships_what_cargo_installed() {
        let before = "FROM rust:1.82-bookworm\nWORKDIR /usr/src/myapp\nCOPY . .\nRUN cargo install --path .\nCMD [\"myapp\"]\n";
        let expected = "FROM rust:1.82-bookworm AS build\nWORKDIR /usr/src/myapp\nCOPY . .\nRUN cargo install --path .\n\nFROM gcr.io/distroless/cc-debian12:nonroot\nWORKDIR /usr/src/myapp\nCOPY --from=build /usr/local/cargo/bin/myapp /usr/local/bin/myapp\nCMD [\"myapp\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
        for other in ["cargo install --path . --root /opt", "cargo install ripgrep"] {
            let text = before.replace("cargo install --path .", other);
            assert_eq!(after(&RECIPE, &text), None, "{other}");
        }
    }

    /// The second stage's beginning, for a Cargo.lock with these crates.
    fn shipped(build: &str, crates: &[&str]) -> Option<String> {
        let build = build.replace("BUILD", "cargo build --release");
        let text = format!("FROM rust:1.82-bookworm\nWORKDIR /app\nCOPY . .\n{build}\n");
        let mut project = project(&text);
        let packages = crates
            .iter()
            .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n\n"));
        project.manifests.insert("Cargo.lock".to_owned(), packages.collect());
        let after = after_in(&RECIPE, project)?;
        let (_, second) = after.split_once("\n\nFROM ")?;
        Some(second.split_once("\nWORKDIR")?.0.to_owned())
    }

    #[test]
    fn the_crates_decide_what_is_needed() {
        let plain = "RUN BUILD\nCMD [\"./target/release/s\"]";
        let install = "RUN apt-get update && apt-get install -y --no-install-recommends";
        let clean = "&& rm -rf /var/lib/apt/lists/*";
        for (crates, expected) in [
            (&["ring", "zstd-sys"][..], Some("gcr.io/distroless/cc-debian12:nonroot".to_owned())),
            (&["openssl-sys"], Some("gcr.io/distroless/cc-debian12:nonroot".to_owned())),
            (
                &["pq-sys", "openssl-sys"],
                Some(format!("debian:12-slim\n{install} ca-certificates libpq5 libssl3 {clean}")),
            ),
            (&["alsa-sys"], None),
        ] {
            assert_eq!(shipped(plain, crates), expected, "{crates:?}");
        }
    }

    #[test]
    fn a_static_binary_needs_nothing() {
        let musl = "RUN BUILD --target x86_64-unknown-linux-musl\nCMD [\"./target/x86_64-unknown-linux-musl/release/s\"]";
        let expected = "gcr.io/distroless/static-debian13:nonroot".to_owned();
        assert_eq!(shipped(musl, &["openssl-sys", "openssl-src"]), Some(expected));
        assert_eq!(shipped(musl, &["pq-sys"]), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN cargo build\nCMD ./target/debug/server",
            "RUN cargo build --release\nCMD cargo run",
            "RUN apt-get update && apt-get install -y ffmpeg\nRUN cargo build --release\nCMD ./target/release/s",
            "RUN cargo build --release\nCOPY static static\nCMD ./target/release/s",
            "RUN cargo build --release --target x86_64-unknown-linux-musl\nCMD ./target/release/s",
            "RUN cargo build --release --target aarch64-unknown-linux-gnu\nCMD ./target/aarch64-unknown-linux-gnu/release/s",
            "RUN cargo build --release\nCMD ./target/release/s --config a.toml",
        ] {
            let text = format!("FROM rust:1.82-bookworm\nWORKDIR /app\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
