//! Physical lines, and how continuations join them into one.

use super::{Logical, Span, Token, TokenKind};

/// A line of the source.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where its text starts.
    pub start: usize,
    /// The text without its newline.
    pub text: &'a str,
    /// Where the next line starts.
    pub next: usize,
}

impl Line<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.end())
    }

    /// A comment, perhaps after blanks.
    pub(super) fn is_comment(&self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// The line without the blanks it starts with.
    pub(super) fn unindented(self) -> Self {
        let text = self.text.trim_start();
        Self { start: self.end() - text.len(), text, ..self }
    }
}

/// The lines of a source from an offset on.
pub(super) fn lines(source: &str, mut start: usize) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for raw in source[start..].split_inclusive('\n') {
        let next = start + raw.len();
        lines.push(Line { start, text: raw.trim_end_matches(['\r', '\n']), next });
        start = next;
    }
    lines
}

/// An instruction's lines joined to one.
#[derive(Default)]
pub(super) struct Assembly {
    /// The joined text.
    pub logical: Logical,
    /// What was left out: indentation, continuations, newlines, comments.
    pub trivia: Vec<Token>,
    /// The end of the last line that is part of the text.
    pub end: usize,
}

impl Assembly {
    /// Adds a line and tells if it is continued.
    pub(super) fn push(&mut self, line: Line<'_>, escape: char) -> bool {
        let (text, continued) = cut_continuation(line.text, escape);
        if self.logical.pieces.is_empty() && text.is_empty() {
            // Nothing but a continuation: errors still need a place.
            self.logical.pieces.push((0, line.start as u32));
        }
        self.logical.push(text, line.start);
        self.end = line.end();
        self.skip(TokenKind::Continuation, line.start + text.len(), line.end());
        self.skip(TokenKind::Newline, line.end(), line.next);
        continued
    }

    /// Adds a comment or blank line between continued ones: no text.
    pub(super) fn push_trivia(&mut self, line: Line<'_>) {
        push_trivia(&mut self.trivia, line);
    }

    pub(super) fn skip(&mut self, kind: TokenKind, start: usize, end: usize) {
        push_token(&mut self.trivia, kind, start, end);
    }
}

/// The tokens of a comment or blank line.
pub(super) fn push_trivia(tokens: &mut Vec<Token>, line: Line<'_>) {
    let comment = line.unindented();
    push_token(tokens, TokenKind::Whitespace, line.start, comment.start);
    push_token(tokens, TokenKind::Comment, comment.start, comment.end());
    push_token(tokens, TokenKind::Newline, line.end(), line.next);
}

/// Adds a token unless it is empty.
pub(super) fn push_token(tokens: &mut Vec<Token>, kind: TokenKind, start: usize, end: usize) {
    if start < end {
        tokens.push(Token { kind, span: Span::new(start, end) });
    }
}

/// Cuts the escape character and the blanks after it from a continued line. An
/// escape character before it makes it a plain character.
fn cut_continuation(text: &str, escape: char) -> (&str, bool) {
    let content = text.trim_end_matches([' ', '\t']).strip_suffix(escape);
    match content {
        Some(content) if !content.ends_with(escape) => (content, true),
        _ => (text, false),
    }
}
