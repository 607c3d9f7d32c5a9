//! What the tools that build a project share: what they read, and how they
//! write content whose size is a figure of the table.

use crate::data::Fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind};

/// Content whose size is a fact.
pub struct Content<'c> {
    /// Its size in bytes.
    pub size: Fact,
    /// What to multiply the size with.
    pub factor: f64,
    /// Its files.
    pub files: u64,
    /// What sort of bytes.
    pub kind: Kind,
    /// How well they compress.
    pub compression: f64,
    /// What they are made from.
    pub identity: Identity,
    /// What it is, for people.
    pub what: &'c str,
}

/// A size times a count, each with its bounds: known no better than the count.
pub fn times(size: Fact, count: &Fact) -> Fact {
    Fact {
        low: size.low * count.low,
        expected: size.expected * count.expected,
        high: size.high * count.high,
        kind: if count.kind == EvidenceKind::Given { size.kind } else { count.kind },
        ..size
    }
}

impl Content<'_> {
    /// Writes it at an absolute path.
    pub fn write(self, machine: &mut Machine<'_>, path: &str) {
        let output = Output {
            bytes: self.size.bytes().scale(self.factor),
            files: self.files,
            kind: self.kind,
            compression: Compression(self.compression),
            identity: self.identity,
            label: Some(self.what.into()),
            evidence: self.size.evidence(self.what),
        };
        machine.write(path, output);
    }
}

/// The content identity of a folder's manifests: its files whose names end so.
pub fn manifests(machine: &Machine<'_>, folder: &str, names: &[&str]) -> Identity {
    let read = machine.tree().subtree(folder).filter(|(path, entry)| {
        entry.kind == Kind::Manifest && names.iter().any(|name| path.ends_with(name))
    });
    Identity::of_all(read.map(|(path, entry)| (path, entry.identity)))
}

/// A path in a folder.
pub fn inside(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// The names of files of the folder that the rest of the Dockerfile takes.
pub fn wanted<'m>(machine: &'m Machine<'_>, folder: &str) -> Vec<&'m str> {
    let names = machine.world.wanted.iter().filter_map(|path| {
        let name = path.strip_prefix(folder)?.strip_prefix('/')?;
        (!name.is_empty() && !name.contains(['*', '?', '/', '$'])).then_some(name)
    });
    names.collect()
}

/// The files of an output folder anywhere below `folder` that the rest of the
/// Dockerfile takes, with `*` filled in: `*.jar` is `app.jar`.
pub fn outputs(machine: &Machine<'_>, folder: &str, output: &str) -> Vec<String> {
    let taken = machine.world.wanted.iter().filter(|path| {
        path.strip_prefix(folder.trim_end_matches('/'))
            .is_some_and(|rest| rest.contains(output) && !rest.contains('$'))
    });
    let files = taken.filter(|path| path.ends_with(".jar") || path.ends_with(".war"));
    files.map(|path| path.replace("/*", "/app").replace(['*', '?'], "1")).collect()
}

/// The final stage's tree of a Dockerfile for the assumed project.
#[cfg(test)]
pub fn tree(dockerfile: &str) -> crate::filesystem::tree::Tree {
    let project = crate::Project { dockerfile: dockerfile.to_owned(), ..Default::default() };
    let analysis = crate::Analysis::new(&project);
    analysis.evaluation.stages.last().expect("a stage").tree.clone()
}
