//! Builds in one stage and ships another.

use super::node::{self, Effect};
use super::place::{RunCommand, commands, is_configuration, official};
use super::{Edit, Recipe, Rewrite, apt, base};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction};

/// Splits a Node.js build: applies when the final stage installs dependencies,
/// builds, and starts from an official image. It must not apply where the stage
/// takes files from another one already, or does what is not understood outside
/// its working folder: that would not be shipped.
pub const RECIPE: Recipe = Recipe {
    id: "node-multi-stage",
    title: "Build in one stage, ship another",
    why: "Compilers, package caches and the layers that held them stay in the build stage; the image gets only what a runtime base needs.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A stage that can be cut in two.
pub struct Cut<'a> {
    /// The stage.
    pub stage: &'a Stage,
    /// Its index.
    pub index: usize,
    /// The step that the cut is after: the last one that builds.
    pub last: &'a Step,
    /// The name of the part that builds.
    pub name: String,
    /// The edit that gives it that name, where it has none.
    pub naming: Option<Edit>,
}

impl Cut<'_> {
    /// True where the stage starts from this image.
    fn is_on(&self, image: &str) -> bool {
        matches!(&self.stage.base, Base::Image(reference) if reference == image)
    }
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let cut = cut(analysis)?;
    let runtime = runtime_base(analysis, cut.stage)?;
    let workdir = &cut.last.scope.workdir;
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = vec![
        String::new(),
        format!("{} {runtime}", keyword("FROM")),
        format!("{} {workdir}", keyword("WORKDIR")),
    ];
    let mut edits: Vec<Edit> = cut.naming.iter().cloned().collect();
    for step in built(&cut) {
        let instruction = analysis.instruction(step);
        match carry(analysis, &cut, step)? {
            Carry::Leave => {}
            Carry::Repeat => lines.push(analysis.dockerfile.text(instruction.span).to_owned()),
            Carry::Move => {
                lines.push(analysis.dockerfile.text(instruction.span).to_owned());
                edits.push(analysis.remove(instruction));
            }
        }
    }
    lines.extend(probes(analysis, &cut, &runtime)?);
    lines.push(format!("{} --from={} {workdir} ./", keyword("COPY"), cut.name));
    edits.push(analysis.insert_after(analysis.instruction(cut.last), &lines));
    Some(Rewrite { edits, verify: Some(verify(analysis, &cut)), ..Rewrite::default() })
}

/// The stage to cut; `None` where it is not one of this kind.
pub fn cut<'a>(analysis: &'a Analysis<'_>) -> Option<Cut<'a>> {
    let (index, stage) = analysis.target()?;
    let Base::Image(_) = &stage.base else { return None };
    let takes_from_others = stage.steps.iter().any(|step| {
        let files =
            matches!(&step.operation, Operation::Copy(copy) if copy.origin != Origin::Context);
        files || step.operation.stages().next().is_some()
    });
    if takes_from_others || !node::has_node(analysis, index) {
        return None;
    }
    let (_, _, manager) = node::install(analysis, stage)?;
    if !node::has_modules(analysis, manager) {
        return None;
    }
    let builds = |step: &&Step| {
        let inside = |command: &RunCommand| {
            let shipped = ["chown", "chmod", "mkdir", "rm", "cp", "mv", "ln", "touch", "sed"];
            !shipped.contains(&command.name())
                && node::effect(command, &step.scope.workdir) == Effect::Inside
        };
        commands(analysis.instruction(step)).iter().any(inside)
    };
    let last = stage.steps.iter().rfind(builds)?;
    let after = stage.steps.iter().filter(|step| step.instruction > last.instruction);
    let fits = after.into_iter().all(|step| may_be_shipped(analysis, step))
        && last.scope.is_root()
        && last.scope.workdir != "/"
        && !node::outputs(analysis, index, &last.scope.workdir).is_empty();
    if !fits {
        return None;
    }
    let Body::From { name, .. } = &analysis.from(stage).body else { return None };
    let (name, naming) = match name {
        Some(name) => (analysis.dockerfile.text(name.span).to_owned(), None),
        None => {
            let text = format!(" {} build", analysis.keyword("AS"));
            ("build".to_owned(), Some(Edit::insert(analysis.from(stage).span.end, text)))
        }
    };
    Some(Cut { stage, index, last, name, naming })
}

/// The steps of the part that builds.
pub fn built<'a>(cut: &'a Cut<'a>) -> impl Iterator<Item = &'a Step> {
    cut.stage.steps.iter().take_while(|step| step.instruction <= cut.last.instruction)
}

/// What becomes of an instruction of the build in the part that is shipped.
pub enum Carry {
    /// It stays in the build alone.
    Leave,
    /// It stands in both parts.
    Repeat,
    /// It stands in the shipped part alone.
    Move,
}

/// What becomes of a step of the build; `None` where it is not understood.
pub fn carry(analysis: &Analysis<'_>, cut: &Cut<'_>, step: &Step) -> Option<Carry> {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Env(_) => Some(Carry::Repeat),
        // An ENV may name it.
        Body::Arg(_) => {
            let named = |other: &&Instruction| {
                let text = &other.arguments.text;
                matches!(other.body, Body::Env(_)) && text.contains('$')
            };
            let mut all = built(cut).map(|step| analysis.instruction(step));
            Some(if all.any(|other| named(&other)) { Carry::Repeat } else { Carry::Leave })
        }
        Body::Workdir(_) => Some(Carry::Leave),
        Body::Copy(_) | Body::Add(_) => {
            let Operation::Copy(copy) = &step.operation else { return None };
            let folder = cut.last.scope.workdir.trim_end_matches('/');
            let inside = copy.destination.strip_prefix(folder);
            let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            Some(if inside { Carry::Leave } else { Carry::Repeat })
        }
        Body::Run(_) => carry_run(analysis, cut, step),
        _ if is_configuration(instruction.keyword.value) => Some(Carry::Move),
        _ => None,
    }
}

fn carry_run(analysis: &Analysis<'_>, cut: &Cut<'_>, step: &Step) -> Option<Carry> {
    let effects = node::effects(analysis, step);
    let only =
        |wanted: Effect| effects.iter().all(|effect| [wanted, Effect::Inside].contains(effect));
    let alone = commands(analysis.instruction(step))
        .iter()
        .zip(&effects)
        .all(|(command, effect)| *effect != Effect::Inside || command.name() == "rm");
    if effects.contains(&Effect::Unknown) {
        return None;
    }
    let wanted = (effects.contains(&Effect::System) && installs_runtime_packages(analysis, step))
        || (effects.contains(&Effect::Program) && starts_program(analysis, cut, step));
    match (wanted, alone) {
        (false, _) => Some(Carry::Leave),
        (true, true) if only(Effect::System) || only(Effect::Program) => Some(Carry::Repeat),
        _ => None,
    }
}

/// True when the start command calls what the RUN installs beside the project.
fn starts_program(analysis: &Analysis<'_>, cut: &Cut<'_>, step: &Step) -> bool {
    let start = node::start_text(analysis, cut.stage);
    let called = |name: &str| {
        start.split(|c: char| c.is_whitespace() || "\"',[]&;/".contains(c)).any(|word| {
            word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
        })
    };
    commands(analysis.instruction(step)).iter().any(|command| match command.name() {
        "corepack" => called("pnpm") || called("yarn"),
        _ => command.operands(2).any(|name| {
            let name = name.split('@').find(|part| !part.is_empty()).unwrap_or(name);
            called(name.rsplit('/').next().unwrap_or(name))
        }),
    })
}

/// System packages that only builds need.
const BUILD_PACKAGES: [&str; 13] = [
    "python3",
    "python",
    "make",
    "g++",
    "gcc",
    "build-essential",
    "git",
    "build-base",
    "py3-pip",
    "node-gyp",
    "pkg-config",
    "py3-setuptools",
    "python-is-python3",
];

/// True when a RUN installs system packages that the running program may need.
fn installs_runtime_packages(analysis: &Analysis<'_>, step: &Step) -> bool {
    commands(analysis.instruction(step)).iter().any(|command| {
        let apk = command.starts_with(&["apk", "add"]);
        let packages = match apk {
            true => command.operands(2).collect(),
            false => apt::packages(command),
        };
        packages.iter().any(|package| !BUILD_PACKAGES.contains(package))
    })
}

/// True for a step below the build that the runtime base can run.
fn may_be_shipped(analysis: &Analysis<'_>, step: &Step) -> bool {
    const HARMLESS: [&str; 13] = [
        "mkdir", "chown", "chmod", "useradd", "groupadd", "adduser", "addgroup", "rm", "cp", "mv",
        "ln", "touch", "echo",
    ];
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Run(_) => {
            super::place::is_plain_list(instruction)
                && commands(instruction).iter().all(|command| HARMLESS.contains(&command.name()))
        }
        Body::Shell(_) | Body::Onbuild(_) | Body::Invalid => false,
        _ => true,
    }
}

/// The small variant of the same version; `None` where none is known.
pub fn runtime_base(analysis: &Analysis<'_>, stage: &Stage) -> Option<String> {
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { image, .. } = &analysis.from(stage).body else { return None };
    let written = analysis.dockerfile.text(image.span);
    let known = official(reference) == Some("node") || reference.starts_with("oven/bun");
    let small = ["alpine", "slim", "distroless"].iter().any(|word| reference.contains(word));
    match (known, small) {
        (false, _) => None,
        (true, true) => Some(written.to_owned()),
        (true, false) if written == reference => Some(base::slim_variant(reference)),
        // A build argument holds the version.
        (true, false) => written.ends_with('}').then(|| format!("{written}-slim")),
    }
}

/// Installs what a probe or start command calls, where the runtime base lacks it.
fn probes(analysis: &Analysis<'_>, cut: &Cut<'_>, runtime: &str) -> Option<Option<String>> {
    let is_configured = |step: &&Step| {
        let instruction = analysis.instruction(step);
        is_configuration(instruction.keyword.value) || step.instruction > cut.last.instruction
    };
    let kept: Vec<Step> = cut.stage.steps.iter().filter(is_configured).cloned().collect();
    let calls = base::calls_full_image(analysis, cut.stage, &kept);
    // Prisma's engine links OpenSSL, which the slim image has not.
    let prisma = runtime.contains("slim") && !cut.is_on(runtime) && node::uses_prisma(analysis);
    if analysis.catalog.image(runtime).libc == "musl" || !(calls || prisma) {
        return Some(None);
    }
    let text: String =
        kept.iter().map(|step| analysis.instruction(step).arguments.text.as_str()).collect();
    let mut missing: Vec<&str> =
        ["curl", "wget"].into_iter().filter(|name| text.contains(name)).collect();
    if prisma {
        missing.push("openssl");
    }
    let others = ["git", "gcc", "make", "unzip", "ssh", "gpg", "patch", "xz"];
    if missing.is_empty() || others.iter().any(|name| text.split(' ').any(|word| word == *name)) {
        return None;
    }
    missing.insert(0, "ca-certificates");
    Some(apt::install_run(analysis, &missing))
}

/// How to see that the image still starts: by what it starts, else by a build.
pub fn verify(analysis: &Analysis<'_>, cut: &Cut<'_>) -> String {
    let outputs = node::outputs(analysis, cut.index, &cut.last.scope.workdir);
    let workdir = cut.last.scope.workdir.trim_end_matches('/');
    let output = outputs.first().and_then(|output| output.strip_prefix(workdir));
    match output {
        Some("/dist") => node::loads(analysis),
        Some(output) => format!("docker build -t app . && docker run --rm app ls .{output}"),
        None => "docker build -t app . && docker run --rm app".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_working_folder_on_the_slim_variant() {
        let before = "FROM node:20-bullseye\nARG REV\nENV REV=$REV\nRUN apt-get update && apt-get install -y ffmpeg\nWORKDIR /app\nCOPY docker.sh /usr/local/bin/\nCOPY . .\nEXPOSE 3000\nRUN npm ci && npm run build\nUSER node\nCMD [\"node\", \"dist\"]\n";
        let expected = "FROM node:20-bullseye AS build\nARG REV\nENV REV=$REV\nRUN apt-get update && apt-get install -y ffmpeg\nWORKDIR /app\nCOPY docker.sh /usr/local/bin/\nCOPY . .\nRUN npm ci && npm run build\n\nFROM node:20-bullseye-slim\nWORKDIR /app\nARG REV\nENV REV=$REV\nRUN apt-get update && apt-get install -y ffmpeg\nCOPY docker.sh /usr/local/bin/\nEXPOSE 3000\nCOPY --from=build /app ./\nUSER node\nCMD [\"node\", \"dist\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn keeps_programs_that_are_started_and_adds_what_probes_call() {
        let before = "FROM node:20 AS web\nWORKDIR /app\nRUN npm i -g pm2\nCOPY . .\nRUN npm ci\nRUN npm run build\nHEALTHCHECK CMD curl -f localhost\nCMD pm2-runtime dist/index.js\n";
        let expected = "FROM node:20 AS web\nWORKDIR /app\nRUN npm i -g pm2\nCOPY . .\nRUN npm ci\nRUN npm run build\n\nFROM node:20-slim\nWORKDIR /app\nRUN npm i -g pm2\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*\nCOPY --from=web /app ./\nHEALTHCHECK CMD curl -f localhost\nCMD pm2-runtime dist/index.js\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn prisma_gets_the_library_that_slim_lacks() {
        let text = |image: &str| {
            format!(
                "FROM {image}\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx prisma generate && npm run build\nCMD [\"node\", \"dist/a.js\"]\n"
            )
        };
        let installs = |image: &str| {
            let after = after(&RECIPE, &text(image)).expect("it applies");
            after.contains("RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates openssl")
        };
        assert!(installs("node:20") && !installs("node:20-slim") && !installs("node:20-alpine"));
    }

    #[test]
    fn splits_bun_and_versions_from_arguments() {
        let before = "FROM oven/bun:1\nWORKDIR /app\nCOPY . .\nRUN bun install && bun run build\nCMD [\"bun\", \"dist/index.js\"]\n";
        assert!(after(&RECIPE, before).is_some_and(|text| text.contains("FROM oven/bun:1-slim\n")));
        let before = "ARG V=20\nFROM node:${V}\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist\"]\n";
        assert!(after(&RECIPE, before).is_some_and(|text| text.contains("FROM node:${V}-slim\n")));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD node index.js\n",
            "FROM corp/node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n",
            "FROM node:20\nWORKDIR /app\nUSER node\nCOPY . .\nRUN npm ci && npm run build\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN wget -O /usr/bin/x https://x/y\nRUN npm ci && npm run build\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN (npm ci; npm run build)\n",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nRUN git describe > rev\n",
            "FROM node:20\nCOPY . .\nRUN npm ci && npm run build\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
