//! A sparse tree of paths: what a container's root holds, with sizes as ranges.

use std::rc::Rc;

use crate::context::glob;
use crate::identity::Identity;
use crate::sorted::Map;
use crate::units::{Evidence, Kind, Range};

/// How well bytes compress: gzip's output over its input, layers as pushed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compression(pub f64);

/// Counts layers in the order they are made, over all stages.
pub type LayerId = u32;

/// A file, or a folder whose files are known only together.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Uncompressed bytes.
    pub bytes: Range,
    /// Files; 0 for an empty folder.
    pub files: u64,
    /// What sort of bytes.
    pub kind: Kind,
    /// How well they compress.
    pub compression: Compression,
    /// What they are.
    pub identity: Identity,
    /// The layer that stores them.
    pub layer: LayerId,
    /// A name for people, where the path does not tell.
    pub label: Option<Rc<str>>,
    /// Where the size comes from.
    pub evidence: Rc<Evidence>,
}

impl Entry {
    /// Bytes as pushed (gzip).
    pub fn compressed(&self) -> Range {
        self.bytes.scale(self.compression.0)
    }
}

/// Absolute paths (no trailing slash) to entries. A path whose last part is in
/// parentheses stands for a group of the folder's files: `node_modules/(dev)`.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    entries: Map<Rc<str>, Entry>,
}

impl Tree {
    /// The entry at exactly this path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Puts an entry at a path; gives back what it replaces.
    pub fn insert(&mut self, path: Rc<str>, entry: Entry) -> Option<Entry> {
        self.entries.insert(path, entry)
    }

    /// Takes the entry at exactly this path out.
    pub fn remove(&mut self, path: &str) -> Option<Entry> {
        self.entries.remove(path)
    }

    /// The entry at a path and all below it, in order.
    pub fn subtree<'t>(&'t self, path: &str) -> impl Iterator<Item = (&'t Rc<str>, &'t Entry)> {
        let base = path.trim_end_matches('/');
        let folder = format!("{base}/");
        let below = self.entries.iter_from(&*folder);
        let below = below.take_while(move |(path, _)| path.starts_with(&folder));
        self.entries.get_key_value(base).into_iter().chain(below)
    }

    /// The paths of a subtree, for changing it while walking.
    pub fn paths(&self, path: &str) -> Vec<Rc<str>> {
        self.subtree(path).map(|(path, _)| Rc::clone(path)).collect()
    }

    /// Takes the entry at a path and all below it out; nothing of the root.
    pub fn take(&mut self, path: &str) -> Vec<(Rc<str>, Entry)> {
        if path.trim_end_matches('/').is_empty() {
            return Vec::new();
        }
        let paths = self.paths(path).into_iter();
        paths.filter_map(|path| Some((Rc::clone(&path), self.remove(&path)?))).collect()
    }

    /// The folder entry that a path with no entry of its own lies in.
    pub fn covering(&self, path: &str) -> Option<(&str, &Entry)> {
        let mut path = path;
        while let Some(slash) = path.rfind('/') {
            path = &path[..slash];
            if let Some((key, entry)) =
                self.entries.get_key_value(if path.is_empty() { "/" } else { path })
                && entry.files > 1
            {
                return Some((key, entry));
            }
        }
        None
    }

    /// True when something is known to be at the path or below it.
    pub fn has(&self, path: &str) -> bool {
        self.subtree(path).next().is_some()
    }

    /// The content identity of a path with all below it; changes when a file
    /// is added, removed, renamed or changed.
    pub fn identity(&self, path: &str) -> Identity {
        let base = path.trim_end_matches('/').len();
        let parts: Vec<_> =
            self.subtree(path).map(|(path, entry)| (&path[base..], entry.identity)).collect();
        if let (true, Some((folder, entry))) = (parts.is_empty(), self.covering(path)) {
            return Identity::of((entry.identity, &path[folder.len().min(path.len())..]));
        }
        Identity::of(parts)
    }

    /// Every entry, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Entry)> {
        self.entries.iter()
    }

    /// The paths that match a pattern whose parts may hold `*` and `?`: each
    /// once, as far as the pattern reaches.
    pub fn glob(&self, pattern: &str) -> Vec<String> {
        if !pattern.contains(['*', '?', '[']) {
            return vec![pattern.to_owned()];
        }
        let depth = pattern.matches('/').count();
        let fixed = pattern.split(['*', '?', '[']).next().unwrap_or("");
        let folder = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
        // All files of a folder that is known only as a whole are the folder.
        let whole =
            pattern.ends_with("/*") && self.get(folder).is_some_and(|entry| entry.files > 1);
        let mut found: Vec<String> = if whole { vec![folder.to_owned()] } else { Vec::new() };
        let classes = pattern.replace("[!", "[^");
        for (path, _) in self.subtree(folder) {
            let cut = path.match_indices('/').nth(depth).map_or(path.len(), |(at, _)| at);
            let candidate = &path[..cut];
            if candidate.matches('/').count() == depth
                && found.last().is_none_or(|last| last != candidate)
                && glob::matches(&classes, candidate).unwrap_or(false)
            {
                found.push(candidate.to_owned());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::EvidenceKind;

    fn tree(paths: &[&str]) -> Tree {
        let mut tree = Tree::default();
        for path in paths {
            tree.insert((*path).into(), entry(path));
        }
        tree
    }

    fn entry(path: &str) -> Entry {
        Entry {
            bytes: Range::exact(10),
            files: 1,
            kind: Kind::Source,
            compression: Compression(0.3),
            identity: Identity::of(path),
            layer: 0,
            label: None,
            evidence: Rc::new(Evidence::new(EvidenceKind::Given, "")),
        }
    }

    #[test]
    fn a_subtree_leaves_out_siblings_with_the_same_beginning() {
        let tree = tree(&["/app", "/app-old/x", "/app/a", "/app/b/c", "/apple"]);
        let paths: Vec<_> = tree.paths("/app").iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["/app", "/app/a", "/app/b/c"]);
    }

    #[test]
    fn identity_follows_content_and_names_only() {
        let one = tree(&["/a/x", "/other"]).identity("/a");
        assert_eq!(one, tree(&["/a/x"]).identity("/a"));
        assert_ne!(one, tree(&["/a/x", "/a/y"]).identity("/a"));
    }

    #[test]
    fn globs_stop_at_slashes() {
        let tree = tree(&["/l/a/1", "/l/a/2", "/l/b", "/l/c.json"]);
        assert_eq!(tree.glob("/l/*"), ["/l/a", "/l/b", "/l/c.json"]);
        assert_eq!(tree.glob("/l/[!a]*"), ["/l/b", "/l/c.json"]);
    }

    #[test]
    fn all_files_of_a_folder_known_as_a_whole_are_the_folder() {
        let mut tree = tree(&["/lists"]);
        tree.insert("/lists".into(), Entry { files: 10, ..entry("/lists") });
        assert_eq!(tree.glob("/lists/*"), ["/lists"]);
    }
}
