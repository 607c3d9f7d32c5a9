//! Alpine's `apk`.
//!
//! An installed package is the entry `/usr/(NAME)`. What was asked for is a
//! marker, `/lib/apk/(world)/NAME` or, in a `--virtual` group,
//! `/lib/apk/(world)/GROUP/NAME`: `apk del` removes what no marker needs.

use super::{Invocation, Outcome, Tool};
use crate::data::{AlpinePackage, Pack, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// apk.
pub const TOOL: Tool = Tool { commands: &["apk"], run };

const CACHE: &str = "/var/cache/apk";
const WORLD: &str = "/lib/apk/(world)";
const WITH_VALUE: [&str; 6] = ["-t", "--virtual", "-X", "--repository", "-p", "--root"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    match call.operands(&WITH_VALUE).next().map(|verb| &*verb.text) {
        Some("update") => index(machine),
        Some("add") => add(call, machine),
        Some("del") => delete(call, machine),
        Some("upgrade") => {
            machine.spend(3.0, 0.0, None);
            machine.unrepeatable = Some("the packages it upgrades to move".to_owned());
        }
        Some("cache") => machine.remove(CACHE),
        _ => {}
    }
    Outcome::success()
}

fn index(machine: &mut Machine<'_>) {
    let lists = fact("apk.index.bytes");
    machine.download(lists.count(), Some(CACHE));
    machine.spend(1.0, 0.0, None);
    machine.write(
        CACHE,
        Output {
            bytes: lists.bytes(),
            files: 2,
            kind: Kind::Cache,
            compression: Compression(1.0),
            identity: Identity::of((machine.step, "apk index")),
            label: Some("package indexes (apk without --no-cache)".into()),
            evidence: lists.evidence("apk keeps the index files"),
        },
    );
}

fn add(call: &Invocation, machine: &mut Machine<'_>) {
    if call.has(&["--no-cache"]) {
        machine.download(fact("apk.index.bytes").count(), None);
        machine.spend(1.0, 0.0, None);
    } else if call.has(&["--update", "--update-cache", "-U"]) || machine.tree().get(CACHE).is_none()
    {
        index(machine);
    }
    let names: Vec<String> = call
        .operands(&WITH_VALUE)
        .skip(1)
        .filter(|name| name.known)
        .map(|name| name.text.split(['=', '<', '>', '~', '@']).next().unwrap_or("").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let marker = match call.value(&["-t", "--virtual"]) {
        Some(group) => format!("{WORLD}/{group}"),
        None => WORLD.to_owned(),
    };
    let alpine = machine.alpine();
    let closure = alpine.closure(&names, &|name| machine.tree().has(&path(name)));
    for package in closure {
        install(package, machine);
    }
    for name in &names {
        if !alpine.knows(name) && !machine.tree().has(&path(name)) {
            install_unknown(name, machine);
        }
        machine.make_folder(&format!("{marker}/{name}"));
    }
    database(machine);
}

fn path(name: &str) -> String {
    format!("/usr/({name})")
}

fn install(package: AlpinePackage<'_>, machine: &mut Machine<'_>) {
    let AlpinePackage { name, bytes, archive_bytes, evidence } = package;
    machine.download(archive_bytes, Some(CACHE));
    let unpacked = bytes.expected as f64 / fact("unpack.bytes_per_second").expected;
    machine.spend(fact("apk.package.seconds").expected + unpacked, 0.0, None);
    // An .apk is a gzipped tar of the files.
    let ratio = archive_bytes as f64 / bytes.expected.max(1) as f64;
    let output = Output {
        bytes,
        files: 1 + bytes.expected / 40_000,
        kind: Kind::Package,
        compression: Compression(ratio.clamp(0.05, 1.0)),
        identity: Identity::of(("apk", name)),
        label: Some(name.into()),
        evidence,
    };
    machine.write(&path(name), output);
}

/// A package that the table does not have, or of another repository.
fn install_unknown(name: &str, machine: &mut Machine<'_>) {
    let size = fact("apk.unknown.bytes");
    let is_loaded = !machine.wants.contains(&Pack::Alpine);
    let table = if is_loaded { "not in the table of Alpine packages" } else { "not loaded yet" };
    machine.download(size.count() / 3, Some(CACHE));
    machine.spend(fact("apk.package.seconds").expected, 0.0, None);
    let output = Output {
        bytes: size.bytes(),
        files: 1 + size.count() / 40_000,
        kind: Kind::Package,
        compression: Compression(0.38),
        identity: Identity::of(("apk", name)),
        label: Some(name.into()),
        evidence: size.evidence(&format!("{name} is {table}: a guess")),
    };
    machine.write(&path(name), output);
}

/// What apk rewrites with every installation: what is installed, and scripts.
fn database(machine: &mut Machine<'_>) {
    let fixed = fact("apk.db.bytes");
    machine.write(
        "/lib/apk/db",
        Output {
            bytes: fixed.bytes(),
            files: 4,
            kind: Kind::Os,
            compression: Compression(0.4),
            identity: Identity::of((machine.step, "apk db")),
            label: Some("apk's database".into()),
            evidence: fixed.evidence("rewritten whole by each installation"),
        },
    );
}

/// Removes the named packages and groups, and what nothing else needs.
fn delete(call: &Invocation, machine: &mut Machine<'_>) {
    let before = wanted(machine);
    for name in call.operands(&WITH_VALUE).skip(1) {
        machine.remove(&format!("{WORLD}/{}", name.text));
    }
    let after = wanted(machine);
    let alpine = machine.alpine();
    let kept = alpine.closure(&after, &|_| false);
    let is_kept = |name: &str| {
        after.iter().any(|other| other == name) || kept.iter().any(|package| package.name == name)
    };
    let ours = machine.tree().subtree("/usr").filter_map(|(path, entry)| {
        let name = path.strip_prefix("/usr/(")?.strip_suffix(')')?;
        (entry.kind == Kind::Package).then(|| name.to_owned())
    });
    let unneeded = ours.filter(|name| {
        !is_kept(name) && (alpine.knows(name) || before.iter().any(|other| other == name))
    });
    for name in unneeded.collect::<Vec<_>>() {
        machine.remove(&path(&name));
    }
    database(machine);
}

/// The packages that were asked for.
fn wanted(machine: &Machine<'_>) -> Vec<String> {
    let markers = machine.tree().subtree(WORLD);
    markers.filter_map(|(path, _)| path.rsplit('/').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use crate::report::Project;
    use crate::{Analysis, units::Range};

    /// The final stage's layer sizes and the names of its packages.
    fn build(run: &str) -> (Range, Vec<String>) {
        let dockerfile = format!("FROM alpine:3.20\nRUN {run}\n");
        let project = Project { dockerfile, ..Project::default() };
        let analysis = Analysis::new(&project);
        let tree = &analysis.evaluation.stages[0].tree;
        let names = tree.subtree("/usr").filter_map(|(path, _)| path.strip_prefix("/usr/("));
        let names = names.map(|name| name.trim_end_matches(')').to_owned()).collect();
        (analysis.layers.last().unwrap().size, names)
    }

    #[test]
    fn what_packages_need_comes_along() {
        let (size, names) = build("apk add --no-cache git");
        assert!(names.contains(&"libcurl".to_owned()), "{names:?}");
        assert!(size.low < 11_000_000 && size.high > 11_000_000, "{size:?}");
    }

    #[test]
    fn a_virtual_group_goes_with_what_only_it_needs() {
        let (size, names) = build(
            "apk add --no-cache curl && apk add --no-cache --virtual .deps gcc musl-dev curl \\\n \
             && apk del .deps",
        );
        assert!(names.contains(&"libcurl".to_owned()), "{names:?}");
        assert!(!names.iter().any(|name| name == "gcc" || name == "gmp"), "{names:?}");
        assert!(size.expected < 8_000_000, "{size:?}");
    }

    #[test]
    fn what_a_later_installation_needs_stays() {
        let (_, names) = build("apk add -t .a git && apk add libcurl && apk del .a");
        assert!(names.contains(&"nghttp2-libs".to_owned()), "{names:?}");
        assert!(!names.contains(&"git".to_owned()), "{names:?}");
    }
}
