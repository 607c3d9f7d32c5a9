//! The place in the script, and what is skipped between commands.

use super::super::Span;
use super::{Script, ShellError};

/// Commands, substitutions and expansions may nest this deep.
const MAX_DEPTH: usize = 100;

/// A recursive descent parser; its methods are spread over this folder.
pub(super) struct Parser<'a> {
    pub text: &'a str,
    pub at: usize,
    depth: usize,
    /// How many scripts have been found in words.
    pub substitutions: usize,
    places: Places,
    errors: Vec<ShellError>,
    /// The rest is not read: nothing about it is worth reporting.
    gave_up: bool,
    /// Where the line after this one starts, when heredocs come between.
    pub after_heredocs: Option<usize>,
}

/// Where the text stands in the script.
enum Places {
    Whole,
    /// The script's offset of each byte, and of the end: text in backquotes
    /// had its escapes resolved.
    Map(Vec<u32>),
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            substitutions: 0,
            places: Places::Whole,
            errors: Vec::new(),
            gave_up: false,
            after_heredocs: None,
        }
    }

    /// Parses all of the text.
    pub(super) fn script(mut self) -> Script {
        let list = self.whole_list();
        Script { list, errors: self.errors }
    }

    /// Parses the text of backquotes within this one. `offsets` has the place
    /// in this text of each of its bytes.
    pub(super) fn inner_script(&mut self, text: &str, offsets: &[usize]) -> Script {
        let places = offsets.iter().map(|offset| self.place(*offset)).collect();
        let mut inner = Parser::new(text);
        inner.places = Places::Map(places);
        inner.depth = self.depth;
        let list = inner.whole_list();
        self.errors.append(&mut inner.errors);
        Script { list, errors: Vec::new() }
    }

    fn place(&self, offset: usize) -> u32 {
        match &self.places {
            Places::Whole => offset as u32,
            Places::Map(places) => places[offset.min(places.len() - 1)],
        }
    }

    /// The span from an offset to here.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.span(start, self.at)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.place(start), end: self.place(end.max(start)) }
    }

    pub(super) fn error(&mut self, message: impl Into<String>, start: usize) {
        let end =
            (start + self.text[start..].chars().next().map_or(0, char::len_utf8)).max(self.at);
        let span = self.span(start, end);
        if !self.gave_up {
            self.errors.push(ShellError { message: message.into(), span });
        }
    }

    /// Goes one level deeper. Too deep, the rest of the script is given up.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == MAX_DEPTH {
            let start = self.at;
            self.at = self.text.len();
            self.error(format!("commands are nested more than {MAX_DEPTH} levels deep"), start);
            self.gave_up = true;
            return None;
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        Some(parsed)
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Takes a character.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes the text if it comes next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.is_at(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Skips blanks and continuations.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            if !self.take("\\\n") && !self.take("\\\r\n") {
                break;
            }
        }
    }

    /// Skips blanks, newlines and comments.
    pub(super) fn skip_newlines(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some('#') => self.skip_comment(),
                Some('\n') => self.skip_newline(),
                Some('\r') if self.is_at("\r\n") => self.at += 1,
                _ => break,
            }
        }
    }

    fn skip_comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Skips a comment if there is one at the end of a line.
    pub(super) fn skip_line_end_comment(&mut self) {
        if self.is_at("#") {
            self.skip_comment();
        }
    }

    /// Skips a newline and the heredocs that follow it.
    fn skip_newline(&mut self) {
        self.at += 1;
        if let Some(after) = self.after_heredocs.take() {
            self.at = self.at.max(after);
        }
    }

    /// True at the end of a word: blank, newline, operator or end.
    pub(super) fn is_at_word_end(&self) -> bool {
        self.peek().is_none_or(ends_word) || self.is_at("\r\n")
    }
}

/// Characters that end an unquoted word.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
}
