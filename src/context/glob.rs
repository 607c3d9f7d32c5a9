//! Wildcards of COPY and ADD: the rules of Go's `filepath.Match`.
//!
//! `*` and `?` stop at `/`; a class such as `[^a]` does not. A backslash takes
//! the next character literally.

/// A pattern that `filepath.Match` refuses (`ErrBadPattern`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern;

/// True when the text holds a wildcard that no backslash precedes.
pub fn has_wildcards(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// True when the whole of `name` matches. Takes time proportional to
/// `pattern.len() * name.len()`.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    Ok(Glob::new(pattern)?.matches(name))
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Glob {
    /// Runs of single-character tokens; a star stands between two runs.
    runs: Vec<Vec<Token>>,
}

#[derive(Debug, Clone)]
enum Token {
    Char(char),
    NotSlash,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, BadPattern> {
        let mut runs = vec![Vec::new()];
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            let token = match c {
                '*' => {
                    runs.push(Vec::new());
                    continue;
                }
                '?' => Token::NotSlash,
                '[' => class(&mut rest)?,
                '\\' => Token::Char(rest.next().ok_or(BadPattern)?),
                other => Token::Char(other),
            };
            runs.last_mut().ok_or(BadPattern)?.push(token);
        }
        Ok(Self { runs })
    }

    /// True when the whole of `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, starred)) = self.runs.split_first() else { return name.is_empty() };
        let Some(mut rest) = match_run(first, name) else { return false };
        let Some((last, middle)) = starred.split_last() else { return rest.is_empty() };
        for run in middle {
            // The leftmost place is enough: it leaves the most to later runs.
            match places(rest).find_map(|place| match_run(run, place)) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        if last.is_empty() {
            return !rest.contains('/');
        }
        places(rest).any(|place| match_run(last, place) == Some(""))
    }
}

/// Where a star may end: after any number of characters before the next slash.
fn places(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find('/').unwrap_or(text.len());
    (0..=end).filter_map(move |i| text.get(i..))
}

fn match_run<'a>(run: &[Token], name: &'a str) -> Option<&'a str> {
    let mut rest = name.chars();
    let whole = run.iter().all(|token| rest.next().is_some_and(|c| token.takes(c)));
    whole.then_some(rest.as_str())
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Char(expected) => *expected == c,
            Self::NotSlash => c != '/',
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

/// Reads a class after its `[`.
fn class(rest: &mut std::str::Chars<'_>) -> Result<Token, BadPattern> {
    let negated = next_if(rest, '^');
    let mut ranges = Vec::new();
    while ranges.is_empty() || !next_if(rest, ']') {
        let low = class_char(rest)?;
        let high = if next_if(rest, '-') { class_char(rest)? } else { low };
        ranges.push((low, high));
    }
    Ok(Token::Class { negated, ranges })
}

fn class_char(rest: &mut std::str::Chars<'_>) -> Result<char, BadPattern> {
    match rest.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => rest.next().ok_or(BadPattern),
        Some(c) => Ok(c),
    }
}

fn next_if(rest: &mut std::str::Chars<'_>, expected: char) -> bool {
    let found = rest.clone().next() == Some(expected);
    if found {
        rest.next();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_filepath_match() {
        for (pattern, name, expected) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("ab[^e-g]", "abc", Ok(true)),
            ("a\\*b", "a*b", Ok(true)),
            ("a[^a]b", "a/b", Ok(true)),
            ("a?b", "a/b", Ok(false)),
            ("a???b", "aαb", Ok(false)),
            ("[\\]a]", "]", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-x]", "x", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("a[", "ab", Err(BadPattern)),
            ("[^bc", "a", Err(BadPattern)),
            ("a\\", "a", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
            ("", "", Ok(true)),
            ("", "a", Ok(false)),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
