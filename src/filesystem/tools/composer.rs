//! `composer`: `vendor` and the download cache.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool};
use crate::context::Manifest;
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind};

/// Composer.
pub const TOOL: Tool = Tool { commands: &["composer", "composer.phar"], run };

const WITH_VALUE: [&str; 3] = ["-d", "--working-dir", "--ignore-platform-req"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    let folder = machine.resolve(call.value(&["-d", "--working-dir"]).unwrap_or("."));
    let home = home(machine);
    match words[..] {
        ["install" | "i" | "update" | "require", ..] => install(call, machine, &folder),
        ["global", ..] => install(call, machine, &home),
        ["clear-cache" | "clearcache" | "cc", ..] => {
            let cache = cache(machine);
            machine.remove(&cache);
        }
        _ => machine.spend(1.0, 0.0, None), // the autoloader is rewritten in place
    }
    Outcome::success()
}

fn home(machine: &Machine<'_>) -> String {
    machine
        .variable("COMPOSER_HOME")
        .unwrap_or_else(|| project::inside(&machine.home(), ".composer"))
}

fn cache(machine: &Machine<'_>) -> String {
    let moved = machine.variable("COMPOSER_CACHE_DIR");
    moved.unwrap_or_else(|| project::inside(&home(machine), "cache"))
}

/// The weight of `vendor`, by composer.lock where it was given.
fn weight(machine: &Machine<'_>, production: bool) -> (Fact, &'static str) {
    let given = machine.world.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::ComposerLock(packages) => {
            Some(packages.iter().filter(|package| !(production && package.dev)).count() as f64)
        }
        _ => None,
    });
    match given {
        Some(count) => {
            let one = fact("composer.package.bytes");
            let kind = EvidenceKind::Given;
            let count = Fact { low: count, expected: count, high: count, kind, ..one.clone() };
            (project::times(one, &count), "the packages of composer.lock, of average weight")
        }
        None if production => (fact("composer.production.bytes"), "no composer.lock was given"),
        None => (fact("composer.vendor.bytes"), "no composer.lock was given"),
    }
}

fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    let lock = project::inside(folder, "composer.lock");
    let made_from = machine.identity(&[project::inside(folder, "composer.json"), lock.clone()]);
    let locked = machine.tree().has(&lock);
    let production =
        call.has(&["--no-dev"]) || machine.variable("COMPOSER_NO_DEV").as_deref() == Some("1");
    if !locked {
        machine.unrepeatable =
            Some("without composer.lock the newest versions are taken".to_owned());
    }
    let identity = if locked { made_from } else { Identity::of((made_from, machine.step)) };
    let vendor = project::inside(folder, "vendor");
    let packages = project::inside(&vendor, "(packages)");
    let packed = Identity::of((identity, production));
    if machine.tree().get(&packages).is_some_and(|there| there.identity == packed) {
        machine.spend(2.0, 0.0, None); // all is there: only the autoloader is written
        return;
    }
    let (size, what) = weight(machine, production);
    let cache = cache(machine);
    let ratio = fact("composer.cache.ratio").expected;
    machine.download((size.expected * ratio) as u64, Some(&cache));
    machine.spend(fact("composer.install.seconds").expected, 0.0, None);
    let content = Content {
        size: size.clone(),
        factor: 1.0,
        files: size.count() / 6_000,
        kind: Kind::Package,
        compression: fact("composer.compression").expected,
        identity: packed,
        what: &format!("Composer packages: {what}"),
    };
    machine.remove(&vendor);
    content.write(machine, &packages);
    if !call.has(&["--no-cache"]) {
        let content = Content {
            size,
            factor: ratio,
            files: 100,
            kind: Kind::Cache,
            compression: 1.0,
            identity: Identity::of(("cache", identity, production)),
            what: "Composer's cache of archives",
        };
        content.write(machine, &cache);
    }
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    #[test]
    fn what_is_installed_is_not_installed_again() {
        let tree = tree(
            "FROM php:8.3-fpm\nWORKDIR /app\nCOPY composer.json composer.lock ./\n\
             RUN composer install --no-scripts\nCOPY . .\nRUN composer install",
        );
        let layer = |path: &str| tree.get(path).unwrap().layer;
        assert!(layer("/app/vendor/(packages)") < layer("/app/src"));
    }

    #[test]
    fn production_weighs_less_and_the_cache_stays() {
        let vendor = |flags: &str| {
            let tree = tree(&format!(
                "FROM php:8.3-fpm\nENV COMPOSER_HOME=/c\nWORKDIR /app\nCOPY . .\n\
                 RUN composer install {flags}"
            ));
            let vendor = tree.get("/app/vendor/(packages)").unwrap().bytes.expected;
            (vendor, tree.has("/c/cache"))
        };
        assert!(vendor("--no-dev").0 < vendor("").0);
        assert!(vendor("").1 && !vendor("--no-cache").1);
    }
}
