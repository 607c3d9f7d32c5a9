//! Names the version of the base image.

use super::base::named;
use super::place::official;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;

/// Applies to official images without a version in their tag, where the table
/// knows which version that was. It must not apply to tags that name a release
/// line (`lts`, `stable`), to digests, or to references from build arguments.
pub const RECIPE: Recipe = Recipe {
    id: "pin-tag",
    title: "Name the version of the base image",
    why: "latest moves to the next version by itself: one day the same Dockerfile builds something else. The version is the one that the tag led to on the day of our table; take another if you build with one.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages.filter_map(|stage| in_stage(analysis, stage)).collect();
    let verify = Some("docker build --pull .".to_owned());
    Rewrite::of(edits, verify)
}

fn in_stage(analysis: &Analysis<'_>, stage: &Stage) -> Option<Edit> {
    let (reference, place) = named(analysis, stage)?;
    let (name, tag) = reference.rsplit_once(':').unwrap_or((reference, "latest"));
    // A distribution's tags name its releases.
    let release = ["debian", "ubuntu"].contains(&official(reference)?) && tag != "latest";
    let moves = !release && !tag.contains(|c: char| c.is_ascii_digit());
    let follows =
        ["lts", "stable", "current", "mainline", "rolling", "edge", "testing", "unstable"];
    if !moves || tag.split('-').any(|word| follows.contains(&word)) {
        return None;
    }
    let version = analysis.catalog.version_of(reference)?;
    Some(Edit::replace(place, format!("{name}:{version}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn names_the_line_and_keeps_the_variant() {
        for (before, expected) in [
            ("node", "node:26"),
            ("node:latest", "node:26"),
            ("python:slim", "python:3.14-slim"),
            ("golang:alpine", "golang:1.27-alpine"),
            ("alpine", "alpine:3.24"),
            ("debian:latest", "debian:13"),
            ("ubuntu", "ubuntu:26.04"),
            ("nginx:alpine", "nginx:1.31-alpine"),
            ("docker.io/library/redis:latest", "docker.io/library/redis:8"),
        ] {
            let text = |image: &str| format!("FROM {image} AS x\nRUN true\n");
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)), "{before}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for image in [
            "node:20",
            "node:lts",
            "debian:stable-slim",
            "nginx:mainline",
            "corp/app",
            "debian:bookworm",
            "scratch",
            "gcr.io/distroless/static",
            "nothing-known-of-it",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM {image}\nRUN true\n")), None, "{image}");
        }
        assert_eq!(after(&RECIPE, "FROM node:20 AS base\nFROM base\nRUN true\n"), None);
    }
}
