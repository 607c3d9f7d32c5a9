//! Asks for a Dockerfile frontend that knows what the file uses.

use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::{Body, Instruction, Keyword};

/// Applies to a file that uses what the first Dockerfile frontends did not
/// know, and does not say which one reads it. It must not apply to a file that
/// names its frontend.
pub const RECIPE: Recipe = Recipe {
    id: "syntax-directive",
    title: "Say which Dockerfile syntax the file is written in",
    why: "Mounts, heredocs, --link, --chmod and --checksum came with later versions of the Dockerfile syntax. With the directive an older Docker fetches a frontend that knows them; without it the build fails there.",
    applicability: Applicability::Safe,
    rewrite,
};

/// The latest frontend of the first version: later ones read all earlier files.
const DIRECTIVE: &str = "# syntax=docker/dockerfile:1";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let dockerfile = &analysis.dockerfile;
    let named = dockerfile.directives.iter().any(|directive| directive.name == "syntax");
    if named || !dockerfile.instructions.iter().any(is_newer) {
        return None;
    }
    let source = dockerfile.source();
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    // BuildKit passes over a first line for the shell.
    let line = source[start..].starts_with("#!");
    let start = start + if line { source[start..].find('\n').map_or(0, |at| at + 1) } else { 0 };
    let edits = vec![Edit::insert(start as u32, format!("{DIRECTIVE}{}", analysis.newline()))];
    Some(Rewrite { edits, verify: Some("docker build .".to_owned()), ..Rewrite::default() })
}

/// Source of the versions: the notes of docker/dockerfile's releases (mounts 1.2,
/// heredocs and --link 1.4, --checksum 1.6, --exclude and --parents 1.7-labs).
fn is_newer(instruction: &Instruction) -> bool {
    const FLAGS: [&str; 10] = [
        "checksum",
        "chmod",
        "device",
        "exclude",
        "keep-git-dir",
        "link",
        "mount",
        "network",
        "parents",
        "security",
    ];
    let deferred = match &instruction.body {
        Body::Onbuild(trigger) => is_newer(trigger),
        _ => false,
    };
    let takes = matches!(instruction.keyword.value, Keyword::Run | Keyword::Copy | Keyword::Add);
    let flagged = instruction.flags.iter().any(|flag| FLAGS.contains(&flag.name.as_str()));
    deferred || takes && (flagged || !instruction.heredocs.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn stands_first() {
        for (before, expected) in [
            (
                "FROM a\nRUN --mount=type=cache,target=/c b\n",
                "# syntax=docker/dockerfile:1\nFROM a\nRUN --mount=type=cache,target=/c b\n",
            ),
            (
                "# A base\nFROM a\nCOPY --link b /b\n",
                "# syntax=docker/dockerfile:1\n# A base\nFROM a\nCOPY --link b /b\n",
            ),
            (
                "# escape=`\r\nFROM a\r\nRUN <<E\r\nb\r\nE\r\n",
                "# syntax=docker/dockerfile:1\r\n# escape=`\r\nFROM a\r\nRUN <<E\r\nb\r\nE\r\n",
            ),
            (
                "\u{feff}FROM a\nADD --chmod=1 b /b\n",
                "\u{feff}# syntax=docker/dockerfile:1\nFROM a\nADD --chmod=1 b /b\n",
            ),
        ] {
            assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM a\nRUN b\nCOPY --chown=1 b /b\n",
            "# syntax=docker/dockerfile:1.4\nFROM a\nCOPY --link b /b\n",
            "FROM --platform=linux/amd64 a AS b\nFROM c\nCOPY --from=b /d /d\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
