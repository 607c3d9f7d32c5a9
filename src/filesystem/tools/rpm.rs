//! `rpm`, and what dnf and zypper share: RPM packages as entries `/usr/(NAME)`.

use super::{Invocation, Outcome, Tool, archive};
use crate::data::{self, Fact, RpmPackages, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Evidence, Kind, Range};

/// `rpm`.
pub const TOOL: Tool = Tool { commands: &["rpm"], run };

/// What an installation leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Lean {
    /// Packages that are only recommended.
    pub weak: bool,
    /// Manuals and the like.
    pub documents: bool,
}

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words = call.operands(&["--root", "--dbpath", "--define"]).filter(|word| word.known);
    let words: Vec<String> = words.map(|word| word.text.clone()).collect();
    let has = |letter: char, long: &str| {
        call.has(&[long])
            || call.texts().next().is_some_and(|first| {
                first.starts_with('-') && !first.starts_with("--") && first.contains(letter)
            })
    };
    if call.has(&["--import"]) || has('q', "--query") {
        return Outcome::success();
    }
    if has('e', "--erase") {
        words.iter().for_each(|name| remove(machine, name));
    } else if has('i', "--install") || has('U', "--upgrade") {
        let lean = Lean { weak: true, documents: call.has(&["--nodocs", "--excludedocs"]) };
        words.iter().for_each(|file| install(machine, file, lean, None));
    }
    Outcome::success()
}

/// Installs a package by its name, file or address, with what it needs, and
/// keeps the downloads at `cache` if the tool does.
pub fn install(machine: &mut Machine<'_>, name: &str, lean: Lean, cache: Option<&str>) {
    if name.contains('/') || name.ends_with(".rpm") {
        return local(machine, name, cache);
    }
    let known = machine.rpm();
    let plain = plain(name, known);
    let closure = known.closure(&plain);
    if closure.is_empty() {
        let (size, what) = guess(&plain);
        let what = format!("{plain}: {what}, without a row in the table of RPM packages");
        let evidence = size.evidence(&what);
        return store(machine, &plain, size.bytes(), evidence, lean, cache);
    }
    for package in closure {
        store(machine, &package.name, package.own, package.evidence(), lean, cache);
    }
}

/// What is known of a package from its name alone.
fn guess(name: &str) -> (Fact, &'static str) {
    let part = ["perl-", "php-", "python3-", "python-", "rubygem-"];
    if name.ends_with("-devel") {
        (fact("dnf.devel.bytes"), "headers of a library")
    } else if part.iter().any(|start| name.starts_with(start)) {
        (fact("dnf.module.bytes"), "a module of a language")
    } else {
        (fact("dnf.package.bytes"), "a package")
    }
}

/// `gcc-8.5.0`, `python3.11.x86_64`, `@Development Tools`: the table's name.
fn plain(name: &str, known: &RpmPackages) -> String {
    let name = name.trim_start_matches('@').to_ascii_lowercase().replace(' ', "-");
    let name = name.trim_end_matches(".x86_64").trim_end_matches(".noarch");
    let version = name.match_indices('-').find(|(at, _)| {
        let rest = &name[at + 1..];
        rest.starts_with(|c: char| c.is_ascii_digit())
            && !rest.contains("openjdk")
            && !rest.contains("corretto")
    });
    match version {
        Some((at, _)) if known.closure(name).is_empty() => name[..at].to_owned(),
        _ => name.to_owned(),
    }
}

fn store(
    machine: &mut Machine<'_>,
    name: &str,
    bytes: Range,
    evidence: Evidence,
    lean: Lean,
    cache: Option<&str>,
) {
    let path = format!("/usr/({name})");
    let there = machine.world.image.tools.iter().any(|tool| tool == name);
    if there || machine.tree().has(&path) {
        return;
    }
    let share = |left_out: bool, name: &str| if left_out { fact(name).expected } else { 1.0 };
    let factor = share(lean.weak, "dnf.weak.ratio") * share(lean.documents, "dnf.nodocs.ratio");
    let bytes = bytes.scale(factor);
    machine.download(bytes.expected / 3, cache);
    machine.spend(
        0.5 + bytes.expected as f64 / fact("unpack.bytes_per_second").expected,
        0.0,
        None,
    );
    let output = Output {
        bytes,
        files: 1 + bytes.expected / 25_000,
        kind: Kind::Package,
        compression: Compression(0.38),
        identity: Identity::of(("rpm", name, lean.weak, lean.documents)),
        label: Some(name.into()),
        evidence,
    };
    machine.write(&path, output);
}

/// Installs a file or an address: its packed size times the usual ratio.
fn local(machine: &mut Machine<'_>, file: &str, cache: Option<&str>) {
    let (packed, address) = match file.contains("://") {
        true => {
            let (bytes, _) = super::release(file);
            machine.download(bytes.expected, cache);
            (bytes, file.to_owned())
        }
        false => {
            let found = machine.tree().get(&machine.resolve(file));
            let guess = fact("download.archive.bytes").bytes();
            (found.map_or(guess, |entry| entry.bytes), archive::address(found))
        }
    };
    install_file(machine, file, packed, &address);
}

/// Writes what a package file of any format holds.
pub fn install_file(machine: &mut Machine<'_>, file: &str, packed: Range, address: &str) {
    let name = file.rsplit('/').next().unwrap_or(file).to_owned();
    let ratio = fact("archive.unpack.ratio");
    let repository = name.contains("release") || name.contains("repo");
    let (bytes, evidence) = match data::archive(address) {
        Some(known) => (known.unpacked, known.evidence(&format!("{name}: a known package"))),
        // Packages that only add a repository are a few files.
        None if repository => {
            let size = fact("dnf.repository.bytes");
            (size.bytes(), size.evidence(&format!("{name} adds a repository")))
        }
        None => {
            (ratio.of(packed), ratio.evidence(&format!("{name}: its size times the usual ratio")))
        }
    };
    machine.spend(
        1.0 + bytes.expected as f64 / fact("unpack.bytes_per_second").expected,
        0.0,
        None,
    );
    let output = Output {
        bytes,
        files: 1 + bytes.expected / 40_000,
        kind: Kind::Package,
        compression: Compression(1.0 / ratio.expected),
        identity: Identity::of(("package file", &name)),
        label: Some((&*name).into()),
        evidence,
    };
    machine.write(&format!("/usr/({name})"), output);
}

/// Removes a package; what it needed stays.
pub fn remove(machine: &mut Machine<'_>, name: &str) {
    let name = plain(name, machine.rpm());
    machine.remove(&format!("/usr/({name})"));
}

/// Downloads package indexes into a cache, unless they are there.
pub fn metadata(machine: &mut Machine<'_>, cache: &str, manager: &str) {
    if machine.tree().has(cache) {
        return;
    }
    let size = fact("dnf.metadata.bytes");
    machine.download(size.count() / 4, Some(cache));
    machine.spend(8.0, 4.0, Some(cache));
    machine.unrepeatable = Some("the package indexes it downloads move".to_owned());
    let output = Output {
        bytes: size.bytes(),
        files: 20,
        kind: Kind::Cache,
        compression: Compression(0.3),
        identity: Identity::of((machine.step, "rpm metadata")),
        label: Some(format!("package indexes ({manager})").into()),
        evidence: size.evidence("the indexes stay until the cache is cleaned"),
    };
    machine.write(cache, output);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn names_with_versions_and_groups_are_found() {
        let plain = run(&[], "dnf install -y gcc");
        let dressed = run(&[], "dnf install -y gcc-8.5.0-20.el8.x86_64");
        assert_eq!(bytes(&plain, "/usr"), bytes(&dressed, "/usr"));
        let group = run(&[], "yum -y groupinstall 'Development Tools'");
        assert!(bytes(&group, "/usr") > bytes(&plain, "/usr"));
        assert!(
            run(&[], "dnf install -y java-17-openjdk-headless")
                .has("/usr/(java-17-openjdk-headless)")
        );
    }

    #[test]
    fn files_and_addresses_are_installed() {
        let address = "rpm -ivh https://host/epel-release-latest-9.noarch.rpm";
        assert!(bytes(&run(&[], address), "/usr") < 1_000_000);
        let local = run(&[], "curl -O https://host/big.rpm && rpm -U big.rpm && rm big.rpm");
        assert!(bytes(&local, "/usr") > 10_000_000 && !local.has("/app/big.rpm"));
        assert!(
            !run(&[], "rpm -ivh https://host/big.rpm && rpm -e nothing && rpm -qa").has("/app")
        );
    }
}
