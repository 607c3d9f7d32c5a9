//! `docker history`, as a table or as JSON; also Podman's and the API's.
//!
//! Columns are told apart by the runs of spaces between them, not by their
//! place: a command of several lines (a heredoc) moves them.

use super::paste::{Content, Read, Row, bytes, member};
use super::size;
use crate::context::Problem;
use crate::context::json::Value;
use crate::units::Range;

const NO_SIZE: &str = "Paste the output of `docker history --no-trunc IMAGE` with its SIZE column";

/// What a table gives.
pub struct Table {
    /// Rows in the text's order.
    pub rows: Vec<Row>,
    /// Rows that could not be read.
    pub problems: Vec<Problem>,
}

/// The columns of a table, by its head.
struct Columns {
    /// Columns left of CREATED BY.
    before: usize,
    /// True when rows start with an image's id.
    ids: bool,
    /// SIZE's place left of CREATED BY, if it is there.
    size_before: Option<usize>,
}

impl Columns {
    fn of(head: &str) -> Self {
        let names: Vec<&str> = fields(head).collect();
        let before = names.iter().position(|name| *name == "CREATED BY").unwrap_or(2);
        let is_id = |name: &&str| matches!(*name, "IMAGE" | "ID" | "IMAGE ID");
        Self {
            before,
            ids: names.first().is_some_and(is_id),
            size_before: names.iter().take(before).position(|name| *name == "SIZE"),
        }
    }

    const USUAL: Self = Self { before: 2, ids: true, size_before: None };
}

/// True for a table's head.
pub fn is_head(line: &str) -> bool {
    line.contains("CREATED BY") && line.contains("SIZE") && !is_row(line)
}

/// True for a line that starts with an image's id, as rows do.
pub fn is_row(line: &str) -> bool {
    let first = line.split([' ', '\t']).next().unwrap_or("");
    let id = first.strip_prefix("sha256:").unwrap_or(first);
    let hexadecimal = |id: &str| id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    first == "<missing>" || hexadecimal(id)
}

/// Reads the table that a text starts with; also gives its length in bytes.
pub fn table(text: &str, first_line: u32) -> (Table, usize) {
    let mut table = Table { rows: Vec::new(), problems: Vec::new() };
    let mut columns = Columns::USUAL;
    let mut record: Option<(u32, String)> = None;
    // Whether the record has its size: it stands in the record's last line.
    let mut complete = true;
    let mut length = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let line = raw.trim_end_matches(['\n', '\r']);
        let number = first_line + index as u32;
        match () {
            () if index == 0 && is_head(line) => columns = Columns::of(line),
            () if !columns.ids && line.trim().is_empty() => break,
            () if is_row(line) || !columns.ids => {
                table.finish(record.replace((number, line.to_owned())), &columns);
                complete = row(line, &columns).is_some();
            }
            () if complete => break,
            () => {
                if let Some((_, text)) = &mut record {
                    text.push('\n');
                    text.push_str(line);
                    complete = sized(line).is_some();
                }
            }
        }
        length += raw.len();
    }
    table.finish(record, &columns);
    (table, length)
}

impl Table {
    fn finish(&mut self, record: Option<(u32, String)>, columns: &Columns) {
        let Some((line, text)) = record else { return };
        match row(&text, columns) {
            Some((text, size)) => {
                self.rows.push(Row { line, text: text.to_owned(), size: Some(size), layer: None });
            }
            None => {
                let first = text.split('\n').next().unwrap_or("");
                let problem = Problem::in_line(line, first, first, "No size is found in this row");
                self.problems.push(problem.with_help(NO_SIZE));
            }
        }
    }
}

/// CREATED BY and SIZE of a row.
fn row<'r>(record: &'r str, columns: &Columns) -> Option<(&'r str, Range)> {
    let mut rest = record;
    let mut early = None;
    for column in 0..columns.before {
        let (field, after) = split_field(rest)?;
        if columns.size_before == Some(column) {
            early = Some(size::parse(field)?);
        }
        rest = after;
    }
    if let Some(size) = early {
        return Some((rest.trim(), size));
    }
    sized(rest)
}

/// What stands before SIZE, and SIZE: the last field, or the last but the
/// comment.
fn sized(text: &str) -> Option<(&str, Range)> {
    let (before, last) = split_last(text)?;
    if let Some(size) = size::parse(last) {
        return Some((before, size));
    }
    let (before, last) = split_last(before)?;
    Some((before, size::parse(last)?))
}

/// The first field, and what follows it.
fn split_field(text: &str) -> Option<(&str, &str)> {
    let end = text.find("  ").into_iter().chain(text.find('\t')).min()?;
    Some((&text[..end], text[end..].trim_start_matches([' ', '\t'])))
}

/// What stands before the last field, and that field.
fn split_last(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end();
    let start =
        text.rfind("  ").map(|at| at + 2).into_iter().chain(text.rfind('\t').map(|at| at + 1));
    let start = start.max()?;
    Some((text[..start].trim_end(), &text[start..]))
}

fn fields(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").flat_map(|field| field.split('\t')).map(str::trim).filter(|f| !f.is_empty())
}

/// `docker history --format json` (one document a row), Podman's, and the
/// API's array of all rows.
pub fn document(value: &Value, line: u32) -> Option<Read> {
    let rows = match value {
        Value::Array(rows) => rows.as_slice(),
        row => std::slice::from_ref(row),
    };
    member(rows.first()?, "CreatedBy")?;
    let read = rows.iter().map(|row| json_row(row, line)).collect::<Option<Vec<Row>>>();
    let problem = || ("A row has no readable size".to_owned(), NO_SIZE.to_owned());
    Some(read.map(Content::History).ok_or_else(problem))
}

fn json_row(row: &Value, line: u32) -> Option<Row> {
    let text = member(row, "CreatedBy")?.as_str()?.to_owned();
    let size = member(row, "Size")?;
    let size = match size.as_str() {
        Some(text) => size::parse(text)?,
        None => Range::exact(bytes(size)?),
    };
    Some(Row { line, text, size: Some(size), layer: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(String, u64)> {
        let (table, length) = table(text, 1);
        assert_eq!(length, text.len(), "not read to its end");
        assert!(table.problems.is_empty(), "{:?}", table.problems);
        table.rows.into_iter().map(|row| (row.text, row.size.expect("a size").expected)).collect()
    }

    #[test]
    fn commands_may_hold_many_spaces_and_lines() {
        let text = "IMAGE          CREATED       CREATED BY                        SIZE      COMMENT\n\
                    0123456789ab   2 weeks ago   RUN /bin/sh -c a     && b # bk   52.7MB    buildkit.dockerfile.v0\n\
                    <missing>      2 weeks ago   RUN /bin/sh -c set -e\n[ -f x ]\n\nmake  all\n # bk   1.2kB   buildkit.dockerfile.v0\n\
                    <missing>      2 weeks ago   /bin/sh -c #(nop)  CMD [\"sh\"]   0B        \n";
        assert_eq!(
            rows(text),
            [
                ("RUN /bin/sh -c a     && b # bk".to_owned(), 52_700_000),
                ("RUN /bin/sh -c set -e\n[ -f x ]\n\nmake  all\n # bk".to_owned(), 1_200),
                ("/bin/sh -c #(nop)  CMD [\"sh\"]".to_owned(), 0),
            ]
        );
    }

    #[test]
    fn columns_follow_the_head() {
        let by_size = "SIZE     CREATED BY\n3MB      COPY . . # buildkit\n";
        assert_eq!(rows(by_size), [("COPY . . # buildkit".to_owned(), 3_000_000)]);
        let podman = "ID            CREATED      CREATED BY   SIZE        COMMENT\n\
                      0123456789ab  2 weeks ago  /bin/sh -c make  5.84 MB     FROM docker.io/library/alpine:3\n";
        assert_eq!(rows(podman), [("/bin/sh -c make".to_owned(), 5_840_000)]);
    }

    #[test]
    fn a_row_without_a_size_is_a_problem_at_its_line() {
        let (table, _) = table("<missing>   2 weeks ago   COPY . .\n<missing>   x   y   1MB\n", 7);
        assert_eq!((table.rows.len(), table.problems[0].line), (1, 7));
    }
}
