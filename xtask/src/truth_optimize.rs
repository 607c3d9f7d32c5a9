//! `cargo xtask truth optimize`: builds and runs the projects of
//! `tests/truth/optimize`, as they are and as the optimizer makes them, and
//! stores what their images weigh.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use dockerfile_playground::graph::Base;
use dockerfile_playground::syntax::Dockerfile;
use dockerfile_playground::{Project, analyze};
use lexopt::prelude::*;

use crate::engine::{Build, Engine};
use crate::steps::step;
use crate::truth::{Case, keyword};
use crate::{Outcome, bases, context, paths, steps};

#[path = "../../tests/truth/example.rs"]
mod example;
use example::{Example, Side};

const HEADER: &str = "example\tversion\tline\tinstruction\tbytes\tdate\tengine";
/// A server that has not answered by then does not work.
const ANSWERS_WITHIN: Duration = Duration::from_secs(40);

/// Runs the command: all examples, or those named.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut wanted = BTreeSet::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => wanted.insert(name.string()?),
            _ => return Err(argument.unexpected().into()),
        };
    }
    if !Engine::is_available() {
        println!("no Docker engine here: the stored measurements stay as they are");
        return Ok(Outcome::Done);
    }
    let engine = Engine::start(&own("engine"))?;
    let mut failed = 0;
    for example in example::read_all(&folder())? {
        if !wanted.is_empty() && !wanted.contains(&example.name) {
            continue;
        }
        println!("{}", example.settings.about);
        let measured = step(&format!("Building {}", example.name), || measure(&engine, &example));
        match measured {
            Ok(rows) => store(&example.name, &rows)?,
            Err(error) => {
                eprintln!("{}", steps::explain(&error));
                failed += 1;
            }
        }
    }
    let _ = fs::remove_dir_all(own("context"));
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Failed(1) })
}

fn folder() -> PathBuf {
    paths::root().join("tests/truth/optimize")
}

/// A folder of this process alone.
fn own(name: &str) -> PathBuf {
    paths::target().join(format!("xtask/{name}-optimize-{}", std::process::id()))
}

/// Builds, runs and measures both versions.
fn measure(engine: &Engine, example: &Example) -> Result<Vec<String>> {
    let context = own("context");
    context::lay(&example.folder, &context)?;
    let before = example.project(Side::Before)?;
    let mut rows = Vec::new();
    for side in Side::ALL {
        let project = match side {
            Side::Before => before.clone(),
            Side::After => optimized(&before),
        };
        if side == Side::After {
            let [dockerfile, dockerignore] = side.files();
            fs::write(example.folder.join(dockerfile), &project.dockerfile)?;
            fs::write(example.folder.join(dockerignore), &project.dockerignore)?;
        }
        fs::write(context.join("Dockerfile"), with_own_frontend(&project.dockerfile))?;
        fs::write(context.join(".dockerignore"), &project.dockerignore)?;
        rows.extend(
            measure_side(engine, example, side, &project.dockerfile, &context)
                .with_context(|| format!("{} {}", example.name, side.name()))?,
        );
    }
    Ok(rows)
}

fn optimized(project: &Project) -> Project {
    let report = analyze(project);
    Project {
        dockerfile: report.optimized.dockerfile,
        dockerignore: report.optimized.dockerignore,
        ..project.clone()
    }
}

/// The text without the line that names a frontend: there is no registry to
/// fetch it from, and the engine's own knows cache mounts. Lines keep their
/// numbers.
fn with_own_frontend(dockerfile: &str) -> String {
    let parsed = Dockerfile::parse(dockerfile);
    let named = parsed.directives.iter().find(|directive| directive.name == "syntax");
    let mut text = dockerfile.to_owned();
    if let Some(directive) = named {
        text.insert_str(directive.span.start as usize, "# not fetched: ");
    }
    text
}

/// The rows of one version: its base, and each instruction that stores files.
fn measure_side(
    engine: &Engine,
    example: &Example,
    side: Side,
    dockerfile: &str,
    context: &Path,
) -> Result<Vec<String>> {
    let case = Case::new(&example.name, &example.folder, dockerfile);
    let graph = case.graph();
    let bases = case.bases();
    for base in &bases {
        bases::provide(engine, base)?;
    }
    let tag = format!("example-{}-{}", example.name, side.name());
    let build = Build { context: context.to_owned(), tag: tag.clone(), ..Build::default() };
    engine.build(&build)?;
    run(engine, example, &tag)?;
    let target = graph.target.context("no stage")?;
    let instructions = case.instructions(&graph, target);
    let layers = engine.layers(&tag)?;
    let made: Vec<_> = layers.iter().filter(|layer| keyword(&layer.created_by).is_some()).collect();
    if made.len() != instructions.len() {
        bail!("{} instructions made {} layers", instructions.len(), made.len());
    }
    let date = steps::output(Command::new("date").arg("+%F"), "install coreutils")?;
    let engine_version = engine.version()?;
    let row = |line: u32, instruction: &str, bytes: u64| {
        let (name, side, date) = (&example.name, side.name(), date.trim());
        format!("{name}\t{side}\t{line}\t{instruction}\t{bytes}\t{date}\tdocker {engine_version}")
    };
    let mut lowest = target;
    while let Base::Stage(below) = graph.stages[lowest].base {
        lowest = below;
    }
    let from = graph.stages[lowest].instruction;
    let base = match &graph.stages[lowest].base {
        Base::Image(reference) => engine.size(reference)?,
        _ => 0,
    };
    let mut rows = vec![row(case.line(from), "FROM", base)];
    for (index, layer) in instructions.into_iter().zip(made) {
        let name = case.dockerfile.instructions[index].keyword.value.name();
        rows.push(row(case.line(index), name, layer.bytes));
    }
    engine.remove(&tag)?;
    for base in &bases {
        engine.remove(base)?;
    }
    Ok(rows)
}

/// Starts the image as it is and hears what it says.
fn run(engine: &Engine, example: &Example, tag: &str) -> Result<()> {
    let said = match example.settings.port {
        None => text_of(engine.client().args(["run", "--rm", "--network=host", tag]))?,
        Some(port) => {
            let started =
                text_of(engine.client().args(["run", "--detach", "--network=host", tag]))?;
            let container = started.trim();
            let answer = ask(port);
            let logs = text_of(engine.client().args(["logs", container]))?;
            text_of(engine.client().args(["rm", "--force", container]))?;
            answer.with_context(|| format!("no answer; the container said: {logs}"))?
        }
    };
    if !said.contains(&example.settings.says) {
        bail!("it says {said:?}, and not {:?}", example.settings.says);
    }
    Ok(())
}

/// What a command prints, on both ways.
fn text_of(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{:?} ended with {}: {text}", command.get_args(), output.status);
    }
    Ok(text)
}

/// The answer to `GET /`, as soon as there is one.
fn ask(port: u16) -> Result<String> {
    let deadline = Instant::now() + ANSWERS_WITHIN;
    loop {
        match ask_once(port) {
            Ok(answer) if answer.contains("\r\n\r\n") => return Ok(answer),
            Ok(answer) if Instant::now() > deadline => bail!("half an answer: {answer:?}"),
            Err(error) if Instant::now() > deadline => return Err(error.into()),
            _ => std::thread::sleep(Duration::from_millis(300)),
        }
    }
}

fn ask_once(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Puts the example's rows in the place of its old ones.
fn store(name: &str, rows: &[String]) -> Result<()> {
    let path = folder().join("images.tsv");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let others = old.lines().skip(1).filter(|row| row.split('\t').next() != Some(name));
    let mut all: Vec<&str> = others.chain(rows.iter().map(|row| &**row)).collect();
    // Stable: the rows of an example stay in their order.
    all.sort_by_key(|row| row.split('\t').next());
    fs::write(&path, format!("{HEADER}\n{}\n", all.join("\n")))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontend_is_not_fetched() {
        for (before, after) in [
            ("FROM a\n", "FROM a\n"),
            ("# syntax=b\nFROM a\n", "# not fetched: # syntax=b\nFROM a\n"),
            (
                "# escape=`\n#syntax = b\nFROM a\n",
                "# escape=`\n# not fetched: #syntax = b\nFROM a\n",
            ),
        ] {
            assert_eq!(with_own_frontend(before), after);
            assert!(!Dockerfile::parse(after).directives.iter().any(|one| one.name == "syntax"));
        }
    }
}
