//! npm packages by themselves, without what they depend on
//! (`data/npm_sizes.tsv`): what a lockfile's packages weigh.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The folder of an npm package alone, as one version of it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeSize {
    /// The version that was measured.
    pub version: &'static str,
    /// Bytes of its folder.
    pub bytes: u64,
    /// Files of its folder.
    pub files: u64,
    /// Bytes of its archive in the registry, where they were measured.
    pub archive: Option<u64>,
}

/// Packages of 12 kB and more, each with the versions that were measured.
static NODE_SIZES: LazyLock<HashMap<&'static str, Vec<NodeSize>>> = LazyLock::new(|| {
    let mut sizes: HashMap<&'static str, Vec<NodeSize>> = HashMap::new();
    for (name, size) in
        super::rows(include_str!("../../data/npm_sizes.tsv")).filter_map(|row| read_size(&row))
    {
        sizes.entry(name).or_default().push(size);
    }
    sizes
});

/// Packages whose folder is lighter than any in the table.
static LIGHT: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../data/npm_light.txt").lines().collect());

/// True when every version of the package that was measured is light: below
/// 12 kB.
pub fn is_light_node_package(name: &str) -> bool {
    LIGHT.contains(name)
}

/// Columns: package, version, bytes, files, archive (empty: not measured).
fn read_size(row: &[&'static str]) -> Option<(&'static str, NodeSize)> {
    let [name, version, bytes, files, archive] = row else { return None };
    let [bytes, files] = [bytes, files].map(|number| number.parse().ok());
    let archive = archive.parse().ok();
    Some((name, NodeSize { version, bytes: bytes?, files: files?, archive }))
}

/// The measured version of an npm package that is nearest to the given one;
/// `None` for a package that is light or was not measured.
pub fn node_size(name: &str, version: &str) -> Option<NodeSize> {
    let wanted = release(version);
    let distance = |size: &&NodeSize| {
        let (major, minor) = release(size.version);
        (major.abs_diff(wanted.0), minor.abs_diff(wanted.1))
    };
    NODE_SIZES.get(name)?.iter().min_by_key(distance).copied()
}

/// Whether two versions are of one line: between them a package hardly grows.
pub fn same_line(a: &str, b: &str) -> bool {
    let (a, b) = (release(a), release(b));
    a.0 == b.0 && (a.0 > 0 || a.1 == b.1)
}

/// The major and the minor number of a version.
fn release(version: &str) -> (u64, u64) {
    let mut numbers = version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_read_and_the_nearest_version_is_taken() {
        for row in super::super::rows(include_str!("../../data/npm_sizes.tsv")) {
            let (name, size) = read_size(&row).unwrap_or_else(|| panic!("unreadable: {row:?}"));
            assert_eq!(node_size(name, size.version).map(|near| near.version), Some(size.version));
        }
        assert!(LIGHT.iter().all(|name| !NODE_SIZES.contains_key(name)));
        assert_eq!(node_size("of-nobody-at-all", "1.0.0"), None);
        assert!(same_line("5.5.4", "5.2.0") && !same_line("0.27.2", "0.28.0"));
    }
}
