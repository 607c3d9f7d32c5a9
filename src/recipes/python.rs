//! What the recipes for Python share.

use super::exec_form;
use super::place::{RunCommand, official, stage_commands};
use crate::analysis::Analysis;
use crate::context::{Manifest, Role, role};
use crate::data::Catalog;
use crate::graph::{Operation, Origin, Stage, Step};
use crate::syntax::Keyword;

/// True for `pip install`, also as `python -m pip install`.
pub fn is_pip_install(command: &RunCommand) -> bool {
    let words: Vec<&str> = command.words.iter().skip(1).map(String::as_str).collect();
    match command.name() {
        "pip" | "pip3" => words.first() == Some(&"install"),
        "python" | "python3" => words.starts_with(&["-m", "pip", "install"]),
        _ => false,
    }
}

/// An installer that keeps a project's environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// uv
    Uv,
    /// Poetry
    Poetry,
    /// Pipenv
    Pipenv,
}

/// The manager of a command that installs the project's dependencies.
pub fn manager(command: &RunCommand) -> Option<Manager> {
    let names_nothing = command.operands(2).next().is_none();
    let words: Vec<&str> = command.words.iter().take(2).map(String::as_str).collect();
    match words[..] {
        ["uv", "sync"] => Some(Manager::Uv),
        ["poetry", "install" | "sync"] => Some(Manager::Poetry),
        ["pipenv", "install" | "sync"] if names_nothing => Some(Manager::Pipenv),
        _ => None,
    }
}

/// True when more than manifests was copied from the context above a step.
pub fn copies_sources_before(stage: &Stage, step: &Step) -> bool {
    let is_manifest = |source: &String| {
        let name = source.rsplit('/').next().unwrap_or(source);
        let by_role = matches!(role(source), Role::Manifest | Role::Lockfile | Role::Docs);
        by_role
            || matches!(name, "poetry.toml" | "uv.toml" | ".python-version")
            || name.contains(".lock")
    };
    let above = stage.steps.iter().filter(|other| other.instruction < step.instruction);
    above.into_iter().any(|other| match &other.operation {
        Operation::Copy(copy) if copy.origin == Origin::Context => {
            !copy.sources.iter().all(is_manifest)
        }
        _ => false,
    })
}

/// The slim variant of an official Python image, if it is known and smaller;
/// `None` for small variants.
pub fn slim_variant(catalog: &Catalog, reference: &str) -> Option<String> {
    const SMALL: [&str; 4] = ["slim", "alpine", "windows", "nanoserver"];
    if official(reference) != Some("python") || SMALL.iter().any(|word| reference.contains(word)) {
        return None;
    }
    let (name, tag) = reference.rsplit_once(':').unwrap_or((reference, "latest"));
    let tag = match tag.split_once('-') {
        _ if tag == "latest" => "slim".to_owned(),
        Some((version, release)) => format!("{version}-slim-{release}"),
        None if tag.starts_with(|c: char| c.is_ascii_digit()) => format!("{tag}-slim"),
        None => format!("slim-{tag}"),
    };
    let candidate = format!("{name}:{tag}");
    let bytes = |reference: &str| catalog.image(reference).bytes.expected;
    let smaller = bytes(&candidate) < bytes(reference);
    smaller.then_some(candidate)
}

/// Distributions that are compiled against a system library, and what the
/// running program needs of it.
const COMPILED: [(&str, &str); 4] = [
    ("psycopg2", "libpq5"),
    ("psycopg-c", "libpq5"),
    ("mysqlclient", "libmariadb3"),
    ("pymssql", "libsybdb5"),
];

/// Distributions that need a compiler, without a library of the table above.
const NEED_COMPILER: [&str; 7] =
    ["uwsgi", "pycairo", "python-ldap", "xmlsec", "pycurl", "pygraphviz", "dlib"];

/// The distributions that are named, in requirements files or commands.
fn distributions(analysis: &Analysis<'_>, stage: &Stage) -> Vec<String> {
    let listed = analysis.manifests.files.values().flat_map(|manifest| match manifest {
        Manifest::Requirements(read) => {
            read.requirements.iter().map(|required| required.normalized.clone()).collect()
        }
        _ => Vec::new(),
    });
    let named = stage_commands(analysis, stage).into_iter().map(|(_, command)| command);
    let named = named.filter(is_pip_install).flat_map(|command| {
        let names = command.operands(1).map(|word| {
            word.split(['=', '<', '>', '~', '[', '!']).next().unwrap_or(word).to_ascii_lowercase()
        });
        names.map(|name| name.replace('_', "-")).collect::<Vec<_>>()
    });
    listed.chain(named).collect()
}

/// System packages that the named distributions need to run.
pub fn libraries(analysis: &Analysis<'_>, stage: &Stage) -> Vec<&'static str> {
    let distributions = distributions(analysis, stage);
    let needed = COMPILED.iter().filter(|(name, _)| distributions.iter().any(|d| d == name));
    needed.map(|(_, library)| *library).collect()
}

/// True when a named distribution is known to be compiled on installation, or
/// is fetched with git.
pub fn needs_compiler(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let distributions = distributions(analysis, stage);
    let compiled = |name: &String| {
        NEED_COMPILER.contains(&name.as_str())
            || COMPILED.iter().any(|(known, _)| known == name)
            || name.starts_with("git+")
    };
    distributions.iter().any(compiled)
        || analysis.project.manifests.values().any(|text| text.contains("git+"))
}

/// True when the image starts a Python program or a server written in Python.
pub fn starts_python(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    const PROGRAMS: [&str; 10] = [
        "python",
        "python3",
        "uvicorn",
        "gunicorn",
        "hypercorn",
        "flask",
        "fastapi",
        "celery",
        "daphne",
        "streamlit",
    ];
    let starts = stage.steps.iter().map(|step| analysis.instruction(step)).filter(|instruction| {
        matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    });
    starts.filter_map(exec_form::words).any(|words| {
        let name = words.first().map_or("", String::as_str);
        PROGRAMS.contains(&name.rsplit('/').next().unwrap_or(name))
    })
}
