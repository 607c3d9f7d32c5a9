//! Alpine's `apk`.
//!
//! An installed package is the entry `/usr/(NAME)`; `--virtual` groups are
//! markers that `apk del` follows.

use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// apk.
pub const TOOL: Tool = Tool { commands: &["apk"], run };

const CACHE: &str = "/var/cache/apk";
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
    let group = call.value(&["-t", "--virtual"]).map(str::to_owned);
    let names: Vec<String> = call
        .operands(&WITH_VALUE)
        .skip(1)
        .filter(|name| name.known)
        .map(|name| name.text.clone())
        .collect();
    for name in names {
        let name = name.split(['=', '<', '>', '~', '@']).next().unwrap_or("").to_owned();
        if let Some(group) = &group {
            machine.make_folder(&format!("/lib/apk/({group})/{name}"));
        }
        if !machine.tree().has(&format!("/usr/({name})")) {
            package(&name, machine);
        }
    }
}

fn package(name: &str, machine: &mut Machine<'_>) {
    let known = fact(&format!("apk.{name}.bytes"));
    let (size, text) = if known.unit.is_empty() {
        (
            fact("apk.unknown.bytes"),
            format!("{name} is not in the table of Alpine packages: a guess"),
        )
    } else {
        (known, format!("{name} with what it depends on"))
    };
    machine.download(size.count() / 3, Some(CACHE));
    machine.spend(0.3 + size.expected / fact("unpack.bytes_per_second").expected, 0.0, None);
    let output = Output {
        bytes: size.bytes(),
        files: 1 + size.count() / 40_000,
        kind: Kind::Package,
        compression: Compression(0.38),
        identity: Identity::of(("apk", name)),
        label: Some(name.into()),
        evidence: size.evidence(&text),
    };
    machine.write(&format!("/usr/({name})"), output);
}

fn delete(call: &Invocation, machine: &mut Machine<'_>) {
    let names: Vec<String> = call.operands(&[]).skip(1).map(|name| name.text.clone()).collect();
    for name in names {
        let group = format!("/lib/apk/({name})");
        let members = machine.tree().paths(&group);
        for member in &members {
            let member = member.rsplit('/').next().unwrap_or("").to_owned();
            machine.remove(&format!("/usr/({member})"));
        }
        machine.remove(&group);
        machine.remove(&format!("/usr/({name})"));
    }
}
