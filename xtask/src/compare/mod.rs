//! `cargo xtask compare-hadolint`: our findings beside those of hadolint.
//!
//! Not part of the tests: it needs the program, 2.15.1 or later.

mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use dockerfile_playground::report::{LabelKind, Project, RuleSettings};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Analysis, rules};
use lexopt::prelude::*;

use crate::{Outcome, paths};

/// A rule's name and a line.
type Found = BTreeSet<(String, u32)>;

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut folders = Vec::new();
    let mut count = 400;
    let mut program = PathBuf::from("hadolint");
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("hadolint") => program = arguments.value()?.into(),
            Long("count") => count = arguments.value()?.parse()?,
            Value(folder) => folders.push(PathBuf::from(folder)),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let generated = paths::target().join("compare-hadolint");
    write(&generated, count)?;
    folders.extend([paths::root().join("tests"), generated]);
    let mut files = paths::files(&folders);
    files.retain(|path| is_dockerfile(path));
    let reasons = Reasons::read()?;
    let mut tally = Tally::default();
    for configuration in configurations() {
        let theirs = configuration.hadolint(&program, &files)?;
        for file in &files {
            let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
            let theirs = theirs.get(file).cloned().unwrap_or_default();
            configuration.compare(file, text, &theirs, &reasons, &mut tally);
        }
    }
    tally.print(files.len(), &reasons);
    Ok(if tally.unexplained == 0 { Outcome::Done } else { Outcome::Failed(1) })
}

/// Writes that many generated Dockerfiles into a folder.
fn write(folder: &Path, count: u64) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in 0..count {
        fs::write(folder.join(format!("{number}.Dockerfile")), generate::dockerfile(number))?;
    }
    Ok(())
}

/// True for a file with `dockerfile` in its name that is not about one.
pub fn is_dockerfile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let other = [".snap", ".dockerignore", ".json"].iter().any(|ending| name.ends_with(ending));
    name.contains("dockerfile") && !other
}

/// What both are run with.
struct Configuration {
    arguments: &'static [&'static str],
    settings: RuleSettings,
}

/// As it comes, and with everything that needs settings.
fn configurations() -> [Configuration; 2] {
    #[rustfmt::skip]
    let arguments = &[
        "--trusted-registry", "docker.io", "--trusted-registry", "*.example.com",
        "--require-label", "maintainer:text", "--require-label", "url:url",
        "--require-label", "version:semver", "--require-label", "created:rfc3339",
        "--require-label", "revision:hash", "--require-label", "licenses:spdx",
        "--require-label", "contact:email", "--strict-labels",
        "--info", "DL1001", "--info", "DL3057",
    ];
    [
        Configuration { arguments: &[], settings: RuleSettings::default() },
        Configuration { arguments, settings: configured() },
    ]
}

/// Settings for all that needs some.
pub fn configured() -> RuleSettings {
    let label = |name: &str, kind| (name.to_owned(), kind);
    RuleSettings {
        trusted_registries: vec!["docker.io".to_owned(), "*.example.com".to_owned()],
        label_schema: Map::from([
            label("maintainer", LabelKind::Text),
            label("url", LabelKind::Url),
            label("version", LabelKind::Semver),
            label("created", LabelKind::Rfc3339),
            label("revision", LabelKind::Hash),
            label("licenses", LabelKind::Spdx),
            label("contact", LabelKind::Email),
        ]),
        strict_labels: true,
        enable: vec!["DL1001".to_owned(), "DL3057".to_owned()],
    }
}

impl Configuration {
    /// What hadolint finds, by file.
    fn hadolint(&self, program: &Path, files: &[PathBuf]) -> Result<BTreeMap<PathBuf, Found>> {
        let mut command = Command::new(program);
        command.args(["--no-fail", "--format", "json"]).args(self.arguments).args(files);
        let output = command
            .output()
            .with_context(|| format!("cannot run {} (--hadolint PROGRAM)", program.display()))?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
        let mut found = BTreeMap::<PathBuf, Found>::new();
        for row in &rows {
            let text = |key: &str| row[key].as_str().unwrap_or_default();
            let line = row["line"].as_u64().unwrap_or_default() as u32;
            found.entry(text("file").into()).or_default().insert((text("code").to_owned(), line));
        }
        Ok(found)
    }

    fn compare(
        &self,
        file: &Path,
        text: String,
        theirs: &Found,
        reasons: &Reasons,
        tally: &mut Tally,
    ) {
        // DL1000: it does not read the file at all.
        if theirs.iter().any(|(rule, _)| rule == "DL1000") {
            tally.refused.insert(file.to_owned());
            return;
        }
        let mut project = Project { dockerfile: text, ..Project::default() };
        project.settings.rules = self.settings.clone();
        let analysis = Analysis::new(&project);
        let ours = ours(&analysis);
        let theirs = theirs.iter().filter(|(rule, _)| is_rule(rule)).cloned().collect::<Found>();
        tally.equal += ours.intersection(&theirs).count();
        let sides = [("ours", ours.difference(&theirs)), ("hadolint", theirs.difference(&ours))];
        for (side, only) in sides {
            for (rule, line) in only {
                let text = instruction(&analysis, *line);
                let reason = reasons.find(rule, side, &text);
                tally.add(file, (rule, *line), side, &text, reason);
            }
        }
    }
}

fn ours(analysis: &Analysis<'_>) -> Found {
    let findings = rules::check(analysis).into_iter();
    let named = findings.flat_map(|finding| {
        let names = finding.aliases.into_iter().filter(|name| is_rule(name));
        names.map(move |name| (name, finding.line))
    });
    named.collect()
}

fn is_rule(name: &str) -> bool {
    name.starts_with("DL")
}

/// The instruction at a line, on one line; blanks at its end are one `·`.
fn instruction(analysis: &Analysis<'_>, line: u32) -> String {
    let mut instructions = analysis.dockerfile.instructions.iter();
    let at = instructions.rfind(|one| analysis.dockerfile.line(one.span.start) <= line);
    let Some(at) = at else { return String::new() };
    let words = analysis.dockerfile.text(at.span).split_whitespace();
    let after = analysis.dockerfile.source()[at.span.end as usize..].starts_with([' ', '\t']);
    words.collect::<Vec<_>>().join(" ") + if after { "·" } else { "" }
}

/// `tests/hadolint_differences.tsv`: the differences that are meant.
struct Reasons(Vec<[String; 4]>);

impl Reasons {
    fn read() -> Result<Self> {
        let path = paths::root().join("tests/hadolint_differences.tsv");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let rows = text.lines().skip(1).map(|line| {
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            cells.try_into().map_err(|_| anyhow::anyhow!("not four cells: {line}"))
        });
        Ok(Self(rows.collect::<Result<_>>()?))
    }

    /// The row of a difference: an empty cell of text stands for any.
    fn find(&self, rule: &str, side: &str, text: &str) -> Option<usize> {
        self.0.iter().position(|[of, by, part, _]| of == rule && by == side && text.contains(part))
    }
}

#[derive(Default)]
struct Tally {
    equal: usize,
    explained: BTreeMap<usize, usize>,
    unexplained: usize,
    refused: BTreeSet<PathBuf>,
}

impl Tally {
    fn add(
        &mut self,
        file: &Path,
        (rule, line): (&str, u32),
        side: &str,
        text: &str,
        reason: Option<usize>,
    ) {
        match reason {
            Some(row) => *self.explained.entry(row).or_default() += 1,
            None => {
                self.unexplained += 1;
                println!("{rule} {side} only  {}:{line}  {text}", file.display());
            }
        }
    }

    fn print(&self, files: usize, reasons: &Reasons) {
        println!("{files} Dockerfiles, each with two settings: {} findings equal", self.equal);
        println!("{} Dockerfiles that hadolint does not read are left out", self.refused.len());
        for (row, [rule, side, part, reason]) in reasons.0.iter().enumerate() {
            let count = self.explained.get(&row).unwrap_or(&0);
            println!("{count} times {rule} {side} only ({part}): {reason}");
        }
        println!("{} without a reason", self.unexplained);
    }
}
