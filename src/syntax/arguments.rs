//! Splits an instruction's arguments as BuildKit's first pass does: by the
//! keyword alone, before anything is checked.

use std::borrow::Cow;
use std::ops::Range;

use super::Keyword;
use super::json;
use super::words::{Split, fields, find, is_separator, quoted_words, split, trim};

/// An argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument<'a> {
    /// The text; of a JSON string the decoded one.
    pub text: Cow<'a, str>,
    /// Its place in the joined line.
    pub range: Range<usize>,
}

/// A name and a value.
pub(super) struct Pair<'a> {
    pub key: Argument<'a>,
    pub value: Argument<'a>,
    /// True for `name=value`, false for the older `name value`.
    pub delimited: bool,
}

/// The arguments by their form.
pub(super) enum Arguments<'a> {
    /// None given (or none that are looked at).
    None,
    /// The exec form.
    Json(Vec<Argument<'a>>),
    /// Words, or the whole text as one.
    Words(Vec<Argument<'a>>),
    /// ENV and LABEL.
    Pairs(Vec<Pair<'a>>),
    /// HEALTHCHECK: `CMD` or `NONE`, and what follows.
    Check(Argument<'a>, Box<Arguments<'a>>),
    /// ONBUILD.
    Trigger(Split),
    /// The arguments of something that is not an instruction.
    Ignored,
}

/// Why arguments cannot be split.
pub(super) struct Refusal {
    pub message: String,
    pub help: Option<&'static str>,
    pub range: Range<usize>,
}

/// Splits the arguments, a trimmed part of the joined line.
pub(super) fn read(
    keyword: Keyword,
    line: &str,
    part: Range<usize>,
    escape: char,
) -> Result<Arguments<'_>, Refusal> {
    match keyword {
        Keyword::Unknown => Ok(Arguments::Ignored),
        _ if part.is_empty() => Ok(Arguments::None),
        Keyword::Add | Keyword::Copy | Keyword::Volume => {
            Ok(json_array(line, &part)?.unwrap_or_else(|| words(line, fields(line, part))))
        }
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Run | Keyword::Shell => {
            json_or_text(line, part)
        }
        Keyword::Arg => Ok(words(line, quoted_words(line, part, escape))),
        Keyword::Env | Keyword::Label => pairs(keyword, line, part, escape),
        Keyword::Expose | Keyword::From => Ok(words(line, fields(line, part))),
        Keyword::Healthcheck => check(line, part),
        Keyword::Onbuild => Ok(Arguments::Trigger(split(line, part, escape))),
        Keyword::Maintainer | Keyword::Stopsignal | Keyword::User | Keyword::Workdir => {
            Ok(words(line, vec![part]))
        }
    }
}

fn argument(line: &str, range: Range<usize>) -> Argument<'_> {
    Argument { text: Cow::Borrowed(&line[range.clone()]), range }
}

fn words(line: &str, ranges: Vec<Range<usize>>) -> Arguments<'_> {
    Arguments::Words(ranges.into_iter().map(|range| argument(line, range)).collect())
}

fn json_or_text(line: &str, part: Range<usize>) -> Result<Arguments<'_>, Refusal> {
    Ok(json_array(line, &part)?.unwrap_or_else(|| words(line, vec![part])))
}

/// The exec form, if it is JSON at all; its members must be strings.
fn json_array<'a>(line: &'a str, part: &Range<usize>) -> Result<Option<Arguments<'a>>, Refusal> {
    let Some(elements) = json::array(&line[part.clone()]) else { return Ok(None) };
    let mut arguments = Vec::with_capacity(elements.len());
    for element in elements {
        let range = part.start + element.range.start..part.start + element.range.end;
        match element.string {
            Some(text) => arguments.push(Argument { text: Cow::Owned(text), range }),
            None => return Err(not_a_string(range)),
        }
    }
    Ok(Some(Arguments::Json(arguments)))
}

fn not_a_string(range: Range<usize>) -> Refusal {
    let message = "when using JSON array syntax, arrays must be comprised of strings only";
    let help = Some("write this member as a string in double quotes");
    Refusal { message: message.to_owned(), help, range }
}

fn pairs(
    keyword: Keyword,
    line: &str,
    part: Range<usize>,
    escape: char,
) -> Result<Arguments<'_>, Refusal> {
    let words = quoted_words(line, part.clone(), escape);
    match words.first() {
        None => Ok(Arguments::None),
        Some(first) if !line[first.clone()].contains('=') => old_pair(keyword, line, part),
        Some(_) => {
            let pairs = words.into_iter().map(|word| delimited_pair(line, word));
            Ok(Arguments::Pairs(pairs.collect::<Result<_, _>>()?))
        }
    }
}

/// `NAME value`: the rest of the line is the value.
fn old_pair(keyword: Keyword, line: &str, part: Range<usize>) -> Result<Arguments<'_>, Refusal> {
    let key_end = find(line, part.clone(), is_separator);
    if key_end == part.end {
        let message = format!("{} must have two arguments", keyword.name());
        return Err(Refusal { message, help: Some("write NAME=value"), range: part });
    }
    let value = find(line, key_end..part.end, |c| !is_separator(c))..part.end;
    let key = argument(line, part.start..key_end);
    Ok(Arguments::Pairs(vec![Pair { key, value: argument(line, value), delimited: false }]))
}

fn delimited_pair(line: &str, word: Range<usize>) -> Result<Pair<'_>, Refusal> {
    let Some(equals) = line[word.clone()].find('=').map(|offset| word.start + offset) else {
        let found = super::go::quote(&line[word.clone()]);
        let message =
            format!("Syntax error - can't find = in {found}. Must be of the form: name=value");
        let help = Some("put a value with blanks in double quotes");
        return Err(Refusal { message, help, range: word });
    };
    let key = argument(line, word.start..equals);
    Ok(Pair { key, value: argument(line, equals + 1..word.end), delimited: true })
}

fn check(line: &str, part: Range<usize>) -> Result<Arguments<'_>, Refusal> {
    let kind = part.start..find(line, part.clone(), char::is_whitespace);
    let rest = trim(line, kind.end..part.end);
    let command = match rest.is_empty() {
        true => Arguments::None,
        false => json_or_text(line, rest)?,
    };
    Ok(Arguments::Check(argument(line, kind), Box::new(command)))
}
