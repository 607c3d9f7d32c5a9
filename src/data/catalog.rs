//! All tables that an analysis looks things up in.

use std::fmt;

use super::alpine::{Alpine, Packages};
use super::debian::{Debian, Release, Suite};
use super::images::{BaseImage, Images};
use super::licences::Licences;
use super::npm::NpmPackages;
use super::pack::{self, PackError};
use super::python::PythonPackages;
use super::rpm::RpmPackages;
use super::table::Table;
use crate::sorted::{Map, Set};
use crate::units::Range;

/// Data that is loaded when it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pack {
    /// All base images.
    Images,
    /// The packages of a Debian release, and what its images have installed.
    Debian(Suite),
    /// The packages of Alpine, and what its images have installed.
    Alpine,
    /// npm packages.
    Npm,
    /// Python packages with what they need.
    Pip,
    /// RPM packages.
    Rpm,
    /// Names of licences.
    Licences,
}

impl Pack {
    /// Every pack.
    pub const ALL: [Self; 9] = [
        Self::Images,
        Self::Debian(Suite::Bullseye),
        Self::Debian(Suite::Bookworm),
        Self::Debian(Suite::Trixie),
        Self::Alpine,
        Self::Npm,
        Self::Pip,
        Self::Rpm,
        Self::Licences,
    ];

    /// Its name; its file is `NAME.pack`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Debian(Suite::Bullseye) => "debian-bullseye",
            Self::Debian(Suite::Bookworm) => "debian-bookworm",
            Self::Debian(Suite::Trixie) => "debian-trixie",
            Self::Alpine => "alpine",
            Self::Npm => "npm",
            Self::Pip => "pip",
            Self::Rpm => "rpm",
            Self::Licences => "licences",
        }
    }

    /// How many tables it holds.
    fn tables(self) -> usize {
        match self {
            Self::Debian(_) | Self::Alpine => 2,
            Self::Npm => 4,
            Self::Images | Self::Pip | Self::Rpm | Self::Licences => 1,
        }
    }

    /// The pack as the build made it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn bytes(self) -> &'static [u8] {
        macro_rules! built {
            ($name:literal) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".pack"))
            };
        }
        match self {
            Self::Images => built!("images"),
            Self::Debian(Suite::Bullseye) => built!("debian-bullseye"),
            Self::Debian(Suite::Bookworm) => built!("debian-bookworm"),
            Self::Debian(Suite::Trixie) => built!("debian-trixie"),
            Self::Alpine => built!("alpine"),
            Self::Npm => built!("npm"),
            Self::Pip => built!("pip"),
            Self::Rpm => built!("rpm"),
            Self::Licences => built!("licences"),
        }
    }
}

impl fmt::Display for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known of images and packages. A value: who analyses says with which
/// knowledge, and the same catalog gives the same report.
#[derive(Debug, Clone)]
pub struct Catalog {
    loaded: Set<Pack>,
    images: Images,
    debian: Map<Suite, Release>,
    no_release: Release,
    alpine: Packages,
    npm: NpmPackages,
    python: PythonPackages,
    rpm: RpmPackages,
    licences: Licences,
}

impl Catalog {
    /// What is compiled in: the most used images.
    pub fn embedded() -> Self {
        let pack = include_bytes!(concat!(env!("OUT_DIR"), "/embedded.pack"));
        let images = pack::read(pack).ok().and_then(|(_, tables)| tables.into_iter().next());
        Self {
            loaded: Set::new(),
            images: Images::new(images.unwrap_or_default()),
            debian: Map::new(),
            no_release: Release::default(),
            alpine: Packages::default(),
            npm: NpmPackages::default(),
            python: PythonPackages::default(),
            rpm: RpmPackages::default(),
            licences: Licences::default(),
        }
    }

    /// All that is known.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn complete() -> &'static Self {
        static COMPLETE: std::sync::LazyLock<Catalog> = std::sync::LazyLock::new(|| {
            let mut catalog = Catalog::embedded();
            for pack in Pack::ALL {
                catalog.load(pack.bytes()).expect("the build script's packs can be read");
            }
            catalog
        });
        &COMPLETE
    }

    /// Adds what a pack knows.
    pub fn load(&mut self, bytes: &[u8]) -> Result<Pack, PackError> {
        let (name, tables) = pack::read(bytes)?;
        let unknown = || PackError::Unknown(name.clone());
        let pack = Pack::ALL.into_iter().find(|pack| pack.name() == name).ok_or_else(unknown)?;
        if tables.len() != pack.tables() {
            return Err(unknown());
        }
        let mut tables = tables.into_iter();
        let mut table = || -> Table { tables.next().unwrap_or_default() };
        match pack {
            Pack::Images => self.images = Images::new(table()),
            Pack::Debian(suite) => {
                self.debian.insert(suite, Release::new(table(), &table()));
            }
            Pack::Alpine => self.alpine = Packages::new(table(), &table()),
            Pack::Npm => self.npm = NpmPackages::new(table(), [table(), table(), table()]),
            Pack::Pip => self.python = PythonPackages::new(&table()),
            Pack::Rpm => self.rpm = RpmPackages::new(&table()),
            Pack::Licences => self.licences = Licences::new(&table()),
        }
        self.loaded.insert(pack);
        Ok(pack)
    }

    /// True when a pack would add to what is known.
    pub fn lacks(&self, pack: Pack) -> bool {
        !self.loaded.contains(&pack)
    }

    /// Looks an image up. A tag that is not known takes the figures of the
    /// nearest known one, widened; an unknown image gets a stated guess.
    pub fn image(&self, reference: &str) -> BaseImage {
        self.images.find(reference)
    }

    /// The repositories of the images that are known, without an order.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        self.images.repositories()
    }

    /// The known tags of a repository with their uncompressed bytes, the ones
    /// most often meant first.
    pub fn tags(&self, repository: &str) -> Vec<(&str, Range)> {
        self.images.tags(repository)
    }

    /// The tag with a version for a tag that moves: `26-alpine` for `node:alpine`.
    pub fn version_of(&self, reference: &str) -> Option<String> {
        self.images.version_of(reference)
    }

    /// True when all images are not known, and more than this was to be known of
    /// one.
    pub fn wants_images(&self, image: &BaseImage) -> bool {
        self.lacks(Pack::Images) && (!image.known || image.resolved.is_some())
    }

    /// The Alpine packages for an image.
    pub fn alpine(&self, image: &BaseImage) -> Alpine<'_> {
        Alpine::new(&self.alpine, image)
    }

    /// The npm packages.
    pub fn npm(&self) -> &NpmPackages {
        &self.npm
    }

    /// The Python packages.
    pub fn python(&self) -> &PythonPackages {
        &self.python
    }

    /// The RPM packages.
    pub fn rpm(&self) -> &RpmPackages {
        &self.rpm
    }

    /// The names of licences.
    pub fn licences(&self) -> &Licences {
        &self.licences
    }

    /// The Debian packages for an image.
    pub fn debian(&self, image: &BaseImage) -> Debian<'_> {
        Debian::new(&image.distro, &image.reference, |suite| {
            self.debian.get(&suite).unwrap_or(&self.no_release)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::encode;

    #[test]
    fn every_pack_is_what_its_name_says() {
        let mut catalog = Catalog::embedded();
        for pack in Pack::ALL {
            assert!(catalog.lacks(pack), "{pack}");
            assert_eq!(catalog.load(pack.bytes()), Ok(pack));
            assert!(!catalog.lacks(pack), "{pack}");
        }
    }

    #[test]
    fn the_readme_states_their_sizes() {
        let readme = include_str!("../../data/README.md");
        for pack in Pack::ALL {
            let row = readme.lines().find(|line| line.starts_with(&format!("| `{pack}` |")));
            let cell = row.and_then(|row| row.split('|').nth(3)).expect("a row a pack");
            let stated: f64 = cell.trim().parse().expect("a number of kB");
            let actual = pack.bytes().len() as f64 / 1000.0;
            assert!((stated / actual - 1.0).abs() < 0.02, "{pack}: {actual:.0} kB, not {stated}");
        }
    }

    #[test]
    fn a_pack_that_is_wrong_changes_nothing() {
        let mut catalog = Catalog::embedded();
        let before = catalog.image("node:18");
        let wrong = [
            (encode::pack("other", &[]), PackError::Unknown("other".to_owned())),
            (encode::pack("images", &[]), PackError::Unknown("images".to_owned())),
            (b"<!doctype html>".to_vec(), PackError::Other),
            (Pack::Images.bytes()[..1000].to_vec(), PackError::Damaged),
        ];
        for (bytes, error) in wrong {
            assert_eq!(catalog.load(&bytes), Err(error));
        }
        assert_eq!(catalog.image("node:18"), before);
        assert!(catalog.lacks(Pack::Images));
    }

    /// The page's first view must not change when the pack arrives.
    #[test]
    fn embedded_images_are_those_of_the_pack() {
        let embedded = Catalog::embedded();
        for reference in ["node:18-alpine", "python:3.12", "python:3.12-slim", "debian:12-slim"] {
            let image = embedded.image(reference);
            assert_eq!(image, Catalog::complete().image(reference));
            assert!(!embedded.wants_images(&image), "{reference}");
        }
        assert!(embedded.wants_images(&embedded.image("node:18.2-alpine3.15")));
    }
}
