//! Packages by their installers, each with the bytes that it brings.

use crate::data::{BaseImage, Catalog, Debian, Pack};
use crate::filesystem::debian_size;
use crate::units::{Evidence, Range};

/// Whose packages are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Apt,
    Apk,
    Npm,
    Pip,
    Rpm,
}

/// Programs that install packages, and the words after which their names stand.
const INSTALLERS: [(&[&str], &[&str], Source); 6] = [
    (&["apt-get", "apt", "aptitude"], &["install"], Source::Apt),
    (&["apk"], &["add"], Source::Apk),
    (&["npm", "pnpm", "yarn", "bun"], &["install", "i", "add"], Source::Npm),
    (&["pip", "pip3", "uv", "poetry", "pipenv"], &["install", "add"], Source::Pip),
    (&["dnf", "yum", "microdnf"], &["install"], Source::Rpm),
    (&["pnpm", "yarn"], &["dlx"], Source::Npm),
];

/// Where the name of a package stands in a command.
pub(super) struct Named<'t> {
    pub source: Source,
    /// The words of the command before it.
    pub before: Vec<&'t str>,
}

/// The installer that takes the last word of a script's text so far for the name
/// of a package.
pub(super) fn named<'t>(before: &'t str, word: &str) -> Option<Named<'t>> {
    let command = before.rsplit(['\n', ';', '&', '|', '(']).next().unwrap_or("");
    let before: Vec<&str> = command.split_whitespace().collect();
    let is_name = !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-+._@/".contains(c))
        && !word.starts_with(['-', '.', '/']);
    // A requirements file, an index, a target.
    let is_value = before.last().is_some_and(|last| {
        last.starts_with('-') && matches!(*last, "-r" | "-c" | "-t" | "--target" | "--repository")
    });
    let source = installer(&before).filter(|_| is_name && !is_value)?;
    Some(Named { source, before })
}

/// The installer whose packages stand after these words.
fn installer(words: &[&str]) -> Option<Source> {
    INSTALLERS.into_iter().find_map(|(programs, verbs, source)| {
        let program = words.iter().position(|word| programs.contains(word))?;
        words[program + 1..].iter().any(|word| verbs.contains(word)).then_some(source)
    })
}

/// What installing a package brings to an image.
pub(super) struct Brought {
    /// Bytes of all of it.
    pub size: Range,
    /// Packages that come along.
    pub others: usize,
    /// Where the figure of the package itself comes from.
    pub evidence: Evidence,
}

/// The packages of an installer, as an image has them.
pub(super) struct Packages<'c> {
    pub source: Source,
    pub catalog: &'c Catalog,
    pub image: Option<&'c BaseImage>,
    /// Whether apt brings what packages recommend too.
    pub recommends: bool,
}

impl<'c> Packages<'c> {
    /// The pack that holds them, if they are in one.
    pub fn pack(&self) -> Option<Pack> {
        match self.source {
            Source::Apt => Some(Pack::Debian(self.debian()?.suite)),
            Source::Apk => Some(Pack::Alpine),
            Source::Npm => Some(Pack::Npm),
            Source::Pip => Some(Pack::Pip),
            Source::Rpm => Some(Pack::Rpm),
        }
    }

    fn debian(&self) -> Option<Debian<'c>> {
        Some(self.catalog.debian(self.image?))
    }

    /// The names of all packages, without an order.
    pub fn names(&self) -> Vec<&'c str> {
        match self.source {
            Source::Apt => self.debian().map(|debian| debian.names().collect()).unwrap_or_default(),
            Source::Apk => match self.image {
                Some(image) => self.catalog.alpine(image).names().collect(),
                None => Vec::new(),
            },
            Source::Npm => self.catalog.npm().names().collect(),
            Source::Pip => self.catalog.python().names().collect(),
            Source::Rpm => self.catalog.rpm().names().collect(),
        }
    }

    /// True for a package of the distribution, which may be in the image already.
    pub fn knows(&self, name: &str) -> bool {
        match self.source {
            Source::Apt => self.debian().is_some_and(|debian| debian.knows(name)),
            Source::Apk => self.image.is_some_and(|image| self.catalog.alpine(image).knows(name)),
            Source::Npm | Source::Pip | Source::Rpm => false,
        }
    }

    /// What a package brings; `None` where that is not known, or nothing.
    pub fn brought(&self, name: &str) -> Option<Brought> {
        match self.source {
            Source::Apt => self.of_debian(name),
            Source::Apk => {
                let closure =
                    self.catalog.alpine(self.image?).closure(&[name.to_owned()], &|_| false);
                let sizes = closure.iter().map(|package| package.bytes);
                brought(sizes, closure.first()?.evidence.clone())
            }
            // Only where all that a package needs was measured too.
            Source::Npm => {
                let package = self.catalog.npm().whole(name)?;
                brought([package.bytes()].into_iter(), package.evidence())
            }
            Source::Pip => {
                let python = self.catalog.python();
                let evidence = python.get(name)?.evidence();
                let set = python.closure([name]);
                Some(Brought { size: set.bytes(), others: set.packages.len() - 1, evidence })
            }
            Source::Rpm => {
                let closure = self.catalog.rpm().closure(name);
                let evidence = closure.first()?.evidence();
                brought(closure.iter().map(|package| package.own), evidence)
            }
        }
    }

    fn of_debian(&self, name: &str) -> Option<Brought> {
        let debian = self.debian()?;
        let closure = debian.closure(&[name.to_owned()], self.recommends, &|_| false);
        let sizes: Vec<(Range, Evidence)> =
            closure.iter().map(|package| debian_size(package, &debian)).collect();
        let (_, evidence) = sizes.first()?.clone();
        brought(sizes.into_iter().map(|(size, _)| size), evidence)
    }
}

/// The sum of what comes; `None` for nothing.
fn brought(sizes: impl ExactSizeIterator<Item = Range>, evidence: Evidence) -> Option<Brought> {
    let others = sizes.len().checked_sub(1)?;
    Some(Brought { size: sizes.sum(), others, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installer_is_known_by_its_verb() {
        let of = |text: &str| installer(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(of("apt-get install -y --no-install-recommends git"), Some(Source::Apt));
        assert_eq!(of("apk --no-cache add"), Some(Source::Apk));
        assert_eq!(of("python -m pip install -U"), Some(Source::Pip));
        assert_eq!(of("sudo npm i -g"), Some(Source::Npm));
        assert_eq!(of("apt-get update"), None);
        assert_eq!(of("echo install apt-get"), None);
    }
}
