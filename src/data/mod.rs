//! Typed look-ups over the tables in `data/`: base images, packages, and
//! single measured facts. Each row there has its source and date.

mod archives;
mod debian;
mod facts;
mod images;
mod packages;
mod rpm;

pub use archives::{Archive, archive};
pub use debian::{Debian, Installed, Stored};
pub use facts::{Fact, fact};
pub use images::{BaseImage, PackageManager, image};
pub use packages::{
    LanguagePackage, PythonPackage, PythonSet, node_package, python_closure, python_package,
};
pub use rpm::{RpmPackage, rpm_closure};

/// The rows of a table: lines after the header that are not comments, split at
/// tabs.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}
