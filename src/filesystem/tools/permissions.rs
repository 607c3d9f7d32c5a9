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
    // The owner is not part of a file's content (BuildKit, cache/contenthash).
    let changes_content = !matches!(call.command(), "chown" | "chgrp");
    for argument in operands {
        let pattern = machine.resolve(&argument.text);
        let found = if argument.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        for path in found {
            if recursive || machine.tree().get(&path).is_some_and(|entry| entry.files == 1) {
                machine.store_again(
                    &path,
                    changes_content.then(|| Identity::of((call.command(), &change))),
                );
            }
        }
    }
    Outcome::success()
}
