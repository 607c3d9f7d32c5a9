//! Packages of languages that weigh (`data/npm_packages.tsv`,
//! `data/pip_packages.tsv`), each measured by installing it alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::units::{Evidence, EvidenceKind, Range};

/// A measured package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguagePackage {
    /// Its name in its registry.
    pub name: &'static str,
    /// The version that was measured.
    pub version: &'static str,
    /// Bytes with all that it depends on.
    pub closure_bytes: u64,
    /// Files with all that it depends on.
    pub closure_files: u64,
    /// Bytes of its own folder.
    pub own_bytes: u64,
    /// Files of its own folder.
    pub own_files: u64,
    /// True when it has code for one platform: a change of libc matters.
    pub native: bool,
    /// The month it was measured.
    pub measured: &'static str,
}

type Table = HashMap<&'static str, LanguagePackage>;

static NODE: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../data/npm_packages.tsv")));
static PYTHON: LazyLock<PythonTable> = LazyLock::new(|| {
    let rows = super::rows(include_str!("../../data/pip_packages.tsv"));
    rows.filter_map(|row| read_python(&row)).map(|package| (package.name, package)).collect()
});

type PythonTable = HashMap<&'static str, PythonPackage>;

/// A measured Python package, without those that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonPackage {
    /// Its name, normalised; an extra is a row of its own: `uvicorn[standard]`.
    pub name: &'static str,
    /// The version that was measured.
    pub version: &'static str,
    /// Bytes of its own files, their byte code included.
    pub bytes: u64,
    /// Its own files.
    pub files: u64,
    /// True when it has no wheel for musl.
    pub native: bool,
    /// Names of the packages that it needs.
    pub needs: Vec<&'static str>,
    /// The month it was measured.
    pub measured: &'static str,
}

/// Python packages with all that they need, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PythonSet {
    /// The measured ones.
    pub packages: Vec<&'static PythonPackage>,
    /// Names that are not in the table.
    pub unknown: Vec<String>,
}

/// An npm package by its name.
pub fn node_package(name: &str) -> Option<LanguagePackage> {
    NODE.get(name).cloned()
}

/// The names of the npm packages that were measured with all they need, without
/// an order.
pub fn node_packages() -> impl Iterator<Item = &'static str> {
    NODE.keys().copied()
}

/// The names of the Python packages, without an order.
pub fn python_packages() -> impl Iterator<Item = &'static str> {
    PYTHON.keys().copied()
}

/// A Python package by its name, in any of the spellings that PEP 503 holds equal.
pub fn python_package(name: &str) -> Option<&'static PythonPackage> {
    let name = name.to_lowercase().replace(['_', '.'], "-");
    let plain = name.split('[').next().unwrap_or(&name);
    PYTHON.get(name.as_str()).or_else(|| PYTHON.get(plain))
}

/// The packages of these names and all that they need.
pub fn python_closure<'n>(names: impl IntoIterator<Item = &'n str>) -> PythonSet {
    let mut set = PythonSet::default();
    let mut seen = BTreeSet::new();
    let mut pending = Vec::new();
    for name in names {
        match python_package(name) {
            Some(package) => pending.push(package),
            None => set.unknown.push(name.to_owned()),
        }
    }
    while let Some(package) = pending.pop() {
        if seen.insert(package.name) {
            set.packages.push(package);
            pending.extend(package.needs.iter().filter_map(|need| PYTHON.get(need)));
        }
    }
    set
}

/// Columns: package, version, own_bytes, own_files, native (y/n), needs,
/// measured.
fn read_python(row: &[&'static str]) -> Option<PythonPackage> {
    let [name, version, bytes, files, native, needs, measured] = row else { return None };
    Some(PythonPackage {
        name,
        version,
        bytes: bytes.parse().ok()?,
        files: files.parse().ok()?,
        native: *native == "y",
        needs: needs.split(',').filter(|need| !need.is_empty()).collect(),
        measured,
    })
}

impl PythonSet {
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

/// Columns: package, version, closure_bytes, closure_files, own_bytes,
/// own_files, native (y/n), measured.
fn table(text: &'static str) -> Table {
    super::rows(text).filter_map(|row| read(&row)).map(|package| (package.name, package)).collect()
}

fn read(row: &[&'static str]) -> Option<LanguagePackage> {
    let [name, version, closure_bytes, closure_files, own_bytes, own_files, native, measured] = row
    else {
        return None;
    };
    Some(LanguagePackage {
        name,
        version,
        closure_bytes: closure_bytes.parse().ok()?,
        closure_files: closure_files.parse().ok()?,
        own_bytes: own_bytes.parse().ok()?,
        own_files: own_files.parse().ok()?,
        native: *native == "y",
        measured,
    })
}

impl LanguagePackage {
    /// The package with all it depends on; versions differ by about a fifth.
    pub fn closure(&self) -> Range {
        Range::within(self.closure_bytes, 1.25)
    }

    /// The package alone.
    pub fn own(&self) -> Range {
        Range::within(self.own_bytes, 1.25)
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

    #[test]
    fn every_row_is_read() {
        for row in super::super::rows(include_str!("../../data/npm_packages.tsv")) {
            assert!(read(&row).is_some(), "unreadable row: {row:?}");
        }
        for row in super::super::rows(include_str!("../../data/pip_packages.tsv")) {
            let package = read_python(&row).unwrap_or_else(|| panic!("unreadable row: {row:?}"));
            assert!(package.needs.iter().all(|need| PYTHON.contains_key(need)), "{row:?}");
        }
    }

    #[test]
    fn python_names_are_normalised() {
        assert_eq!(python_package("SQLAlchemy[asyncio]"), python_package("sqlalchemy"));
        assert_ne!(python_package("uvicorn[standard]"), python_package("uvicorn"));
    }

    #[test]
    fn what_two_packages_need_counts_once() {
        let one = python_closure(["pandas"]);
        let both = python_closure(["pandas", "numpy", "no-such-package"]);
        assert_eq!(one.bytes(), both.bytes());
        assert_eq!(both.unknown, ["no-such-package"]);
        // 143.1 MB were measured of pandas with all it needs.
        assert!(one.bytes().expected.abs_diff(143_111_157) < 1_000_000);
    }
}
