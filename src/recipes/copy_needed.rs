//! Copies by name what a build needs.

use super::measure::is_worth_copies;
use super::place::copies_everything;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::Role;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::sorted::Map;
use crate::syntax::Body;

/// Applies to a COPY of the whole context where its listing is given, some of
/// what is sent is of no use to a build (tests, documentation, files of editors
/// and of continuous integration), and few names are left. It must not apply
/// where a step below names what would be missing, or runs tests. Off unless it
/// is switched on: a folder that comes later has to be added by hand.
pub const RECIPE: Recipe = Recipe {
    id: "copy-needed",
    title: "Copy by name what the build needs",
    why: "COPY . . runs the steps below again after an edit of any file. With names, tests and documentation can change without a build. A new folder must be added to the list.",
    applicability: Applicability::Likely,
    rewrite,
};

/// More names are harder to keep than a .dockerignore.
const MOST_NAMES: usize = 8;

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    if analysis.context.assumed {
        return None;
    }
    let (needed, others) = names(analysis)?;
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> =
        stages.filter_map(|stage| in_stage(analysis, stage, &needed, &others)).collect();
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    (!edits.is_empty() && is_worth_copies(analysis, &edits)).then(|| Rewrite {
        edits,
        verify,
        ..Rewrite::default()
    })
}

/// A file or folder at the top of the context.
struct Name<'a> {
    name: &'a str,
    is_folder: bool,
}

/// What a build needs of what is sent, and what it does not.
fn names<'a>(analysis: &'a Analysis<'_>) -> Option<(Vec<Name<'a>>, Vec<&'a str>)> {
    let mut names: Map<&str, (bool, bool)> = Map::new();
    for entry in analysis.context.entries.iter().filter(|entry| entry.sent()) {
        let (name, is_folder) = match entry.path.split_once('/') {
            Some((folder, _)) => (folder, true),
            None => (entry.path.as_str(), entry.folder),
        };
        let found = names.entry(name).or_default();
        *found = (found.0 || is_folder, found.1 || is_of_use(entry.role));
    }
    let is_plain =
        |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "._@-".contains(c));
    let (needed, others): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|(_, (_, of_use))| *of_use);
    let fits = !others.is_empty()
        && (1..=MOST_NAMES).contains(&needed.len())
        && needed.iter().all(|(name, _)| is_plain(name));
    let needed = needed.into_iter().map(|(name, (is_folder, _))| Name { name, is_folder });
    fits.then(|| (needed.collect(), others.into_iter().map(|(name, _)| name).collect()))
}

fn is_of_use(role: Role) -> bool {
    !matches!(
        role,
        Role::Test | Role::Docs | Role::Git | Role::Log | Role::Editor | Role::Ci | Role::Docker
    )
}

fn in_stage(
    analysis: &Analysis<'_>,
    stage: &Stage,
    needed: &[Name<'_>],
    others: &[&str],
) -> Option<Edit> {
    let at = stage.steps.iter().position(copies_everything)?;
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span);
    let missed = |step: &Step| {
        let text = text(step);
        let named = others.iter().any(|name| text.contains(name));
        named || ["test", "lint"].iter().any(|task| text.contains(task))
    };
    let instruction = analysis.instruction(&stage.steps[at]);
    let (Operation::Copy(copy), Body::Copy(transfer)) =
        (&stage.steps[at].operation, &instruction.body)
    else {
        return None;
    };
    if copy.sources.len() != 1
        || !copy.exclude.is_empty()
        || stage.steps[at + 1..].iter().any(missed)
    {
        return None;
    }
    let destination = analysis.dockerfile.text(transfer.destination.span).trim_end_matches('/');
    let flags = analysis.flags(instruction);
    let keyword = analysis.dockerfile.text(instruction.keyword.span);
    let files: Vec<&str> =
        needed.iter().filter(|name| !name.is_folder).map(|name| name.name).collect();
    let folders = needed.iter().filter(|name| name.is_folder);
    let copied =
        (!files.is_empty()).then(|| format!("{keyword} {flags}{} {destination}/", files.join(" ")));
    let folders =
        folders.map(|Name { name, .. }| format!("{keyword} {flags}{name} {destination}/{name}"));
    let lines: Vec<String> = copied.into_iter().chain(folders).collect();
    Some(Edit::replace(instruction.span, lines.join(analysis.newline())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Project;
    use crate::recipes::testing::after_in;

    fn with_listing(steps: &str) -> Option<String> {
        let listing = "900\tpackage.json\n90000\tpackage-lock.json\n9000\tsrc/index.ts\n500\ttsconfig.json\n900000\ttests/index.test.ts\n9000\tREADME.md\n";
        let dockerfile =
            format!("FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n{steps}\n");
        let context = Some(listing.to_owned());
        after_in(&RECIPE, Project { dockerfile, context, ..Project::default() })
    }

    #[test]
    fn names_files_and_folders() {
        let result = with_listing("copy --chown=node . .\nRUN npm run build").unwrap();
        let expected = "RUN npm ci\ncopy --chown=node package-lock.json package.json tsconfig.json ./\ncopy --chown=node src ./src\nRUN npm run build\n";
        assert!(result.ends_with(expected), "{result}");
    }

    #[test]
    fn leaves_others_alone() {
        for steps in [
            "COPY . .\nRUN npm test",
            "COPY . .\nRUN cp README.md /usr/share && npm run build",
            "COPY src ./src\nRUN npm run build",
            "COPY --exclude=tests . .\nRUN npm run build",
            "COPY . .",
        ] {
            assert_eq!(with_listing(steps), None, "{steps}");
        }
        let assumed =
            crate::recipes::testing::after(&RECIPE, "FROM node:22\nCOPY . .\nRUN npm run build\n");
        assert_eq!(assumed, None);
    }
}
