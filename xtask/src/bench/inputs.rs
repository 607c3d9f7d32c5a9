//! The texts that all are given.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::fixtures::{STAGE, git_log, listing, repeated};
use crate::compare::is_dockerfile;
use crate::paths;

/// Instructions.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// Lines of the text that someone types in.
const TYPED: usize = 100;
const COMMITS: usize = 100;

#[derive(Serialize)]
pub struct Inputs {
    /// Seconds that each part is repeated for.
    seconds: f64,
    /// Named after their instructions.
    pub sizes: Vec<Text>,
    typed: Text,
    /// Dockerfiles that people wrote, each once.
    pub real: Vec<Text>,
    listing: String,
    log: String,
}

#[derive(Serialize)]
pub struct Text {
    pub name: String,
    pub text: String,
}

impl Text {
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }
}

impl Inputs {
    /// The real ones are the project's own and those in the folders.
    pub fn new(seconds: f64, folders: &[PathBuf]) -> Result<Self> {
        let sizes = SIZES.map(|size| Text { name: size.to_string(), text: repeated(STAGE, size) });
        let typed: String = repeated(STAGE, TYPED).split_inclusive('\n').take(TYPED).collect();
        let own = ["tests", "www/examples"].map(|folder| paths::root().join(folder));
        let mut files = paths::files(&[&own[..], folders].concat());
        files.retain(|path| is_dockerfile(path));
        let mut seen = BTreeSet::new();
        let mut real = Vec::new();
        for file in files {
            let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
            if seen.insert(text.clone()) {
                real.push(Text { name: file.display().to_string(), text });
            }
        }
        Ok(Self {
            seconds,
            sizes: sizes.into(),
            typed: Text { name: "typed".to_owned(), text: typed },
            real,
            listing: listing(),
            log: git_log(COMMITS),
        })
    }

    /// The lines of the real ones.
    pub fn real_lines(&self) -> usize {
        self.real.iter().map(Text::lines).sum()
    }
}
