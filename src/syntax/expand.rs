//! Expands variables, quotes and escapes of words as BuildKit does.

use std::fmt;
use std::ops::Range;

use super::pattern;

use crate::sorted::{Map, Set};

/// `${a:-${b:-…}}` may nest this deep.
const MAX_DEPTH: usize = 100;
/// Bytes that variables may add to a word: Linux takes no longer argument or
/// variable, and values that hold each other twice double with every line.
const MAX_ADDED: usize = 128 * 1024;
const TOO_LONG: &str = "the variables make it longer than 128 kB, which Linux starts nothing with";

/// Values of variables.
pub trait Variables {
    /// The value, if the variable is set.
    fn get(&self, name: &str) -> Option<&str>;
}

impl Variables for Map<String, String> {
    fn get(&self, name: &str) -> Option<&str> {
        Map::get(self, name).map(String::as_str)
    }
}

/// No variable is set.
pub(super) struct NoVariables;

impl Variables for NoVariables {
    fn get(&self, _: &str) -> Option<&str> {
        None
    }
}

/// Expands words.
#[derive(Clone, Copy)]
pub struct Expander<'a> {
    /// The Dockerfile's escape character.
    pub escape: char,
    /// The variables in scope.
    pub variables: &'a dyn Variables,
    /// Keeps quotes.
    pub raw_quotes: bool,
    /// Keeps escapes.
    pub raw_escapes: bool,
    /// Leaves `$x` as it is when `x` is not set.
    pub skip_unset: bool,
}

/// An expanded word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The text.
    pub text: String,
    /// The set variables it was made of.
    pub used: Set<String>,
    /// The variables that are not set (even where a default stands in).
    pub unset: Set<String>,
}

/// Why a word cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandError {
    /// In BuildKit's terms.
    pub message: String,
}

impl ExpandError {
    /// True where the text would only be too long.
    pub fn is_too_long(&self) -> bool {
        self.message == TOO_LONG
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpandError {}

impl<'a> Expander<'a> {
    /// Expands with the given variables; quotes and escapes are resolved.
    pub fn new(escape: char, variables: &'a dyn Variables) -> Self {
        Self { escape, variables, raw_quotes: false, raw_escapes: false, skip_unset: false }
    }

    /// Expands text to one word.
    pub fn word(&self, text: &str) -> Result<Expansion, ExpandError> {
        self.expand(text, true)
    }

    /// Expands a heredoc's body: quotes are plain text there.
    pub fn heredoc_body(&self, text: &str) -> Result<Expansion, ExpandError> {
        self.expand(text, false)
    }

    /// Expands text and splits it into words at blanks outside of quotes.
    pub fn words(&self, text: &str) -> Result<Vec<String>, ExpandError> {
        Ok(self.words_with_places(text)?.into_iter().map(|(word, _)| word).collect())
    }

    /// Words, and what part of the text each was made of.
    pub(super) fn words_with_places(
        &self,
        text: &str,
    ) -> Result<Vec<(String, Range<usize>)>, ExpandError> {
        let mut lexer = Lexer::new(self, text, true);
        lexer.words = Some(Words::default());
        lexer.text_until(None, self.raw_escapes)?;
        let at = lexer.at;
        Ok(lexer.words.map(|words| words.finish(at)).unwrap_or_default())
    }

    fn expand(&self, text: &str, quotes: bool) -> Result<Expansion, ExpandError> {
        let mut lexer = Lexer::new(self, text, quotes);
        let text = lexer.text_until(None, self.raw_escapes)?;
        Ok(Expansion { text, used: lexer.used, unset: lexer.unset })
    }
}

fn error<T>(message: impl Into<String>) -> Result<T, ExpandError> {
    Err(ExpandError { message: message.into() })
}

/// Collects the words of a text.
#[derive(Default)]
struct Words {
    done: Vec<(String, Range<usize>)>,
    word: String,
    start: usize,
}

impl Words {
    /// Adds a character; a blank ends the word.
    fn push(&mut self, c: char, at: usize) {
        match c.is_whitespace() {
            true => self.end_word(at),
            false => self.push_raw(c, at),
        }
    }

    /// Adds a character, be it a blank.
    fn push_raw(&mut self, c: char, at: usize) {
        if self.word.is_empty() {
            self.start = at;
        }
        self.word.push(c);
    }

    fn end_word(&mut self, at: usize) {
        if !self.word.is_empty() {
            self.done.push((std::mem::take(&mut self.word), self.start..at.max(self.start)));
        }
    }

    fn finish(mut self, at: usize) -> Vec<(String, Range<usize>)> {
        self.end_word(at);
        self.done
    }
}

struct Lexer<'a> {
    expander: &'a Expander<'a>,
    text: &'a str,
    at: usize,
    /// Quotes are special.
    quotes: bool,
    raw_escapes: bool,
    depth: usize,
    /// Bytes that variables have added.
    added: usize,
    /// The words, where they are asked for.
    words: Option<Words>,
    used: Set<String>,
    unset: Set<String>,
}

impl<'a> Lexer<'a> {
    fn new(expander: &'a Expander<'a>, text: &'a str, quotes: bool) -> Self {
        // Go's scanner drops a byte order mark.
        let at = text.len() - text.trim_start_matches('\u{feff}').len();
        Self {
            expander,
            text,
            at: at.min('\u{feff}'.len_utf8()),
            quotes,
            raw_escapes: expander.raw_escapes,
            depth: 0,
            added: 0,
            words: None,
            used: Set::new(),
            unset: Set::new(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes the character if it comes next.
    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Expands up to the stop character (and over it), or to the end.
    fn text_until(&mut self, stop: Option<char>, raw: bool) -> Result<String, ExpandError> {
        let outer = std::mem::replace(&mut self.raw_escapes, raw);
        let result = self.text_until_inner(stop);
        self.raw_escapes = outer;
        result
    }

    fn text_until_inner(&mut self, stop: Option<char>) -> Result<String, ExpandError> {
        let mut result = String::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            if stop == Some(c) {
                self.next();
                return Ok(result);
            }
            let nested = stop.is_some();
            match c {
                '$' => {
                    let value = self.dollar()?;
                    self.add_word_text(&value, start, nested, Words::push);
                    result.push_str(&value);
                }
                '<' => {
                    let text = self.angle();
                    self.add_word_text(&text, start, nested, Words::push_raw);
                    result.push_str(&text);
                }
                '\'' | '"' if self.quotes => {
                    let text = if c == '"' { self.double_quoted()? } else { self.single_quoted()? };
                    self.add_word_text(&text, start, nested, Words::push_raw);
                    result.push_str(&text);
                }
                c if c == self.expander.escape => {
                    if !self.escaped(&mut result, nested) {
                        break;
                    }
                }
                c => {
                    self.next();
                    self.add_word_text(c.encode_utf8(&mut [0; 4]), start, nested, Words::push);
                    result.push(c);
                }
            }
        }
        match stop {
            None => Ok(result),
            Some(stop) => {
                error(format!("unexpected end of statement while looking for matching {stop}"))
            }
        }
    }

    /// Words are made at the outermost level only.
    fn add_word_text(
        &mut self,
        text: &str,
        start: usize,
        nested: bool,
        push: fn(&mut Words, char, usize),
    ) {
        if let Some(words) = self.words.as_mut().filter(|_| !nested) {
            text.chars().for_each(|c| push(words, c, start));
        }
    }

    /// An escape and its character. False at the end of the text, where the
    /// escape is dropped.
    fn escaped(&mut self, result: &mut String, nested: bool) -> bool {
        let start = self.at;
        let escape = self.next();
        let kept = if self.raw_escapes { escape } else { None };
        let escaped = self.next();
        for c in kept.into_iter().chain(escaped) {
            self.add_word_text(c.encode_utf8(&mut [0; 4]), start, nested, Words::push_raw);
            result.push(c);
        }
        escaped.is_some()
    }

    fn single_quoted(&mut self) -> Result<String, ExpandError> {
        let start = self.at;
        self.next();
        let Some(length) = self.text[self.at..].find('\'') else {
            self.at = self.text.len();
            return error("unexpected end of statement while looking for matching single-quote");
        };
        let inner = self.at..self.at + length;
        self.at = inner.end + 1;
        let range = if self.expander.raw_quotes { start..self.at } else { inner };
        Ok(self.text[range].to_owned())
    }

    fn double_quoted(&mut self) -> Result<String, ExpandError> {
        let mut result = String::new();
        let quote = self.next().filter(|_| self.expander.raw_quotes);
        result.extend(quote);
        loop {
            match self.peek() {
                None => {
                    return error(
                        "unexpected end of statement while looking for matching double-quote",
                    );
                }
                Some('"') => {
                    self.next();
                    result.extend(quote);
                    return Ok(result);
                }
                Some('$') => result += &self.dollar()?,
                Some(c) if c == self.expander.escape => self.escaped_in_quotes(&mut result),
                Some(c) => {
                    self.next();
                    result.push(c);
                }
            }
        }
    }

    /// Between double quotes only `"`, `$` and the escape itself are escaped.
    fn escaped_in_quotes(&mut self, result: &mut String) {
        let escape = self.expander.escape;
        self.next();
        if self.raw_escapes {
            result.push(escape);
        }
        match self.peek() {
            None => {}
            Some(c) if c == '"' || c == '$' || c == escape => {
                self.next();
                result.push(c);
            }
            Some(_) => result.push(escape),
        }
    }

    /// `<`, or `<<` with the blanks after it: `<< EOF` is one word.
    fn angle(&mut self) -> String {
        self.next();
        if !self.take('<') {
            return "<".to_owned();
        }
        let mut text = "<<".to_owned();
        while let Some(c @ (' ' | '\t' | '\r')) = self.peek() {
            self.next();
            text.push(c);
        }
        text
    }

    fn dollar(&mut self) -> Result<String, ExpandError> {
        let value = self.variable()?;
        self.added += value.len();
        if self.added > MAX_ADDED { error(TOO_LONG) } else { Ok(value) }
    }

    fn variable(&mut self) -> Result<String, ExpandError> {
        self.next();
        if self.take('{') {
            return self.braced();
        }
        let name = self.name();
        if name.is_empty() {
            return Ok("$".to_owned());
        }
        match self.lookup(&name) {
            None if self.expander.skip_unset => Ok(format!("${name}")),
            value => Ok(value.unwrap_or_default().to_owned()),
        }
    }

    /// `${…}` behind its brace.
    fn braced(&mut self) -> Result<String, ExpandError> {
        match self.peek() {
            None => return error("syntax error: missing '}'"),
            Some('{' | '}' | ':') => return error("syntax error: bad substitution"),
            _ => {}
        }
        if self.depth == MAX_DEPTH {
            return error("syntax error: substitutions are nested too deeply");
        }
        self.depth += 1;
        let name = self.name();
        let value = match self.next() {
            None => error("syntax error: missing '}'"),
            Some('}') => match self.lookup(&name) {
                None if self.expander.skip_unset => Ok(format!("${{{name}}}")),
                value => Ok(value.unwrap_or_default().to_owned()),
            },
            Some(':') => match self.next() {
                None => error("syntax error: missing '}'"),
                Some(modifier) => self.modified(&name, modifier, true),
            },
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => self.modified(&name, modifier, false),
            Some('/') => self.replaced(&name),
            Some(c) => error(format!("unsupported modifier ({c}) in substitution")),
        };
        self.depth -= 1;
        value
    }

    /// `${x:-y}` and the like, behind the modifier.
    fn modified(&mut self, name: &str, modifier: char, colon: bool) -> Result<String, ExpandError> {
        let sign = format!("{}{modifier}", if colon { ":" } else { "" });
        let unsupported = || error(format!("unsupported modifier ({sign}) in substitution"));
        let is_pattern = matches!(modifier, '#' | '%');
        if colon && is_pattern {
            return unsupported();
        }
        let word = self.nested_text('}', is_pattern, "syntax error: missing '}'")?;
        let value = self.lookup(name);
        if value.is_none() && self.expander.skip_unset {
            return Ok(format!("${{{name}{sign}{word}}}"));
        }
        let filled = value.filter(|value| !(colon && value.is_empty()));
        match modifier {
            '-' => Ok(filled.map_or(word, str::to_owned)),
            '+' => Ok(if filled.is_some() { word } else { String::new() }),
            '?' => match filled {
                Some(value) => Ok(value.to_owned()),
                None => missing(name, &word, value.is_some()),
            },
            '#' | '%' => trimmed(modifier, &word, value.unwrap_or_default()),
            _ => unsupported(),
        }
    }

    /// `${x/p/r}` and `${x//p/r}`, behind the first slash.
    fn replaced(&mut self, name: &str) -> Result<String, ExpandError> {
        let all = self.take('/');
        let pattern = self.nested_text('/', true, "syntax error: missing '/' in ${}")?;
        let with = self.nested_text('}', true, "syntax error: missing '}'")?;
        let value = self.lookup(name);
        if value.is_none() && self.expander.skip_unset {
            return Ok(format!("${{{name}/{pattern}/{with}}}"));
        }
        let replace = if all { pattern::replace_all } else { pattern::replace_first };
        let replaced = replace(&pattern, &with, value.unwrap_or_default());
        replaced.map_err(|message| ExpandError { message })
    }

    /// The text up to a character inside `${…}`.
    fn nested_text(&mut self, stop: char, raw: bool, at_end: &str) -> Result<String, ExpandError> {
        // BuildKit's nesting levels share one buffer for the current word, so
        // `words` loses what stands before `${x:-y}` in the same word.
        if let Some(words) = &mut self.words {
            words.word.clear();
        }
        let text = self.text_until(Some(stop), raw);
        text.or_else(|inner| match self.peek() {
            None => error(at_end),
            Some(_) => Err(inner),
        })
    }

    /// A name, a number, or one of the special parameters; empty if none.
    fn name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let length = match rest.chars().next() {
            Some(c) if is_digit(c) => rest.find(|c| !is_digit(c)),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => Some(1),
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_'),
        };
        let name = &rest[..length.unwrap_or(rest.len())];
        self.at += name.len();
        name.to_owned()
    }

    fn lookup(&mut self, name: &str) -> Option<&'a str> {
        let value = self.expander.variables.get(name);
        let names = if value.is_some() { &mut self.used } else { &mut self.unset };
        if !names.contains(name) {
            names.insert(name.to_owned());
        }
        value
    }
}

fn is_digit(c: char) -> bool {
    c.is_numeric()
}

fn missing(name: &str, message: &str, set: bool) -> Result<String, ExpandError> {
    let default = if set { "is not allowed to be empty" } else { "is not allowed to be unset" };
    error(format!("{name}: {}", if message.is_empty() { default } else { message }))
}

/// `${x#p}` and `${x%p}`; the sign twice takes the longest match.
fn trimmed(sign: char, word: &str, value: &str) -> Result<String, ExpandError> {
    let longest = word.strip_prefix(sign);
    let trim = if sign == '%' { pattern::trim_suffix } else { pattern::trim_prefix };
    let trimmed = trim(longest.unwrap_or(word), value, longest.is_some());
    trimmed.map_err(|message| ExpandError { message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Map<String, String> {
        let pairs = [("FOO", "xxx"), ("BAR", ""), ("PATH", "/a/foo/b/c.txt"), ("T", "a***yy*")];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn word(text: &str) -> Result<String, String> {
        let variables = variables();
        let expansion = Expander::new('\\', &variables).word(text);
        expansion.map(|e| e.text).map_err(|e| e.message)
    }

    #[test]
    fn tells_used_and_unset_variables() {
        let variables = variables();
        let expansion = Expander::new('\\', &variables).word("${FOO-a} ${BAR:-b} ${BAZ-c}");
        let expansion = expansion.unwrap();
        assert_eq!(expansion.text, "xxx b c");
        assert_eq!(Vec::from_iter(expansion.used), ["BAR", "FOO"]);
        assert_eq!(Vec::from_iter(expansion.unset), ["BAZ"]);
    }

    #[test]
    fn patterns() {
        assert_eq!(word("${PATH/?o/X}"), Ok("/a/Xo/b/c.txt".into()));
        assert_eq!(word(r"${PATH//\//\/}"), Ok(r"\/a\/foo\/b\/c.txt".into()));
        assert_eq!(word("${PATH##*/}"), Ok("c.txt".into()));
        assert_eq!(word("${PATH%/*}"), Ok("/a/foo/b".into()));
        assert_eq!(word(r"${T%%\**\*}"), Ok("a".into()));
        assert_eq!(word("${FOO///}"), Ok("xxx".into()));
        assert_eq!(word("${NONE///}"), Ok(String::new()));
        for wrong in ["${FOO//ww}", "${FOO//}", "${FOO:#}", "${FOO:%%}", "${FOO=a}"] {
            assert!(word(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn required_variables() {
        assert_eq!(word("${FOO:?no}"), Ok("xxx".into()));
        assert_eq!(word("${BAR:?got $FOO}"), Err("BAR: got xxx".into()));
        assert_eq!(word("${BAZ?}"), Err("BAZ: is not allowed to be unset".into()));
    }

    #[test]
    fn keeps_what_it_is_told_to() {
        let raw = Expander {
            raw_quotes: true,
            raw_escapes: true,
            skip_unset: true,
            ..Expander::new('\\', &NoVariables)
        };
        let text = r#"RUN <<'E'o\'f "$x" ${y:-z}"#;
        assert_eq!(raw.word(text).unwrap().text, text);
        let words = raw.words_with_places(text).unwrap();
        assert!(words.iter().all(|(word, place)| *word == text[place.clone()]));
    }

    #[test]
    fn nesting_is_limited() {
        assert!(word(&("${x:-".repeat(100) + &"}".repeat(100))).is_ok());
        assert!(word(&"${x:-".repeat(1_000_000)).is_err());
    }

    #[test]
    fn quotes_are_text_in_heredocs() {
        let variables = variables();
        let body = Expander::new('\\', &variables).heredoc_body("it's \"$FOO\"");
        assert_eq!(body.unwrap().text, "it's \"xxx\"");
    }
}
