//! `chmod`, `chown`, `chgrp`, `setcap`: each stores the files once more.

use super::{Invocation, Outcome, Tool};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;

/// Changes of mode and owner. Overlay file systems copy a file up whole when
/// its metadata changes (Linux kernel, Documentation/filesystems/overlayfs).
pub const TOOL: Tool = Tool { commands: &["chmod", "chown", "chgrp", "setcap", "setfacl"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let recursive = call.has_letter('R') || call.has(&["--recursive"]);
    let mut operands = call.operands(&["--reference"]);
    let change = operands.next().map(|change| change.text.clone()).unwrap_or_default();
    // The owner is not part of a file's content (Docker 20.10's BuildKit,
    // cache/contenthash).
    let content = match call.command() {
        "chown" | "chgrp" => None,
        "chmod" => Some(Identity::of(("chmod", mode(&change)))),
        other => Some(Identity::of((other, &change))),
    };
    for argument in operands {
        let pattern = machine.resolve(&argument.text);
        let found = if argument.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        for path in found {
            if recursive || machine.tree().get(&path).is_some_and(|entry| entry.files == 1) {
                machine.store_again(&path, content);
            }
        }
    }
    Outcome::success()
}

/// One spelling for modes that come to the same on a file that everybody may
/// read: `+x` and `0755` are 755.
fn mode(change: &str) -> &str {
    match change.trim_start_matches('0') {
        "+x" | "a+x" | "ugo+x" | "a+rx" | "+rx" | "u=rwx,go=rx" => "755",
        "-x" | "a-x" | "u=rw,go=r" => "644",
        mode => mode,
    }
}
