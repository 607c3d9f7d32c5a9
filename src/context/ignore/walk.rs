//! Decides paths the way fsutil walks a folder: each folder's results are
//! handed to what lies in it.

use super::{Decision, IgnoreFile, IgnorePattern};

/// Decides paths one after another, keeping the results of their folders.
/// Any order is correct; sorted paths are fast.
#[derive(Debug)]
pub struct Walk<'a> {
    file: &'a IgnoreFile,
    /// The exceptions' paths, if all of them are plain; then a folder that none
    /// of them starts with is not entered.
    plain_exceptions: Option<Vec<String>>,
    folders: Vec<Folder>,
}

#[derive(Debug)]
struct Folder {
    path: String,
    /// For each pattern, whether it matched the folder or one above it.
    matched: Vec<bool>,
    decision: Decision,
    entered: bool,
}

impl<'a> Walk<'a> {
    /// Starts at the context's root.
    pub fn new(file: &'a IgnoreFile) -> Self {
        Self { file, plain_exceptions: plain_exceptions(&file.patterns), folders: Vec::new() }
    }

    /// What the patterns make of a file's path.
    pub fn decide(&mut self, path: &str) -> Decision {
        while self.folders.last().is_some_and(|folder| !lies_in(path, &folder.path)) {
            self.folders.pop();
        }
        let mut known = self.folders.last().map_or(0, |folder| folder.path.len());
        loop {
            if let Some(folder) = self.folders.last().filter(|folder| !folder.entered) {
                return folder.decision;
            }
            match next_folder(path, known) {
                Some(end) => {
                    self.enter(&path[..end]);
                    known = end;
                }
                None => return self.check(path, |_| {}),
            }
        }
    }

    fn enter(&mut self, path: &str) {
        let mut matched = vec![false; self.file.patterns.len()];
        let decision = self.check(path, |index| matched[index] = true);
        let entered = !decision.ignored || self.exception_lies_in(path);
        self.folders.push(Folder { path: path.to_owned(), matched, decision, entered });
    }

    fn exception_lies_in(&self, folder: &str) -> bool {
        match &self.plain_exceptions {
            Some(exceptions) => exceptions.iter().any(|e| e == folder || lies_in(e, folder)),
            None => true,
        }
    }

    /// One path against all patterns in order, with its folder's results; tells
    /// those that match.
    fn check(&self, path: &str, mut matches: impl FnMut(usize)) -> Decision {
        let parent = self.folders.last();
        let mut decision = Decision::default();
        for (index, pattern) in self.file.patterns.iter().enumerate() {
            let by_parent = parent.is_some_and(|folder| folder.matched[index]);
            // A pattern that could not change the outcome is not even tried,
            // and so its result is not handed down either.
            if !by_parent && pattern.negated != decision.ignored {
                continue;
            }
            if by_parent || pattern.matcher.matches(path) {
                matches(index);
                decision = Decision { ignored: !pattern.negated, decided_by: Some(index) };
            }
        }
        decision
    }
}

fn lies_in(path: &str, folder: &str) -> bool {
    // Most paths fail at the slash already.
    path.as_bytes().get(folder.len()) == Some(&b'/') && path.starts_with(folder)
}

/// The end of the next folder's path; a leading slash makes no folder.
fn next_folder(path: &str, known: usize) -> Option<usize> {
    let start = known + 1;
    path.as_bytes().get(start..)?.iter().position(|byte| *byte == b'/').map(|i| start + i)
}

/// The exceptions' paths without their trailing `/**` or `/*`, if no other
/// special character stands in them.
fn plain_exceptions(patterns: &[IgnorePattern]) -> Option<Vec<String>> {
    patterns
        .iter()
        .filter(|pattern| pattern.negated)
        .map(|pattern| {
            let text = pattern.pattern.as_str();
            let text = text.strip_suffix("/**").unwrap_or(text);
            let text = text.strip_suffix("/*").unwrap_or(text);
            (!text.contains(['*', '[', ']', '?', '^', '\\'])).then(|| text.to_owned())
        })
        .collect()
}
