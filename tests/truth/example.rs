//! Reads the whole projects of `tests/truth/optimize`, which are built before
//! and after optimizing; for the harness and the tests.

use std::path::{Path, PathBuf};
use std::{fs, io};

use dockerfile_playground::Project;
use dockerfile_playground::sorted::Map;
use serde::Deserialize;

/// Files that the analysis is given the text of.
const MANIFESTS: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "go.mod",
    "Cargo.toml",
    "Cargo.lock",
    "pom.xml",
];

/// A project of `tests/truth/optimize`.
pub struct Example {
    pub name: String,
    pub folder: PathBuf,
    pub settings: Settings,
}

/// Its `example.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the project is.
    pub about: String,
    /// Recipes that are switched on or off for it, and why in `about`.
    #[serde(default)]
    pub recipes: Map<String, bool>,
    /// The port that the program answers HTTP on; without one it prints and ends.
    pub port: Option<u16>,
    /// What the answer, or what is printed, has in it.
    pub says: String,
}

/// A version of an example.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Before,
    /// As the optimizer made it when the example was built last.
    After,
}

impl Side {
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// Its Dockerfile and `.dockerignore` in the example's folder.
    pub fn files(self) -> [&'static str; 2] {
        match self {
            Self::Before => ["Dockerfile", "dockerignore"],
            Self::After => ["after.Dockerfile", "after.dockerignore"],
        }
    }
}

/// Every example by name.
pub fn read_all(folder: &Path) -> io::Result<Vec<Example>> {
    let mut examples = Vec::new();
    for entry in fs::read_dir(folder)? {
        let folder = entry?.path();
        if folder.is_dir() {
            let text = fs::read_to_string(folder.join("example.json"))?;
            let settings = serde_json::from_str(&text)
                .map_err(|error| io::Error::other(format!("{}: {error}", folder.display())))?;
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            examples.push(Example { name, folder, settings });
        }
    }
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(examples)
}

impl Example {
    /// The version as the analysis is given it.
    pub fn project(&self, side: Side) -> io::Result<Project> {
        let [dockerfile, dockerignore] = side.files();
        let text = |name: &str| fs::read_to_string(self.folder.join(name));
        let manifests = MANIFESTS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), text(&format!("files/{name}")).ok()?)));
        Ok(Project {
            dockerfile: text(dockerfile)?,
            dockerignore: text(dockerignore).unwrap_or_default(),
            context: Some(text("listing.tsv")?),
            manifests: manifests.collect(),
            recipes: self.settings.recipes.clone(),
            ..Project::default()
        })
    }
}
