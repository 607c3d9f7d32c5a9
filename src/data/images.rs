//! Base images (`data/base_images.tsv`), linux/amd64.

use std::collections::HashMap;

use super::table::Table;
use crate::units::{Evidence, EvidenceKind, Range};

/// Tags that move with the newest image, as they are offered.
const FIRST_TAGS: [&str; 5] = ["latest", "lts", "stable", "slim", "alpine"];

/// What is known of an image that a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseImage {
    /// The reference that was asked for.
    pub reference: String,
    /// False when nothing is known of it, and its figures are a guess.
    pub known: bool,
    /// The known image whose figures stand in, when it is not the same.
    pub resolved: Option<String>,
    /// Uncompressed bytes of all its layers.
    pub bytes: Range,
    /// Compressed bytes of all its layers.
    pub compressed: Range,
    /// Its layers.
    pub layers: u32,
    /// `debian:12`, `alpine:3.20` …; empty when not known.
    pub distro: String,
    /// How packages are installed in it.
    pub package_manager: PackageManager,
    /// `glibc`, `musl` or `none`.
    pub libc: String,
    /// The user it starts as; empty for root.
    pub user: String,
    /// A user without privileges that it brings along.
    pub extra_user: Option<String>,
    /// Its working directory; empty for `/`.
    pub workdir: String,
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// Commands and packages that it is known to have.
    pub tools: Vec<String>,
    /// False for images without a shell.
    pub has_shell: bool,
    /// The day (`yyyy-mm-dd`) when its upstream support ended or ends.
    pub end_of_life: Option<String>,
    /// Where the figures come from.
    pub evidence: Evidence,
}

/// The system's package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum PackageManager {
    Apt,
    Apk,
    Dnf,
    Other,
    None,
}

/// The images that are known.
#[derive(Debug, Clone)]
pub struct Images {
    table: Table,
    /// The tags of each repository with their rows.
    repositories: HashMap<Box<str>, Vec<(Box<str>, usize)>>,
}

impl Images {
    /// Images from a table with the columns of `data/base_images.tsv`.
    pub fn new(table: Table) -> Self {
        let mut repositories: HashMap<Box<str>, Vec<_>> = HashMap::new();
        for row in 0..table.rows() {
            let tags = repositories.entry(table.cell(row, 0).into()).or_default();
            for tag in std::iter::once(table.cell(row, 1)).chain(table.list(row, 2)) {
                tags.push((tag.into(), row));
            }
        }
        Self { table, repositories }
    }

    /// Looks an image up; see [`super::Catalog::image`].
    pub fn find(&self, reference: &str) -> BaseImage {
        if reference == "scratch" {
            return scratch();
        }
        let (repository, tag) = split(reference);
        let Some(tags) = self.repositories.get(repository.as_str()) else {
            return guess(reference, &tag);
        };
        if let Some((tag, row)) = tags.iter().find(|(known, _)| **known == *tag) {
            return read(reference, &self.table, tag, *row);
        }
        match nearest(tags, &tag) {
            Some((known, row)) => {
                let mut image = read(reference, &self.table, known, *row);
                let known = format!("{repository}:{known}");
                image.bytes = widen(image.bytes, 1.3);
                image.compressed = widen(image.compressed, 1.3);
                image.evidence = Evidence::new(
                    EvidenceKind::Derived,
                    format!(
                        "{repository}:{tag} is not in the table; figures of {known}, widened. {}",
                        image.evidence.text
                    ),
                );
                image.resolved = Some(known);
                image
            }
            None => guess(reference, &tag),
        }
    }

    /// The repositories with a known tag.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        self.repositories.keys().map(|name| &**name)
    }

    /// The known tags of a repository with their uncompressed bytes: those that
    /// move first, then versions of few numbers and few words, of these the newest
    /// first, and the code names last.
    pub fn tags(&self, repository: &str) -> Vec<(&str, Range)> {
        let known = self.repositories.get(repository).map_or(&[][..], Vec::as_slice);
        let mut tags: Vec<(&str, usize)> = known.iter().map(|(tag, row)| (&**tag, *row)).collect();
        tags.sort_by_cached_key(|(tag, _)| {
            let (version, variant) = version_and_variant(tag);
            let rank = match FIRST_TAGS.iter().position(|first| first == tag) {
                Some(place) => place,
                None if version.is_empty() => usize::MAX,
                None => FIRST_TAGS.len(),
            };
            (rank, version.len(), variant.len(), std::cmp::Reverse(version), tag.len(), *tag)
        });
        tags.dedup();
        let bytes = |row| {
            let number = |column| self.table.number(row, column);
            Range::new(number(6), number(5), number(7))
        };
        tags.into_iter().map(|(tag, row)| (tag, bytes(row))).collect()
    }

    /// Another tag of the same image, with as many numbers in it as the newest
    /// image's own tag has (or two), and of the same variant.
    pub fn version_of(&self, reference: &str) -> Option<String> {
        let (repository, tag) = split(reference);
        let tags = self.repositories.get(repository.as_str())?;
        let row_of =
            |tag: &str| tags.iter().find(|(known, _)| **known == *tag).map(|(_, row)| *row);
        let row = row_of(&tag)?;
        let numbers = |tag: &str| {
            let version = tag.split('-').next().unwrap_or("");
            let parts: Vec<&str> = version.split('.').collect();
            let all = parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
            all.then_some(parts.len())
        };
        let own = self.table.cell(row_of("latest").unwrap_or(row), 1);
        let wanted = numbers(own).unwrap_or(if own == "latest" { 2 } else { 1 });
        let variant: Vec<&str> = tag.split('-').filter(|word| *word != "latest").collect();
        let fits = |other: &&str| {
            numbers(other) == Some(wanted) && other.split('-').skip(1).eq(variant.iter().copied())
        };
        let mut others = std::iter::once(self.table.cell(row, 1)).chain(self.table.list(row, 2));
        others.find(fits).map(str::to_owned)
    }
}

/// The repository as the table names it, and the tag.
fn split(reference: &str) -> (String, String) {
    let name = reference.split('@').next().unwrap_or(reference);
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (name, "latest"),
    };
    let name =
        ["docker.io/", "index.docker.io/", "registry-1.docker.io/", "public.ecr.aws/docker/"]
            .iter()
            .find_map(|host| name.strip_prefix(host))
            .unwrap_or(name);
    (name.strip_prefix("library/").unwrap_or(name).to_owned(), tag.to_owned())
}

/// The known tag with the same variant and the nearest version.
fn nearest<'t>(tags: &'t [(Box<str>, usize)], tag: &str) -> Option<&'t (Box<str>, usize)> {
    let (version, variant) = version_and_variant(tag);
    let distance = |(tag, _): &&(Box<str>, usize)| {
        let (other, other_variant) = version_and_variant(tag);
        let variants = variant_distance(&variant, &other_variant);
        let majors = version.first().unwrap_or(&0).abs_diff(*other.first().unwrap_or(&0));
        let minors = version.get(1).unwrap_or(&0).abs_diff(*other.get(1).unwrap_or(&0));
        (variants, majors, minors, tag.len())
    };
    tags.iter().min_by_key(distance)
}

/// The numbers and the words of a tag: 18, 2 and alpine of `18.2-alpine3.17`.
fn version_and_variant(tag: &str) -> (Vec<u32>, Vec<String>) {
    let mut parts = tag.split('-');
    let version = parts.next().unwrap_or("").trim_start_matches('v');
    let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
    let first =
        numbers.is_empty().then_some(version).filter(|name| *name != "latest" && !name.is_empty());
    let words = first.into_iter().chain(parts);
    let variant = words
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned());
    (numbers, variant.filter(|word| !word.is_empty()).collect())
}

/// How unlike two variants are; being of another weight class counts most.
fn variant_distance(one: &[String], other: &[String]) -> usize {
    const WEIGHT: [&str; 8] =
        ["alpine", "slim", "jre", "fpm", "nanoserver", "windowsservercore", "debug", "static"];
    let differs = |word: &str| one.iter().any(|w| w == word) != other.iter().any(|w| w == word);
    let classes = WEIGHT.iter().filter(|word| differs(word)).count();
    let others = one.iter().filter(|word| !other.contains(word)).count();
    classes * 100 + others * 10 + other.iter().filter(|word| !one.contains(word)).count()
}

fn read(reference: &str, table: &Table, tag: &str, row: usize) -> BaseImage {
    let cell = |column: usize| table.cell(row, column);
    let number = |column: usize| table.number(row, column);
    let (low, expected, high) = (number(6), number(5), number(7));
    let compressed = number(4);
    let spread = |bound: u64| (compressed as f64 * bound as f64 / expected.max(1) as f64) as u64;
    let kind = match cell(19) {
        "measured" | "documented" => EvidenceKind::Measured,
        "derived" => EvidenceKind::Derived,
        _ => EvidenceKind::Assumed,
    };
    BaseImage {
        reference: reference.to_owned(),
        known: true,
        resolved: None,
        bytes: Range::new(low, expected, high),
        compressed: Range::new(spread(low), compressed, spread(high)),
        layers: number(3) as u32,
        distro: cell(8).to_owned(),
        package_manager: match cell(9) {
            "apt" => PackageManager::Apt,
            "apk" => PackageManager::Apk,
            "dnf" | "microdnf" | "yum" => PackageManager::Dnf,
            "none" | "" => PackageManager::None,
            _ => PackageManager::Other,
        },
        libc: cell(10).to_owned(),
        user: cell(11).to_owned(),
        extra_user: Some(cell(12)).filter(|user| !user.is_empty()).map(str::to_owned),
        workdir: cell(13).to_owned(),
        env: pairs(cell(14)),
        tools: cell(15).split(',').filter(|tool| !tool.is_empty()).map(str::to_owned).collect(),
        has_shell: cell(16) != "none",
        end_of_life: Some(cell(18)).filter(|day| !day.is_empty()).map(str::to_owned),
        evidence: Evidence::new(
            kind,
            format!("{}:{tag} as of {}: {}", cell(0), cell(17), cell(20)),
        ),
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

fn widen(range: Range, factor: f64) -> Range {
    Range::new(
        (range.low as f64 / factor) as u64,
        range.expected,
        (range.high as f64 * factor) as u64,
    )
}

fn scratch() -> BaseImage {
    BaseImage {
        known: true,
        evidence: Evidence::new(EvidenceKind::Given, "scratch is empty."),
        bytes: Range::ZERO,
        compressed: Range::ZERO,
        layers: 0,
        libc: "none".to_owned(),
        package_manager: PackageManager::None,
        has_shell: false,
        ..guess("scratch", "")
    }
}

/// An image that nothing is known of, judged by the words in its tag.
fn guess(reference: &str, tag: &str) -> BaseImage {
    let lower = format!("{reference}:{tag}").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let (expected, low, high, manager, libc) = if has(&["distroless", "static"]) {
        (30_000_000, 2_000_000, 250_000_000, PackageManager::None, "glibc")
    } else if has(&["alpine"]) {
        (60_000_000, 7_000_000, 400_000_000, PackageManager::Apk, "musl")
    } else if has(&["slim", "minimal", "micro"]) {
        (150_000_000, 70_000_000, 600_000_000, PackageManager::Apt, "glibc")
    } else {
        (400_000_000, 5_000_000, 2_000_000_000, PackageManager::Apt, "glibc")
    };
    let bytes = Range::new(low, expected, high);
    BaseImage {
        reference: reference.to_owned(),
        known: false,
        resolved: None,
        bytes,
        compressed: bytes.scale(0.37),
        layers: 5,
        distro: String::new(),
        package_manager: manager,
        libc: libc.to_owned(),
        user: String::new(),
        extra_user: None,
        workdir: String::new(),
        env: Vec::new(),
        tools: Vec::new(),
        has_shell: true,
        end_of_life: None,
        evidence: Evidence::new(
            EvidenceKind::Assumed,
            format!(
                "{reference} is not in the table of base images: a guess from its name, so the range is wide."
            ),
        ),
    }
}
