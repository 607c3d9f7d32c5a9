//! Changes that a user may pick, and what they do to a project.

use std::collections::BTreeSet;

use crate::context::{Context, Entry, Role};

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
    /// `dockerfile:TEXT`: another Dockerfile.
    Dockerfile(String),
    /// `dockerignore:TEXT`: another .dockerignore.
    Dockerignore(String),
}

const FORMS: &str = "edit:PATH touch:PATH chmod:PATH add:PATH delete:PATH rename:OLD=NEW arg:NAME=VALUE base:REFERENCE dockerfile:TEXT dockerignore:TEXT";

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
            Self::Dockerfile(text) => write!(f, "dockerfile:{text}"),
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
            "dockerfile" => Self::Dockerfile(value.to_owned()),
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
            Self::Dockerfile(_) => "Edit the Dockerfile".to_owned(),
            Self::Dockerignore(_) => "Edit .dockerignore".to_owned(),
        }
    }

    /// Changes the context; an error says why that cannot be.
    pub fn apply(
        &self,
        context: &mut Context,
        edited: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        match self {
            Self::Edit(path) => {
                edited.insert(find(context, path)?.path.clone());
            }
            Self::Touch(path) => drop(find(context, path)?),
            Self::Chmod(path) => {
                let entry = find(context, path)?;
                entry.executable = !entry.executable;
            }
            Self::Add(path) => {
                if context.entries.iter().any(|entry| entry.path == *path) {
                    return Err(format!("{path} is in the build context already"));
                }
                context.entries.push(Entry::file(path, 1_000));
            }
            Self::Delete(path) => {
                let below = format!("{path}/");
                let whole = context
                    .entries
                    .iter()
                    .any(|entry| entry.path == *path || entry.path.starts_with(&below));
                if whole {
                    context
                        .entries
                        .retain(|entry| entry.path != *path && !entry.path.starts_with(&below));
                } else {
                    edited.insert(find(context, path)?.path.clone());
                }
            }
            Self::Rename(old, new) => {
                let entry = find(context, old)?;
                if entry.path == *old {
                    let renamed = Entry { path: new.clone(), ..entry.clone() };
                    *entry = Entry { role: crate::context::role(new), ..renamed };
                } else {
                    let path = entry.path.clone();
                    edited.insert(path);
                }
            }
            Self::Argument(..) | Self::Base(_) | Self::Dockerfile(_) | Self::Dockerignore(_) => {}
        }
        context.entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }
}

/// The entry of a path, or the assumed folder that it lies in.
fn find<'c>(context: &'c mut Context, path: &str) -> Result<&'c mut Entry, String> {
    let lies_in = |entry: &Entry| {
        entry.path == path
            || (entry.folder
                && path.strip_prefix(&*entry.path).is_some_and(|rest| rest.starts_with('/')))
    };
    let below = format!("{path}/");
    let index = context.entries.iter().position(lies_in);
    let index =
        index.or_else(|| context.entries.iter().position(|entry| entry.path.starts_with(&below)));
    match index {
        Some(index) => Ok(&mut context.entries[index]),
        None => Err(format!("{path} is not in the build context")),
    }
}

/// The changes that happen most in such a project, most frequent first.
pub fn typical(context: &Context) -> Vec<(Change, String)> {
    let mut changes = Vec::new();
    let mut pick = |role: Role, title: &str| {
        let entries = context.entries.iter().filter(|entry| entry.role == role);
        if let Some(entry) =
            entries.max_by_key(|entry| (entry.bytes, std::cmp::Reverse(entry.path.clone())))
        {
            changes.push((Change::Edit(entry.path.clone()), format!("{title} ({})", entry.path)));
        }
    };
    pick(Role::Source, "Edit the source");
    pick(Role::Lockfile, "Change a dependency");
    pick(Role::Test, "Edit a test");
    pick(Role::Docs, "Edit the docs");
    pick(Role::Git, "Make a git commit");
    changes
}
