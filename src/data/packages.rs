//! npm packages that weigh (`data/npm_packages.tsv`), each measured by installing
//! it alone.

use std::collections::HashMap;
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

/// An npm package by its name.
pub fn node_package(name: &str) -> Option<LanguagePackage> {
    NODE.get(name).cloned()
}

/// The names of the npm packages that were measured with all they need, without
/// an order.
pub fn node_packages() -> impl Iterator<Item = &'static str> {
    NODE.keys().copied()
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
    }
}
