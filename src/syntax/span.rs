//! Places in a text.

use std::ops::Range;

/// A half-open range of byte offsets into the source text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span `start..end`, in bytes.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start: start as u32, end: end as u32 }
    }

    /// The same as a range that slices a `str`.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// True when it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A line and a column, as editors count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in UTF-16 code units.
    pub column: u32,
}

/// Finds lines and columns of byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Byte offset of each line.
    starts: Vec<u32>,
    /// The same in UTF-16 code units.
    utf16_starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text; lines end with `\n`.
    pub fn new(source: &str) -> Self {
        Self::with_newlines(source, source.match_indices('\n').map(|(at, _)| at))
    }

    /// Indexes a text whose newlines are at some offsets.
    pub(super) fn with_newlines(source: &str, newlines: impl Iterator<Item = usize>) -> Self {
        let (mut starts, mut utf16_starts) = (vec![0], vec![0]);
        let (mut bytes, mut units) = (0, 0);
        for newline in newlines {
            units += utf16_len(&source[bytes..=newline]);
            bytes = newline + 1;
            starts.push(bytes as u32);
            utf16_starts.push(units);
        }
        Self { starts, utf16_starts }
    }

    /// The 1-based line that holds a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    /// The line and UTF-16 column of a byte offset into the same source.
    pub fn position(&self, source: &str, offset: u32) -> Position {
        let line = self.line(offset);
        Position { line, column: self.units_in_line(source, line, offset) + 1 }
    }

    /// A byte offset into the same source, in UTF-16 code units.
    pub fn utf16(&self, source: &str, offset: u32) -> u32 {
        let line = self.line(offset);
        self.utf16_starts[line as usize - 1] + self.units_in_line(source, line, offset)
    }

    /// The byte offset of an offset in UTF-16 code units, kept within the text;
    /// one within a character is that of its start.
    pub fn byte(&self, source: &str, units: u32) -> u32 {
        let line = self.utf16_starts.partition_point(|start| *start <= units) - 1;
        let start = self.starts[line] as usize;
        let mut left = units - self.utf16_starts[line];
        for (offset, c) in source[start..].char_indices() {
            let width = c.len_utf16() as u32;
            if width > left {
                return (start + offset) as u32;
            }
            left -= width;
        }
        source.len() as u32
    }

    fn units_in_line(&self, source: &str, line: u32, offset: u32) -> u32 {
        utf16_len(&source[self.starts[line as usize - 1] as usize..offset as usize])
    }
}

/// The length of a text in UTF-16 code units.
pub(crate) fn utf16_len(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.chars().map(char::len_utf16).sum::<usize>() as u32
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn offsets_in_utf16_are_those_of_the_whole_text() {
        let text = "a\n\u{1f433}b\r\n\né";
        let index = LineIndex::new(text);
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let units = text[..offset].encode_utf16().count() as u32;
            assert_eq!(index.utf16(text, offset as u32), units, "{offset}");
            assert_eq!(index.byte(text, units), offset as u32, "{units}");
        }
    }
}
