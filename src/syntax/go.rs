//! What BuildKit takes from Go's standard library: how it reads numbers,
//! durations and CSV, and how it quotes text.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, digit0};
use nom::combinator::{map_opt, opt, recognize, value};
use nom::multi::fold_many1;
use nom::{IResult, Parser};

use crate::decimal;

/// A boolean as `strconv.ParseBool` reads it.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A duration such as `1m30s` in nanoseconds, as `time.ParseDuration` reads it.
pub(super) fn parse_duration(text: &str) -> Option<f64> {
    let (text, negative) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (rest, text.starts_with('-')),
        None => (text, false),
    };
    if text == "0" {
        return Some(0.0);
    }
    let (rest, total) =
        fold_many1(duration_part, || 0.0, |sum, part| sum + part).parse(text).ok()?;
    let fits = rest.is_empty() && total < i64::MAX as f64;
    fits.then_some(if negative { -total } else { total })
}

fn duration_part(input: &str) -> IResult<&str, f64> {
    let number = recognize((digit0, opt((char('.'), digit0))));
    let number = map_opt(number, |digits: &str| match digits {
        "" | "." => None,
        _ => decimal::parse(digits),
    });
    let unit = alt((
        value(1.0, tag("ns")),
        value(1e3, alt((tag("us"), tag("µs"), tag("μs")))),
        value(1e6, tag("ms")),
        value(1e9, tag("s")),
        value(60e9, tag("m")),
        value(3600e9, tag("h")),
    ));
    let (rest, (number, unit)) = (number, unit).parse(input)?;
    Ok((rest, number * unit))
}

/// The fields of one CSV line; `None` if a quote is misplaced.
pub(super) fn csv_fields(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (after, field) = csv_field(rest)?;
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(fields),
        }
    }
}

fn csv_field(input: &str) -> Option<(&str, String)> {
    let Some(mut rest) = input.strip_prefix('"') else {
        let (field, rest) = input.split_at(input.find(',').unwrap_or(input.len()));
        return (!field.contains('"')).then(|| (rest, field.to_owned()));
    };
    let mut field = String::new();
    loop {
        let (text, after) = rest.split_once('"')?;
        field.push_str(text);
        let Some(next) = after.strip_prefix('"') else { return Some((after, field)) };
        field.push('"');
        rest = next;
    }
}

/// A string as Go's `%q` prints it.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            c if is_printable(c) => quoted.push(c),
            c => quoted.push_str(&escaped(c)),
        }
    }
    quoted.push('"');
    quoted
}

fn escaped(c: char) -> String {
    match c as u32 {
        code @ (0..0x20 | 0x7f) => format!("\\x{code:02x}"),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Letters, marks, numbers, punctuation, symbols and the plain space: what
/// `Debug` leaves as it is anywhere but at a string's start.
fn is_printable(c: char) -> bool {
    let text = String::from_iter(['x', c]);
    matches!(c, '\'') || text.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("1m30s"), Some(90e9));
        assert_eq!(parse_duration("1.5h"), Some(5400e9));
        assert_eq!(parse_duration(".5ms"), Some(5e5));
        assert_eq!(parse_duration("-2s"), Some(-2e9));
        assert_eq!(parse_duration("0"), Some(0.0));
        for wrong in ["", "5", "s", "1x", "1s ", ".s", "9999999999h"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn csv() {
        let fields = |line| csv_fields(line).map(|fields| fields.join("|"));
        assert_eq!(fields("type=cache,target=/x").unwrap(), "type=cache|target=/x");
        assert_eq!(fields(r#""a,""b""",c"#).unwrap(), r#"a,"b"|c"#);
        assert_eq!(fields("").unwrap(), "");
        assert_eq!(fields(r#"a"b"#), None);
        assert_eq!(fields(r#""a"b"#), None);
    }

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(
            quote("a\"\\\t\x01é\u{200b}'e\u{301}"),
            "\"a\\\"\\\\\\t\\x01é\\u200b'e\u{301}\""
        );
    }
}
