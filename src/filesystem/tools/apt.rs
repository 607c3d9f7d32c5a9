//! `apt-get` and `apt`.
//!
//! An installed package is the entry `/usr/(NAME)`. Layer bytes follow the
//! measured model: the packages' own files without the documentation that slim
//! images leave out, with the byte code that their installation compiles, plus
//! a fixed cost (dpkg's status file is rewritten whole, with caches and logs).

use super::{Invocation, Outcome, Tool};
use crate::data::{Debian, Installed, PackageManager, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// apt.
pub const TOOL: Tool = Tool { commands: &["apt-get", "apt", "aptitude"], run };

/// Where the package indexes are.
const LISTS: &str = "/var/lib/apt/lists";
/// Where packages are kept while they are installed.
const ARCHIVES: &str = "/var/cache/apt";
const WITH_VALUE: [&str; 4] = ["-o", "-t", "--target-release", "-c"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    if machine.world.image.package_manager != PackageManager::Apt
        && !machine.world.image.distro.is_empty()
    {
        machine.assume("apt-get in an image that does not seem to have it: read as in Debian.");
    }
    match call.operands(&WITH_VALUE).next().map(|verb| &*verb.text) {
        Some("update") => update(machine),
        Some("install" | "reinstall") => install(call, machine),
        Some("upgrade" | "dist-upgrade" | "full-upgrade") => upgrade(machine),
        Some("remove" | "purge" | "autoremove" | "auto-remove") => remove(call, machine),
        Some("clean" | "autoclean") => machine.remove(ARCHIVES),
        _ => {}
    }
    Outcome::success()
}

fn update(machine: &mut Machine<'_>) {
    let lists = fact("apt.lists.bytes");
    machine.download(fact("apt.lists.download").count(), Some(LISTS));
    machine.spend(
        fact("apt.update.seconds").expected,
        fact("apt.update.seconds").expected / 2.0,
        Some(LISTS),
    );
    machine.unrepeatable = Some("the package indexes it downloads move".to_owned());
    machine.write(
        LISTS,
        Output {
            bytes: lists.bytes(),
            files: 10,
            kind: Kind::Cache,
            compression: Compression(fact("apt.lists.compression").expected),
            identity: Identity::of((machine.step, "apt lists")),
            label: Some("package indexes (apt-get update)".into()),
            evidence: lists.evidence("apt-get update leaves the indexes"),
        },
    );
}

fn install(call: &Invocation, machine: &mut Machine<'_>) {
    let names: Vec<String> = call
        .operands(&WITH_VALUE)
        .skip(1)
        .filter(|argument| argument.known)
        .map(|argument| argument.text.split(['=', '/', ':']).next().unwrap_or("").to_owned())
        .collect();
    if names.len() + 1 < call.operands(&WITH_VALUE).count() {
        machine.assume("A package name is not known: it is left out.");
    }
    let recommends = !call.has(&["--no-install-recommends"]) && !sets_no_recommends(call);
    let debian = machine.debian();
    let installed = |name: &str| machine.tree().has(&path(name));
    let closure = debian.closure(&names, recommends, &installed);
    machine.spend(fact("apt.install.seconds").expected, 0.0, None);
    for package in &closure {
        add(package, &debian, machine);
        generate(package.name, machine);
    }
    let unknown = debian.unknown(&names);
    for name in &unknown {
        add_unknown(name, machine);
    }
    // dpkg is not called where all is there: such a layer stored no byte
    // (tests/truth/optimize, c-tool).
    if !closure.is_empty() || !unknown.is_empty() || names.is_empty() {
        bookkeeping(machine, closure.iter().any(|package| package.uses_debconf));
    }
    for name in names {
        machine.make_folder(&format!("/var/lib/apt/(chosen {name})"));
    }
}

fn sets_no_recommends(call: &Invocation) -> bool {
    call.texts().any(|text| {
        text.replace(['"', ' '], "").to_ascii_lowercase().contains("install-recommends=0")
    }) || call.texts().any(|text| text.to_ascii_lowercase().contains("install-recommends=false"))
}

fn path(name: &str) -> String {
    format!("/usr/({name})")
}

fn add(package: &Installed<'_>, debian: &Debian<'_>, machine: &mut Machine<'_>) {
    machine.download(package.archive_bytes, Some(ARCHIVES));
    let weight = weight(package, debian);
    machine.spend(
        weight.bytes.expected as f64 / fact("apt.unpack.bytes_per_second").expected,
        0.0,
        None,
    );
    machine.write(&path(package.name), weight);
}

/// What a package's installation makes that is in no archive: formats, caches.
fn generate(name: &str, machine: &mut Machine<'_>) {
    let made = fact(&format!("apt.generated.{name}.bytes"));
    if made.expected == 0.0 {
        return;
    }
    let output = Output {
        bytes: made.bytes(),
        files: 20,
        kind: Kind::Package,
        compression: Compression(fact("apt.installed.compression").expected),
        identity: Identity::of(("deb", name, "generated")),
        label: Some(format!("generated by {name}").into()),
        evidence: made.evidence(&format!("{name} makes files as it is installed")),
    };
    machine.write(&format!("{}/generated", path(name)), output);
}

/// What a package stores, and where that is known from.
pub fn size(package: &Installed<'_>, debian: &Debian<'_>) -> (Range, Evidence) {
    let Output { bytes, evidence, .. } = weight(package, debian);
    (bytes, evidence)
}

/// What a package stores: from its measured files, else from its Installed-Size.
fn weight(package: &Installed<'_>, debian: &Debian<'_>) -> Output {
    let why = if package.recommended { ", recommended by another package" } else { "" };
    let name = package.name;
    let (bytes, files, ratio, evidence) = match package.stored {
        Some(stored) => {
            let documentation = if debian.keeps_documentation() { stored.documentation } else { 0 };
            let text = format!(
                "{name}: its files in Debian {}, measured 2026-11{why}",
                debian.suite.name()
            );
            let bytes =
                Range::within(stored.bytes + documentation, fact("apt.measured.spread").expected);
            let ratio = stored.gzip as f64 / stored.bytes.max(1) as f64;
            (bytes, stored.files, ratio, Evidence::new(EvidenceKind::Measured, text))
        }
        None => {
            let factor = fact("apt.installed.factor");
            let text = format!(
                "{name}: Installed-Size {} KiB in Debian {}{why}, × {} ({})",
                package.installed_kib,
                debian.suite.name(),
                factor.expected,
                factor.source
            );
            let scaled = |factor: f64| (package.installed_kib as f64 * 1024.0 * factor) as u64;
            let bytes =
                Range::new(scaled(factor.low), scaled(factor.expected), scaled(factor.high));
            let ratio = fact("apt.installed.compression").expected;
            (
                bytes,
                1 + package.installed_kib / 40,
                ratio,
                Evidence::new(EvidenceKind::Derived, text),
            )
        }
    };
    let (bytes, evidence) = match debian.is_own {
        true => (bytes, evidence),
        false => nearest(bytes, evidence),
    };
    Output {
        bytes,
        files,
        kind: Kind::Package,
        compression: Compression(ratio.clamp(0.05, 1.0)),
        identity: Identity::of(("deb", name)),
        label: Some(name.into()),
        evidence,
    }
}

/// The figures of another release than the image's.
fn nearest(bytes: Range, evidence: Evidence) -> (Range, Evidence) {
    let spread = fact("apt.other_release.spread");
    let text = format!(
        "{}, which is only the nearest that is known to the image's own, hence a wider range ({})",
        evidence.text, spread.source
    );
    (spread.of(bytes), Evidence::new(EvidenceKind::Derived, text))
}

/// A package that the table does not have, or of another archive.
fn add_unknown(name: &str, machine: &mut Machine<'_>) {
    let typical = fact("apt.unknown.bytes");
    let table =
        if machine.wants.is_empty() { "not in the package table" } else { "not loaded yet" };
    machine.download(typical.count() / 3, Some(ARCHIVES));
    machine.spend(2.0, 0.0, None);
    let output = Output {
        bytes: typical.bytes(),
        files: 100,
        kind: Kind::Package,
        compression: Compression(fact("apt.installed.compression").expected),
        identity: Identity::of(("deb", name)),
        label: Some(name.into()),
        evidence: typical.evidence(&format!("{name} is {table}: a guess")),
    };
    machine.write(&path(name), output);
}

/// What dpkg and apt write with every installation.
fn bookkeeping(machine: &mut Machine<'_>, debconf: bool) {
    let fixed = fact("apt.fixed.bytes");
    let asked = if debconf { fact("apt.debconf.bytes").bytes() } else { Range::ZERO };
    machine.write(
        "/var/lib/dpkg",
        Output {
            bytes: fixed.bytes() + asked,
            files: 20,
            kind: Kind::Os,
            compression: Compression(0.25),
            identity: Identity::of((machine.step, "dpkg")),
            label: Some("dpkg and debconf databases, logs".into()),
            evidence: fixed.evidence("rewritten whole by each installation"),
        },
    );
}

fn upgrade(machine: &mut Machine<'_>) {
    let upgraded = fact("apt.upgrade.bytes");
    machine.download(upgraded.count() / 3, Some(ARCHIVES));
    machine.spend(10.0, 0.0, None);
    machine.write(
        "/usr/(upgraded packages)",
        Output {
            bytes: upgraded.bytes(),
            files: 500,
            kind: Kind::Package,
            compression: Compression(fact("apt.installed.compression").expected),
            identity: Identity::of((machine.step, "upgrade")),
            label: Some("upgraded packages, stored once more".into()),
            evidence: upgraded
                .evidence("how much an upgrade replaces depends on the base image's age"),
        },
    );
    bookkeeping(machine, false);
}

/// Removes the named packages and, with autoremove, what nothing else needs.
fn remove(call: &Invocation, machine: &mut Machine<'_>) {
    let debian = machine.debian();
    let mut names: Vec<String> =
        call.operands(&WITH_VALUE).skip(1).map(|name| name.text.clone()).collect();
    let verb = call.operands(&WITH_VALUE).next().map(|verb| verb.text.clone()).unwrap_or_default();
    let automatic = verb.starts_with("auto") || call.has(&["--auto-remove", "--autoremove"]);
    for name in &names {
        machine.remove(&format!("/var/lib/apt/(chosen {name})"));
    }
    if automatic {
        let chosen: Vec<String> = machine
            .tree()
            .subtree("/var/lib/apt")
            .filter_map(|(path, _)| {
                path.strip_prefix("/var/lib/apt/(chosen ")?.strip_suffix(')').map(str::to_owned)
            })
            .collect();
        let kept = debian.closure(&chosen, false, &|_| false);
        let ours = machine.tree().subtree("/usr").filter_map(|(path, entry)| {
            let name = path.strip_prefix("/usr/(")?.strip_suffix(')')?;
            (entry.kind == Kind::Package).then(|| name.to_owned())
        });
        let unneeded =
            ours.filter(|name| debian.knows(name) && !kept.iter().any(|kept| kept.name == *name));
        names.extend(unneeded.collect::<Vec<_>>());
    }
    for name in names {
        machine.remove(&path(&name));
    }
    bookkeeping(machine, false);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn what_is_there_already_is_not_stored_again() {
        // The harness's image has a compiler.
        let dpkg = |script: &str| bytes(&run(&[], script), "/var/lib/dpkg");
        assert_eq!(dpkg("apt-get install -y gcc make"), 0);
        assert!(dpkg("apt-get install -y gcc vim") > 0);
        assert!(dpkg("apt-get install -y $PACKAGES") > 0);
    }
}
