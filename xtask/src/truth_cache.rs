//! `cargo xtask truth cache`: builds the pairs of `tests/truth/cache` with a
//! real engine and stores what it does with each step of the second build.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use dockerfile_playground::graph::{Base, Graph, ImageConfig, Request, Stage};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::syntax::Dockerfile;
use lexopt::prelude::*;

use crate::engine::Engine;
use crate::http::{self, Response};
use crate::steps::step;
use crate::{Outcome, paths, steps};
use pair::Pair;

#[path = "../../tests/truth/pair.rs"]
mod pair;

/// Where the pairs' URLs lead.
const SERVER: &str = "127.0.0.1:8977";
/// The two images that the pairs build on.
const BASES: [&str; 2] = ["base:1", "base:2"];

/// Runs the command: all pairs, or those named.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut wanted = BTreeSet::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => drop(wanted.insert(name.string()?)),
            _ => return Err(argument.unexpected().into()),
        }
    }
    if !Engine::is_available() {
        println!("no Docker engine here: what is stored stays as it is");
        return Ok(Outcome::Done);
    }
    let folder = paths::root().join("tests/truth/cache");
    let pairs = pair::read_all(&folder)?.into_iter();
    let pairs = pairs.filter(|pair| pair.source.is_none());
    let pairs = pairs.filter(|pair| wanted.is_empty() || wanted.contains(&pair.name));
    let laboratory = Laboratory::open()?;
    let mut failed = 0;
    for pair in pairs {
        let done = step(&format!("Building {}", pair.name), || {
            let steps = laboratory.steps(&pair)?;
            for step in steps.iter().filter(|step| !is_stored(&pair, step)) {
                println!("{}: {step}", pair.name);
            }
            store(&folder.join(format!("{}.txt", pair.name)), &steps)
        });
        if let Err(error) = done {
            eprintln!("{}", steps::explain(&error));
            failed += 1;
        }
    }
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Failed(1) })
}

fn is_stored(pair: &Pair, step: &str) -> bool {
    pair.steps.iter().any(|stored| stored.to_string() == step)
}

/// Puts the steps in the place of those that the file has.
fn store(file: &Path, steps: &[String]) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let pair = text.split("\n== steps\n").next().unwrap_or_default().trim_end();
    fs::write(file, format!("{pair}\n\n== steps\n{}\n", steps.join("\n")))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// An engine with the bases, a server for the URLs, and a folder to work in.
struct Laboratory {
    engine: Engine,
    folder: PathBuf,
    root: PathBuf,
    /// URLs whose content is another one now.
    moved: Arc<Mutex<BTreeSet<String>>>,
}

impl Laboratory {
    fn open() -> Result<Self> {
        let folder = paths::target().join("xtask/pairs");
        let engine = Engine::start(&paths::target().join("xtask/engine"))?;
        let root = folder.join("root");
        lay_root(&folder, &root)?;
        let laboratory = Self { engine, folder, root, moved: Arc::default() };
        for base in BASES {
            laboratory.import(base, "")?;
        }
        laboratory.serve()?;
        Ok(laboratory)
    }

    /// Imports a base image; `edition` tells its digests apart.
    fn import(&self, base: &str, edition: &str) -> Result<()> {
        fs::write(self.root.join("etc/release"), format!("{base}{edition}\n"))?;
        let tar = self.folder.join("base.tar");
        let mut command = Command::new("tar");
        command.arg("-C").arg(&self.root).arg("-cf").arg(&tar).arg(".");
        steps::run(&mut command, "see tar's message")?;
        self.engine.import(&tar, base, &["ENV PATH=/bin:/usr/bin".to_owned()])
    }

    fn serve(&self) -> Result<()> {
        let listener =
            TcpListener::bind(SERVER).with_context(|| format!("cannot serve {SERVER}"))?;
        let moved = Arc::clone(&self.moved);
        http::serve(listener, move |path| {
            let url = format!("http://{SERVER}{path}");
            let moved = moved.lock().is_ok_and(|moved| moved.contains(&url));
            let text = if moved { "web\nmoved\n" } else { "web\n" };
            Response { status: 200, headers: Vec::new(), body: text.into() }
        });
        Ok(())
    }

    /// What the engine does with the steps of the second build, a line each.
    fn steps(&self, pair: &Pair) -> Result<Vec<String>> {
        let context = self.folder.join("context");
        let _ = fs::remove_dir_all(&context);
        fs::create_dir_all(&context)?;
        for file in &pair.context {
            write(&context.join(&file.path), &format!("{}\n", file.content))?;
            let mode = if file.executable { 0o755 } else { 0o644 };
            fs::set_permissions(context.join(&file.path), Permissions::from_mode(mode))?;
        }
        self.engine.prune()?;
        self.moved.lock().map_err(|_| anyhow::anyhow!("the server stopped"))?.clear();
        let mut arguments: Map<String, String> = pair.build_args.iter().cloned().collect();
        let ignore = pair.dockerignore.as_deref();
        self.build(pair, &pair.dockerfile, ignore, &arguments)?;
        for change in &pair.changes {
            self.change(&context, change, &mut arguments)?;
        }
        let dockerfile = pair.dockerfile_after.as_deref().unwrap_or(&pair.dockerfile);
        let ignore = pair.dockerignore_after.as_deref().or(ignore);
        let progress = self.build(pair, dockerfile, ignore, &arguments)?;
        for base in pair.changes.iter().filter_map(|change| change.strip_prefix("base:")) {
            self.import(base, "")?;
        }
        read(pair, dockerfile, &arguments, &Progress::read(&progress))
    }

    /// The texts lie beside the context, unless it lists a Dockerfile.
    fn build(
        &self,
        pair: &Pair,
        dockerfile: &str,
        ignore: Option<&str>,
        arguments: &Map<String, String>,
    ) -> Result<String> {
        let (context, file) = (self.folder.join("context"), self.folder.join("Dockerfile"));
        fs::write(&file, dockerfile)?;
        if context.join("Dockerfile").exists() {
            fs::write(context.join("Dockerfile"), dockerfile)?;
        }
        fs::write(self.folder.join("Dockerfile.dockerignore"), ignore.unwrap_or_default())?;
        let mut command = self.engine.client();
        command.args(["build", "--progress=plain", "--network=none", "--file"]).arg(&file);
        for (name, value) in arguments {
            command.arg("--build-arg").arg(format!("{name}={value}"));
        }
        if let Some(target) = &pair.target {
            command.args(["--target", target]);
        }
        let output = command.arg(&context).output()?;
        let progress = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("the build failed:\n{progress}");
        }
        Ok(progress)
    }

    fn change(
        &self,
        context: &Path,
        change: &str,
        arguments: &mut Map<String, String>,
    ) -> Result<()> {
        let (kind, value) = change.split_once(':').context("a change is KIND:VALUE")?;
        let path = context.join(value);
        match kind {
            "edit" => {
                for file in paths::files(&[path]) {
                    let text = fs::read_to_string(&file)?;
                    fs::write(&file, text + "edited\n")?;
                }
            }
            "touch" => {
                let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
                fs::File::open(&path)?.set_modified(past)?;
            }
            "chmod" => {
                let mode = fs::metadata(&path)?.permissions().mode();
                let other = if path.is_dir() { 0o700 } else { mode ^ 0o111 };
                fs::set_permissions(&path, Permissions::from_mode(other))?;
            }
            "add" => write(&path, "new\n")?,
            "delete" if path.is_dir() => fs::remove_dir_all(&path)?,
            "delete" => fs::remove_file(&path)?,
            "rename" => {
                let (old, new) = value.split_once('=').context("rename:OLD=NEW")?;
                fs::create_dir_all(context.join(new).parent().context("no folder")?)?;
                fs::rename(context.join(old), context.join(new))?;
            }
            "arg" => {
                let (name, value) = value.split_once('=').context("arg:NAME=VALUE")?;
                arguments.insert(name.to_owned(), value.to_owned());
            }
            "base" => self.import(value, " moved")?,
            "url" => {
                let moved = self.moved.lock();
                moved.map_err(|_| anyhow::anyhow!("the server stopped"))?.insert(value.to_owned());
            }
            _ => bail!("{change}: no such kind of change"),
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A root with busybox and two users.
fn lay_root(folder: &Path, root: &Path) -> Result<()> {
    if root.join("bin/busybox").exists() {
        return Ok(());
    }
    fs::create_dir_all(root.join("bin"))?;
    for name in ["dev", "etc", "proc", "root", "sys", "tmp", "usr/bin", "var"] {
        fs::create_dir_all(root.join(name))?;
    }
    fs::write(
        root.join("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n",
    )?;
    fs::write(root.join("etc/group"), "root:x:0:\napp:x:1000:\n")?;
    let fix = "apt-get update, for the package busybox-static";
    steps::run(
        Command::new("apt-get").args(["download", "busybox-static"]).current_dir(folder),
        fix,
    )?;
    let files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let package = files
        .into_iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .context("apt-get downloaded no package")?;
    let unpacked = folder.join("unpacked");
    steps::run(Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked), "see its message")?;
    fs::copy(unpacked.join("bin/busybox"), root.join("bin/busybox"))?;
    let mut install = Command::new(root.join("bin/busybox"));
    let names = steps::output(install.arg("--list"), "see its message")?;
    for name in names.lines().filter(|name| *name != "busybox") {
        std::os::unix::fs::symlink("busybox", root.join("bin").join(name))?;
    }
    Ok(())
}

/// The steps that the engine named (`build 2/3`), and whether it says CACHED.
struct Progress {
    steps: Vec<PrintedStep>,
}

struct PrintedStep {
    /// The stage; empty where there is only one.
    stage: String,
    /// The step's number in its stage.
    number: usize,
    text: String,
    cached: bool,
}

impl Progress {
    /// Reads lines like `#7 [build 2/3] RUN make` and `#7 CACHED`.
    fn read(text: &str) -> Self {
        let mut steps: BTreeMap<&str, PrintedStep> = BTreeMap::new();
        for line in text.lines() {
            let Some((vertex, rest)) = line.split_once(' ') else { continue };
            match steps.get_mut(vertex) {
                Some(step) => step.cached |= rest == "CACHED",
                None => drop(printed(rest).map(|step| steps.insert(vertex, step))),
            }
        }
        Self { steps: steps.into_values().collect() }
    }

    /// `cached` or `run`; `None` for what was not printed.
    fn status(&self, stages: &[&str], number: usize, text: &str) -> Option<&'static str> {
        let is_it = |step: &&PrintedStep| step.number == number && stages.contains(&&*step.stage);
        // Two stages may share a step; it is printed once.
        let shared = |step: &&PrintedStep| step.text == text;
        let found = self.steps.iter().find(is_it).or_else(|| self.steps.iter().find(shared));
        found.map(|step| if step.cached { "cached" } else { "run" })
    }
}

/// `[build 2/3] RUN make`
fn printed(text: &str) -> Option<PrintedStep> {
    let (place, text) = text.strip_prefix('[')?.split_once("] ")?;
    let (stage, place) = place.rsplit_once(' ').unwrap_or(("", place));
    let number = place.split_once('/')?.0.parse().ok()?;
    Some(PrintedStep { stage: stage.to_owned(), number, text: words(text), cached: false })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line for each step of the Dockerfile that the engine shows as one.
fn read(
    pair: &Pair,
    text: &str,
    arguments: &Map<String, String>,
    progress: &Progress,
) -> Result<Vec<String>> {
    let dockerfile = Dockerfile::parse(text);
    let request = Request { build_args: arguments, target: pair.target.as_deref() };
    let graph = Graph::new(&dockerfile, request, &|_| ImageConfig::default());
    let mut lines = Vec::new();
    for (index, stage) in graph.stages.iter().enumerate() {
        // FROM is the first step of a stage that starts from an image.
        let first = if matches!(stage.base, Base::Image(_)) { 2 } else { 1 };
        let shown = stage.steps.iter().filter(|step| step.operation.makes_layer());
        for (number, step) in (first..).zip(shown) {
            let instruction = &dockerfile.instructions[step.instruction];
            let text = dockerfile.one_line(instruction);
            let status = match stage.needed {
                false => "unneeded",
                true => progress
                    .status(&labels(&graph, index, stage).each_ref().map(|l| &**l), number, &text)
                    .with_context(|| format!("the engine printed nothing of {text}"))?,
            };
            let line = dockerfile.line(instruction.span.start);
            lines.push(format!("{index} {line} {status} {text}"));
        }
    }
    Ok(lines)
}

/// What the engine calls a stage: nothing where it is the only one.
fn labels(graph: &Graph, index: usize, stage: &Stage) -> [String; 2] {
    let label = stage.name.clone().unwrap_or_else(|| format!("stage-{index}"));
    let alone = if graph.stages.len() == 1 { String::new() } else { label.clone() };
    [label, alone]
}
