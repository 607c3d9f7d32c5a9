//! Ships production dependencies only.

use super::place::commands;
use super::{Edit, Recipe, Rewrite, node};
use crate::analysis::Analysis;
use crate::graph::{Operation, Origin, Stage, Step};
use crate::report::Applicability;

/// Replaces a copy of the whole build folder by the production dependencies and
/// the build output: freshly installed, or, where an installation needs more
/// than the manifests, pruned in the build stage. It must not apply where the
/// start command uses files that no build wrote, or what only development needs.
pub const RECIPE: Recipe = Recipe {
    id: "node-production-dependencies",
    title: "Install production dependencies only",
    why: "Compilers, linters and type declarations are needed to build, not to run; with NODE_ENV=production set before the installation, libraries also take their faster paths.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Folders that a server often reads when it runs, and that no build writes.
const READ_AT_RUN_TIME: [&str; 9] = [
    "assets",
    "config",
    "locales",
    "migrations",
    "prisma",
    "public",
    "static",
    "templates",
    "views",
];

/// The copy that takes over what another stage built.
struct Takeover<'a> {
    /// The COPY.
    step: &'a Step,
    /// The stage that it takes from.
    from: &'a Stage,
    /// Its name, as `--from` has it.
    name: String,
    /// The folder that it copies.
    folder: String,
    /// Build output in there.
    outputs: Vec<String>,
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (_, stage) = analysis.target()?;
    let takeover = takeover(analysis, stage)?;
    let (install, _, manager) = node::install(analysis, takeover.from)?;
    if node::is_workspace(analysis) || !node::has_modules(analysis, manager) {
        return None; // which packages are started, or where they are, is not known
    }
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = Vec::new();
    if takeover.step.scope.environment.get_env("NODE_ENV").is_none() {
        lines.push(format!("{} NODE_ENV=production", keyword("ENV")));
    }
    let last = last_build(analysis, takeover.from)?;
    let mut edits = Vec::new();
    let from = |path: &str| {
        let to = if path == "package.json" { "" } else { path };
        format!("{} --from={} {}/{path} ./{to}", keyword("COPY"), takeover.name, takeover.folder)
    };
    let next = takeover.outputs.iter().any(|output| output.ends_with("/.next"));
    let only_outputs =
        starts_from(analysis, stage, &takeover) || (!next && starts_unseen_script(analysis, stage));
    let starts = only_outputs || (next && starts_next(analysis, stage));
    if !starts {
        return None;
    }
    let manifests = match may_install_again(analysis, &takeover, manager) && only_outputs {
        true => node::copied_manifests(analysis, takeover.from, install),
        false => None,
    };
    match manifests {
        Some(manifests) => {
            let text =
                |step: &&Step| analysis.dockerfile.text(analysis.instruction(step).span).to_owned();
            lines.extend(manifests.iter().map(text));
            lines.push(format!("{} {}", keyword("RUN"), manager.install_production()));
        }
        // Bun prunes by an installation, which runs the project's scripts.
        None if manager == node::Manager::Bun && node::runs_scripts(analysis) => return None,
        None => {
            let prune = match next {
                true => format!("{} && rm -rf .next/cache", manager.prune()),
                false => manager.prune().to_owned(),
            };
            let prune = format!("{} {prune}", keyword("RUN"));
            edits.push(analysis.insert_after(analysis.instruction(last), &[prune]));
            if only_outputs {
                lines.push(from("package.json"));
                lines.push(from("node_modules"));
            }
        }
    }
    match only_outputs {
        true => lines.extend(paths(analysis, &takeover).iter().map(|path| from(path))),
        false => lines
            .push(analysis.dockerfile.text(analysis.instruction(takeover.step).span).to_owned()),
    }
    let instruction = analysis.instruction(takeover.step);
    edits.push(Edit::replace(instruction.span, lines.join(analysis.newline())));
    let is_dist = takeover.outputs.first().is_some_and(|output| output.ends_with("/dist"));
    let verify = match is_dist {
        true => node::loads(analysis),
        false => "docker build -t app . && docker run --rm app".to_owned(),
    };
    Some(Rewrite { edits, verify: Some(verify), ..Rewrite::default() })
}

/// The copy of a whole build folder with development dependencies in it.
fn takeover<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<Takeover<'a>> {
    let (step, origin, folder) = stage.steps.iter().find_map(|step| match &step.operation {
        Operation::Copy(copy) => match (&copy.origin, &copy.sources[..]) {
            (Origin::Stage(origin), [source]) => {
                Some((step, *origin, source.trim_end_matches('/').to_owned()))
            }
            _ => None,
        },
        _ => None,
    })?;
    let Operation::Copy(copy) = &step.operation else { return None };
    let here = copy.destination.trim_end_matches('/') == step.scope.workdir.trim_end_matches('/');
    let flags = &analysis.instruction(step).flags;
    let from = &analysis.graph.stages[origin];
    let tree = &analysis.evaluation.stages[origin].tree;
    let outputs = node::outputs(analysis, origin, &folder);
    let fits = here
        && flags.len() == 1
        && !outputs.is_empty()
        && tree.has(&format!("{folder}/node_modules/(development)"));
    let name = from.name.clone().unwrap_or_else(|| origin.to_string());
    fits.then_some(Takeover { step, from, name, folder, outputs })
}

/// The last step of the build that runs something.
fn last_build<'a>(analysis: &Analysis<'_>, stage: &'a Stage) -> Option<&'a Step> {
    stage.steps.iter().rfind(|step| !commands(analysis.instruction(step)).is_empty())
}

/// What is taken over, as paths in the folder: build output, and what servers
/// read that the context is known to have.
fn paths(analysis: &Analysis<'_>, takeover: &Takeover<'_>) -> Vec<String> {
    let outputs = takeover.outputs.iter().map(|output| {
        let path = output.strip_prefix(&*takeover.folder).unwrap_or(output);
        path.trim_start_matches('/').to_owned()
    });
    let mut paths: Vec<String> = outputs.collect();
    let has = |folder: &&str| {
        let inside = |path: &str| path.strip_prefix(*folder).is_some_and(|r| r.starts_with('/'));
        !analysis.context.assumed && analysis.context.sent().any(|entry| inside(&entry.path))
    };
    for folder in READ_AT_RUN_TIME.into_iter().filter(has) {
        if !paths.iter().any(|path| path == folder) {
            paths.push(folder.to_owned());
        }
    }
    paths
}

/// True where the manifests are all that an installation of what runs needs,
/// and the runtime image can do it.
fn may_install_again(
    analysis: &Analysis<'_>,
    takeover: &Takeover<'_>,
    manager: node::Manager,
) -> bool {
    let all: Vec<_> = super::place::stage_commands(analysis, takeover.from);
    let calls = |word: &str| all.iter().any(|(_, command)| command.words.iter().any(|w| w == word));
    // pnpm and Yarn 2 are not in the image; Prisma writes into node_modules.
    let present = match manager {
        node::Manager::Npm | node::Manager::Yarn => true,
        node::Manager::Bun => analysis.target().is_some_and(|(index, _)| {
            analysis.evaluation.stages[index].image.reference.starts_with("oven/bun")
        }),
        node::Manager::Berry | node::Manager::Pnpm => false,
    };
    let compiles = ["make", "g++", "gcc", "build-base", "build-essential", "node-gyp"];
    present
        && !calls("prisma")
        && !compiles.iter().any(|tool| calls(tool))
        && !node::has_compiled_package(analysis)
        && !node::needs_sources(analysis)
}

/// True when the start command runs build output.
fn starts_from(analysis: &Analysis<'_>, stage: &Stage, takeover: &Takeover<'_>) -> bool {
    let text = started(analysis, stage);
    takeover.outputs.iter().any(|output| {
        let relative = output.strip_prefix(&*takeover.folder).unwrap_or(output);
        text.contains(relative.trim_start_matches('/'))
    })
}

/// What the image starts: the script of package.json where the command names one.
fn started(analysis: &Analysis<'_>, stage: &Stage) -> String {
    let text = node::start_text(analysis, stage);
    let script = match words(&text)[..] {
        ["npm" | "yarn" | "pnpm" | "bun", "run", name, ..] => name,
        ["npm" | "yarn" | "pnpm", name, ..] => name,
        _ => return text,
    };
    let scripts = node::package(analysis).map(|package| &package.scripts);
    scripts.and_then(|scripts| scripts.get(script)).cloned().unwrap_or(text)
}

/// The words of a start command in either form.
fn words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || "\"',[]".contains(c));
    words.filter(|word| !word.is_empty()).collect()
}

/// True for `npm start` where no package.json was given: what has a build and a
/// start script most often starts what it built. The command to verify shows it.
fn starts_unseen_script(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let starts = matches!(
        words(&node::start_text(analysis, stage))[..],
        ["npm" | "yarn" | "pnpm" | "bun", "start" | "start:prod"]
            | ["npm" | "yarn" | "pnpm" | "bun", "run", "start" | "start:prod"]
    );
    starts && node::package(analysis).is_none()
}

/// True when the image starts Next.js' own server, or npm's start script in a
/// project whose build is Next.js'.
fn starts_next(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let text = started(analysis, stage);
    text.contains("next start") || text.contains("start") && node::package(analysis).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    /// A split that ships the whole build folder.
    fn split(start: &str) -> String {
        format!(
            "FROM node:20 AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n\
             RUN npm run build\n\nFROM node:20-slim\nWORKDIR /app\nCOPY --from=build /app ./\n\
             CMD {start}\n"
        )
    }

    fn with_package(start: &str, package: &str) -> Option<String> {
        let mut project = project(&split(start));
        project.manifests.insert("package.json".to_owned(), package.to_owned());
        after_in(&RECIPE, project)
    }

    #[test]
    fn installs_afresh_and_takes_the_output() {
        let expected = split(r#"["node", "dist/main.js"]"#).replace(
            "COPY --from=build /app ./",
            "ENV NODE_ENV=production\nCOPY package*.json ./\nRUN npm ci --omit=dev\n\
             COPY --from=build /app/dist ./dist",
        );
        assert_eq!(after(&RECIPE, &split(r#"["node", "dist/main.js"]"#)), Some(expected));
    }

    #[test]
    fn a_start_script_is_read_where_it_is_known() {
        assert!(after(&RECIPE, &split(r#"["npm", "start"]"#)).is_some());
        assert!(after(&RECIPE, &split("npm run start:prod")).is_some());
        let package = |start: &str| format!(r#"{{"scripts": {{"start": "{start}"}}}}"#);
        assert!(with_package("npm start", &package("node dist/main.js")).is_some());
        assert_eq!(with_package("npm start", &package("ts-node src/main.ts")), None);
    }

    #[test]
    fn what_else_is_started_may_need_more() {
        assert_eq!(after(&RECIPE, &split(r#"["node", "server.js"]"#)), None);
        assert_eq!(after(&RECIPE, &split("npm run dev")), None);
        assert_eq!(with_package("node dist/a.js", r#"{"workspaces": ["packages/*"]}"#), None);
    }

    #[test]
    fn several_packages_or_archives_are_left_alone() {
        let text = split("[\"node\", \"dist/main.js\"]");
        let workspace = text.replace("npm run build", "npm run build --workspace=packages/api");
        assert_eq!(after(&RECIPE, &workspace), None);
        let berry = |start: &str| {
            let text = split(start).replace("npm ci", "yarn install --immutable");
            text.replace("npm run", "yarn").replace("package*.json", "package.json yarn.lock")
        };
        // It may start from .pnp.cjs by what .yarnrc.yml says.
        assert_eq!(after(&RECIPE, &berry("[\"yarn\", \"start\"]")), None);
        assert!(after(&RECIPE, &berry("[\"node\", \"dist/main.js\"]")).is_some());
        let mut project = project(&berry("[\"node\", \"dist/main.js\"]"));
        project.manifests.insert(".yarnrc.yml".to_owned(), "nodeLinker: pnp\n".to_owned());
        assert_eq!(after_in(&RECIPE, project), None);
    }

    #[test]
    fn what_runs_scripts_at_installation_is_pruned_in_the_build() {
        let package = r#"{"scripts": {"prepare": "husky"}}"#;
        let text = with_package("node dist/a.js", package).expect("it applies");
        assert!(text.contains("RUN npm run build\nRUN npm prune --omit=dev\n"), "{text}");
        assert!(text.contains("COPY --from=build /app/node_modules ./node_modules"), "{text}");
    }
}
