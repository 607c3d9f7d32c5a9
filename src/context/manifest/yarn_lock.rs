//! `yarn.lock`, of Yarn 1 and of later versions.

use super::{Package, Platform};

/// Reads the blocks: a header in the first column, `version` below it.
pub(super) fn read(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut open: Option<Package> = None;
    let mut needs = false;
    for line in text.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            packages.extend(open.take().filter(|package| !package.version.is_empty()));
            open = header(line);
            needs = false;
        } else if let Some(package) = &mut open {
            let deep = line.starts_with("    ");
            if deep && needs {
                let name = line.trim().trim_start_matches('"').split([' ', ':', '"']).next();
                package.needs.extend(name.map(str::to_owned));
            } else if !deep {
                needs = ["dependencies:", "optionalDependencies:"].contains(&line.trim());
                read_field(package, line);
            }
        }
    }
    packages.extend(open.filter(|package| !package.version.is_empty()));
    packages
}

/// `"@scope/name@npm:^1.0.0", other@^2:` names the package by its first entry.
fn header(line: &str) -> Option<Package> {
    let first = line.split(',').next()?.trim().trim_end_matches(':').trim_matches('"');
    let at = first.get(1..)?.find('@')? + 1;
    // A workspace is the project's own.
    if first[at..].starts_with("@workspace:") || first.starts_with("__metadata") {
        return None;
    }
    let name = first[..at].to_owned();
    Some(Package { platform: Platform::of_name(&name), name, ..Package::default() })
}

fn read_field(package: &mut Package, line: &str) {
    let Some(version) = line.trim().strip_prefix("version") else { return };
    if package.version.is_empty() && version.starts_with([' ', ':']) {
        package.version = version.trim_start_matches([' ', ':']).trim_matches('"').to_owned();
    }
}
