//! Starts the final stage from the slim variant of its base image.

use super::base::{self, named};
use super::place::{official, stage_commands};
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;

/// Applies where the final stage starts from a full image of Node.js or Debian,
/// and Alpine's would not do. It must not apply where the stage calls what only
/// the full image has, or where packages are compiled or fetched with git when
/// they are installed. (Python's images have a recipe of their own.)
pub const RECIPE: Recipe = Recipe {
    id: "slim-runtime",
    title: "Run on the slim variant of the base image",
    why: "The full image brings what builds may need: compilers, headers, git, documentation. The slim one has the same program on the same Debian without them.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (_, stage) = analysis.target()?;
    let (reference, place) = named(analysis, stage)?;
    if ["slim", "alpine"].iter().any(|word| reference.contains(word)) {
        return None;
    }
    let slim = base::slim_variant(reference);
    let verify = match official(reference)? {
        "node" if !needs_full(analysis, stage) => node::loads(analysis),
        "debian" => "docker build -t app . && docker run --rm app".to_owned(),
        _ => return None,
    };
    if !base::is_smaller(analysis, &slim, reference) {
        return None;
    }
    Rewrite::of(vec![Edit::replace(place, slim)], Some(verify))
}

/// True when the stage needs more of Node.js' full image than the program.
fn needs_full(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const COMPILING: [&str; 3] = ["python", "python3", "node-gyp"];
    let compiles = stage_commands(analysis, stage)
        .iter()
        .any(|(_, command)| command.words.iter().any(|word| COMPILING.contains(&word.as_str())));
    let by_git = |version: &String| version.starts_with("git") || version.contains(".git");
    let package = node::package(analysis);
    compiles
        || base::calls_full_image(analysis, stage, &stage.steps)
        || node::uses_prisma(analysis)
        || node::has_compiled_package(analysis)
        || package.is_some_and(|package| package.dependencies.values().any(by_git))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    const INSTALLED: &str = "WORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n";

    #[test]
    fn takes_the_slim_variant_of_the_same_version() {
        for (before, expected) in [
            ("node:20", "node:20-slim"),
            ("node:20-bookworm", "node:20-bookworm-slim"),
            ("node", "node:slim"),
            ("debian:12", "debian:12-slim"),
        ] {
            let text = |image: &str| format!("FROM {image}\n{INSTALLED}");
            assert_eq!(after(&RECIPE, &text(before)), Some(text(expected)));
        }
        let with_apt = "FROM node:20\nRUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f localhost\n";
        assert_eq!(after(&RECIPE, with_apt), Some(with_apt.replace(":20", ":20-slim")));
    }

    #[test]
    fn compiled_packages_need_the_full_image() {
        let with = |dependency: &str| {
            let mut project = project(&format!("FROM node:20\n{INSTALLED}"));
            let text = format!(r#"{{"dependencies": {{{dependency}}}}}"#);
            project.manifests.insert("package.json".to_owned(), text);
            after_in(&RECIPE, project)
        };
        assert!(with(r#""express": "5""#).is_some());
        assert!(with(r#""sharp": "1""#).is_some(), "comes ready-made");
        assert_eq!(with(r#""pg-native": "3""#), None);
        assert_eq!(with(r#""a": "git+https://example.org/a.git""#), None);
        assert_eq!(with(r#""@prisma/client": "6""#), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM node:20-slim\nRUN npm ci\n",
            "FROM node:20-alpine\nRUN npm ci\n",
            "FROM corp/node:20\nRUN npm ci\n",
            "FROM python:3.12\nRUN pip install flask\n",
            "FROM debian\nRUN x\n",
            "ARG V=20\nFROM node:$V\nRUN npm ci\n",
            "FROM node:20\nRUN git clone https://x/y\n",
            "FROM node:20\nHEALTHCHECK CMD curl -f localhost\n",
            "FROM node:20\nRUN python3 build.py\n",
            "FROM node:20\nRUN npx node-gyp rebuild\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
