//! npm packages by themselves, without what they depend on
//! (`data/npm_sizes.tsv`, `data/npm_light.tsv`): what a lockfile's packages
//! weigh.

use std::collections::{HashMap, HashSet};

use super::table::Table;

/// The sizes that are known.
#[derive(Debug, Clone, Default)]
pub struct NpmSizes {
    /// Columns: package, version, bytes, files, archive (empty: not measured).
    table: Table,
    /// The rows of each package, one a measured version.
    rows: HashMap<Box<str>, Vec<usize>>,
    /// Packages whose every measured version is below 12 kB.
    light: HashSet<Box<str>>,
}

/// The folder of an npm package alone, as one version of it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NpmSize<'c> {
    /// The version that was measured.
    pub version: &'c str,
    /// Bytes of its folder.
    pub bytes: u64,
    /// Files of its folder.
    pub files: u64,
    /// Bytes of its archive in the registry, where they were measured.
    pub archive: Option<u64>,
}

impl NpmSizes {
    /// Packages of 12 kB and more, and the names of lighter ones.
    pub fn new(table: Table, light: &Table) -> Self {
        let mut rows: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for row in 0..table.rows() {
            rows.entry(table.cell(row, 0).into()).or_default().push(row);
        }
        let light = (0..light.rows()).map(|row| light.cell(row, 0).into()).collect();
        Self { table, rows, light }
    }

    /// The measured version of a package that is nearest to the given one;
    /// `None` for a package that is light or was not measured.
    pub fn nearest(&self, name: &str, version: &str) -> Option<NpmSize<'_>> {
        let wanted = release(version);
        let distance = |row: &usize| {
            let (major, minor) = release(self.table.cell(*row, 1));
            (major.abs_diff(wanted.0), minor.abs_diff(wanted.1))
        };
        let row = self.rows.get(name)?.iter().copied().min_by_key(distance)?;
        Some(NpmSize {
            version: self.table.cell(row, 1),
            bytes: self.table.number(row, 2),
            files: self.table.number(row, 3),
            archive: Some(self.table.number(row, 4)).filter(|bytes| *bytes > 0),
        })
    }

    /// The names of all packages, light ones included, without an order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().chain(&self.light).map(|name| &**name)
    }

    /// True when every version of the package that was measured is light.
    pub fn is_light(&self, name: &str) -> bool {
        self.light.contains(name)
    }
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
    use crate::data::Catalog;

    #[test]
    fn each_row_is_its_versions_own_and_has_a_size() {
        let sizes = Catalog::complete().npm_sizes();
        for row in 0..sizes.table.rows() {
            let (name, version) = (sizes.table.cell(row, 0), sizes.table.cell(row, 1));
            let nearest = sizes.nearest(name, version).expect(name);
            assert_eq!(nearest.version, version, "{name}");
            assert!(nearest.bytes > 0 && nearest.files > 0, "{name} {version}");
            assert!(!sizes.is_light(name), "{name}");
        }
        assert_eq!(sizes.nearest("of-nobody-at-all", "1.0.0"), None);
    }

    #[test]
    fn a_line_is_a_major_version_or_below_one_a_minor() {
        assert!(same_line("5.5.4", "5.2.0") && !same_line("4.9.5", "5.0.0"));
        assert!(same_line("0.27.2", "0.27.9") && !same_line("0.27.2", "0.28.0"));
    }
}
