//! A typical project, where the user gave no listing (`data/projects.tsv`).
//!
//! It stands for a fresh checkout: installed dependencies and build output are
//! not in it. The report marks it as assumed, and the user can give the real one.

use super::{Entry, Role, glob, path};

/// The kinds of project that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Ecosystem {
    Node,
    Python,
    Go,
    Rust,
    Java,
    Gradle,
    Ruby,
    Php,
    Dotnet,
    Site,
    Other,
}

/// What the Dockerfile tells of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Its ecosystems, the one of the final stage first.
    pub ecosystems: Vec<Ecosystem>,
    /// Sources of COPY and ADD, which must exist.
    pub copied: Vec<String>,
    /// Lockfiles that its commands name.
    pub lockfiles: Vec<&'static str>,
}

impl Ecosystem {
    fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Python => "python",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Java => "java",
            Self::Gradle => "gradle",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Dotnet => "dotnet",
            Self::Site => "site",
            Self::Other => "other",
        }
    }
}

/// The entries of a typical project that fits the hints; `manifests` are files
/// that are known to exist, with their sizes.
pub fn assume<'m>(
    hints: &Hints,
    manifests: impl IntoIterator<Item = (&'m str, u64)>,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = rows()
        .filter(|row| {
            row.ecosystem == "any" || hints.ecosystems.iter().any(|e| e.name() == row.ecosystem)
        })
        .map(|row| row.entry())
        .collect();
    replace_lockfile(&mut entries, &hints.lockfiles);
    for source in &hints.copied {
        ensure(&mut entries, source);
    }
    for (path, bytes) in manifests {
        let manifest = Entry::file(path, bytes);
        entries.retain(|entry| entry.path != manifest.path);
        entries.push(manifest);
    }
    entries
}

struct Row {
    ecosystem: &'static str,
    path: &'static str,
    bytes: u64,
    files: u64,
    folder: bool,
}

impl Row {
    fn entry(&self) -> Entry {
        if self.folder {
            Entry::folder(self.path, self.bytes, self.files)
        } else {
            Entry::file(self.path, self.bytes)
        }
    }
}

fn rows() -> impl Iterator<Item = Row> {
    include_str!("../../data/projects.tsv").lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Row {
            ecosystem: cells.next()?,
            path: cells.next()?,
            bytes: cells.next()?.parse().ok()?,
            files: cells.next()?.parse().ok()?,
            folder: cells.next()? == "y",
        })
    })
}

/// A project has one lockfile: the one of the package manager that is used.
fn replace_lockfile(entries: &mut [Entry], lockfiles: &[&'static str]) {
    if let Some(name) = lockfiles.iter().find(|name| **name != "package-lock.json")
        && let Some(entry) = entries.iter_mut().find(|entry| entry.path == "package-lock.json")
    {
        *entry = Entry::file(name, entry.bytes);
    }
}

/// What the Dockerfile copies exists: a source that nothing fits yet becomes a
/// file, or a folder where its name has no extension.
fn ensure(entries: &mut Vec<Entry>, source: &str) {
    let cleaned = path::in_root(source);
    if cleaned.is_empty() || source.contains("://") || source.contains('$') {
        return;
    }
    let exists = |entry: &Entry| {
        let inside = |path: &str, folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        entry.path == cleaned
            || inside(&entry.path, &cleaned)
            || (entry.folder && inside(&cleaned, &entry.path))
    };
    if glob::has_wildcards(&cleaned) {
        return; // a wildcard may match nothing, or what is there already
    }
    if !entries.iter().any(exists) {
        let name = cleaned.rsplit('/').next().unwrap_or(&cleaned);
        let is_folder = source.ends_with('/')
            || !name.trim_start_matches('.').contains('.')
                && name != "Makefile"
                && !is_known_file(&cleaned);
        entries.push(if is_folder {
            Entry::folder(&cleaned, 80_000, 20)
        } else {
            Entry::file(&cleaned, 4_000)
        });
    }
}

/// True for the name of a file that has no extension: `Gemfile`, `.npmrc`.
fn is_known_file(path: &str) -> bool {
    let role = super::role(path);
    let of_files = [Role::Manifest, Role::Lockfile, Role::Docker, Role::Secret];
    // `.ssh` is a folder: what is in it has its role.
    of_files.contains(&role) && super::role(&format!("{path}/file")) != role
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(hints: &Hints) -> Vec<String> {
        assume(hints, []).into_iter().map(|entry| entry.path).collect()
    }

    #[test]
    fn every_row_is_read() {
        assert_eq!(rows().count(), include_str!("../../data/projects.tsv").lines().count() - 1);
    }

    #[test]
    fn what_is_copied_exists() {
        let hints = Hints {
            copied: vec!["scripts/".into(), "nginx.conf".into(), "*.txt".into()],
            ..Hints::default()
        };
        let paths = paths(&hints);
        assert!(paths.contains(&"scripts".to_owned()) && paths.contains(&"nginx.conf".to_owned()));
        assert!(!paths.iter().any(|path| path.contains('*')));
    }

    #[test]
    fn names_of_files_are_no_folders() {
        let copied = [".npmrc", ".env", ".ssh", "scripts"].map(str::to_owned).to_vec();
        let entries = assume(&Hints { copied, ..Hints::default() }, []);
        let is_folder = |path| entries.iter().any(|entry| entry.path == path && entry.folder);
        assert!(!is_folder(".npmrc") && !is_folder(".env"));
        assert!(is_folder(".ssh") && is_folder("scripts"));
    }

    #[test]
    fn the_lockfile_is_the_package_managers_own() {
        let hints = Hints {
            ecosystems: vec![Ecosystem::Node],
            lockfiles: vec!["yarn.lock"],
            ..Hints::default()
        };
        let paths = paths(&hints);
        assert!(
            paths.contains(&"yarn.lock".to_owned())
                && !paths.contains(&"package-lock.json".to_owned())
        );
    }
}
