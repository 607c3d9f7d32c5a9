//! `tar`, `unzip`: archives unpacked.

use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Kind, Range};

/// `tar`.
pub const TAR: Tool = Tool { commands: &["tar", "bsdtar"], run: tar };
/// `unzip`.
pub const UNZIP: Tool = Tool { commands: &["unzip", "7z"], run: unzip };

fn tar(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    // The first word may be `xzf` without a dash.
    let letters = call.texts().next().unwrap_or("").trim_start_matches('-');
    let extracts =
        call.has(&["--extract", "-x"]) || (!letters.starts_with('-') && letters.contains('x'));
    if !extracts {
        return Outcome::success();
    }
    let folder = call.value(&["-C", "--directory"]).unwrap_or(".").to_owned();
    let attached = call.texts().find(|text| {
        let text = text.trim_start_matches('-');
        text.ends_with('f') && text.len() < 6 && text.chars().all(|c| c.is_ascii_lowercase())
    });
    let file = attached.map(str::to_owned).and_then(|flag| call.value(&[&flag]).map(str::to_owned));
    let file = file.or_else(|| call.value(&["-f", "--file"]).map(str::to_owned));
    unpack(call, machine, file.as_deref().filter(|file| *file != "-"), &folder)
}

fn unzip(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder = call.value(&["-d"]).unwrap_or(".").to_owned();
    let file = call.operands(&["-d"]).find(|file| file.text != "x").map(|file| file.text.clone());
    unpack(call, machine, file.as_deref(), &folder)
}

fn unpack(
    call: &Invocation,
    machine: &mut Machine<'_>,
    file: Option<&str>,
    folder: &str,
) -> Outcome {
    let (packed, identity, name) = match (file, &call.input) {
        (Some(file), _) => {
            let path = machine.resolve(file);
            let entry = machine.tree().get(&path);
            let name = path.rsplit('/').next().unwrap_or("archive").to_owned();
            let bytes = entry.map_or(fact("download.archive.bytes").bytes(), |entry| entry.bytes);
            (bytes, machine.tree().identity(&path), name)
        }
        (None, Some(stream)) => {
            let name = stream.what.rsplit('/').next().unwrap_or("archive").to_owned();
            (stream.bytes, stream.identity, name)
        }
        (None, None) => return Outcome::success(),
    };
    let ratio = fact("archive.unpack.ratio");
    let bytes = Range::new(
        (packed.low as f64 * ratio.low) as u64,
        (packed.expected as f64 * ratio.expected) as u64,
        (packed.high as f64 * ratio.high) as u64,
    );
    machine.spend(bytes.expected as f64 / fact("unpack.bytes_per_second").expected, 0.0, None);
    let target = machine.resolve(&format!("{}/({name})", folder.trim_end_matches('/')));
    machine.write(
        &target,
        Output {
            bytes,
            files: 100,
            kind: Kind::Package,
            compression: Compression(1.0 / ratio.expected),
            identity: Identity::of(("unpacked", identity)),
            label: Some(format!("unpacked {name}").into()),
            evidence: ratio
                .evidence("The archive's size times the usual ratio of unpacked to packed"),
        },
    );
    Outcome::success()
}
