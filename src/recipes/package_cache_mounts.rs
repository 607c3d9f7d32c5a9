//! Keeps what package managers download between builds.

use super::join::is_chain;
use super::place::{RunCommand, commands};
use super::{Edit, Recipe, Rewrite, node, npm_cache, python};
use crate::analysis::Analysis;
use crate::graph::{MountKind, Operation, Step};
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to RUNs that install the packages of Node.js, Python or Ruby as root.
/// It must not apply to a file that has decided otherwise and cleans a cache or
/// keeps nothing in it: cleaning would empty the mount, or fail on it. Nor where
/// a setting moves the cache, or to Yarn's archives that the program itself
/// reads. Off unless it is switched on, in place of the recipes below it that
/// clean: only a builder that keeps its mounts gains.
pub const RECIPE: Recipe = Recipe {
    id: "package-cache-mounts",
    title: "Keep the package manager's downloads between builds",
    why: "When a lockfile changes, everything is installed again. On a builder that is kept, a cache mount saves the download of what stayed the same. What is in it is in no layer, as if it had been cleaned.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Who downloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Node(node::Manager),
    Pip,
    Uv,
    Poetry,
    Bundler,
}

/// Where a tool keeps its downloads.
struct Cache {
    /// The variable for a folder, and what is below it.
    variable: (&'static str, &'static str),
    /// The folders below that one; an empty name for itself.
    parts: &'static [&'static str],
    /// The folder of root where the variable is not set.
    otherwise: &'static str,
    /// Flags and variables that move it or leave it out for good.
    moved: &'static [&'static str],
    /// True where the tool does not lock what it writes: one build at a time.
    locked: bool,
}

impl Tool {
    /// The places are each tool's own for Linux: its manual's, 2026-11. The
    /// environments that Poetry may keep beside its downloads are no downloads.
    const fn cache(self) -> Cache {
        use node::Manager::{Berry, Bun, Npm, Pnpm, Yarn};
        let plain = Cache {
            variable: ("", ""),
            parts: &[""],
            otherwise: "",
            moved: &["HOME"],
            locked: false,
        };
        match self {
            Self::Node(Npm) => Cache {
                variable: ("NPM_CONFIG_CACHE", ""),
                otherwise: "/root/.npm",
                moved: &["--cache", "npm_config_cache", "HOME"],
                ..plain
            },
            Self::Node(Yarn) => Cache {
                variable: ("YARN_CACHE_FOLDER", ""),
                otherwise: "/usr/local/share/.cache/yarn",
                moved: &["--cache-folder"],
                locked: true,
                ..plain
            },
            Self::Node(Berry) => Cache {
                variable: ("YARN_GLOBAL_FOLDER", "/cache"),
                otherwise: "/root/.yarn/berry/cache",
                moved: &["YARN_CACHE_FOLDER", "YARN_ENABLE_GLOBAL_CACHE", "HOME"],
                locked: true,
                ..plain
            },
            Self::Node(Pnpm) => Cache {
                variable: ("PNPM_HOME", "/store"),
                otherwise: "/root/.local/share/pnpm/store",
                moved: &["--store-dir", "npm_config_store_dir", "XDG_DATA_HOME", "HOME"],
                ..plain
            },
            Self::Node(Bun) => Cache {
                variable: ("BUN_INSTALL_CACHE_DIR", ""),
                otherwise: "/root/.bun/install/cache",
                moved: &["--cache-dir", "--no-cache", "BUN_INSTALL", "XDG_CACHE_HOME", "HOME"],
                locked: true,
                ..plain
            },
            Self::Pip => Cache {
                variable: ("PIP_CACHE_DIR", ""),
                otherwise: "/root/.cache/pip",
                moved: &["--cache-dir", "PIP_NO_CACHE_DIR", "XDG_CACHE_HOME", "HOME"],
                ..plain
            },
            Self::Uv => Cache {
                variable: ("UV_CACHE_DIR", ""),
                otherwise: "/root/.cache/uv",
                moved: &["--cache-dir", "UV_NO_CACHE", "XDG_CACHE_HOME", "HOME"],
                ..plain
            },
            Self::Poetry => Cache {
                variable: ("POETRY_CACHE_DIR", ""),
                parts: &["/artifacts", "/cache"],
                otherwise: "/root/.cache/pypoetry",
                moved: &["--no-cache", "XDG_CACHE_HOME", "HOME"],
                locked: true,
            },
            Self::Bundler => Cache {
                variable: ("GEM_HOME", "/cache"),
                otherwise: "/usr/local/bundle/cache",
                moved: &["--path", "--deployment", "BUNDLE_PATH", "BUNDLE_DEPLOYMENT"],
                locked: true,
                ..plain
            },
        }
    }

    fn of(analysis: &Analysis<'_>, command: &RunCommand) -> Option<Self> {
        if let Some(manager) = npm_cache::fills(analysis, command) {
            return node::has_modules(analysis, manager).then_some(Self::Node(manager));
        }
        if python::is_pip_install(command) {
            return Some(Self::Pip);
        }
        let starts = |words: &[&str]| command.starts_with(words);
        match python::manager(command) {
            Some(python::Manager::Poetry) => Some(Self::Poetry),
            Some(python::Manager::Uv) => Some(Self::Uv),
            _ if starts(&["uv", "pip", "install"]) => Some(Self::Uv),
            _ if starts(&["bundle", "install"]) => Some(Self::Bundler),
            _ => None,
        }
    }
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let steps = || analysis.graph.needed().flat_map(|stage| &stage.steps);
    let mut all = steps().flat_map(|step| commands(analysis.instruction(step)));
    if all.any(|command| decides(analysis, &command)) {
        return None;
    }
    let edits: Vec<Edit> = steps().filter_map(|step| in_step(analysis, step)).collect();
    let verify = Some(
        "docker build . twice, with another package in the lockfile between: the second is faster"
            .to_owned(),
    );
    Rewrite::of(edits, verify)
}

/// True for a command by which a file says that it keeps no downloads.
fn decides(analysis: &Analysis<'_>, command: &RunCommand) -> bool {
    const CLEANING: [&str; 5] = ["clean", "clear", "prune", "purge", "rm"];
    const CACHES: [&str; 5] = [".cache", ".npm", ".yarn", ".bundle", "/cache"];
    let says = |words: &[&str]| command.words.iter().skip(1).any(|word| words.contains(&&**word));
    let cleans = says(&["cache", "store"]) && says(&CLEANING);
    let removes = command.name() == "rm"
        && command.operands(1).any(|path| {
            !path.starts_with("/var/") && CACHES.iter().any(|cache| path.contains(cache))
        });
    let skips = Tool::of(analysis, command).is_some()
        && command.has(&["--no-cache", "--no-cache-dir", "-n"]);
    cleans || removes || skips
}

fn in_step(analysis: &Analysis<'_>, step: &Step) -> Option<Edit> {
    let Operation::Run(run) = &step.operation else { return None };
    let instruction = analysis.instruction(step);
    if !step.scope.is_root() || !instruction.heredocs.is_empty() || !is_chain(instruction) {
        return None;
    }
    let commands = commands(instruction);
    let mut tools: Vec<Tool> = Vec::new();
    for command in &commands {
        tools.extend(Tool::of(analysis, command).filter(|tool| !tools.contains(tool)));
    }
    let mut mounts = String::new();
    for cache in tools.into_iter().map(Tool::cache) {
        let targets = cache.targets(step);
        let is_covered = run.mounts.iter().any(|mount| {
            let hides =
                |target: &String| inside(target, &mount.target) || inside(&mount.target, target);
            mount.kind != MountKind::Secret && targets.iter().any(hides)
        });
        if is_covered || cache.is_moved(step, &commands) || is_touched(&commands, &targets) {
            continue;
        }
        let sharing = if cache.locked { ",sharing=locked" } else { "" };
        for target in targets {
            mounts.push_str(&format!(" --mount=type=cache,target={target}{sharing}"));
        }
    }
    (!mounts.is_empty()).then(|| Edit::insert(instruction.keyword.span.end, mounts))
}

/// True where a command removes or moves what may be one of the folders: that
/// fails on a mount.
fn is_touched(commands: &[RunCommand], targets: &[String]) -> bool {
    let may_be = |word: &str| {
        let start = word.split(['*', '~', '$']).next().unwrap_or("");
        let open = start.len() < word.len();
        targets.iter().any(|target| {
            inside(target, word) || inside(word, target) || (open && target.starts_with(start))
        })
    };
    commands.iter().any(|command| {
        let removes = matches!(command.name(), "rm" | "find" | "mv" | "chown");
        removes && command.operands(1).any(may_be)
    })
}

fn inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Cache {
    fn targets(&self, step: &Step) -> Vec<String> {
        let (variable, below) = self.variable;
        let folder = match step.scope.environment.get(variable) {
            Some(folder) => format!("{}{below}", folder.trim_end_matches('/')),
            None => self.otherwise.to_owned(),
        };
        self.parts.iter().map(|part| format!("{folder}{part}")).collect()
    }

    fn is_moved(&self, step: &Step, commands: &[RunCommand]) -> bool {
        let names = || self.moved.iter().chain([&self.variable.0]);
        names().any(|name| name != &self.variable.0 && step.scope.environment.get(name).is_some())
            || commands.iter().any(|command| {
                command.has(self.moved)
                    || command.name() == "export"
                    || command.assignments.iter().any(|(name, _)| names().any(|n| n == name))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const START: &str = "WORKDIR /app\nCOPY . .\n";

    fn mounted(image: &str, run: &str) -> Option<String> {
        let text = |run: &str| format!("FROM {image}\n{START}{run}\nCMD [\"node\", \"a.js\"]\n");
        let result = after(&RECIPE, &text(run))?;
        result.lines().find(|line| line.starts_with("RUN")).map(str::to_owned)
    }

    #[test]
    fn every_manager_has_its_own_place() {
        for (image, run, target, rest) in [
            ("node:22", "npm ci", "/root/.npm", "npm ci"),
            ("node:22", "npm ci && npm run build", "/root/.npm", "npm ci && npm run build"),
            ("node:22", "yarn", "/usr/local/share/.cache/yarn,sharing=locked", "yarn"),
            (
                "node:22",
                "yarn install --immutable",
                "/root/.yarn/berry/cache,sharing=locked",
                "yarn install --immutable",
            ),
            (
                "node:22",
                "pnpm install --frozen-lockfile",
                "/root/.local/share/pnpm/store",
                "pnpm install --frozen-lockfile",
            ),
            ("oven/bun:1", "bun install", "/root/.bun/install/cache,sharing=locked", "bun install"),
            ("python:3.13", "pip install -r a.txt", "/root/.cache/pip", "pip install -r a.txt"),
            ("python:3.13", "uv sync --frozen", "/root/.cache/uv", "uv sync --frozen"),
            (
                "ruby:3.4",
                "bundle install",
                "/usr/local/bundle/cache,sharing=locked",
                "bundle install",
            ),
        ] {
            let expected = format!("RUN --mount=type=cache,target={target} {rest}");
            assert_eq!(mounted(image, &format!("RUN {run}")), Some(expected), "{run}");
        }
    }

    #[test]
    fn variables_tell_the_place() {
        let run = mounted("node:22", "ENV PNPM_HOME=/pnpm\nRUN pnpm install");
        assert_eq!(run.unwrap(), "RUN --mount=type=cache,target=/pnpm/store pnpm install");
    }

    #[test]
    fn an_environment_that_poetry_keeps_is_no_download() {
        let run = "RUN poetry install";
        let expected = "RUN --mount=type=cache,target=/root/.cache/pypoetry/artifacts,sharing=locked --mount=type=cache,target=/root/.cache/pypoetry/cache,sharing=locked poetry install";
        assert_eq!(mounted("python:3.13", run).as_deref(), Some(expected));
    }

    #[test]
    fn continued_lines_stay() {
        let before = "FROM python:3.13\nRUN pip install \\\n    flask\n";
        let expected = "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install \\\n    flask\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN --mount=type=cache,target=/root/.npm npm ci",
            "RUN --mount=type=cache,target=/root npm ci",
            "USER node\nRUN npm ci",
            "RUN npm ci; npm run build",
            "RUN npm ci --cache /tmp/npm",
            "RUN npm ci\nRUN npm i -g serve && npm cache clean --force",
            "RUN npm ci && rm -rf ~/.npm",
            "RUN npm ci && rm -rf /root/*",
            "RUN pip install --no-cache-dir flask",
            "RUN bundle install && rm -rf /usr/local/bundle/cache",
            "RUN npm run build",
            "ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask",
            "ENV POETRY_CACHE_DIR=/c\nRUN poetry install && rm -rf $POETRY_CACHE_DIR",
            "ENV BUNDLE_PATH=/b\nRUN bundle install",
        ] {
            assert_eq!(mounted("node:22", text), None, "{text}");
        }
        let archives = "FROM node:22\nCOPY . .\nRUN yarn install --immutable\nCMD yarn start\n";
        assert_eq!(after(&RECIPE, archives), None);
    }
}
