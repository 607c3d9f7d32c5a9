//! `dnf`, `microdnf`, `yum` and `tdnf`.
//!
//! An installed package is the entry `/usr/(NAME)`. The sizes of RPM packages
//! are not in a table: each is taken as a typical one, in a wide range.

use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Kind, Range};

/// dnf and its kin.
pub const TOOL: Tool = Tool { commands: &["dnf", "microdnf", "yum", "tdnf"], run };

const WITH_VALUE: [&str; 5] = ["-c", "--config", "-x", "--enablerepo", "--disablerepo"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> =
        call.operands(&WITH_VALUE).filter(|word| word.known).map(|word| &*word.text).collect();
    match &words[..] {
        ["install" | "localinstall" | "reinstall", names @ ..] => {
            metadata(call, machine);
            names.iter().for_each(|name| install(call, machine, name));
        }
        ["update" | "upgrade" | "makecache" | "check-update", ..] => metadata(call, machine),
        ["remove" | "erase", names @ ..] => {
            names.iter().for_each(|name| machine.remove(&format!("/usr/({name})")));
        }
        ["clean", ..] => machine.remove(&cache(call)),
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

/// Each tool has a cache of its own name; microdnf shares dnf's.
fn cache(call: &Invocation) -> String {
    match call.command() {
        "microdnf" => "/var/cache/dnf".to_owned(),
        name => format!("/var/cache/{name}"),
    }
}

fn metadata(call: &Invocation, machine: &mut Machine<'_>) {
    let cache = cache(call);
    if machine.tree().has(&cache) {
        return;
    }
    let size = fact("dnf.metadata.bytes");
    machine.download(size.count() / 4, Some(&cache));
    machine.spend(8.0, 4.0, Some(&cache));
    machine.unrepeatable = Some("the package indexes it downloads move".to_owned());
    let output = Output {
        bytes: size.bytes(),
        files: 20,
        kind: Kind::Cache,
        compression: Compression(0.3),
        identity: Identity::of((machine.step, "rpm metadata")),
        label: Some(format!("package indexes ({})", call.command()).into()),
        evidence: size.evidence("the indexes stay until `clean all`"),
    };
    machine.write(&cache, output);
}

fn install(call: &Invocation, machine: &mut Machine<'_>, name: &str) {
    let path = format!("/usr/({name})");
    if machine.tree().has(&path) {
        return;
    }
    let weak = call.texts().any(|text| text.ends_with("install_weak_deps=0"))
        || call.texts().any(|text| text.to_lowercase().ends_with("install_weak_deps=false"));
    let documents =
        call.has(&["--nodocs"]) || call.texts().any(|text| text.contains("tsflags=nodocs"));
    let size = fact("dnf.package.bytes");
    let lean = |left_out: bool, ratio: f64| if left_out { ratio } else { 1.0 };
    let factor = lean(weak, fact("dnf.weak.ratio").expected)
        * lean(documents, fact("dnf.nodocs.ratio").expected);
    let bytes: Range = size.bytes().scale(factor);
    machine.download(bytes.expected / 3, Some(&cache(call)));
    machine.spend(2.0, 0.0, None);
    let output = Output {
        bytes,
        files: 100,
        kind: Kind::Package,
        compression: Compression(0.38),
        identity: Identity::of(("rpm", name, weak, documents)),
        label: Some(name.into()),
        evidence: size.evidence(&format!("{name}: no table of RPM packages, a guess")),
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
}
