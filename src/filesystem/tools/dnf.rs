//! `dnf`, `microdnf`, `yum` and `tdnf`.

use super::rpm::{self, Lean};
use super::{Invocation, Outcome, Tool};
use crate::filesystem::machine::Machine;

/// dnf and its kin.
pub const TOOL: Tool = Tool { commands: &["dnf", "dnf5", "microdnf", "yum", "tdnf"], run };

const WITH_VALUE: [&str; 10] = [
    "-c",
    "--config",
    "-x",
    "--exclude",
    "--enablerepo",
    "--disablerepo",
    "--installroot",
    "--releasever",
    "-d",
    "--setopt",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<String> = call
        .operands(&WITH_VALUE)
        .filter(|word| word.known)
        .map(|word| word.text.clone())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let cache = cache(call);
    match &words[..] {
        ["install" | "localinstall" | "reinstall" | "groupinstall", names @ ..]
        | ["group", "install", names @ ..] => {
            rpm::metadata(machine, &cache, call.command());
            let lean = lean(call);
            names.iter().for_each(|name| rpm::install(machine, name, lean, Some(&cache)));
        }
        ["update" | "upgrade" | "distro-sync", ..] => {
            rpm::metadata(machine, &cache, call.command());
            upgrade(machine);
        }
        ["makecache" | "check-update", ..] => rpm::metadata(machine, &cache, call.command()),
        ["remove" | "erase" | "autoremove", names @ ..] => {
            names.iter().for_each(|name| rpm::remove(machine, name));
        }
        ["clean", ..] => machine.remove(&cache),
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

fn lean(call: &Invocation) -> Lean {
    let option = |names: &[&str]| {
        call.texts()
            .map(str::to_ascii_lowercase)
            .any(|text| names.iter().any(|name| text.ends_with(name)))
    };
    Lean {
        weak: option(&["install_weak_deps=0", "install_weak_deps=false"]),
        documents: call.has(&["--nodocs"]) || option(&["tsflags=nodocs"]),
    }
}

/// Each tool has a cache of its own name; microdnf shares dnf's.
fn cache(call: &Invocation) -> String {
    match call.command() {
        "microdnf" => "/var/cache/dnf".to_owned(),
        "dnf5" => "/var/cache/libdnf5".to_owned(),
        name => format!("/var/cache/{name}"),
    }
}

/// Replaces the packages that the base image has old versions of.
pub fn upgrade(machine: &mut Machine<'_>) {
    let size = crate::data::fact("dnf.upgrade.bytes");
    let path = machine.group("/usr", "upgraded");
    machine.download(size.count() / 3, None);
    let output = crate::filesystem::machine::Output {
        bytes: size.bytes(),
        files: 1_000,
        kind: crate::units::Kind::Package,
        compression: crate::filesystem::tree::Compression(0.38),
        identity: crate::identity::Identity::of((machine.step, "upgrade")),
        label: Some("upgraded packages".into()),
        evidence: size.evidence("which packages have a newer version is not known"),
    };
    machine.write(&path, output);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn cleaning_takes_the_indexes_and_flags_make_it_lean() {
        let kept = run(&[], "dnf install -y git");
        let lean =
            run(&[], "dnf install -y --nodocs --setopt=install_weak_deps=0 git && dnf clean all");
        assert!(bytes(&kept, "/var/cache/dnf") > 0);
        assert_eq!(bytes(&lean, "/var/cache/dnf"), 0);
        assert!(bytes(&lean, "/usr") < bytes(&kept, "/usr"));
    }

    #[test]
    fn what_two_packages_need_is_installed_once() {
        let both = run(&[], "yum install -y gcc gcc-c++");
        let one = run(&[], "yum install -y gcc-c++");
        assert_eq!(bytes(&both, "/usr"), bytes(&one, "/usr"));
    }
}
