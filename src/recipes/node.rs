//! What the recipes for Node.js share.

use super::exec_form;
use super::place::{
    RunCommand, commands, copies_everything, is_plain_list, is_word_of, stage_commands, start,
};
use crate::analysis::Analysis;
use crate::context::{Manifest, PackageJson};
use crate::graph::{Operation, Origin, Stage, Step, repository};
use crate::report::Kind;
use crate::syntax::{Instruction, Keyword};

/// A package manager and how it is told things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// npm
    Npm,
    /// Yarn 1, classic
    Yarn,
    /// Yarn 2 and later
    Berry,
    /// pnpm
    Pnpm,
    /// bun
    Bun,
}

impl Manager {
    /// The manager of an install command.
    pub fn of(command: &RunCommand) -> Option<Self> {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let names_nothing = command.operands(2).next().is_none();
        match &words[..] {
            ["npm", "ci" | "clean-install", ..] => Some(Self::Npm),
            ["npm", "install" | "i", ..] if names_nothing && !command.has(&["-g", "--global"]) => {
                Some(Self::Npm)
            }
            ["yarn", "workspaces", "focus", ..] => Some(Self::Berry),
            ["yarn", "install", ..] if command.has(&["--immutable"]) => Some(Self::Berry),
            ["yarn"] | ["yarn", "install", ..] => Some(Self::Yarn),
            ["yarn", flag, ..] if flag.starts_with("--") => Some(Self::Yarn),
            ["pnpm", "install" | "i", ..] if names_nothing => Some(Self::Pnpm),
            ["bun", "ci", ..] => Some(Self::Bun),
            ["bun", "install" | "i", ..] if names_nothing => Some(Self::Bun),
            _ => None,
        }
    }

    /// The files that an installation reads, as COPY sources. Those that not
    /// every project has are named where this one is known to have them.
    pub fn manifests(self, analysis: &Analysis<'_>) -> String {
        let (always, some): (&str, &[&str]) = match self {
            Self::Npm => ("package*.json", &[".npmrc"]),
            Self::Yarn => ("package.json yarn.lock", &[".npmrc", ".yarnrc"]),
            Self::Berry => ("package.json yarn.lock", &[".yarnrc.yml"]),
            Self::Pnpm => {
                ("package.json pnpm-lock.yaml", &[".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs"])
            }
            // Since bun 1.2 the lockfile is text; before, `bun.lockb`.
            Self::Bun => ("package.json bun.lock*", &[".npmrc", "bunfig.toml"]),
        };
        let has = |name: &&&str| has_file(analysis, name);
        std::iter::once(&always)
            .chain(some.iter().filter(has))
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Installs exactly what the lockfile says, without development dependencies.
    pub fn install_production(self) -> &'static str {
        match self {
            Self::Npm => "npm ci --omit=dev",
            Self::Yarn => "yarn install --frozen-lockfile --production",
            Self::Berry => "yarn workspaces focus --production",
            Self::Pnpm => "pnpm install --frozen-lockfile --prod",
            Self::Bun => "bun install --frozen-lockfile --production",
        }
    }

    /// Takes the development dependencies out of `node_modules`, without the
    /// project's own scripts where they would run.
    pub fn prune(self) -> &'static str {
        match self {
            Self::Npm => "npm prune --omit=dev",
            Self::Yarn => "yarn install --production --ignore-scripts --prefer-offline",
            Self::Berry => "yarn workspaces focus --production",
            Self::Pnpm => "CI=true pnpm prune --prod --ignore-scripts",
            Self::Bun => "rm -rf node_modules && bun install --frozen-lockfile --production",
        }
    }
}

/// The command that installs the project's dependencies in a stage.
pub fn install<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a Step, RunCommand, Manager)> {
    let found = stage_commands(analysis, stage).into_iter();
    found
        .filter_map(|(step, command)| {
            let manager = manager(analysis, &command)?;
            Some((step, command, manager))
        })
        .next()
}

/// The manager of an install command in this project: `yarn` alone does not
/// tell which of the two it is.
pub fn manager(analysis: &Analysis<'_>, command: &RunCommand) -> Option<Manager> {
    match Manager::of(command)? {
        Manager::Yarn if is_berry(analysis) => Some(Manager::Berry),
        manager => Some(manager),
    }
}

/// True where package.json or a file of its own says that Yarn is not classic.
fn is_berry(analysis: &Analysis<'_>) -> bool {
    let version = package(analysis).and_then(|package| package.package_manager.as_deref());
    let major = version.and_then(|version| version.strip_prefix("yarn@")?.chars().next());
    major.map_or_else(|| has_file(analysis, ".yarnrc.yml"), |major| major != '1')
}

/// True when the context has the file and sends it: it is listed, or an
/// instruction names it.
fn has_file(analysis: &Analysis<'_>, name: &str) -> bool {
    analysis.context.entries.iter().any(|entry| entry.path == name && entry.sent())
}

/// The project's own package.json, where it was given.
pub fn package<'a>(analysis: &'a Analysis<'_>) -> Option<&'a PackageJson> {
    analysis
        .manifests
        .package_jsons()
        .find(|(path, _)| *path == "package.json")
        .map(|found| found.1)
}

/// True when the installation needs more of the project than its manifests:
/// other packages of a workspace, local folders, or scripts that it runs.
pub fn needs_sources(analysis: &Analysis<'_>) -> bool {
    is_workspace(analysis) || runs_scripts(analysis) || {
        let local = |version: &String| {
            ["file:", "link:", "portal:", "patch:", "workspace:"]
                .iter()
                .any(|p| version.starts_with(p))
        };
        package(analysis).is_some_and(|package| {
            package.dependencies.values().chain(package.dev_dependencies.values()).any(local)
        })
    }
}

/// True for a project of several packages: its files say so, or a command that
/// is meant for one of them.
pub fn is_workspace(analysis: &Analysis<'_>) -> bool {
    const FILES: [&str; 4] = ["pnpm-workspace.yaml", "lerna.json", "turbo.json", "nx.json"];
    let names = |instruction: &Instruction| {
        let text = &instruction.arguments.text;
        FILES.iter().any(|file| text.contains(file)) || starts_in_a_package(text)
    };
    FILES.iter().any(|file| has_file(analysis, file))
        || package(analysis).is_some_and(|package| !package.workspaces.is_empty())
        || analysis.dockerfile.instructions.iter().any(|instruction| {
            names(instruction) || commands(instruction).iter().any(is_for_a_package)
        })
}

/// True for a start command that asks a manager for one package's script.
fn starts_in_a_package(text: &str) -> bool {
    ["--workspace", "--filter", "yarn workspace", "\"workspace\""].iter().any(|f| text.contains(f))
}

/// True for a command that only projects of several packages have.
fn is_for_a_package(command: &RunCommand) -> bool {
    let flags: &[&str] = match command.name() {
        "npm" => &["--workspace", "--workspaces", "-w", "-ws"],
        "pnpm" => &["--filter", "-F", "--recursive", "-r", "-w", "--workspace-root"],
        "yarn" if command.words.get(1).is_some_and(|word| word == "workspace") => return true,
        "yarn" => return command.starts_with(&["yarn", "workspaces", "foreach"]),
        "lerna" | "turbo" | "nx" | "rush" => return true,
        "npx" | "pnpx" | "bunx" => {
            return command.operands(1).next().is_some_and(|tool| {
                matches!(tool.split('@').next(), Some("lerna" | "turbo" | "nx"))
            });
        }
        _ => return false,
    };
    command.has(flags)
}

/// True unless Yarn 2 or later may keep packages as archives: without
/// `nodeLinker: node-modules` it writes no `node_modules`, and the program reads
/// `.pnp.cjs`, the archives and, through Yarn, `.yarnrc.yml`. Where the settings
/// were not given, a start by `node` alone or a named `node_modules` tells.
pub fn has_modules(analysis: &Analysis<'_>, manager: Manager) -> bool {
    if manager != Manager::Berry {
        return true;
    }
    if let Some(settings) = analysis.project.manifests.get(".yarnrc.yml") {
        return ["node-modules", "pnpm"].iter().any(|linker| {
            settings.lines().any(|line| {
                let value = line.strip_prefix("nodeLinker:").map(str::trim);
                value.is_some_and(|value| value.trim_matches(['"', '\'']) == *linker)
            })
        });
    }
    let starts = analysis.target().map(|(_, stage)| start_text(analysis, stage));
    let by_node = starts.is_some_and(|text| {
        let first = text.trim_start_matches(['[', '"', ' ']);
        first.starts_with("node") && !text.contains("pnp")
    });
    let named = |instruction: &Instruction| {
        instruction.keyword.value == Keyword::Copy
            && instruction.arguments.text.contains("node_modules")
    };
    by_node || analysis.dockerfile.instructions.iter().any(named)
}

/// True when installing runs scripts of the project's own.
pub fn runs_scripts(analysis: &Analysis<'_>) -> bool {
    const AT_INSTALLATION: [&str; 5] =
        ["preinstall", "install", "postinstall", "prepublish", "prepare"];
    package(analysis).is_some_and(|package| {
        AT_INSTALLATION.iter().any(|name| package.scripts.contains_key(*name))
    })
}

/// The names of the packages that the project runs with, as far as they are
/// known: all of a lockfile's, else those that package.json names. `None`
/// where neither was given.
pub fn packages<'a>(analysis: &'a Analysis<'_>) -> Option<Vec<&'a str>> {
    let manifests = &analysis.manifests;
    let is_lock = |manifest: &&Manifest| {
        matches!(
            manifest,
            Manifest::PackageLock(_)
                | Manifest::YarnLock(_)
                | Manifest::PnpmLock(_)
                | Manifest::BunLock(_)
        )
    };
    let locked = manifests.files.values().filter(is_lock).flat_map(Manifest::packages);
    let locked = locked.filter(|package| !package.dev).map(|package| package.name.as_str());
    let named = manifests.package_jsons().flat_map(|(_, package)| package.dependencies.keys());
    let given = manifests
        .files
        .values()
        .any(|manifest| is_lock(&manifest) || matches!(manifest, Manifest::PackageJson(_)));
    given.then(|| locked.chain(named.map(String::as_str)).collect())
}

/// True where the program loads Prisma's engine: a package or a command says so.
pub fn uses_prisma(analysis: &Analysis<'_>) -> bool {
    let named = |name: &&str| matches!(*name, "prisma" | "@prisma/client");
    packages(analysis).is_some_and(|all| all.iter().any(named))
        || analysis
            .dockerfile
            .instructions
            .iter()
            .any(|instruction| is_word_of(&instruction.arguments.text, "prisma"))
}

/// True when a package that is named needs a compiler where it is installed.
pub fn has_compiled_package(analysis: &Analysis<'_>) -> bool {
    let known = analysis.catalog.npm();
    let is_compiled = |name: &&str| known.compiled_code(name).is_some_and(|code| code.compiled);
    packages(analysis).is_some_and(|all| all.iter().any(is_compiled))
}

/// True when the stage starts from an image with Node.js, through other stages.
pub fn has_node(analysis: &Analysis<'_>, stage: usize) -> bool {
    let image = &analysis.evaluation.stages[stage].image;
    repository(&image.reference) == "node"
        || image.tools.iter().any(|tool| matches!(&**tool, "node" | "bun"))
}

/// How to see that the image works: what was built is loaded where `dist` has the
/// index that is started, else the program is started.
pub fn loads(analysis: &Analysis<'_>) -> String {
    const RUN: &str = "docker build -t app . && docker run --rm";
    const INDEXES: [&str; 4] = ["dist", "dist/", "dist/index", "dist/index.js"];
    let Some((index, stage)) = analysis.target() else { return format!("{RUN} app") };
    let starts = [Keyword::Entrypoint, Keyword::Cmd].into_iter();
    let mut words = starts
        .filter_map(|keyword| start(analysis, stage, keyword))
        .filter_map(|step| exec_form::words(analysis.instruction(step)))
        .flatten();
    let is_index = words.any(|word| INDEXES.contains(&word.trim_start_matches("./")));
    let bun = analysis.evaluation.stages[index].image.reference.starts_with("oven/bun");
    let program = if bun { "bun" } else { "node" };
    match is_index {
        true => format!("{RUN} --entrypoint {program} app -e \"require('./dist')\""),
        false => format!("{RUN} app"),
    }
}

/// The folders of build output that a stage leaves below its working folder,
/// those inside of others left out.
pub fn outputs(analysis: &Analysis<'_>, stage: usize, folder: &str) -> Vec<String> {
    let tree = &analysis.evaluation.stages[stage].tree;
    let outputs = tree.subtree(folder).filter(|(_, entry)| entry.kind == Kind::BuildOutput);
    let mut found: Vec<String> = Vec::new();
    for (path, _) in outputs {
        let inside =
            |outer: &String| path.strip_prefix(&**outer).is_some_and(|rest| rest.starts_with('/'));
        if !found.iter().any(inside) {
            found.push(path.to_string());
        }
    }
    found
}

/// The COPY instructions above an installation, if they copy no more than its
/// manifests and configuration; `None` where the sources are above it.
pub fn copied_manifests<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
    install: &Step,
) -> Option<Vec<&'a Step>> {
    let above = stage.steps.iter().filter(|step| step.instruction < install.instruction);
    let mut copies = Vec::new();
    for step in above {
        match &step.operation {
            Operation::Copy(_) if copies_everything(step) => return None,
            Operation::Copy(copy) if copy.origin == Origin::Context => copies.push(step),
            Operation::Copy(_) => return None,
            _ => {}
        }
    }
    let all = copies.iter().all(|step| step.scope.workdir == install.scope.workdir);
    let keyword = |step: &&Step| analysis.instruction(step).keyword.value == Keyword::Copy;
    (all && !copies.is_empty() && copies.iter().all(keyword)).then_some(copies)
}

/// The words of all start commands of a stage.
pub fn start_text(analysis: &Analysis<'_>, stage: &Stage) -> String {
    let starts = stage.steps.iter().map(|step| analysis.instruction(step)).filter(|instruction| {
        matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    });
    starts.map(|instruction| instruction.arguments.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// What a command of the build does for the image that is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It leaves everything in the working folder, or nothing.
    Inside,
    /// It installs system packages.
    System,
    /// It installs programs beside the project.
    Program,
    /// It does what is not understood.
    Unknown,
}

/// What a command leaves outside the working folder.
pub fn effect(command: &RunCommand, workdir: &str) -> Effect {
    const BUILDERS: [&str; 18] = [
        "npm", "npx", "yarn", "pnpm", "pnpx", "bun", "bunx", "node", "tsc", "vite", "next", "ng",
        "nest", "turbo", "nx", "esbuild", "webpack", "rollup",
    ];
    const QUIET: [&str; 12] = [
        "cd", "echo", "set", "export", "true", "ls", "cat", "test", "[", "printenv", "pwd",
        "ulimit",
    ];
    const FILES: [&str; 9] = ["rm", "mkdir", "cp", "mv", "chown", "chmod", "touch", "sed", "ln"];
    let inside = |word: &str| !word.starts_with('/') || word.starts_with(workdir);
    let global = command.has(&["-g", "--global"]) || command.starts_with(&["yarn", "global"]);
    match command.name() {
        "corepack" => Effect::Program,
        name if BUILDERS.contains(&name) && global => Effect::Program,
        name if BUILDERS.contains(&name) || QUIET.contains(&name) => Effect::Inside,
        "rm" if command.operands(1).all(|word| inside(word) || is_scratch(word)) => Effect::Inside,
        name if FILES.contains(&name) && command.operands(1).all(inside) => Effect::Inside,
        "apt-get" | "apt" | "apk" => Effect::System,
        _ => Effect::Unknown,
    }
}

/// True below folders that nothing is shipped from.
fn is_scratch(path: &str) -> bool {
    ["/tmp", "/root/", "/var/lib/apt", "/var/cache", "/usr/local/share/.cache", "/var/tmp"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The effects of the commands of a step, one each; unknown where the RUN is
/// more than a list of commands.
pub fn effects(analysis: &Analysis<'_>, step: &Step) -> Vec<Effect> {
    let instruction = analysis.instruction(step);
    if !is_plain_list(instruction) {
        return vec![Effect::Unknown];
    }
    let commands = commands(instruction);
    commands.iter().map(|command| effect(command, &step.scope.workdir)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Project;

    #[test]
    fn only_an_index_that_is_started_is_loaded() {
        let load = " --entrypoint node app -e \"require('./dist')\"";
        for (text, expected) in [
            ("FROM node:20\nCMD [\"node\", \"dist\"]\n", load),
            ("FROM node:20\nENTRYPOINT node ./dist/index.js\n", load),
            ("FROM node:20\nCMD [\"node\", \"dist/server.js\"]\n", " app"),
            ("FROM node:20\nCMD [\"npm\", \"start\"]\n", " app"),
            ("FROM node:20\n", " app"),
        ] {
            let project = Project { dockerfile: text.to_owned(), ..Project::default() };
            let told = loads(&Analysis::new(&project));
            assert_eq!(told.split_once("--rm").map(|(_, rest)| rest), Some(expected), "{text}");
        }
    }
}
