//! `.dockerignore`: what of the folder BuildKit never sees.
//!
//! The reader and the patterns follow moby/patternmatcher, the walk follows
//! fsutil's, which is what a build does. BuildKit loads the Dockerfile and the
//! ignore file in transfers of their own: a pattern that takes them out only
//! takes them from COPY and ADD, the build still works.

mod expression;
mod pattern;
mod read;
mod walk;

pub use read::{BadIgnorePattern, beginning};
pub use walk::Walk;

use crate::context::{Problem, path};
use crate::syntax::Span;
use pattern::Matcher;

/// A `.dockerignore` file, read.
#[derive(Debug, Clone, Default)]
pub struct IgnoreFile {
    /// The text that it was read from; empty for patterns without a file.
    pub source: String,
    /// The patterns in the file's order; those that BuildKit refuses are left
    /// out and told in `problems`.
    pub patterns: Vec<IgnorePattern>,
    /// What BuildKit would stop at, in the file's order.
    pub problems: Vec<Problem>,
}

/// One pattern.
#[derive(Debug, Clone)]
pub struct IgnorePattern {
    /// As written, without the blanks around it.
    pub text: String,
    /// The path pattern: cleaned, without a leading `/` and without `!`.
    pub pattern: String,
    /// True for `!`: the files come back.
    pub negated: bool,
    /// 1-based line.
    pub line: u32,
    /// Its place in the text, without the blanks around it.
    pub span: Span,
    matcher: Matcher,
}

/// What the patterns make of a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Decision {
    /// True when the build does not get the path.
    pub ignored: bool,
    /// Index of the pattern that decided, the last one that matched; `None` if
    /// none did.
    pub decided_by: Option<usize>,
}

impl IgnoreFile {
    /// What the patterns make of one file. For many files a [`Walk`] over
    /// sorted paths is faster.
    pub fn decide(&self, path: &str) -> Decision {
        Walk::new(self).decide(path)
    }

    /// True when a pattern with `!` brings files back.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.negated)
    }

    /// True when BuildKit's check CopyIgnoredFile would warn about a source of
    /// COPY or ADD. The check is silent when the file has exceptions.
    pub fn hides_copy_source(&self, source: &str) -> bool {
        if self.has_exceptions() {
            return false;
        }
        let source = path::clean(source);
        if source == "." || source == "/" {
            let takes_all = |p: &IgnorePattern| matches!(p.pattern.as_str(), "*" | "**" | "**/*");
            return self.patterns.iter().any(takes_all);
        }
        self.decide(&source).ignored
    }
}

/// The ignore file of a Dockerfile: `NAME.dockerignore` stands beside it and
/// takes precedence over the context's `.dockerignore`.
pub fn ignore_file_name(dockerfile_name: &str) -> String {
    format!("{dockerfile_name}.dockerignore")
}
