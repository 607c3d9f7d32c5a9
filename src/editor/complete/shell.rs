//! The command that is being typed in a RUN.

use super::{CompletionKind, Finder, begins};
use crate::editor::packages::{Packages, named};

/// Names of packages for a list; what is typed next narrows them.
const MOST: usize = 40;

impl Finder<'_> {
    /// Names of packages after a program that installs them.
    pub(super) fn script(&mut self, text: &str) {
        let word = text.rsplit(|c: char| c.is_whitespace() || ";&|(".contains(c)).next();
        let word = word.unwrap_or("");
        word.clone_into(&mut self.typed);
        let Some(named) = named(&text[..text.len() - word.len()], word) else { return };
        self.packages(&Packages {
            source: named.source,
            catalog: self.analysis.catalog,
            image: self.image(),
            recommends: false,
        });
    }

    /// Packages that begin as it was typed, the shortest names first, with the
    /// bytes of all that they need.
    fn packages(&mut self, packages: &Packages<'_>) {
        packages.pack().into_iter().for_each(|pack| self.want(pack));
        let mut fitting = packages.names();
        fitting.retain(|name| begins(name, &self.typed));
        fitting.sort_unstable_by_key(|name| (name.len(), *name));
        fitting.dedup();
        for name in fitting.into_iter().take(MOST) {
            let size = packages.brought(name).map(|brought| brought.size);
            self.push_sized(name, CompletionKind::Package, None, size);
        }
    }
}
