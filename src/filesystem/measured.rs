//! Measured layers: a size that was read off a real build takes the place of
//! the model's, and what the model says of the layer's parts follows.

use std::rc::Rc;

use super::tree::{Compression, Entry, LayerId};
use crate::graph::CacheKey;
use crate::sorted::Map;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// Of gzip's output over its input, where the model has no bytes to tell it by.
const USUAL_COMPRESSION: f64 = 0.4;
/// How far the model's compression may be off, as a factor (assumed).
const COMPRESSION_SPREAD: f64 = 1.3;
/// A compressed layer this small is tar headers; it tells nothing of the files.
const HEADERS_ONLY: u64 = 1_024;

/// A figure that takes the place of an estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Bytes.
    pub bytes: Range,
    /// Where they were read.
    pub evidence: Evidence,
}

/// What was measured of one layer, or of a base image's layers together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Uncompressed bytes.
    pub size: Option<Figure>,
    /// Bytes as pushed (gzip).
    pub compressed: Option<Figure>,
    /// Layers that the figures are of, where that was read as well.
    pub layers: Option<u32>,
}

/// Everything that was measured of a build.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures {
    /// By cache key: holds in every version that makes the same layer.
    pub keys: Map<CacheKey, Measured>,
    /// By stage and step: holds as long as the Dockerfile is the same, also
    /// when a file was edited.
    pub steps: Map<(usize, usize), Measured>,
    /// Base images by their reference.
    pub images: Map<String, Measured>,
}

/// A layer's size, where it was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSize {
    /// Uncompressed bytes.
    pub size: Range,
    /// Bytes as pushed (gzip).
    pub compressed: Range,
    /// Where they come from, the size's first.
    pub evidence: Vec<Evidence>,
}

impl Measures {
    /// True when nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.images.is_empty()
    }

    /// The figures without those that hold for one Dockerfile only.
    pub fn of_any_version(&self) -> Self {
        Self { steps: Map::new(), ..self.clone() }
    }

    /// What was measured of a step.
    pub fn step(&self, key: CacheKey, place: (usize, usize)) -> Option<&Measured> {
        self.keys.get(&key).or_else(|| self.steps.get(&place))
    }
}

impl Measured {
    /// The layer's size: what was measured, and the rest by the ratio of the
    /// estimate.
    pub fn layer(&self, estimated: Range, estimated_compressed: Range) -> LayerSize {
        let ratio = match estimated.expected {
            0 => USUAL_COMPRESSION,
            bytes => estimated_compressed.expected as f64 / bytes as f64,
        };
        let ratio = ratio.max(0.01);
        let (size, mut evidence) = match (&self.size, &self.compressed) {
            (Some(size), _) => (size.bytes, vec![size.evidence.clone()]),
            (None, Some(pushed)) if pushed.bytes.expected > HEADERS_ONLY => {
                let text = "Uncompressed: the measured bytes by the estimate's compression.";
                let bytes = (pushed.bytes.expected as f64 / ratio) as u64;
                let evidence = Evidence::new(EvidenceKind::Derived, text);
                let range = Range::within(bytes, COMPRESSION_SPREAD);
                // Where the model is wrong, it may be so of the compression,
                // too: what does not compress, less tar's headers and gzip's
                // frames, is the lower bound.
                let stored = pushed.bytes.low - pushed.bytes.low / 1_000;
                let right = (estimated.low..=estimated.high).contains(&bytes);
                let least = stored.saturating_sub(2 * HEADERS_ONLY).min(range.low);
                let low = if right { range.low } else { least };
                (Range { low, ..range }, vec![evidence])
            }
            _ => (estimated, Vec::new()),
        };
        let compressed = match &self.compressed {
            Some(pushed) => {
                evidence.push(pushed.evidence.clone());
                pushed.bytes
            }
            None => size.scale(ratio),
        };
        LayerSize { size, compressed, evidence }
    }
}

/// Makes a layer's entries add up to its measured size; gives what of it they
/// cannot explain as an entry of its own.
pub fn fit<'e>(
    entries: impl Iterator<Item = &'e mut Entry>,
    layer: &LayerSize,
    number: LayerId,
    key: CacheKey,
) -> Option<Entry> {
    let mut entries: Vec<&mut Entry> = entries.collect();
    let sum: Range = entries.iter().map(|entry| entry.bytes).sum();
    // What was printed is rounded: within that, the estimate stands.
    let target = sum.expected.clamp(layer.size.low, layer.size.high);
    // More than the parts can be is something else, and they stay as they are.
    let moved = if target > sum.high { Shift::None } else { Shift::between(sum, target) };
    for entry in &mut entries {
        if let Some(bytes) = moved.apply(entry.bytes) {
            entry.bytes = bytes;
            entry.evidence = Rc::new(fitted(&entry.evidence));
        }
    }
    let sum: Range = entries.iter().map(|entry| entry.bytes).sum();
    let packed: f64 = entries.iter().map(|e| e.bytes.expected as f64 * e.compression.0).sum();
    let factor = if packed > 0.0 { layer.compressed.expected as f64 / packed } else { 1.0 };
    // Rounding leaves a few bytes: a part of its own needs one in a thousand.
    let rest = target.saturating_sub(sum.expected);
    let unexplained = (rest > target / 1_000).then(|| {
        let largest = entries.iter().max_by_key(|entry| entry.bytes.expected);
        let text = "What the layer holds beyond what the model knows of.";
        Entry {
            bytes: Range::exact(rest),
            files: 1,
            kind: largest.map_or(Kind::BuildOutput, |entry| entry.kind),
            compression: Compression(
                (layer.compressed.expected as f64 / layer.size.expected.max(1) as f64).min(1.0),
            ),
            identity: key,
            layer: number,
            label: Some("not explained by the model".into()),
            evidence: Rc::new(Evidence::new(EvidenceKind::Derived, text)),
        }
    });
    if unexplained.is_none() {
        for entry in entries {
            entry.compression.0 = (entry.compression.0 * factor).clamp(0.0, 1.0);
        }
    }
    unexplained
}

/// Shares a total out over estimates: each moves within its own bounds; what is
/// still left over goes to all in proportion.
pub fn share_out(estimates: &[Range], total: u64) -> Vec<Range> {
    if let [_] = estimates {
        return vec![Range::exact(total)];
    }
    let sum: Range = estimates.iter().copied().sum();
    let moved = Shift::between(sum, total);
    let beyond = if total > sum.high { total as f64 / sum.high.max(1) as f64 } else { 1.0 };
    let share = |estimate: &Range| {
        let moved = moved.apply(*estimate).unwrap_or(*estimate);
        let expected = (moved.expected as f64 * beyond).round() as u64;
        Range::new(moved.low, expected, moved.high)
    };
    estimates.iter().map(share).collect()
}

/// How estimates give way to a total: each moves within its own bounds first,
/// so that what is known stays and what is guessed follows.
enum Shift {
    None,
    Up(f64),
    Down(f64),
    Scale(f64),
}

impl Shift {
    fn between(sum: Range, target: u64) -> Self {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        match target {
            _ if target == sum.expected => Self::None,
            _ if target > sum.expected => {
                Self::Up(share(target - sum.expected, sum.high - sum.expected).min(1.0))
            }
            _ if target >= sum.low => {
                Self::Down(share(sum.expected - target, sum.expected - sum.low))
            }
            _ => Self::Scale(share(target, sum.low)),
        }
    }

    fn apply(&self, bytes: Range) -> Option<Range> {
        let Range { low, expected, high } = bytes;
        let part = |whole: u64, share: f64| (whole as f64 * share).round() as u64;
        let moved = match self {
            Self::None => return None,
            Self::Up(share) => expected + part(high - expected, *share),
            Self::Down(share) => expected - part(expected - low, *share),
            Self::Scale(factor) => part(low, *factor),
        };
        (moved != expected).then(|| Range::new(low, moved, high))
    }
}

fn fitted(evidence: &Evidence) -> Evidence {
    Evidence {
        kind: evidence.kind.max(EvidenceKind::Derived),
        text: format!("{} (fitted to the layer's measured size)", evidence.text),
    }
}
