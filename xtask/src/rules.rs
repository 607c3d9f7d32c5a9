//! `cargo xtask rules`: what rules are and why, from their own docs.
//!
//! The comment at the head of a rule's file is the one truth: its first
//! paragraph says what the rule finds, the others why, and the code blocks show
//! what it finds and what is better. This module writes them into the table of
//! rules and into the file that the page shows docs from.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use dockerfile_playground::report::{FindingKind, Severity};
use dockerfile_playground::rules::{self, Rule};
use serde_json::json;

use crate::{Outcome, no_arguments, paths};

/// What stands in the table's file above what is generated.
const MARK: &str = "<!-- Below: `cargo xtask rules`; do not edit. -->\n";

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    for (file, text) in files()? {
        let changed = fs::read_to_string(&file).is_ok_and(|old| old == text);
        if !changed {
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        println!("{}: {}", file.display(), if changed { "already current" } else { "written" });
    }
    Ok(Outcome::Done)
}

/// The generated files that are not current.
pub fn out_of_date() -> Result<Vec<PathBuf>> {
    let is_old =
        |(file, text): &(PathBuf, String)| !fs::read_to_string(file).is_ok_and(|old| old == *text);
    Ok(files()?.into_iter().filter(is_old).map(|(file, _)| file).collect())
}

/// The generated files with their texts.
fn files() -> Result<[(PathBuf, String); 2]> {
    let docs = docs()?;
    let table = paths::root().join("src/rules/README.md");
    let head = fs::read_to_string(&table).context("src/rules/README.md")?;
    let head = head.split(MARK).next().unwrap_or_default().to_owned();
    let pages = paths::root().join("www/rules.json");
    Ok([(table, head + MARK + &rows(&docs)), (pages, page_docs(&docs)?)])
}

/// What a rule's file says of it.
#[derive(Default)]
struct Docs {
    /// What it finds, in one sentence.
    title: String,
    /// Why, a paragraph each.
    why: Vec<String>,
    /// What it fires on.
    bad: Option<Example>,
    /// What is better.
    good: Option<Example>,
}

/// A Dockerfile, or lines of one, perhaps with a `.dockerignore`.
#[derive(Default)]
struct Example {
    dockerfile: String,
    dockerignore: String,
}

/// The docs of all rules by their ids.
fn docs() -> Result<BTreeMap<String, Docs>> {
    let mut found = BTreeMap::new();
    for file in paths::files(&[paths::root().join("src/rules")]) {
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = fs::read_to_string(&file)?;
        let id = source.lines().find_map(|line| line.strip_prefix("    id: \"")?.split('"').next());
        if let Some(id) = id {
            found.insert(id.to_owned(), Docs::read(&source));
        }
    }
    Ok(found)
}

impl Docs {
    /// Reads the comment at the head of a source.
    fn read(source: &str) -> Self {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let mut docs = Self::default();
        let mut paragraph = String::new();
        let mut fence: Option<(bool, String)> = None;
        for line in lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).chain([""]) {
            match (&mut fence, line.strip_prefix("```")) {
                (None, Some(language)) => {
                    fence = Some((language == "dockerignore", String::new()));
                }
                (Some(_), Some(_)) => docs.add(fence.take().unwrap_or_default()),
                (Some((_, code)), None) => *code += &format!("{line}\n"),
                (None, None) if line.is_empty() => docs.end(std::mem::take(&mut paragraph)),
                (None, None) => {
                    paragraph += if paragraph.is_empty() { "" } else { " " };
                    paragraph += line;
                }
            }
        }
        docs
    }

    fn end(&mut self, paragraph: String) {
        match paragraph.as_str() {
            "" | "Better:" => {}
            _ if self.title.is_empty() => self.title = without_alias(&paragraph),
            _ => self.why.push(paragraph),
        }
    }

    fn add(&mut self, (is_ignore, code): (bool, String)) {
        if is_ignore {
            // It belongs to the block above.
            if let Some(last) = self.good.as_mut().or(self.bad.as_mut()) {
                last.dockerignore = code;
            }
        } else {
            let example = Some(Example { dockerfile: code, dockerignore: String::new() });
            *if self.bad.is_none() { &mut self.bad } else { &mut self.good } = example;
        }
    }
}

/// A title without `(DL…)` at its end, and without a full stop.
fn without_alias(title: &str) -> String {
    let title = title.trim_end_matches('.');
    title.split(" (DL").next().unwrap_or_default().to_owned()
}

/// The table.
fn rows(docs: &BTreeMap<String, Docs>) -> String {
    let mut rules: Vec<_> = rules::list().collect();
    rules.sort_by_key(|rule| rule.id);
    let mut text = format!("\n{} rules.\n\n", rules.len());
    text += "| Rule | Also | Severity | About | Fix | What it finds |\n";
    text += "| --- | --- | --- | --- | --- | --- |\n";
    for rule in rules {
        let Rule { id, severity, kind, .. } = rule;
        let aliases = rule.aliases.join(", ");
        let (severity, kind) = (severity_name(*severity), kind_name(*kind));
        let fix = if rule.has_fix() { "yes" } else { "" };
        let title = docs.get(*id).map_or("", |docs| &docs.title).replace('|', "\\|");
        let _ = writeln!(text, "| `{id}` | {aliases} | {severity} | {kind} | {fix} | {title} |");
    }
    text
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn kind_name(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Size => "size",
        FindingKind::Cache => "cache",
        FindingKind::Security => "security",
        FindingKind::Correctness => "correctness",
        FindingKind::Style => "style",
    }
}

/// The docs as the page reads them: by rule.
fn page_docs(docs: &BTreeMap<String, Docs>) -> Result<String> {
    let code = |example: &Option<Example>| {
        example.as_ref().map(|example| match example.dockerignore.as_str() {
            "" => example.dockerfile.clone(),
            ignore => format!("{}\n# .dockerignore\n{ignore}", example.dockerfile),
        })
    };
    let rules: BTreeMap<_, _> = docs
        .iter()
        .map(|(id, docs)| {
            let page = json!({
                "title": docs.title,
                "why": docs.why,
                "bad": code(&docs.bad),
                "good": code(&docs.good),
            });
            (id, page)
        })
        .collect();
    Ok(serde_json::to_string_pretty(&rules)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockerfile_playground::{Analysis, Project};

    /// Rules whose examples would be too long, or need a listing of the context.
    const WITHOUT_EXAMPLE: [&str; 2] = ["too-many-instructions", "unused-context"];

    fn finds(id: &str, example: &Example) -> bool {
        let dockerfile = &example.dockerfile;
        let from = if dockerfile.contains("FROM ") { "" } else { "FROM debian:12\n" };
        let mut project = Project {
            dockerfile: format!("{from}{dockerfile}"),
            dockerignore: example.dockerignore.clone(),
            ..Project::default()
        };
        project.settings.rules = crate::compare::configured();
        let findings = rules::check(&Analysis::new(&project));
        findings.iter().any(|finding| finding.rule == id)
    }

    #[test]
    fn ids_are_used_once_and_documented() {
        let docs = docs().expect("the sources are there");
        let ids: Vec<_> = rules::list().map(|rule| rule.id).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        let documented = |id: &&str| docs.get(*id).is_some_and(|docs| !docs.title.is_empty());
        let without: Vec<_> = ids.into_iter().filter(|id| !documented(id)).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn examples_are_true() {
        let docs = docs().expect("the sources are there");
        let mut wrong = Vec::new();
        for (id, docs) in docs.iter().filter(|(id, _)| !WITHOUT_EXAMPLE.contains(&id.as_str())) {
            let (Some(bad), Some(good)) = (&docs.bad, &docs.good) else {
                wrong.push(format!("{id} has no examples"));
                continue;
            };
            if !finds(id, bad) {
                wrong.push(format!("{id} does not find its example"));
            }
            if finds(id, good) {
                wrong.push(format!("{id} finds what is better"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
