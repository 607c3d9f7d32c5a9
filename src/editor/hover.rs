//! What stands at a place: an instruction, a flag, a variable, an image, a package.

use super::complete::image_of;
use super::cursor::{self, Place};
use super::packages::{Named, Packages, Source, named};
use super::{Hover, describe, variables};
use crate::Analysis;
use crate::graph::Base;
use crate::sorted::Map;
use crate::syntax::mount::MountKind;
use crate::syntax::{
    Body, Expander, Flag, Instruction, Keyword, Span, Token, TokenKind, Variables,
};
use crate::units::Range;

/// What stands at a byte offset; on the border of two things, the one after it.
pub(super) fn hover(analysis: &Analysis<'_>, offset: u32) -> Option<Hover> {
    let dockerfile = &analysis.dockerfile;
    let next = dockerfile.tokens.partition_point(|token| token.span.end <= offset);
    // At the end of a line or of the text, what ends there counts.
    let is_word =
        |token: &&Token| !matches!(token.kind, TokenKind::Whitespace | TokenKind::Newline);
    let ends_here = || dockerfile.tokens.get(next.checked_sub(1)?).filter(is_word);
    let token = dockerfile.tokens.get(next).filter(is_word).or_else(ends_here).copied();
    if let Some(token) = token.filter(|token| token.kind == TokenKind::Directive) {
        return directive(analysis, token);
    }
    let index = index_at(analysis, offset)?;
    let instruction = &dockerfile.instructions[index];
    let special = token.and_then(|token| part(analysis, index, token, offset));
    special.or_else(|| whole(analysis, instruction))
}

/// The instruction that holds a place.
fn index_at(analysis: &Analysis<'_>, offset: u32) -> Option<usize> {
    let instructions = &analysis.dockerfile.instructions;
    let next = instructions.partition_point(|one| one.span.start <= offset);
    let index = next.checked_sub(1)?;
    (offset <= instructions[index].span.end).then_some(index)
}

fn at(analysis: &Analysis<'_>, span: Span, title: String, text: String) -> Hover {
    Hover {
        start: analysis.dockerfile.utf16(span.start),
        end: analysis.dockerfile.utf16(span.end),
        title,
        text,
        value: None,
        size: None,
        evidence: None,
        line: None,
    }
}

fn directive(analysis: &Analysis<'_>, token: Token) -> Option<Hover> {
    let holds = |span: Span| span.start <= token.span.start && token.span.end <= span.end;
    let directive = analysis.dockerfile.directives.iter().find(|one| holds(one.span))?;
    let title = format!("# {}", directive.name);
    let text = describe::directive(&directive.name).to_owned();
    Some(at(analysis, token.span, title, text))
}

/// The instruction itself, at its keyword.
fn whole(analysis: &Analysis<'_>, instruction: &Instruction) -> Option<Hover> {
    let keyword = instruction.keyword.value;
    if keyword == Keyword::Unknown {
        return None;
    }
    let text = describe::keyword(keyword).to_owned();
    let line = analysis.dockerfile.line(instruction.span.start);
    let hover = at(analysis, instruction.keyword.span, keyword.name().to_owned(), text);
    Some(Hover { line: Some(line), ..hover })
}

/// A part of an instruction that has its own meaning.
fn part(analysis: &Analysis<'_>, index: usize, token: Token, offset: u32) -> Option<Hover> {
    let instruction = &analysis.dockerfile.instructions[index];
    let holds = |span: Span| span.start <= offset && offset <= span.end;
    match token.kind {
        TokenKind::Variable => variable(analysis, index, token.span),
        TokenKind::Flag => {
            let inner = trigger(instruction);
            let flag = inner.flags.iter().find(|flag| holds(flag.span))?;
            flag_hover(analysis, flag)
        }
        TokenKind::Argument => match &instruction.body {
            Body::From { image, .. } if holds(image.span) => from(analysis, index, image.span),
            _ => package(analysis, index, offset),
        },
        TokenKind::String | TokenKind::HeredocBody => package(analysis, index, offset),
        _ => None,
    }
}

/// The instruction whose flags count: that of an ONBUILD.
fn trigger(instruction: &Instruction) -> &Instruction {
    match &instruction.body {
        Body::Onbuild(inner) => inner,
        _ => instruction,
    }
}

fn flag_hover(analysis: &Analysis<'_>, flag: &Flag) -> Option<Hover> {
    let mut text = describe::flag(&flag.name).to_owned();
    if text.is_empty() {
        return None;
    }
    let value = flag.value.as_ref().map(|value| &*value.text);
    let mut size = None;
    match (&*flag.name, value) {
        ("mount", Some(value)) => {
            let kind = value.split(',').find_map(|field| field.strip_prefix("type="));
            let kind = kind.unwrap_or(MountKind::default().name()).to_ascii_lowercase();
            text = format!("{kind}: {} {text}", describe::mount_kind(&kind));
        }
        ("from", Some(value)) => {
            if let Some((index, line)) = stage(analysis, value) {
                text = format!("The stage {value}, line {line}. {text}");
                size = Some(stage_size(analysis, index));
            }
        }
        _ => {}
    }
    let hover = at(analysis, flag.span, format!("--{}", flag.name), text);
    Some(Hover { size, ..hover })
}

/// The stage of that name or number, and its line.
fn stage(analysis: &Analysis<'_>, name: &str) -> Option<(usize, u32)> {
    let index = analysis.graph.stage_named(name)?;
    Some((index, line_of(analysis, index)))
}

fn line_of(analysis: &Analysis<'_>, stage: usize) -> u32 {
    let instruction = analysis.graph.stages[stage].instruction;
    analysis.dockerfile.line(analysis.dockerfile.instructions[instruction].span.start)
}

/// Bytes of a stage's whole file system at its end.
pub(super) fn stage_size(analysis: &Analysis<'_>, stage: usize) -> Range {
    analysis.evaluation.stages[stage].tree.iter().map(|(_, entry)| entry.bytes).sum()
}

/// The image or the stage that a FROM names.
fn from(analysis: &Analysis<'_>, instruction: usize, span: Span) -> Option<Hover> {
    let found = analysis.graph.stages.iter().position(|stage| stage.instruction == instruction)?;
    let hover = |title: String, text| at(analysis, span, title, text);
    Some(match &analysis.graph.stages[found].base {
        Base::Scratch => hover("scratch".to_owned(), "Nothing at all: an empty root.".to_owned()),
        Base::Stage(base) => {
            let name = analysis.graph.stages[*base].name.clone().unwrap_or_default();
            let text = format!("The stage that begins on line {}.", line_of(analysis, *base));
            Hover { size: Some(stage_size(analysis, *base)), ..hover(name, text) }
        }
        Base::Image(reference) => {
            let image = analysis.images.get(reference)?;
            let distro = match &*image.distro {
                "" => "An image.".to_owned(),
                distro => format!("An image on {distro}."),
            };
            let ended = image.end_of_life.as_ref().map(|day| format!(" Supported until {day}."));
            let text = distro + &ended.unwrap_or_default();
            Hover {
                size: Some(image.bytes),
                evidence: Some(image.evidence.clone()),
                ..hover(reference.clone(), text)
            }
        }
    })
}

/// A package that the command of a RUN installs, with all that comes with it.
fn package(analysis: &Analysis<'_>, index: usize, offset: u32) -> Option<Hover> {
    let instruction = &analysis.dockerfile.instructions[index];
    if !matches!(trigger(instruction).body, Body::Run(_)) {
        return None;
    }
    let span = name_at(analysis.dockerfile.source(), offset)?;
    let text = match Place::at(&analysis.dockerfile, span.start) {
        Place::Arguments(_, text) => cursor::split(&text).1.to_owned(),
        Place::Heredoc(_, text) => text,
        _ => return None,
    };
    let written = analysis.dockerfile.text(span);
    let Named { source, before } = named(text.trim_end_matches(['"', '\'']), written)?;
    let name = match source {
        // After the scope's own.
        Source::Npm => written.rfind('@').filter(|at| *at > 0).map_or(written, |at| &written[..at]),
        _ => written,
    };
    let stage = analysis.graph.stages.iter().rposition(|stage| stage.instruction <= index)?;
    let recommends = source == Source::Apt && !before.contains(&"--no-install-recommends");
    let packages = Packages {
        source,
        catalog: analysis.catalog,
        image: image_of(analysis, stage),
        recommends,
    };
    let Some(brought) = packages.brought(name) else {
        let text = "The base image has it already.".to_owned();
        return packages.knows(name).then(|| at(analysis, span, name.to_owned(), text));
    };
    let text = match (brought.others, recommends) {
        (0, _) if source == Source::Npm => "A package with all that it needs.".to_owned(),
        (0, _) => "A package that brings no other.".to_owned(),
        (1, _) => "A package and one more that comes with it.".to_owned(),
        (others, false) => format!("A package and {others} more that it needs."),
        (others, true) => format!("A package and {others} more that it needs or recommends."),
    };
    let hover = at(analysis, span, name.to_owned(), text);
    Some(Hover { size: Some(brought.size), evidence: Some(brought.evidence), ..hover })
}

/// What may be a package's name around a place, without what follows it of a
/// version.
fn name_at(source: &str, offset: u32) -> Option<Span> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-+._@/".contains(c);
    let (before, after) = source.split_at_checked(offset as usize)?;
    let length = |part: &str| part.chars().take_while(|c| is_part(*c)).count() as u32;
    let reversed: String = before.chars().rev().take_while(|c| is_part(*c)).collect();
    let span = Span { start: offset - reversed.len() as u32, end: offset + length(after) };
    // What stands after `=` is a version.
    let is_version = before[..span.start as usize].ends_with(['=', '<', '>', '~', '!', '$', '{']);
    (span.start < span.end && !is_version).then_some(span)
}

/// A variable with its value; one that the shell of a RUN expands has the same
/// where the environment holds it.
fn variable(analysis: &Analysis<'_>, instruction: usize, span: Span) -> Option<Hover> {
    let written = analysis.dockerfile.text(span);
    let name: String = written
        .trim_start_matches(['$', '{'])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let known = variables::at(analysis, instruction);
    let found = known.get(&name);
    let is_run =
        matches!(trigger(&analysis.dockerfile.instructions[instruction]).body, Body::Run(_));
    let origin = match found {
        Some(variable) => format!("From: {}.", variable.origin),
        None if is_run => "No ARG or ENV sets it here: it is the shell's own, or empty.".to_owned(),
        None => "No ARG or ENV sets it here: it is empty.".to_owned(),
    };
    let value = found.and_then(|variable| variable.value.clone());
    let text = match expanded(analysis, written, &known) {
        Some(whole) if Some(&whole) != value.as_ref() && written.contains(':') => {
            format!("{origin} {written} gives {}.", shown(&whole))
        }
        _ => origin,
    };
    let hover = at(analysis, span, format!("${name}"), text);
    Some(Hover { value, ..hover })
}

fn shown(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { value.to_owned() }
}

/// What the whole of `${x:-y}` gives.
fn expanded(
    analysis: &Analysis<'_>,
    written: &str,
    known: &Map<String, variables::Variable>,
) -> Option<String> {
    struct Known<'k>(&'k Map<String, variables::Variable>);
    impl Variables for Known<'_> {
        fn get(&self, name: &str) -> Option<&str> {
            self.0.get(name)?.value.as_deref()
        }
    }
    let expansion = Expander::new(analysis.dockerfile.escape, &Known(known)).word(written);
    expansion.ok().map(|expansion| expansion.text)
}

#[cfg(test)]
mod tests {
    use super::super::hover as ask;
    use super::*;
    use crate::data::Catalog;
    use crate::report::Project;

    /// What stands where `|` is.
    fn at_mark(marked: &str) -> Option<Hover> {
        let offset = marked.find('|').unwrap();
        let project = Project { dockerfile: marked.replacen('|', "", 1), ..Project::default() };
        ask(Catalog::complete(), &project, offset as u32)
    }

    fn title_and_text(marked: &str) -> (String, String) {
        let hover = at_mark(marked).unwrap();
        (hover.title, hover.text)
    }

    #[test]
    fn an_instruction_tells_what_it_does_and_where_its_figures_are() {
        for marked in ["FROM a\n\nCO|PY . .\n", "FROM a\n\nCOPY |. .\n", "FROM a\n\nCOPY . .|\n"] {
            let hover = at_mark(marked).unwrap();
            assert_eq!((&*hover.title, hover.line), ("COPY", Some(3)), "{marked}");
            assert_eq!((hover.start, hover.end), (8, 12));
            assert!(hover.text.contains("build context"));
        }
        assert_eq!(at_mark("FROM a\n|\nCOPY . .\n"), None);
        assert_eq!(at_mark("FROM a\n# no|te\nCOPY . .\n"), None);
    }

    #[test]
    fn a_flag_tells_what_its_value_means() {
        let (title, text) = title_and_text("FROM a\nRUN --mount=type=ca|che,target=/x y\n");
        assert_eq!(title, "--mount");
        assert!(text.starts_with("cache: ") && text.contains("nothing of a mount"), "{text}");
        let hover = at_mark("FROM node:18 AS deps\nFROM a\nCOPY --fr|om=deps / /\n").unwrap();
        assert!(hover.text.starts_with("The stage deps, line 1."));
        assert!(hover.size.unwrap().expected > 500_000_000);
    }

    #[test]
    fn an_image_has_its_size_with_evidence() {
        let hover = at_mark("ARG V=18\nFROM node:1|8-alpine AS x\n").unwrap();
        assert_eq!(hover.title, "node:18-alpine");
        assert!(hover.text.contains("alpine:3"), "{}", hover.text);
        assert!(hover.size.unwrap().expected > 50_000_000 && hover.evidence.is_some());
        assert_eq!(title_and_text("FROM a AS b\nFROM |b\n").1, "The stage that begins on line 1.");
        assert_eq!(title_and_text("FROM scr|atch\n").0, "scratch");
    }

    #[test]
    fn a_variable_has_the_value_of_its_place_and_where_it_was_set() {
        let source = "ARG V=18\nFROM node:$V AS base\nENV A=1 B=2\nARG A=3\nFROM base\nARG C\nENV B=$A\nRUN echo ";
        let value = |written: &str| {
            let hover = at_mark(&format!("{source}{written}\n")).unwrap();
            (hover.value, hover.text)
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(value("$|A"), (is("1"), "From: ENV on line 3.".to_owned()));
        assert_eq!(value("\"x$|B\""), (is("1"), "From: ENV on line 7.".to_owned()));
        assert_eq!(value("${C|:-none}").0, None);
        assert!(value("${C|:-none}").1.ends_with("which gives no default. ${C:-none} gives none."));
        assert!(value("$|NODE_VERSION").1.contains("the image node:18"));
        assert!(value("$|i").1.contains("the shell's own"));
        let hover = at_mark("ARG V=18\nFROM node:$|V\n").unwrap();
        assert_eq!((hover.value, &*hover.text), (is("18"), "From: ARG on line 1."));
        let hover =
            at_mark("FROM --platform=$BUILDPLATFORM a\nARG TARGETARCH\nENV X=$TARGET|ARCH\n");
        let hover = hover.unwrap();
        assert_eq!(hover.value, is("amd64"));
        assert!(hover.text.contains("line 2") && hover.text.contains(describe::PLATFORM));
    }

    #[test]
    fn a_package_has_the_bytes_that_it_brings_with_evidence() {
        let found = |marked: &str| {
            let hover = at_mark(marked).unwrap();
            let size = hover.size.unwrap_or_else(|| panic!("{marked}: {hover:?}"));
            assert!(size.low <= size.expected && size.expected <= size.high, "{marked}");
            assert!(hover.evidence.is_some(), "{marked}");
            (hover.title, size.expected, hover.text)
        };
        let apt = |flags: &str| {
            found(&format!(
                "FROM debian:12-slim\nRUN apt-get update && apt-get install {flags} \\\n  # why\n  git cu|rl=7.88.1-10 && rm -rf /x\n"
            ))
        };
        let (name, lean, text) = apt("-y --no-install-recommends");
        assert_eq!(name, "curl");
        assert!(lean > 1_000_000 && text.contains("more that it needs."), "{lean} {text}");
        let (_, all, text) = apt("-y");
        assert!(all > lean && text.contains("recommends"), "{all} {text}");
        let apk = found("FROM alpine:3.20\nRUN <<EOF\nset -e\napk add --no-cache |git\nEOF\n");
        assert!(apk.0 == "git" && apk.1 > 1_000_000, "{apk:?}");
        let npm = found("FROM node:22\nRUN npm install -g typescr|ipt@5.4 && echo\n");
        assert!(npm.0 == "typescript" && npm.1 > 10_000_000, "{npm:?}");
        let pip = found("FROM python:3.12\nRUN pip install \"nu|mpy>=1.26\" pandas\n");
        assert!(pip.0 == "numpy" && pip.1 > 10_000_000, "{pip:?}");
        let text = title_and_text("FROM node:22\nRUN apt-get install -y cu|rl\n").1;
        assert_eq!(text, "The base image has it already.");
        let dnf = found("FROM fedora:40\nONBUILD RUN dnf install -y g|it\n");
        assert!(dnf.0 == "git", "{dnf:?}");
    }

    #[test]
    fn what_is_no_package_is_the_instruction() {
        for marked in [
            "FROM debian:12\nRUN apt-get in|stall -y curl\n",
            "FROM debian:12\nRUN apt-get install -|y curl\n",
            "FROM debian:12\nRUN apt-get install curl=7.8|8\n",
            "FROM debian:12\nRUN apt-get install no-such-pack|age\n",
            "FROM debian:12\nRUN apt-get install -y curl && echo g|it\n",
            "FROM python:3.12\nRUN pip install -r req|uirements.txt\n",
            "FROM debian:12\nCMD apt-get install cu|rl\n",
        ] {
            assert!(at_mark(marked).unwrap().line.is_some(), "{marked}");
        }
    }

    #[test]
    fn a_directive_is_explained() {
        assert_eq!(title_and_text("# syn|tax=docker/dockerfile:1\nFROM a\n").0, "# syntax");
    }
}
