//! What a source of COPY or ADD takes from the context.

use std::ops::Deref;

use super::glob::{self, Glob};
use super::{Context, Entry, path};

/// An entry that a source takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// True when the source may name only some of an assumed folder's files.
    pub partial: bool,
}

impl Deref for Match<'_> {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        self.entry
    }
}

impl Context {
    /// What a source of COPY or ADD takes of the entries that are sent: a file,
    /// a folder's tree, or all that a wildcard names. `.` is the whole context.
    pub fn matching(&self, source: &str) -> Vec<Match<'_>> {
        let source = Source::new(source);
        self.sent().filter_map(|entry| source.take(entry)).collect()
    }
}

/// A source, split as BuildKit does: a plain folder, then what has wildcards.
struct Source {
    base: String,
    /// The wildcard pattern below `base`; `None` takes `base` itself.
    wildcard: Option<Wildcard>,
}

struct Wildcard {
    /// The whole pattern; `None` if it is not valid, and nothing matches.
    whole: Option<Glob>,
    /// Its first component, its first two, …, without the whole: what a folder
    /// on the way has to match.
    leading: Vec<Option<Glob>>,
}

impl Source {
    fn new(source: &str) -> Self {
        let cleaned = path::in_root(source);
        let components: Vec<&str> = cleaned.split('/').collect();
        match components.iter().position(|component| glob::has_wildcards(component)) {
            None => Self { base: cleaned, wildcard: None },
            Some(first) => {
                let (base, rest) = components.split_at(first);
                Self { base: base.join("/"), wildcard: Some(Wildcard::new(rest)) }
            }
        }
    }

    fn take<'a>(&self, entry: &'a Entry) -> Option<Match<'a>> {
        let partial = match &self.wildcard {
            None => self.take_plain(entry)?,
            Some(wildcard) => match path::below(&entry.path, &self.base) {
                Some(below) => wildcard.take(below, entry.folder)?,
                // The wildcard is about files of an assumed folder.
                None => self.lies_in(entry).then_some(true)?,
            },
        };
        Some(Match { entry, partial })
    }

    /// Whether the entry is taken, and if so only in part.
    fn take_plain(&self, entry: &Entry) -> Option<bool> {
        if entry.path == self.base || path::below(&entry.path, &self.base).is_some() {
            return Some(false);
        }
        self.lies_in(entry).then_some(true)
    }

    fn lies_in(&self, entry: &Entry) -> bool {
        entry.folder && (self.base == entry.path || path::below(&self.base, &entry.path).is_some())
    }
}

impl Wildcard {
    fn new(components: &[&str]) -> Self {
        let glob = |count: usize| Glob::new(&components[..count].join("/")).ok();
        Self { whole: glob(components.len()), leading: (1..components.len()).map(glob).collect() }
    }

    /// Takes a path if it matches, or if a folder on its way does: a matching
    /// folder comes with its tree.
    fn take(&self, below: &str, folder: bool) -> Option<bool> {
        let whole = self.whole.as_ref()?;
        let ends = below.match_indices('/').map(|(i, _)| i).chain([below.len()]);
        if ends.map(|end| &below[..end]).any(|way| whole.matches(way)) {
            return Some(false);
        }
        let depth = below.split('/').count();
        let on_the_way = self.leading.get(depth - 1)?.as_ref()?;
        (folder && on_the_way.matches(below)).then_some(true)
    }
}
