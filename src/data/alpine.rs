//! Alpine packages and what they depend on (`data/alpine_packages.tsv`,
//! `data/alpine_base.tsv`).

use std::collections::{HashMap, HashSet};

use super::table::Table;
use super::{BaseImage, fact};
use crate::units::{Evidence, EvidenceKind, Range};

/// The packages that are known.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// Columns: package, installed_bytes, apk_bytes, depends, install_if,
    /// provides, source.
    table: Table,
    rows: HashMap<Box<str>, usize>,
    providers: HashMap<Box<str>, usize>,
    /// Rows of packages that come as soon as certain others are there.
    conditional: Vec<usize>,
    /// What the images of a repository have installed.
    base: HashMap<Box<str>, HashSet<usize>>,
}

const DEPENDS: usize = 3;
const INSTALL_IF: usize = 4;
const PROVIDES: usize = 5;
const SOURCE: usize = 6;
/// The repository whose packages all images have.
const ALPINE: &str = "alpine";

impl Packages {
    /// The packages, and what images have installed (columns: repository,
    /// packages, source).
    pub fn new(table: Table, installed: &Table) -> Self {
        let mut packages = Self::default();
        for row in 0..table.rows() {
            packages.rows.insert(table.cell(row, 0).into(), row);
            for provided in table.list(row, PROVIDES) {
                packages.providers.entry(provided.into()).or_insert(row);
            }
            if !table.cell(row, INSTALL_IF).is_empty() {
                packages.conditional.push(row);
            }
        }
        packages.table = table;
        for row in 0..installed.rows() {
            let known = installed.list(row, 1).filter_map(|name| packages.row(name)).collect();
            packages.base.insert(installed.cell(row, 0).into(), known);
        }
        packages
    }

    fn row(&self, name: &str) -> Option<usize> {
        self.rows.get(name).or_else(|| self.providers.get(name)).copied()
    }
}

/// The packages as the images of one repository have them.
#[derive(Debug, Clone, Copy)]
pub struct Alpine<'c> {
    packages: &'c Packages,
    base: Option<&'c HashSet<usize>>,
}

/// A package that an installation brings.
#[derive(Debug, Clone, PartialEq)]
pub struct AlpinePackage<'c> {
    /// Its name.
    pub name: &'c str,
    /// Bytes of its files.
    pub bytes: Range,
    /// Bytes of its .apk.
    pub archive_bytes: u64,
    /// Where the figures come from.
    pub evidence: Evidence,
}

impl<'c> Alpine<'c> {
    /// The packages for an image.
    pub fn new(packages: &'c Packages, image: &BaseImage) -> Self {
        let name = image.reference.split([':', '@']).next().unwrap_or("");
        let repository = name.rsplit('/').next().unwrap_or(name);
        Self { packages, base: packages.base.get(repository) }
    }

    /// The names of all packages, without an order.
    pub fn names(&self) -> impl Iterator<Item = &'c str> {
        self.packages.rows.keys().map(|name| &**name)
    }

    /// True when the table has the package or something that provides it.
    pub fn knows(&self, name: &str) -> bool {
        self.packages.row(name).is_some()
    }

    /// What installing `names` brings: all that they depend on, and the packages
    /// that come by themselves once others are there, but for what is installed.
    pub fn closure(
        &self,
        names: &[String],
        installed: &dyn Fn(&str) -> bool,
    ) -> Vec<AlpinePackage<'c>> {
        let packages = self.packages;
        let mut chosen = HashSet::new();
        let mut order = Vec::new();
        let mut pending: Vec<usize> =
            names.iter().rev().filter_map(|name| packages.row(name)).collect();
        loop {
            while let Some(row) = pending.pop() {
                let name = packages.table.cell(row, 0);
                if self.is_base(row) || installed(name) || !chosen.insert(row) {
                    continue;
                }
                order.push(row);
                let needed = packages.table.list(row, DEPENDS);
                pending.extend(needed.filter_map(|name| packages.row(name)));
            }
            let is_there = |name: &str| {
                installed(name)
                    || packages
                        .row(name)
                        .is_some_and(|row| self.is_base(row) || chosen.contains(&row))
            };
            let comes = |row: &&usize| {
                !chosen.contains(*row) && packages.table.list(**row, INSTALL_IF).all(is_there)
            };
            // What was there before came with its own conditions.
            pending.extend(
                packages.conditional.iter().filter(comes).filter(|row| {
                    !self.is_base(**row) && !installed(packages.table.cell(**row, 0))
                }),
            );
            if pending.is_empty() {
                break;
            }
        }
        order.into_iter().map(|row| self.package(row)).collect()
    }

    fn is_base(&self, row: usize) -> bool {
        let everywhere = self.packages.base.get(ALPINE);
        [everywhere, self.base].into_iter().flatten().any(|base| base.contains(&row))
    }

    fn package(&self, row: usize) -> AlpinePackage<'c> {
        let table = &self.packages.table;
        let (name, source) = (table.cell(row, 0), table.cell(row, SOURCE));
        let (spread, kind, from) = match source {
            "typical" => (fact("apk.typical.spread"), EvidenceKind::Typical, "remembered"),
            _ if source.starts_with("listing") => {
                (fact("apk.listed.spread"), EvidenceKind::Measured, source)
            }
            _ => (fact("apk.indexed.spread"), EvidenceKind::Measured, source),
        };
        AlpinePackage {
            name,
            bytes: spread.of(Range::exact(table.number(row, 1))),
            archive_bytes: table.number(row, 2),
            evidence: Evidence::new(kind, format!("{name}: {from}; range: {}", spread.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Catalog;

    fn names(image: &str, wanted: &[&str]) -> Vec<&'static str> {
        let catalog = Catalog::complete();
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let closure = catalog.alpine(&catalog.image(image)).closure(&wanted, &|_| false);
        closure.into_iter().map(|package| package.name).collect()
    }

    #[test]
    fn curl_brings_its_libraries() {
        let closure = names("alpine:3.20", &["curl"]);
        assert!(closure.contains(&"libcurl") && closure.contains(&"nghttp2-libs"), "{closure:?}");
        assert!(!closure.contains(&"musl"));
    }

    #[test]
    fn what_an_image_has_does_not_come_again() {
        assert!(names("alpine:3.20", &["libstdc++"]).contains(&"libgcc"));
        assert_eq!(names("node:20-alpine", &["libstdc++"]), Vec::<&str>::new());
    }

    #[test]
    fn byte_code_comes_with_python() {
        assert!(names("alpine:3.20", &["python3"]).contains(&"python3-pycache-pyc0"));
        assert!(!names("alpine:3.20", &["curl"]).contains(&"python3-pyc"));
    }

    #[test]
    fn names_that_others_provide_are_known() {
        assert!(names("alpine:3.20", &["libc6-compat"]).contains(&"gcompat"));
        assert!(names("alpine:3.20", &["libc-dev"]).contains(&"musl-dev"));
    }

    /// 227 MB by the index, less what its rounding adds.
    #[test]
    fn build_base_weighs_what_it_should() {
        let catalog = Catalog::complete();
        let alpine = catalog.alpine(&catalog.image("alpine:3.19"));
        let closure = alpine.closure(&["build-base".to_owned()], &|_| false);
        let megabytes: u64 =
            closure.iter().map(|package| package.bytes.expected).sum::<u64>() / 1_000_000;
        assert!((200..240).contains(&megabytes), "{megabytes} MB");
    }
}
