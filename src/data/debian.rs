//! Debian packages and what they depend on (`data/debian_packages.tsv`,
//! `data/debian_base.tsv`, from the Packages indexes).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::LazyLock;

/// A release as one image flavour has it.
#[derive(Debug, Clone, Copy)]
pub struct Debian {
    /// The release's name.
    pub release: &'static str,
    flavour: Flavour,
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
pub struct Installed {
    /// Its name.
    pub name: &'static str,
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

struct Package {
    installed_kib: u64,
    archive_bytes: u64,
    stored: Option<Stored>,
    /// Groups of alternatives; one of each group is needed.
    depends: &'static str,
    recommends: &'static str,
}

struct Release {
    packages: HashMap<&'static str, Package>,
    /// Virtual packages to the packages that provide them.
    providers: HashMap<&'static str, Vec<&'static str>>,
    base: HashMap<&'static str, Flavour>,
}

const BOOKWORM: &str = "bookworm";

static RELEASE: LazyLock<Release> = LazyLock::new(|| {
    let mut release =
        Release { packages: HashMap::new(), providers: HashMap::new(), base: HashMap::new() };
    for row in super::rows(include_str!("../../data/debian_packages.tsv")) {
        if let [name, kib, deb, layer, docs, files, gzip, depends, recommends, provides] = row[..] {
            let number = |text: &str| text.parse().unwrap_or(0);
            let stored = layer.parse().ok().map(|bytes| Stored {
                bytes,
                documentation: number(docs),
                files: number(files),
                gzip: number(gzip),
            });
            let (installed_kib, archive_bytes) = (number(kib), number(deb));
            let package = Package { installed_kib, archive_bytes, stored, depends, recommends };
            release.packages.insert(name, package);
            for provided in provides.split(',').filter(|name| !name.is_empty()) {
                release.providers.entry(provided).or_default().push(name);
            }
        }
    }
    for row in super::rows(include_str!("../../data/debian_base.tsv")) {
        if let [flavour, name] = row[..] {
            let flavour = match flavour {
                "slim" => Flavour::Slim,
                "curl" => Flavour::Curl,
                "scm" => Flavour::Scm,
                _ => Flavour::Full,
            };
            let known = release.base.entry(name).or_insert(flavour);
            *known = flavour.min(*known);
        }
    }
    release
});

impl Debian {
    /// The release and flavour of an image. Ubuntu and other releases take the
    /// figures of bookworm.
    pub fn of(_distro: &str, reference: &str) -> Self {
        Self { release: BOOKWORM, flavour: flavour(reference) }
    }

    /// True for images that keep documentation: slim ones and those built on
    /// them leave it out by dpkg's path-exclude.
    pub fn keeps_documentation(&self) -> bool {
        self.flavour > Flavour::Slim
    }

    /// True when the table has the package or something that provides it.
    pub fn knows(&self, name: &str) -> bool {
        RELEASE.packages.contains_key(name) || RELEASE.providers.contains_key(name)
    }

    /// The names that the table does not have.
    pub fn unknown(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| !self.knows(name)).cloned().collect()
    }

    /// What installing `names` brings: apt's choice, taking the first
    /// alternative of each dependency unless another one is there already.
    pub fn closure(
        &self,
        names: &[String],
        recommends: bool,
        installed: &dyn Fn(&str) -> bool,
    ) -> Vec<Installed> {
        let mut chosen: HashSet<&'static str> = HashSet::new();
        let mut order = Vec::new();
        let mut pending: VecDeque<(&'static str, bool)> = VecDeque::new();
        let wanted = names.iter().filter_map(|name| self.provider(name));
        pending.extend(wanted.map(|name| (name, false)));
        while let Some((name, recommended)) = pending.pop_front() {
            if self.is_base(name) || installed(name) || !chosen.insert(name) {
                continue;
            }
            let Some(package) = RELEASE.packages.get(name) else { continue };
            order.push(Installed {
                name,
                installed_kib: package.installed_kib,
                archive_bytes: package.archive_bytes,
                stored: package.stored,
                uses_debconf: groups(package.depends).any(|group| group.contains("debconf")),
                recommended,
            });
            let present =
                |name: &str| self.is_base(name) || installed(name) || chosen.contains(name);
            for group in groups(package.depends) {
                pending.extend(self.choose(group, &present).map(|name| (name, recommended)));
            }
            if recommends {
                for group in groups(package.recommends) {
                    pending.extend(self.choose(group, &present).map(|name| (name, true)));
                }
            }
        }
        order
    }

    /// The alternative that apt takes of `a|b|c`; none when one is there.
    fn choose(&self, group: &'static str, present: &dyn Fn(&str) -> bool) -> Option<&'static str> {
        let mut alternatives = group.split('|');
        let satisfied = alternatives.clone().any(|name| {
            present(name)
                || RELEASE
                    .providers
                    .get(name)
                    .is_some_and(|all| all.iter().any(|name| present(name)))
        });
        if satisfied { None } else { alternatives.find_map(|name| self.provider(name)) }
    }

    /// The package of that name, or the first that provides it.
    fn provider(&self, name: &str) -> Option<&'static str> {
        let own = RELEASE.packages.get_key_value(name).map(|(name, _)| *name);
        own.or_else(|| RELEASE.providers.get(name)?.first().copied())
    }

    fn is_base(&self, name: &str) -> bool {
        RELEASE.base.get(name).is_some_and(|flavour| *flavour <= self.flavour)
    }
}

fn groups(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').filter(|group| !group.is_empty())
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
    let name = reference.trim_start_matches("docker.io/").trim_start_matches("library/");
    let (repository, tag) = name.split_once(':').unwrap_or((name, ""));
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
    use super::*;

    fn names(reference: &str, wanted: &[&str], recommends: bool) -> Vec<&'static str> {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let closure = Debian::of("", reference).closure(&wanted, recommends, &|_| false);
        closure.into_iter().map(|package| package.name).collect()
    }

    #[test]
    fn curl_brings_its_libraries_into_a_slim_image() {
        let closure = names("debian:12-slim", &["curl"], false);
        assert!(closure.contains(&"libcurl4") && closure.contains(&"libssl3"), "{closure:?}");
        assert!(!closure.contains(&"libc6"));
    }

    #[test]
    fn the_full_images_have_git_and_a_compiler_already() {
        assert_eq!(names("node:18", &["git", "gcc", "make"], false), Vec::<&str>::new());
    }

    #[test]
    fn recommended_packages_come_only_when_asked_for() {
        let without = names("debian:12-slim", &["build-essential"], false).len();
        assert!(names("debian:12-slim", &["build-essential"], true).len() > without);
    }
}
