//! Compiles PHP's extensions in one stage and ships another.

use super::place::{RunCommand, is_configuration, official, stage_commands, system_packages};
use super::split::{Runtime, single};
use super::{Edit, Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword};

/// Splits a single-stage build on one of PHP's Debian images after the last
/// extension is compiled; server (fpm, Apache) and version stay. It must not
/// apply where anything but packages and extensions is made before that, or
/// where the libraries of a `-dev` package are not known. On Alpine a virtual
/// package does the same in one layer.
pub const RECIPE: Recipe = Recipe {
    id: "php-multi-stage",
    title: "Compile extensions in one stage, ship another",
    why: "Headers are needed to compile PHP's extensions, not to load them. The image takes the compiled extensions and their settings, and installs the libraries alone.",
    applicability: Applicability::Likely,
    rewrite,
};

const FOLDERS: [&str; 2] = ["/usr/local/lib/php/extensions", "/usr/local/etc/php/conf.d"];

/// Packages that only compiling needs.
const COMPILERS: [&str; 10] = [
    "autoconf",
    "automake",
    "build-essential",
    "cmake",
    "g++",
    "gcc",
    "libtool",
    "make",
    "pkg-config",
    "pkgconf",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let distro = &analysis.evaluation.stages.first()?.image.distro;
    if official(reference) != Some("php") || !distro.starts_with("debian:") {
        return None;
    }
    let commands = stage_commands(analysis, stage);
    let (last, _) = commands.iter().rfind(|(_, command)| compiles(command))?;
    let cut = stage.steps.iter().position(|step| step.instruction == last.instruction)?;
    let before = &stage.steps[..=cut];
    if !before.iter().all(|step| is_understood(analysis, step, &commands)) {
        return None;
    }
    let runtime = Runtime {
        image: reference.to_owned(),
        packages: packages(analysis, stage, reference, &commands, last.instruction)?,
    };
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = runtime.lines(analysis);
    let from = analysis.from(stage);
    let mut edits = vec![Edit::insert(from.span.end, format!(" {} build", keyword("AS")))];
    for step in before {
        let instruction = analysis.instruction(step);
        let text = analysis.dockerfile.text(instruction.span).to_owned();
        match instruction.keyword.value {
            Keyword::Env | Keyword::Workdir | Keyword::Arg => lines.push(text),
            keyword if is_configuration(keyword) => {
                lines.push(text);
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    lines.extend(FOLDERS.map(|path| format!("{} --from=build {path} {path}", keyword("COPY"))));
    edits.push(analysis.insert_after(analysis.instruction(last), &lines));
    let verify = Some("docker build -t app . && docker run --rm app php -m".to_owned());
    Some(Rewrite { edits, verify, ..Rewrite::default() })
}

fn compiles(command: &RunCommand) -> bool {
    command.name() == "docker-php-ext-install" || command.starts_with(&["pecl", "install"])
}

/// True for a step that makes nothing but packages and extensions.
fn is_understood(analysis: &Analysis<'_>, step: &Step, all: &[(&Step, RunCommand)]) -> bool {
    let instruction = analysis.instruction(step);
    match &step.operation {
        Operation::Run(run) => {
            let mut own =
                all.iter().filter(|(at, _)| at.instruction == step.instruction).peekable();
            run.mounts.is_empty()
                && own.peek().is_some()
                && own.all(|(_, command)| is_known(command))
        }
        Operation::Copy(_) | Operation::Invalid => false,
        _ => !matches!(instruction.body, Body::User(_) | Body::Shell(_) | Body::Onbuild(_)),
    }
}

fn is_known(command: &RunCommand) -> bool {
    match command.name() {
        "docker-php-ext-install"
        | "docker-php-ext-configure"
        | "docker-php-ext-enable"
        | "docker-php-source"
        | "pecl" => true,
        "rm" => command.operands(1).all(|path| path.starts_with('/')),
        _ => apt::verb(command).is_some_and(|verb| !matches!(verb, "purge" | "remove")),
    }
}

/// What the image needs of the system: of what is installed up to the cut, the
/// libraries, and all that is not for compiling.
fn packages(
    analysis: &Analysis<'_>,
    stage: &Stage,
    reference: &str,
    commands: &[(&Step, RunCommand)],
    cut: usize,
) -> Option<Vec<String>> {
    if !system_packages(analysis, stage).iter().any(|name| name.ends_with("-dev")) {
        return None;
    }
    let base = analysis.catalog.image(reference);
    let debian = analysis.catalog.debian(&base);
    let installed = commands
        .iter()
        .filter(|(step, _)| step.instruction <= cut)
        .flat_map(|(_, command)| apt::packages(command));
    let mut packages: Vec<String> = Vec::new();
    for name in installed.filter(|name| !COMPILERS.contains(name)) {
        match name.ends_with("-dev") {
            true => packages.extend(debian.libraries(name)?.into_iter().map(str::to_owned)),
            false if name.contains(['$', '=']) => return None,
            false => packages.push(name.to_owned()),
        }
    }
    packages.sort();
    packages.dedup();
    Some(packages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_extensions_and_their_libraries() {
        let before = "FROM php:8.3-fpm-bookworm\nLABEL a=b\nRUN apt-get update && apt-get install -y git libzip-dev libicu-dev && docker-php-ext-install zip intl\nRUN pecl install redis-6.0.2 && docker-php-ext-enable redis\nWORKDIR /app\nCOPY . .\nCMD [\"php-fpm\"]\n";
        let expected = "FROM php:8.3-fpm-bookworm AS build\nRUN apt-get update && apt-get install -y git libzip-dev libicu-dev && docker-php-ext-install zip intl\nRUN pecl install redis-6.0.2 && docker-php-ext-enable redis\n\nFROM php:8.3-fpm-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends git libicu72 libzip4 && rm -rf /var/lib/apt/lists/*\nLABEL a=b\nCOPY --from=build /usr/local/lib/php/extensions /usr/local/lib/php/extensions\nCOPY --from=build /usr/local/etc/php/conf.d /usr/local/etc/php/conf.d\nWORKDIR /app\nCOPY . .\nCMD [\"php-fpm\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        let install = "apt-get update && apt-get install -y libzip-dev";
        let compile = "docker-php-ext-install zip";
        for (image, text) in [
            ("php:8.3-fpm-alpine", format!("RUN {install} && {compile}")),
            ("php:8.3-fpm-bookworm", format!("RUN {compile}")),
            ("php:8.3-fpm-bookworm", format!("RUN {install}")),
            ("php:8.3-fpm-bookworm", format!("COPY . /app\nRUN {install} && {compile}")),
            ("php:8.3-apache-bookworm", format!("RUN a2enmod rewrite && {install} && {compile}")),
            (
                "php:8.3-fpm-bookworm",
                format!("RUN {install} && {compile} && apt-get purge -y libzip-dev"),
            ),
            ("php:8.3-fpm-bookworm", format!("RUN {install} unknown-dev && {compile}")),
        ] {
            let text = format!("FROM {image}\n{text}\nCMD [\"php-fpm\"]\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
