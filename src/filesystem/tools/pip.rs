//! `pip`, and `python -m pip` or `python -m venv`.

use super::{Argument, Invocation, Outcome, Tool, bytecode, installer, playwright};
use crate::context::manifest::Requirement;
use crate::context::{Manifest, Package};
use crate::data::{Fact, PythonPackages, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// pip and the interpreter that starts it.
pub const TOOL: Tool = Tool { commands: &["pip", "pip3", "python", "python3"], run };

const WITH_VALUE: [&str; 14] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "--target",
    "-t",
    "--prefix",
    "--cache-dir",
    "--timeout",
    "-f",
    "--find-links",
];

/// What an installation brings.
pub struct Weight {
    /// Bytes in site-packages.
    pub bytes: Range,
    /// Files there.
    pub files: u64,
    /// How the bytes are known; the text up to `:` names them.
    pub evidence: Evidence,
    /// What it is made from.
    pub identity: Identity,
    /// True when another run brings the same versions.
    pub repeatable: bool,
}

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.texts().collect();
    match (call.command(), &words[..]) {
        ("python" | "python3", ["-m", module, ..]) => {
            let inner = Invocation {
                name: call.name.clone(),
                arguments: call.arguments[2..].to_vec(),
                input: None,
            };
            match *module {
                "pip" => pip(&inner, machine),
                "venv" | "virtualenv" => venv(&inner, machine),
                "playwright" => {
                    let words: Vec<&str> = inner.operands(&[]).map(|word| &*word.text).collect();
                    playwright::install(machine, &words, inner.has(&["--with-deps"]));
                }
                _ => machine.spend(fact("python.script.seconds").expected, 0.0, None),
            }
        }
        ("python" | "python3", _) if installer::install(call, machine) => {}
        ("python" | "python3", _) => {
            machine.spend(fact("python.script.seconds").expected, 0.0, None)
        }
        _ => pip(call, machine),
    }
    Outcome::success()
}

fn pip(call: &Invocation, machine: &mut Machine<'_>) {
    let program = Invocation { name: call.name.clone(), ..Invocation::default() };
    match target(&program, machine).starts_with("/usr/local/") {
        true => bytecode::of_pip(machine),
        // That of an environment was compiled as it was installed.
        false => bytecode::of_library(machine),
    }
    let mut operands = call.operands(&WITH_VALUE);
    match operands.next().map(|verb| &*verb.text) {
        Some("install") => {
            let names: Vec<&Argument> = operands.filter(|name| name.known).collect();
            install(call, machine, &names);
        }
        Some("cache") => {
            let cache = cache(call, machine);
            machine.remove(&cache);
        }
        Some("wheel" | "download") => {
            let names: Vec<&Argument> = operands.filter(|name| name.known).collect();
            wheels(call, machine, &names);
        }
        _ => machine.spend(1.0, 0.0, None),
    }
}

fn install(call: &Invocation, machine: &mut Machine<'_>, names: &[&Argument]) {
    let target = target(call, machine);
    let again = call.has(&["-U", "--upgrade", "--force-reinstall", "-I", "--ignore-installed"]);
    for weight in weights(call, machine, names) {
        if !again && is_installed(machine, &target, &weight) {
            continue;
        }
        let megabytes = weight.bytes.expected as f64 / 1e6;
        machine.spend(
            fact("pip.install.seconds").expected
                + megabytes * fact("pip.install.seconds_per_mb").expected,
            0.0,
            None,
        );
        keep_cache(call, machine, &weight);
        store(machine, &target, weight);
    }
}

/// True when just this was installed there before: nothing is left to do.
pub fn is_installed(machine: &Machine<'_>, target: &str, weight: &Weight) -> bool {
    let before = machine.tree().get(&place(target, weight));
    before.is_some_and(|entry| entry.identity == weight.identity)
}

fn name(weight: &Weight) -> &str {
    weight.evidence.text.split(':').next().unwrap_or("packages")
}

fn place(target: &str, weight: &Weight) -> String {
    format!("{target}/({})", name(weight))
}

/// Writes what an installation brings into a site-packages folder.
pub fn store(machine: &mut Machine<'_>, target: &str, weight: Weight) {
    let (name, path) = (name(&weight).to_owned(), place(target, &weight));
    if !weight.repeatable {
        machine.unrepeatable =
            Some("packages without pinned versions are taken as they are newest".to_owned());
    }
    let output = Output {
        bytes: weight.bytes,
        files: weight.files,
        kind: Kind::Package,
        compression: Compression(fact("site_packages.compression").expected),
        identity: weight.identity,
        label: Some((&*name).into()),
        evidence: weight.evidence,
    };
    machine.write(&path, output);
}

/// One weight for each requirements file, for each package by name, and for
/// the project itself.
pub fn weights(call: &Invocation, machine: &mut Machine<'_>, names: &[&Argument]) -> Vec<Weight> {
    let mut weights = Vec::new();
    let mut words = call.texts();
    while let Some(word) = words.next() {
        if matches!(word, "-r" | "--requirement") {
            let file = words.next().unwrap_or("requirements.txt").to_owned();
            weights.push(requirements(machine, &file));
        }
    }
    for name in names {
        weights.push(match &*name.text {
            "." | "./" => requirements(machine, "pyproject.toml"),
            text if text.starts_with(['.', '/']) => requirements(machine, text),
            text => named(text, machine.python()),
        });
    }
    weights
}

/// A package by name, with what it depends on.
pub fn named(text: &str, known: &PythonPackages) -> Weight {
    let name = text.split(['=', '<', '>', '~', '!', ';', ' ', '@']).next().unwrap_or(text);
    let set = known.closure([name]);
    let (bytes, files, evidence) = match known.get(name) {
        Some(package) => (set.bytes(), set.files(), package.evidence()),
        None => {
            let typical = fact("pip.closure.bytes");
            let evidence = typical
                .evidence(&format!("{name}: not in the table of packages, taken as a typical one"));
            (typical.bytes(), 300, evidence)
        }
    };
    Weight {
        bytes,
        files,
        evidence,
        identity: Identity::of(("pip", text)),
        repeatable: text.contains("=="),
    }
}

/// What a requirements file brings: from its text where it was given.
pub fn requirements(machine: &mut Machine<'_>, file: &str) -> Weight {
    let path = machine.resolve(file);
    let identity = machine.tree().identity(&path);
    let name = file.rsplit('/').next().unwrap_or(file);
    let given = machine.world.manifests.files.iter().find(|(path, _)| path.ends_with(name));
    let names: Option<(Vec<String>, bool)> = given.and_then(|(_, manifest)| match manifest {
        Manifest::Requirements(read) => {
            let pinned = read.requirements.iter().all(|required| required.version.is_some());
            Some((read.requirements.iter().map(full_name).collect(), pinned))
        }
        Manifest::Pyproject(read) => {
            Some((read.dependencies.iter().map(full_name).collect(), false))
        }
        _ => None,
    });
    match names {
        Some((names, pinned)) => listed(name, &names, machine.python(), identity, pinned),
        None => {
            machine.assume(format!("{name} was not given: the dependencies are those of a typical web service. Add it for figures of your own."));
            let typical: Fact = fact("python.service.bytes");
            Weight {
                bytes: typical.bytes(),
                files: fact("python.service.files").count(),
                evidence: typical.evidence(&format!(
                    "packages of {name}: not given, taken as a typical web service"
                )),
                identity,
                repeatable: true,
            }
        }
    }
}

/// A requirement's name with its extras: `uvicorn[standard]`.
fn full_name(required: &Requirement) -> String {
    match &required.extras[..] {
        [] => required.name.clone(),
        extras => format!("{}[{}]", required.name, extras.join(",")),
    }
}

/// What a list of requirements brings: all that they need, each package once.
fn listed(
    file: &str,
    names: &[String],
    known: &PythonPackages,
    identity: Identity,
    repeatable: bool,
) -> Weight {
    let set = known.closure(names.iter().map(String::as_str));
    let unknown = set.unknown.len();
    let others = fact("pip.closure.bytes").bytes().scale(unknown as f64);
    let text = format!(
        "packages of {file}: {} requirements, {} of them measured with what they need",
        names.len(),
        names.len() - unknown
    );
    Weight {
        bytes: set.bytes() + others,
        files: set.files() + unknown as u64 * 150,
        evidence: Evidence::new(EvidenceKind::Derived, text),
        identity,
        repeatable,
    }
}

/// What a project with a lockfile brings: the packages of the lockfile, else
/// the requirements that its manifest names.
pub fn project(
    machine: &mut Machine<'_>,
    folder: &str,
    (own, lockfile): (&str, &str),
    development: bool,
) -> Weight {
    let lock = format!("{folder}/{lockfile}");
    let identity = machine.identity(&[format!("{folder}/{own}"), lock.clone()]);
    let identity = Identity::of((identity, development));
    let repeatable = machine.tree().has(&lock);
    let wanted = |packages: &[Package]| -> Vec<String> {
        let wanted = packages.iter().filter(|package| {
            !package.optional && package.platform.fits(&machine.world.image.libc)
        });
        let wanted = wanted.filter(|package| development || !package.dev);
        wanted.map(|package| package.name.clone()).collect()
    };
    let weight = match (manifest(machine, folder, lockfile), manifest(machine, folder, own)) {
        (Some(lock), _) => locked(lockfile, &wanted(lock.packages()), machine.python(), identity),
        (_, Some(Manifest::Pyproject(read))) => {
            let groups = read.groups.values().flatten().filter(|_| development);
            let names: Vec<String> =
                read.dependencies.iter().chain(groups).map(full_name).collect();
            listed(own, &names, machine.python(), identity, repeatable)
        }
        (_, Some(Manifest::Pipfile(packages))) => {
            listed(own, &wanted(packages), machine.python(), identity, repeatable)
        }
        _ => requirements(machine, &format!("{folder}/{own}")),
    };
    Weight { identity, repeatable, ..weight }
}

/// The manifest of the context that lies in a folder of the container, else
/// the root's.
fn manifest<'w>(machine: &Machine<'w>, folder: &str, name: &str) -> Option<&'w Manifest> {
    let files = &machine.world.manifests.files;
    let path = format!("{folder}/{name}");
    let nested = files.iter().find(|(given, _)| path.ends_with(&format!("/{given}")));
    nested.map(|(_, manifest)| manifest)
}

/// A lockfile names every package: each weighs what its own files do.
fn locked(lockfile: &str, names: &[String], known: &PythonPackages, identity: Identity) -> Weight {
    let known: Vec<_> = names.iter().filter_map(|name| known.get(name)).collect();
    let unknown = names.len() - known.len();
    let measured = Range::within(known.iter().map(|package| package.bytes).sum(), 1.2);
    let others = fact("pip.package.bytes").bytes().scale(unknown as f64);
    let text = format!(
        "packages of {lockfile}: {} packages, {} of them measured",
        names.len(),
        known.len()
    );
    Weight {
        bytes: measured + others,
        files: known.iter().map(|package| package.files).sum::<u64>() + unknown as u64 * 40,
        evidence: Evidence::new(EvidenceKind::Derived, text),
        identity,
        repeatable: true,
    }
}

/// The bytes without the byte code that pip compiles: uv and Poetry leave that
/// to the first start.
pub fn without_bytecode(bytes: Range) -> Range {
    fact("python.uncompiled.ratio").of(bytes)
}

fn keep_cache(call: &Invocation, machine: &mut Machine<'_>, weight: &Weight) {
    let cache = cache(call, machine);
    let off = call.has(&["--no-cache-dir"])
        || machine
            .variable("PIP_NO_CACHE_DIR")
            .is_some_and(|value| !matches!(&*value, "" | "0" | "off" | "false"));
    if off {
        let bytes = weight.bytes.scale(fact("pip.cache.ratio").expected);
        machine.download(bytes.expected, Some(&cache));
    } else {
        keep_download(machine, &cache, weight, "pip", &fact("pip.cache.ratio"));
    }
}

/// Downloads the wheels into the cache of `manager`, which keeps them.
pub fn keep_download(
    machine: &mut Machine<'_>,
    cache: &str,
    weight: &Weight,
    manager: &str,
    ratio: &Fact,
) {
    let bytes = weight.bytes.scale(ratio.expected);
    machine.download(bytes.expected, Some(cache));
    let identity = Identity::of((weight.identity, "pip cache"));
    let before = machine.tree().get(cache).map_or(Range::ZERO, |entry| entry.bytes);
    let output = Output {
        bytes: before + bytes,
        files: 60,
        kind: Kind::Cache,
        compression: Compression(1.0),
        identity,
        label: Some(format!("{manager} download cache").into()),
        evidence: ratio.evidence(&format!("{manager} keeps the wheels it downloads")),
    };
    machine.write(cache, output);
}

fn wheels(call: &Invocation, machine: &mut Machine<'_>, names: &[&Argument]) {
    let folder = call.value(&["-w", "--wheel-dir", "-d", "--dest"]).unwrap_or(".").to_owned();
    let folder = machine.resolve(&folder);
    for weight in weights(call, machine, names) {
        let bytes = weight.bytes.scale(fact("pip.cache.ratio").expected);
        machine.download(bytes.expected, None);
        machine.spend(fact("pip.install.seconds").expected, 0.0, None);
        let output = Output {
            bytes,
            files: 30,
            kind: Kind::Package,
            compression: Compression(1.0),
            identity: weight.identity,
            label: Some("wheels".into()),
            evidence: weight.evidence,
        };
        machine.write(&format!("{folder}/(wheels)"), output);
    }
}

fn cache(call: &Invocation, machine: &Machine<'_>) -> String {
    let configured = call
        .value(&["--cache-dir"])
        .map(str::to_owned)
        .or_else(|| machine.variable("PIP_CACHE_DIR"));
    configured
        .map_or_else(|| format!("{}/.cache/pip", machine.home()), |path| machine.resolve(&path))
}

/// Where packages are installed: a target of the call's own, a virtual
/// environment, or the interpreter's folder.
pub fn target(call: &Invocation, machine: &Machine<'_>) -> String {
    let version = python_version(machine);
    let below = |prefix: &str| {
        format!("{}/lib/python{version}/site-packages", prefix.trim_end_matches('/'))
    };
    if let Some(target) = call.value(&["--target", "-t"]) {
        return machine.resolve(target);
    }
    if let Some(prefix) = call.value(&["--prefix"]) {
        return below(&machine.resolve(prefix));
    }
    if call.has(&["--user"]) {
        return below(&format!("{}/.local", machine.home()));
    }
    let called_from = call.name.rsplit_once("/bin/").map(|(prefix, _)| machine.resolve(prefix));
    let on_path =
        machine.variable("PATH").and_then(|path| path.split(':').next().map(str::to_owned));
    let on_path = on_path.and_then(|first| first.strip_suffix("/bin").map(str::to_owned));
    let environment = [called_from, machine.variable("VIRTUAL_ENV"), on_path].into_iter().flatten();
    let environment = environment.into_iter().find(|prefix| machine.tree().has(prefix));
    below(environment.as_deref().unwrap_or("/usr/local"))
}

/// `3.12`, from the image's PYTHON_VERSION or its tag.
pub fn python_version(machine: &Machine<'_>) -> String {
    let from_env = machine.variable("PYTHON_VERSION");
    let tag = machine.world.image.reference.rsplit(':').next().unwrap_or("").to_owned();
    let version = from_env.unwrap_or(tag);
    let numbers: Vec<&str> = version.split(['.', '-']).take(2).collect();
    match &numbers[..] {
        [major, minor] if minor.chars().all(|c| c.is_ascii_digit()) && !minor.is_empty() => {
            format!("{major}.{minor}")
        }
        _ => "3".to_owned(),
    }
}

fn venv(call: &Invocation, machine: &mut Machine<'_>) {
    bytecode::of_library(machine);
    let pip = fact("python.venv.bytes");
    let setuptools = match bundles_setuptools(machine) {
        true => fact("python.venv.setuptools.bytes").bytes(),
        false => Range::ZERO,
    };
    machine.spend(3.0, 0.0, None);
    for folder in call.operands(&["--prompt"]) {
        let path = machine.resolve(&folder.text);
        let output = Output {
            bytes: pip.bytes() + setuptools,
            files: 900,
            kind: Kind::Package,
            compression: Compression(fact("site_packages.compression").expected),
            identity: Identity::of("venv"),
            label: Some("virtual environment with pip".into()),
            evidence: pip.evidence("python -m venv installs pip into it"),
        };
        machine.write(&format!("{path}/(venv)"), output);
    }
}

/// Before Python 3.12, a new environment has setuptools too.
fn bundles_setuptools(machine: &Machine<'_>) -> bool {
    let version = python_version(machine);
    let minor = version.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 12)
}
