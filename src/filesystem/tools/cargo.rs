//! `cargo`, with `cargo chef`, and `rustup`.
//!
//! `target/PROFILE` is kept as `(dependencies)`, which manifests decide, and
//! the binaries, which sources decide: a build after `cargo chef cook`, or
//! after one of a dummy `main.rs`, compiles the project's own crates only.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool, node};
use crate::context::Manifest;
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind};

/// cargo.
pub const TOOL: Tool = Tool { commands: &["cargo", "cargo-chef"], run };
/// rustup.
pub const RUSTUP: Tool = Tool { commands: &["rustup"], run: rustup };

const WITH_VALUE: [&str; 17] = [
    "--bin",
    "--target",
    "--target-dir",
    "--manifest-path",
    "-p",
    "--package",
    "--features",
    "-F",
    "-j",
    "--jobs",
    "--profile",
    "--root",
    "--path",
    "--recipe-path",
    "--version",
    "--git",
    "--config",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    let words = match words[..] {
        [first, ref rest @ ..] if first.starts_with('+') => rest,
        ref all => all,
    };
    match *words {
        ["chef", "prepare", ..] | ["prepare", ..] => prepare(call, machine),
        ["chef", "cook", ..] | ["cook", ..] => {
            let recipe = machine.resolve(call.value(&["--recipe-path"]).unwrap_or("recipe.json"));
            let made_from = machine.tree().identity(&recipe);
            dependencies(call, machine, made_from);
        }
        ["build" | "b" | "rustc", ..] => build(call, machine),
        ["install", ref crates @ ..] => install(call, machine, crates),
        ["fetch" | "vendor" | "update" | "generate-lockfile", ..] => {
            let made_from = manifests(machine);
            registry(call, machine, made_from);
        }
        ["test" | "t" | "check" | "c" | "clippy" | "bench" | "run" | "r", ..] => {
            let made_from = manifests(machine);
            dependencies(call, machine, made_from);
            machine.spend(fact("cargo.crate.seconds").expected, 0.0, None);
        }
        ["clean", ..] => {
            let target = target(call, machine);
            machine.remove(&target);
        }
        ["new" | "init", ..] => machine.spend(0.2, 0.0, None),
        _ => {}
    }
    Outcome::success()
}

/// `$CARGO_HOME`; the official images set it, and all else has it at home.
fn home(machine: &Machine<'_>) -> String {
    machine.variable("CARGO_HOME").unwrap_or_else(|| project::inside(&machine.home(), ".cargo"))
}

fn manifests(machine: &Machine<'_>) -> Identity {
    project::manifests(machine, &machine.folder, &["Cargo.toml", "Cargo.lock"])
}

/// `target`, where neither an option nor the environment moves it.
fn target(call: &Invocation, machine: &Machine<'_>) -> String {
    let moved = call.value(&["--target-dir"]).map(str::to_owned);
    let moved = moved.or_else(|| machine.variable("CARGO_TARGET_DIR"));
    machine.resolve(moved.as_deref().unwrap_or("target"))
}

/// The folder of the profile below `target`.
fn profile(call: &Invocation, machine: &Machine<'_>) -> String {
    let profile = match call.value(&["--profile"]) {
        Some("dev" | "test") => "debug",
        Some("bench") => "release",
        Some(name) => name,
        None if is_release(call) => "release",
        None => "debug",
    };
    let target = target(call, machine);
    let triple =
        call.value(&["--target"]).map(str::to_owned).or(machine.variable("CARGO_BUILD_TARGET"));
    match triple {
        Some(triple) => format!("{target}/{triple}/{profile}"),
        None => format!("{target}/{profile}"),
    }
}

fn is_release(call: &Invocation) -> bool {
    call.texts().any(|word| word == "--release" || word == "-r")
}

/// How many crates Cargo.lock pins, for all platforms, and how that is known.
fn crates(machine: &Machine<'_>) -> (Fact, &'static str) {
    let given = machine.world.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::CargoLock(crates) => Some(crates.len() as f64),
        _ => None,
    });
    let usual = fact("cargo.crates");
    match given {
        Some(count) => {
            let known = EvidenceKind::Given;
            let count = Fact { low: count, expected: count, high: count, kind: known, ..usual };
            (count, "the crates of Cargo.lock, of average weight")
        }
        None => (usual, "no Cargo.lock was given: the crates of a service with a database"),
    }
}

/// Downloads and unpacks the crates, unless they are there.
fn registry(call: &Invocation, machine: &mut Machine<'_>, made_from: Identity) {
    let registry = project::inside(&home(machine), "registry");
    if machine.tree().has(&project::inside(&registry, "src")) {
        return;
    }
    if !call.has(&["--locked", "--frozen"])
        && !machine.tree().has(&machine.resolve("Cargo.lock"))
        && machine.tree().has(&machine.resolve("Cargo.toml"))
    {
        machine.unrepeatable = Some("without Cargo.lock the newest versions are taken".to_owned());
    }
    let (count, what) = crates(machine);
    write_registry(machine, &registry, &count, made_from, what);
}

fn write_registry(
    machine: &mut Machine<'_>,
    registry: &str,
    count: &Fact,
    identity: Identity,
    what: &str,
) {
    let cache = project::times(fact("cargo.crate.packed"), count);
    let source = project::times(fact("cargo.crate.bytes"), count);
    let unpack = source.expected / fact("unpack.bytes_per_second").expected;
    machine.download(cache.count(), Some(registry));
    machine.spend(1.0 + unpack, unpack, Some(registry));
    let mut write = |name: &str, size, files, compression| {
        let content = Content {
            size,
            factor: 1.0,
            files,
            kind: Kind::Cache,
            compression,
            identity,
            what: &format!("Cargo registry {name}: {what}"),
        };
        content.write(machine, &project::inside(registry, name));
    };
    let files = project::times(fact("cargo.crate.files"), count).count();
    write("cache", cache, count.count(), 1.0);
    write("src", source, files, fact("cargo.crate.compression").expected);
}

/// Compiles the dependencies, unless they are there.
fn dependencies(call: &Invocation, machine: &mut Machine<'_>, made_from: Identity) {
    registry(call, machine, made_from);
    let folder = profile(call, machine);
    let path = format!("{folder}/(dependencies)");
    if machine.tree().get(&path).is_some() {
        return;
    }
    let (count, what) = crates(machine);
    let seconds = project::times(fact("cargo.dependency.seconds"), &count).expected;
    machine.spend(seconds, seconds, Some(&folder));
    let size = match folder.ends_with("/debug") {
        true => fact("cargo.target.debug.bytes"),
        false => fact("cargo.target.bytes"),
    };
    let content = Content {
        size: project::times(size, &count),
        factor: 1.0,
        files: 8 * count.count(),
        kind: Kind::BuildOutput,
        compression: fact("cargo.target.compression").expected,
        identity: Identity::of((made_from, &folder)),
        what: &format!("compiled dependencies: {what}"),
    };
    content.write(machine, &path);
}

fn build(call: &Invocation, machine: &mut Machine<'_>) {
    let made_from = manifests(machine);
    dependencies(call, machine, made_from);
    let folder = profile(call, machine);
    let compiled = machine.tree().identity(&format!("{folder}/(dependencies)"));
    let sources = node::sources(machine, &machine.folder);
    machine.spend(fact("cargo.crate.seconds").expected, 0.0, None);
    for name in binaries(call, machine, &folder) {
        let identity = Identity::of((call.joined(), compiled, sources, &name));
        binary(call, machine, &project::inside(&folder, &name), identity);
    }
}

/// The binaries' names: those that the Dockerfile takes tell them best, as a
/// package may have several and a workspace has many packages.
fn binaries(call: &Invocation, machine: &Machine<'_>, folder: &str) -> Vec<String> {
    if let Some(name) = call.value(&["--bin"]) {
        return vec![name.to_owned()];
    }
    let taken = project::wanted(machine, folder);
    if !taken.is_empty() {
        return taken.into_iter().map(str::to_owned).collect();
    }
    let package = machine.world.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::CargoToml(manifest) => manifest.name.clone(),
        _ => None,
    });
    let base = || machine.folder.rsplit('/').next().filter(|name| !name.is_empty());
    vec![package.unwrap_or_else(|| base().unwrap_or("app").to_owned())]
}

fn binary(call: &Invocation, machine: &mut Machine<'_>, path: &str, identity: Identity) {
    let (size, what) = match is_release(call) || call.value(&["--profile"]).is_some() {
        true => released(machine),
        false => (fact("cargo.binary.debug.bytes"), "a service's binary with debug information"),
    };
    let stripped = ["RUSTFLAGS", "CARGO_PROFILE_RELEASE_STRIP"]
        .iter()
        .any(|name| machine.variable(name).is_some_and(|flags| strips(name, &flags)));
    let factor = if stripped { fact("cargo.stripped.ratio").expected } else { 1.0 };
    let compression = fact("cargo.binary.compression").expected;
    let kind = Kind::BuildOutput;
    Content { size, factor, files: 1, kind, compression, identity, what }.write(machine, path);
}

/// A binary that is built for release: by the crates of Cargo.lock, if given.
fn released(machine: &Machine<'_>) -> (Fact, &'static str) {
    match crates(machine) {
        (count, _) if count.kind == EvidenceKind::Given => (
            fact("cargo.binary.library").plus(fact("cargo.binary.crate"), count.expected),
            "a binary for release, by the crates of Cargo.lock",
        ),
        _ => (fact("cargo.binary.bytes"), "a service's binary, built for release"),
    }
}

fn strips(variable: &str, value: &str) -> bool {
    match variable {
        "RUSTFLAGS" => value.contains("strip=symbols") || value.contains("link-arg=-s"),
        _ => matches!(value, "true" | "symbols"),
    }
}

/// `cargo install`: a published crate, or the project itself.
fn install(call: &Invocation, machine: &mut Machine<'_>, crates: &[&str]) {
    let bin = call.value(&["--root"]).map(|root| machine.resolve(root));
    let bin = project::inside(&bin.unwrap_or_else(|| home(machine)), "bin");
    if call.value(&["--path"]).is_some() || crates.is_empty() {
        let release = with_release(call);
        build(&release, machine);
        let folder = profile(&release, machine);
        for name in binaries(call, machine, &folder) {
            machine.copy(&project::inside(&folder, &name), &project::inside(&bin, &name));
        }
        return;
    }
    for name in crates {
        let identity = Identity::of(("cargo install", call.joined(), name));
        let registry = project::inside(&home(machine), "registry");
        let count = fact("cargo.crates");
        write_registry(machine, &registry, &count, identity, "the crates of an installed tool");
        let seconds = project::times(fact("cargo.dependency.seconds"), &count).expected;
        machine.spend(seconds, 0.0, None);
        let file = name.split('@').next().unwrap_or(name);
        binary(&with_release(call), machine, &project::inside(&bin, file), identity);
    }
    if call.value(&["--version"]).is_none() && !crates.iter().all(|name| name.contains('@')) {
        machine.unrepeatable = Some("cargo install without a version takes the newest".to_owned());
    }
}

/// The call as `cargo install` builds: for release.
fn with_release(call: &Invocation) -> Invocation {
    let mut call = call.clone();
    call.arguments.push(super::Argument::known("--release".to_owned()));
    call
}

/// `cargo chef prepare`: a recipe of the manifests alone, so that it stays the
/// same when sources change.
fn prepare(call: &Invocation, machine: &mut Machine<'_>) {
    let path = machine.resolve(call.value(&["--recipe-path"]).unwrap_or("recipe.json"));
    machine.spend(1.0, 0.0, None);
    let content = Content {
        size: fact("cargo.chef.recipe.bytes"),
        factor: 1.0,
        files: 1,
        kind: Kind::Manifest,
        compression: fact("source.compression").expected,
        identity: Identity::of(("recipe", manifests(machine))),
        what: "cargo chef's recipe",
    };
    content.write(machine, &path);
}

/// `rustup target add` and `rustup component add`.
fn rustup(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&["--toolchain"]).map(|word| &*word.text).collect();
    let (size, names) = match words[..] {
        ["target", "add", ref names @ ..] => (fact("rustup.target.bytes"), names),
        ["component", "add", ref names @ ..] => (fact("rustup.component.bytes"), names),
        ["toolchain", "install", ref names @ ..] | ["install", ref names @ ..] => {
            (fact("rustup.toolchain.bytes"), names)
        }
        _ => return Outcome::success(),
    };
    let home = machine.variable("RUSTUP_HOME");
    let home = home.unwrap_or_else(|| project::inside(&machine.home(), ".rustup"));
    for name in names {
        let compression = fact("rustup.compression").expected;
        machine.download((size.expected * compression) as u64, None);
        machine.spend(size.expected / fact("unpack.bytes_per_second").expected, 0.0, None);
        let content = Content {
            size: size.clone(),
            factor: 1.0,
            files: 40,
            kind: Kind::Package,
            compression,
            identity: Identity::of(("rustup", name)),
            what: &format!("what rustup installs: {name}"),
        };
        content.write(machine, &format!("{home}/toolchains/({name})"));
    }
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    const CHEF: &str = "FROM rust:1.80 AS build\nWORKDIR /app\n";

    #[test]
    fn the_binary_that_is_copied_is_the_one_that_is_built() {
        let tree = tree(&format!(
            "{CHEF}COPY . .\nRUN cargo build --release --locked\nFROM debian:12\n\
             COPY --from=build /app/target/release/server /usr/local/bin/server"
        ));
        let binary = tree.get("/usr/local/bin/server").unwrap();
        assert!(binary.evidence.text.contains("built for release"), "{}", binary.evidence.text);
        assert!(!tree.has("/app/target"));
    }

    #[test]
    fn dependencies_are_compiled_once() {
        let tree = tree(&format!(
            "{CHEF}COPY Cargo.toml Cargo.lock ./\n\
             RUN mkdir src && echo 'fn main() {{}}' > src/main.rs && cargo build --release\n\
             COPY src src\nRUN cargo build --release --bin api"
        ));
        let layer = |path: &str| tree.get(path).unwrap().layer;
        assert!(
            layer("/app/target/release/(dependencies)") < layer("/app/target/release/api"),
            "the second build compiles the project only"
        );
        assert!(tree.has("/usr/local/cargo/registry/src") || tree.has("/root/.cargo/registry/src"));
    }

    #[test]
    fn a_recipe_follows_manifests_and_not_sources() {
        let recipe = |source: &str| {
            let text = format!("{CHEF}COPY Cargo.toml {source} ./\nRUN cargo chef prepare");
            tree(&text).get("/app/recipe.json").unwrap().identity
        };
        assert_eq!(recipe("src"), recipe("src tests"));
        assert_ne!(recipe("src"), recipe("Cargo.lock"));
    }

    #[test]
    fn a_target_has_a_folder_of_its_own() {
        let tree = tree(&format!(
            "{CHEF}COPY . .\nRUN cargo build --release --target x86_64-unknown-linux-musl --bin a"
        ));
        assert!(tree.has("/app/target/x86_64-unknown-linux-musl/release/a"));
    }
}
