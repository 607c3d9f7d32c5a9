//! Python packages (`data/pip_packages.tsv`), each measured by installing it
//! without those that it needs.

use std::collections::HashMap;

use super::table::Table;
use crate::sorted::Set;
use crate::units::{Evidence, EvidenceKind, Range};

/// The packages that are known, by their normalised names; an extra is a package of
/// its own: `uvicorn[standard]`.
#[derive(Debug, Clone, Default)]
pub struct PythonPackages {
    packages: HashMap<Box<str>, PythonPackage>,
}

/// A measured package, without those that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonPackage {
    name: Box<str>,
    version: Box<str>,
    measured: Box<str>,
    /// Names of the packages that it needs.
    needs: Vec<Box<str>>,
    /// Bytes of its own files, their byte code included.
    pub bytes: u64,
    /// Its own files.
    pub files: u64,
    /// True when it has no wheel for musl.
    pub native: bool,
}

/// Packages with all that they need, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PythonSet<'c> {
    /// The measured ones.
    pub packages: Vec<&'c PythonPackage>,
    /// Names that are not known.
    pub unknown: Vec<String>,
}

impl PythonPackages {
    /// Packages from a table with the columns of `data/pip_packages.tsv`.
    pub fn new(table: &Table) -> Self {
        let packages = (0..table.rows()).map(|row| {
            let package = PythonPackage {
                name: table.cell(row, 0).into(),
                version: table.cell(row, 1).into(),
                bytes: table.number(row, 2),
                files: table.number(row, 3),
                native: table.cell(row, 4) == "y",
                needs: table.list(row, 5).map(Box::from).collect(),
                measured: table.cell(row, 6).into(),
            };
            (package.name.clone(), package)
        });
        Self { packages: packages.collect() }
    }

    /// Their names, without an order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(|name| &**name)
    }

    /// A package by its name, in any of the spellings that PEP 503 holds equal.
    pub fn get(&self, name: &str) -> Option<&PythonPackage> {
        let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
        let plain = name.split('[').next().unwrap_or(&name);
        self.packages.get(name.as_str()).or_else(|| self.packages.get(plain))
    }

    /// The packages of these names and all that they need.
    pub fn closure<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> PythonSet<'_> {
        let mut set = PythonSet::default();
        let mut seen = Set::new();
        let mut pending = Vec::new();
        for name in names {
            match self.get(name) {
                Some(package) => pending.push(package),
                None => set.unknown.push(name.to_owned()),
            }
        }
        while let Some(package) = pending.pop() {
            if seen.insert(&package.name) {
                set.packages.push(package);
                pending.extend(package.needs.iter().filter_map(|need| self.packages.get(need)));
            }
        }
        set
    }
}

impl PythonSet<'_> {
    /// Bytes of the measured packages. What was measured is the newest version,
    /// and packages grow: older ones weigh down to 0.7 of it (tests/truth).
    pub fn bytes(&self) -> Range {
        let sum: u64 = self.packages.iter().map(|package| package.bytes).sum();
        Range::new(sum / 20 * 13, sum, sum / 4 * 5)
    }

    /// Files of the measured packages.
    pub fn files(&self) -> u64 {
        self.packages.iter().map(|package| package.files).sum()
    }
}

impl PythonPackage {
    /// Where the figure comes from.
    pub fn evidence(&self) -> Evidence {
        let text = format!(
            "{}: version {} and what it needs, installed and measured {}",
            self.name, self.version, self.measured
        );
        Evidence::new(EvidenceKind::Measured, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Catalog;

    fn known() -> &'static PythonPackages {
        Catalog::complete().python()
    }

    #[test]
    fn every_row_is_read() {
        let rows = super::super::rows(include_str!("../../data/pip_packages.tsv"));
        for row in rows {
            let package = &known().packages[row[0]];
            let read = [package.bytes.to_string(), package.files.to_string()];
            assert_eq!(read, row[2..4], "{row:?}");
            assert!(
                package.needs.iter().all(|need| known().packages.contains_key(need)),
                "{row:?}"
            );
        }
    }

    #[test]
    fn names_are_normalised() {
        assert_eq!(known().get("SQLAlchemy[asyncio]"), known().get("sqlalchemy"));
        assert_ne!(known().get("uvicorn[standard]"), known().get("uvicorn"));
    }

    #[test]
    fn what_two_packages_need_counts_once() {
        let one = known().closure(["pandas"]);
        let both = known().closure(["pandas", "numpy", "no-such-package"]);
        assert_eq!(one.bytes(), both.bytes());
        assert_eq!(both.unknown, ["no-such-package"]);
        // 143.1 MB were measured of pandas with all it needs.
        assert!(one.bytes().expected.abs_diff(143_111_157) < 1_000_000);
    }
}
