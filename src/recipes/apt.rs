//! What the recipes for apt share.

use std::borrow::Borrow;

use super::place::{RunCommand, commands, mounts_cache};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};

/// The verb of an apt command: `install` of `apt-get -y install curl`.
pub fn verb(command: &RunCommand) -> Option<&str> {
    let is_apt = matches!(command.name(), "apt-get" | "apt");
    if is_apt { command.operands(1).next() } else { None }
}

/// The packages that a command installs; none for other commands.
pub fn packages(command: &RunCommand) -> Vec<&str> {
    match verb(command) {
        Some("install") => command.operands(1).skip(1).collect(),
        _ => Vec::new(),
    }
}

/// The RUN that installs packages and leaves no indexes behind; none for none.
pub fn install_run(analysis: &Analysis<'_>, packages: &[impl Borrow<str>]) -> Option<String> {
    (!packages.is_empty()).then(|| {
        format!(
            "{} apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*",
            analysis.keyword("RUN"),
            packages.join(" ")
        )
    })
}

/// True when a RUN installs packages without reading the indexes before, as
/// far as it can be seen.
pub fn relies_on_earlier_update(analysis: &Analysis<'_>, step: &Step) -> bool {
    let commands = commands(analysis.instruction(step));
    let install = commands.iter().position(|command| verb(command) == Some("install"));
    let update = commands.iter().position(|command| verb(command) == Some("update"));
    install.is_some_and(|install| update.is_none_or(|update| update > install))
}

/// True when a cache or tmpfs mount holds the package indexes.
pub fn lists_are_mounted(step: &Step) -> bool {
    mounts_cache(step, |target| "/var/lib/apt/lists".starts_with(target.trim_end_matches('/')))
}

/// The steps of a stage whose RUN installs packages.
pub fn installing<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> impl Iterator<Item = &'a Step> {
    stage.steps.iter().filter(|step| {
        commands(analysis.instruction(step)).iter().any(|command| verb(command) == Some("install"))
    })
}

/// True when everything that a RUN does is done with apt and its files.
pub fn is_only_apt(commands: &[RunCommand]) -> bool {
    !commands.is_empty()
        && commands.iter().any(|command| verb(command) == Some("install"))
        && commands.iter().all(|command| {
            verb(command).is_some()
                || (command.name() == "rm"
                    && command.operands(1).all(|path| {
                        ["/var/lib/apt", "/var/cache/apt", "/tmp", "/var/tmp"]
                            .iter()
                            .any(|folder| path.starts_with(folder))
                    }))
        })
}
