//! What packages of Node.js download by a script when they are installed.

use super::node::{self, Install};
use super::project::Content;
use crate::context::Manifest;
use crate::data::fact;
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// A package, where its download goes (`~` is the home folder, anything else is
/// in `node_modules`), and the variables that forbid it.
const DOWNLOADS: [(&str, &str, &[&str]); 9] = [
    ("@tensorflow/tfjs-node", "@tensorflow/tfjs-node/(deps)", &[]),
    ("canvas", "canvas/(build)", &[]),
    ("chromedriver", "chromedriver/(lib)", &["CHROMEDRIVER_SKIP_DOWNLOAD"]),
    ("cypress", "~/.cache/Cypress", &["CYPRESS_INSTALL_BINARY"]),
    ("electron", "electron/(dist)", &["ELECTRON_SKIP_BINARY_DOWNLOAD"]),
    ("ffmpeg-static", "ffmpeg-static/(ffmpeg)", &[]),
    (
        "mongodb-memory-server",
        "~/.cache/mongodb-binaries",
        &["MONGOMS_DISABLE_POSTINSTALL", "MONGOMS_SYSTEM_BINARY"],
    ),
    ("node-sass", "node-sass/(vendor)", &["SKIP_SASS_BINARY_DOWNLOAD_FOR_CI"]),
    (
        "puppeteer",
        "~/.cache/puppeteer",
        &["PUPPETEER_SKIP_DOWNLOAD", "PUPPETEER_SKIP_CHROMIUM_DOWNLOAD"],
    ),
];

/// Runs the scripts of a project's packages.
pub fn run(machine: &mut Machine<'_>, folder: &str, install: &Install) {
    if !install.scripts {
        return;
    }
    for (name, _, _) in DOWNLOADS {
        if is_installed(machine, folder, name, !install.omit_development) {
            of(machine, folder, name);
        }
    }
}

/// Whether a lockfile pins a package, or without one package.json asks for it.
fn is_installed(machine: &Machine<'_>, folder: &str, name: &str, development: bool) -> bool {
    let files = &machine.world.manifests.files;
    let lock = files.iter().find(|(path, manifest)| {
        let is_node = matches!(
            manifest,
            Manifest::PackageLock(_)
                | Manifest::YarnLock(_)
                | Manifest::PnpmLock(_)
                | Manifest::BunLock(_)
        );
        is_node && node::fits(path, folder)
    });
    if let Some((_, lock)) = lock {
        let mut packages = lock.packages().iter();
        return packages.any(|package| package.name == name && (development || !package.dev));
    }
    node::package_json(machine, folder).is_some_and(|(_, package)| {
        package.dependencies.contains_key(name)
            || (development && package.dev_dependencies.contains_key(name))
    })
}

/// Runs the script of one package.
pub fn of(machine: &mut Machine<'_>, folder: &str, name: &str) {
    let Some((name, place, variables)) = DOWNLOADS.iter().find(|(known, ..)| *known == name) else {
        return;
    };
    let forbids = |value: String| !matches!(&*value, "" | "false");
    if variables.iter().any(|variable| machine.variable(variable).is_some_and(forbids)) {
        return;
    }
    let size = fact(&format!("npm.download.{name}.bytes"));
    let path = match place.strip_prefix('~') {
        Some(rest) => format!("{}{rest}", machine.home()),
        None => format!("{folder}/node_modules/{place}"),
    };
    machine.download((size.expected * 0.4) as u64, None);
    machine.spend(size.expected / fact("unpack.bytes_per_second").expected, 0.0, None);
    let content = Content {
        size,
        factor: 1.0,
        files: 100,
        kind: Kind::Package,
        compression: 0.4,
        identity: Identity::of(("npm download", name)),
        what: &format!("what {name} downloads when it is installed"),
    };
    content.write(machine, &path);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    const FILES: [(&str, &str); 1] = [(
        "package.json",
        r#"{"dependencies": {"puppeteer": "24"}, "devDependencies": {"cypress": "15"}}"#,
    )];

    #[test]
    fn browsers_come_with_an_installation() {
        let tree = run(&FILES, "npm install");
        for path in ["/root/.cache/puppeteer", "/root/.cache/Cypress"] {
            assert!(bytes(&tree, path) > 200_000_000, "{path}");
        }
        let lean = run(&FILES, "npm install --omit=dev");
        assert!(lean.has("/root/.cache/puppeteer") && !lean.has("/root/.cache/Cypress"));
        assert!(
            run(&[], "npm install -g electron").has("/usr/local/lib/node_modules/electron/(dist)")
        );
    }

    #[test]
    fn they_can_be_forbidden() {
        for script in [
            "npm ci --ignore-scripts",
            "export PUPPETEER_SKIP_DOWNLOAD=true CYPRESS_INSTALL_BINARY=0; yarn install",
        ] {
            assert!(!run(&FILES, script).has("/root/.cache"), "{script}");
        }
    }
}
