//! Heredocs: where they start on a line, and the lines that belong to them.

use std::collections::HashMap;
use std::ops::Range;

use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, digit0};
use nom::combinator::opt;
use nom::{IResult, Parser};

use super::Keyword;
use super::assembly::Line;
use super::expand::{ExpandError, Expander, NoVariables};

/// `<<EOF` on an instruction's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    pub delimiter: String,
    pub expand: bool,
    pub strip_tabs: bool,
    pub file_descriptor: u32,
}

/// Something, and its place in the joined line.
pub(super) type Placed<T> = (T, Range<usize>);

/// True when the arguments of an instruction may hold heredocs.
pub(super) fn allowed(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::Add | Keyword::Copy | Keyword::Run)
}

/// The heredocs of a joined line, with their places in it.
pub(super) fn starts(line: &str) -> Result<Vec<Placed<Start>>, Placed<ExpandError>> {
    if !line.contains("<<") {
        return Ok(Vec::new());
    }
    let lexer = Expander {
        raw_quotes: true,
        raw_escapes: true,
        skip_unset: true,
        ..Expander::new('\\', &NoVariables)
    };
    // A line that cannot be lexed has no heredocs.
    let words = lexer.words_with_places(line).unwrap_or_default();
    let mut starts = Vec::new();
    for (word, place) in words {
        match parse(&word) {
            Ok(Some(start)) => starts.push((start, place)),
            Ok(None) => {}
            Err(error) => return Err((error, place)),
        }
    }
    Ok(starts)
}

/// Reads a word that is `<<EOF` and nothing else.
pub(super) fn parse(word: &str) -> Result<Option<Start>, ExpandError> {
    let Ok((delimiter, (descriptor, dash))) = operator(word) else { return Ok(None) };
    if delimiter.is_empty() || delimiter.contains('<') {
        return Ok(None);
    }
    let plain = Expander { skip_unset: true, ..Expander::new('\\', &NoVariables) };
    let [name] = plain.words(delimiter)?.try_into().unwrap_or_else(|_| [String::new()]);
    let raw = Expander { raw_quotes: true, ..plain }.words(delimiter)?;
    if name.is_empty() {
        return Ok(None);
    }
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Ok(Some(Start {
        // Quotes that go away when resolved keep the body from being expanded.
        expand: quotes(&name) == raw.iter().map(|word| quotes(word)).sum(),
        delimiter: name,
        strip_tabs: dash,
        file_descriptor: descriptor,
    }))
}

/// `3<<-` and the blanks after it; the delimiter remains.
fn operator(input: &str) -> IResult<&str, (u32, bool)> {
    let blanks = take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c'));
    let (rest, (digits, _, dash, _)) = (digit0, tag("<<"), opt(char('-')), blanks).parse(input)?;
    let descriptor = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u32::MAX) };
    Ok((rest, (descriptor, dash.is_some())))
}

/// Finds closing lines without reading the file again for every heredoc.
pub(super) struct Terminators<'a> {
    plain: HashMap<&'a str, Vec<usize>>,
    unindented: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Terminators<'a> {
    pub(super) fn new(lines: &[Line<'a>]) -> Self {
        let mut plain: HashMap<_, Vec<_>> = HashMap::new();
        let mut unindented: HashMap<_, Vec<_>> = HashMap::new();
        for (index, line) in lines.iter().enumerate() {
            plain.entry(line.text).or_default().push(index);
            unindented.entry(line.text.trim_start_matches('\t')).or_default().push(index);
        }
        Self { plain, unindented }
    }

    /// The first line from `from` on that closes the heredoc.
    pub(super) fn find(&self, start: &Start, from: usize) -> Option<usize> {
        let lines = if start.strip_tabs { &self.unindented } else { &self.plain };
        let closing = lines.get(start.delimiter.as_str())?;
        closing.get(closing.partition_point(|line| *line < from)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_delimiters() {
        for word in ["<<EOF", "<<'EOF'", "<<-\"EOF\"", "<<EO\"F\"", "<< EOF", "<<- EOF", "4<<EOF"] {
            assert_eq!(parse(word).unwrap().unwrap().delimiter, "EOF", "{word}");
        }
        for word in ["", "EOF", "<<", "<<-", "<EOF", "<<<EOF", "<<EOF sh", "a<<EOF"] {
            assert_eq!(parse(word), Ok(None), "{word}");
        }
        for word in ["<<'EOF", "<<\"EOF", "<<EOF'"] {
            assert!(parse(word).is_err(), "{word}");
        }
    }

    #[test]
    fn quotes_keep_from_expanding() {
        let expand = |word| parse(word).unwrap().unwrap().expand;
        assert!(expand("<<EOF") && expand(r"<<eo\'f"));
        assert!(!expand("<<'EOF'") && !expand(r"<<'e'o\'f") && !expand("<<eo'f'"));
    }

    #[test]
    fn finds_all_on_a_line() {
        let line = "RUN <<  A <<-'B C' \"<<D\" 3<<$E";
        let found = starts(line).unwrap();
        let names: Vec<_> = found.iter().map(|(start, _)| start.delimiter.as_str()).collect();
        let places: Vec<_> = found.iter().map(|(_, place)| &line[place.clone()]).collect();
        assert_eq!(names, ["A", "B C", "$E"]);
        assert_eq!(places, ["<<  A", "<<-'B C'", "3<<$E"]);
    }
}
