//! `cargo xtask types`: the report's TypeScript declarations.
//!
//! ts-rs gives one declaration a type; this module gathers those that a
//! [`Project`], a [`Report`] and the answers to an editor reach and lays them out
//! for a reader. ts-rs
//! leaves out the comments of an enum's values, so these come from the source.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use dockerfile_playground::editor::{Completions, Hover, Outline};
use dockerfile_playground::report::{Project, Report};
use ts_rs::{Config, TS, TypeVisitor};

use crate::{Outcome, no_arguments, paths};

const SOURCE: &str =
    concat!(include_str!("../../src/report.rs"), include_str!("../../src/editor/mod.rs"));

const HEADER: &str = "\
// Generated from src/report.rs and src/editor/mod.rs by `cargo xtask types`; do not edit.
//
// All sizes are bytes, all times are seconds, all lines are 1-based and all
// columns are 1-based UTF-16 code units.
";

/// The generated file.
pub fn file() -> PathBuf {
    paths::package().join("report.d.ts")
}

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    no_arguments(arguments)?;
    let changed = update()?;
    let state = if changed { "written" } else { "already current" };
    println!("{}: {state}", file().display());
    Ok(Outcome::Done)
}

/// Writes the file if its text is not current; true when it was not.
pub fn update() -> Result<bool> {
    if is_current() {
        return Ok(false);
    }
    fs::write(file(), declarations())
        .with_context(|| format!("cannot write {}", file().display()))?;
    Ok(true)
}

/// True when the file holds the current declarations.
pub fn is_current() -> bool {
    fs::read_to_string(file()).is_ok_and(|text| text == declarations())
}

/// The text of the file: every type in the source's order.
fn declarations() -> String {
    let mut gather = Gather { config: Config::new().with_large_int("number"), types: Vec::new() };
    gather.visit::<Project>();
    gather.visit::<Report>();
    gather.visit::<Outline>();
    gather.visit::<Completions>();
    gather.visit::<Hover>();
    let mut types = gather.types;
    types.sort_by_cached_key(|(name, _)| (position(name), name.clone()));
    let texts = types.iter().map(|(_, text)| format!("\n{text}"));
    HEADER.to_owned() + &texts.collect::<String>()
}

/// Where the source declares a type.
fn position(name: &str) -> Option<usize> {
    let heads = ["struct", "enum"].map(|keyword| format!("pub {keyword} {name} {{"));
    heads.iter().find_map(|head| SOURCE.find(head))
}

/// Gathers a type and those that it uses, each once, by name.
struct Gather {
    config: Config,
    types: Vec<(String, String)>,
}

impl TypeVisitor for Gather {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return; // not one of ours
        }
        let name = T::ident(&self.config);
        if self.types.iter().all(|(seen, _)| *seen != name) {
            self.types.push((name, declaration::<T>(&self.config)));
            T::visit_dependencies(self);
        }
    }
}

fn declaration<T: TS + ?Sized>(config: &Config) -> String {
    let name = T::ident(config);
    let declaration = T::decl(config);
    let (_, body) = declaration.split_once(" = ").expect("type NAME = BODY");
    let docs = comment(&T::docs().unwrap_or_default(), "");
    match body.strip_prefix('{') {
        Some(fields) => format!("{docs}export interface {name} {{\n{}}}\n", members(fields)),
        None => format!("{docs}export type {name} ={};\n", values(&name, body)),
    }
}

/// The members of an interface: ts-rs puts each comment and each field on its
/// own lines.
fn members(fields: &str) -> String {
    let fields = fields.trim_end().trim_end_matches("};");
    let mut text = String::new();
    let mut docs = String::new();
    for line in fields.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if line.starts_with("/**") || line.starts_with(" *") {
            docs += line;
            docs.push('\n');
        } else {
            text += &comment(&std::mem::take(&mut docs), "  ");
            text += &format!("  {};\n", readable(line.trim_end_matches(',')));
        }
    }
    text
}

fn readable(field: &str) -> String {
    match field.split_once("{ [key in string]: ") {
        Some((name, value)) => {
            format!("{name}Record<string, {}>", value.trim_end_matches(" }"))
        }
        None => field.to_owned(),
    }
}

/// The values of a union of strings, each with its comment.
fn values(name: &str, body: &str) -> String {
    let mut docs = value_docs(name).into_iter();
    let body = body.trim_end_matches(';');
    let values = body.split(" | ").map(|value| {
        let docs = comment(&docs.next().unwrap_or_default(), "  ");
        format!("\n{docs}  | {}", value.replace('"', "'"))
    });
    values.collect()
}

/// The comments of an enum's values, in order, as JSDoc.
fn value_docs(name: &str) -> Vec<String> {
    let head = format!("pub enum {name} {{\n");
    let Some((_, rest)) = SOURCE.split_once(&head) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut docs = String::new();
    for line in rest.lines().map(str::trim).take_while(|line| *line != "}") {
        match line.strip_prefix("///") {
            Some(text) => docs += &format!(" *{text}\n"),
            None if line.starts_with('#') => {}
            None => all.push(format!("/**\n{} */\n", std::mem::take(&mut docs))),
        }
    }
    all
}

/// A JSDoc comment indented, and on one line when it fits.
fn comment(docs: &str, indent: &str) -> String {
    let lines: Vec<&str> = docs.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [] => String::new(),
        [_, text, _] => format!("{indent}/**{} */\n", text.trim_start_matches(" *")),
        lines => lines.iter().map(|line| format!("{indent}{line}\n")).collect(),
    }
}
