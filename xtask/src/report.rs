//! `cargo xtask report`: the analysis on the command line.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use dockerfile_playground::cache::BETWEEN;
use dockerfile_playground::context::ignore_file_name;
use dockerfile_playground::report::{Changes, LabelKind, Problem, Project, Report};
use lexopt::prelude::*;

use crate::{Outcome, WrongUsage};

/// The project and the names of the files it came from, for messages.
struct Input {
    project: Project,
    dockerfile: String,
    /// The files of the listing and of `.dockerignore`, as far as given: the
    /// report does not say which of them a problem is in.
    context: Vec<String>,
    /// The file of the git log, if one was given.
    git_log: String,
    /// The files with measured outputs, in the project's order.
    measured: Vec<String>,
    /// The file of the build log, if one was given.
    build_log: String,
    /// Changes that carry a file's text, and how they were written.
    files: Vec<(String, String)>,
}

/// A file that cannot be read.
#[derive(Debug)]
struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    let input = match parse(arguments) {
        Err(error) if error.is::<Unreadable>() => {
            eprintln!("error: {error}");
            return Ok(Outcome::Failed(2));
        }
        input => input?,
    };
    let mut report = dockerfile_playground::analyze(&input.project);
    for cache in report.cache.iter_mut().chain(&mut report.optimized.cache) {
        for change in &mut cache.changes {
            if let Some((_, written)) = input.files.iter().find(|(text, _)| text == change) {
                change.clone_from(written);
            }
        }
        cache.change = cache.changes.join(BETWEEN);
    }
    print(&report)?;
    let problems = problems(&report, &input);
    for problem in &problems {
        eprintln!("{problem}");
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Failed(2) })
}

fn parse(mut arguments: lexopt::Parser) -> Result<Input> {
    let mut project = Project::default();
    let mut dockerfile = None;
    let mut ignore_given = false;
    let mut context = Vec::new();
    let mut git_log = String::new();
    let mut build_log = String::new();
    let mut files = Vec::new();
    let mut measured = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("dockerfile") => {
                let file = arguments.value()?;
                project.dockerfile = read(&file)?;
                dockerfile = Some(file.to_string_lossy().into_owned());
            }
            Long("dockerignore") => {
                let file = arguments.value()?;
                project.dockerignore = read(&file)?;
                ignore_given = true;
                context.push(file.to_string_lossy().into_owned());
            }
            Long("context") => {
                let file = arguments.value()?;
                project.context = Some(read(&file)?);
                context.push(file.to_string_lossy().into_owned());
            }
            Long("manifest") => {
                let (path, text) = manifest(&arguments.value()?.string()?)?;
                project.manifests.insert(path, text);
            }
            Long("build-arg") => {
                let (key, value) = build_arg(&arguments.value()?.string()?)?;
                project.build_args.insert(key, value);
            }
            Long("git-log") => {
                let file = arguments.value()?;
                project.git_log = Some(read(&file)?);
                git_log = file.to_string_lossy().into_owned();
            }
            Long("measured") => {
                let file = arguments.value()?;
                project.measured.push(read(&file)?);
                measured.push(file.to_string_lossy().into_owned());
            }
            Long("build-log") => {
                let file = arguments.value()?;
                project.build_log = Some(read(&file)?);
                build_log = file.to_string_lossy().into_owned();
            }
            Long("weekly") => {
                let (change, times) = weekly(&arguments.value()?.string()?)?;
                project.weekly.insert(change, times);
            }
            Long("target") => project.target = Some(arguments.value()?.string()?),
            Long(flag @ ("change" | "with")) => {
                let together = flag == "with";
                let written = arguments.value()?.string()?;
                let change = with_text(&written)?;
                if change != written {
                    files.push((change.clone(), written));
                }
                match project.changes.last_mut() {
                    Some(Changes::Together(changes)) if together => changes.push(change),
                    None if together => {
                        return Err(WrongUsage(
                            "--with adds to a --change: give one before it".into(),
                        )
                        .into());
                    }
                    _ => project.changes.push(Changes::Together(vec![change])),
                }
            }
            Long("trusted-registry") => {
                project.settings.rules.trusted_registries.push(arguments.value()?.string()?);
            }
            Long("label") => {
                let (name, kind) = label(&arguments.value()?.string()?)?;
                project.settings.rules.label_schema.insert(name, kind);
            }
            Long("strict-labels") => project.settings.rules.strict_labels = true,
            Long("enable") => project.settings.rules.enable.push(arguments.value()?.string()?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let dockerfile = dockerfile.ok_or_else(|| WrongUsage("--dockerfile is missing".into()))?;
    if let Some(file) = ignore_file(&dockerfile).filter(|_| !ignore_given) {
        project.dockerignore = read(&file)?;
        let name = file.to_string_lossy().into_owned();
        eprintln!("using {name}");
        context.push(name);
    }
    project.only_changes = !project.changes.is_empty();
    Ok(Input { project, dockerfile, context, git_log, measured, build_log, files })
}

/// The ignore file that BuildKit takes for a Dockerfile: `NAME.dockerignore`
/// beside it wins over `.dockerignore`.
fn ignore_file(dockerfile: &str) -> Option<OsString> {
    if dockerfile == "-" {
        return None;
    }
    let own = Path::new(&ignore_file_name(dockerfile)).to_owned();
    let shared = Path::new(dockerfile).with_file_name(".dockerignore");
    [own, shared].into_iter().find(|path| path.is_file()).map(Into::into)
}

/// `dockerfile:FILE`, `earlier-dockerfile:FILE` and `dockerignore:FILE` with the file's text instead of its name.
fn with_text(change: &str) -> Result<String> {
    match change.split_once(':') {
        Some((kind @ ("dockerfile" | "earlier-dockerfile" | "dockerignore"), file)) => {
            Ok(format!("{kind}:{}", read(&file.into())?))
        }
        _ => Ok(change.to_owned()),
    }
}

/// A manifest's path in the context and its text, of `F` or `PATH=F`.
fn manifest(value: &str) -> Result<(String, String)> {
    if let Some((path, file)) = value.split_once('=') {
        return Ok((path.to_owned(), read(&file.into())?));
    }
    let name = Path::new(value).file_name().context("--manifest wants a file")?;
    Ok((name.to_string_lossy().into_owned(), read(&value.into())?))
}

/// A change and its times a week, of `CHANGE=N`; a change may hold `=` itself.
fn weekly(value: &str) -> Result<(String, f64)> {
    let pair = value.rsplit_once('=').and_then(|(change, n)| Some((change, n.parse().ok()?)));
    let (change, times) =
        pair.ok_or_else(|| WrongUsage(format!("--weekly wants CHANGE=N, not {value}")))?;
    Ok((change.to_owned(), times))
}

fn build_arg(value: &str) -> Result<(String, String)> {
    let (key, value) = value
        .split_once('=')
        .ok_or_else(|| WrongUsage(format!("--build-arg wants KEY=VALUE, not {value}")))?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A label of the schema, `NAME:KIND`.
fn label(value: &str) -> Result<(String, LabelKind)> {
    let read = |(name, kind): (&str, &str)| {
        let kind = serde_json::from_value(kind.into()).ok()?;
        Some((name.to_owned(), kind))
    };
    let label = value.rsplit_once(':').and_then(read);
    Ok(label.ok_or_else(|| WrongUsage(format!("--label wants NAME:KIND, not {value}")))?)
}

/// A file's text, or standard input's for `-`. Bytes that are not UTF-8 are
/// replaced, with a warning.
fn read(file: &OsString) -> Result<String> {
    let mut bytes = Vec::new();
    let name = Path::new(file).display();
    if file == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(file)
            .map_err(|error| Unreadable(format!("cannot read {name}: {error}")))?;
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        eprintln!("warning: {name} is not UTF-8; the bytes that are not are replaced");
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    }))
}

/// Prints the report; a reader that has gone away is no error.
fn print(report: &Report) -> Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// What of the input could not be understood, a line each.
fn problems(report: &Report, input: &Input) -> Vec<String> {
    let syntax = report.syntax.errors.iter().map(|problem| at(&input.dockerfile, problem));
    let file = input.context.join(" or ");
    let context = report.context.problems.iter().map(|problem| at(&file, problem));
    let cache = report.cache.iter().filter_map(|cache| {
        let problem = cache.problem.as_ref()?;
        Some(format!("--change {}: {problem}", cache.change))
    });
    let replay = report.replay.iter().flat_map(|replay| &replay.problems);
    let replay = replay.map(|problem| at(&input.git_log, problem));
    let measured = report.calibration.iter().flat_map(|calibration| &calibration.problems);
    let measured = measured.map(|found| at(&input.measured[found.text as usize], &found.problem));
    let build = report.build_log.iter().flat_map(|build| &build.problems);
    let build = build.map(|problem| at(&input.build_log, problem));
    let weekly = report.weekly.problems.iter().map(|problem| format!("--weekly {problem}"));
    syntax
        .chain(context)
        .chain(measured)
        .chain(cache)
        .chain(replay)
        .chain(build)
        .chain(weekly)
        .collect()
}

fn at(file: &str, problem: &Problem) -> String {
    let Problem { line, column, message, help, .. } = problem;
    let help = help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
    format!("{file}:{line}:{column}: {message}{help}")
}
