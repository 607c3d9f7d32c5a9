//! What the recipes share that split a single-stage build: one stage builds,
//! a new one ships what was built.

use super::place::{RunCommand, copies_everything, start, system_packages};
use super::{Edit, Rewrite, apt, exec_form};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Stage, Step, join};
use crate::syntax::{Body, Instruction, Keyword};

/// The only stage of a Dockerfile that has one, without a name, with the
/// reference of its image.
pub fn single<'a>(analysis: &'a Analysis<'_>) -> Option<(&'a Stage, &'a str)> {
    let [stage] = &analysis.graph.stages[..] else { return None };
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { name: None, .. } = &analysis.from(stage).body else { return None };
    Some((stage, reference))
}

/// The image that a program is shipped on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runtime {
    /// Its reference.
    pub image: String,
    /// Debian packages that the program needs besides.
    pub packages: Vec<String>,
}

impl Runtime {
    /// An image that has all that is needed.
    pub fn of(image: impl Into<String>) -> Self {
        Self { image: image.into(), packages: Vec::new() }
    }

    /// A slim Debian with the libraries of `-dev` packages, and with what checks
    /// certificates, which a build image has and a slim one has not. `None`
    /// where a library is not known.
    pub fn with_libraries(
        analysis: &Analysis<'_>,
        release: &str,
        development: &[String],
    ) -> Option<Self> {
        let image = format!("debian:{release}-slim");
        let base = analysis.catalog.image(&image);
        let debian = analysis.catalog.debian(&base);
        let mut packages = vec!["ca-certificates".to_owned()];
        for name in development {
            packages.extend(debian.libraries(name)?.into_iter().map(str::to_owned));
        }
        packages.retain(|name| !debian.is_base(name));
        packages.sort();
        packages.dedup();
        Some(Self { image, packages })
    }

    /// FROM and the installation, after an empty line.
    pub fn lines(&self, analysis: &Analysis<'_>) -> Vec<String> {
        let from = format!("{} {}", analysis.keyword("FROM"), self.image);
        let install = apt::install_run(analysis, &self.packages);
        [String::new(), from].into_iter().chain(install).collect()
    }
}

/// System packages that only builds need, and those that every image here has
/// for the program (but see [`wants_time_zones`]); `-dev` packages are told
/// apart from these, as a program may need their libraries.
pub const BUILD_TOOLS: [&str; 31] = [
    "autoconf",
    "automake",
    "bash",
    "bison",
    "build-base",
    "build-essential",
    "ca-certificates",
    "clang",
    "cmake",
    "curl",
    "flex",
    "g++",
    "gcc",
    "git",
    "libc-dev",
    "libc6-dev",
    "libtool",
    "linux-headers",
    "lld",
    "make",
    "meson",
    "mold",
    "musl-dev",
    "musl-tools",
    "ninja-build",
    "openssh-client",
    "pkg-config",
    "pkgconf",
    "protobuf-compiler",
    "tzdata",
    "wget",
];

/// True where a stage installs time zones, which slim images have not.
pub fn wants_time_zones(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    system_packages(analysis, stage).iter().any(|name| name == "tzdata")
}

/// The `-dev` packages that a stage installs; `None` where it installs others
/// than these and tools for building.
pub fn development(analysis: &Analysis<'_>, stage: &Stage) -> Option<Vec<String>> {
    let packages = system_packages(analysis, stage);
    let packages = packages.into_iter().filter(|name| !BUILD_TOOLS.contains(&name.as_str()));
    packages.map(|name| name.ends_with("-dev").then_some(name)).collect()
}

/// Folders and files that a program often reads when it runs.
const READ_AT_RUN_TIME: [&str; 13] = [
    "assets",
    "config",
    "config.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "locales",
    "migrations",
    "public",
    "static",
    "templates",
    "views",
    "web",
];

/// What a program that is started in the folder that everything was copied to
/// most likely reads there: such folders of the context, where that is known,
/// unless they hold nothing but sources.
pub fn read_at_run_time(analysis: &Analysis<'_>, stage: &Stage, folder: &str) -> Vec<String> {
    let here = |step: &Step| match &step.operation {
        Operation::Copy(copy) => {
            copies_everything(step)
                && copy.destination.trim_end_matches('/') == folder.trim_end_matches('/')
        }
        _ => false,
    };
    if analysis.context.assumed || !stage.steps.iter().any(here) {
        return Vec::new();
    }
    let is_source = |path: &str| [".go", ".rs", ".c", ".h"].iter().any(|end| path.ends_with(end));
    let has = |name: &&str| {
        analysis.context.sent().any(|entry| {
            let rest = entry.path.strip_prefix(*name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                && !is_source(&entry.path)
        })
    };
    READ_AT_RUN_TIME.into_iter().filter(has).map(str::to_owned).collect()
}

/// The lines that copy such paths from the build into the folder.
pub fn copy_read(analysis: &Analysis<'_>, folder: &str, paths: &[String]) -> Vec<String> {
    let folder = folder.trim_end_matches('/');
    let line = |path: &String| {
        let copy = analysis.keyword("COPY");
        format!("{copy} --from=build {folder}/{path} {folder}/{path}")
    };
    paths.iter().map(line).collect()
}

/// Names the stage `build`, and after the build starts another one from
/// `runtime` that has `artefact` at the same place. The start command, which
/// stands below the build, is left as it is.
pub fn ship(
    analysis: &Analysis<'_>,
    stage: &Stage,
    build: &Step,
    runtime: &Runtime,
    artefact: &str,
) -> Rewrite {
    ship_to(analysis, stage, build, runtime, (artefact, artefact))
}

/// The same for an artefact that gets another place: from where, to where.
pub fn ship_to(
    analysis: &Analysis<'_>,
    stage: &Stage,
    build: &Step,
    runtime: &Runtime,
    (artefact, place): (&str, &str),
) -> Rewrite {
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = runtime.lines(analysis);
    let mut later = stage.steps.iter().filter(|step| step.instruction > build.instruction);
    let follows = later.any(|step| matches!(step.operation, Operation::Workdir(_)));
    if stage.end.workdir != "/" && !follows {
        lines.push(format!("{} {}", keyword("WORKDIR"), stage.end.workdir));
    }
    let (moved, removed) = configuration(analysis, stage, build, is_for_build);
    lines.extend(moved);
    lines.push(format!("{} --from=build {artefact} {place}", keyword("COPY")));
    let read = read_at_run_time(analysis, stage, &stage.end.workdir);
    lines.extend(copy_read(analysis, &stage.end.workdir, &read));
    let from = analysis.from(stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    edits.extend(removed);
    edits.push(analysis.insert_after(analysis.instruction(build), &lines));
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    Rewrite { edits, verify, ..Rewrite::default() }
}

/// True for an ENV that only tells a toolchain something.
fn is_for_build(instruction: &Instruction) -> bool {
    const PREFIXES: [&str; 8] =
        ["CARGO_", "DOTNET_CLI_", "GRADLE_", "M2_", "MAVEN_", "NUGET_", "RUSTFLAGS", "RUSTUP_"];
    let Body::Env(pairs) = &instruction.body else { return false };
    pairs.iter().all(|pair| PREFIXES.iter().any(|prefix| pair.key.text.starts_with(prefix)))
}

/// The words of the only instruction that starts the program, and its step.
pub fn started<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a Step, Vec<String>)> {
    let command = start(analysis, stage, Keyword::Cmd);
    let entrypoint = start(analysis, stage, Keyword::Entrypoint);
    let step = match (entrypoint, command) {
        (Some(step), None) | (None, Some(step)) => step,
        _ => return None,
    };
    Some((step, exec_form::words(analysis.instruction(step))?))
}

/// True for an argument that may name a file, or that a shell should expand.
pub fn names_file(word: &str) -> bool {
    const ENDINGS: [&str; 9] =
        [".yaml", ".yml", ".json", ".toml", ".env", ".conf", ".html", ".sql", ".ini"];
    let value = word.rsplit('=').next().unwrap_or(word);
    value.contains(['$', '/']) || ENDINGS.iter().any(|ending| value.ends_with(ending))
}

/// The absolute path of a word in the folder of a step; `None` for one that is
/// not plain.
pub fn absolute(step: &Step, word: &str) -> Option<String> {
    let plain = !word.is_empty() && !word.contains(['$', '*', '?', '[', '{', '~']);
    plain.then(|| join(&step.scope.workdir, word))
}

/// The last of the commands that `builds` is true for, if nothing runs after
/// its RUN.
pub fn last_build<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
    builds: impl Fn(&RunCommand) -> bool,
) -> Option<(&'a Step, RunCommand)> {
    let commands = super::place::stage_commands(analysis, stage);
    let (step, command) = commands.into_iter().rfind(|(_, command)| builds(command))?;
    is_plain(analysis, stage, step).then_some((step, command))
}

/// True when the stage does what is understood, and nothing after the build.
pub fn is_plain(analysis: &Analysis<'_>, stage: &Stage, build: &Step) -> bool {
    stage.steps.iter().all(|step| {
        let before = step.instruction <= build.instruction;
        match &analysis.instruction(step).body {
            Body::Run(_) => before,
            // The program's own folder may come after it.
            Body::Workdir(path) => before || path.text.starts_with('/'),
            Body::Copy(_) | Body::Add(_) => before && step.operation.stages().next().is_none(),
            Body::Arg(_) => before,
            Body::Env(_) | Body::Label(_) | Body::Expose(_) | Body::Stopsignal(_) => true,
            Body::Cmd(_) | Body::Entrypoint(_) => !before,
            _ => false,
        }
    })
}

/// What of the configuration above the build moves or is repeated, and the
/// edits that take the former out; `is_for_build` tells an ENV of the toolchain.
pub fn configuration(
    analysis: &Analysis<'_>,
    stage: &Stage,
    build: &Step,
    is_for_build: fn(&Instruction) -> bool,
) -> (Vec<String>, Vec<Edit>) {
    let (mut lines, mut edits) = (Vec::new(), Vec::new());
    for step in stage.steps.iter().filter(|step| step.instruction < build.instruction) {
        let instruction = analysis.instruction(step);
        let text = || analysis.dockerfile.text(instruction.span).to_owned();
        match &instruction.body {
            Body::Env(_) if !is_for_build(instruction) => lines.push(text()),
            Body::Expose(_) | Body::Label(_) | Body::Stopsignal(_) => {
                lines.push(text());
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    (lines, edits)
}
