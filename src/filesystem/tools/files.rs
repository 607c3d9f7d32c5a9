//! `rm`, `mv`, `cp`, `mkdir`, `ln`, `touch`, `install`.

use std::rc::Rc;

use super::{Invocation, Outcome, Tool, redirect};
use crate::filesystem::machine::Machine;

/// Commands that move files about.
pub const TOOL: Tool = Tool {
    commands: &["rm", "rmdir", "unlink", "mv", "cp", "mkdir", "ln", "touch", "install", "rsync"],
    run,
};

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    match call.command() {
        "rm" | "rmdir" | "unlink" => remove(call, machine),
        "mkdir" => call.operands(&["-m", "--mode"]).for_each(|path| {
            let path = machine.resolve(&path.text);
            machine.make_folder(&path);
        }),
        "touch" => {
            for path in call.operands(&["-d", "-r", "-t"]) {
                if !machine.tree().has(&machine.resolve(&path.text)) {
                    redirect(machine, path, Some(super::Stream::text("")), false);
                }
            }
        }
        "install" if call.has_letter('d') => call.operands(&["-m", "-o", "-g"]).for_each(|path| {
            let path = machine.resolve(&path.text);
            machine.make_folder(&path);
        }),
        "mv" => transfer(call, machine, true),
        "cp" | "install" | "rsync" => transfer(call, machine, false),
        _ => {} // links weigh nothing
    }
    Outcome::success()
}

fn remove(call: &Invocation, machine: &mut Machine<'_>) {
    for argument in call.operands(&[]) {
        let pattern = machine.resolve(&argument.text);
        if !argument.known && !argument.text.contains('/') {
            continue;
        }
        let found = if argument.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        found.iter().for_each(|path| machine.remove(path));
    }
}

fn transfer(call: &Invocation, machine: &mut Machine<'_>, moves: bool) {
    let mut operands: Vec<_> = call.operands(&["-m", "-o", "-g", "-t"]).collect();
    let Some(target) = operands.pop() else { return };
    let into_folder = operands.len() > 1
        || target.text.ends_with('/')
        || target.text == "."
        || is_folder(machine, &machine.resolve(&target.text));
    let target = machine.resolve(&target.text);
    for source in operands {
        let pattern = machine.resolve(&source.text);
        let sources = if source.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        for path in sources {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let content_only = source.text.ends_with("/.");
            let to = if into_folder && !content_only {
                format!("{}/{name}", target.trim_end_matches('/'))
            } else {
                target.clone()
            };
            machine.copy(&path, &to);
            if moves {
                machine.remove(&path);
            }
        }
    }
}

fn is_folder(machine: &Machine<'_>, path: &str) -> bool {
    let mut below = machine.tree().subtree(path);
    below.any(|(found, entry)| Rc::as_ref(found) != path || entry.files == 0)
}
