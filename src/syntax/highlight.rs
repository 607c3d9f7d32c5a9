//! Tokens of an instruction's joined line, brought back to the source.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use super::arguments::{Argument, Arguments};
use super::assembly::{Assembly, push_token};
use super::instruction::Node;
use super::words::find;
use super::{Keyword, Logical, Token, TokenKind};

/// A part of the joined line and its meaning.
type Mark = (Range<usize>, TokenKind);

/// Writes the tokens of a joined line, and those of what joining left out, in
/// order.
pub(super) fn write(
    tokens: &mut Vec<Token>,
    assembly: &Assembly,
    node: &Node<'_>,
    heredocs: &[Range<usize>],
    escape: char,
) {
    let line = &assembly.logical;
    let mut marker = Marker { line: &line.text, escape, heredocs, marks: Vec::new() };
    marker.node(node);
    let left_out = assembly.trivia.iter().peekable();
    Writer { tokens, line, piece: 0, left_out }.all(marker.marks);
}

struct Marker<'a> {
    line: &'a str,
    escape: char,
    heredocs: &'a [Range<usize>],
    /// Ascending and disjoint; gaps hold blanks and plain arguments.
    marks: Vec<Mark>,
}

impl Marker<'_> {
    fn mark(&mut self, range: Range<usize>, kind: TokenKind) {
        self.marks.push((range, kind));
    }

    fn node(&mut self, node: &Node<'_>) {
        let keyword = match node.keyword {
            Keyword::Unknown => TokenKind::Error,
            _ => TokenKind::Keyword,
        };
        self.mark(node.split.keyword.clone(), keyword);
        for flag in &node.split.flags {
            self.mark(flag.range.clone(), TokenKind::Flag);
        }
        let part = node.split.arguments.clone();
        match (&node.trigger, &node.arguments) {
            (Some(trigger), _) => self.node(trigger),
            (None, Ok(arguments)) => self.arguments(node.keyword, arguments, part),
            (None, Err(_)) => self.mark(part, TokenKind::Error),
        }
    }

    fn arguments(&mut self, keyword: Keyword, arguments: &Arguments<'_>, part: Range<usize>) {
        match arguments {
            Arguments::None | Arguments::Ignored | Arguments::Trigger(_) => {}
            Arguments::Json(words) => self.json(words, part),
            Arguments::Words(words) if keyword == Keyword::From => self.from(words),
            Arguments::Words(words) if keyword == Keyword::Arg => {
                words.iter().for_each(|word| self.assignment(word.range.clone()));
            }
            Arguments::Words(_) => self.text(part),
            Arguments::Pairs(pairs) => {
                for pair in pairs {
                    match pair.delimited {
                        true => self.assignment(pair.key.range.start..pair.value.range.end),
                        false => self.text(pair.value.range.clone()),
                    }
                }
            }
            Arguments::Check(kind, command) => {
                self.mark(kind.range.clone(), TokenKind::Keyword);
                self.arguments(keyword, command, kind.range.end..part.end);
            }
        }
    }

    fn json(&mut self, words: &[Argument<'_>], part: Range<usize>) {
        let mut at = part.start;
        for word in words {
            self.punctuation(at..word.range.start);
            self.mark(word.range.clone(), TokenKind::String);
            at = word.range.end;
        }
        self.punctuation(at..part.end);
    }

    fn punctuation(&mut self, part: Range<usize>) {
        for (offset, c) in self.line[part.clone()].char_indices() {
            if !c.is_whitespace() {
                let at = part.start + offset;
                self.mark(at..at + c.len_utf8(), TokenKind::Punctuation);
            }
        }
    }

    fn from(&mut self, words: &[Argument<'_>]) {
        for (index, word) in words.iter().enumerate() {
            match index == 1 && word.text.eq_ignore_ascii_case("as") {
                true => self.mark(word.range.clone(), TokenKind::Keyword),
                false => self.text(word.range.clone()),
            }
        }
    }

    /// `name=value`.
    fn assignment(&mut self, word: Range<usize>) {
        let equals = self.line[word.clone()].find('=').map(|offset| word.start + offset);
        let Some(equals) = equals else { return self.text(word) };
        self.text(word.start..equals);
        self.mark(equals..equals + 1, TokenKind::Punctuation);
        self.text(equals + 1..word.end);
    }

    /// Strings, variables and heredoc starts in plain text.
    fn text(&mut self, part: Range<usize>) {
        let mut closers = None;
        let mut at = self.special(part.start, part.end);
        while at < part.end {
            let text = &self.line[part.clone()];
            let closers = closers.get_or_insert_with(|| Closers::new(text, part.start));
            let next = self.text_piece(at, part.end, closers);
            at = self.special(next, part.end);
        }
    }

    /// Where the next character stands that may begin a mark, or the end.
    fn special(&self, at: usize, end: usize) -> usize {
        let next = self.heredocs.partition_point(|heredoc| heredoc.start < at);
        let end = self.heredocs.get(next).map_or(end, |heredoc| heredoc.start.min(end));
        let escape = self.escape as u8; // a backslash or a backquote
        let special = |byte: &u8| matches!(byte, b'$' | b'\'' | b'"') || *byte == escape;
        let bytes = self.line.as_bytes().get(at..end).unwrap_or_default();
        bytes.iter().position(special).map_or(end, |offset| at + offset)
    }

    /// Marks what starts here and returns where to go on.
    fn text_piece(&mut self, at: usize, end: usize, closers: &Closers) -> usize {
        let next = self.heredocs.partition_point(|heredoc| heredoc.start < at);
        if let Some(heredoc) = self.heredocs.get(next).filter(|heredoc| heredoc.start == at) {
            self.mark(heredoc.clone(), TokenKind::HeredocStart);
            return heredoc.end;
        }
        let rest = &self.line[at..end];
        let Some(c) = rest.chars().next() else { return end };
        let width = c.len_utf8();
        match c {
            '$' => match variable_end(rest, at, closers) {
                Some(close) => {
                    self.mark(at..close, TokenKind::Variable);
                    close
                }
                None => at + width,
            },
            '\'' | '"' => self.string(c, at, end, closers),
            c if c == self.escape => at + width + rest.chars().nth(1).map_or(0, char::len_utf8),
            _ => at + width,
        }
    }

    /// A quoted string; variables in double quotes stand apart.
    fn string(&mut self, quote: char, start: usize, end: usize, closers: &Closers) -> usize {
        // Without a closing quote none that follows is a string of this kind.
        if closers.last_quote(quote).is_none_or(|last| last <= start) {
            return start + 1;
        }
        let first = self.marks.len();
        let (mut from, mut at) = (start, start + 1);
        loop {
            at = self.special(at, end);
            let rest = &self.line[at..end];
            let Some(c) = rest.chars().next() else { break };
            let width = c.len_utf8();
            if c == quote {
                self.mark(from..at + 1, TokenKind::String);
                return at + 1;
            }
            if quote == '"' && c == self.escape {
                at += width + rest.chars().nth(1).map_or(0, char::len_utf8);
                continue;
            }
            let variable = (quote == '"' && c == '$').then(|| variable_end(rest, at, closers));
            if let Some(close) = variable.flatten() {
                self.mark(from..at, TokenKind::String);
                self.mark(at..close, TokenKind::Variable);
                from = close;
                at = close;
                continue;
            }
            at += width;
        }
        self.marks.truncate(first);
        start + 1
    }
}

/// Where quotes and braces close, found in one pass.
struct Closers {
    last_single: Option<usize>,
    last_double: Option<usize>,
    /// (offset of `${`, offset after its `}`), ascending.
    braces: Vec<(usize, usize)>,
}

impl Closers {
    fn new(text: &str, start: usize) -> Self {
        let place = |quote| text.rfind(quote).map(|offset| start + offset);
        Self { last_single: place('\''), last_double: place('"'), braces: braces(text, start) }
    }

    fn last_quote(&self, quote: char) -> Option<usize> {
        if quote == '"' { self.last_double } else { self.last_single }
    }
}

fn braces(text: &str, start: usize) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'$' if bytes.get(at + 1) == Some(&b'{') => open.push(at),
            b'}' => pairs.extend(open.pop().map(|from| (start + from, start + at + 1))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The end of `$x` or `${x…}` at the start of `rest`, which stands at `at`.
fn variable_end(rest: &str, at: usize, closers: &Closers) -> Option<usize> {
    if rest[1..].starts_with('{') {
        let index = closers.braces.binary_search_by_key(&at, |(open, _)| *open).ok()?;
        return Some(closers.braces[index].1);
    }
    let name = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    match name.unwrap_or(rest.len() - 1) {
        0 => None,
        length => Some(at + 1 + length),
    }
}

/// Brings marks back to the source.
struct Writer<'a> {
    tokens: &'a mut Vec<Token>,
    line: &'a Logical,
    /// The piece of the line that is being written.
    piece: usize,
    left_out: Peekable<slice::Iter<'a, Token>>,
}

impl Writer<'_> {
    fn all(mut self, marks: Vec<Mark>) {
        let mut at = 0;
        for (range, kind) in marks {
            if range.start >= at && !range.is_empty() {
                self.gap(at..range.start);
                at = range.end;
                self.put(range, kind);
            }
        }
        self.gap(at..self.line.text.len());
        self.tokens.extend(self.left_out);
    }

    /// What is between marks: blanks and arguments.
    fn gap(&mut self, gap: Range<usize>) {
        let mut at = gap.start;
        while at < gap.end {
            let blanks = find(&self.line.text, at..gap.end, |c| !c.is_whitespace());
            let word = find(&self.line.text, blanks..gap.end, char::is_whitespace);
            self.put(at..blanks, TokenKind::Whitespace);
            self.put(blanks..word, TokenKind::Argument);
            at = word;
        }
    }

    /// A mark; one that goes on after a continuation is cut.
    fn put(&mut self, range: Range<usize>, kind: TokenKind) {
        let Logical { text, pieces } = self.line;
        let mut from = range.start;
        while from < range.end {
            while pieces.get(self.piece + 1).is_some_and(|(start, _)| *start as usize <= from) {
                self.piece += 1;
            }
            let piece_end = pieces.get(self.piece + 1).map_or(text.len(), |next| next.0 as usize);
            let end = range.end.min(piece_end);
            let (start, source) = pieces[self.piece];
            let offset = source as usize + from - start as usize;
            while let Some(other) =
                self.left_out.next_if(|other| (other.span.start as usize) < offset)
            {
                self.tokens.push(*other);
            }
            push_token(self.tokens, kind, offset, offset + end - from);
            from = end;
        }
    }
}
