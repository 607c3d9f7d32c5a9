//! The small pieces of the shell's grammar.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::character::complete::{char, digit0, digit1, one_of, satisfy};
use nom::combinator::{not, opt, peek, recognize};
use nom::sequence::{delimited, pair, terminated};
use nom::{IResult, Parser};

use super::cursor::ends_word;

/// Words that are special where a command starts.
const RESERVED: [&str; 19] = [
    "if", "then", "elif", "else", "fi", "for", "select", "while", "until", "do", "done", "case",
    "esac", "function", "in", "{", "}", "[[", "!",
];

/// The length of `function`, bytes.
const LONGEST_RESERVED: usize = 8;

/// Reserved words that end a list.
const CLOSERS: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// An array's index is not searched for its end beyond this.
pub(super) const MAX_SUBSCRIPT: usize = 256;

/// The reserved word at the start.
pub(super) fn reserved(input: &str) -> Option<&'static str> {
    let is_end = |byte: u8| ends_word(char::from(byte)) || byte == b'\r';
    let beginning = input.bytes().take(LONGEST_RESERVED + 1);
    let length = beginning.clone().position(is_end).unwrap_or(beginning.len());
    RESERVED.into_iter().find(|word| word.as_bytes() == &input.as_bytes()[..length])
}

pub(super) fn is_closer(word: &str) -> bool {
    CLOSERS.contains(&word)
}

/// A variable's name.
pub(super) fn name(input: &str) -> IResult<&str, &str> {
    let first = satisfy(|c| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(first, take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'))).parse(input)
}

/// `name=`, `name+=` or `name[…]=`: the name, and true for `+=`.
pub(super) fn assignment(input: &str) -> IResult<&str, (&str, bool)> {
    let index = take_while_m_n(0, MAX_SUBSCRIPT, |c| c != ']' && c != '\n');
    let subscript = delimited(char('['), index, char(']'));
    let (rest, (name, _, plus, _)) =
        (name, opt(subscript), opt(char('+')), char('=')).parse(input)?;
    Ok((rest, (name, plus.is_some())))
}

/// The name of a parameter in braces: a variable, a number or a special one.
pub(super) fn parameter(input: &str) -> IResult<&str, &str> {
    alt((name, digit1, recognize(one_of("@*#?-$!")))).parse(input)
}

/// The parameter behind a bare `$`: of digits only the first counts.
pub(super) fn bare_parameter(input: &str) -> IResult<&str, &str> {
    alt((name, recognize(one_of("0123456789@*#?-$!")))).parse(input)
}

/// The operator behind a parameter's name in braces.
pub(super) fn parameter_operator(input: &str) -> IResult<&str, &str> {
    let two = alt((
        tag(":-"),
        tag(":="),
        tag(":?"),
        tag(":+"),
        tag("##"),
        tag("%%"),
        tag("//"),
        tag("/#"),
        tag("/%"),
        tag("^^"),
        tag(",,"),
    ));
    alt((two, recognize(one_of("-=?+#%/^,:@")))).parse(input)
}

/// The descriptor and the operator of a redirection.
pub(super) fn redirection(input: &str) -> IResult<&str, (&str, &str)> {
    // Most words are none, which is quickly seen.
    let (input, _) = peek(satisfy(|c| c.is_ascii_digit() || "&<>".contains(c))).parse(input)?;
    let both = (tag(""), alt((tag("&>>"), tag("&>"))));
    let operators = alt((
        tag("<<-"),
        tag("<<<"),
        tag("<<"),
        tag("<&"),
        tag("<>"),
        tag(">>"),
        tag(">&"),
        tag(">|"),
        // `<(…)` and `>(…)` are words.
        terminated(tag("<"), peek(not(char('(')))),
        terminated(tag(">"), peek(not(char('(')))),
    ));
    alt((both, (digit0, operators))).parse(input)
}
