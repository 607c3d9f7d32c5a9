//! `go.mod`.

use super::{Problem, problem_at};

/// A `go.mod`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The module's path.
    pub module: String,
    /// The `go` line: a language version such as `1.22` or `1.22.3`.
    pub go: Option<String>,
    /// The `toolchain` line, such as `go1.22.3`.
    pub toolchain: Option<String>,
    /// The `require` lines, in order.
    pub requires: Vec<GoRequire>,
    /// Folders in the project that `replace` lines point at.
    pub local_replacements: Vec<String>,
}

/// A required module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoRequire {
    /// The module's path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// True when only other modules need it.
    pub indirect: bool,
}

/// Reads a `go.mod`; lines of other kinds are passed over.
pub(super) fn read(text: &str) -> Result<GoMod, Problem> {
    let mut module = GoMod::default();
    let mut block: Option<&str> = None;
    for line in text.lines() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<&str> =
            code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        match (block, words.as_slice()) {
            (_, []) => {}
            (Some(_), [")"]) => block = None,
            (Some(verb), arguments) => module.add(verb, arguments, comment),
            (None, [verb, "("]) => block = Some(verb),
            (None, [verb, arguments @ ..]) => module.add(verb, arguments, comment),
        }
    }
    if module.module.is_empty() {
        let message = "Not a go.mod: no `module` line".to_owned();
        return Err(problem_at(text, 0, message));
    }
    Ok(module)
}

impl GoMod {
    fn add(&mut self, verb: &str, arguments: &[&str], comment: &str) {
        match (verb, arguments) {
            ("module", [path]) => self.module = (*path).to_owned(),
            ("go", [version]) => self.go = Some((*version).to_owned()),
            ("toolchain", [name]) => self.toolchain = Some((*name).to_owned()),
            ("require", [path, version]) => self.requires.push(GoRequire {
                path: (*path).to_owned(),
                version: (*version).to_owned(),
                indirect: comment.split([';', ' ', '\t']).any(|word| word == "indirect"),
            }),
            ("replace", [.., "=>", target]) if target.starts_with('.') => {
                self.local_replacements.push((*target).to_owned());
            }
            _ => {}
        }
    }
}
