//! Parser directives: `# syntax=`, `# escape=`, `# check=` at the top.

use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, satisfy};
use nom::combinator::recognize;
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

use super::assembly::Line;
use super::{Directive, Span, json};

use crate::sorted::Set;

/// Reads the lines at the top until one is not a directive.
#[derive(Default)]
pub(super) struct DirectiveReader {
    seen: Set<String>,
    done: bool,
}

/// What a line is to the reader.
pub(super) enum Reading {
    /// `name=value`, the name in lower case.
    Directive(String, String),
    /// A directive that was there before.
    Repeated(String),
    /// No directive; none can follow.
    Other,
}

impl DirectiveReader {
    /// Reads a line (without its newline) whose comments start with `comment`.
    pub(super) fn read(&mut self, comment: &str, line: &str) -> Reading {
        if self.done {
            return Reading::Other;
        }
        let parsed = line.strip_prefix(comment).and_then(name_and_value);
        let Some((name, value)) = parsed else {
            self.done = true;
            return Reading::Other;
        };
        match self.seen.insert(name.clone()) {
            true => Reading::Directive(name, value),
            false => Reading::Repeated(name),
        }
    }
}

fn name_and_value(comment: &str) -> Option<(String, String)> {
    let (value, name) = assignment(comment.trim_start()).ok()?;
    let name = name.to_ascii_lowercase();
    let value = value_of(value)?;
    matches!(name.as_str(), "syntax" | "escape" | "check").then(|| (name, value.to_owned()))
}

/// `name =`; the value is what remains.
fn assignment(input: &str) -> IResult<&str, &str> {
    let letter = satisfy(|c| c.is_ascii_alphabetic());
    let name = recognize(pair(letter, take_while(|c: char| c.is_ascii_alphanumeric())));
    terminated(name, pair(take_while(is_blank), char('='))).parse(input)
}

/// The trimmed value. Of blanks alone the last one is the value, so that
/// `# escape= ` is an invalid escape character rather than a comment.
fn value_of(text: &str) -> Option<&str> {
    let trimmed = text.trim_matches(is_blank);
    match trimmed.is_empty() {
        false => Some(trimmed),
        true => text.get(text.len().checked_sub(1)?..),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// A directive that only the choice of the frontend heeds: below a `#!` line,
/// as `// syntax=…`, or in a JSON document.
pub(super) fn detect_elsewhere(source: &str, lines: &[Line<'_>]) -> Vec<Directive> {
    let shebang = lines.first().is_some_and(|line| line.text.starts_with("#!"));
    let lines = &lines[usize::from(shebang)..];
    if shebang {
        let found = read_all("#", lines, |name| name != "escape");
        if !found.is_empty() {
            return found;
        }
    }
    let found = read_all("//", lines, |name| name == "syntax");
    match found.is_empty() {
        false => found,
        true => json_document(source, lines).into_iter().collect(),
    }
}

fn read_all(comment: &str, lines: &[Line<'_>], wanted: fn(&str) -> bool) -> Vec<Directive> {
    let mut reader = DirectiveReader::default();
    let mut found = Vec::new();
    for line in lines {
        let Reading::Directive(name, value) = reader.read(comment, line.text) else { break };
        if wanted(&name) {
            found.push(Directive { name, value, span: line.span() });
        }
    }
    found
}

fn json_document(source: &str, lines: &[Line<'_>]) -> Option<Directive> {
    let start = lines.first()?.start;
    let text = &source[start..];
    preceded(take_while(is_blank), tag::<_, _, ()>("{")).parse(text).ok()?;
    let value = json::string_member(text, "syntax")?;
    let span = Span::new(start, start + text.trim_end().len());
    Some(Directive { name: "syntax".to_owned(), value, span })
}
