//! `make`, `cmake` and other drivers of compilers: what they write is not known.

use super::{Invocation, Outcome, Tool, node};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// Build drivers.
pub const TOOL: Tool = Tool {
    commands: &["make", "cmake", "ninja", "gcc", "g++", "cc", "clang", "meson", "configure"],
    run,
};

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let installs = call.texts().any(|word| word == "install" || word == "--install");
    let folder = machine.folder.clone();
    let size = fact("build.native.bytes");
    machine.spend(fact("build.native.seconds").expected, 0.0, None);
    let path = if installs {
        "/usr/local/(make install)".to_owned()
    } else {
        format!("{folder}/(objects)")
    };
    machine.write(
        &path,
        Output {
            bytes: size.bytes(),
            files: 50,
            kind: Kind::BuildOutput,
            compression: Compression(0.35),
            identity: Identity::of((call.joined(), node::sources(machine, &folder))),
            label: Some(
                format!("what {} {}", call.command(), if installs { "installs" } else { "builds" })
                    .into(),
            ),
            evidence: size.evidence("what a native build writes is not known: a guess"),
        },
    );
    Outcome::success()
}
