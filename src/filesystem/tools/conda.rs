//! `conda`, `mamba` and `micromamba`: environments, and the package cache.
//!
//! An environment's files are hard links to the package cache, so that a layer
//! stores them once; what the cache adds are the archives and the indexes,
//! which `conda clean` removes. Removing the unpacked packages there frees
//! nothing while an environment links to them.

use super::project::{self, Content};
use super::{Argument, Invocation, Outcome, Tool, pip};
use crate::context::Manifest;
use crate::data::{Fact, PythonPackages, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind, Range};

/// conda and its kin.
pub const TOOL: Tool = Tool { commands: &["conda", "mamba", "micromamba"], run };

const WITH_VALUE: [&str; 10] =
    ["-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "-r", "--root-prefix"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&Argument> = call.operands(&WITH_VALUE).filter(|word| word.known).collect();
    let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
    match &texts[..] {
        ["install" | "create" | "update" | "upgrade", names @ ..] => install(call, machine, names),
        ["env", "create" | "update", ..] => install(call, machine, &[]),
        ["clean", ..] => clean(call, machine),
        ["run", inner @ ..] => {
            // `conda run -n NAME pip install …` acts in the environment.
            if let [command @ ("pip" | "python"), rest @ ..] = inner {
                let name = format!("{}/bin/{command}", prefix(call, machine));
                let arguments = rest.iter().map(|word| Argument::known((*word).to_owned()));
                let inner = Invocation { name, arguments: arguments.collect(), input: None };
                (pip::TOOL.run)(&inner, machine);
            }
        }
        ["env", "remove", ..] | ["remove", ..] if call.has(&["--all"]) || texts[0] == "env" => {
            let prefix = prefix(call, machine);
            machine.remove(&prefix);
        }
        _ => machine.spend(2.0, 0.0, None),
    }
    Outcome::success()
}

/// Where conda itself lies, with the package cache.
fn root(call: &Invocation, machine: &Machine<'_>) -> String {
    let named = call.value(&["-r", "--root-prefix"]).map(str::to_owned);
    let named = named.or_else(|| machine.variable("MAMBA_ROOT_PREFIX"));
    let named = named.or_else(|| machine.variable("CONDA_DIR"));
    named.unwrap_or_else(|| "/opt/conda".to_owned())
}

/// The environment's folder.
fn prefix(call: &Invocation, machine: &Machine<'_>) -> String {
    if let Some(prefix) = call.value(&["-p", "--prefix"]) {
        return machine.resolve(prefix);
    }
    let root = root(call, machine);
    let listed = environment(call, machine).and_then(|file| file.name);
    match call.value(&["-n", "--name"]).map(str::to_owned).or(listed).as_deref() {
        None | Some("base") => machine.variable("CONDA_PREFIX").unwrap_or(root),
        Some(name) => format!("{root}/envs/{name}"),
    }
}

/// The environment file of the call, where it was given.
fn environment(call: &Invocation, machine: &Machine<'_>) -> Option<crate::context::Environment> {
    let file = call.value(&["-f", "--file"]);
    let file = file.or_else(|| call.has(&["env"]).then_some("environment.yml"))?;
    let name = file.rsplit('/').next().unwrap_or(file);
    machine.world.manifests.files.iter().find_map(|(path, manifest)| match manifest {
        Manifest::Environment(read) if path.ends_with(name) => Some(read.clone()),
        _ => None,
    })
}

fn install(call: &Invocation, machine: &mut Machine<'_>, names: &[&str]) {
    let file = call.value(&["-f", "--file"]).unwrap_or("environment.yml").to_owned();
    let identity = Identity::of((call.joined(), machine.tree().identity(&machine.resolve(&file))));
    let listed = environment(call, machine);
    let (mut packages, from_pip) = match listed {
        Some(listed) => (listed.packages, listed.pip),
        None => (Vec::new(), Vec::new()),
    };
    packages.extend(names.iter().map(|name| plain(name)));
    let path = prefix(call, machine);
    let size = weight(&packages, &from_pip, machine.python());
    if packages.iter().chain(&from_pip).any(|name| !name.contains('=')) {
        machine.unrepeatable = Some("conda takes the newest versions that fit".to_owned());
    }
    let root = root(call, machine);
    let cache = project::inside(&root, "pkgs");
    let archives = fact("conda.archives.ratio");
    machine.download((size.expected * archives.expected) as u64, Some(&cache));
    let seconds = fact("conda.solve.seconds").expected + size.expected / 20e6;
    machine.spend(seconds, 0.0, None);
    let first = packages.first().map_or("environment", String::as_str);
    let group = project::inside(&path, &format!("({})", plain(first)));
    let bytes = archives.of(size.bytes());
    let what = "conda packages with what they need";
    write(machine, &group, size.clone(), Kind::Package, 0.33, identity, what);
    let kept = Fact {
        low: bytes.low as f64,
        expected: bytes.expected as f64,
        high: bytes.high as f64,
        ..archives
    };
    let identity = Identity::of((identity, "archives"));
    let name = format!("(archives of {})", plain(first));
    let what = "archives that conda keeps";
    write(machine, &project::inside(&cache, &name), kept, Kind::Cache, 1.0, identity, what);
    let index = project::inside(&cache, "cache");
    if !machine.tree().has(&index) {
        let size = fact("conda.index.bytes");
        let what = "indexes of conda's channels";
        write(machine, &index, size, Kind::Cache, 0.15, Identity::of(machine.step), what);
    }
}

/// `numpy=1.26`, `conda-forge::gdal>=3`: the name alone.
fn plain(name: &str) -> String {
    let name = name.rsplit("::").next().unwrap_or(name);
    name.split(['=', '<', '>', ' ', '[']).next().unwrap_or(name).to_ascii_lowercase()
}

/// What the packages weigh: those that Python's table knows by it, for they
/// hold the same files and bring libraries along as packages of their own.
fn weight(packages: &[String], from_pip: &[String], known: &PythonPackages) -> Fact {
    if packages.is_empty() && from_pip.is_empty() {
        return fact("conda.environment.bytes");
    }
    let names: Vec<String> = packages.iter().map(|name| plain(name)).collect();
    let own = ["python", "pip", "setuptools", "wheel"];
    let listed = names.iter().filter(|name| !own.contains(&name.as_str()));
    let set = known.closure(listed.map(String::as_str));
    let piped = known.closure(
        from_pip.iter().map(|name| name.split(['=', '<', '>', '~']).next().unwrap_or(name)),
    );
    let python = fact("conda.python.bytes");
    let ratio = fact("conda.package.ratio");
    let one = fact("conda.package.bytes");
    let unknown = (set.unknown.len() + piped.unknown.len()) as f64;
    let needs_python = names.iter().any(|name| name == "python") || !set.packages.is_empty();
    let interpreter = if needs_python { python.bytes() } else { Range::ZERO };
    let bytes = interpreter + ratio.of(set.bytes()) + piped.bytes() + one.bytes().scale(unknown);
    Fact {
        low: bytes.low as f64,
        expected: bytes.expected as f64,
        high: bytes.high as f64,
        kind: EvidenceKind::Assumed,
        ..ratio
    }
}

fn write(
    machine: &mut Machine<'_>,
    path: &str,
    size: Fact,
    kind: Kind,
    compression: f64,
    identity: Identity,
    what: &str,
) {
    let files = 1 + (size.expected / 20_000.0) as u64;
    Content { size, factor: 1.0, files, kind, compression, identity, what }.write(machine, path);
}

fn clean(call: &Invocation, machine: &mut Machine<'_>) {
    let cache = project::inside(&root(call, machine), "pkgs");
    let all = call.has(&["--all"]) || call.has_letter('a');
    if all || call.has(&["--tarballs"]) || call.has_letter('t') {
        let archives: Vec<_> = machine.tree().paths(&cache);
        for path in archives.iter().filter(|path| path.contains("(archives")) {
            machine.remove(path);
        }
    }
    if all || call.has(&["--index-cache"]) || call.has_letter('i') {
        machine.remove(&project::inside(&cache, "cache"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn cleaning_in_the_same_step_takes_archives_and_indexes() {
        let kept = run(&[], "conda install -y -c conda-forge numpy pandas");
        let lean = run(&[], "conda install -y -c conda-forge numpy pandas && conda clean -afy");
        assert!(bytes(&kept, "/opt/conda/pkgs") > 50_000_000);
        assert_eq!(bytes(&lean, "/opt/conda/pkgs"), 0);
        assert!(bytes(&lean, "/opt/conda") > 200_000_000);
    }

    #[test]
    fn environments_lie_where_they_are_named() {
        let file = "name: work\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  \
                    - scipy>=1.10\n  - pip\n  - pip:\n    - flask==3.0\n";
        let tree = run(&[("environment.yml", file)], "conda env create -f environment.yml");
        assert!(bytes(&tree, "/opt/conda/envs/work") > 200_000_000);
        let named =
            run(&[], "micromamba create -n x -r /m python=3.11 && mamba install -p /y gdal");
        assert!(bytes(&named, "/m/envs/x") > 50_000_000 && bytes(&named, "/y") > 0);
    }

    #[test]
    fn pip_can_run_in_an_environment() {
        let tree = run(&[], "conda create -n x python=3.12 && conda run -n x pip install flask");
        assert!(bytes(&tree, "/opt/conda/envs/x/lib") > 1_000_000);
    }
}
