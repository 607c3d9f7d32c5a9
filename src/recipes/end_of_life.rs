//! Starts from lines of images that are supported.

use super::base::named;
use super::place::official;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::data::{Catalog, EndedLine, ended_line};
use crate::graph::Stage;
use crate::report::Applicability;

/// Applies to official images whose line, or the release of Debian or Alpine
/// under it, was no longer supported on the day of the table. It must not apply
/// to digests and references from build arguments. The nearest line with a year
/// of support left is taken, since it changes the least.
pub const RECIPE: Recipe = Recipe {
    id: "end-of-life",
    title: "Start from a supported version",
    why: "After its end of life an image gets no security fixes. Another version may behave differently: switch this on when you are ready to test, and build and run your tests with it.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let found: Vec<(Edit, String)> = stages.filter_map(|stage| in_stage(analysis, stage)).collect();
    let (_, verify) = found.first()?;
    let verify = Some(verify.clone());
    let edits = found.into_iter().map(|(edit, _)| edit).collect();
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<(Edit, String)> {
    let (reference, place) = named(analysis, stage)?;
    let (supported, ended) = supported(analysis.catalog, reference)?;
    let what = if ended.codename.is_empty() { ended.line } else { ended.codename };
    let verify = format!(
        "docker build -t app .  # then your tests: {supported}, since {} {what} ended on {}",
        ended.repository, ended.ended
    );
    Some((Edit::replace(place, supported), verify))
}

/// The supported image for a reference, and what of it has ended.
fn supported(catalog: &Catalog, reference: &str) -> Option<(String, EndedLine)> {
    let repository = official(reference)?;
    let (name, tag) = reference.rsplit_once(':')?;
    let mut words = tag.split('-');
    let version = words.next()?;
    let line = ended_line(repository, version);
    let named = line.is_some_and(|line| line.codename == version);
    let new_version = match line {
        Some(line) if named && !line.successor_codename.is_empty() => line.successor_codename,
        Some(line) => line.successor,
        None => version,
    };
    let words: Vec<&str> = words.collect();
    let releases: Vec<Option<EndedLine>> = words.iter().map(|word| release(word)).collect();
    let ended = line.or_else(|| releases.iter().copied().flatten().next())?;
    let replaced: Vec<&str> = words
        .iter()
        .zip(&releases)
        .map(|(word, release)| match release {
            Some(release) if release.repository == "alpine" => "alpine",
            Some(release) => release.successor_codename,
            None => word,
        })
        .collect();
    let tagged = |words: &[&str]| format!("{name}:{}", [&[new_version], words].concat().join("-"));
    let exact = tagged(&replaced);
    let image = catalog.image(&exact);
    if image.known && image.resolved.is_none() {
        return Some((exact, ended));
    }
    // Not built on that release: on the one that the line has by itself.
    let loose = replaced.into_iter().filter(|word| !is_release(word));
    let loose = loose.map(|word| if word.starts_with("alpine") { "alpine" } else { word });
    Some((tagged(&loose.collect::<Vec<_>>()), ended))
}

/// The release of a distribution that a word of a tag names, if it has ended.
fn release(word: &str) -> Option<EndedLine> {
    match word.strip_prefix("alpine") {
        Some(version) => ended_line("alpine", version),
        None => ended_line("debian", word).filter(|line| line.codename == word),
    }
}

/// True for the names of Debian's and Ubuntu's releases that tags have.
fn is_release(word: &str) -> bool {
    const SUPPORTED: [&str; 5] = ["bookworm", "trixie", "jammy", "noble", "resolute"];
    SUPPORTED.contains(&word) || release(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn takes_the_nearest_supported_line() {
        for (before, expected) in [
            ("node:18", "node:24"),
            ("node:16.20.2-alpine3.16", "node:24-alpine"),
            ("node:18-bullseye-slim", "node:24-bookworm-slim"),
            ("python:3.8-slim-buster", "python:3.12-slim-bookworm"),
            ("python:3.12-slim-buster", "python:3.12-slim-bookworm"),
            ("docker.io/library/debian:buster-slim", "docker.io/library/debian:bookworm-slim"),
            ("alpine:3.15", "alpine:3.24"),
        ] {
            let text = |image: &str| format!("FROM {image} AS x\nRUN true\n");
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for image in [
            "node:24",
            "node",
            "node:lts-alpine",
            "python:3",
            "python:2.7",
            "corp/node:12",
            "scratch",
            "node:12@sha256:9e9a0a5b1c6f8c3c4e5d6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM {image}\nRUN true\n")), None, "{image}");
        }
        assert_eq!(after(&RECIPE, "ARG V=12\nFROM node:$V\nRUN true\n"), None);
    }
}
