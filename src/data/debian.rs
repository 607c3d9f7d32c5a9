//! Debian packages and what they depend on (`data/debian_RELEASE.tsv`,
//! `data/debian_base.tsv`, from the Packages indexes).

use std::collections::{HashMap, HashSet, VecDeque};

use super::table::Table;

/// A release of Debian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Suite {
    Bullseye,
    Bookworm,
    Trixie,
}

impl Suite {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bullseye => "bullseye",
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
        }
    }

    /// The release of a distribution (`debian:12`), and whether it is that one.
    /// Ubuntu stands nearest to the Debian that was in preparation when it came
    /// out; an unknown distribution is taken for bookworm.
    fn of(distro: &str) -> (Self, bool) {
        let (name, version) = distro.split_once(':').unwrap_or((distro, ""));
        let major: u32 = version.split('.').next().and_then(|text| text.parse().ok()).unwrap_or(0);
        match (name, major) {
            ("debian", 11) => (Self::Bullseye, true),
            ("debian", 12) => (Self::Bookworm, true),
            ("debian", 13) => (Self::Trixie, true),
            ("debian", 1..11) | ("ubuntu", 1..=21) => (Self::Bullseye, false),
            ("debian", 14..) | ("ubuntu", 24..) => (Self::Trixie, false),
            _ => (Self::Bookworm, false),
        }
    }
}

/// A release as one image has it.
#[derive(Debug, Clone, Copy)]
pub struct Debian<'c> {
    release: &'c Release,
    flavour: Flavour,
    /// What the image has besides its flavour's packages.
    more: &'static [&'static str],
    /// The release that the figures are of.
    pub suite: Suite,
    /// False when the image is of another release or distribution, and the
    /// figures are those of the nearest.
    pub is_own: bool,
}

/// How much an image has installed before the first `apt-get install`:
/// buildpack-deps' variants, each with all of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Flavour {
    Slim,
    Curl,
    Scm,
    Full,
}

/// A package that an installation brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed<'c> {
    /// Its name.
    pub name: &'c str,
    /// Installed-Size of its control file, KiB.
    pub installed_kib: u64,
    /// Bytes of its .deb.
    pub archive_bytes: u64,
    /// What it stores, where its files were measured.
    pub stored: Option<Stored>,
    /// True when installing it asks debconf.
    pub uses_debconf: bool,
    /// True when it comes only because another recommends it.
    pub recommended: bool,
}

/// What a package stores in a layer, measured from its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Bytes as slim images install it, with dpkg's records and the byte code
    /// that its installation compiles.
    pub bytes: u64,
    /// Bytes of documentation, which only the plain images keep.
    pub documentation: u64,
    /// Files.
    pub files: u64,
    /// Its bytes after gzip.
    pub gzip: u64,
}

/// The packages of a release.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// Columns: package, installed_kib, deb_bytes, layer_bytes, docs_bytes,
    /// files, gzip_bytes, depends, recommends, provides. In the lists of
    /// dependencies commas separate groups of which one package is needed.
    packages: Table,
    rows: HashMap<Box<str>, usize>,
    /// Virtual packages to the rows of packages that provide them.
    providers: HashMap<Box<str>, Vec<usize>>,
    base: HashMap<Box<str>, Flavour>,
}

const DEPENDS: usize = 7;
const RECOMMENDS: usize = 8;
const PROVIDES: usize = 9;

impl Release {
    /// A release from its packages and what its images have installed (columns:
    /// release, flavour, package).
    pub fn new(packages: Table, installed: &Table) -> Self {
        let mut rows = HashMap::new();
        let mut providers: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for row in 0..packages.rows() {
            rows.insert(packages.cell(row, 0).into(), row);
            for provided in packages.list(row, PROVIDES) {
                providers.entry(provided.into()).or_default().push(row);
            }
        }
        let mut base: HashMap<Box<str>, Flavour> = HashMap::new();
        for row in 0..installed.rows() {
            let flavour = match installed.cell(row, 1) {
                "slim" => Flavour::Slim,
                "curl" => Flavour::Curl,
                "scm" => Flavour::Scm,
                _ => Flavour::Full,
            };
            let known = base.entry(installed.cell(row, 2).into()).or_insert(flavour);
            *known = flavour.min(*known);
        }
        Self { packages, rows, providers, base }
    }

    fn name(&self, row: usize) -> &str {
        self.packages.cell(row, 0)
    }

    fn package(&self, row: usize, recommended: bool) -> Installed<'_> {
        let number = |column| self.packages.number(row, column);
        let is_measured = !self.packages.cell(row, 3).is_empty();
        let stored = is_measured.then(|| Stored {
            bytes: number(3),
            documentation: number(4),
            files: number(5),
            gzip: number(6),
        });
        Installed {
            name: self.name(row),
            installed_kib: number(1),
            archive_bytes: number(2),
            stored,
            uses_debconf: self.packages.list(row, DEPENDS).any(|group| group.contains("debconf")),
            recommended,
        }
    }

    /// The row of the package of that name, or of the first that provides it.
    fn provider(&self, name: &str) -> Option<usize> {
        let own = self.rows.get(name);
        own.or_else(|| self.providers.get(name)?.first()).copied()
    }
}

impl<'c> Debian<'c> {
    /// The packages for an image of a distribution; `release` finds those of a
    /// suite.
    pub fn new(distro: &str, reference: &str, release: impl FnOnce(Suite) -> &'c Release) -> Self {
        let (suite, is_own) = Suite::of(distro);
        let (flavour, more) = (flavour(reference), more(reference));
        Self { release: release(suite), flavour, more, suite, is_own }
    }

    /// True for images that keep documentation: slim ones and those built on
    /// them leave it out by dpkg's path-exclude.
    pub fn keeps_documentation(&self) -> bool {
        self.flavour > Flavour::Slim
    }

    /// The names of all packages, without an order.
    pub fn names(&self) -> impl Iterator<Item = &'c str> {
        self.release.rows.keys().map(|name| &**name)
    }

    /// True when the table has the package or something that provides it.
    pub fn knows(&self, name: &str) -> bool {
        self.release.provider(name).is_some()
    }

    /// The names that the table does not have.
    pub fn unknown(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| !self.knows(name)).cloned().collect()
    }

    /// The libraries that a program built against a `-dev` package needs when it
    /// runs: what the package itself depends on, or else what the `-dev`
    /// packages do that it depends on. `None` where the package is not known.
    pub fn libraries(&self, development: &str) -> Option<Vec<&'c str>> {
        const DEPTH: usize = 3;
        let mut names = vec![development];
        for _ in 0..DEPTH {
            let rows = names.iter().map(|name| self.release.provider(name));
            let rows: Vec<usize> = rows.collect::<Option<_>>()?;
            let needed: Vec<&'c str> = rows
                .iter()
                .flat_map(|row| self.release.packages.list(*row, DEPENDS))
                .filter_map(|group| group.split('|').next())
                .filter(|name| name.starts_with("lib") || name.starts_with("zlib"))
                .filter(|name| !name.starts_with("libc6") && !name.starts_with("libc-"))
                .collect();
            let (headers, libraries): (Vec<&str>, Vec<&str>) =
                needed.into_iter().partition(|name| name.contains("-dev"));
            if !libraries.is_empty() || headers.is_empty() {
                return Some(libraries);
            }
            names = headers;
        }
        None
    }

    /// What installing `names` brings: apt's choice, taking the first
    /// alternative of each dependency unless another one is there already, or
    /// is to come because something found before needs just it.
    pub fn closure(
        &self,
        names: &[String],
        recommends: bool,
        installed: &dyn Fn(&str) -> bool,
    ) -> Vec<Installed<'c>> {
        let release = self.release;
        let mut chosen: HashSet<usize> = HashSet::new();
        let mut order = Vec::new();
        let mut pending: VecDeque<(usize, bool)> = VecDeque::new();
        for row in names.iter().filter_map(|name| release.provider(name)) {
            self.enqueue(row, false, &mut chosen, &mut pending, installed);
        }
        while let Some((row, recommended)) = pending.pop_front() {
            order.push(release.package(row, recommended));
            let needs = release.packages.list(row, DEPENDS).map(|group| (group, recommended));
            let wants = release.packages.list(row, RECOMMENDS).map(|group| (group, true));
            let groups: Vec<_> = needs.chain(wants.filter(|_| recommends)).collect();
            // What leaves no choice first: it may settle the choices.
            let (choices, single): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(group, _)| group.contains('|'));
            for (group, recommended) in single.into_iter().chain(choices) {
                let present = |name: &str| {
                    let row = release.rows.get(name);
                    let is_chosen = || row.is_some_and(|row| chosen.contains(row));
                    self.is_base(name) || installed(name) || is_chosen()
                };
                if let Some(row) = self.choose(group, &present) {
                    self.enqueue(row, recommended, &mut chosen, &mut pending, installed);
                }
            }
        }
        order
    }

    /// Chooses a package that is not there yet.
    fn enqueue(
        &self,
        row: usize,
        recommended: bool,
        chosen: &mut HashSet<usize>,
        pending: &mut VecDeque<(usize, bool)>,
        installed: &dyn Fn(&str) -> bool,
    ) {
        let name = self.release.name(row);
        if !self.is_base(name) && !installed(name) && chosen.insert(row) {
            pending.push_back((row, recommended));
        }
    }

    /// The alternative that apt takes of `a|b|c`; none when one is there.
    fn choose(&self, group: &str, present: &dyn Fn(&str) -> bool) -> Option<usize> {
        let release = self.release;
        let provided = |name: &str| {
            let rows = release.providers.get(name);
            rows.is_some_and(|rows| rows.iter().any(|row| present(release.name(*row))))
        };
        let mut alternatives = group.split('|');
        let satisfied = alternatives.clone().any(|name| present(name) || provided(name));
        if satisfied { None } else { alternatives.find_map(|name| release.provider(name)) }
    }

    /// True for a package that the image has from the start.
    pub fn is_base(&self, name: &str) -> bool {
        self.more.contains(&name)
            || self.release.base.get(name).is_some_and(|flavour| *flavour <= self.flavour)
    }
}

/// What the slim images of Python install and keep: what their Dockerfile names
/// (docker-library/python), and the libraries that the interpreter's modules are
/// linked with, under the names that the releases have for them.
const PYTHON: [&str; 17] = [
    "ca-certificates",
    "libffi7",
    "libffi8",
    "libgdbm6",
    "libgdbm6t64",
    "libncursesw6",
    "libreadline8",
    "libreadline8t64",
    "libsqlite3-0",
    "libssl1.1",
    "libssl3",
    "libssl3t64",
    "libexpat1",
    "netbase",
    "openssl",
    "readline-common",
    "tzdata",
];

fn more(reference: &str) -> &'static [&'static str] {
    match repository(reference) {
        ("python", _) => &PYTHON,
        _ => &[],
    }
}

/// The repository of Docker's library, or another one, and the tag.
fn repository(reference: &str) -> (&str, &str) {
    let name = reference.trim_start_matches("docker.io/").trim_start_matches("library/");
    name.split_once(':').unwrap_or((name, ""))
}

/// The official language images without `-slim` are built on buildpack-deps.
fn flavour(reference: &str) -> Flavour {
    const BUILDPACK: [&str; 10] = [
        "node",
        "python",
        "ruby",
        "golang",
        "rust",
        "perl",
        "openjdk",
        "gcc",
        "buildpack-deps",
        "pypy",
    ];
    let (repository, tag) = repository(reference);
    match repository {
        _ if tag.contains("slim") || !BUILDPACK.contains(&repository) => Flavour::Slim,
        "golang" => Flavour::Scm,
        "buildpack-deps" if tag.contains("curl") => Flavour::Curl,
        "buildpack-deps" if tag.contains("scm") => Flavour::Scm,
        _ => Flavour::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPENDS, Release, Suite};
    use crate::data::{Catalog, Pack};

    fn names(reference: &str, wanted: &[&str], recommends: bool) -> Vec<&'static str> {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let catalog = Catalog::complete();
        let debian = catalog.debian(&catalog.image(reference));
        let closure = debian.closure(&wanted, recommends, &|_| false);
        closure.into_iter().map(|package| package.name).collect()
    }

    #[test]
    fn curl_brings_its_libraries_into_a_slim_image() {
        let closure = names("debian:12-slim", &["curl"], false);
        assert!(closure.contains(&"libcurl4") && closure.contains(&"libssl3"), "{closure:?}");
        assert!(!closure.contains(&"libc6"));
    }

    #[test]
    fn pythons_images_have_what_it_is_linked_with() {
        let slim = names("python:3.11-slim-bookworm", &["libpq5"], false);
        assert!(slim.contains(&"libpq5") && !slim.contains(&"libssl3"), "{slim:?}");
        assert!(names("debian:12-slim", &["libpq5"], false).contains(&"libssl3"));
    }

    #[test]
    fn a_development_package_names_its_libraries() {
        let catalog = Catalog::complete();
        let libraries =
            |image: &str, name: &str| catalog.debian(&catalog.image(image)).libraries(name);
        assert_eq!(libraries("debian:12", "libpq-dev"), Some(vec!["libpq5"]));
        assert_eq!(libraries("debian:12", "libssl-dev"), Some(vec!["libssl3"]));
        assert_eq!(libraries("debian:13", "libssl-dev"), Some(vec!["libssl3t64"]));
        assert_eq!(libraries("debian:12", "default-libmysqlclient-dev"), Some(vec!["libmariadb3"]));
        assert_eq!(libraries("debian:12", "libfreetype6-dev"), Some(vec!["libfreetype6"]));
        assert_eq!(libraries("debian:12", "no-such-dev"), None);
    }

    #[test]
    fn the_full_images_have_git_and_a_compiler_already() {
        assert_eq!(names("node:18", &["git", "gcc", "make"], false), Vec::<&str>::new());
    }

    #[test]
    fn each_release_has_its_own_packages() {
        let brought =
            |image: &str, wanted: &str, name: &str| names(image, &[wanted], false).contains(&name);
        assert!(brought("debian:11-slim", "curl", "libldap-2.4-2"));
        assert!(brought("debian:13-slim", "curl", "libcurl4t64"));
        assert!(brought("node:20-bookworm-slim", "python3", "python3.11"));
        assert!(brought("node:20-bullseye-slim", "python3", "python3.9"));
    }

    #[test]
    fn other_distributions_take_the_nearest_release() {
        let nearest = [
            ("debian:12", "bookworm", true),
            ("debian:10", "bullseye", false),
            ("ubuntu:20.04", "bullseye", false),
            ("ubuntu:22.04", "bookworm", false),
            ("ubuntu:24.04", "trixie", false),
            ("debian", "bookworm", false),
            ("", "bookworm", false),
        ];
        for (distro, name, is_own) in nearest {
            let (suite, own) = Suite::of(distro);
            assert_eq!((suite.name(), own), (name, is_own), "{distro}");
        }
    }

    #[test]
    fn every_dependency_of_a_table_can_be_met_or_is_left_out() {
        for pack in Pack::ALL.into_iter().filter(|pack| matches!(pack, Pack::Debian(_))) {
            let (_, tables) = crate::data::pack::read(pack.bytes()).unwrap();
            let release = Release::new(tables[0].clone(), &tables[1]);
            for row in 0..release.packages.rows() {
                for name in release.packages.list(row, DEPENDS).flat_map(|group| group.split('|')) {
                    assert!(release.provider(name).is_some(), "{pack}: {name}");
                }
            }
            assert!(release.base.keys().all(|name| release.rows.contains_key(name)), "{pack}");
        }
    }

    #[test]
    fn recommended_packages_come_only_when_asked_for() {
        let without = names("debian:12-slim", &["build-essential"], false).len();
        assert!(names("debian:12-slim", &["build-essential"], true).len() > without);
    }
}
