//! Pasted texts: finds out what they are, and hands each piece to its reader.

use super::{history, manifest};
use crate::context::Problem;
use crate::context::json::{self, Value};
use crate::units::Range;

/// Rows read of one text: Docker allows 127 layers, and a row each for what
/// makes none.
const MOST_ROWS: usize = 500;
/// Bytes read of one text.
const MOST_BYTES: usize = 4_000_000;
/// Pieces that one text may hold, and problems after which the rest is not read.
const MOST_PIECES: usize = 50;
const MOST_PROBLEMS: usize = 100;

/// One row of an image's history, or one of its layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row's line in the pasted text.
    pub line: u32,
    /// What made it: CREATED BY.
    pub text: String,
    /// Uncompressed bytes, where the text tells.
    pub size: Option<Range>,
    /// Whether the image has a layer of it, where the text tells.
    pub layer: Option<bool>,
}

/// What a text is, with its figures.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `docker history` and its kin, the oldest row first.
    History(Vec<Row>),
    /// An image's configuration: a history without sizes, the oldest row first.
    Config(Vec<Row>),
    /// `docker image inspect`: the image's bytes, where they are uncompressed
    /// ones, and its layers.
    Inspect {
        /// Uncompressed bytes of the whole image.
        size: Option<u64>,
        /// Layers.
        layers: u32,
    },
    /// A manifest: compressed bytes of each layer, the lowest first.
    Manifest(Vec<u64>),
}

/// A piece of a text that was recognised.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its first line in the text.
    pub line: u32,
    /// What it is.
    pub content: Content,
}

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paste {
    /// The pieces, in the text's order.
    pub pieces: Vec<Piece>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// What a reader makes of a JSON value.
pub type Read = Result<Content, (String, String)>;

/// Reads a text: one or several outputs below each other, with or without the
/// commands that printed them.
pub fn read(text: &str) -> Paste {
    let mut cut = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut reader = Reader { text: &text[..cut], position: 0, line: 1, paste: Paste::default() };
    if cut < text.len() {
        reader.problem("The text is longer than 4 MB; only its beginning is read", "Paste less");
    }
    while reader.is_patient() && reader.piece() {}
    reader.paste.pieces.iter_mut().for_each(in_order);
    reader.paste
}

/// Puts the oldest row of a history first: commands print the newest first.
fn in_order(piece: &mut Piece) {
    if let Content::History(rows) = &mut piece.content {
        rows.truncate(MOST_ROWS);
        rows.reverse();
    }
}

struct Reader<'t> {
    text: &'t str,
    position: usize,
    /// Line of the position.
    line: u32,
    paste: Paste,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    fn is_patient(&self) -> bool {
        self.paste.pieces.len() < MOST_PIECES && self.paste.problems.len() < MOST_PROBLEMS
    }

    fn advance(&mut self, bytes: usize) {
        let passed = &self.text[self.position..self.position + bytes];
        self.line += passed.matches('\n').count() as u32;
        self.position += bytes;
    }

    /// The current line, without its end.
    fn line_text(&self) -> &'t str {
        let line = self.rest().split('\n').next().unwrap_or("");
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn next_line(&mut self) {
        let length = self.rest().find('\n').map_or(self.rest().len(), |end| end + 1);
        self.advance(length);
    }

    fn problem(&mut self, message: impl Into<String>, help: impl Into<String>) {
        let line = self.line_text();
        let problem = Problem::in_line(self.line, line, line.trim(), message).with_help(help);
        self.paste.problems.push(problem);
    }

    /// Reads the next piece; false at the end.
    fn piece(&mut self) -> bool {
        while !self.rest().is_empty() && is_passed_over(self.line_text()) {
            self.next_line();
        }
        let line = self.line_text();
        match () {
            () if self.rest().is_empty() => return false,
            () if line.trim_start_matches(['\u{feff}', ' ', '\t']).starts_with(['{', '[']) => {
                self.json();
            }
            () if history::is_head(line) || history::is_row(line) => self.table(),
            () => self.unknown(),
        }
        true
    }

    fn unknown(&mut self) {
        self.problem(
            "This is none of the outputs that are read here",
            "Paste what `docker history --no-trunc IMAGE`, `docker image inspect IMAGE`, \
             `docker manifest inspect -v IMAGE` or \
             `docker buildx imagetools inspect --raw IMAGE` prints",
        );
        let known = |line: &str| {
            line.starts_with(['{', '[']) || history::is_head(line) || history::is_row(line)
        };
        while !self.rest().is_empty() {
            self.next_line();
            if known(self.line_text()) {
                return;
            }
        }
    }

    fn table(&mut self) {
        let start = self.line;
        let (table, bytes) = history::table(self.rest(), start);
        self.paste.problems.extend(table.problems);
        if !table.rows.is_empty() {
            let content = Content::History(table.rows);
            self.paste.pieces.push(Piece { line: start, content });
        }
        self.advance(bytes.max(1).min(self.rest().len()));
    }

    fn json(&mut self) {
        let start = self.rest().find(['{', '[']).unwrap_or(0);
        self.advance(start);
        let length = value_length(self.rest());
        let (line, text) = (self.line, &self.rest()[..length]);
        match json::parse(text) {
            Err(error) => {
                self.advance(error.offset.min(length));
                let column =
                    self.position - self.text[..self.position].rfind('\n').map_or(0, |at| at + 1);
                let piece = self.rest().chars().next().map_or(0, char::len_utf8);
                let whole = self.text[self.position - column..].split('\n').next().unwrap_or("");
                let at = whole.get(column..column + piece).unwrap_or("");
                let message = format!("This is not JSON: {}", error.message);
                let problem = Problem::in_line(self.line, whole, at, message)
                    .with_help("Paste the whole output, from the first bracket to the last");
                self.paste.problems.push(problem);
                self.advance(length.saturating_sub(error.offset));
            }
            Ok(value) => {
                match document(&value, line) {
                    Ok(content) => self.push(line, content),
                    Err((message, help)) => self.problem(message, help),
                }
                self.advance(length);
            }
        }
    }

    /// Adds a piece; rows of `--format json` come as one document each.
    fn push(&mut self, line: u32, content: Content) {
        let last = self.paste.pieces.last_mut().map(|piece| &mut piece.content);
        match (last, content) {
            (Some(Content::History(rows)), Content::History(more))
                if more.len() == 1 && rows.last().is_some_and(|row| row.line + 1 == line) =>
            {
                rows.extend(more);
            }
            (_, content) => self.paste.pieces.push(Piece { line, content }),
        }
    }
}

/// Empty lines, and the commands whose output follows.
fn is_passed_over(line: &str) -> bool {
    let line = line.trim_matches(['\u{feff}', ' ', '\t']);
    let is_command = || {
        let mut words =
            line.split_whitespace().skip_while(|word| word.ends_with(['$', '#', '>', '%']));
        matches!(words.next(), Some("docker" | "podman" | "nerdctl" | "skopeo" | "crane" | "sudo"))
            || line.contains("$ docker ")
            || line.contains("# docker ")
    };
    line.is_empty() || line.starts_with("```") || (is_command() && !history::is_head(line))
}

/// Bytes of the JSON value that the text starts with: up to the bracket that
/// closes the first one.
fn value_length(text: &str) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Tells JSON documents apart by their members.
fn document(value: &Value, line: u32) -> Read {
    let readers = [history::document, manifest::document, super::inspect::document];
    readers.iter().find_map(|reader| reader(value, line)).unwrap_or_else(|| {
        Err((
            "This JSON is none of the outputs that are read here".into(),
            "Paste what `docker history --format json`, `docker image inspect` or \
             `docker manifest inspect -v` prints"
                .into(),
        ))
    })
}

/// A member by its name in any case: Docker and Podman differ.
pub fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    let same = |key: &&String| key.eq_ignore_ascii_case(name);
    members.get(name).or_else(|| members.keys().find(same).and_then(|key| members.get(key)))
}

/// A whole number of bytes.
pub fn bytes(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) if (0.0..1e18).contains(number) => Some(*number as u64),
        _ => None,
    }
}
