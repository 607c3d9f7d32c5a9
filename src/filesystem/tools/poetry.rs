//! `poetry`.
//!
//! Poetry installs the lockfile's packages without byte code, into an
//! environment of the project's, the user's cache folder or, with
//! `virtualenvs.create` off, the interpreter's own folder.

use super::{Invocation, Outcome, Tool, pip};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// Poetry.
pub const TOOL: Tool = Tool { commands: &["poetry"], run };

const WITH_VALUE: [&str; 10] = [
    "--only",
    "--without",
    "--with",
    "-E",
    "--extras",
    "-C",
    "--directory",
    "-P",
    "--project",
    "-G",
];

/// Where its settings are kept until it installs, one marker a setting.
const SETTINGS: &str = "/root/.config/pypoetry";

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    match &words[..] {
        ["install" | "sync" | "update", ..] => install(call, machine),
        ["config", name, value] => machine.make_folder(&format!("{SETTINGS}/({name} {value})")),
        ["add", names @ ..] => {
            let target = target(machine, &machine.folder.clone());
            for name in names {
                let weight = pip::named(name, machine.python());
                write(machine, &target, weight);
            }
        }
        ["cache", "clear", ..] => {
            let cache = cache(machine);
            for part in ["cache", "artifacts"] {
                machine.remove(&format!("{cache}/{part}"));
            }
        }
        ["run", ..] => machine.spend(fact("python.script.seconds").expected, 0.0, None),
        _ => machine.spend(2.0, 0.0, None),
    }
    Outcome::success()
}

fn install(call: &Invocation, machine: &mut Machine<'_>) {
    let folder = call.value(&["-C", "--directory", "-P", "--project"]);
    let folder = folder.map_or_else(|| machine.folder.clone(), |folder| machine.resolve(folder));
    let omits = call.has(&["--no-dev"])
        || call.value(&["--only"]).is_some_and(|only| !only.contains("dev"))
        || call.value(&["--without"]).is_some_and(|without| without.contains("dev"));
    let weight = pip::project(machine, &folder, ("pyproject.toml", "poetry.lock"), !omits);
    let target = target(machine, &folder);
    write(machine, &target, weight);
}

fn write(machine: &mut Machine<'_>, target: &str, weight: pip::Weight) {
    if pip::is_installed(machine, target, &weight) {
        return machine.spend(fact("pip.install.seconds").expected, 0.0, None);
    }
    let cache = format!("{}/artifacts", cache(machine));
    let megabytes = weight.bytes.expected as f64 / 1e6;
    let seconds = fact("pip.install.seconds").expected
        + megabytes * fact("pip.install.seconds_per_mb").expected;
    machine.spend(seconds, 0.0, None);
    let bytes = pip::without_bytecode(weight.bytes);
    let weight = pip::Weight { bytes, ..weight };
    pip::keep_download(machine, &cache, &weight, "Poetry", &fact("poetry.cache.ratio"));
    pip::store(machine, target, weight);
}

fn cache(machine: &Machine<'_>) -> String {
    machine
        .variable("POETRY_CACHE_DIR")
        .unwrap_or_else(|| format!("{}/.cache/pypoetry", machine.home()))
}

/// A setting by its variable, else by `poetry config`.
fn setting(machine: &Machine<'_>, variable: &str, name: &str) -> Option<bool> {
    let on = |value: &str| matches!(value, "1" | "true");
    if let Some(value) = machine.variable(variable) {
        return Some(on(&value));
    }
    let values = ["true", "false"].into_iter();
    let mut set =
        values.filter(|value| machine.tree().has(&format!("{SETTINGS}/({name} {value})")));
    set.next().map(on)
}

fn target(machine: &Machine<'_>, folder: &str) -> String {
    let version = pip::python_version(machine);
    let create = setting(machine, "POETRY_VIRTUALENVS_CREATE", "virtualenvs.create");
    let inside = setting(machine, "POETRY_VIRTUALENVS_IN_PROJECT", "virtualenvs.in-project");
    if create == Some(false) || machine.variable("VIRTUAL_ENV").is_some() {
        return pip::target(&Invocation::default(), machine);
    }
    let environment = match inside {
        Some(true) => format!("{}/.venv", folder.trim_end_matches('/')),
        _ => format!("{}/virtualenvs/(project)", cache(machine)),
    };
    format!("{environment}/lib/python{version}/site-packages")
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    const FILES: [(&str, &str); 1] = [(
        "pyproject.toml",
        "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\nflask = '^3'\n[tool.poetry.group.dev.dependencies]\npytest = '^8'\nmypy = '^1'\n",
    )];

    #[test]
    fn development_is_left_out_when_asked() {
        let size = |flags: &str| {
            let script = format!("POETRY_VIRTUALENVS_IN_PROJECT=1; poetry install {flags}");
            bytes(&run(&FILES, &script), "/app/.venv")
        };
        assert!(0 < size("--only main") && size("--only main") < size(""));
        assert_eq!(size("--without dev"), size("--only main"));
    }

    #[test]
    fn settings_tell_where_packages_go() {
        let tree = run(&FILES, "poetry config virtualenvs.create false && poetry install");
        assert!(bytes(&tree, "/usr/local/lib") > 0);
        let tree = run(&FILES, "poetry install");
        assert!(bytes(&tree, "/root/.cache/pypoetry/virtualenvs") > 0);
    }
}
