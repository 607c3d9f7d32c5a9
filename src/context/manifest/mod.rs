//! Manifests and lockfiles, read as far as the analysis needs them.

mod bun_lock;
pub mod cargo;
mod closure;
pub mod composer;
pub mod environment;
mod gemfile;
pub mod gemfile_lock;
pub mod go_mod;
mod go_sum;
pub mod package_json;
pub mod package_lock;
mod pipfile;
pub mod platform;
pub mod pnpm_lock;
pub mod pom;
pub mod pyproject;
pub mod requirements;
mod toml;
mod uv_lock;
pub mod yarn_lock;

use super::json::{self, Value};
use super::{Problem, path};
use crate::sorted::Map;
use crate::syntax::{LineIndex, Span};
pub use cargo::CargoToml;
pub use composer::ComposerJson;
pub use environment::Environment;
pub use go_mod::{GoMod, GoRequire};
pub use package_json::PackageJson;
pub use package_lock::PackageLock;
pub use platform::Platform;
pub use pom::{MavenDependency, Pom};
pub use pyproject::Pyproject;
pub use requirements::{Requirement, Requirements};

/// A package that a lockfile pins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name, as the lockfile writes it.
    pub name: String,
    /// Its version; empty when the lockfile gives none.
    pub version: String,
    /// True when only development needs it.
    pub dev: bool,
    /// True when an installation may leave it out.
    pub optional: bool,
    /// True when installing it runs a script of its own (npm's only).
    pub has_install_script: bool,
    /// What it is made for.
    pub platform: Platform,
    /// Names of the packages that it needs, where the lockfile's other marks do
    /// not tell what development alone needs.
    pub needs: Vec<String>,
}

/// A manifest or lockfile that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Manifest {
    /// `package.json`.
    PackageJson(PackageJson),
    /// `package-lock.json` or `npm-shrinkwrap.json`.
    PackageLock(PackageLock),
    /// `yarn.lock`, of Yarn 1 or later.
    YarnLock(Vec<Package>),
    /// `pnpm-lock.yaml`.
    PnpmLock(Vec<Package>),
    /// `bun.lock`.
    BunLock(Vec<Package>),
    /// `Pipfile`.
    Pipfile(Vec<Package>),
    /// `Pipfile.lock`.
    PipfileLock(Vec<Package>),
    /// A `requirements.txt`.
    Requirements(Requirements),
    /// `pyproject.toml`.
    Pyproject(Pyproject),
    /// `poetry.lock`.
    PoetryLock(Vec<Package>),
    /// `uv.lock`.
    UvLock(Vec<Package>),
    /// conda's `environment.yml`.
    Environment(Environment),
    /// `go.mod`.
    GoMod(GoMod),
    /// `go.sum`.
    GoSum(Vec<Package>),
    /// `pom.xml`.
    Pom(Pom),
    /// `Cargo.toml`.
    CargoToml(CargoToml),
    /// `Cargo.lock`.
    CargoLock(Vec<Package>),
    /// `Gemfile`.
    Gemfile(Vec<Package>),
    /// `Gemfile.lock`.
    GemfileLock(Vec<Package>),
    /// `composer.json`.
    ComposerJson(ComposerJson),
    /// `composer.lock`.
    ComposerLock(Vec<Package>),
}

/// The manifests of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifests {
    /// What was read, by path in the context.
    pub files: Map<String, Manifest>,
    /// What could not be read, by path.
    pub problems: Vec<ManifestProblem>,
}

/// A manifest that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestProblem {
    /// Its path in the context.
    pub path: String,
    /// What is wrong, and where.
    pub problem: Problem,
}

impl Manifests {
    /// Reads texts by their path. A file whose name is not one of a manifest is
    /// passed over; a broken one becomes a problem.
    pub fn read(texts: &Map<String, String>) -> Self {
        let mut manifests = Self::default();
        for (path, text) in texts {
            let path = path::in_root(path);
            match read(&path, text) {
                Some(Ok(manifest)) => drop(manifests.files.insert(path, manifest)),
                Some(Err(problem)) => manifests.problems.push(ManifestProblem { path, problem }),
                None => {}
            }
        }
        closure::mark_all(&mut manifests.files);
        manifests
    }

    /// The manifest of that path.
    pub fn get(&self, path: &str) -> Option<&Manifest> {
        self.files.get(&path::in_root(path))
    }

    /// The `package.json` files, by path.
    pub fn package_jsons(&self) -> impl Iterator<Item = (&str, &PackageJson)> {
        self.files.iter().filter_map(|(path, manifest)| match manifest {
            Manifest::PackageJson(package) => Some((path.as_str(), package)),
            _ => None,
        })
    }

    /// The npm lockfiles, by path.
    pub fn package_locks(&self) -> impl Iterator<Item = (&str, &PackageLock)> {
        self.files.iter().filter_map(|(path, manifest)| match manifest {
            Manifest::PackageLock(lock) => Some((path.as_str(), lock)),
            _ => None,
        })
    }
}

impl Manifest {
    /// The packages that it pins or names in a list of their own.
    pub fn packages(&self) -> &[Package] {
        match self {
            Self::PackageLock(lock) => &lock.packages,
            Self::YarnLock(packages)
            | Self::PnpmLock(packages)
            | Self::BunLock(packages)
            | Self::PoetryLock(packages)
            | Self::UvLock(packages)
            | Self::Pipfile(packages)
            | Self::PipfileLock(packages)
            | Self::GoSum(packages)
            | Self::CargoLock(packages)
            | Self::Gemfile(packages)
            | Self::GemfileLock(packages)
            | Self::ComposerLock(packages) => packages,
            _ => &[],
        }
    }

    /// The packages of a lockfile whose format may lack the mark of development.
    fn packages_mut(&mut self) -> Option<&mut [Package]> {
        match self {
            Self::YarnLock(packages)
            | Self::PnpmLock(packages)
            | Self::PoetryLock(packages)
            | Self::GemfileLock(packages) => Some(packages),
            _ => None,
        }
    }
}

/// Reads one file by its name; `None` if the name is not one of a manifest.
fn read(path: &str, text: &str) -> Option<Result<Manifest, Problem>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(match name {
        "package.json" => json(text, |v| Manifest::PackageJson(PackageJson::read(v))),
        "package-lock.json" | "npm-shrinkwrap.json" => {
            json(text, |v| Manifest::PackageLock(PackageLock::read(v)))
        }
        "composer.json" => json(text, |v| Manifest::ComposerJson(ComposerJson::read(v))),
        "composer.lock" => json(text, |v| Manifest::ComposerLock(composer::locked(v))),
        "pyproject.toml" => toml(text, |v| Manifest::Pyproject(Pyproject::read(v))),
        "poetry.lock" => toml(text, |v| Manifest::PoetryLock(locked(v))),
        "uv.lock" => toml(text, |v| Manifest::UvLock(uv_lock::read(v))),
        "Pipfile" => toml(text, |v| Manifest::Pipfile(pipfile::wanted(v))),
        "Pipfile.lock" => json(text, |v| Manifest::PipfileLock(pipfile::locked(v))),
        "bun.lock" => bun_lock::read(text).map(Manifest::BunLock),
        "go.sum" => Ok(Manifest::GoSum(go_sum::read(text))),
        "Gemfile" => Ok(Manifest::Gemfile(gemfile::read(text))),
        "Cargo.toml" => toml(text, |v| Manifest::CargoToml(CargoToml::read(v))),
        "Cargo.lock" => toml(text, |v| Manifest::CargoLock(locked(v))),
        "go.mod" => go_mod::read(text).map(Manifest::GoMod),
        "pom.xml" => pom::read(text).map(Manifest::Pom),
        "yarn.lock" => Ok(Manifest::YarnLock(yarn_lock::read(text))),
        "pnpm-lock.yaml" => Ok(Manifest::PnpmLock(pnpm_lock::read(text))),
        "Gemfile.lock" => Ok(Manifest::GemfileLock(gemfile_lock::read(text))),
        "environment.yml" | "environment.yaml" => {
            Ok(Manifest::Environment(environment::read(text)))
        }
        _ if is_requirements(path, name) => requirements::read(text).map(Manifest::Requirements),
        _ => return None,
    })
}

fn is_requirements(path: &str, name: &str) -> bool {
    let folder = path.rsplit('/').nth(1) == Some("requirements");
    let named = name.starts_with("requirements") || name.starts_with("constraints");
    (folder || named) && (name.ends_with(".txt") || name.ends_with(".in"))
}

fn json(text: &str, read: impl Fn(&Value) -> Manifest) -> Result<Manifest, Problem> {
    match json::parse(text) {
        Ok(value @ Value::Object(_)) => Ok(read(&value)),
        Ok(_) => Err(problem_at(text, 0, "Not JSON: expected an object".to_owned())),
        Err(error) => Err(problem_at(text, error.offset, format!("Not JSON: {}", error.message))),
    }
}

fn toml(text: &str, read: impl Fn(&Value) -> Manifest) -> Result<Manifest, Problem> {
    match toml::parse(text) {
        Ok(value) => Ok(read(&value)),
        Err(error) => Err(problem_at(text, error.offset, format!("Not TOML: {}", error.message))),
    }
}

/// A problem that covers the rest of the offset's line.
fn problem_at(text: &str, offset: usize, message: String) -> Problem {
    let start = (0..=offset.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let line_end = text[start..].find(['\r', '\n']).map_or(text.len(), |i| start + i);
    Problem::at(text, &LineIndex::new(text), Span::new(start, line_end), message)
}

/// The `[[package]]` tables of Cargo and Poetry.
fn locked(lock: &Value) -> Vec<Package> {
    let tables = lock.get("package").and_then(Value::as_array).unwrap_or_default();
    tables.iter().filter_map(locked_package).collect()
}

fn locked_package(table: &Value) -> Option<Package> {
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name")?;
    let needs = table.get("dependencies").and_then(Value::as_object).into_iter().flatten();
    let groups: Option<Vec<&str>> = table.get("groups").map(|groups| groups.strings().collect());
    Some(Package {
        version: text("version").unwrap_or_default(),
        platform: Platform::of_name(&name),
        needs: needs.map(|(name, _)| name.to_ascii_lowercase()).collect(),
        name,
        // Poetry 2 names groups, Poetry before 1.5 a category.
        dev: groups.is_some_and(|groups| !groups.is_empty() && !groups.contains(&"main"))
            || text("category").is_some_and(|category| category == "dev"),
        optional: table.get("optional").is_some_and(Value::is_true),
        has_install_script: false,
    })
}
