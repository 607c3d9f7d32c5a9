//! `cargo xtask truth`: builds the cases of `tests/truth` with a real engine
//! and stores what their layers weigh.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use dockerfile_playground::graph::{Base, Graph, ImageConfig, Request};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::syntax::Dockerfile;
use lexopt::prelude::*;

use crate::engine::{Build, Engine, Layer};
use crate::steps::step;
use crate::{Outcome, bases, context, paths, steps, truth_cache, truth_optimize};

const HEADER: &str = "case\tline\tinstruction\tkind\tbytes\tfiles\tgzip\tdate\tengine";

/// Runs the command: all cases, or those named.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut wanted = BTreeSet::new();
    let mut listing = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) if name == "cache" && wanted.is_empty() => {
                return truth_cache::command(arguments);
            }
            Value(name) if name == "optimize" && wanted.is_empty() => {
                return truth_optimize::command(arguments);
            }
            Long("listing") => listing = Some(PathBuf::from(arguments.value()?)),
            Value(name) => {
                wanted.insert(name.string()?);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    if !Engine::is_available() {
        println!("no Docker engine here: the stored measurements stay as they are");
        return Ok(Outcome::Done);
    }
    let cases: Vec<Case> = Case::all()?
        .into_iter()
        .filter(|case| wanted.is_empty() || wanted.contains(&case.name))
        .collect();
    let engine = Engine::start(&paths::target().join("xtask/engine"))?;
    let mut failed = 0;
    let mut provided = BTreeSet::new();
    for case in &cases {
        let measured = step(&format!("Measuring {}", case.name), || {
            for base in case.bases() {
                if !provided.contains(&base) {
                    bases::provide(&engine, &base)?;
                    provided.insert(base);
                }
            }
            case.measure(&engine, listing.as_deref())
        });
        match measured {
            Ok(rows) => store(&case.name, &rows)?,
            Err(error) => {
                eprintln!("{}", steps::explain(&error));
                failed += 1;
            }
        }
    }
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Failed(1) })
}

fn folder() -> PathBuf {
    paths::root().join("tests/truth")
}

/// A Dockerfile whose stages are all built, with its context.
pub struct Case {
    name: String,
    folder: PathBuf,
    /// Its Dockerfile.
    pub dockerfile: Dockerfile,
}

/// What is stored of a layer: everything but its case.
type Row = String;

impl Case {
    fn all() -> Result<Vec<Self>> {
        let mut cases = Vec::new();
        for entry in fs::read_dir(folder().join("cases"))? {
            let folder = entry?.path();
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(folder.join("Dockerfile"))
                .with_context(|| format!("{name} has no Dockerfile"))?;
            cases.push(Self::new(&name, &folder, &text));
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }
}

impl Case {
    /// The case of a Dockerfile's text; `folder` describes its context.
    pub fn new(name: &str, folder: &Path, dockerfile: &str) -> Self {
        let dockerfile = Dockerfile::parse(dockerfile);
        Self { name: name.to_owned(), folder: folder.to_owned(), dockerfile }
    }

    /// Its stages.
    pub fn graph(&self) -> Graph {
        let request = Request { build_args: &Map::new(), target: None };
        Graph::new(&self.dockerfile, request, &|_| ImageConfig::default())
    }

    /// The images that its stages start from.
    pub fn bases(&self) -> BTreeSet<String> {
        let stages = self.graph().stages.into_iter();
        let images = stages.filter_map(|stage| match stage.base {
            Base::Image(reference) => Some(reference),
            _ => None,
        });
        images.collect()
    }

    /// Builds every stage and reads the layers that its instructions made.
    fn measure(&self, engine: &Engine, listing: Option<&Path>) -> Result<Vec<Row>> {
        let context = paths::target().join("xtask/context");
        context::lay(&self.folder, &context)?;
        let graph = self.graph();
        let mut rows = BTreeMap::new();
        for (index, stage) in graph.stages.iter().enumerate() {
            let tag = format!("truth-{}-{index}", self.name);
            let build = Build {
                context: context.clone(),
                tag: tag.clone(),
                target: Some(stage.name.clone().unwrap_or_else(|| index.to_string())),
                ..Build::default()
            };
            engine.build(&build)?;
            let layers = engine.layers(&tag)?;
            let stored = layers.iter().filter(|layer| keyword(&layer.created_by).is_some());
            let made: Vec<&Layer> = stored.collect();
            let instructions = self.instructions(&graph, index);
            if made.len() != instructions.len() {
                bail!("{} instructions made {} layers", instructions.len(), made.len());
            }
            for (instruction, layer) in instructions.into_iter().zip(made) {
                let line = self.line(instruction);
                rows.insert(line, self.row(engine, instruction, layer)?);
                if let Some(folder) = listing {
                    list(&folder.join(format!("{}-{line}.tsv", self.name)), layer)?;
                }
            }
        }
        for index in 0..graph.stages.len() {
            engine.remove(&format!("truth-{}-{index}", self.name))?;
        }
        Ok(rows.into_values().flatten().collect())
    }

    /// Indexes of the instructions that make a stage's layers, its base stages'
    /// first.
    pub fn instructions(&self, graph: &Graph, stage: usize) -> Vec<usize> {
        let stage = &graph.stages[stage];
        let mut all = match stage.base {
            Base::Stage(below) => self.instructions(graph, below),
            _ => Vec::new(),
        };
        let own = stage.steps.iter().map(|step| step.instruction);
        all.extend(own.filter(|index| {
            keyword(self.dockerfile.instructions[*index].keyword.value.name()).is_some()
        }));
        all
    }

    /// The first line of an instruction.
    pub fn line(&self, instruction: usize) -> u32 {
        self.dockerfile.line(self.dockerfile.instructions[instruction].span.start)
    }

    /// The table's row; `None` for a WORKDIR, which stores no file.
    fn row(&self, engine: &Engine, index: usize, layer: &Layer) -> Result<Option<Row>> {
        let instruction = &self.dockerfile.instructions[index];
        let name = instruction.keyword.value.name();
        let Some(kind) = kind(name, self.dockerfile.text(instruction.span)) else {
            return Ok(None);
        };
        let date = steps::output(Command::new("date").arg("+%F"), "install coreutils")?;
        Ok(Some(format!(
            "{}\t{}\t{name}\t{kind}\t{}\t{}\t{}\t{}\tdocker {}",
            self.name,
            self.line(index),
            layer.bytes,
            layer.files,
            layer.gzip,
            date.trim(),
            engine.version()?,
        )))
    }
}

/// The instruction of a step that makes a layer, from its text.
pub fn keyword(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    ["RUN", "COPY", "ADD", "WORKDIR"].contains(&word).then_some(word)
}

/// What kind of layer an instruction makes: the tool that brings most of it.
fn kind(instruction: &str, text: &str) -> Option<&'static str> {
    let has = |word: &str| text.contains(word);
    Some(match instruction {
        "WORKDIR" => return None,
        "COPY" if has("--from") => "copy-from",
        "COPY" => "copy",
        "ADD" => "add",
        _ if has("npm install") || has("npm ci") || has("npm prune") => "npm",
        _ if has("npm cache") || has("npm run") => "npm",
        _ if has("pip install") && has("--no-cache-dir") => "pip",
        _ if has("pip install") => "pip-cached",
        _ if has("apt-get install") => "apt",
        _ if has("apt-get") => "apt-other",
        _ => "files",
    })
}

fn list(path: &Path, layer: &Layer) -> Result<()> {
    let mut text = String::new();
    for (bytes, file) in &layer.listing {
        writeln!(text, "{bytes}\t{file}")?;
    }
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Puts the case's rows in the place of its old ones.
fn store(case: &str, rows: &[Row]) -> Result<()> {
    let path = folder().join("layers.tsv");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let others = old.lines().skip(1).filter(|row| row.split('\t').next() != Some(case));
    let mut all: Vec<&str> = others.chain(rows.iter().map(|row| &**row)).collect();
    all.sort_by_key(|row| {
        let mut cells = row.split('\t');
        let case = cells.next().unwrap_or("");
        (case, cells.next().and_then(|line| line.parse::<u32>().ok()))
    });
    fs::write(&path, format!("{HEADER}\n{}\n", all.join("\n")))
        .with_context(|| format!("cannot write {}", path.display()))
}
