//! One line of a listing.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, digit1, space1};
use nom::combinator::{opt, recognize};
use nom::{IResult, Parser};

use super::File;
use crate::context::{Entry, path};

/// What a line holds.
pub(super) enum Line {
    File(File),
    /// A folder that stands for its files, or a file whose size is a guess.
    Other(Entry),
    /// A blank line, the context itself, or something without content of its
    /// own: a symbolic link, a submodule.
    Nothing,
}

/// A piece of the line and what is wrong with it.
type Bad<'a> = (&'a str, String);

/// Reads one line without its newline; `~` before it marks a guess.
pub(super) fn read(line: &str) -> Result<Line, Bad<'_>> {
    let Some(line) = line.strip_prefix('~') else { return plain(line) };
    Ok(match plain(line)? {
        Line::File(file) => Line::Other(Entry { assumed: true, ..file.into() }),
        Line::Other(entry) => Line::Other(Entry { assumed: true, ..entry }),
        Line::Nothing => Line::Nothing,
    })
}

fn plain(line: &str) -> Result<Line, Bad<'_>> {
    if line.trim().is_empty() {
        return Ok(Line::Nothing);
    }
    if let Ok((path, object)) = git_object(line) {
        return git_line(object, path);
    }
    match size_and_path(line) {
        Ok((path, size)) if let Some((folder, files)) = folder(path) => {
            Ok(Line::Other(Entry::folder(&path::in_root(folder), number(size)?, files)))
        }
        Ok((path, size)) => Ok(file(number(size)?, path, path.to_owned(), false)?),
        Err(_) => Err(not_a_line(line)),
    }
}

/// `folder/<TAB>files`: a folder known only as a whole.
fn folder(path: &str) -> Option<(&str, u64)> {
    let (folder, files) = path.rsplit_once('\t')?;
    Some((folder.strip_suffix('/')?, files.trim_end().parse().ok()?))
}

fn not_a_line(line: &str) -> Bad<'_> {
    let first = line.trim_start().split([' ', '\t']).next().unwrap_or(line);
    if first.bytes().all(|byte| byte.is_ascii_digit()) {
        return (line, "A size without a path; expected `size<TAB>path`".to_owned());
    }
    let shown: String = first.chars().take(40).collect();
    (first, format!("`{shown}` is not a size; expected `size<TAB>path`"))
}

/// Any blank may stand between size and path: editors turn tabs into spaces.
fn size_and_path(line: &str) -> IResult<&str, &str> {
    let (rest, _) = opt(space1).parse(line)?;
    let (rest, size) = digit1(rest)?;
    let (path, _) = alt((recognize(char('\t')), space1)).parse(rest)?;
    if path.trim().is_empty() {
        return Err(nom::Err::Error(nom::error::Error::new(path, nom::error::ErrorKind::Eof)));
    }
    Ok((path, size))
}

/// `mode type hash size` of `git ls-tree -l`.
struct GitObject<'a> {
    mode: &'a str,
    size: &'a str,
}

fn git_object(line: &str) -> IResult<&str, GitObject<'_>> {
    let (rest, mode) = digit1(line)?;
    let (rest, _) = char(' ')(rest)?;
    let (rest, _) = alt((tag("blob"), tag("commit"), tag("tree"))).parse(rest)?;
    let (rest, _) = char(' ')(rest)?;
    let (rest, _) = take_while1(|c: char| c.is_ascii_hexdigit())(rest)?;
    let (rest, _) = space1(rest)?;
    let (rest, size) = alt((digit1, tag("-"))).parse(rest)?;
    let (path, _) = char('\t')(rest)?;
    Ok((path, GitObject { mode, size }))
}

fn git_line<'a>(object: GitObject<'a>, written: &'a str) -> Result<Line, Bad<'a>> {
    if object.mode == "120000" || object.size == "-" {
        return Ok(Line::Nothing);
    }
    let bytes = number(object.size)?;
    file(bytes, written, unquote(written)?, object.mode == "100755")
}

fn number(digits: &str) -> Result<u64, Bad<'_>> {
    digits.parse().map_err(|_| (digits, "The size does not fit in 64 bits".to_owned()))
}

fn file(bytes: u64, written: &str, path: String, executable: bool) -> Result<Line, Bad<'_>> {
    if path.contains('\0') {
        return Err((written, "A path cannot hold a NUL byte".to_owned()));
    }
    let path = path::in_root(&path);
    if path.is_empty() {
        return Ok(Line::Nothing);
    }
    Ok(Line::File(File { path, bytes, executable }))
}

/// Takes off git's quotes: `"\303\244.txt"` is `ä.txt`.
fn unquote(written: &str) -> Result<String, Bad<'_>> {
    let Some(quoted) = written.strip_prefix('"') else { return Ok(written.to_owned()) };
    let bad = || (written, "A quoted path that cannot be read".to_owned());
    let inner = quoted.strip_suffix('"').ok_or_else(bad)?;
    let mut decoded = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'\\' {
            let (value, after) = escape(after).ok_or_else(bad)?;
            decoded.push(value);
            rest = after;
        } else {
            decoded.push(byte);
            rest = after;
        }
    }
    Ok(String::from_utf8_lossy(&decoded).into_owned())
}

/// One escape of C after its backslash.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, rest) = text.split_first()?;
    let value = match first {
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'"' | b'\\' => first,
        b'0'..=b'3' => {
            let digit =
                |i: usize| text.get(i).filter(|b| (b'0'..=b'7').contains(b)).map(|b| b - b'0');
            let value = digit(0)? * 64 + digit(1)? * 8 + digit(2)?;
            return Some((value, text.get(3..)?));
        }
        _ => return None,
    };
    Some((value, rest))
}
