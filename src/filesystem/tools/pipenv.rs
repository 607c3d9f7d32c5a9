//! `pipenv`, which installs with pip.

use super::{Invocation, Outcome, Tool, pip};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// Pipenv.
pub const TOOL: Tool = Tool { commands: &["pipenv"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> =
        call.operands(&["--python", "--categories"]).map(|word| &*word.text).collect();
    match &words[..] {
        ["install" | "sync"] => {
            let folder = machine.folder.clone();
            let development = call.has(&["--dev", "-d"]);
            let names = ("Pipfile", "Pipfile.lock");
            let mut weight = pip::project(machine, &folder, names, development);
            weight.repeatable |= call.has(&["--deploy"]) || words == ["sync"];
            write(call, machine, weight);
        }
        ["install", names @ ..] => {
            for name in names {
                let weight = pip::named(name, machine.python());
                write(call, machine, weight);
            }
        }
        ["run", ..] => machine.spend(fact("python.script.seconds").expected, 0.0, None),
        ["--clear"] => {
            let cache = cache(machine);
            machine.remove(&cache);
        }
        _ => machine.spend(2.0, 0.0, None),
    }
    Outcome::success()
}

fn write(call: &Invocation, machine: &mut Machine<'_>, weight: pip::Weight) {
    let cache = cache(machine);
    pip::keep_download(machine, &cache, &weight, "Pipenv", &fact("pip.cache.ratio"));
    let megabytes = weight.bytes.expected as f64 / 1e6;
    let seconds = fact("pip.install.seconds").expected
        + megabytes * fact("pip.install.seconds_per_mb").expected;
    machine.spend(seconds, 0.0, None);
    let target = target(call, machine);
    pip::store(machine, &target, weight);
}

fn cache(machine: &Machine<'_>) -> String {
    machine
        .variable("PIPENV_CACHE_DIR")
        .unwrap_or_else(|| format!("{}/.cache/pipenv", machine.home()))
}

/// The interpreter's folder with `--system`, else an environment.
fn target(call: &Invocation, machine: &Machine<'_>) -> String {
    if call.has(&["--system"]) {
        return pip::target(&Invocation::default(), machine);
    }
    let inside = machine.variable("PIPENV_VENV_IN_PROJECT").is_some_and(|value| value != "0");
    let environment = match inside {
        true => format!("{}/.venv", machine.folder.trim_end_matches('/')),
        false => format!("{}/.local/share/virtualenvs/(project)", machine.home()),
    };
    format!("{environment}/lib/python{}/site-packages", pip::python_version(machine))
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn system_installs_beside_the_interpreter() {
        let tree = run(&[], "pipenv install --system --deploy");
        assert!(bytes(&tree, "/usr/local/lib") > 0 && bytes(&tree, "/root/.cache/pipenv") > 0);
        let tree = run(&[], "PIPENV_VENV_IN_PROJECT=1; pipenv install flask");
        assert!(bytes(&tree, "/app/.venv") > 0 && bytes(&tree, "/usr/local") == 0);
    }

    #[test]
    fn the_lockfile_tells_what_development_adds() {
        let lock = r#"{"default": {"flask": {}}, "develop": {"mypy": {}}}"#;
        let files = [("Pipfile.lock", lock)];
        let lean = bytes(&run(&files, "pipenv sync --system"), "/usr/local/lib");
        let whole = bytes(&run(&files, "pipenv sync --system --dev"), "/usr/local/lib");
        assert!(0 < lean && lean < whole / 5);
    }
}
