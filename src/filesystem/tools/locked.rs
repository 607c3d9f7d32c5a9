//! What the packages of a Node.js lockfile weigh.
//!
//! A package of the table weighs what was measured, any other the average of
//! those outside of the table; one for another machine is not installed. The
//! bounds are those of a sum of independent errors: over many packages single
//! guesses average out.

use crate::context::Package;
use crate::context::manifest::Platform;
use crate::data::{Fact, NpmPackages, NpmSize, fact, same_line};
use crate::units::{Evidence, EvidenceKind, Range};

/// What packages weigh together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Locked {
    /// Bytes in `node_modules`.
    pub bytes: Range,
    /// Files there.
    pub files: u64,
    /// Bytes of their archives in npm's cache, with its index.
    pub archives: Range,
    /// Packages installed.
    pub count: u64,
    /// Those of them that were measured.
    pub measured: u64,
    /// The measured ones of a megabyte and more.
    pub heavy: Vec<HeavyPackage>,
}

/// A package worth a line of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct HeavyPackage {
    /// Its name in the registry.
    pub name: String,
    /// Bytes of its folder.
    pub bytes: Range,
    /// Files of its folder.
    pub files: u64,
    /// Where the figure comes from.
    pub evidence: Evidence,
}

/// What makes a package heavy, bytes.
const HEAVY: u64 = 1_000_000;

/// How far a measured size is off for another version of the same line, as a
/// share of it.
const SAME_LINE_SPREAD: f64 = 0.1;
/// The same for a version of another line.
const OTHER_LINE_SPREAD: f64 = 0.4;
/// What all packages have in common is off by this share of the sum.
const COMMON_SPREAD: f64 = 0.05;
/// Standard deviations between the estimate and its bounds.
const DEVIATIONS: f64 = 2.0;

/// A sum with the variance of its error.
#[derive(Default)]
struct Sum {
    bytes: f64,
    variance: f64,
}

impl Sum {
    fn add(&mut self, bytes: f64, deviation: f64) {
        self.bytes += bytes;
        self.variance += deviation * deviation;
    }

    fn range(&self) -> Range {
        let off = DEVIATIONS * self.variance.sqrt() + COMMON_SPREAD * self.bytes;
        let low = (self.bytes - off).max(self.bytes / 3.0);
        Range::new(low as u64, self.bytes as u64, (self.bytes + off) as u64)
    }
}

/// Weighs what is installed beside the C library of that name.
pub fn weigh<'p>(
    packages: impl Iterator<Item = &'p Package>,
    libc: &str,
    sizes: &NpmPackages,
) -> Locked {
    let mut locked = Locked::default();
    let (mut bytes, mut archives) = (Sum::default(), Sum::default());
    let guesses = ["native", "light", "package"].map(Guess::of);
    let index = fact("npm.cache.index").expected;
    for package in packages.filter(|package| package.platform.fits(libc)) {
        let known = sizes.nearest(&package.name, &package.version);
        let weight = weight(package, &known, sizes, &guesses);
        locked.measured += u64::from(weight.measured);
        locked.heavy.extend(known.and_then(|size| heavy(package, &weight, &size)));
        locked.files += weight.files;
        bytes.add(weight.bytes, weight.deviation);
        archives.add(weight.archive + index, weight.archive_deviation);
        locked.count += 1;
    }
    locked.bytes = bytes.range();
    locked.archives = archives.range();
    locked
}

/// What a package of a sort weighs that was not measured; each figure with its
/// standard deviation.
struct Guess {
    bytes: (f64, f64),
    /// Its archive, as a share of it.
    packed: (f64, f64),
    files: u64,
}

impl Guess {
    fn of(sort: &str) -> Self {
        Self {
            bytes: guess(&fact(&format!("npm.{sort}.bytes"))),
            packed: guess(&fact(&format!("npm.{sort}.packed"))),
            files: fact(&format!("npm.{sort}.files")).count(),
        }
    }
}

/// What one package weighs, in bytes, with the standard deviations of that.
struct Weight {
    bytes: f64,
    deviation: f64,
    files: u64,
    archive: f64,
    archive_deviation: f64,
    measured: bool,
}

fn weight(
    package: &Package,
    known: &Option<NpmSize<'_>>,
    sizes: &NpmPackages,
    [native, light, other]: &[Guess; 3],
) -> Weight {
    let is_light = !is_native(package) && sizes.is_light(&package.name);
    let guess = match () {
        () if is_native(package) => native,
        () if is_light => light,
        () => other,
    };
    let (bytes, deviation) = match known {
        Some(size) => {
            let same_line = same_line(size.version, &package.version);
            let spread = if same_line { SAME_LINE_SPREAD } else { OTHER_LINE_SPREAD };
            (size.bytes as f64, size.bytes as f64 * spread)
        }
        None => guess.bytes,
    };
    let (archive, archive_deviation) = match known.as_ref().and_then(|size| size.archive) {
        Some(archive) => (archive as f64, archive as f64 * deviation / bytes.max(1.0)),
        None => {
            let (ratio, spread) = guess.packed;
            (bytes * ratio, (deviation * ratio).hypot(bytes * spread))
        }
    };
    Weight {
        bytes,
        deviation,
        files: known.as_ref().map_or(guess.files, |size| size.files),
        archive,
        archive_deviation,
        measured: known.is_some() || is_light,
    }
}

/// Whether it holds programs or libraries for one platform.
fn is_native(package: &Package) -> bool {
    package.platform != Platform::Any || package.name.contains("linux-x64")
}

fn heavy(package: &Package, weight: &Weight, size: &NpmSize<'_>) -> Option<HeavyPackage> {
    (size.bytes >= HEAVY).then(|| HeavyPackage {
        name: package.name.clone(),
        bytes: Range::within(size.bytes, 1.0 + DEVIATIONS * weight.deviation / weight.bytes),
        files: size.files,
        evidence: Evidence::new(
            EvidenceKind::Measured,
            format!(
                "{}: version {} installed and measured 2026-11, {} asked for",
                package.name, size.version, package.version
            ),
        ),
    })
}

/// The expected value of a fact, and the standard deviation that its upper
/// bound stands for.
fn guess(typical: &Fact) -> (f64, f64) {
    (typical.expected, (typical.high - typical.expected) / DEVIATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Catalog;

    fn package(name: &str, platform: Platform) -> Package {
        Package { name: name.to_owned(), platform, ..Package::default() }
    }

    #[test]
    fn packages_for_other_machines_are_left_out() {
        let all = [
            package("typescript", Platform::Any),
            package("@x/linux-gnu", Platform::Glibc),
            package("@x/linux-musl", Platform::Musl),
            package("@x/darwin", Platform::Foreign),
        ];
        assert_eq!(weigh(all.iter(), "glibc", Catalog::complete().npm()).count, 2);
        assert_eq!(weigh(all[2..].iter(), "glibc", Catalog::complete().npm()).count, 0);
        assert_eq!(weigh(all[2..].iter(), "musl", Catalog::complete().npm()).count, 1);
    }

    #[test]
    fn many_guesses_are_surer_than_one() {
        let relative = |count: usize| {
            let packages = vec![package("of-nobody-at-all", Platform::Any); count];
            let bytes = weigh(packages.iter(), "glibc", Catalog::complete().npm()).bytes;
            bytes.high as f64 / bytes.expected as f64
        };
        assert!(relative(400) < relative(4) && relative(4) < relative(1));
    }
}
