//! RPM packages (`data/rpm_packages.tsv`): typical sizes on Red Hat's, Amazon's
//! and Fedora's images, remembered and not measured.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::decimal;
use crate::units::{Evidence, EvidenceKind, Range};

/// A package with the libraries that only it brings.
#[derive(Debug, Clone, PartialEq)]
pub struct RpmPackage {
    /// Its name.
    pub name: &'static str,
    /// Bytes on disk, without the packages of `needs`.
    pub own: Range,
    /// Packages of the table that it brings along.
    pub needs: Vec<&'static str>,
}

impl RpmPackage {
    /// Where the figure comes from.
    pub fn evidence(&self) -> Evidence {
        let text = format!("{}: a typical size, remembered and not measured", self.name);
        Evidence::new(EvidenceKind::Typical, text)
    }
}

static PACKAGES: LazyLock<HashMap<&'static str, RpmPackage>> = LazyLock::new(|| {
    let rows = super::rows(include_str!("../../data/rpm_packages.tsv"));
    rows.filter_map(|row| read(&row)).map(|package| (package.name, package)).collect()
});

/// The names of all packages, without an order.
pub fn rpm_packages() -> impl Iterator<Item = &'static str> {
    PACKAGES.keys().copied()
}

/// A package by its name, and what it needs, each once, itself first.
pub fn rpm_closure(name: &str) -> Vec<&'static RpmPackage> {
    let mut found: Vec<&RpmPackage> = PACKAGES.get(name).into_iter().collect();
    let mut next = 0;
    while let Some(package) = found.get(next).copied() {
        for need in package.needs.iter().filter_map(|need| PACKAGES.get(need)) {
            if !found.iter().any(|other| other.name == need.name) {
                found.push(need);
            }
        }
        next += 1;
    }
    found
}

/// Columns: package, own_bytes, spread (factor up and down), needs.
fn read(row: &[&'static str]) -> Option<RpmPackage> {
    let [name, own, spread, needs] = row else { return None };
    let own = Range::within(own.parse().ok()?, decimal::parse(spread)?);
    let needs = needs.split(',').filter(|need| !need.is_empty()).collect();
    Some(RpmPackage { name, own, needs })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_needs_what_is_there() {
        for row in super::super::rows(include_str!("../../data/rpm_packages.tsv")) {
            let package = read(&row).unwrap_or_else(|| panic!("unreadable row: {row:?}"));
            assert!(package.needs.iter().all(|need| PACKAGES.contains_key(need)), "{row:?}");
        }
    }

    #[test]
    fn a_closure_holds_each_package_once() {
        let names: Vec<&str> = rpm_closure("libtool").iter().map(|package| package.name).collect();
        assert_eq!(names, ["libtool", "automake", "gcc", "autoconf", "perl-interpreter"]);
        assert!(rpm_closure("no-such-package").is_empty());
    }
}
