//! RPM packages (`data/rpm_packages.tsv`): typical sizes on Red Hat's, Amazon's
//! and Fedora's images, remembered and not measured.

use std::collections::HashMap;

use super::table::Table;
use crate::decimal;
use crate::units::{Evidence, EvidenceKind, Range};

/// The packages that are known.
#[derive(Debug, Clone, Default)]
pub struct RpmPackages {
    packages: HashMap<Box<str>, RpmPackage>,
}

/// A package with the libraries that only it brings.
#[derive(Debug, Clone, PartialEq)]
pub struct RpmPackage {
    /// Its name.
    pub name: Box<str>,
    /// Bytes on disk, without the packages of `needs`.
    pub own: Range,
    /// Packages of the table that it brings along.
    needs: Vec<Box<str>>,
}

impl RpmPackages {
    /// Packages from a table with the columns package, own_bytes, spread (factor
    /// up and down), needs.
    pub fn new(table: &Table) -> Self {
        let packages = (0..table.rows()).map(|row| {
            let spread = decimal::parse(table.cell(row, 2)).unwrap_or(1.0);
            let package = RpmPackage {
                name: table.cell(row, 0).into(),
                own: Range::within(table.number(row, 1), spread),
                needs: table.list(row, 3).map(Box::from).collect(),
            };
            (package.name.clone(), package)
        });
        Self { packages: packages.collect() }
    }

    /// Their names, without an order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(|name| &**name)
    }

    /// A package by its name, and what it needs, each once, itself first.
    pub fn closure(&self, name: &str) -> Vec<&RpmPackage> {
        let mut found: Vec<&RpmPackage> = self.packages.get(name).into_iter().collect();
        let mut next = 0;
        while let Some(package) = found.get(next).copied() {
            for need in package.needs.iter().filter_map(|need| self.packages.get(need)) {
                if !found.iter().any(|other| other.name == need.name) {
                    found.push(need);
                }
            }
            next += 1;
        }
        found
    }
}

impl RpmPackage {
    /// Where the figure comes from.
    pub fn evidence(&self) -> Evidence {
        let text = format!("{}: a typical size, remembered and not measured", self.name);
        Evidence::new(EvidenceKind::Typical, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Catalog;

    #[test]
    fn every_row_is_read_and_needs_what_is_there() {
        let known = &Catalog::complete().rpm().packages;
        for row in super::super::rows(include_str!("../../data/rpm_packages.tsv")) {
            let package = &known[row[0]];
            assert_eq!(package.own.expected.to_string(), row[1]);
            assert!(decimal::parse(row[2]).is_some_and(|spread| spread > 1.0), "{row:?}");
            assert!(package.needs.iter().all(|need| known.contains_key(need)), "{row:?}");
        }
    }

    #[test]
    fn a_closure_holds_each_package_once() {
        let closure = |name| Catalog::complete().rpm().closure(name);
        let names: Vec<&str> = closure("libtool").iter().map(|package| &*package.name).collect();
        assert_eq!(names, ["libtool", "automake", "gcc", "autoconf", "perl-interpreter"]);
        assert!(closure("no-such-package").is_empty());
    }
}
