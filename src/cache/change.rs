//! Changes that a user may pick, and what they do to a project.

use std::borrow::Cow;

use crate::context::{Context, Entry, Role, path, role};
use crate::filesystem::{Contents, content};
use crate::identity::Identity;
use crate::sorted::{Map, Set};
use crate::syntax::distance;

/// Entries that are looked through for the one that a user may have meant.
const MOST_CANDIDATES: usize = 20_000;

/// Something that changes between two builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `edit:PATH`: other content.
    Edit(String),
    /// `touch:PATH`: another time only.
    Touch(String),
    /// `chmod:PATH`: another mode.
    Chmod(String),
    /// `add:PATH`: a new file.
    Add(String),
    /// `delete:PATH`: one file less.
    Delete(String),
    /// `rename:OLD=NEW`.
    Rename(String, String),
    /// `arg:NAME=VALUE`: another build argument.
    Argument(String, String),
    /// `base:REFERENCE`: the tag leads to a new digest.
    Base(String),
    /// `url:URL`: what ADD fetches from there is another file or commit.
    Url(String),
    /// `dockerfile:TEXT`: another Dockerfile.
    Dockerfile(String),
    /// `earlier-dockerfile:TEXT`: the build before was of that Dockerfile.
    EarlierDockerfile(String),
    /// `dockerignore:TEXT`: another .dockerignore.
    Dockerignore(String),
}

/// Changes that happen at once, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
    /// All of them in words.
    pub title: String,
}

impl Scenario {
    /// One change with a name of its own.
    fn named(change: Change, title: String) -> Self {
        Self { changes: vec![change], title }
    }

    /// Reads changes as `KIND:VALUE`, none to build again as it is; an error says
    /// what is wrong with the first that cannot be read.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        let changes: Vec<Change> =
            texts.iter().map(|text| Change::parse(text)).collect::<Result<_, _>>()?;
        let titles: Vec<String> = changes.iter().map(Change::title).collect();
        let title = match titles.is_empty() {
            true => "Build again".to_owned(),
            false => titles.join(" + "),
        };
        Ok(Self { changes, title })
    }

    /// The Dockerfile of the build before, where that is not the project's.
    pub fn earlier_dockerfile(&self) -> Option<&str> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::EarlierDockerfile(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// True when it edits a text that an optimized version has rewritten.
    pub fn edits_texts(&self) -> bool {
        let is_text = |change: &Change| {
            matches!(
                change,
                Change::Dockerfile(_) | Change::EarlierDockerfile(_) | Change::Dockerignore(_)
            )
        };
        self.changes.iter().any(is_text)
    }

    /// The changes, each in the form that [`Change::parse`] reads.
    pub fn texts(&self) -> Vec<String> {
        self.changes.iter().map(Change::to_string).collect()
    }
}

const FORMS: &str = "edit:PATH touch:PATH chmod:PATH add:PATH delete:PATH rename:OLD=NEW arg:NAME=VALUE base:REFERENCE url:URL dockerfile:TEXT earlier-dockerfile:TEXT dockerignore:TEXT";

impl std::fmt::Display for Change {
    /// The form that [`Change::parse`] reads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Edit(path) => write!(f, "edit:{path}"),
            Self::Touch(path) => write!(f, "touch:{path}"),
            Self::Chmod(path) => write!(f, "chmod:{path}"),
            Self::Add(path) => write!(f, "add:{path}"),
            Self::Delete(path) => write!(f, "delete:{path}"),
            Self::Rename(old, new) => write!(f, "rename:{old}={new}"),
            Self::Argument(name, value) => write!(f, "arg:{name}={value}"),
            Self::Base(reference) => write!(f, "base:{reference}"),
            Self::Url(url) => write!(f, "url:{url}"),
            Self::Dockerfile(text) => write!(f, "dockerfile:{text}"),
            Self::EarlierDockerfile(text) => write!(f, "earlier-dockerfile:{text}"),
            Self::Dockerignore(text) => write!(f, "dockerignore:{text}"),
        }
    }
}

impl Change {
    /// Reads `KIND:VALUE`; an error says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some((kind, value)) = text.split_once(':') else {
            return Err(format!("{text:?} is not KIND:VALUE; use one of {FORMS}"));
        };
        let pair = || {
            let parts = value.split_once('=').filter(|(name, _)| !name.is_empty());
            let parts = parts.map(|(name, value)| (name.to_owned(), value.to_owned()));
            parts.ok_or_else(|| format!("{kind}: takes NAME=VALUE, not {value:?}"))
        };
        let path = || match crate::context::path::in_root(value) {
            path if path.is_empty() => Err(format!("{kind}: takes a path of the build context")),
            path => Ok(path),
        };
        Ok(match kind {
            "edit" => Self::Edit(path()?),
            "touch" => Self::Touch(path()?),
            "chmod" => Self::Chmod(path()?),
            "add" => Self::Add(path()?),
            "delete" => Self::Delete(path()?),
            "rename" => {
                let (old, new) = pair()?;
                Self::Rename(old, new)
            }
            "arg" => {
                let (name, value) = pair()?;
                Self::Argument(name, value)
            }
            "base" => Self::Base(value.to_owned()),
            "url" => Self::Url(value.to_owned()),
            "dockerfile" => Self::Dockerfile(value.to_owned()),
            "earlier-dockerfile" => Self::EarlierDockerfile(value.to_owned()),
            "dockerignore" => Self::Dockerignore(value.to_owned()),
            _ => return Err(format!("{kind:?} is not a kind of change; use one of {FORMS}")),
        })
    }

    /// The change in words.
    pub fn title(&self) -> String {
        match self {
            Self::Edit(path) => format!("Edit {path}"),
            Self::Touch(path) => format!("Touch {path}"),
            Self::Chmod(path) => format!("Change the mode of {path}"),
            Self::Add(path) => format!("Add {path}"),
            Self::Delete(path) => format!("Delete {path}"),
            Self::Rename(old, new) => format!("Rename {old} to {new}"),
            Self::Argument(name, value) => format!("Build with {name}={value}"),
            Self::Base(reference) => format!("New digest of {reference}"),
            Self::Url(url) => format!("New content at {url}"),
            Self::Dockerfile(_) | Self::EarlierDockerfile(_) => "Edit the Dockerfile".to_owned(),
            Self::Dockerignore(_) => "Edit .dockerignore".to_owned(),
        }
    }

    /// Makes the change; an error says why that cannot be.
    fn apply(&self, altered: &mut Altered<'_>) -> Result<(), String> {
        match self {
            Self::Edit(path) => {
                for index in altered.find(path)? {
                    altered.edit(index);
                }
            }
            Self::Touch(path) => drop(altered.find(path)?),
            Self::Chmod(path) => altered.change_mode(path)?,
            Self::Add(path) => altered.add(path)?,
            Self::Delete(path) => altered.delete(path)?,
            Self::Rename(old, new) => altered.rename(old, new)?,
            Self::Argument(name, value) => {
                altered.build_args.insert(name.clone(), value.clone());
            }
            Self::Base(reference) => drop(altered.moved.insert(reference.clone())),
            Self::Dockerfile(text) => {
                altered.replace("Dockerfile", altered.was.dockerfile, text);
                altered.dockerfile = Some(text.clone());
            }
            // What is built now is not another text.
            Self::EarlierDockerfile(_) => {}
            Self::Dockerignore(text) => {
                altered.replace(".dockerignore", altered.was.dockerignore, text);
                altered.dockerignore = Some(text.clone());
            }
            Self::Url(url) => drop(altered.moved.insert(url.clone())),
        }
        Ok(())
    }
}

/// The texts of a version of a project.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'t> {
    /// The Dockerfile.
    pub dockerfile: &'t str,
    /// The `.dockerignore`; empty when there is none.
    pub dockerignore: &'t str,
}

/// A project's inputs as changes leave them.
#[derive(Debug, Clone, Default)]
pub struct Altered<'t> {
    /// The texts before the changes.
    pub was: Sources<'t>,
    /// The build context, its `.dockerignore` not yet applied again where that or
    /// the entries are others.
    pub context: Cow<'t, Context>,
    /// What files hold, where that is not what it was.
    pub contents: Contents,
    /// `--build-arg` values.
    pub build_args: Map<String, String>,
    /// Images and URLs, as the user named them, that lead to something new.
    pub moved: Set<String>,
    /// Another Dockerfile.
    pub dockerfile: Option<String>,
    /// Another `.dockerignore`.
    pub dockerignore: Option<String>,
}

impl Altered<'_> {
    /// Makes the changes one after another. What cannot be made is left out,
    /// and told.
    pub fn apply(&mut self, changes: &[Change]) -> Vec<String> {
        changes.iter().filter_map(|change| change.apply(self).err()).collect()
    }

    /// The entries that a path means: a file, the assumed folder that it lies
    /// in, or all files of a folder.
    fn find(&self, path: &str) -> Result<Vec<usize>, String> {
        let entries = || self.context.entries.iter().enumerate();
        let holds = |entry: &Entry| entry.path == path || (entry.folder && is_below(path, entry));
        if let Some((index, _)) = entries().find(|(_, entry)| holds(entry)) {
            return Ok(vec![index]);
        }
        let below = entries().filter(|(_, entry)| path::below(&entry.path, path).is_some());
        let below: Vec<usize> = below.map(|(index, _)| index).collect();
        match below.is_empty() {
            true => Err(self.is_missing(path)),
            false => Ok(below),
        }
    }

    /// Says that a path leads to nothing, and which one was meant.
    fn is_missing(&self, path: &str) -> String {
        let says = format!("{path} is not in the build context");
        match nearest(path, &self.context.entries) {
            Some(near) => format!("{says}; did you mean {near}?"),
            None => says,
        }
    }

    /// The Dockerfile and the ignore file are files of the context like others.
    /// One that is not there is made, when there was no text.
    fn replace(&mut self, path: &str, was: &str, text: &str) {
        let is_it = |entry: &Entry| !entry.folder && entry.path == path;
        match self.context.entries.iter().position(is_it) {
            _ if was == text => {}
            Some(index) => self.edit(index),
            None if was.is_empty() => self.insert(Entry::file(path, text.len() as u64)),
            None => {}
        }
    }

    fn edit(&mut self, index: usize) {
        let path = &self.context.entries[index].path;
        let before = content(&self.contents, path);
        self.contents.insert(path.clone(), Identity::of(("edited", before)));
    }

    /// The mode of a folder does not count: a builder that knows the folder
    /// sets it without hashing the folder again (fsutil, `DiskWriter`).
    fn change_mode(&mut self, path: &str) -> Result<(), String> {
        for index in self.find(path)? {
            let entry = &mut self.context.to_mut().entries[index];
            entry.executable ^= entry.path == path;
        }
        Ok(())
    }

    fn add(&mut self, path: &str) -> Result<(), String> {
        if self.context.entry(path).is_some() {
            return Err(format!("{path} is in the build context already"));
        }
        self.insert(Entry::file(path, 1_000));
        Ok(())
    }

    fn delete(&mut self, path: &str) -> Result<(), String> {
        let found = self.find(path)?;
        match found[..] {
            [index] if is_below(path, &self.context.entries[index]) => self.edit(index),
            _ => drop(self.take(&found)),
        }
        Ok(())
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<(), String> {
        let (old, new) = (path::in_root(old), path::in_root(new));
        if new.is_empty() {
            return Err("rename: takes OLD=NEW, two paths of the build context".to_owned());
        }
        let found = self.find(&old)?;
        if let [index] = found[..]
            && is_below(&old, &self.context.entries[index])
        {
            self.edit(index);
            return Ok(());
        }
        for entry in self.take(&found) {
            let path = format!("{new}{}", &entry.path[old.len()..]);
            self.contents.insert(path.clone(), content(&self.contents, &entry.path));
            let role = if entry.folder { entry.role } else { role(&path) };
            self.insert(Entry { path, role, ..entry });
        }
        Ok(())
    }

    /// Takes entries out.
    fn take(&mut self, indices: &[usize]) -> Vec<Entry> {
        let entries = &mut self.context.to_mut().entries;
        indices.iter().rev().map(|index| entries.remove(*index)).collect()
    }

    /// Puts an entry in its place, over one of the same path.
    fn insert(&mut self, entry: Entry) {
        let entries = &mut self.context.to_mut().entries;
        match entries.binary_search_by(|other| other.path.cmp(&entry.path)) {
            Ok(index) => entries[index] = entry,
            Err(index) => entries.insert(index, entry),
        }
    }
}

/// True when the path lies in an assumed folder.
fn is_below(path: &str, entry: &Entry) -> bool {
    entry.folder && entry.path != path && path::below(path, &entry.path).is_some()
}

/// The path that is most like one that leads to nothing: a file of that name
/// elsewhere, or a path of nearly the same letters, or else such a folder.
fn nearest(path: &str, entries: &[Entry]) -> Option<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let entries = &entries[..entries.len().min(MOST_CANDIDATES)];
    let mut wanted = path;
    loop {
        let allowed = (wanted.len() / 4).clamp(2, 8);
        let parents = entries.iter().filter_map(|entry| entry.path.rsplit_once('/'));
        let candidates = entries.iter().map(|entry| &*entry.path).chain(parents.map(|(p, _)| p));
        let near = candidates.filter_map(|candidate| {
            let is_namesake = name(candidate) == name(wanted);
            let is_alike = candidate.len().abs_diff(wanted.len()) <= allowed;
            if !is_namesake && !is_alike {
                return None;
            }
            let edits = distance(candidate, wanted);
            (is_namesake || edits <= allowed).then_some((!is_namesake, edits, candidate))
        });
        if let Some((_, _, near)) = near.min() {
            return Some(near.to_owned());
        }
        wanted = wanted.rsplit_once('/')?.0;
    }
}

/// The changes that happen most in such a project, most frequent first.
pub fn typical(context: &Context) -> Vec<Scenario> {
    let mut changes = Vec::new();
    let mut pick = |role: Role, title: &str| {
        let entries = context.entries.iter().filter(|entry| entry.role == role);
        if let Some(entry) =
            entries.max_by_key(|entry| (entry.bytes, std::cmp::Reverse(entry.path.clone())))
        {
            let title = format!("{title} ({})", entry.path);
            changes.push(Scenario::named(Change::Edit(entry.path.clone()), title));
        }
    };
    pick(Role::Source, "Edit the source");
    pick(Role::Lockfile, "Change a dependency");
    pick(Role::Test, "Edit a test");
    pick(Role::Docs, "Edit the docs");
    pick(Role::Git, "Make a git commit");
    changes
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::context::Entry;

    #[test]
    fn the_nearest_path_is_the_one_that_was_meant() {
        let paths = ["package.json", "src/index.js", "src/server.js", "test/unit/server.js"];
        let mut entries: Vec<Entry> = paths.iter().map(|path| Entry::file(path, 1)).collect();
        entries.push(Entry::folder("docs", 10, 2));
        let near = |path| nearest(path, &entries);
        assert_eq!(near("src/indx.js").as_deref(), Some("src/index.js"));
        assert_eq!(near("index.js").as_deref(), Some("src/index.js"), "of that name elsewhere");
        assert_eq!(near("src/Server.js").as_deref(), Some("src/server.js"));
        assert_eq!(near("doc/guide.md").as_deref(), Some("docs"), "a folder for its files");
        assert_eq!(near("scr").as_deref(), Some("src"));
        assert_eq!(near("completely/else.rs"), None);
        assert_eq!(near(""), None);
    }
}
