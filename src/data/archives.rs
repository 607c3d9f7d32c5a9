//! Releases that Dockerfiles download (`data/archives.tsv`), and scripts that
//! install something when they are run.

use std::sync::LazyLock;

use crate::decimal;
use crate::units::{Evidence, EvidenceKind, Range};

/// A known download.
#[derive(Debug, Clone, PartialEq)]
pub struct Archive {
    /// Parts of its address, with `*` between them.
    pattern: &'static str,
    /// Bytes to download.
    pub packed: Range,
    /// Bytes once it is unpacked, or that running it installs.
    pub unpacked: Range,
    /// Files once it is unpacked.
    pub files: u64,
    /// For an installer, the folder that it installs into: `~` is the home
    /// folder, `.` the current one, and a variable before `|` moves it.
    pub installs: Option<&'static str>,
    /// Where the figures come from, with their date.
    source: &'static str,
}

static ARCHIVES: LazyLock<Vec<Archive>> = LazyLock::new(|| {
    super::rows(include_str!("../../data/archives.tsv")).filter_map(|row| read(&row)).collect()
});

/// The known release at an address: the first row that fits.
pub fn archive(address: &str) -> Option<&'static Archive> {
    ARCHIVES.iter().find(|archive| fits(archive.pattern, address))
}

/// Columns: pattern, packed, unpacked (bytes), spread (factor up and down),
/// files, installs, source.
fn read(row: &[&'static str]) -> Option<Archive> {
    let [pattern, packed, unpacked, spread, files, installs, source] = row else { return None };
    let spread = decimal::parse(spread)?;
    let range = |text: &str| Some(Range::within(text.parse().ok()?, spread));
    Some(Archive {
        pattern,
        packed: range(packed)?,
        unpacked: range(unpacked)?,
        files: files.parse().ok()?,
        installs: Some(*installs).filter(|folder| !folder.is_empty()),
        source,
    })
}

/// True when the pattern's parts are in the text, in their order.
fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    pattern.split('*').all(|part| match find(rest, part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Where a text has a short part. `str::find` prepares for long texts, which takes
/// longer than to look for the part's beginning.
fn find(text: &str, part: &str) -> Option<usize> {
    let Some(first) = part.chars().next() else { return Some(0) };
    let mut starts = text.match_indices(first).map(|(at, _)| at);
    starts.find(|at| text[*at..].starts_with(part))
}

impl Archive {
    /// Where the figures come from.
    pub fn evidence(&self, what: &str) -> Evidence {
        Evidence::new(EvidenceKind::Typical, format!("{what} ({})", self.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        for row in super::super::rows(include_str!("../../data/archives.tsv")) {
            let archive = read(&row).unwrap_or_else(|| panic!("unreadable row: {row:?}"));
            assert!(archive.packed.low > 0 && !archive.source.is_empty(), "{row:?}");
        }
    }

    #[test]
    fn addresses_find_their_row() {
        let files = |address: &str| archive(address).map(|archive| archive.files);
        let node = "https://nodejs.org/dist/v20.11.0/node-v20.11.0-linux-x64.tar.xz";
        assert_eq!(files(node), Some(4_500));
        assert_eq!(files("https://dl.google.com/go/go$VERSION.linux-amd64.tar.gz"), Some(13_000));
        assert_eq!(files("https://host/nothing.tar.gz"), None);
        assert!(archive("https://sh.rustup.rs").unwrap().installs.is_some());
    }
}
