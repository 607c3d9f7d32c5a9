//! Typed look-ups over the tables in `data/`: base images, packages, and
//! single measured facts. Each row there has its source and date.

mod alpine;
mod archives;
mod catalog;
mod debian;
#[cfg(test)]
mod encode;
mod end_of_life;
mod facts;
mod images;
mod licences;
mod npm_native;
mod npm_sizes;
mod pack;
mod packages;
mod python;
mod rpm;
mod table;

pub use alpine::{Alpine, AlpinePackage};
pub use archives::{Archive, archive};
pub use catalog::{Catalog, Pack};
pub use debian::{Debian, Installed, Stored, Suite};
pub use end_of_life::{EndedLine, ended_line};
pub use facts::{Fact, fact};
pub use images::{BaseImage, PackageManager};
pub use licences::is_licence;
pub use npm_native::{NativePackage, native_package};
pub use npm_sizes::{NpmSizes, same_line};
pub use pack::PackError;
pub use packages::{LanguagePackage, node_package, node_packages};
pub use python::{PythonPackage, PythonPackages, PythonSet};
pub use rpm::{RpmPackage, rpm_closure, rpm_packages};

/// The rows of a table: lines after the header that are not comments, split at
/// tabs.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}
