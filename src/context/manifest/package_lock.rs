//! `package-lock.json`, versions 1 to 3.

use super::{Package, Platform};
use crate::context::json::Value;

/// npm's lockfile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageLock {
    /// `lockfileVersion`: 1, 2 or 3.
    pub lockfile_version: u32,
    /// Every installed copy of a package; links into the project are left out.
    pub packages: Vec<Package>,
}

impl PackageLock {
    pub(super) fn read(value: &Value) -> Self {
        let lockfile_version = match value.get("lockfileVersion") {
            Some(Value::Number(number)) => *number as u32,
            _ => 1,
        };
        let mut packages = Vec::new();
        // Version 2 has both forms; `packages` knows more.
        if let Some(installed) = value.get("packages").and_then(Value::as_object) {
            let found = installed.iter().filter_map(|(path, package)| by_path(path, package));
            packages.extend(found);
        } else {
            by_name(value, &mut packages);
        }
        Self { lockfile_version, packages }
    }
}

/// An entry of `packages`; the project itself and its workspaces lie outside
/// `node_modules`.
fn by_path(path: &str, package: &Value) -> Option<Package> {
    let (_, name) = path.rsplit_once("node_modules/")?;
    if package.get("link").is_some_and(Value::is_true) {
        return None;
    }
    // An alias is installed under another name than its own.
    let name = package.get("name").and_then(Value::as_str).unwrap_or(name);
    Some(read(name, package))
}

/// `dependencies` of version 1: nested as they lie in `node_modules`.
fn by_name(parent: &Value, packages: &mut Vec<Package>) {
    let Some(dependencies) = parent.get("dependencies").and_then(Value::as_object) else { return };
    for (name, package) in dependencies {
        packages.push(read(name, package));
        by_name(package, packages);
    }
}

fn read(name: &str, package: &Value) -> Package {
    let flag = |key: &str| package.get(key).is_some_and(Value::is_true);
    let version = package.get("version").and_then(Value::as_str).unwrap_or_default();
    Package {
        name: name.to_owned(),
        version: version.to_owned(),
        // `devOptional`, needed by development and optional otherwise, stays
        // when development alone is left out.
        dev: flag("dev"),
        optional: flag("optional") || flag("devOptional"),
        has_install_script: flag("hasInstallScript"),
        platform: Platform::of(name, package),
        needs: Vec::new(),
    }
}
