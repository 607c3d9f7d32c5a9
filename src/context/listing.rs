//! Reads listings of the build context's files: `size<TAB>path` lines, and the
//! output of `find -printf`, `du -ab` and `git ls-tree -r -l`.

mod fold;
mod line;

use super::{Entry, Problem};
use line::Line;

use crate::sorted::Map;

/// Lines that are read; the rest of a longer listing is left out.
pub const LINE_LIMIT: usize = 1_000_000;

/// What could not be read in a listing, and where.
pub type ListingProblem = Problem;

/// A file of the build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path in the context, without a leading `./` or `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// True when the listing says that it may be executed (git's only).
    pub executable: bool,
}

/// The files of a build context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Files by path, each path once.
    pub files: Vec<File>,
    /// Folders that stand for the files below them, and files whose size is a
    /// guess: lines that only the page writes, for a project that it assumed and
    /// the user edited (`size<TAB>folder/<TAB>files`, `~size<TAB>path`).
    pub others: Vec<Entry>,
    /// Lines that could not be read, in the text's order.
    pub problems: Vec<ListingProblem>,
}

impl Listing {
    /// Everything that is listed.
    pub fn entries(self) -> impl Iterator<Item = Entry> {
        self.files.into_iter().map(Entry::from).chain(self.others)
    }
}

/// Reads a listing. Never fails: a line that cannot be read becomes a problem
/// at its place, and the rest is read.
pub fn parse_listing(text: &str) -> Listing {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut files = Map::new();
    let mut problems = Vec::new();
    let mut others = Vec::new();
    for (index, raw) in text.split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        let number = index as u32 + 1;
        if index >= LINE_LIMIT {
            if !raw.trim().is_empty() {
                problems.push(too_long(number, raw));
                break;
            }
            continue;
        }
        match line::read(raw) {
            Ok(Line::File(file)) => drop(files.insert(file.path.clone(), file)),
            Ok(Line::Other(entry)) => others.push(entry),
            Ok(Line::Nothing) => {}
            Err((piece, message)) => problems.push(
                Problem::in_line(number, raw, piece, message)
                    .with_help("Write each file as its size in bytes, a tab and its path"),
            ),
        }
    }
    let mut listing = Listing { files: drop_folders(files), others, problems };
    listing.fold();
    listing
}

fn too_long(number: u32, raw: &str) -> Problem {
    Problem::in_line(number, raw, raw, "More than 1,000,000 lines; the rest is left out")
        .with_help("Leave out folders that .dockerignore excludes, such as .git")
}

/// `du` also gives folders, with the total of what lies in them: a path that
/// another one lies under is a folder.
fn drop_folders(files: Map<String, File>) -> Vec<File> {
    let files: Vec<File> = files.into_values().collect();
    let mut is_folder = vec![false; files.len()];
    // Sorted paths keep a folder's content behind it, though not at once:
    // `a`, `a.txt`, `a/b`. The open prefixes of the last path find it again.
    let mut open: Vec<usize> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let rest = |prefix: usize| file.path.strip_prefix(files[prefix].path.as_str());
        while open.last().is_some_and(|prefix| rest(*prefix).is_none()) {
            open.pop();
        }
        for prefix in &open {
            is_folder[*prefix] |= rest(*prefix).is_some_and(|below| below.starts_with('/'));
        }
        open.push(index);
    }
    files.into_iter().zip(is_folder).filter(|(_, folder)| !folder).map(|(file, _)| file).collect()
}
