//! Starts the final stage from the Alpine variant of its base image.

use super::base::named;
use super::place::commands;
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::data::Catalog;
use crate::graph::{Operation, Stage};
use crate::report::Applicability;

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

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let (reference, place) = named(analysis, stage)?;
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
    let verify = match repository {
        "node" => node::loads(analysis),
        "nginx" => "docker build -t app . && docker run --rm app nginx -t".to_owned(),
        _ => "docker build -t app . && docker run --rm app httpd -t".to_owned(),
    };
    Some(Rewrite {
        edits: vec![Edit::replace(place, alpine)],
        verify: Some(verify),
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
    let known = analysis.catalog.npm();
    let packages = node::packages(analysis);
    // Not knowing them counts as having some.
    let native = packages.as_ref().is_none_or(|all| all.iter().any(|name| known.is_native(name)));
    let without_build = |name: &&str| match known.compiled_code(name) {
        Some(code) => !code.for_musl,
        None => known.is_native(name),
    };
    (copied && native) || packages.is_some_and(|all| all.iter().any(without_build))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    fn with(dockerfile: &str, dependencies: &str) -> Option<String> {
        let mut project = project(dockerfile);
        let text = format!(r#"{{"dependencies": {{{dependencies}}}}}"#);
        project.manifests.insert("package.json".to_owned(), text);
        after_in(&RECIPE, project)
    }

    const INSTALLED: &str =
        "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n";
    const COPIED: &str = "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:20-slim\nCOPY --from=build /app /app\n";

    #[test]
    fn takes_the_alpine_variant_of_the_same_version() {
        let expected = INSTALLED.replace("node:20", "node:20-alpine");
        assert_eq!(after(&RECIPE, INSTALLED), Some(expected));
        assert!(after(&RECIPE, "FROM nginx:1.27\nCOPY . /x\n").is_some());
    }

    #[test]
    fn compiled_packages_need_a_build_for_musl() {
        assert!(with(INSTALLED, r#""sharp": "1""#).is_some());
        assert_eq!(with(INSTALLED, r#""onnxruntime-node": "1""#), None);
        // Built on glibc and copied: none of them may be there.
        assert!(with(COPIED, r#""express": "5""#).is_some());
        assert_eq!(with(COPIED, r#""sharp": "1""#), None);
        assert_eq!(after(&RECIPE, COPIED), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM node:20-alpine\nRUN npm i -g x\n",
            "FROM node:20\nRUN apt-get update && apt-get install -y ffmpeg\n",
            "FROM python:3.12\nRUN pip install flask\n",
            "ARG V=20\nFROM node:$V\nRUN npm i -g x\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
