//! `yarn`, classic and berry.

use super::{Invocation, Outcome, Tool, node};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// yarn.
pub const TOOL: Tool = Tool { commands: &["yarn", "yarnpkg"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder =
        call.value(&["--cwd"]).map_or(machine.folder.clone(), |folder| machine.resolve(folder));
    let mut operands = call
        .operands(&["--cwd", "--network-timeout", "--cache-folder", "--modules-folder"])
        .map(|word| &*word.text);
    let verb = operands.next().unwrap_or("install");
    let names: Vec<&str> = operands.collect();
    match verb {
        "install" => install(call, machine, &folder),
        "add" => node::add(machine, &folder, &names),
        "global" if names.first() == Some(&"add") => {
            node::add(machine, "/usr/local/share/.config/yarn/global", &names[1..])
        }
        "workspaces" if names.first() == Some(&"focus") => install(call, machine, &folder),
        "cache" if names.first() == Some(&"clean") => {
            let cache = cache(call, machine);
            machine.remove(&cache);
        }
        "run" => names.first().into_iter().for_each(|name| node::script(machine, &folder, name)),
        "config" | "set" | "dlx" | "node" | "exec" | "version" | "--version" => {
            machine.spend(1.0, 0.0, None)
        }
        name => node::script(machine, &folder, name),
    }
    Outcome::success()
}

fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    let production =
        call.has(&["--production", "--prod"]) && call.value(&["--production"]) != Some("false");
    let install = node::Install {
        manager: "yarn",
        lockfile: "yarn.lock",
        omit_development: production || node::is_production(machine),
        frozen: call.has(&["--frozen-lockfile", "--immutable"]),
        cache: cache(call, machine),
        cache_ratio: fact("yarn.cache.ratio"),
        keeps_archives: false,
    };
    node::install(machine, folder, &install);
}

/// Classic's cache; root has its own place for it.
fn cache(call: &Invocation, machine: &Machine<'_>) -> String {
    let configured = call
        .value(&["--cache-folder"])
        .map(str::to_owned)
        .or_else(|| machine.variable("YARN_CACHE_FOLDER"));
    match configured {
        Some(path) => machine.resolve(&path),
        None if matches!(machine.user(), "" | "root" | "0") => {
            "/usr/local/share/.cache/yarn".to_owned()
        }
        None => format!("{}/.cache/yarn", machine.home()),
    }
}
