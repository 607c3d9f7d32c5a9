//! npm packages: by themselves, without what they depend on (`data/npm_sizes.tsv`,
//! `data/npm_light.tsv`), which is what a lockfile's packages weigh; with it, each
//! installed alone (`data/npm_packages.tsv`); and how compiled code comes
//! (`data/npm_native.tsv`).

use std::collections::{HashMap, HashSet};

use super::table::Table;
use crate::units::{Evidence, EvidenceKind, Range};

/// The packages that are known.
#[derive(Debug, Clone, Default)]
pub struct NpmPackages {
    /// Columns: package, version, bytes, files, archive (empty: not measured).
    table: Table,
    /// The rows of each package, one a measured version.
    rows: HashMap<Box<str>, Vec<usize>>,
    /// Packages whose every measured version is below 12 kB.
    light: HashSet<Box<str>>,
    /// Packages that were measured with all that they need.
    whole: HashMap<Box<str>, NpmPackage>,
    /// Packages with compiled code.
    native: HashMap<Box<str>, NativePackage>,
}

/// A package that was measured with all that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpmPackage {
    /// Its name in the registry.
    pub name: Box<str>,
    version: Box<str>,
    measured: Box<str>,
    bytes: u64,
    /// Files with all that it depends on.
    pub files: u64,
    /// True when it has code for one platform: a change of libc matters.
    native: bool,
}

/// How compiled code comes with a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativePackage {
    /// True when it is compiled where it is installed.
    pub compiled: bool,
    /// True when there is a build for musl, the C library of Alpine.
    pub for_musl: bool,
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

impl NpmPackages {
    /// Packages of 12 kB and more; the names of lighter ones; packages with all that
    /// they need; packages with compiled code.
    pub fn new(table: Table, [light, whole, native]: [Table; 3]) -> Self {
        let mut rows: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for row in 0..table.rows() {
            rows.entry(table.cell(row, 0).into()).or_default().push(row);
        }
        let light = (0..light.rows()).map(|row| light.cell(row, 0).into()).collect();
        let whole = (0..whole.rows()).map(|row| NpmPackage::read(&whole, row));
        let native = (0..native.rows()).map(|row| {
            let package = NativePackage {
                compiled: native.cell(row, 1) == "compiled",
                for_musl: native.cell(row, 2) == "y",
            };
            (native.cell(row, 0).into(), package)
        });
        Self {
            table,
            rows,
            light,
            whole: whole.map(|package| (package.name.clone(), package)).collect(),
            native: native.collect(),
        }
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

    /// The names of all packages whose sizes are known, without an order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().chain(&self.light).chain(self.whole.keys()).map(|name| &**name)
    }

    /// A package with all that it needs.
    pub fn whole(&self, name: &str) -> Option<&NpmPackage> {
        self.whole.get(name)
    }

    /// How compiled code comes with a package; `None` for one that is not in the
    /// table.
    pub fn compiled_code(&self, name: &str) -> Option<NativePackage> {
        self.native.get(name).copied()
    }

    /// True when the package has code for one platform.
    pub fn is_native(&self, name: &str) -> bool {
        self.native.contains_key(name) || self.whole(name).is_some_and(|package| package.native)
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

impl NpmPackage {
    /// Columns: package, version, closure_bytes, closure_files, own_bytes,
    /// own_files, native (y/n), measured.
    fn read(table: &Table, row: usize) -> Self {
        Self {
            name: table.cell(row, 0).into(),
            version: table.cell(row, 1).into(),
            bytes: table.number(row, 2),
            files: table.number(row, 3),
            native: table.cell(row, 6) == "y",
            measured: table.cell(row, 7).into(),
        }
    }

    /// Its bytes with all it depends on; versions differ by about a fifth.
    pub fn bytes(&self) -> Range {
        Range::within(self.bytes, 1.25)
    }

    /// Where the figure comes from.
    pub fn evidence(&self) -> Evidence {
        let text = format!(
            "{}: version {} installed and measured {}",
            self.name, self.version, self.measured
        );
        Evidence::new(EvidenceKind::Measured, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Catalog;

    #[test]
    fn each_row_is_its_versions_own_and_has_a_size() {
        let sizes = Catalog::complete().npm();
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
    fn every_package_with_what_it_needs_is_read() {
        let known = Catalog::complete().npm();
        for row in super::super::rows(include_str!("../../data/npm_packages.tsv")) {
            let package = known.whole(row[0]).expect(row[0]);
            let read = [package.bytes.to_string(), package.files.to_string()];
            assert_eq!(read, row[2..4], "{row:?}");
        }
    }

    #[test]
    fn every_package_with_compiled_code_is_read_and_in_order() {
        let known = Catalog::complete().npm();
        let rows: Vec<_> = super::super::rows(include_str!("../../data/npm_native.tsv")).collect();
        assert!(rows.is_sorted_by(|one, next| one[0] < next[0]));
        for row in rows {
            assert!(known.compiled_code(row[0]).is_some(), "{row:?}");
            assert!(["bundled", "compiled", "fetched", "optional"].contains(&row[1]), "{row:?}");
            assert!(["y", "n"].contains(&row[2]), "{row:?}");
        }
    }

    #[test]
    fn tells_what_is_made_for_musl() {
        let native = |name| Catalog::complete().npm().compiled_code(name);
        assert!(native("sharp").is_some_and(|package| package.for_musl));
        assert!(native("node-rdkafka").is_some_and(|p| p.compiled && !p.for_musl));
        assert_eq!(native("express"), None);
    }

    #[test]
    fn a_line_is_a_major_version_or_below_one_a_minor() {
        assert!(same_line("5.5.4", "5.2.0") && !same_line("4.9.5", "5.0.0"));
        assert!(same_line("0.27.2", "0.27.9") && !same_line("0.27.2", "0.28.0"));
    }
}
