//! Long listings: whole folders stand for the files in them.

use super::Listing;
use crate::context::{Entry, Problem};

/// Entries that are followed one by one through every build.
const MOST_ENTRIES: usize = 20_000;
/// Folders of other people's files, which no instruction names one by one.
const WHOLE: [&str; 5] = [".git", "node_modules", "vendor", ".venv", "site-packages"];

impl Listing {
    /// Takes files together until few enough entries are left: first those of
    /// dependencies and of git, then those of the deepest folders.
    pub(super) fn fold(&mut self) {
        if self.files.len() <= MOST_ENTRIES {
            return;
        }
        let all = self.files.len();
        self.fold_at(whole);
        if self.files.len() > MOST_ENTRIES {
            let deepest = self.files.iter().map(|file| file.path.matches('/').count()).max();
            let mut depths = (1..=deepest.unwrap_or(0)).rev();
            let enough = depths.find(|depth| self.entries_at(*depth) <= MOST_ENTRIES);
            self.fold_at(|path| end_at(path, enough.unwrap_or(1)));
        }
        let message = match self.files.len() > MOST_ENTRIES {
            true => {
                "Too many files in one folder; all but the first 20,000 are left out".to_owned()
            }
            false => format!(
                "{all} files are more than are followed one by one: those in {} are taken together",
                self.folders()
            ),
        };
        self.files.truncate(MOST_ENTRIES);
        self.problems.push(Problem::in_line(1, "", "", message));
    }

    /// The names of the first folders that stand for their files, and how many
    /// there are besides.
    fn folders(&self) -> String {
        const NAMED: usize = 3;
        let names: Vec<&str> = self.others.iter().take(NAMED).map(|one| &*one.path).collect();
        match self.others.len().saturating_sub(NAMED) {
            0 => names.join(", "),
            more => format!("{} and {more} more folders", names.join(", ")),
        }
    }

    /// Entries that are left if folders stand for what is deeper.
    fn entries_at(&self, depth: usize) -> usize {
        let mut last = None;
        let mut entries = 0;
        for file in &self.files {
            let folder = end_at(&file.path, depth).map(|end| &file.path[..end]);
            entries += usize::from(folder.is_none() || folder != last);
            last = folder;
        }
        entries
    }

    /// Takes files together by the folder whose end `end` tells, if any.
    fn fold_at(&mut self, end: impl Fn(&str) -> Option<usize>) {
        let mut folders: Vec<(String, u64, u64)> = Vec::new();
        self.files.retain(|file| {
            let Some(end) = end(&file.path) else { return true };
            let folder = &file.path[..end];
            match folders.last_mut().filter(|(path, ..)| path == folder) {
                Some((_, bytes, files)) => {
                    *bytes = bytes.saturating_add(file.bytes);
                    *files += 1;
                }
                None => folders.push((folder.to_owned(), file.bytes, 1)),
            }
            false
        });
        let folders =
            folders.iter().map(|(path, bytes, files)| Entry::folder(path, *bytes, *files));
        self.others.extend(folders);
    }
}

/// The end of the first folder on the way that is not looked into.
fn whole(path: &str) -> Option<usize> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    slashes.into_iter().find(|end| {
        let folder = &path[..*end];
        WHOLE.contains(&folder.rsplit('/').next().unwrap_or(folder))
    })
}

/// The end of the folder so deep on the way.
fn end_at(path: &str, depth: usize) -> Option<usize> {
    path.match_indices('/').nth(depth - 1).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::super::parse_listing;
    use super::*;

    fn listing(lines: impl Iterator<Item = String>) -> Listing {
        parse_listing(&lines.collect::<Vec<_>>().join("\n"))
    }

    fn told(listing: &Listing) -> Vec<(&str, u64, u64)> {
        listing.others.iter().map(|one| (&*one.path, one.bytes, one.files)).collect()
    }

    #[test]
    fn dependencies_are_taken_together_first() {
        let many = (0..30_000).map(|i| format!("2\tapp/node_modules/p{i}/index.js"));
        let own = (0..100).map(|i| format!("5\tapp/src/deep/er/{i}.js"));
        let listing = listing(many.chain(own));
        assert_eq!(told(&listing), [("app/node_modules", 60_000, 30_000)]);
        assert_eq!(listing.files.len(), 100);
        let message = "30100 files are more than are followed one by one: those in app/node_modules are taken together";
        assert_eq!(listing.problems[0].message, message);
    }

    #[test]
    fn the_deepest_folders_are_next() {
        let listing = listing((0..40_000).map(|i| format!("1\ta/{}/{}/{i}", i % 10, i % 1000)));
        assert_eq!(listing.others.len(), 1000);
        assert_eq!(told(&listing)[0], ("a/0/0", 40, 40));
        assert!(listing.files.is_empty());
        assert!(
            listing.problems[0].message.contains("those in a/0/0, a/0/10, a/0/100 and 997 more")
        );
    }

    #[test]
    fn one_folder_of_too_many_is_cut() {
        let listing = listing((0..30_000).map(|i| format!("1\t{i}")));
        assert_eq!(listing.files.len(), 20_000);
        assert!(listing.problems[0].message.contains("all but the first 20,000 are left out"));
    }

    #[test]
    fn others_are_left_alone() {
        let listing = listing((0..20_000).map(|i| format!("1\tnode_modules/{i}")));
        assert_eq!((listing.files.len(), listing.problems.len()), (20_000, 0));
    }
}
