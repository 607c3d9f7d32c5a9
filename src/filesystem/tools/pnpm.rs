//! `pnpm`.
//!
//! Its store and `node_modules` share files by hard links when they are on one
//! file system: in a layer they are stored once, so the store adds only its
//! index.

use super::{Invocation, Outcome, Tool, node};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// pnpm.
pub const TOOL: Tool = Tool { commands: &["pnpm", "pnpx"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder = call
        .value(&["-C", "--dir"])
        .map_or(machine.folder.clone(), |folder| machine.resolve(folder));
    let mut operands =
        call.operands(&["-C", "--dir", "--filter", "-F", "--store-dir"]).map(|word| &*word.text);
    let verb = operands.next().unwrap_or("");
    let names: Vec<&str> = operands.collect();
    match verb {
        "install" | "i" | "fetch" => install(call, machine, &folder),
        "add" if call.has(&["-g", "--global"]) => node::add(machine, "/usr/local/lib", &names),
        "add" => node::add(machine, &folder, &names),
        "prune" => node::prune(machine, &folder),
        "store" if names.first() == Some(&"prune") => {
            let store = store(call, machine);
            machine.remove(&store);
        }
        "run" => names.first().into_iter().for_each(|name| node::script(machine, &folder, name)),
        "" | "config" | "exec" | "dlx" | "deploy" | "store" => machine.spend(1.0, 0.0, None),
        name => node::script(machine, &folder, name),
    }
    Outcome::success()
}

fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    let install = node::Install {
        manager: "pnpm",
        lockfile: "pnpm-lock.yaml",
        omit_development: call.has(&["--prod", "-P", "--production"])
            || node::is_production(machine),
        frozen: call.has(&["--frozen-lockfile"]),
        cache: store(call, machine),
        cache_ratio: fact("pnpm.store.ratio"),
        keeps_archives: false,
    };
    node::install(machine, folder, &install);
}

fn store(call: &Invocation, machine: &Machine<'_>) -> String {
    if let Some(path) = call.value(&["--store-dir"]) {
        return machine.resolve(path);
    }
    match machine.variable("PNPM_HOME") {
        Some(home) => format!("{home}/store"),
        None => format!("{}/.local/share/pnpm/store", machine.home()),
    }
}
