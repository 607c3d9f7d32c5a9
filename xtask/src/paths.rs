//! Where things are.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root").to_owned()
}

/// The built site.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The npm package.
pub fn package() -> PathBuf {
    root().join("pkg")
}

/// Cargo's target folder: this program lies in `target/debug/`.
pub fn target() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.to_owned()))
        .unwrap_or_else(|| root().join("target"))
}

/// Every file under `paths` (files or folders, absent ones left out), sorted.
pub fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = paths.to_vec();
    while let Some(path) = open.pop() {
        if let Ok(entries) = fs::read_dir(&path) {
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The pages: the HTML files in the root.
pub fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect()
}

/// Remembers what something was made from, so that it is made again only when
/// that changes.
pub struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    /// The stamp `name` over the contents of `inputs` and over `salt`.
    pub fn of(name: &str, inputs: &[PathBuf], salt: &str) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        for path in files(inputs) {
            path.hash(&mut hasher);
            fs::read(&path)
                .with_context(|| format!("cannot read {}", path.display()))?
                .hash(&mut hasher);
        }
        Ok(Self {
            file: target().join("xtask").join(name),
            value: format!("{:016x}", hasher.finish()),
        })
    }

    /// True when the last [`Stamp::set`] saw the same inputs and every output
    /// is still there.
    pub fn is_current(&self, outputs: &[PathBuf]) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|value| value == self.value)
            && outputs.iter().all(|output| output.exists())
    }

    /// Remembers the inputs.
    pub fn set(&self) -> Result<()> {
        fs::create_dir_all(self.file.parent().expect("a stamp lies in a folder"))?;
        fs::write(&self.file, &self.value)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}
