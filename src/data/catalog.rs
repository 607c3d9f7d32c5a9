//! All tables that an analysis looks things up in.

use std::sync::LazyLock;

use super::debian::{Debian, Release};
use super::images::{BaseImage, Images};
use super::table::Table;

/// What is known of images and packages. A value: who analyses says with which
/// knowledge, and the same catalog gives the same report.
#[derive(Debug, Clone)]
pub struct Catalog {
    images: Images,
    bookworm: Release,
}

impl Catalog {
    /// All that is known.
    pub fn complete() -> &'static Self {
        static COMPLETE: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
        &COMPLETE
    }

    /// What is compiled in.
    pub fn embedded() -> Self {
        let table = Table::from_tsv;
        Self {
            images: Images::new(table(include_str!("../../data/base_images.tsv"))),
            bookworm: Release::new(
                "bookworm",
                table(include_str!("../../data/debian_packages.tsv")),
                &table(include_str!("../../data/debian_base.tsv")),
            ),
        }
    }

    /// Looks an image up. A tag that is not known takes the figures of the
    /// nearest known one, widened; an unknown image gets a stated guess.
    pub fn image(&self, reference: &str) -> BaseImage {
        self.images.find(reference)
    }

    /// The Debian packages for an image. Ubuntu and other releases take the
    /// figures of bookworm.
    pub fn debian(&self, image: &BaseImage) -> Debian<'_> {
        Debian::new(&self.bookworm, &image.reference)
    }
}
