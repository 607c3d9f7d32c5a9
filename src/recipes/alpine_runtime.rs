//! Starts the final stage from the Alpine variant of its base image.

use super::place::commands;
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::data::{Catalog, node_package};
use crate::graph::{Base, Operation, Stage};
use crate::report::Applicability;
use crate::syntax::Body;

/// Applies to images whose Alpine variant is known and runs the same program.
/// It must not apply where the stage uses Debian's tools, or where compiled
/// modules would meet another C library.
pub const RECIPE: Recipe = Recipe {
    id: "alpine-runtime",
    title: "Run on the Alpine variant of the base image",
    why: "The Alpine variant has the same program on a base of a few megabytes. Its C library is musl: compiled modules need a build for it.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Images that run the same from their Alpine variant.
const SAME_ON_ALPINE: [&str; 3] = ["node", "nginx", "httpd"];

/// Packages with compiled parts that also come built for musl.
const BUILT_FOR_MUSL: [&str; 8] = [
    "sharp",
    "esbuild",
    "@swc/core",
    "bcrypt",
    "better-sqlite3",
    "lightningcss",
    "@parcel/watcher",
    "argon2",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let Base::Image(reference) = &stage.base else { return None };
    let repository = crate::graph::repository(reference);
    let eligible = SAME_ON_ALPINE.contains(&repository) && !reference.contains(['@', '$']);
    if !eligible || ["alpine", "distroless"].iter().any(|word| reference.contains(word)) {
        return None;
    }
    let alpine = alpine_variant(analysis.catalog, reference)?;
    if uses_debian(analysis, stage)
        || (node::has_node(analysis, index) && meets_other_libc(analysis, stage))
    {
        return None;
    }
    let Body::From { image, .. } = &analysis.from(stage).body else { return None };
    if analysis.dockerfile.text(image.span) != reference {
        return None; // the reference comes from a build argument
    }
    let verify = match repository {
        "node" => "docker build -t app . && docker run --rm app node -e \"require('./dist')\"",
        _ => "docker build -t app . && docker run --rm app nginx -t",
    };
    Some(Rewrite {
        edits: vec![Edit::replace(image.span, alpine)],
        verify: Some(verify.to_owned()),
        ..Rewrite::default()
    })
}

/// The Alpine variant, if the table knows it and it is smaller.
fn alpine_variant(catalog: &Catalog, reference: &str) -> Option<String> {
    let (name, tag) = reference.split_once(':').unwrap_or((reference, "latest"));
    let version = tag.split('-').next().unwrap_or(tag);
    let candidate = if version == "latest" {
        format!("{name}:alpine")
    } else {
        format!("{name}:{version}-alpine")
    };
    let image = catalog.image(&candidate);
    let smaller = image.bytes.expected < catalog.image(reference).bytes.expected;
    (image.libc == "musl" && smaller).then_some(candidate)
}

/// True when the stage installs Debian packages or edits its files.
fn uses_debian(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const DEBIAN: [&str; 6] = ["apt-get", "apt", "dpkg", "useradd", "groupadd", "bash"];
    let all = stage.steps.iter().flat_map(|step| commands(analysis.instruction(step)));
    all.into_iter()
        .any(|command| command.words.first().is_some_and(|name| DEBIAN.contains(&name.as_str())))
}

/// True when node_modules built against glibc, or modules that have no build
/// for musl, would run there.
fn meets_other_libc(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    // What Next.js collects for its server holds modules too.
    let is_module =
        |path: &str| path.contains("/node_modules/") || path.ends_with("/.next/standalone");
    let copied = stage.steps.iter().any(|step| match &step.operation {
        Operation::Copy(copy) => copy.origin.stage().is_some_and(|origin| {
            let built_on_glibc = analysis.evaluation.stages[origin].image.libc != "musl";
            let tree = &analysis.evaluation.stages[origin].tree;
            built_on_glibc
                && copy
                    .sources
                    .iter()
                    .any(|source| tree.subtree(source).any(|(path, _)| is_module(path)))
        }),
        _ => false,
    });
    (copied && native_dependencies(analysis)) || native_without_musl(analysis)
}

/// Dependencies with compiled parts; not knowing them counts as having some.
fn native_dependencies(analysis: &Analysis<'_>) -> bool {
    let mut manifests = analysis.manifests.package_jsons().peekable();
    manifests.peek().is_none()
        || manifests.any(|(_, package)| {
            package
                .dependencies
                .keys()
                .any(|name| node_package(name).is_some_and(|package| package.native))
        })
}

fn native_without_musl(analysis: &Analysis<'_>) -> bool {
    let locked = analysis
        .manifests
        .files
        .values()
        .filter(|manifest| matches!(manifest, Manifest::PackageLock(_)));
    let from_lock = locked
        .flat_map(|manifest| manifest.packages())
        .filter(|package| !package.dev)
        .map(|p| &p.name);
    let from_manifest =
        analysis.manifests.package_jsons().flat_map(|(_, package)| package.dependencies.keys());
    from_lock.chain(from_manifest).any(|name| {
        !BUILT_FOR_MUSL.contains(&name.as_str())
            && node_package(name).is_some_and(|package| package.native)
    })
}
