//! Tokens of an instruction's joined line, brought back to the source.

use std::ops::Range;

use super::arguments::{Argument, Arguments};
use super::assembly::push_token;
use super::instruction::Node;
use super::{Keyword, Logical, Token, TokenKind};

/// A part of the joined line and its meaning.
type Mark = (Range<usize>, TokenKind);

/// The tokens of a joined line, in order.
pub(super) fn tokens(
    line: &Logical,
    node: &Node,
    heredocs: &[Range<usize>],
    escape: char,
) -> Vec<Token> {
    let mut marker = Marker { line: &line.text, escape, heredocs, marks: Vec::new() };
    marker.node(node);
    place(line, &cover(&line.text, marker.marks))
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

    fn node(&mut self, node: &Node) {
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

    fn arguments(&mut self, keyword: Keyword, arguments: &Arguments, part: Range<usize>) {
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

    fn json(&mut self, words: &[Argument], part: Range<usize>) {
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

    fn from(&mut self, words: &[Argument]) {
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
        let closers = Closers::new(&self.line[part.clone()], part.start);
        let mut at = part.start;
        while at < part.end {
            at = self.text_piece(at, part.end, &closers);
        }
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
        while let Some(c) = self.line[at..end].chars().next() {
            let width = c.len_utf8();
            let rest = &self.line[at..end];
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

/// Fills the gaps between marks with blanks and arguments.
fn cover(line: &str, marks: Vec<Mark>) -> Vec<Mark> {
    let mut covered = Vec::with_capacity(marks.len() * 2 + 1);
    let mut at = 0;
    for (range, kind) in marks {
        if range.start >= at && !range.is_empty() {
            fill(line, at..range.start, &mut covered);
            at = range.end;
            covered.push((range, kind));
        }
    }
    fill(line, at..line.len(), &mut covered);
    covered
}

fn fill(line: &str, gap: Range<usize>, covered: &mut Vec<Mark>) {
    let mut at = gap.start;
    while let Some(c) = line[at..gap.end].chars().next() {
        let blank = c.is_whitespace();
        let other = line[at..gap.end].find(|c: char| c.is_whitespace() != blank);
        let end = other.map_or(gap.end, |offset| at + offset);
        let kind = if blank { TokenKind::Whitespace } else { TokenKind::Argument };
        covered.push((at..end, kind));
        at = end;
    }
}

/// Brings marks to the source; one that goes on after a continuation is cut.
fn place(line: &Logical, marks: &[Mark]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(marks.len());
    let mut piece = 0;
    for (range, kind) in marks {
        let mut from = range.start;
        while from < range.end {
            while piece + 1 < line.pieces.len() && line.pieces[piece + 1].0 as usize <= from {
                piece += 1;
            }
            let piece_end = line.pieces.get(piece + 1).map_or(line.text.len(), |p| p.0 as usize);
            let end = range.end.min(piece_end);
            let (start, source) = line.pieces[piece];
            let offset = source as usize + from - start as usize;
            push_token(&mut tokens, *kind, offset, offset + end - from);
            from = end;
        }
    }
    tokens
}
