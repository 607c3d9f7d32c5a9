//! `uv` and `uvx`.
//!
//! uv unpacks wheels into its cache and links them into the environment. In
//! one layer both names share the bytes, so the cache adds only its indexes
//! and archives; over a file system's border, or with `UV_LINK_MODE=copy`,
//! the files are stored twice. It compiles no byte code unless told to.

use super::{Argument, Invocation, Outcome, Tool, pip};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Kind, Range};

/// uv.
pub const TOOL: Tool = Tool { commands: &["uv", "uvx"], run };

const WITH_VALUE: [&str; 22] = [
    "-r",
    "--requirement",
    "--requirements",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--default-index",
    "--index",
    "--extra-index-url",
    "--target",
    "-t",
    "--prefix",
    "--cache-dir",
    "-p",
    "--python",
    "--directory",
    "--project",
    "--extra",
    "--group",
    "--package",
    "--link-mode",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let operands: Vec<&Argument> = call.operands(&WITH_VALUE).collect();
    let words: Vec<&str> = operands.iter().map(|word| &*word.text).collect();
    match &words[..] {
        _ if call.command() == "uvx" => script(machine),
        ["pip", "install", ..] => pip_install(call, machine, &operands[2..]),
        ["pip", "sync", files @ ..] => pip_sync(call, machine, files),
        ["sync", ..] => sync(call, machine),
        ["run", ..] => {
            let environment = environment(call, machine);
            if !call.has(&["--no-sync"]) && !machine.tree().has(&environment) {
                sync(call, machine);
            }
            script(machine);
        }
        ["add", names @ ..] => {
            let target = site_packages(&environment(call, machine), machine);
            let known = machine.python();
            let weights = names.iter().map(|name| pip::named(name, known)).collect();
            install(call, machine, &target, weights);
        }
        ["venv", folders @ ..] => {
            let folder = folders.first().copied().unwrap_or(".venv");
            let folder = machine.resolve(folder);
            venv(machine, &folder);
        }
        ["tool", "install", names @ ..] => {
            for name in names {
                let plain = name.split(['=', '<', '>', '~', '@', '[']).next().unwrap_or(name);
                let target = format!("{}/.local/share/uv/tools/{plain}", machine.home());
                let target = site_packages(&target, machine);
                let weight = pip::named(name, machine.python());
                install(call, machine, &target, vec![weight]);
            }
        }
        ["python", "install", versions @ ..] => python(machine, versions),
        ["cache", "clean" | "prune", ..] => {
            let cache = cache(call, machine);
            machine.remove(&cache);
        }
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

fn script(machine: &mut Machine<'_>) {
    machine.spend(fact("python.script.seconds").expected, 0.0, None);
}

fn pip_install(call: &Invocation, machine: &mut Machine<'_>, names: &[&Argument]) {
    let names: Vec<&Argument> = names.iter().copied().filter(|name| name.known).collect();
    let weights = pip::weights(call, machine, &names);
    let target = target(call, machine);
    install(call, machine, &target, weights);
}

fn pip_sync(call: &Invocation, machine: &mut Machine<'_>, files: &[&str]) {
    let weights = files.iter().map(|file| pip::requirements(machine, file)).collect();
    let target = target(call, machine);
    install(call, machine, &target, weights);
}

fn sync(call: &Invocation, machine: &mut Machine<'_>) {
    let folder = project_folder(call, machine);
    let omits = call.has(&["--no-dev", "--no-default-groups", "--only-group"])
        || switched_on(machine, "UV_NO_DEV");
    let environment = environment(call, machine);
    if !machine.tree().has(&environment) {
        venv(machine, &environment);
    }
    let weight = pip::project(machine, &folder, ("pyproject.toml", "uv.lock"), !omits);
    let target = site_packages(&environment, machine);
    install(call, machine, &target, vec![weight]);
}

/// Writes the packages, with what the cache keeps of them.
fn install(call: &Invocation, machine: &mut Machine<'_>, target: &str, weights: Vec<pip::Weight>) {
    let compiles = call.has(&["--compile-bytecode", "--compile"])
        || switched_on(machine, "UV_COMPILE_BYTECODE");
    let cache = cache(call, machine);
    let copies = call.value(&["--link-mode"]) == Some("copy")
        || machine.variable("UV_LINK_MODE").as_deref() == Some("copy")
        || machine.is_mounted(target);
    for weight in weights {
        if pip::is_installed(machine, target, &weight) {
            machine.spend(fact("uv.install.seconds").expected, 0.0, None);
            continue;
        }
        let download = weight.bytes.scale(fact("pip.cache.ratio").expected).expected;
        machine.download(download, Some(&cache));
        let unpacked = pip::without_bytecode(weight.bytes);
        let megabytes = unpacked.expected as f64 / 1e6;
        let seconds = fact("uv.install.seconds").expected
            + megabytes * fact("uv.install.seconds_per_mb").expected;
        machine.spend(seconds, seconds / 2.0, Some(&cache));
        keep_cache(call, machine, &cache, unpacked, (weight.identity, copies));
        let bytes = if compiles { weight.bytes } else { unpacked };
        pip::store(machine, target, pip::Weight { bytes, ..weight });
    }
}

fn keep_cache(
    call: &Invocation,
    machine: &mut Machine<'_>,
    cache: &str,
    unpacked: Range,
    (identity, copies): (Identity, bool),
) {
    if call.has(&["--no-cache", "--no-cache-dir", "-n"]) || switched_on(machine, "UV_NO_CACHE") {
        return;
    }
    let ratio = if copies { fact("uv.cache.copied_ratio") } else { fact("uv.cache.linked_ratio") };
    let what = if copies {
        "uv keeps the packages that it copies"
    } else {
        "uv's cache shares its files with the environment by hard links; its indexes remain"
    };
    let before = machine.tree().get(cache).map_or(Range::ZERO, |entry| entry.bytes);
    let output = Output {
        bytes: before + ratio.of(unpacked),
        files: 60,
        kind: Kind::Cache,
        compression: Compression(fact("site_packages.compression").expected),
        identity: Identity::of((identity, "uv cache")),
        label: Some("uv cache".into()),
        evidence: ratio.evidence(what),
    };
    machine.write(cache, output);
}

fn venv(machine: &mut Machine<'_>, folder: &str) {
    let size = fact("uv.venv.bytes");
    machine.spend(0.2, 0.0, None);
    let output = Output {
        bytes: size.bytes(),
        files: 20,
        kind: Kind::Package,
        compression: Compression(0.3),
        identity: Identity::of("uv venv"),
        label: Some("virtual environment without pip".into()),
        evidence: size.evidence("uv venv writes scripts and links only"),
    };
    machine.write(&format!("{folder}/(venv)"), output);
}

/// Interpreters of uv's own, one for each version asked for.
fn python(machine: &mut Machine<'_>, versions: &[&str]) {
    let size = fact("uv.python.bytes");
    let base = machine
        .variable("UV_PYTHON_INSTALL_DIR")
        .unwrap_or_else(|| format!("{}/.local/share/uv/python", machine.home()));
    let versions = if versions.is_empty() { &["newest"][..] } else { versions };
    for version in versions {
        machine.download(size.count() / 3, None);
        machine.spend(4.0, 0.0, None);
        let output = Output {
            bytes: size.bytes(),
            files: 3_000,
            kind: Kind::Package,
            compression: Compression(0.35),
            identity: Identity::of(("uv python", version)),
            label: Some(format!("Python {version}").into()),
            evidence: size.evidence("a whole interpreter with its library"),
        };
        machine.write(&format!("{base}/({version})"), output);
    }
}

fn switched_on(machine: &Machine<'_>, name: &str) -> bool {
    machine.variable(name).is_some_and(|value| !matches!(&*value, "" | "0" | "false" | "no"))
}

fn cache(call: &Invocation, machine: &Machine<'_>) -> String {
    let configured = call.value(&["--cache-dir"]).map(str::to_owned);
    let configured = configured.or_else(|| machine.variable("UV_CACHE_DIR"));
    configured
        .map_or_else(|| format!("{}/.cache/uv", machine.home()), |path| machine.resolve(&path))
}

fn project_folder(call: &Invocation, machine: &Machine<'_>) -> String {
    let folder = call.value(&["--directory", "--project"]);
    folder.map_or_else(|| machine.folder.clone(), |folder| machine.resolve(folder))
}

/// The project's environment.
fn environment(call: &Invocation, machine: &Machine<'_>) -> String {
    match machine.variable("UV_PROJECT_ENVIRONMENT") {
        Some(path) => machine.resolve(&path),
        None => format!("{}/.venv", project_folder(call, machine).trim_end_matches('/')),
    }
}

fn site_packages(environment: &str, machine: &Machine<'_>) -> String {
    let environment = environment.trim_end_matches('/');
    format!("{environment}/lib/python{}/site-packages", pip::python_version(machine))
}

/// Where `uv pip` installs: the folder's `.venv`, unless the system is meant.
fn target(call: &Invocation, machine: &Machine<'_>) -> String {
    let local = machine.resolve(".venv");
    let elsewhere = call.has(&["--system", "--target", "-t", "--prefix"])
        || switched_on(machine, "UV_SYSTEM_PYTHON")
        || machine.variable("VIRTUAL_ENV").is_some();
    if !elsewhere && machine.tree().has(&local) {
        return site_packages(&local, machine);
    }
    pip::target(call, machine)
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    const NO_FILES: [(&str, &str); 0] = [];

    #[test]
    fn the_cache_costs_less_when_it_is_linked() {
        let cached = |script: &str| bytes(&run(&NO_FILES, script), "/root/.cache/uv");
        let linked = cached("uv pip install --system flask");
        assert!(linked > 0);
        assert!(cached("export UV_LINK_MODE=copy; uv pip install --system flask") > 3 * linked);
        assert_eq!(cached("uv pip install --system --no-cache flask"), 0);
        assert_eq!(cached("uv pip install --system flask && uv cache clean"), 0);
    }

    #[test]
    fn byte_code_is_compiled_on_demand_only() {
        let installed = |script: &str| bytes(&run(&NO_FILES, script), "/usr/local");
        let plain = installed("uv pip install --system flask");
        let compiled = installed("uv pip install --system --compile-bytecode flask");
        assert!(plain < compiled && compiled == installed("pip install flask"));
    }

    #[test]
    fn what_is_installed_is_not_installed_again() {
        let once = run(&NO_FILES, "uv sync --frozen");
        let twice = run(&NO_FILES, "uv sync --frozen --no-install-project && uv sync --frozen");
        for path in ["/app/.venv", "/root/.cache/uv"] {
            assert_eq!(bytes(&once, path), bytes(&twice, path), "{path}");
        }
    }

    #[test]
    fn development_groups_are_left_out() {
        let files = [(
            "pyproject.toml",
            "[project]\nname = 'a'\ndependencies = ['flask']\n[dependency-groups]\ndev = ['pytest', 'mypy']\n",
        )];
        let whole = bytes(&run(&files, "uv sync --frozen"), "/app/.venv");
        let lean = bytes(&run(&files, "uv sync --frozen --no-dev"), "/app/.venv");
        assert!(0 < lean && lean < whole);
    }
}
