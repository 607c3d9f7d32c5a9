//! `pnpm-lock.yaml`: the keys of its `packages`.

use super::{Package, Platform};

use crate::sorted::Map;

/// Reads the keys; nothing else of YAML is needed, for pnpm always writes the
/// file in the same layout. What a package needs is below it, or since version
/// 9 in `snapshots`.
pub(super) fn read(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut needs: Map<String, Vec<String>> = Map::new();
    let (mut section, mut open, mut listing) = ("", String::new(), false);
    for line in text.lines() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        let inside = matches!(section, "packages:" | "snapshots:");
        match indent {
            0 => section = line.trim_end(),
            2 if inside => {
                let key = key(line);
                open = key.as_ref().map(|package| package.name.clone()).unwrap_or_default();
                packages.extend(key.filter(|_| section == "packages:"));
            }
            4 if inside => {
                listing = ["dependencies:", "optionalDependencies:"].contains(&line.trim());
                read_field(packages.last_mut().filter(|_| section == "packages:"), line);
            }
            6 if inside && listing => {
                let name = line.trim().split(": ").next().unwrap_or("");
                let name = name.trim_end_matches(':').trim_matches(['\'', '"']).to_owned();
                needs.entry(open.clone()).or_default().push(name);
            }
            _ => {}
        }
    }
    for package in &mut packages {
        package.needs = needs.get(&package.name).cloned().unwrap_or_default();
    }
    packages
}

/// `/name/1.0.0:` (version 5), `/name@1.0.0(peer@2.0.0):` (6), `name@1.0.0:` (9).
fn key(line: &str) -> Option<Package> {
    let key = line.trim().trim_end_matches("{}").trim().trim_end_matches(':');
    let key = key.trim_matches(['\'', '"']);
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    let at = key.get(1..).and_then(|rest| rest.rfind('@')).map(|i| i + 1);
    let (name, version) = match at {
        Some(at) => (&key[..at], &key[at + 1..]),
        None => key.rsplit_once('/')?,
    };
    let version = version.split('_').next().unwrap_or(version);
    Some(Package {
        name: name.to_owned(),
        version: version.to_owned(),
        platform: Platform::of_name(name),
        ..Package::default()
    })
}

fn read_field(package: Option<&mut Package>, line: &str) {
    let Some(package) = package else { return };
    match line.trim() {
        "dev: true" => package.dev = true,
        "optional: true" => package.optional = true,
        "requiresBuild: true" => package.has_install_script = true,
        _ => {}
    }
}
