//! Reads the lines of an ignore file, in the two steps of the original: the
//! file's reader tidies each line, the matcher then reads it as a pattern.

use std::fmt;

use super::pattern::Matcher;
use super::{IgnoreFile, IgnorePattern};
use crate::context::{Problem, glob, path};
use crate::syntax::{LineIndex, Span};

/// Go's line scanner gives up at a line of this many bytes.
const LINE_LIMIT: usize = 64 * 1024;
/// Lines that are read: every pattern is asked about every file.
const MOST_LINES: usize = 2_000;

/// Why BuildKit refuses a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadIgnorePattern {
    /// `!` with nothing after it.
    LoneExclamation,
    /// Not a pattern of Go's `filepath.Match`.
    Syntax,
    /// The regular expression it is turned into does not compile.
    Expression,
}

impl fmt::Display for BadIgnorePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoneExclamation => "`!` needs a pattern after it; the build stops here",
            Self::Syntax => {
                "Not a valid pattern (a class without its end, or a backslash at the \
                             end); the build stops here"
            }
            Self::Expression => "This escape or class cannot be compiled; the build stops here",
        })
    }
}

impl BadIgnorePattern {
    fn help(self) -> &'static str {
        match self {
            Self::LoneExclamation => "Write `!path` to bring a path back, or remove the line",
            Self::Syntax => "Close `[` with `]`, or write `\\[` for a plain bracket",
            Self::Expression => "Write folders with `/`: a backslash escapes the next character",
        }
    }
}

/// The part of an ignore file's text that says all that is read of it.
pub fn beginning(text: &str) -> &str {
    match text.match_indices('\n').nth(MOST_LINES) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

impl IgnoreFile {
    /// Reads an ignore file's text. Never fails: what BuildKit would refuse is
    /// a problem at its place, and the rest is read.
    pub fn parse(text: &str) -> Self {
        let mut file = Self { source: text.to_owned(), ..Self::default() };
        let lines = LineIndex::new(text);
        let mut start = 0;
        for (index, with_newline) in text.split_inclusive('\n').enumerate() {
            let line = with_newline.strip_suffix('\n').unwrap_or(with_newline);
            if index == MOST_LINES {
                let place = Span::new(start, start + line.len().min(1));
                let message = "More than 2,000 lines; the rest is left out";
                file.problems.push(Problem::at(text, &lines, place, message));
                break;
            }
            if line.len() >= LINE_LIMIT {
                let end = line.char_indices().nth(40).map_or(line.len(), |(i, _)| i);
                let place = Span::new(start, start + end);
                let message = "A line of 65,536 bytes or more; the build stops here";
                file.problems.push(Problem::at(text, &lines, place, message));
                break;
            }
            file.read_line(text, &lines, index, start, line);
            start += with_newline.len();
        }
        file
    }

    /// The same patterns without a file around them, as `COPY --exclude` gives
    /// them: nothing is a comment, and a leading `/` stays.
    pub fn from_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut file = Self::default();
        for (index, text) in patterns.into_iter().enumerate() {
            let line = index as u32 + 1;
            match pattern(text, text, line, Span::new(0, text.len())) {
                Ok(found) => file.patterns.extend(found),
                Err(bad) => file.problems.push(
                    Problem::in_line(line, text, text, bad.to_string()).with_help(bad.help()),
                ),
            }
        }
        file
    }

    fn read_line(&mut self, text: &str, lines: &LineIndex, index: usize, start: usize, raw: &str) {
        let without_bom = if index == 0 { raw.strip_prefix('\u{feff}') } else { None };
        let line = without_bom.unwrap_or(raw);
        // Only a `#` in the first column makes a comment.
        if line.starts_with('#') {
            return;
        }
        let written = line.trim();
        if written.is_empty() {
            return;
        }
        let before = raw.len() - line.len() + (line.len() - line.trim_start().len());
        let span = Span::new(start + before, start + before + written.len());
        match pattern(written, &tidy(written), index as u32 + 1, span) {
            Ok(found) => self.patterns.extend(found),
            Err(bad) => self
                .problems
                .push(Problem::at(text, lines, span, bad.to_string()).with_help(bad.help())),
        }
    }
}

/// What the file's reader makes of a trimmed line.
fn tidy(line: &str) -> String {
    let (sign, rest) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    if rest.is_empty() {
        return sign.to_owned();
    }
    let cleaned = path::clean(rest);
    let relative = match cleaned.strip_prefix('/') {
        Some(relative) if !relative.is_empty() => relative,
        _ => &cleaned,
    };
    format!("{sign}{relative}")
}

/// What the matcher makes of a tidied line; `None` if nothing is left of it.
/// The steps repeat on purpose: `/!a` becomes an exception only here.
fn pattern(
    written: &str,
    tidied: &str,
    line: u32,
    span: Span,
) -> Result<Option<IgnorePattern>, BadIgnorePattern> {
    let trimmed = tidied.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let cleaned = path::clean(trimmed);
    let (negated, pattern) = match cleaned.strip_prefix('!') {
        Some("") => return Err(BadIgnorePattern::LoneExclamation),
        Some(rest) => (true, rest),
        None => (false, cleaned.as_str()),
    };
    glob::Glob::new(pattern).map_err(|_| BadIgnorePattern::Syntax)?;
    let matcher = Matcher::new(pattern).map_err(|_| BadIgnorePattern::Expression)?;
    let (text, pattern) = (written.to_owned(), pattern.to_owned());
    Ok(Some(IgnorePattern { text, pattern, negated, line, span, matcher }))
}
