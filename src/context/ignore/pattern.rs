//! One pattern of moby/patternmatcher: plain comparisons where they are enough,
//! an expression otherwise.

use std::iter::Peekable;
use std::str::Chars;

use super::expression::{BadExpression, Expression};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// The path is the text.
    Exact(String),
    /// `text/**`: the path starts with the text.
    Prefix(String),
    /// `**text`: the path ends with the text, or is it without its `/`.
    Suffix(String),
    /// Everything else.
    Expression(Expression),
}

/// The kinds in the order the translation moves through them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Expression,
}

impl Matcher {
    /// Compiles a cleaned pattern without its `!`.
    pub(super) fn new(pattern: &str) -> Result<Self, BadExpression> {
        let (kind, expression) = translate(pattern);
        Ok(match kind {
            Kind::Exact => Self::Exact(pattern.to_owned()),
            // `**` or `**/` always closes a prefix; patternmatcher takes off
            // two bytes whichever it is.
            Kind::Prefix => Self::Prefix(cut(pattern, 0, 2)),
            Kind::Suffix => Self::Suffix(cut(pattern, 2, 0)),
            Kind::Expression => Self::Expression(Expression::parse(&expression)?),
        })
    }

    /// True when the path itself matches; parents are the walk's concern.
    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(text) => path == text,
            Self::Prefix(text) => path.starts_with(text.as_str()),
            Self::Suffix(text) => {
                path.ends_with(text.as_str()) || text.strip_prefix('/') == Some(path)
            }
            Self::Expression(expression) => expression.matches(path),
        }
    }
}

fn cut(pattern: &str, from_start: usize, from_end: usize) -> String {
    let end = pattern.len().saturating_sub(from_end);
    pattern.get(from_start..end).unwrap_or("").to_owned()
}

/// Turns a pattern into a regular expression, character by character and blind
/// to classes, as patternmatcher does: `[a*]` does not mean what it seems to,
/// and builds depend on what it means instead.
fn translate(pattern: &str) -> (Kind, String) {
    // Go's scanner drops a byte order mark at its start.
    let mut rest = pattern.strip_prefix('\u{feff}').unwrap_or(pattern).chars().peekable();
    let mut kind = Kind::Exact;
    let mut expression = String::new();
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                kind = double_star(&mut rest, kind, &mut expression);
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' | '?' => {
                expression.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                kind = Kind::Expression;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => expression.extend(['\\', c]),
            '\\' => {
                expression.push('\\');
                if let Some(escaped) = rest.next() {
                    expression.push(escaped);
                    kind = Kind::Expression;
                }
            }
            '[' | ']' => {
                expression.push(c);
                kind = Kind::Expression;
            }
            other => expression.push(other),
        }
        first = false;
    }
    (kind, expression)
}

fn double_star(rest: &mut Peekable<Chars<'_>>, kind: Kind, expression: &mut String) -> Kind {
    rest.next_if_eq(&'/');
    if rest.peek().is_some() {
        expression.push_str("(.*/)?");
        return Kind::Expression;
    }
    if kind == Kind::Exact {
        return Kind::Prefix;
    }
    expression.push_str(".*");
    Kind::Expression
}
