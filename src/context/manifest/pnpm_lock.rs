//! `pnpm-lock.yaml`: the keys of its `packages`.

use super::Package;

/// Reads the keys; nothing else of YAML is needed, for pnpm always writes the
/// file in the same layout.
pub(super) fn read(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        match indent {
            0 => inside = line.trim_end() == "packages:",
            2 if inside => packages.extend(key(line)),
            _ if inside => read_field(packages.last_mut(), line),
            _ => {}
        }
    }
    packages
}

/// `/name/1.0.0:` (version 5), `/name@1.0.0(peer@2.0.0):` (6), `name@1.0.0:` (9).
fn key(line: &str) -> Option<Package> {
    let key = line.trim().trim_end_matches(':').trim_matches(['\'', '"']);
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    let at = key.get(1..).and_then(|rest| rest.rfind('@')).map(|i| i + 1);
    let (name, version) = match at {
        Some(at) => (&key[..at], &key[at + 1..]),
        None => key.rsplit_once('/')?,
    };
    let version = version.split('_').next().unwrap_or(version);
    Some(Package { name: name.to_owned(), version: version.to_owned(), ..Package::default() })
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
