//! Splits lines into words. Ranges are offsets into the joined line.

use std::ops::Range;

/// Keyword, flags and arguments of a line.
pub(super) struct Split {
    pub keyword: Range<usize>,
    pub flags: Vec<FlagWord>,
    pub arguments: Range<usize>,
}

impl Split {
    /// Nothing at all.
    pub(super) fn empty() -> Self {
        Self { keyword: 0..0, flags: Vec::new(), arguments: 0..0 }
    }
}

/// A flag as BuildKit hands it on: without quotes and escapes.
pub(super) struct FlagWord {
    pub text: String,
    pub range: Range<usize>,
}

/// Splits a part of a joined line.
pub(super) fn split(line: &str, part: Range<usize>, escape: char) -> Split {
    let part = trim(line, part);
    let keyword_end = find(line, part.clone(), is_separator);
    let rest = find(line, keyword_end..part.end, |c| !is_separator(c));
    let (flags, arguments) = flags(line, rest..part.end, escape);
    Split { keyword: part.start..keyword_end, flags, arguments: trim(line, arguments) }
}

/// Words between separators.
pub(super) fn fields(line: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = part.start;
    while at < part.end {
        let end = find(line, at..part.end, is_separator);
        words.push(at..end);
        at = find(line, end..part.end, |c| !is_separator(c));
    }
    words
}

/// Words between blanks; quotes and escapes protect blanks and stay.
pub(super) fn quoted_words(line: &str, part: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = skip_blanks(line, part.clone());
    while at < part.end {
        let (word, next) = quoted_word(line, at..part.end, escape);
        if !word.is_empty() {
            words.push(word);
        }
        at = skip_blanks(line, next..part.end);
    }
    words
}

/// The word at the start, and where to go on. An escape character at the very
/// end is dropped.
fn quoted_word(line: &str, part: Range<usize>, escape: char) -> (Range<usize>, usize) {
    let mut quote = None;
    let mut chars = line[part.clone()].char_indices();
    while let Some((offset, c)) = chars.next() {
        let at = part.start + offset;
        match quote {
            None if c.is_whitespace() => return (part.start..at, at),
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        // Nothing is escaped between single quotes.
        if c == escape && quote != Some('\'') && chars.next().is_none() {
            return (part.start..at, part.end);
        }
    }
    (part.clone(), part.end)
}

/// Flags at the start, and the rest.
fn flags(line: &str, part: Range<usize>, escape: char) -> (Vec<FlagWord>, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = part.start;
    loop {
        at = skip_blanks(line, at..part.end);
        if !line[at..part.end].starts_with("--") {
            return (flags, at..part.end);
        }
        let (flag, end) = flag_word(line, at..part.end, escape);
        if flag == "--" {
            return (flags, end..part.end);
        }
        flags.push(FlagWord { text: flag, range: at..end });
        at = end;
    }
}

/// The flag at the start without quotes and escapes, and its end.
fn flag_word(line: &str, part: Range<usize>, escape: char) -> (String, usize) {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = line[part.clone()].char_indices();
    while let Some((offset, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => return (word, part.start + offset),
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ if c == escape => word.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => word.push(c),
        }
    }
    (word, part.end)
}

fn skip_blanks(line: &str, part: Range<usize>) -> usize {
    find(line, part, |c| !c.is_whitespace())
}

/// The offset of the first character that fits, or the end.
pub(super) fn find(line: &str, part: Range<usize>, fits: impl Fn(char) -> bool) -> usize {
    line[part.clone()].find(fits).map_or(part.end, |offset| part.start + offset)
}

/// The part without blanks at both ends.
pub(super) fn trim(line: &str, part: Range<usize>) -> Range<usize> {
    let text = line[part.clone()].trim_start();
    let start = part.end - text.len();
    start..start + text.trim_end().len()
}

/// What separates keyword and words (BuildKit does not count other Unicode
/// blanks here).
pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0b' | '\x0c' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(line: &str) -> Vec<&str> {
        quoted_words(line, 0..line.len(), '\\').into_iter().map(|word| &line[word]).collect()
    }

    #[test]
    fn quotes_and_escapes_keep_words_together() {
        assert_eq!(quoted("foo bar 'abc xyz'"), ["foo", "bar", "'abc xyz'"]);
        assert_eq!(quoted(r#"foo\ bar "a\" b" x"#), [r"foo\ bar", r#""a\" b""#, "x"]);
        assert_eq!(quoted("föo 'âbc x"), ["föo", "'âbc x"]);
        assert_eq!(quoted(r"a=b\"), ["a=b"]);
        assert_eq!(quoted(r"a \"), ["a"]);
    }

    #[test]
    fn flags_end_at_two_dashes_or_a_word() {
        let line = r#" COPY --from=a --chown="b c" -- --x /y "#;
        let split = split(line, 0..line.len(), '\\');
        let flags: Vec<_> = split.flags.iter().map(|flag| flag.text.as_str()).collect();
        assert_eq!(&line[split.keyword], "COPY");
        assert_eq!(flags, ["--from=a", "--chown=b c"]);
        assert_eq!(&line[split.arguments], "--x /y");
    }
}
