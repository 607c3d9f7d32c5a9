//! Single measured or assumed figures, by name (`data/facts.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::decimal;
use crate::units::{Evidence, EvidenceKind, Range};

/// A figure with its bounds and its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Lower bound.
    pub low: f64,
    /// Best estimate.
    pub expected: f64,
    /// Upper bound.
    pub high: f64,
    /// `bytes`, `seconds`, `files`, `ratio` …
    pub unit: &'static str,
    /// How it is known.
    pub kind: EvidenceKind,
    /// Where it comes from, with its date.
    pub source: &'static str,
}

static FACTS: LazyLock<HashMap<&'static str, Fact>> = LazyLock::new(|| {
    super::rows(include_str!("../../data/facts.tsv")).filter_map(|row| read(&row)).collect()
});

/// The fact of that name. The tests check that each name in the sources is in
/// the table; an absent one is nothing at all.
pub fn fact(name: &str) -> Fact {
    let absent = Fact {
        low: 0.0,
        expected: 0.0,
        high: 0.0,
        unit: "",
        kind: EvidenceKind::Assumed,
        source: "unknown",
    };
    FACTS.get(name).cloned().unwrap_or(absent)
}

fn read(row: &[&'static str]) -> Option<(&'static str, Fact)> {
    let [name, low, expected, high, unit, kind, source] = row else { return None };
    let kind = match *kind {
        "measured" => EvidenceKind::Measured,
        "typical" => EvidenceKind::Typical,
        _ => EvidenceKind::Assumed,
    };
    let [low, expected, high] = [low, expected, high].map(|number| decimal::parse(number));
    Some((name, Fact { low: low?, expected: expected?, high: high?, unit, kind, source }))
}

impl Fact {
    /// The figure as a size.
    pub fn bytes(&self) -> Range {
        Range::new(self.low as u64, self.expected as u64, self.high as u64)
    }

    /// A ratio taken of a size, each bound of the one with that of the other.
    pub fn of(&self, bytes: Range) -> Range {
        let times = |bytes: u64, ratio: f64| (bytes as f64 * ratio) as u64;
        Range::new(
            times(bytes.low, self.low),
            times(bytes.expected, self.expected),
            times(bytes.high, self.high),
        )
    }

    /// This, and another one for each of `count`; known as the other one is.
    pub fn plus(self, each: Fact, count: f64) -> Fact {
        Fact {
            low: self.low + each.low * count,
            expected: self.expected + each.expected * count,
            high: self.high + each.high * count,
            unit: self.unit,
            kind: if count > 0.0 { each.kind } else { self.kind },
            source: if count > 0.0 { each.source } else { self.source },
        }
    }

    /// The best estimate rounded to a whole number.
    pub fn count(&self) -> u64 {
        self.expected as u64
    }

    /// What it says, with its source.
    pub fn evidence(&self, what: &str) -> Evidence {
        Evidence::new(self.kind, format!("{what} ({})", self.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_in_order() {
        let table = include_str!("../../data/facts.tsv");
        for row in super::super::rows(table) {
            let (name, fact) = read(&row).unwrap_or_else(|| panic!("unreadable row: {row:?}"));
            assert!(
                fact.low <= fact.expected && fact.expected <= fact.high,
                "{name}: bounds out of order"
            );
        }
    }

    #[test]
    fn every_fact_that_the_sources_name_exists() {
        fn visit(folder: &std::path::Path, missing: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    visit(&path, missing);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for part in text.split("fact(\"").skip(1) {
                    let name = part.split('"').next().unwrap();
                    if !name.contains('{') && !FACTS.contains_key(name) {
                        missing.push(format!("{name} in {}", path.display()));
                    }
                }
            }
        }
        let mut missing = Vec::new();
        visit(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut missing);
        missing.retain(|name| !name.starts_with(")"));
        assert_eq!(missing, Vec::<String>::new());
    }
}
