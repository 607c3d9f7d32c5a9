//! `requirements.txt`, and the dependency specifiers of PEP 508 that
//! `pyproject.toml` shares with it.

use nom::bytes::complete::{take_till, take_while, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::opt;
use nom::multi::separated_list0;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::{Problem, problem_at};

/// A `requirements.txt`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The requirements, in order.
    pub requirements: Vec<Requirement>,
    /// Other files that it includes (`-r`).
    pub includes: Vec<String>,
    /// Files that only constrain versions (`-c`).
    pub constraints: Vec<String>,
    /// Folders or repositories that are installed in place (`-e`).
    pub editable: Vec<String>,
    /// Package indexes other than PyPI (`-i`, `--extra-index-url`).
    pub index_urls: Vec<String>,
    /// True when hashes are given, so that pip checks all of them.
    pub hashes: bool,
}

/// A required Python distribution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirement {
    /// The name as written.
    pub name: String,
    /// The name as indexes compare it (PEP 503): `Foo_Bar` is `foo-bar`.
    pub normalized: String,
    /// The extras in brackets.
    pub extras: Vec<String>,
    /// The allowed versions as written; empty if any will do.
    pub specifier: String,
    /// The one version, if it is pinned with `==` or `===`.
    pub version: Option<String>,
    /// The address after `@`.
    pub url: Option<String>,
    /// The condition after `;`.
    pub marker: Option<String>,
}

impl Requirement {
    /// Reads a dependency specifier; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, requirement) = specifier(text.trim()).ok()?;
        let compared = |text: &str| text.starts_with(['<', '>', '=', '!', '~']);
        let versions = requirement.specifier.as_str();
        let whole = rest.trim().is_empty() && (versions.is_empty() || compared(versions));
        whole.then_some(requirement)
    }

    pub(super) fn new(name: &str, extras: Vec<String>, versions: &str) -> Self {
        let specifier = versions.trim().trim_start_matches('(').trim_end_matches(')').trim();
        Self {
            name: name.to_owned(),
            normalized: normalize(name),
            extras,
            specifier: specifier.to_owned(),
            version: pinned(specifier),
            ..Self::default()
        }
    }
}

/// A name as package indexes compare it (PEP 503).
pub fn normalize(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

fn pinned(specifier: &str) -> Option<String> {
    let version = specifier.strip_prefix("===").or_else(|| specifier.strip_prefix("=="))?.trim();
    let plain = !version.is_empty() && !version.contains([',', '*', ' ']);
    plain.then(|| version.to_owned())
}

fn specifier(text: &str) -> IResult<&str, Requirement> {
    let (rest, name) = terminated(take_while1(is_name), multispace0).parse(text)?;
    let (rest, extras) = opt(terminated(extras, multispace0)).parse(rest)?;
    let extras = extras.unwrap_or_default().into_iter().map(str::to_owned).collect();
    let (rest, url) = opt(preceded(char('@'), url)).parse(rest)?;
    let (rest, versions) = take_while(is_version).parse(rest)?;
    let (rest, marker) = opt(preceded(char(';'), take_till(|_| false))).parse(rest)?;
    let requirement = Requirement {
        url: url.map(str::to_owned),
        marker: marker.map(|marker: &str| marker.trim().to_owned()),
        ..Requirement::new(name, extras, versions)
    };
    Ok((rest, requirement))
}

fn extras(text: &str) -> IResult<&str, Vec<&str>> {
    let name = delimited(multispace0, take_while1(is_name), multispace0);
    delimited(char('['), separated_list0(char(','), name), preceded(multispace0, char(']')))
        .parse(text)
}

/// Ends at a blank: only there may a marker follow.
fn url(text: &str) -> IResult<&str, &str> {
    delimited(multispace0, take_while1(|c: char| !c.is_whitespace()), multispace0).parse(text)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn is_version(c: char) -> bool {
    c.is_ascii_alphanumeric() || " \t<>=!~,.*+-_()".contains(c)
}

/// Reads the file; a line that is neither an option nor a requirement breaks
/// it, as it breaks pip.
pub(super) fn read(text: &str) -> Result<Requirements, Problem> {
    let mut file = Requirements::default();
    for (start, line) in logical_lines(text) {
        let line = without_comment(&line);
        if line.is_empty() {
            continue;
        }
        if line.starts_with('-') {
            file.read_option(line);
        } else if !file.read_requirement(line) {
            let message = "Not a requirement: expected a name and versions".to_owned();
            return Err(problem_at(text, start, message));
        }
    }
    Ok(file)
}

/// Lines with their offsets, those that end in a backslash joined.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut offset = if text.starts_with('\u{feff}') { 3 } else { 0 };
    for with_newline in text[offset..].split_inclusive('\n') {
        let line = with_newline.trim_end_matches(['\n', '\r']);
        let (start, mut joined) = open.take().unwrap_or((offset, String::new()));
        offset += with_newline.len();
        match line.strip_suffix('\\').filter(|_| !line.trim_start().starts_with('#')) {
            Some(begun) => {
                joined.push_str(begun);
                open = Some((start, joined));
            }
            None => {
                joined.push_str(line);
                lines.push((start, joined));
            }
        }
    }
    lines.extend(open);
    lines
}

/// A `#` starts a comment at a line's start or after a blank.
fn without_comment(line: &str) -> &str {
    let mut blank_before = true;
    for (i, c) in line.char_indices() {
        if c == '#' && blank_before {
            return line[..i].trim();
        }
        blank_before = c.is_whitespace();
    }
    line.trim()
}

impl Requirements {
    fn read_option(&mut self, line: &str) {
        let (name, value) = option(line);
        let value = value.trim().to_owned();
        match name {
            "-r" | "--requirement" => self.includes.push(value),
            "-c" | "--constraint" => self.constraints.push(value),
            "-e" | "--editable" => self.editable.push(value),
            "-i" | "--index-url" | "--extra-index-url" => self.index_urls.push(value),
            "--require-hashes" => self.hashes = true,
            _ => {}
        }
    }

    /// False if the line is not a requirement.
    fn read_requirement(&mut self, line: &str) -> bool {
        let (line, options) = line.split_once(" --").unwrap_or((line, ""));
        self.hashes |= options.starts_with("hash");
        match Requirement::parse(line) {
            Some(requirement) => self.requirements.push(requirement),
            // A path or an address of a wheel or a repository: no name to read.
            None if line.contains(['/', '\\']) || line.ends_with(".whl") => {}
            None => return false,
        }
        true
    }
}

/// `-rFILE`, `-r FILE`, `--requirement FILE` or `--requirement=FILE`.
fn option(line: &str) -> (&str, &str) {
    if line.starts_with("--") {
        return line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
    }
    line.split_at_checked(2).unwrap_or((line, ""))
}
