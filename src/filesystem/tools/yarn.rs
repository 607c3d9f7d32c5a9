//! `yarn`, classic and berry (Yarn 2 and later).
//!
//! Berry keeps packages as archives in a folder of its own, which since Yarn 4
//! they are only stored in, not compressed. It asks for a package manager's
//! file (`.yarnrc.yml`), the manifest's `packageManager`, or flags that only
//! it knows to tell the two apart.

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
            for cache in [cache(call, machine), berry_cache(machine)] {
                machine.remove(&cache);
            }
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
    let berry = is_berry(call, machine, folder);
    let production =
        call.has(&["--production", "--prod"]) && call.value(&["--production"]) != Some("false");
    let install = node::Install {
        manager: "yarn",
        lockfile: "yarn.lock",
        // Berry does not look at NODE_ENV.
        omit_development: production || (node::is_production(machine) && !berry),
        frozen: call.has(&["--frozen-lockfile", "--immutable"]),
        cache: if berry { berry_cache(machine) } else { cache(call, machine) },
        cache_ratio: fact(if berry { "yarn.berry.ratio" } else { "yarn.cache.ratio" }),
        keeps_archives: false,
        scripts: !call.has(&["--ignore-scripts"]),
    };
    node::install(machine, folder, &install);
}

/// True where the call, package.json or a file says that it is no classic Yarn.
fn is_berry(call: &Invocation, machine: &Machine<'_>, folder: &str) -> bool {
    let version = node::package_json(machine, folder)
        .and_then(|(_, package)| package.package_manager.as_deref()?.strip_prefix("yarn@"));
    match version {
        Some(version) => !version.starts_with('1'),
        None => {
            call.has(&["--immutable"])
                || call.texts().next() == Some("workspaces")
                || machine.tree().has(&format!("{folder}/.yarnrc.yml"))
        }
    }
}

/// Berry's cache of all projects.
fn berry_cache(machine: &Machine<'_>) -> String {
    let base = machine.variable("YARN_GLOBAL_FOLDER");
    format!("{}/cache", base.unwrap_or_else(|| format!("{}/.yarn/berry", machine.home())))
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

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    fn package(manager: &str) -> String {
        format!(
            r#"{{"packageManager": "{manager}", "dependencies": {{"express": "4"}}, "devDependencies": {{"typescript": "5"}}}}"#
        )
    }

    #[test]
    fn berry_keeps_its_archives_elsewhere() {
        let text = package("yarn@4.9.1");
        let files = [("package.json", text.as_str())];
        let tree = run(&files, "yarn install --immutable");
        assert!(bytes(&tree, "/root/.yarn/berry/cache") > 0);
        assert_eq!(bytes(&tree, "/usr/local/share/.cache/yarn"), 0);
        let tree = run(&files, "yarn install && yarn cache clean --all");
        assert_eq!(bytes(&tree, "/root/.yarn/berry/cache"), 0);
    }

    #[test]
    fn focus_leaves_development_out_and_node_env_does_so_for_classic_alone() {
        let [classic, berry] = ["yarn@1.22.22", "yarn@4.9.1"].map(package);
        let size = |text: &str, script: &str| {
            bytes(&run(&[("package.json", text)], script), "/app/node_modules")
        };
        let all = size(&berry, "yarn install");
        assert!(size(&berry, "yarn workspaces focus --production") < all);
        assert_eq!(size(&berry, "export NODE_ENV=production; yarn install"), all);
        assert!(size(&classic, "export NODE_ENV=production; yarn install") < all);
    }
}
