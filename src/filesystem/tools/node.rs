//! What the Node.js package managers share: the weight of `node_modules`, and
//! what build scripts write.
//!
//! `node_modules` is kept as two groups, `(production)` and `(development)`,
//! so that pruning and copying can tell them apart.

use super::{downloads, locked, project};
use crate::context::{Manifest, PackageJson, Role, role};
use crate::data::{Fact, NpmPackage, NpmPackages, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// How a package manager installs.
pub struct Install {
    /// Its name, for people.
    pub manager: &'static str,
    /// Its lockfile's name.
    pub lockfile: &'static str,
    /// True when development dependencies are left out.
    pub omit_development: bool,
    /// True when the lockfile alone decides.
    pub frozen: bool,
    /// Its download cache.
    pub cache: String,
    /// Bytes of the cache for one byte of `node_modules`.
    pub cache_ratio: Fact,
    /// True when packages may run scripts while they are installed.
    pub scripts: bool,
    /// True when the cache holds the packages' archives as npm keeps them: a
    /// lockfile then tells its size.
    pub keeps_archives: bool,
}

/// The two halves of a project's dependencies.
struct Dependencies {
    production: Half,
    development: Half,
}

struct Half {
    bytes: Range,
    files: u64,
    evidence: Evidence,
    /// Bytes of the archives, where a lockfile names them.
    archives: Option<Range>,
    /// The heaviest of its packages, which are shown each.
    heavy: Vec<Heavy>,
}

/// A package of a half.
struct Heavy {
    name: String,
    label: String,
    bytes: Range,
    files: u64,
    evidence: Evidence,
}

/// Packages of a half that are shown each.
const MOST_HEAVY: usize = 12;
/// A lighter package is left with the others.
const LEAST_HEAVY: u64 = 1_000_000;

/// True when the environment leaves development dependencies out.
pub fn is_production(machine: &Machine<'_>) -> bool {
    machine.variable("NODE_ENV").as_deref() == Some("production")
        || machine.variable("NPM_CONFIG_PRODUCTION").as_deref() == Some("true")
        || machine.variable("NPM_CONFIG_OMIT").as_deref() == Some("dev")
}

/// Installs the dependencies of the project in `folder`.
pub fn install(machine: &mut Machine<'_>, folder: &str, install: &Install) {
    let dependencies = dependencies(machine, folder);
    let manifests = [format!("{folder}/package.json"), format!("{folder}/{}", install.lockfile)];
    let made_from = machine.identity(&manifests);
    let locked = machine.tree().has(&manifests[1]) || install.frozen;
    let identity = if locked { made_from } else { Identity::of((made_from, machine.step)) };
    if !locked {
        machine.unrepeatable =
            Some(format!("without {} the newest versions are taken", install.lockfile));
    }
    machine.remove(&format!("{folder}/node_modules"));
    let mut total = Range::ZERO;
    let mut archives = install.keeps_archives.then_some(Range::ZERO);
    let mut write = |machine: &mut Machine<'_>, half: Half, name: &str| {
        total += half.bytes;
        archives = archives.zip(half.archives).map(|(sum, more)| sum + more);
        write_half(machine, half, name, &format!("{folder}/node_modules/({name})"), identity);
    };
    write(machine, dependencies.production, "production");
    if !install.omit_development {
        write(machine, dependencies.development, "development");
    }
    costs(machine, total);
    let ratio = &install.cache_ratio;
    let (kept, evidence) = match archives {
        Some(archives) => {
            let text = format!("{} keeps the archives of the lockfile's packages", install.manager);
            (archives, Evidence::new(EvidenceKind::Derived, text))
        }
        None => {
            let text = format!(
                "{} keeps what it downloads: {} bytes for each byte of node_modules",
                install.manager, ratio.expected
            );
            (total.scale(ratio.expected), ratio.evidence(&text))
        }
    };
    cache(machine, install, kept, evidence, identity);
    downloads::run(machine, folder, install);
}

/// Writes a half: the heaviest packages below its group, the others together.
fn write_half(machine: &mut Machine<'_>, half: Half, name: &str, group: &str, identity: Identity) {
    let output = |bytes, files, label: String, identity, evidence| Output {
        bytes,
        files,
        kind: Kind::Package,
        compression: Compression(fact("node_modules.compression").expected),
        identity,
        label: Some(label.into()),
        evidence,
    };
    let (mut bytes, mut files) = (half.bytes, half.files);
    let mut label = format!("node_modules ({name} dependencies)");
    if !half.heavy.is_empty() {
        label = format!("node_modules (the other {name} dependencies)");
    }
    for heavy in half.heavy {
        bytes = Range::new(
            bytes.low.saturating_sub(heavy.bytes.low),
            bytes.expected.saturating_sub(heavy.bytes.expected),
            bytes.high.saturating_sub(heavy.bytes.high),
        );
        files = files.saturating_sub(heavy.files);
        let path = format!("{group}/{}", heavy.name);
        let identity = Identity::of((identity, name, &heavy.name));
        let written = output(heavy.bytes, heavy.files, heavy.label, identity, heavy.evidence);
        machine.write(&path, written);
    }
    let identity = Identity::of((identity, name));
    machine.write(group, output(bytes, files, label, identity, half.evidence));
}

/// The heaviest packages, the largest first, as long as they fit in the total.
fn heaviest(mut packages: Vec<Heavy>, total: u64) -> Vec<Heavy> {
    packages.retain(|package| package.bytes.expected >= LEAST_HEAVY);
    packages
        .sort_by(|a, b| b.bytes.expected.cmp(&a.bytes.expected).then_with(|| a.name.cmp(&b.name)));
    packages.dedup_by(|a, b| a.name == b.name);
    packages.truncate(MOST_HEAVY);
    let mut left = total;
    packages.retain(|package| {
        let fits = package.bytes.expected <= left;
        left -= if fits { package.bytes.expected } else { 0 };
        fits
    });
    packages
}

fn costs(machine: &mut Machine<'_>, installed: Range) {
    let megabytes = installed.expected as f64 / 1e6;
    let seconds = fact("node.install.seconds").expected
        + megabytes * fact("node.install.seconds_per_mb").expected;
    machine.spend(seconds, 0.0, None);
}

fn cache(
    machine: &mut Machine<'_>,
    install: &Install,
    bytes: Range,
    evidence: Evidence,
    identity: Identity,
) {
    machine.download(bytes.expected, Some(&install.cache));
    let output = Output {
        bytes,
        files: 1 + bytes.expected / 25_000,
        kind: Kind::Cache,
        compression: Compression(fact("npm.cache.compression").expected),
        identity: Identity::of((identity, install.manager)),
        label: Some(format!("{} download cache", install.manager).into()),
        evidence,
    };
    machine.write(&install.cache, output);
}

/// Removes the development dependencies.
pub fn prune(machine: &mut Machine<'_>, folder: &str) {
    machine.remove(&format!("{folder}/node_modules/(development)"));
    machine.spend(fact("node.install.seconds").expected, 0.0, None);
}

/// Adds packages by name, on top of what is installed in `folder`.
pub fn add(machine: &mut Machine<'_>, folder: &str, names: &[&str]) {
    for name in names {
        let plain = package_name(name);
        let (bytes, files, evidence) = match machine.npm().whole(plain) {
            Some(package) => (package.bytes(), package.files, package.evidence()),
            None => {
                let typical = fact("npm.closure.bytes");
                let text = format!("{plain} is not in the table of packages: a typical one");
                (typical.bytes(), 300, typical.evidence(&text))
            }
        };
        let pinned = name[1..].contains('@') && name.ends_with(|c: char| c.is_ascii_digit());
        if !pinned {
            machine.unrepeatable = Some(format!("the newest version of {plain} is taken"));
        }
        let moves = (!pinned).then_some(machine.step);
        costs(machine, bytes);
        machine.download(bytes.expected / 4, None);
        let output = Output {
            bytes,
            files,
            kind: Kind::Package,
            compression: Compression(fact("node_modules.compression").expected),
            identity: Identity::of(("npm", name, moves)),
            label: Some(plain.into()),
            evidence,
        };
        machine.write(&format!("{folder}/node_modules/{plain}"), output);
        downloads::of(machine, folder, plain);
    }
}

/// `@scope/name@version` → `@scope/name`.
fn package_name(name: &str) -> &str {
    match name.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => &name[..at],
        None => name,
    }
}

fn dependencies(machine: &mut Machine<'_>, folder: &str) -> Dependencies {
    if let Some((path, lock)) = given_lockfile(machine, folder) {
        let sizes = machine.npm();
        return from_lockfile(path, lock, &machine.world.image.libc, sizes);
    }
    match package_json(machine, folder) {
        Some((path, package)) => from_manifest(path, package, machine.npm()),
        None => typical(machine),
    }
}

/// The lockfile of the project in `folder`, where it was given.
pub fn lockfile<'w>(machine: &Machine<'w>, folder: &str) -> Option<&'w Manifest> {
    given_lockfile(machine, folder).map(|(_, lock)| lock)
}

fn given_lockfile<'w>(machine: &Machine<'w>, folder: &str) -> Option<(&'w str, &'w Manifest)> {
    let manifests = machine.world.manifests;
    let found = manifests.files.iter().find(|(path, manifest)| {
        let is_node = matches!(
            manifest,
            Manifest::PackageLock(_)
                | Manifest::YarnLock(_)
                | Manifest::PnpmLock(_)
                | Manifest::BunLock(_)
        );
        is_node && fits(path, folder)
    });
    found.map(|(path, lock)| (&**path, lock))
}

fn from_lockfile(path: &str, lock: &Manifest, libc: &str, sizes: &NpmPackages) -> Dependencies {
    let half = |development: bool| {
        let packages = lock.packages().iter().filter(|package| package.dev == development);
        let locked = locked::weigh(packages, libc, sizes);
        let text = format!(
            "{path}: {} packages, {} of them measured, the others of average weight",
            locked.count, locked.measured
        );
        let heavy = locked.heavy.into_iter().map(|package| Heavy {
            label: package.name.clone(),
            name: package.name,
            bytes: package.bytes,
            files: package.files,
            evidence: package.evidence,
        });
        Half {
            bytes: locked.bytes,
            files: locked.files,
            evidence: Evidence::new(EvidenceKind::Derived, text),
            archives: Some(locked.archives),
            heavy: heaviest(heavy.collect(), locked.bytes.expected),
        }
    };
    Dependencies { production: half(false), development: half(true) }
}

fn from_manifest(path: &str, package: &PackageJson, measured: &NpmPackages) -> Dependencies {
    let half = |names: Vec<&String>| {
        let known: Vec<&NpmPackage> =
            names.iter().filter_map(|name| measured.whole(name)).collect();
        let unknown = (names.len() - known.len()) as f64;
        let bytes = known.iter().map(|package| package.bytes()).sum::<Range>()
            + fact("npm.closure.bytes").bytes().scale(unknown);
        // Dependencies are shared: two packages weigh less than their sum.
        let shared = if names.len() > 3 { 0.85 } else { 1.0 };
        let bytes = bytes.scale(shared);
        let heavy = known.iter().map(|package| Heavy {
            name: package.name.to_string(),
            label: format!("{}, with what it depends on", package.name),
            bytes: package.bytes().scale(shared),
            files: package.files,
            evidence: package.evidence(),
        });
        let heavy = heavy.collect();
        let files = known.iter().map(|package| package.files).sum::<u64>() + unknown as u64 * 200;
        let text = format!(
            "{path}: {} dependencies, {} of them measured; no lockfile was given",
            names.len(),
            known.len()
        );
        let bytes = Range::new(bytes.low / 2, bytes.expected, bytes.high * 3 / 2);
        let evidence = Evidence::new(EvidenceKind::Derived, text);
        Half { bytes, files, evidence, archives: None, heavy: heaviest(heavy, bytes.expected) }
    };
    Dependencies {
        production: half(
            package.dependencies.keys().chain(package.optional_dependencies.keys()).collect(),
        ),
        development: half(package.dev_dependencies.keys().collect()),
    }
}

fn typical(machine: &mut Machine<'_>) -> Dependencies {
    machine.assume("No package.json was given: the dependencies are those of a typical TypeScript service. Add it for figures of your own.");
    let half = |bytes: Fact, files: Fact| Half {
        bytes: bytes.bytes(),
        files: files.count(),
        evidence: bytes.evidence("no package.json was given; a typical TypeScript service"),
        archives: None,
        heavy: Vec::new(),
    };
    Dependencies {
        production: half(fact("node.production.bytes"), fact("node.production.files")),
        development: half(fact("node.development.bytes"), fact("node.development.files")),
    }
}

pub fn package_json<'w>(machine: &Machine<'w>, folder: &str) -> Option<(&'w str, &'w PackageJson)> {
    let manifests = machine.world.manifests;
    manifests.package_jsons().find(|(path, _)| fits(path, folder))
}

/// Whether a manifest of the context is the one of a folder in the container:
/// the root's manifest fits any folder, another one that ends like it.
pub fn fits(path: &str, folder: &str) -> bool {
    path.rsplit_once('/').is_none_or(|(parent, _)| folder.ends_with(parent))
}

/// Runs a script of package.json; scripts that build write their output.
pub fn script(machine: &mut Machine<'_>, folder: &str, name: &str) {
    let manifest = package_json(machine, folder);
    let text = manifest.and_then(|(_, package)| package.scripts.get(name)).cloned();
    match (&text, name) {
        (Some(text), _) => build(machine, folder, text),
        (None, name) if name.contains("build") || name == "compile" => {
            build(machine, folder, "build")
        }
        _ => machine.spend(fact("node.script.seconds").expected, 0.0, None),
    }
}

/// Runs a build command. Where it writes is told by the command, else by what
/// the rest of the Dockerfile takes from the folder.
pub fn build(machine: &mut Machine<'_>, folder: &str, command: &str) {
    let (seconds, size, name) = match command {
        c if c.contains("next build") => {
            (fact("build.next.seconds"), fact("build.next.bytes"), Some(".next"))
        }
        c if c.contains("react-scripts build") => {
            (fact("build.webapp.seconds"), fact("build.webapp.bytes"), Some("build"))
        }
        c if c.contains("vite build") || c.contains("webpack") || c.contains("ng build") => {
            (fact("build.webapp.seconds"), fact("build.webapp.bytes"), None)
        }
        c => (fact("build.typescript.seconds"), compiled(machine, folder, c), None),
    };
    machine.spend(seconds.expected, 0.0, None);
    let output = match (option(command), name) {
        (Some(path), _) => crate::graph::join(folder, path).trim_end_matches('/').to_owned(),
        (None, Some(name)) => format!("{folder}/{name}"),
        (None, None) => wanted(machine, folder),
    };
    let identity = Identity::of((command, sources(machine, folder)));
    machine.remove(&output);
    let evidence = size.evidence("what such a build writes");
    machine.write(&output, built(size.bytes(), Kind::BuildOutput, identity, evidence));
    if command.contains("next build") {
        next(machine, &output, identity);
    }
}

/// What the compiler of TypeScript writes for the files that are known, where
/// it is called without a bundler.
fn compiled(machine: &Machine<'_>, folder: &str, command: &str) -> Fact {
    let plain = command.split_whitespace().any(|word| matches!(word, "tsc" | "nest"));
    let known = project::code(machine, folder, &["ts", "tsx", "mts", "cts"]);
    let ratio = fact("build.typescript.ratio");
    match known.filter(|_| plain) {
        Some(bytes) => project::sized(&ratio, ratio.of(bytes)),
        None => fact("build.typescript.bytes"),
    }
}

/// What Next.js writes besides what its server reads: its cache, the files for
/// browsers, and, where the Dockerfile takes it, the server with all that it needs
/// (`output: 'standalone'`).
fn next(machine: &mut Machine<'_>, output: &str, identity: Identity) {
    let cache = fact("build.next.cache.bytes");
    let evidence = cache.evidence("Next.js keeps what its compiler made");
    let identity_of = |part: &str| Identity::of((identity, part));
    let entry = built(cache.bytes(), Kind::Cache, identity_of("cache"), evidence);
    machine.write(&format!("{output}/cache"), entry);
    let standalone = format!("{output}/standalone");
    let wanted = |path: &String| path.starts_with(&*standalone);
    if !machine.world.wanted.iter().any(wanted) {
        return;
    }
    for (part, name) in
        [("standalone", "build.next.standalone.bytes"), ("static", "build.next.static.bytes")]
    {
        let size = fact(name);
        let evidence = size.evidence("what next build writes with output: 'standalone'");
        let entry = built(size.bytes(), Kind::BuildOutput, identity_of(part), evidence);
        machine.write(&format!("{output}/{part}"), entry);
    }
}

fn built(bytes: Range, kind: Kind, identity: Identity, evidence: Evidence) -> Output {
    Output {
        bytes,
        files: 40,
        kind,
        compression: Compression(fact("build.compression").expected),
        identity,
        label: None,
        evidence,
    }
}

/// The folder that a build command is told to write into.
fn option(command: &str) -> Option<&str> {
    const OPTIONS: [&str; 5] = ["--outDir", "--out-dir", "--outdir", "--output-path", "--dist-dir"];
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        let (name, value) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
        if OPTIONS.contains(&name) {
            return value.or_else(|| words.next()).filter(|path| !path.contains('$'));
        }
    }
    None
}

/// The folder of build output that other stages or the start command use.
fn wanted(machine: &Machine<'_>, folder: &str) -> String {
    const OUTPUTS: [&str; 6] = ["dist", "build", "out", "lib", "public", ".output"];
    let base = folder.trim_end_matches('/');
    let found = OUTPUTS.iter().map(|name| format!("{base}/{name}")).find(|output| {
        machine.world.wanted.iter().any(|path| {
            path.strip_prefix(&**output)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    });
    found.unwrap_or_else(|| format!("{base}/dist"))
}

/// What a build of the folder reads: its code, manifests and dependencies, not
/// its documentation and tests.
pub fn sources(machine: &Machine<'_>, folder: &str) -> Identity {
    let base = folder.trim_end_matches('/').len() + 1;
    let read = machine.tree().subtree(folder).filter(|(path, entry)| {
        let path = path.get(base..).unwrap_or("");
        let ours = matches!(entry.kind, Kind::Source | Kind::Manifest);
        (ours
            && !matches!(
                role(path),
                Role::Docs
                    | Role::Test
                    | Role::Git
                    | Role::Docker
                    | Role::Ci
                    | Role::Editor
                    | Role::Log
            ))
            || entry.kind == Kind::Package
    });
    Identity::of_all(read.map(|(path, entry)| (path, entry.identity)))
}
