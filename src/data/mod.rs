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
mod npm;
mod pack;
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
pub use licences::Licences;
pub use npm::{NativePackage, NpmPackage, NpmPackages, NpmSize, same_line};
pub use pack::PackError;
pub use python::{PythonPackage, PythonPackages, PythonSet};
pub use rpm::{RpmPackage, RpmPackages};

/// The rows of a table: lines after the header that are not comments, split at
/// tabs.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}
