//! Gives secrets to the RUNs that need them, and to nothing else.

use super::place::{RunCommand, commands, is_readable, mentions};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Stage};
use crate::report::Applicability;
use crate::rules::is_secret;
use crate::syntax::{Body, Instruction};

/// Applies to an ARG or ENV whose name says that it is a secret and that only
/// RUNs use: those that name it, or else those that install packages from a
/// registry. It must not apply where another instruction needs the value. What
/// the value is is never shown.
pub const RECIPE: Recipe = Recipe {
    id: "secret-argument",
    title: "Mount secrets instead of passing them as ARG or ENV",
    why: "Whoever has the image reads an ARG in its history and an ENV in its configuration. A secret mount sets the variable while one RUN runs and is stored nowhere. The build must then be given the secret with --secret, and a program that reads the ENV needs it from docker run; a secret that was in a Dockerfile or an image is to be replaced by a new one.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (mut edits, mut names) = (Vec::new(), Vec::new());
    let stages = analysis.graph.stages.iter().enumerate();
    for (index, stage) in stages.filter(|(_, stage)| is_readable(stage)) {
        for at in 0..stage.steps.len() {
            let name = secret(analysis.instruction(&stage.steps[at]));
            let Some(name) = name.filter(|name| !inherits(analysis, index, name)) else { continue };
            let Some(moved) = mounted(analysis, stage, at, name) else { continue };
            // ARG and ENV of one name are found twice.
            edits
                .extend(moved.into_iter().filter(|edit| !edits.contains(edit)).collect::<Vec<_>>());
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let given: String =
        names.iter().map(|name| format!("--secret id={name},env={name} ")).collect();
    let verify = Some(format!(
        "docker build {given}. && docker history --no-trunc IMAGE  # shows no secret"
    ));
    Rewrite::of(edits, verify)
}

/// The name of the secret that an instruction sets and nothing else.
fn secret(instruction: &Instruction) -> Option<&str> {
    let name = match &instruction.body {
        Body::Arg(declarations) => match &declarations[..] {
            [declaration] => &declaration.name.text,
            _ => return None,
        },
        Body::Env(pairs) => match &pairs[..] {
            [pair] => &pair.key.text,
            _ => return None,
        },
        _ => return None,
    };
    is_secret(name).then_some(name)
}

/// True when a stage that is built on this one mentions the variable, too.
fn inherits(analysis: &Analysis<'_>, index: usize, name: &str) -> bool {
    let stages = analysis.graph.stages.iter().filter(|stage| stage.base == Base::Stage(index));
    stages
        .flat_map(|stage| &stage.steps)
        .any(|step| mentions(analysis.dockerfile.text(analysis.instruction(step).span), name))
}

/// Takes the variable from the stage and mounts it where it is used.
fn mounted(analysis: &Analysis<'_>, stage: &Stage, at: usize, name: &str) -> Option<Vec<Edit>> {
    let mut edits = vec![analysis.remove(analysis.instruction(&stage.steps[at]))];
    let (mut naming, mut installing) = (Vec::new(), Vec::new());
    for step in stage.steps.iter().skip(at + 1) {
        let instruction = analysis.instruction(step);
        if secret(instruction) == Some(name) {
            edits.push(analysis.remove(instruction));
        } else if mentions(analysis.dockerfile.text(instruction.span), name) {
            matches!(step.operation, Operation::Run(_)).then(|| naming.push(instruction))?;
        } else if commands(instruction).iter().any(installs) {
            installing.push(instruction);
        }
    }
    let using = if naming.is_empty() { installing } else { naming };
    let mount = format!(" --mount=type=secret,id={name},env={name}");
    edits.extend(using.iter().map(|run| Edit::insert(run.keyword.span.end, &*mount)));
    (!using.is_empty()).then_some(edits)
}

/// True for a command that asks a registry for the packages of a project.
pub fn installs(command: &RunCommand) -> bool {
    const VERBS: [&str; 9] =
        ["add", "build", "ci", "fetch", "i", "install", "package", "restore", "sync"];
    let verb = command.operands(1).next();
    is_package_manager(command) && verb.is_none_or(|verb| VERBS.contains(&verb))
}

/// True for a command of a program that manages a project's packages.
pub fn is_package_manager(command: &RunCommand) -> bool {
    const TOOLS: [&str; 14] = [
        "bundle", "bun", "cargo", "composer", "dotnet", "gradle", "mvn", "npm", "pip", "pip3",
        "pnpm", "poetry", "uv", "yarn",
    ];
    TOOLS.contains(&command.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn mounts_it_where_it_is_used() {
        for (before, expected) in [
            (
                "ARG NPM_TOKEN\nRUN npm ci\nRUN npm run lint",
                "RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\nRUN npm run lint",
            ),
            (
                "# for the registry\nARG TOKEN\nENV TOKEN=${TOKEN}\nRUN npm ci\nrun curl -H \"a: $TOKEN\" b",
                "RUN npm ci\nrun --mount=type=secret,id=TOKEN,env=TOKEN curl -H \"a: $TOKEN\" b",
            ),
            (
                "ENV DB_PASSWORD=hunter2\nRUN ./migrate --password \"$DB_PASSWORD\"",
                "RUN --mount=type=secret,id=DB_PASSWORD,env=DB_PASSWORD ./migrate --password \"$DB_PASSWORD\"",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM node:22\n{before}\n"));
            assert_eq!(result, Some(format!("FROM node:22\n{expected}\n")));
        }
    }

    #[test]
    fn never_shows_the_value() {
        let project =
            crate::recipes::testing::project("FROM a\nENV API_KEY=hunter2\nRUN b $API_KEY\n");
        let rewrite = rewrite(&Analysis::new(&project)).unwrap();
        assert!(!format!("{rewrite:?}{}", RECIPE.why).contains("hunter2"));
        assert!(rewrite.verify.unwrap().contains("--secret id=API_KEY,env=API_KEY"));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "ARG VERSION\nRUN npm ci",
            "ARG TOKEN\nENV A=$TOKEN\nRUN npm ci",
            "ARG TOKEN\nRUN npm ci\nCMD a $TOKEN",
            "ENV DB_PASSWORD=a\nRUN make",
            "ARG TOKEN A\nRUN npm ci",
            "RUN --mount=type=secret,id=TOKEN,env=TOKEN npm ci",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM node:22\n{text}\n")), None, "{text}");
        }
    }
}
