//! Installs Python packages in one stage and ships another.

use super::place::{RunCommand, commands, copies_everything, is_configuration, official};
use super::{Edit, Recipe, Rewrite, apt, base, python};
use crate::analysis::Analysis;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Command, Instruction, Keyword, Span};

/// Splits a single-stage build that installs build packages and then, with
/// pip, what it needs them for: the packages go into a virtual environment
/// that the slim image takes over. It must not apply to stages that do
/// anything else before the last installation, or where the library of a
/// `-dev` package is not known.
pub const RECIPE: Recipe = Recipe {
    id: "python-multi-stage",
    title: "Install in one stage, ship another",
    why: "Compilers and headers are needed to install some packages, not to run them. A virtual environment holds all that pip installed in one folder, and the image takes only that.",
    applicability: Applicability::Likely,
    rewrite,
};

const VENV: &str = "/opt/venv";

/// Packages that only builds need.
const BUILD_PACKAGES: [&str; 19] = [
    "build-essential",
    "gcc",
    "g++",
    "gfortran",
    "clang",
    "llvm",
    "make",
    "cmake",
    "ninja-build",
    "pkg-config",
    "pkgconf",
    "autoconf",
    "automake",
    "libtool",
    "patch",
    "cargo",
    "rustc",
    "swig",
    "dpkg-dev",
];

/// What of a `-dev` package the running program needs; empty where the slim
/// image has it, because Python itself needs it.
const LIBRARIES: [(&str, &str); 34] = [
    ("libpq-dev", "libpq5"),
    ("default-libmysqlclient-dev", "libmariadb3"),
    ("libmysqlclient-dev", "libmariadb3"),
    ("libmariadb-dev", "libmariadb3"),
    ("libmariadb-dev-compat", "libmariadb3"),
    ("libxml2-dev", "libxml2"),
    ("libxslt1-dev", "libxslt1.1"),
    ("libxslt-dev", "libxslt1.1"),
    ("libjpeg-dev", "libjpeg62-turbo"),
    ("libjpeg62-turbo-dev", "libjpeg62-turbo"),
    ("libfreetype6-dev", "libfreetype6"),
    ("libfreetype-dev", "libfreetype6"),
    ("libsasl2-dev", "libsasl2-2"),
    ("libmagic-dev", "libmagic1"),
    ("libgeos-dev", "libgeos-c1v5"),
    ("libcurl4-openssl-dev", "libcurl4"),
    ("libyaml-dev", "libyaml-0-2"),
    ("libxmlsec1-dev", "libxmlsec1-openssl"),
    ("unixodbc-dev", "unixodbc"),
    ("libgl1-mesa-dev", "libgl1"),
    ("libglib2.0-dev", "libglib2.0-0"),
    ("libsndfile1-dev", "libsndfile1"),
    ("libsnappy-dev", "libsnappy1v5"),
    ("libffi-dev", ""),
    ("libssl-dev", ""),
    ("zlib1g-dev", ""),
    ("libsqlite3-dev", ""),
    ("libbz2-dev", ""),
    ("liblzma-dev", ""),
    ("libreadline-dev", ""),
    ("libc6-dev", ""),
    ("python3-dev", ""),
    ("python-dev", ""),
    ("linux-libc-dev", ""),
];

/// True for a package that is there to build others.
pub fn is_build_package(name: &str) -> bool {
    BUILD_PACKAGES.contains(&name) || name.ends_with("-dev") || name.ends_with("-dev-compat")
}

/// The stage, cut after the last installation with pip.
struct Cut<'a> {
    stage: &'a Stage,
    /// Index of the first step that installs with pip.
    first: usize,
    /// Index of the last one.
    last: usize,
    /// What the running program needs of the system.
    packages: Vec<String>,
    /// The slim image.
    runtime: String,
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let cut = cut(analysis)?;
    let keyword = |word: &str| analysis.keyword(word);
    let path = format!("{} PATH=\"{VENV}/bin:$PATH\"", keyword("ENV"));
    let venv = [format!("{} python -m venv {VENV}", keyword("RUN")), path.clone()];
    let from = analysis.from(cut.stage);
    let mut edits = vec![
        Edit::insert(from.span.end, format!(" {} build", keyword("AS"))),
        analysis.insert_before(analysis.instruction(before_install(&cut)), &venv),
    ];
    let mut lines = vec![String::new(), runtime_from(analysis, from, &cut.runtime), path];
    let mut moved = Vec::new();
    for step in &cut.stage.steps[..cut.last] {
        let instruction = analysis.instruction(step);
        let text = analysis.dockerfile.text(instruction.span).to_owned();
        match instruction.keyword.value {
            Keyword::Env | Keyword::Workdir => lines.push(text),
            keyword if is_configuration(keyword) => {
                moved.push(text);
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    lines.extend(apt::install_run(analysis, &cut.packages));
    lines.push(format!("{} --from=build {VENV} {VENV}", keyword("COPY")));
    lines.extend(moved);
    edits.push(analysis.insert_after(analysis.instruction(&cut.stage.steps[cut.last]), &lines));
    let verify = "docker build -t app . && docker run --rm --entrypoint python app -m pip check";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

/// The new FROM with the flags of the one it is split off.
fn runtime_from(analysis: &Analysis<'_>, from: &Instruction, image: &str) -> String {
    format!("{} {}{image}", analysis.keyword("FROM"), analysis.flags(from))
}

/// The venv does not depend on what is copied: it goes above the first COPY.
fn before_install<'a>(cut: &Cut<'a>) -> &'a Step {
    let before = &cut.stage.steps[..cut.first];
    let copy = before.iter().find(|step| matches!(step.operation, Operation::Copy(_)));
    copy.unwrap_or(&cut.stage.steps[cut.first])
}

fn cut<'a>(analysis: &'a Analysis<'_>) -> Option<Cut<'a>> {
    let [stage] = &analysis.graph.stages[..] else { return None };
    let Base::Image(reference) = &stage.base else { return None };
    let Body::From { image, name: None } = &analysis.from(stage).body else { return None };
    if official(reference) != Some("python") || analysis.dockerfile.text(image.span) != reference {
        return None;
    }
    let slim = reference.contains("slim") && !reference.contains("alpine");
    let runtime =
        if slim { reference.clone() } else { python::slim_variant(analysis.catalog, reference)? };
    let installs =
        |step: &Step| commands(analysis.instruction(step)).iter().any(python::is_pip_install);
    let first = stage.steps.iter().position(installs)?;
    let last = stage.steps.iter().rposition(installs)?;
    let (build, rest) = stage.steps.split_at(last + 1);
    let fits = build.iter().all(|step| may_be_built(analysis, step))
        && rest.iter().all(|step| may_be_shipped(analysis, step));
    if !fits || base::calls_full_image(analysis, stage, rest) {
        return None;
    }
    let mut packages = libraries(analysis, build)?;
    packages.extend(python::libraries(analysis, stage).into_iter().map(str::to_owned));
    // Without recommendations these come without the certificates they check.
    if packages.iter().any(|name| matches!(name.as_str(), "curl" | "wget" | "git")) {
        packages.push("ca-certificates".to_owned());
    }
    packages.sort();
    packages.dedup();
    Some(Cut { stage, first, last, packages, runtime })
}

/// The packages that the running program needs of those that the build
/// installs; `None` without build packages, and where one is not known.
fn libraries(analysis: &Analysis<'_>, steps: &[Step]) -> Option<Vec<String>> {
    let installs = steps.iter().flat_map(|step| commands(analysis.instruction(step)));
    let names: Vec<String> = installs
        .flat_map(|c| apt::packages(&c).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    if !names.iter().any(|name| is_build_package(name)) {
        return None;
    }
    runtime_packages(&names)
}

/// What the running program needs of packages that a build installs; `None`
/// where one is not known.
pub fn runtime_packages(names: &[String]) -> Option<Vec<String>> {
    let mut libraries = Vec::new();
    for name in names.iter().filter(|name| !BUILD_PACKAGES.contains(&name.as_str())) {
        let library = match LIBRARIES.iter().find(|(dev, _)| dev == name) {
            Some((_, library)) => (*library).to_owned(),
            None if is_build_package(name) || name.contains(['$', '*', '=']) => return None,
            None => name.clone(),
        };
        libraries.extend(Some(library).filter(|library| !library.is_empty()));
    }
    Some(libraries)
}

/// True for a step that is understood above the last installation.
fn may_be_built(analysis: &Analysis<'_>, step: &Step) -> bool {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Env(pairs) => {
            !pairs.iter().any(|pair| matches!(&*pair.key.text, "PATH" | "VIRTUAL_ENV"))
        }
        Body::Run(Command::Shell(_)) => {
            let commands = commands(instruction);
            is_whole(analysis, instruction, &commands)
                && (apt::is_only_apt(&commands) || commands.iter().all(is_plain_install))
        }
        Body::Copy(_) => match &step.operation {
            Operation::Copy(copy) => copy.origin == Origin::Context && !copies_everything(step),
            _ => false,
        },
        Body::Workdir(_) => true,
        _ => is_configuration(instruction.keyword.value),
    }
}

/// True when the commands are all that the RUN does: no groups, no pipes.
fn is_whole(analysis: &Analysis<'_>, instruction: &Instruction, commands: &[RunCommand]) -> bool {
    let Some((first, last)) = commands.first().zip(commands.last()) else { return false };
    let arguments = &instruction.arguments;
    let whole = arguments.source_span(0..arguments.text.len());
    let covered = first.span.start == whole.start && last.span.end == whole.end;
    covered
        && instruction.heredocs.is_empty()
        && commands.windows(2).all(|pair| {
            let gap = Span { start: pair[0].span.end, end: pair[1].span.start };
            let gap = analysis.dockerfile.text(gap);
            gap.replace(analysis.dockerfile.escape, "").trim() == "&&"
        })
}

/// An installation into the interpreter's own folder, of nothing that stays
/// where its sources are.
fn is_plain_install(command: &RunCommand) -> bool {
    let elsewhere = ["--user", "--target", "-t", "--prefix", "--root", "-e", "--editable"];
    let local = |word: &str| word.starts_with(['.', '/']) && !word.ends_with(".whl");
    let words = || command.words.iter().map(String::as_str);
    let after_file = words().zip(words().skip(1)).any(|(flag, value)| {
        local(value) && !matches!(flag, "-r" | "--requirement" | "-c" | "--constraint")
    });
    python::is_pip_install(command) && !command.has(&elsewhere) && !after_file
}

/// True for a step that may follow in the slim image.
pub fn may_be_shipped(analysis: &Analysis<'_>, step: &Step) -> bool {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Run(Command::Shell(_)) => commands(instruction).iter().all(|command| {
            !apt::packages(command).iter().any(|name| is_build_package(name))
                && is_harmless(command)
        }),
        Body::Run(_) | Body::Shell(_) | Body::Onbuild(_) | Body::Arg(_) | Body::Invalid => false,
        _ => true,
    }
}

/// Commands that need nothing but the slim image and the environment.
fn is_harmless(command: &RunCommand) -> bool {
    const HARMLESS: [&str; 18] = [
        "python", "python3", "mkdir", "chown", "chmod", "useradd", "groupadd", "adduser",
        "addgroup", "rm", "cp", "mv", "ln", "touch", "echo", "apt-get", "apt", "sed",
    ];
    HARMLESS.contains(&command.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_environment_and_the_libraries() {
        let before = "FROM python:3.12\nENV A=1\nWORKDIR /app\nEXPOSE 8000\nRUN apt-get update && apt-get install -y build-essential libpq-dev curl\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n\n# The program\nCOPY . .\nCMD uvicorn app:app\n";
        let expected = "FROM python:3.12 AS build\nENV A=1\nWORKDIR /app\nRUN apt-get update && apt-get install -y build-essential libpq-dev curl\nRUN python -m venv /opt/venv\nENV PATH=\"/opt/venv/bin:$PATH\"\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n\nFROM python:3.12-slim\nENV PATH=\"/opt/venv/bin:$PATH\"\nENV A=1\nWORKDIR /app\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl libpq5 && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /opt/venv /opt/venv\nEXPOSE 8000\n\n# The program\nCOPY . .\nCMD uvicorn app:app\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN pip install flask",
            "RUN apt-get update && apt-get install -y libobscure-dev\nRUN pip install flask",
            "RUN apt-get update && apt-get install -y gcc\nCOPY . .\nRUN pip install -r r.txt",
            "RUN apt-get update && apt-get install -y gcc\nRUN pip install poetry && poetry install",
            "RUN apt-get update && apt-get install -y gcc\nRUN python -m venv /v\nRUN pip install x",
            "RUN apt-get update && apt-get install -y gcc\nRUN pip install x\nRUN make",
            "RUN apt-get update && apt-get install -y gcc\nRUN pip install --user x",
            "RUN apt-get update && apt-get install -y gcc libpq-dev=15.1\nRUN pip install x",
            "USER app\nRUN apt-get update && apt-get install -y gcc\nRUN pip install x",
            "RUN apt-get update && apt-get install -y gcc\nRUN pip install x\nCMD curl x",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12\n{text}\n")), None, "{text}");
        }
    }
}
