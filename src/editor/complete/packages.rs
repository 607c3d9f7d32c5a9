//! Packages by their installers, each with the bytes that it brings.

use super::{CompletionKind, Finder, begins};
use crate::data::{Debian, Pack, fact, node_package, node_packages, rpm_closure, rpm_packages};
use crate::units::Range;

/// Whose packages are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Apt,
    Apk,
    Npm,
    Pip,
    Rpm,
}

/// Names of packages for a list; what is typed next narrows them.
const MOST: usize = 40;

impl Finder<'_> {
    /// Packages that begin as it was typed, the shortest names first, with the
    /// bytes of all that they need.
    pub(super) fn packages(&mut self, source: Source) {
        match source {
            Source::Apt => self.debian(),
            Source::Apk => self.alpine(),
            Source::Npm => self.npm(),
            Source::Pip => {
                let python = self.analysis.catalog.python();
                self.want(Pack::Pip);
                self.named(python.names(), |name| Some(python.closure([name]).bytes()));
            }
            Source::Rpm => {
                let size = |name: &str| Some(rpm_closure(name).iter().map(|one| one.own).sum());
                self.named(rpm_packages(), size);
            }
        }
    }

    fn named<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        size: impl Fn(&str) -> Option<Range>,
    ) {
        let mut fitting: Vec<&str> = names.filter(|name| begins(name, &self.typed)).collect();
        fitting.sort_unstable_by_key(|name| (name.len(), *name));
        fitting.dedup();
        for name in fitting.into_iter().take(MOST) {
            self.push_sized(name, CompletionKind::Package, None, size(name));
        }
    }

    fn debian(&mut self) {
        let Some(image) = self.image() else { return };
        let debian = self.analysis.catalog.debian(image);
        let pack = Pack::Debian(debian.suite);
        self.want(pack);
        self.named(debian.names(), |name| Some(debian_bytes(&debian, name)));
    }

    fn alpine(&mut self) {
        let Some(image) = self.image() else { return };
        let catalog = self.analysis.catalog;
        self.want(Pack::Alpine);
        let alpine = catalog.alpine(image);
        self.named(alpine.names(), |name| {
            let closure = alpine.closure(&[name.to_owned()], &|_| false);
            Some(closure.iter().map(|package| package.bytes).sum())
        });
    }

    fn npm(&mut self) {
        let catalog = self.analysis.catalog;
        self.want(Pack::Npm);
        let mut names: Vec<&str> = catalog.npm_sizes().names().collect();
        names.extend(node_packages().map(|name| -> &str { name }));
        // Only where all that a package needs was measured too.
        self.named(names.into_iter(), |name| Some(node_package(name)?.closure()));
    }
}

/// What a package and those that it needs store.
fn debian_bytes(debian: &Debian<'_>, name: &str) -> Range {
    let closure = debian.closure(&[name.to_owned()], false, &|_| false);
    let bytes = |package: &crate::data::Installed<'_>| match package.stored {
        Some(stored) => Range::within(stored.bytes, fact("apt.measured.spread").expected),
        None => fact("apt.installed.factor").of(Range::exact(package.installed_kib * 1024)),
    };
    closure.iter().map(bytes).sum()
}
