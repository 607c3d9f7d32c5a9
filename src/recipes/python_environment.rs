//! Builds the environment of uv, Poetry or Pipenv in one stage and ships it.

use super::place::{RunCommand, commands, is_configuration, is_plain_list, official};
use super::python::{self, Manager, manager};
use super::python_multi_stage::{may_be_shipped, runtime_packages};
use super::python_production::without;
use super::{Edit, Recipe, Rewrite, apt, base, exec_form};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Instruction, Keyword, Variables};

/// Splits a single-stage build that installs a project with uv, Poetry or
/// Pipenv: the environment lies in the project's folder, and the small image
/// of the same Python takes it over at the same path. It must not apply to
/// stages that do anything else before the last installation, or where the
/// library of a `-dev` package is not known.
pub const RECIPE: Recipe = Recipe {
    id: "python-environment",
    title: "Build the environment in one stage, ship another",
    why: "The installer, its cache and compilers are needed to make the environment, not to run it. All that it installed is in one folder, .venv, which works wherever it has the same path and the same Python.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A stage, cut after the last installation.
struct Cut<'a> {
    stage: &'a Stage,
    /// Index of the first step that installs the project.
    first: usize,
    /// Index of the last one.
    last: usize,
    manager: Manager,
    /// The image of the shipped part.
    runtime: String,
    /// What the running program needs of the system.
    packages: Vec<String>,
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let cut = cut(analysis)?;
    let keyword = |word: &str| analysis.keyword(word);
    let workdir = cut.stage.steps[cut.last].scope.workdir.trim_end_matches('/');
    let from = analysis.from(cut.stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    edits.extend(settings(analysis, &cut));
    let mut lines = vec![
        String::new(),
        format!("{} {}", keyword("FROM"), cut.runtime),
        format!("{} {workdir}", keyword("WORKDIR")),
    ];
    let (mut moved, mut has_path) = (Vec::new(), false);
    for step in &cut.stage.steps[..=cut.last] {
        let instruction = analysis.instruction(step);
        let text = || analysis.dockerfile.text(instruction.span).to_owned();
        match instruction.keyword.value {
            Keyword::Env if !is_of_installer(instruction) => {
                has_path |= sets_path(instruction);
                lines.push(text());
            }
            keyword if is_configuration(keyword) => {
                moved.push(text());
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    if !has_path {
        lines.push(format!("{} PATH=\"{workdir}/.venv/bin:$PATH\"", keyword("ENV")));
    }
    lines.extend(apt::install_run(analysis, &cut.packages));
    let folder = match python::copies_sources_before(cut.stage, &cut.stage.steps[cut.last]) {
        true => workdir.to_owned(),
        false => format!("{workdir}/.venv"),
    };
    lines.push(format!("{} --from=build {folder} {folder}", keyword("COPY")));
    lines.extend(moved);
    edits.push(analysis.insert_after(analysis.instruction(&cut.stage.steps[cut.last]), &lines));
    for step in &cut.stage.steps {
        edits.extend(without_runner(analysis, &cut, step)?);
    }
    let verify = "docker build -t app . && docker run --rm app python -c \"import sys; print(sys.prefix)\"  # the environment's folder";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

fn cut<'a>(analysis: &'a Analysis<'_>) -> Option<Cut<'a>> {
    let [stage] = &analysis.graph.stages[..] else { return None };
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { image, name: None } = &analysis.from(stage).body else { return None };
    if analysis.dockerfile.text(image.span) != reference || !analysis.from(stage).flags.is_empty() {
        return None;
    }
    let runtime = runtime(analysis, reference)?;
    let installs = |step: &Step| commands(analysis.instruction(step)).iter().find_map(manager);
    let first = stage.steps.iter().position(|step| installs(step).is_some())?;
    let last = stage.steps.iter().rposition(|step| installs(step).is_some())?;
    let manager = installs(&stage.steps[last])?;
    let (build, rest) = stage.steps.split_at(last + 1);
    let scope = &stage.steps[last].scope;
    let elsewhere = ["VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_SYSTEM_PYTHON"];
    let fits = build.iter().all(|step| may_be_built(analysis, step, &scope.workdir))
        && rest.iter().all(|step| may_be_shipped(analysis, step))
        && scope.is_root()
        && scope.workdir != "/"
        && !elsewhere.iter().any(|name| scope.environment.get(name).is_some())
        && !base::calls_full_image(analysis, stage, rest);
    if !fits {
        return None;
    }
    let names = build.iter().flat_map(|step| commands(analysis.instruction(step)));
    let mut names: Vec<String> = names
        .flat_map(|c| apt::packages(&c).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    // Some are there to fetch the installer.
    let text: String =
        rest.iter().map(|step| analysis.dockerfile.text(analysis.instruction(step).span)).collect();
    names.retain(|name| {
        !matches!(name.as_str(), "curl" | "wget" | "pipx" | "ca-certificates" | "git")
            || text.contains(name.as_str())
    });
    let mut packages = runtime_packages(&names)?;
    packages.sort();
    packages.dedup();
    Some(Cut { stage, first, last, manager, runtime, packages })
}

/// The small image with the same Python.
fn runtime(analysis: &Analysis<'_>, reference: &str) -> Option<String> {
    if let Some(tag) = reference.strip_prefix("ghcr.io/astral-sh/uv:") {
        let mut words = tag.strip_prefix("python")?.split('-').filter(|word| *word != "slim");
        let (version, release) = (words.next()?, words.next());
        return Some(match release {
            Some(release) if release.starts_with("alpine") => format!("python:{version}-{release}"),
            Some(release) => format!("python:{version}-slim-{release}"),
            None => return None,
        });
    }
    official(reference).filter(|name| *name == "python")?;
    match ["slim", "alpine"].iter().any(|word| reference.contains(word)) {
        true => Some(reference.to_owned()),
        false => python::slim_variant(analysis.catalog, reference),
    }
}

/// The edits that put the environment into the project's folder.
fn settings(analysis: &Analysis<'_>, cut: &Cut<'_>) -> Vec<Edit> {
    let step = &cut.stage.steps[cut.first];
    let wanted = match cut.manager {
        // One that uv fetched would not be in the shipped image.
        Manager::Uv => vec![("UV_PYTHON_DOWNLOADS", "never")],
        Manager::Poetry => {
            vec![("POETRY_VIRTUALENVS_CREATE", "1"), ("POETRY_VIRTUALENVS_IN_PROJECT", "1")]
        }
        Manager::Pipenv => vec![("PIPENV_VENV_IN_PROJECT", "1")],
    };
    let mut edits = Vec::new();
    let pairs: Vec<String> = wanted
        .iter()
        .filter(|(name, value)| step.scope.environment.get(name) != Some(value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !pairs.is_empty() {
        let line = format!("{} {}", analysis.keyword("ENV"), pairs.join(" "));
        let above = &cut.stage.steps[..cut.first];
        let copy = above.iter().find(|step| copies_from_context(step)).unwrap_or(step);
        edits.push(analysis.insert_before(analysis.instruction(copy), &[line]));
    }
    if cut.manager == Manager::Pipenv {
        let all = cut.stage.steps.iter().flat_map(|step| commands(analysis.instruction(step)));
        let installs = all.filter(|command| manager(command).is_some());
        edits.extend(installs.filter_map(|command| without(&command, &["--system"])));
    }
    edits
}

fn copies_from_context(step: &Step) -> bool {
    matches!(&step.operation, Operation::Copy(copy) if copy.origin == Origin::Context)
}

/// True for an ENV that only tells an installer something.
fn is_of_installer(instruction: &Instruction) -> bool {
    const PREFIXES: [&str; 4] = ["UV_", "POETRY_", "PIP_", "PIPENV_"];
    let Body::Env(pairs) = &instruction.body else { return false };
    pairs.iter().all(|pair| {
        let name = &*pair.key.text;
        let path = name == "PATH" && !pair.value.text.contains("/.venv/bin");
        path || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    })
}

fn sets_path(instruction: &Instruction) -> bool {
    let Body::Env(pairs) = &instruction.body else { return false };
    pairs.iter().any(|pair| pair.key.text == "PATH")
}

/// True for a step that is understood above the last installation.
fn may_be_built(analysis: &Analysis<'_>, step: &Step, workdir: &str) -> bool {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Env(_) | Body::Arg(_) | Body::Workdir(_) => true,
        Body::Run(_) => {
            fetches_installer(instruction) || {
                is_plain_list(instruction)
                    && commands(instruction).iter().all(|command| is_understood(command, workdir))
            }
        }
        Body::Copy(_) => match &step.operation {
            Operation::Copy(copy) => match &copy.origin {
                Origin::Context => copy.destination.starts_with(workdir),
                Origin::Image(image) => image.starts_with("ghcr.io/astral-sh/uv"),
                Origin::Stage(_) => false,
            },
            _ => false,
        },
        _ => is_configuration(instruction.keyword.value),
    }
}

/// True for the installers' own scripts, piped into an interpreter.
fn fetches_installer(instruction: &Instruction) -> bool {
    let text = &instruction.arguments.text;
    let known =
        ["install.python-poetry.org", "astral.sh/uv"].iter().any(|name| text.contains(name));
    known && !text.contains("&&") && !text.contains(';')
}

fn is_understood(command: &RunCommand, workdir: &str) -> bool {
    const INSTALLERS: [&str; 5] = ["poetry", "uv", "pipenv", "pip", "pipx"];
    const INSIDE: [&str; 4] = ["mkdir", "rm", "chown", "touch"];
    let installs_installer = || {
        python::is_pip_install(command) && {
            let names =
                command.operands(1).filter(|word| !matches!(*word, "-m" | "pip" | "install"));
            names.into_iter().all(|name| {
                let name = name.split(['=', '<', '>', '~', '[']).next().unwrap_or(name);
                INSTALLERS.contains(&name) || matches!(name, "setuptools" | "wheel")
            })
        }
    };
    match command.name() {
        "apt-get" | "apt" | "export" | "echo" => true,
        "uv" => command.starts_with(&["uv", "sync"]) || command.starts_with(&["uv", "cache"]),
        "poetry" | "pipenv" => !command.words.iter().any(|word| word == "run"),
        name if INSIDE.contains(&name) => command.operands(1).all(|path| {
            !path.starts_with('/')
                || path.starts_with(workdir)
                || path.starts_with("/var/lib/apt")
                || path.starts_with("/root/.cache")
                || path.starts_with("/tmp")
        }),
        _ => installs_installer(),
    }
}

/// Starts the program itself instead of through `uv run`, `poetry run` or
/// `pipenv run`; `None` where the installer is called in another way.
fn without_runner(analysis: &Analysis<'_>, cut: &Cut<'_>, step: &Step) -> Option<Vec<Edit>> {
    let instruction = analysis.instruction(step);
    let name = match cut.manager {
        Manager::Uv => "uv",
        Manager::Poetry => "poetry",
        Manager::Pipenv => "pipenv",
    };
    let text = &instruction.arguments.text;
    let starts = matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint);
    let below = step.instruction > cut.stage.steps[cut.last].instruction;
    let calls =
        text.split(|c: char| c.is_whitespace() || "\"',[]".contains(c)).any(|word| word == name);
    if !calls || !(starts || below) {
        return Some(Vec::new());
    }
    if !starts {
        return None;
    }
    let words = exec_form::words(instruction)?;
    let flags = ["--no-sync", "--frozen", "--locked", "--no-dev"];
    let rest: Vec<String> = match &words[..] {
        [first, run, rest @ ..] if first == name && run == "run" => {
            rest.iter().skip_while(|word| flags.contains(&word.as_str())).cloned().collect()
        }
        _ => return None,
    };
    let program = rest.first().filter(|word| !word.starts_with('-'))?;
    let rest = match program.ends_with(".py") && cut.manager == Manager::Uv {
        true => std::iter::once("python".to_owned()).chain(rest.iter().cloned()).collect(),
        false => rest,
    };
    let keyword = analysis.dockerfile.text(instruction.keyword.span);
    Some(vec![Edit::replace(instruction.span, format!("{keyword} {}", exec_form::json(&rest)))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_environment_of_poetry() {
        let before = "FROM python:3.12\nENV PYTHONUNBUFFERED=1\nENV POETRY_HOME=/opt/poetry\nRUN apt-get update && apt-get install -y gcc libpq-dev curl\nRUN curl -sSL https://install.python-poetry.org | python3 -\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN poetry config virtualenvs.create false && poetry install --only main --no-root\nCOPY . .\nEXPOSE 8000\nCMD [\"poetry\", \"run\", \"gunicorn\", \"app:app\"]\n";
        let expected = "FROM python:3.12 AS build\nENV PYTHONUNBUFFERED=1\nENV POETRY_HOME=/opt/poetry\nRUN apt-get update && apt-get install -y gcc libpq-dev curl\nRUN curl -sSL https://install.python-poetry.org | python3 -\nWORKDIR /app\nENV POETRY_VIRTUALENVS_CREATE=1 POETRY_VIRTUALENVS_IN_PROJECT=1\nCOPY pyproject.toml poetry.lock ./\nRUN poetry config virtualenvs.create false && poetry install --only main --no-root\n\nFROM python:3.12-slim\nWORKDIR /app\nENV PYTHONUNBUFFERED=1\nENV PATH=\"/app/.venv/bin:$PATH\"\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /app/.venv /app/.venv\nCOPY . .\nEXPOSE 8000\nCMD [\"gunicorn\", \"app:app\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn ships_the_folder_where_uv_installed_the_project() {
        let before = "FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim\nWORKDIR /app\nENV UV_LINK_MODE=copy\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project\nCOPY . .\nRUN uv sync --frozen\nENV PATH=\"/app/.venv/bin:$PATH\"\nCMD uv run main.py\n";
        let expected = "FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim AS build\nWORKDIR /app\nENV UV_LINK_MODE=copy\nENV UV_PYTHON_DOWNLOADS=never\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project\nCOPY . .\nRUN uv sync --frozen\n\nFROM python:3.13-slim-bookworm\nWORKDIR /app\nENV PATH=\"/app/.venv/bin:$PATH\"\nCOPY --from=build /app /app\nENV PATH=\"/app/.venv/bin:$PATH\"\nCMD [\"python\", \"main.py\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn pipenv_gets_an_environment() {
        let before = "FROM python:3.11-slim\nRUN pip install pipenv\nWORKDIR /srv\nCOPY Pipfile Pipfile.lock ./\nRUN pipenv install --system --deploy\nCOPY . .\nCMD python app.py\n";
        let expected = "FROM python:3.11-slim AS build\nRUN pip install pipenv\nWORKDIR /srv\nENV PIPENV_VENV_IN_PROJECT=1\nCOPY Pipfile Pipfile.lock ./\nRUN pipenv install --deploy\n\nFROM python:3.11-slim\nWORKDIR /srv\nENV PATH=\"/srv/.venv/bin:$PATH\"\nCOPY --from=build /srv/.venv /srv/.venv\nCOPY . .\nCMD python app.py\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "WORKDIR /app\nRUN pip install flask\n",
            "WORKDIR /app\nCOPY . .\nRUN uv sync\nRUN uv run manage.py collectstatic\n",
            "WORKDIR /app\nCOPY . .\nRUN pip install flask && poetry install\n",
            "WORKDIR /app\nCOPY . .\nRUN uv sync\nCMD uv run --with x main.py\n",
            "ENV VIRTUAL_ENV=/v\nWORKDIR /app\nCOPY . .\nRUN uv sync\n",
            "WORKDIR /app\nUSER app\nCOPY . .\nRUN uv sync\n",
            "RUN apt-get install -y libobscure-dev\nWORKDIR /app\nCOPY . .\nRUN uv sync\n",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12\n{text}")), None, "{text}");
        }
    }
}
