//! The build context: its files, what `.dockerignore` leaves of them, and the
//! manifests and lockfiles among them.

use std::borrow::Cow;

mod assume;
pub mod glob;
pub mod ignore;
pub mod json;
pub mod listing;
pub mod manifest;
mod matching;
pub mod path;
mod problem;
mod role;

pub use assume::{Ecosystem, Hints, assume};
pub use ignore::{Decision, IgnoreFile, IgnorePattern, Walk, ignore_file_name};
pub use listing::{File, Listing, ListingProblem, parse_listing};
pub use manifest::{Environment, Manifest, Manifests, Package, PackageJson};
pub use matching::Match;
pub use problem::Problem;
pub use role::{Role, role};

/// A name no pattern is written for: stands for a file in an assumed folder.
const ANY_NAME: &str = "\u{1}";

/// The build context.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Files, and folders that are assumed as a whole; by path, each path once.
    pub entries: Vec<Entry>,
    /// True when no listing was given and a typical project is assumed.
    pub assumed: bool,
}

/// A file, or an assumed folder as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path in the context, without a leading or trailing `/`.
    pub path: String,
    /// Size in bytes; of a folder, the total.
    pub bytes: u64,
    /// Files: 1, or those of an assumed folder.
    pub files: u64,
    /// True when it may be executed.
    pub executable: bool,
    /// True for an assumed folder that stands for all files below it.
    pub folder: bool,
    /// True when its size is a guess: of a typical project, or marked with `~`
    /// in the listing.
    pub assumed: bool,
    /// What it is for.
    pub role: Role,
    /// What `.dockerignore` makes of it.
    pub decision: Decision,
}

/// Files and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Entry {
    /// A file.
    pub fn file(path: &str, bytes: u64) -> Self {
        Self {
            path: path::in_root(path),
            bytes,
            files: 1,
            executable: false,
            folder: false,
            assumed: false,
            role: role(path),
            decision: Decision::default(),
        }
    }

    /// An assumed folder as a whole: this many files of this many bytes in total.
    pub fn folder(path: &str, bytes: u64, files: u64) -> Self {
        let role = role(&format!("{}/", path.trim_end_matches('/')));
        Self { files, folder: true, role, ..Self::file(path, bytes) }
    }

    /// The path that the patterns are asked about: of a folder that stands for
    /// its files, one of them.
    fn probe(&self) -> Cow<'_, str> {
        match self.folder {
            true => Cow::Owned(format!("{}/{ANY_NAME}", self.path)),
            false => Cow::Borrowed(&self.path),
        }
    }

    /// True when the build gets it, and COPY may take it.
    pub fn sent(&self) -> bool {
        !self.decision.ignored
    }
}

impl From<File> for Entry {
    fn from(file: File) -> Self {
        Self { executable: file.executable, ..Self::file(&file.path, file.bytes) }
    }
}

impl From<&File> for Entry {
    fn from(file: &File) -> Self {
        file.clone().into()
    }
}

impl Context {
    /// The context of a listing's files (or of entries), decided by an ignore
    /// file. Of two entries with one path the later one counts.
    pub fn new<T: Into<Entry>>(files: impl IntoIterator<Item = T>, ignore: &IgnoreFile) -> Self {
        let mut entries: Vec<Entry> = files.into_iter().map(Into::into).collect();
        entries.retain(|entry| !entry.path.is_empty());
        entries.reverse();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, kept| later.path == kept.path);
        let mut context = Self { entries, assumed: false };
        context.decide(ignore);
        context
    }

    /// The same for a typical project that nobody has listed.
    pub fn assume<T: Into<Entry>>(files: impl IntoIterator<Item = T>, ignore: &IgnoreFile) -> Self {
        let mut context = Self { assumed: true, ..Self::new(files, ignore) };
        context.entries.iter_mut().for_each(|entry| entry.assumed = true);
        context
    }

    /// Decides all entries anew, by another ignore file.
    pub fn decide(&mut self, ignore: &IgnoreFile) {
        let mut walk = Walk::new(ignore);
        for entry in &mut self.entries {
            entry.decision = walk.decide(&entry.probe());
        }
    }

    /// What the build gets and COPY may take, by path.
    pub fn sent(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.sent())
    }

    /// The entry of exactly that path, sent or not.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let path = path::in_root(path);
        let index = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(&path)).ok()?;
        self.entries.get(index)
    }

    /// Everything in the folder.
    pub fn total(&self) -> Sum {
        Sum::of(&self.entries)
    }

    /// What is left after `.dockerignore`.
    pub fn total_sent(&self) -> Sum {
        Sum::of(self.sent())
    }

    /// For each pattern of the ignore file, the files whose fate it decides.
    pub fn decided_by(&self, ignore: &IgnoreFile) -> Vec<Sum> {
        let mut sums = vec![Sum::default(); ignore.patterns.len()];
        for entry in &self.entries {
            if let Some(sum) = entry.decision.decided_by.and_then(|index| sums.get_mut(index)) {
                sum.add(entry);
            }
        }
        sums
    }

    /// The files that a pattern matches, itself or by a folder above them,
    /// whichever pattern decides.
    pub fn matched_by(&self, pattern: &IgnorePattern) -> u64 {
        let mut pattern = pattern.clone();
        pattern.negated = false;
        let alone = IgnoreFile { patterns: vec![pattern], ..IgnoreFile::default() };
        self.ignored_by(&alone).fold(0, |files, entry| files.saturating_add(entry.files))
    }

    /// The entries that an ignore file would take out, whatever this one does.
    pub fn ignored_by(&self, ignore: &IgnoreFile) -> impl Iterator<Item = &Entry> {
        let mut walk = Walk::new(ignore);
        self.entries.iter().filter(move |entry| walk.decide(&entry.probe()).ignored)
    }
}

impl Sum {
    /// The sum of entries.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut sum = Self::default();
        entries.into_iter().for_each(|entry| sum.add(entry));
        sum
    }

    fn add(&mut self, entry: &Entry) {
        self.files = self.files.saturating_add(entry.files);
        self.bytes = self.bytes.saturating_add(entry.bytes);
    }
}
