//! Files and folders: of the context, and of stages.

use super::{CompletionKind, Finder};
use crate::sorted::Map;
use crate::units::Range;

/// One name in a folder.
#[derive(Default)]
struct Child {
    size: Range,
    is_folder: bool,
    /// True when some of it is sent to the builder.
    is_sent: bool,
}

impl Finder<'_> {
    /// The names in the folder that is typed, of the context or of a stage.
    pub(super) fn paths(&mut self, from: Option<&str>, typed: &str) {
        let folder_end = typed.rfind('/').map_or(0, |slash| slash + 1);
        let folder = typed[..folder_end].trim_start_matches("./").trim_start_matches('/');
        let children = match from {
            None => self.in_context(folder),
            Some(name) => self.in_stage(name, folder),
        };
        typed[folder_end..].clone_into(&mut self.typed);
        // What .dockerignore leaves out comes last: a COPY would not find it.
        for sent in [true, false] {
            for (name, child) in children.iter().filter(|(_, child)| child.is_sent == sent) {
                let kind =
                    if child.is_folder { CompletionKind::Folder } else { CompletionKind::File };
                let text = if child.is_folder { format!("{name}/") } else { name.clone() };
                let info = (!sent).then(|| ".dockerignore leaves it out.".to_owned());
                self.push_sized(text, kind, info, Some(child.size));
            }
        }
    }

    fn in_context(&self, folder: &str) -> Map<String, Child> {
        let mut children = Map::new();
        for entry in &self.analysis.context.entries {
            let size = match entry.assumed {
                true => Range::within(entry.bytes, 2.0),
                false => Range::exact(entry.bytes),
            };
            add(&mut children, folder, &entry.path, size, entry.folder, entry.sent());
        }
        children
    }

    /// What a stage holds at its end. What is known only together has no names.
    fn in_stage(&self, name: &str, folder: &str) -> Map<String, Child> {
        let mut children = Map::new();
        if let Some(index) = self.analysis.graph.stage_named(name) {
            for (path, entry) in self.analysis.evaluation.stages[index].tree.iter() {
                let path = path.trim_start_matches('/');
                add(&mut children, folder, path, entry.bytes, entry.files == 0, true);
            }
        }
        children
    }
}

/// Adds a file to the folder's name that leads to it.
fn add(
    children: &mut Map<String, Child>,
    folder: &str,
    path: &str,
    size: Range,
    is_folder: bool,
    is_sent: bool,
) {
    let Some(rest) = path.strip_prefix(folder).filter(|rest| !rest.is_empty()) else { return };
    let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() || name.starts_with('(') {
        return;
    }
    let child = children.entry(name.to_owned()).or_default();
    child.size += size;
    child.is_folder |= is_folder || !below.is_empty();
    child.is_sent |= is_sent;
}
