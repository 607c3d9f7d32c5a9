//! A message at its place in one of the context's texts.

use crate::syntax::{LineIndex, Span, utf16_len};

/// What could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line.
    pub line: u32,
    /// 1-based column of the first character, in UTF-16 code units.
    pub column: u32,
    /// Column after the last character, in UTF-16 code units.
    pub end_column: u32,
    /// What is wrong, and what was expected.
    pub message: String,
    /// The likely fix.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at a span of `source` that lies within one line.
    pub fn at(source: &str, lines: &LineIndex, span: Span, message: impl Into<String>) -> Self {
        let start = lines.position(source, span.start);
        let end = lines.position(source, span.end);
        Self {
            line: start.line,
            column: start.column,
            end_column: end.column.max(start.column),
            message: message.into(),
            help: None,
        }
    }

    /// A problem of a piece of one line whose number is known already.
    pub(crate) fn in_line(line: u32, text: &str, piece: &str, message: impl Into<String>) -> Self {
        let offset = (piece.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let before = text.get(..offset).unwrap_or("");
        let column = 1 + utf16_len(before);
        let end_column = column + utf16_len(piece);
        Self { line, column, end_column, message: message.into(), help: None }
    }

    /// The same with the likely fix.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
