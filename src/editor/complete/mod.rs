//! What may be written at a place.

mod paths;
mod shell;

use super::cursor::{self, Place};
use super::hover::stage_size;
use super::{Completion, CompletionKind, Completions, describe, variables};
use crate::Analysis;
use crate::data::{BaseImage, Pack};
use crate::graph::Base;
use crate::syntax::mount::{self, MountKind};
use crate::syntax::{Directive, Instruction, Keyword, TokenKind};
use crate::units::Range;

/// More than these nobody reads; what is typed next narrows them.
const MOST: usize = 60;

/// Repositories that stand first while little is typed.
const COMMON: [&str; 12] = [
    "alpine",
    "debian",
    "eclipse-temurin",
    "golang",
    "nginx",
    "node",
    "php",
    "postgres",
    "python",
    "ruby",
    "rust",
    "ubuntu",
];
/// Values of `--platform`.
const PLATFORMS: [&str; 5] =
    ["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64", "linux/arm/v7"];
const SIGNALS: [&str; 5] = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL"];
const DIRECTIVES: [&str; 4] =
    ["# syntax=docker/dockerfile:1", "# escape=`", "# check=skip=", "# check=error=true"];

/// What may be written at a byte offset.
pub(super) fn complete(analysis: &Analysis<'_>, offset: u32) -> Completions {
    let place = Place::at(&analysis.dockerfile, offset);
    let instruction = match &place {
        Place::Arguments(instruction, _) | Place::Heredoc(instruction, _) => Some(*instruction),
        _ => None,
    };
    let mut finder = Finder::new(analysis, instruction);
    match &place {
        Place::Comment(line) => finder.directive(line, offset),
        Place::Keyword(typed) => finder.keyword(typed, false),
        Place::Arguments(_, text) => finder.line(text),
        Place::Heredoc(instruction, text) if instruction.keyword.value == Keyword::Run => {
            finder.script(text);
        }
        Place::Heredoc(..) => {}
    }
    finder.finish(offset)
}

/// The image that a stage is built on in the end.
pub(super) fn image_of<'a>(analysis: &'a Analysis<'_>, stage: usize) -> Option<&'a BaseImage> {
    let first = *analysis.graph.chain(stage).last()?;
    match &analysis.graph.stages[first].base {
        Base::Image(reference) => analysis.images.get(reference).map(AsRef::as_ref),
        _ => None,
    }
}

/// Gathers completions.
struct Finder<'a> {
    analysis: &'a Analysis<'a>,
    /// Index of the instruction that the place is in.
    instruction: Option<usize>,
    /// Index of the stage that the place is in.
    stage: Option<usize>,
    /// What is typed of what is to be completed.
    typed: String,
    items: Vec<Completion>,
    wants: Vec<Pack>,
}

impl<'a> Finder<'a> {
    fn new(analysis: &'a Analysis<'a>, instruction: Option<&Instruction>) -> Self {
        let instructions = &analysis.dockerfile.instructions;
        let index = instruction
            .and_then(|one| instructions.iter().position(|other| other.span == one.span));
        let stage = index.and_then(|index| {
            analysis.graph.stages.iter().rposition(|stage| stage.instruction <= index)
        });
        Self {
            analysis,
            instruction: index,
            stage,
            typed: String::new(),
            items: Vec::new(),
            wants: Vec::new(),
        }
    }

    /// What was typed stands right before the place, else nothing fits.
    fn finish(self, offset: u32) -> Completions {
        let before = &self.analysis.dockerfile.source()[..offset as usize];
        if !before.ends_with(&self.typed) {
            return Completions {
                start: self.analysis.dockerfile.utf16(offset),
                ..Completions::default()
            };
        }
        Completions {
            start: self.analysis.dockerfile.utf16(offset - self.typed.len() as u32),
            items: self.items,
            wants: self.wants.iter().map(Pack::to_string).collect(),
        }
    }

    fn push(&mut self, text: impl Into<String>, kind: CompletionKind, info: Option<String>) {
        self.push_sized(text, kind, info, None);
    }

    /// Takes what begins as it was typed, in any case, or has it further on.
    fn push_sized(
        &mut self,
        text: impl Into<String>,
        kind: CompletionKind,
        info: Option<String>,
        size: Option<Range>,
    ) {
        let text = text.into();
        if begins(&text, &self.typed) && self.items.len() < MOST {
            self.items.push(Completion { text, kind, size, info });
        }
    }

    /// Parser directives stand above everything else, each once.
    fn directive(&mut self, line: &str, offset: u32) {
        let above = self.analysis.dockerfile.tokens.iter().take_while(|one| one.span.end < offset);
        let is_at_top = above.into_iter().all(|token| {
            matches!(token.kind, TokenKind::Bom | TokenKind::Directive | TokenKind::Newline)
        });
        if !is_at_top {
            return;
        }
        line.clone_into(&mut self.typed);
        for text in DIRECTIVES {
            let name = text.trim_start_matches("# ").split('=').next().unwrap_or("");
            let given = |one: &Directive| one.name == name && one.span.end < offset;
            if !self.analysis.dockerfile.directives.iter().any(given) {
                let info = Some(describe::directive(name).to_owned());
                self.push(text, CompletionKind::Directive, info);
            }
        }
    }

    /// Instructions that may stand here, in the case that the text has.
    fn keyword(&mut self, typed: &str, is_trigger: bool) {
        typed.clone_into(&mut self.typed);
        let dockerfile = &self.analysis.dockerfile;
        let has_stage = !self.analysis.graph.stages.is_empty() && self.is_after_from(typed);
        let first =
            dockerfile.instructions.iter().find(|one| one.keyword.value != Keyword::Unknown);
        let is_lower =
            first.is_some_and(|one| one.keyword_text.starts_with(|c: char| c.is_ascii_lowercase()));
        for keyword in Keyword::ALL {
            let fits = match keyword {
                Keyword::Maintainer => false,
                Keyword::From => !is_trigger,
                Keyword::Arg => true,
                Keyword::Onbuild => has_stage && !is_trigger,
                _ => has_stage,
            };
            if fits {
                let name = keyword.name();
                let text = if is_lower { name.to_ascii_lowercase() } else { name.to_owned() };
                self.push(
                    text,
                    CompletionKind::Keyword,
                    Some(describe::keyword(keyword).to_owned()),
                );
            }
        }
    }

    /// True when a stage has begun above the line that is typed.
    fn is_after_from(&self, typed: &str) -> bool {
        let instructions = &self.analysis.dockerfile.instructions;
        let at = match self.instruction {
            Some(index) => index,
            None => instructions
                .iter()
                .rposition(|one| one.keyword_text == typed && !typed.is_empty())
                .unwrap_or(instructions.len()),
        };
        self.analysis.graph.stages.first().is_some_and(|stage| stage.instruction < at)
    }

    /// In an instruction's line after its keyword.
    fn line(&mut self, text: &str) {
        let (keyword, rest) = cursor::split(text);
        if keyword == Keyword::Onbuild {
            return self.keyword(rest, true);
        }
        let word = rest.rsplit(char::is_whitespace).next().unwrap_or("");
        word.clone_into(&mut self.typed);
        if self.variable(word) {
            return;
        }
        let before: Vec<&str> = rest[..rest.len() - word.len()].split_whitespace().collect();
        let in_flags = before.iter().all(|word| word.starts_with("--"));
        if in_flags && word.starts_with('-') {
            return self.flag(keyword, &before, word);
        }
        let operands: Vec<&str> =
            before.iter().copied().filter(|word| !word.starts_with("--")).collect();
        match keyword {
            Keyword::From => self.from(&operands, word),
            Keyword::Copy | Keyword::Add => self.sources(&before, word),
            Keyword::Run => self.script(rest),
            Keyword::Stopsignal => self.values(&SIGNALS),
            Keyword::Healthcheck if operands.is_empty() => self.values(&["CMD", "NONE"]),
            Keyword::User => self.users(),
            _ => {}
        }
        if in_flags && word.is_empty() {
            self.flag(keyword, &before, word);
        }
    }

    fn values(&mut self, values: &[&str]) {
        for value in values {
            self.push(*value, CompletionKind::Value, None);
        }
    }

    /// A variable that is being typed; false when none is.
    fn variable(&mut self, word: &str) -> bool {
        let Some(dollar) = word.rfind('$') else { return false };
        let name = &word[dollar + 1..];
        let (open, name) = match name.strip_prefix('{') {
            Some(name) => ("${", name),
            None => ("$", name),
        };
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        self.typed = format!("{open}{name}");
        let close = if open == "${" { "}" } else { "" };
        let Some(instruction) = self.instruction else { return true };
        for (name, variable) in variables::at(self.analysis, instruction) {
            let info = match variable.value {
                Some(value) => format!("{value} ({})", variable.origin),
                None => variable.origin,
            };
            self.push(format!("{open}{name}{close}"), CompletionKind::Variable, Some(info));
        }
        true
    }

    /// A flag, or the value of one.
    fn flag(&mut self, keyword: Keyword, before: &[&str], word: &str) {
        if let Some((name, value)) = word.split_once('=') {
            value.clone_into(&mut self.typed);
            return self.flag_value(name.trim_start_matches('-'), value);
        }
        for name in keyword.flags() {
            let given = |word: &&str| word.trim_start_matches('-').split('=').next() == Some(name);
            if !keyword.repeats(name) && before.iter().any(given) {
                continue;
            }
            let value = if keyword.is_switch(name) { "" } else { "=" };
            let info = Some(describe::flag(name).to_owned());
            self.push(format!("--{name}{value}"), CompletionKind::Flag, info);
        }
    }

    fn flag_value(&mut self, name: &str, value: &str) {
        match name {
            "mount" => self.mount(value),
            "from" => self.origins(value),
            "platform" => self.values(&PLATFORMS),
            "network" => self.values(&["default", "none", "host"]),
            "security" => self.values(&["sandbox", "insecure"]),
            "checksum" => self.values(&["sha256:"]),
            "chown" => self.users(),
            "link" | "parents" | "unpack" | "keep-git-dir" => self.values(&["true", "false"]),
            _ => {}
        }
    }

    /// What is typed of `--mount=`: an option, or the value of one.
    fn mount(&mut self, text: &str) {
        let field = text.rsplit(',').next().unwrap_or("");
        let before: Vec<&str> = text[..text.len() - field.len()].split(',').collect();
        let kind = before.iter().find_map(|field| field.strip_prefix("type="));
        let kind = MountKind::ALL
            .into_iter()
            .find(|one| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(one.name())))
            .unwrap_or_default();
        if let Some((option, value)) = field.split_once('=') {
            value.clone_into(&mut self.typed);
            match option {
                "type" => {
                    for kind in MountKind::ALL {
                        let info = describe::mount_kind(kind.name()).to_owned();
                        self.push(kind.name(), CompletionKind::Value, Some(info));
                    }
                }
                "from" => self.origins(value),
                "sharing" => self.values(&mount::SHARING),
                "source" | "src" if kind == MountKind::Bind => {
                    let from = before.iter().find_map(|field| field.strip_prefix("from="));
                    self.paths(from, value);
                }
                _ => {}
            }
            return;
        }
        field.clone_into(&mut self.typed);
        let is_given =
            |name: &str| before.iter().any(|field| field.split('=').next() == Some(name));
        let names = std::iter::once("type").chain(kind.options().iter().copied());
        for name in names.filter(|name| !is_given(name)) {
            let value = if matches!(name, "required" | "readonly" | "rw") { "" } else { "=" };
            let info = describe::mount_option(name).to_owned();
            self.push(format!("{name}{value}"), CompletionKind::Flag, Some(info));
        }
    }

    /// What files may come from: a stage above this one, or an image.
    fn origins(&mut self, typed: &str) {
        self.stages();
        if !typed.is_empty() {
            self.images(typed);
        }
    }

    /// The named stages above this one with their sizes, the nearest first.
    fn stages(&mut self) {
        let dockerfile = &self.analysis.dockerfile;
        for index in (0..self.stages_above()).rev() {
            let stage = &self.analysis.graph.stages[index];
            let Some(name) = stage.name.clone() else { continue };
            let line = dockerfile.line(dockerfile.instructions[stage.instruction].span.start);
            let size = stage_size(self.analysis, index);
            let info = Some(format!("The stage that begins on line {line}."));
            self.push_sized(name, CompletionKind::Stage, info, Some(size));
        }
    }

    /// How many stages there are above the one of this instruction.
    fn stages_above(&self) -> usize {
        let Some(index) = self.instruction else { return 0 };
        let stages = &self.analysis.graph.stages;
        let above = stages.iter().take_while(|stage| stage.instruction < index).count();
        match self.analysis.dockerfile.instructions[index].keyword.value {
            Keyword::From => above,
            _ => above.saturating_sub(1),
        }
    }

    fn from(&mut self, operands: &[&str], word: &str) {
        match operands.len() {
            0 => {
                self.stages();
                self.images(word);
                self.push("scratch", CompletionKind::Image, Some("Nothing at all.".to_owned()));
            }
            1 => self.push("AS", CompletionKind::Keyword, Some("Names the stage.".to_owned())),
            _ => {}
        }
    }

    /// Notes that a pack is of use here.
    fn want(&mut self, pack: Pack) {
        if self.analysis.catalog.lacks(pack) {
            self.wants.push(pack);
        }
    }

    /// Repositories, and once there is a `:` the tags of one with their sizes.
    fn images(&mut self, typed: &str) {
        let catalog = self.analysis.catalog;
        self.want(Pack::Images);
        if let Some((repository, _)) = typed.split_once(':') {
            for (tag, size) in catalog.tags(repository) {
                let text = format!("{repository}:{tag}");
                self.push_sized(text, CompletionKind::Image, None, Some(size));
            }
            return;
        }
        let mut names: Vec<&str> = catalog.repositories().collect();
        // The official ones are those without a slash.
        names.sort_unstable_by_key(|name| (!COMMON.contains(name), name.contains('/'), *name));
        for name in names {
            if begins(name, typed) && self.items.len() + 1 < MOST {
                let latest = catalog.image(name);
                let size = (latest.resolved.is_none() && latest.known).then_some(latest.bytes);
                self.push_sized(format!("{name}:"), CompletionKind::Repository, None, size);
            }
        }
    }

    /// The image that the stage is built on, through other stages.
    fn image(&self) -> Option<&'a BaseImage> {
        image_of(self.analysis, self.stage?)
    }

    /// Users that the base image has.
    fn users(&mut self) {
        if let Some(user) = self.image().and_then(|image| image.extra_user.clone()) {
            let info = Some("A user without privileges that the base image has.".to_owned());
            self.push(user, CompletionKind::Value, info);
        }
        self.push("root", CompletionKind::Value, None);
    }

    /// Sources of COPY and ADD: files of the context, or of what `--from` names.
    fn sources(&mut self, before: &[&str], word: &str) {
        let from = before.iter().find_map(|word| word.strip_prefix("--from="));
        self.paths(from, word);
    }
}

fn begins(text: &str, typed: &str) -> bool {
    text.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

#[cfg(test)]
mod tests;
