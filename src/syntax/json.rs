//! JSON as far as Dockerfiles hold it: the exec form's array, and a document
//! with a `syntax` member. Strict, as Go's decoder is; nesting costs no stack.

use std::ops::Range;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char, digit0, digit1, one_of, satisfy};
use nom::combinator::{map, map_opt, opt, recognize, value};
use nom::multi::fold_many0;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use crate::decimal;

/// Go gives up beyond this depth.
const MAX_DEPTH: usize = 10_000;

/// An element of the outermost array or object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name in an object.
    pub key: Option<String>,
    /// The decoded string; `None` for any other value.
    pub string: Option<String>,
    /// Where the value stands in the text.
    pub range: Range<usize>,
}

/// The elements of a text that is a JSON array and nothing else.
pub(super) fn array(text: &str) -> Option<Vec<Element>> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    // The blanks in front may be other than JSON's.
    let start = text.len() - text.trim_start().len();
    let mut elements = Reader::new(&text[start..]).read()?;
    for element in &mut elements {
        element.range = element.range.start + start..element.range.end + start;
    }
    Some(elements)
}

/// The string under a key of a text that is a JSON object and nothing else.
pub(super) fn string_member(text: &str, key: &str) -> Option<String> {
    let members = Reader::new(text).read()?;
    members.into_iter().rfind(|member| member.key.as_deref() == Some(key))?.string
}

#[derive(Debug, Clone, PartialEq)]
enum Lexeme {
    Open(char),
    Close(char),
    Comma,
    Colon,
    String(String),
    Scalar,
}

#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Value,
    FirstValue,
    Key,
    FirstKey,
    Colon,
    CommaOrClose,
    End,
}

/// Walks the lexemes with a stack of the open brackets.
struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    open: Vec<char>,
    expect: Expect,
    key: Option<String>,
    elements: Vec<Element>,
    /// Where the current nested element started.
    nested_start: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            rest: text,
            open: Vec::new(),
            expect: Expect::Value,
            key: None,
            elements: Vec::new(),
            nested_start: 0,
        }
    }

    fn read(mut self) -> Option<Vec<Element>> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
            if self.rest.is_empty() {
                return (self.expect == Expect::End).then_some(self.elements);
            }
            let start = self.text.len() - self.rest.len();
            let (rest, lexeme) = lexeme(self.rest).ok()?;
            self.rest = rest;
            self.expect = self.step(lexeme, start..self.text.len() - rest.len())?;
        }
    }

    /// What to expect after a lexeme; `None` if it is not allowed here.
    fn step(&mut self, lexeme: Lexeme, range: Range<usize>) -> Option<Expect> {
        match (self.expect, lexeme) {
            (Expect::Value | Expect::FirstValue, Lexeme::Open(bracket)) => {
                self.open(bracket, range.start)
            }
            (Expect::FirstValue, Lexeme::Close(']')) => self.close(range.end),
            (Expect::FirstKey, Lexeme::Close('}')) => self.close(range.end),
            (Expect::CommaOrClose, Lexeme::Close(bracket)) => {
                let matching = if bracket == ']' { '[' } else { '{' };
                if *self.open.last()? == matching { self.close(range.end) } else { None }
            }
            (Expect::CommaOrClose, Lexeme::Comma) => Some(match self.open.last()? {
                '[' => Expect::Value,
                _ => Expect::Key,
            }),
            (Expect::Key | Expect::FirstKey, Lexeme::String(key)) => {
                if self.open.len() == 1 {
                    self.key = Some(key);
                }
                Some(Expect::Colon)
            }
            (Expect::Colon, Lexeme::Colon) => Some(Expect::Value),
            (Expect::Value | Expect::FirstValue, Lexeme::String(string)) => {
                self.element(Some(string), range)
            }
            (Expect::Value | Expect::FirstValue, Lexeme::Scalar) => self.element(None, range),
            _ => None,
        }
    }

    fn open(&mut self, bracket: char, start: usize) -> Option<Expect> {
        if self.open.len() == 1 {
            self.nested_start = start;
        }
        self.open.push(bracket);
        match bracket {
            _ if self.open.len() > MAX_DEPTH => None,
            '[' => Some(Expect::FirstValue),
            _ => Some(Expect::FirstKey),
        }
    }

    fn close(&mut self, end: usize) -> Option<Expect> {
        self.open.pop();
        match self.open.is_empty() {
            true => Some(Expect::End),
            false => self.element(None, self.nested_start..end),
        }
    }

    /// A value ends; those of the outermost bracket are kept.
    fn element(&mut self, string: Option<String>, range: Range<usize>) -> Option<Expect> {
        if self.open.len() == 1 {
            self.elements.push(Element { key: self.key.take(), string, range });
        }
        match self.open.is_empty() {
            true => Some(Expect::End),
            false => Some(Expect::CommaOrClose),
        }
    }
}

fn lexeme(input: &str) -> IResult<&str, Lexeme> {
    alt((
        map(one_of("[{"), Lexeme::Open),
        map(one_of("]}"), Lexeme::Close),
        value(Lexeme::Comma, char(',')),
        value(Lexeme::Colon, char(':')),
        map(string, Lexeme::String),
        value(Lexeme::Scalar, alt((tag("true"), tag("false"), tag("null"), number))),
    ))
    .parse(input)
}

fn number(input: &str) -> IResult<&str, &str> {
    let integer = alt((tag("0"), recognize((satisfy(|c| matches!(c, '1'..='9')), digit0))));
    let fraction = recognize((char('.'), digit1));
    let exponent = recognize((one_of("eE"), opt(one_of("+-")), digit1));
    let literal = recognize((opt(char('-')), integer, opt(fraction), opt(exponent)));
    // Go refuses what its float64 cannot hold.
    map_opt(literal, |text: &str| decimal::parse(text)?.is_finite().then_some(text)).parse(input)
}

fn string(input: &str) -> IResult<&str, String> {
    let append = |mut text: String, part: Fragment<'_>| {
        match part {
            Fragment::Text(part) => text.push_str(part),
            Fragment::Char(c) => text.push(c),
        }
        text
    };
    delimited(char('"'), fold_many0(fragment, String::new, append), char('"')).parse(input)
}

enum Fragment<'a> {
    Text(&'a str),
    Char(char),
}

fn fragment(input: &str) -> IResult<&str, Fragment<'_>> {
    let plain = take_while1(|c| c >= ' ' && c != '"' && c != '\\');
    let escape = preceded(char('\\'), alt((unicode_escape, map_opt(anychar, simple_escape))));
    alt((map(plain, Fragment::Text), map(escape, Fragment::Char))).parse(input)
}

fn simple_escape(c: char) -> Option<char> {
    Some(match c {
        '"' | '\\' | '/' => c,
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    })
}

/// `uXXXX`; two surrogates make one character, a lone one none.
fn unicode_escape(input: &str) -> IResult<&str, char> {
    let (rest, unit) = code_unit(input)?;
    if let Some(c) = char::from_u32(unit.into()) {
        return Ok((rest, c));
    }
    let pair = preceded(char('\\'), code_unit).parse(rest);
    if let Ok((after, low)) = pair
        && let Some(Ok(c)) = char::decode_utf16([unit, low]).next()
    {
        return Ok((after, c));
    }
    Ok((rest, char::REPLACEMENT_CHARACTER))
}

fn code_unit(input: &str) -> IResult<&str, u16> {
    let digits = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    map_opt(preceded(char('u'), digits), |hex| u16::from_str_radix(hex, 16).ok()).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<Option<String>>> {
        Some(array(text)?.into_iter().map(|element| element.string).collect())
    }

    #[test]
    fn decodes_strings() {
        let text = r#" [ "a\/b\"", "\u00e9\ud83d\ude80", "\ud83dx" ]"#;
        let expected = ["a/b\"", "é🚀", "\u{fffd}x"].map(|s| Some(s.to_owned()));
        assert_eq!(strings(text).unwrap(), expected);
    }

    #[test]
    fn finds_places() {
        let text = r#"["a", {"b": [1]}, "c"]"#;
        let places: Vec<_> = array(text).unwrap().into_iter().map(|e| &text[e.range]).collect();
        assert_eq!(places, [r#""a""#, r#"{"b": [1]}"#, r#""c""#]);
    }

    #[test]
    fn refuses_what_go_refuses() {
        for text in
            ["", "[", "['a']", r#"["a",]"#, r#"["a"] x"#, "[1e999]", "[01]", r#"["\x"]"#, "[}"]
        {
            assert_eq!(array(text), None, "{text}");
        }
        assert_eq!(strings("[]"), Some(vec![]));
        assert_eq!(strings("[null, -1.5e3, {}]"), Some(vec![None, None, None]));
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        assert_eq!(array(&"[".repeat(1_000_000)), None);
        let deep = "[".repeat(9_999) + &"]".repeat(9_999);
        assert!(array(&deep).is_some());
    }

    #[test]
    fn reads_a_member() {
        let text = r#"{"a": {"syntax": "no"}, "syntax": "yes"}"#;
        assert_eq!(string_member(text, "syntax").as_deref(), Some("yes"));
        assert_eq!(string_member(r#"["syntax"]"#, "syntax"), None);
    }
}
