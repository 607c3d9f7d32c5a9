//! Runs Node.js on an image that has nothing else.

use super::base::{is_smaller, listens_below_1024, needs_no_shell, shipped, swap};
use super::place::{official, start};
use super::{Edit, Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::Keyword;

/// Applies to a final stage on Node.js' official image on Debian that only
/// copies files, and whose exec form starts `node`. It must not apply where
/// something needs a shell or a package manager, nor to Alpine: modules that
/// were built there would meet another C library. Off by default: nobody can
/// look around in such an image.
pub const RECIPE: Recipe = Recipe {
    id: "node-distroless",
    title: "Run on Distroless Node.js",
    why: "Distroless has Node.js with the libraries that it needs, and no shell, npm or package manager that could be attacked or need updates. Scripts of package.json cannot run there.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    official(reference).filter(|name| *name == "node")?;
    let (_, tag) = reference.rsplit_once(':')?;
    let major = tag.split(['.', '-']).next()?;
    let fits = major.bytes().all(|byte| byte.is_ascii_digit())
        && !tag.contains("alpine")
        && needs_no_shell(analysis, stage)
        && start(analysis, stage, Keyword::Entrypoint).is_none();
    let command = start(analysis, stage, Keyword::Cmd).filter(|_| fits)?;
    let words = exec_form::words(analysis.instruction(command))?;
    let (program, rest) = words.split_first()?;
    // Its entry point is Node.js.
    if program != "node" || rest.is_empty() {
        return None;
    }
    let variant = if listens_below_1024(analysis, stage) { "latest" } else { "nonroot" };
    let image = format!("gcr.io/distroless/nodejs{major}-debian12:{variant}");
    if !is_smaller(analysis, &image, reference) {
        return None;
    }
    let instruction = analysis.instruction(command);
    let keyword = analysis.dockerfile.text(instruction.keyword.span);
    let edits = vec![
        swap(analysis, stage, &image)?,
        Edit::replace(instruction.span, format!("{keyword} {}", exec_form::json(rest))),
    ];
    let verify = "docker build -t app . && docker run --rm app".to_owned();
    Some(Rewrite { edits, verify: Some(verify), ..Rewrite::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const BUILD: &str =
        "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\n";

    #[test]
    fn starts_node_by_the_images_entry_point() {
        let before = format!(
            "{BUILD}FROM node:22-slim\nWORKDIR /app\nCOPY --from=build /app .\nCMD [\"node\", \"dist/index.js\"]\n"
        );
        let expected = format!(
            "{BUILD}FROM gcr.io/distroless/nodejs22-debian12:nonroot\nWORKDIR /app\nCOPY --from=build /app .\nCMD [\"dist/index.js\"]\n"
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM node:22-alpine\nCOPY --from=build /app .\nCMD [\"node\", \"x.js\"]\n",
            "FROM node:22-slim\nCOPY --from=build /app .\nCMD [\"npm\", \"start\"]\n",
            "FROM node:22-slim\nCOPY --from=build /app .\nRUN npm prune\nCMD [\"node\", \"x.js\"]\n",
            "FROM node:22-slim\nCOPY --from=build /app .\nCMD node x.js\n",
            "FROM node:22-slim\nCOPY --from=build /app .\nENTRYPOINT [\"node\"]\nCMD [\"x.js\"]\n",
            "FROM node:22-slim\nCOPY --from=build /app .\nHEALTHCHECK CMD node y.js\nCMD [\"node\", \"x.js\"]\n",
        ] {
            assert_eq!(after(&RECIPE, &format!("{BUILD}{text}")), None, "{text}");
        }
    }
}
