//! `bun` and `bunx`.

use super::{Invocation, Outcome, Tool, node};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// bun.
pub const TOOL: Tool = Tool { commands: &["bun", "bunx"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder =
        call.value(&["--cwd"]).map_or(machine.folder.clone(), |folder| machine.resolve(folder));
    let words: Vec<&str> = call
        .operands(&["--cwd", "--filter", "--cache-dir", "--target", "--outdir", "--outfile"])
        .map(|word| &*word.text)
        .collect();
    match &words[..] {
        _ if call.command() == "bunx" => machine.spend(1.0, 0.0, None),
        ["install" | "i" | "ci"] => install(call, machine, &folder),
        ["add" | "install" | "i", names @ ..] if call.has(&["-g", "--global"]) => {
            let global = format!("{}/.bun/install/global", machine.home());
            node::add(machine, &global, names);
        }
        ["add" | "install" | "i", names @ ..] => node::add(machine, &folder, names),
        ["pm", "cache", "rm"] => {
            let cache = cache(call, machine);
            machine.remove(&cache);
        }
        ["build", ..] => node::build(machine, &folder, &format!("bun {}", call.joined())),
        ["run", name, ..] => node::script(machine, &folder, name),
        ["test", ..] => node::script(machine, &folder, "test"),
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    // Since bun 1.2 the lockfile is text; before, `bun.lockb`.
    let binary = machine.tree().has(&format!("{folder}/bun.lockb"));
    let install = node::Install {
        manager: "bun",
        lockfile: if binary { "bun.lockb" } else { "bun.lock" },
        omit_development: call.has(&["--production", "-p"])
            || call.value(&["--omit"]) == Some("dev")
            || node::is_production(machine),
        frozen: call.has(&["--frozen-lockfile"]) || call.texts().next() == Some("ci"),
        cache: cache(call, machine),
        cache_ratio: fact("bun.cache.ratio"),
        keeps_archives: false,
    };
    node::install(machine, folder, &install);
}

fn cache(call: &Invocation, machine: &Machine<'_>) -> String {
    let configured = call.value(&["--cache-dir"]).map(str::to_owned);
    let configured = configured.or_else(|| machine.variable("BUN_INSTALL_CACHE_DIR"));
    configured.map_or_else(
        || format!("{}/.bun/install/cache", machine.home()),
        |path| machine.resolve(&path),
    )
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    const FILES: [(&str, &str); 1] = [(
        "package.json",
        r#"{"dependencies": {"express": "4"}, "devDependencies": {"typescript": "5"}}"#,
    )];

    #[test]
    fn production_is_smaller_and_the_cache_can_go() {
        let all = run(&FILES, "bun install");
        let lean = run(&FILES, "bun install --production && bun pm cache rm");
        assert!(bytes(&lean, "/app/node_modules") < bytes(&all, "/app/node_modules"));
        assert!(bytes(&all, "/root/.bun/install/cache") > 0);
        assert_eq!(bytes(&lean, "/root/.bun/install/cache"), 0);
    }
}
