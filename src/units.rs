//! Quantities with their uncertainty and their evidence.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// A size or another quantity, honest about what is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Range {
    /// Lower bound, bytes.
    pub low: u64,
    /// Best single estimate, bytes.
    pub expected: u64,
    /// Upper bound, bytes.
    pub high: u64,
}

/// How a figure is known, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Read from the user's own input: a listing, a manifest, `docker history`.
    Given,
    /// Measured, by us or by the publisher; the source says where.
    Measured,
    /// Computed from measured figures.
    Derived,
    /// Typical of such projects, from a table of measured ones.
    Typical,
    /// A stated assumption.
    Assumed,
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Evidence {
    /// How the figure is known.
    pub kind: EvidenceKind,
    /// One sentence for a person.
    pub text: String,
}

/// What sort of bytes an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The base image's operating system and runtime.
    Os,
    /// Installed packages: system packages or a language's dependencies.
    Package,
    /// Download caches and package indexes, of no use when the image runs.
    Cache,
    /// Manifests and lockfiles.
    Manifest,
    /// The project's own files.
    Source,
    /// What the build made from them.
    BuildOutput,
    /// Temporary files and logs.
    Temp,
}

impl Range {
    /// Nothing at all.
    pub const ZERO: Self = Self { low: 0, expected: 0, high: 0 };

    /// A figure known to the byte.
    pub const fn exact(bytes: u64) -> Self {
        Self { low: bytes, expected: bytes, high: bytes }
    }

    /// `low..high` with the best estimate between; out of order bounds are
    /// widened to hold the estimate.
    pub const fn new(low: u64, expected: u64, high: u64) -> Self {
        Self {
            low: if low < expected { low } else { expected },
            expected,
            high: if high > expected { high } else { expected },
        }
    }

    /// `expected` give or take a factor: `expected / factor ..= expected * factor`.
    pub fn within(expected: u64, factor: f64) -> Self {
        Self::new((expected as f64 / factor) as u64, expected, (expected as f64 * factor) as u64)
    }

    /// Every bound times `factor`.
    pub fn scale(self, factor: f64) -> Self {
        let times = |bytes: u64| (bytes as f64 * factor).round() as u64;
        Self { low: times(self.low), expected: times(self.expected), high: times(self.high) }
    }

    /// The same estimate, with nothing as the lower bound: it may not be there.
    pub fn maybe(self) -> Self {
        Self { low: 0, ..self }
    }
}

impl Add for Range {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            expected: self.expected.saturating_add(other.expected),
            high: self.high.saturating_add(other.high),
        }
    }
}

impl AddAssign for Range {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Range {
    fn sum<I: Iterator<Item = Self>>(ranges: I) -> Self {
        ranges.fold(Self::ZERO, Add::add)
    }
}

impl Evidence {
    /// Evidence of a kind, in a sentence.
    pub fn new(kind: EvidenceKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}
