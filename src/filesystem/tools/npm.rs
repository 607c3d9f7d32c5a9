//! `npm` and `npx`.

use super::{Invocation, Outcome, Tool, node, playwright};
use crate::context::Manifest;
use crate::data::{Fact, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// npm.
pub const TOOL: Tool = Tool { commands: &["npm"], run };
/// npx and the compilers that it runs.
pub const NPX: Tool = Tool {
    commands: &[
        "npx", "tsc", "vite", "next", "ng", "nest", "webpack", "esbuild", "rollup", "parcel",
        "swc", "tsup", "ncc", "nuxt",
    ],
    run: npx,
};

const WITH_VALUE: [&str; 6] =
    ["--prefix", "--cache", "-w", "--workspace", "--registry", "--loglevel"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let mut operands = call.operands(&WITH_VALUE).map(|operand| &*operand.text);
    let verb = operands.next().unwrap_or("");
    let names: Vec<&str> = operands.collect();
    let folder =
        call.value(&["--prefix"]).map_or(machine.folder.clone(), |folder| machine.resolve(folder));
    match verb {
        "ci" | "clean-install" => install(call, machine, &folder, true),
        "install" | "i" | "add" if names.is_empty() => install(call, machine, &folder, false),
        "install" | "i" | "add" if call.has(&["-g", "--global"]) => {
            node::add(machine, "/usr/local/lib", &names);
            keep_cache(machine, &names);
        }
        "install" | "i" | "add" => {
            node::add(machine, &folder, &names);
            keep_cache(machine, &names);
        }
        "prune" if omits_development(call, machine) => prune(call, machine, &folder),
        "cache" if names.first() == Some(&"clean") || names.first() == Some(&"rm") => {
            let archives = archives(call, machine);
            machine.remove(&archives);
            log(call, machine, &fact("npm.log.installed"), 0);
        }
        "run" | "run-script" => {
            names.first().into_iter().for_each(|name| node::script(machine, &folder, name))
        }
        "test" | "t" => node::script(machine, &folder, "test"),
        "start" => {}
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str, frozen: bool) {
    let locked = frozen || machine.tree().has(&format!("{folder}/package-lock.json"));
    let install = node::Install {
        manager: "npm",
        lockfile: "package-lock.json",
        omit_development: omits_development(call, machine),
        frozen,
        cache: archives(call, machine),
        // Without a lockfile, the packages' whole records are kept too.
        cache_ratio: if locked {
            fact("npm.cache.ratio")
        } else {
            fact("npm.cache.unlocked_ratio")
        },
        keeps_archives: locked,
        scripts: !call.has(&["--ignore-scripts"]),
    };
    let omit_development = install.omit_development;
    node::install(machine, folder, &install);
    if let Some(lock) = node::lockfile(machine, folder) {
        let [all, production] = installed(lock, machine);
        let packages = if omit_development { production } else { all };
        record(machine, folder, packages);
        log(call, machine, &fact("npm.log.installed"), packages);
    }
    if !frozen {
        rewrite_lockfile(machine, folder);
    }
}

fn prune(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    node::prune(machine, folder);
    if let Some(lock) = node::lockfile(machine, folder) {
        let [all, production] = installed(lock, machine);
        record(machine, folder, production);
        log(call, machine, &fact("npm.log.removed"), all - production);
    }
    rewrite_lockfile(machine, folder);
}

/// Packages that an installation brings: all, and those of production.
fn installed(lock: &Manifest, machine: &Machine<'_>) -> [u64; 2] {
    let libc = &machine.world.image.libc;
    let fits = || lock.packages().iter().filter(|package| package.platform.fits(libc));
    [fits().count(), fits().filter(|package| !package.dev).count()].map(|count| count as u64)
}

/// npm's own list of what lies in `node_modules`, written whole each time.
fn record(machine: &mut Machine<'_>, folder: &str, packages: u64) {
    let entry = fact("npm.package.record");
    let lock = machine.tree().identity(&format!("{folder}/package-lock.json"));
    let output = Output {
        bytes: entry.bytes().scale(packages as f64),
        files: 1,
        kind: Kind::Package,
        compression: Compression(fact("npm.record.compression").expected),
        identity: Identity::of((lock, packages)),
        label: None,
        evidence: entry.evidence("an entry for each installed package"),
    };
    machine.write(&format!("{folder}/node_modules/.package-lock.json"), output);
}

/// The log of a run, which cleaning the cache leaves: `lines` a package.
fn log(call: &Invocation, machine: &mut Machine<'_>, lines: &Fact, packages: u64) {
    let start = fact("npm.log.start");
    let output = Output {
        bytes: start.bytes() + lines.bytes().scale(packages as f64),
        files: 1,
        kind: Kind::Temp,
        compression: Compression(fact("npm.record.compression").expected),
        identity: Identity::of((machine.step, "npm log")),
        label: Some("npm's log of the run".into()),
        evidence: lines.evidence("a few lines for each package"),
    };
    let verb = call.texts().next().unwrap_or("run");
    let path = format!("{}/_logs/({verb})", cache(call, machine));
    machine.write(&path, output);
}

/// Every command that saves writes the lockfile again, as it was.
fn rewrite_lockfile(machine: &mut Machine<'_>, folder: &str) {
    machine.store_again(&format!("{folder}/package-lock.json"), None);
}

fn omits_development(call: &Invocation, machine: &Machine<'_>) -> bool {
    let omits = call.value(&["--omit"]) == Some("dev")
        || call.has(&["--production", "--prod"])
        || call.value(&["--only"]).is_some_and(|only| only.starts_with("prod"));
    let includes =
        call.value(&["--include"]) == Some("dev") || call.value(&["--production"]) == Some("false");
    (omits || node::is_production(machine)) && !includes
}

fn cache(call: &Invocation, machine: &Machine<'_>) -> String {
    let configured = call.value(&["--cache"]).map(str::to_owned);
    let configured = configured
        .or_else(|| machine.variable("npm_config_cache"))
        .or_else(|| machine.variable("NPM_CONFIG_CACHE"));
    configured.map_or_else(|| format!("{}/.npm", machine.home()), |path| machine.resolve(&path))
}

/// The part of the cache that `npm cache clean` removes.
fn archives(call: &Invocation, machine: &Machine<'_>) -> String {
    format!("{}/_cacache", cache(call, machine))
}

/// The cache grows with packages that are added by name.
fn keep_cache(machine: &mut Machine<'_>, names: &[&str]) {
    let cache = archives(&Invocation::default(), machine);
    if machine.tree().get(&cache).is_none() && !machine.is_mounted(&cache) {
        let ratio = fact("npm.cache.ratio");
        let bytes = fact("npm.closure.bytes").bytes().scale(names.len() as f64 * ratio.expected);
        machine.write(
            &cache,
            Output {
                bytes,
                files: 50,
                kind: Kind::Cache,
                compression: Compression(fact("npm.cache.compression").expected),
                identity: Identity::of(("npm cache", names)),
                label: Some("npm download cache".into()),
                evidence: ratio.evidence("npm keeps what it downloads"),
            },
        );
    }
}

/// Commands that build, alone or before a verb.
const BUILDERS: [&str; 14] = [
    "tsc", "build", "webpack", "esbuild", "rollup", "vite", "ng", "nest", "parcel", "swc", "tsup",
    "ncc", "nuxt", "rspack",
];

fn npx(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = match call.command() {
        "npx" => call.operands(&["-p", "--package"]).map(|word| &*word.text).collect(),
        name => std::iter::once(name).chain(call.operands(&[]).map(|word| &*word.text)).collect(),
    };
    // `npx tsc@5` and `./node_modules/.bin/tsc` run the same.
    let first = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    let first = first.split('@').next().unwrap_or(first);
    let folder = machine.folder.clone();
    match (first, words.get(1..).unwrap_or_default()) {
        ("playwright", rest) if playwright::install(machine, rest, call.has(&["--with-deps"])) => {}
        ("puppeteer", ["browsers", "install", ..]) => {
            let path = format!("{}/.cache/puppeteer", machine.home());
            let size = fact("browser.puppeteer.bytes");
            playwright::fetch(machine, &path, size, "the browser that Puppeteer downloads");
        }
        (first, rest)
            if (BUILDERS.contains(&first) || rest.contains(&"build"))
                && !call.has(&["--noEmit", "--version"])
                && !matches!(rest, ["serve" | "dev" | "preview" | "lint" | "test", ..]) =>
        {
            let command = std::iter::once(first).chain(call.texts()).collect::<Vec<_>>().join(" ");
            node::build(machine, &folder, &command);
        }
        _ => machine.spend(fact("node.script.seconds").expected, 0.0, None),
    }
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn builders_write_where_they_are_told() {
        let script = "npx tsc --outDir out && npx vite build && cd /web && next build";
        let tree = run(&[], script);
        for path in ["/app/out", "/app/dist", "/web/.next"] {
            assert!(bytes(&tree, path) > 0, "{path}");
        }
        assert!(bytes(&run(&[], "npx tsc -p tsconfig.json"), "/app/dist") > 0);
    }

    #[test]
    fn what_builds_nothing_writes_nothing() {
        let script = "npx tsc --noEmit; npx ts-node using.ts; npx eslint .; vite preview";
        assert_eq!(bytes(&run(&[], script), "/app"), 0);
    }
}
