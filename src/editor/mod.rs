//! What an editor asks of a text: what its parts are, what stands at a place,
//! and what may be written there.
//!
//! The answers come from the same parser, graph and tables as the report, so
//! that the editor knows what the analysis knows, and nothing else.

mod complete;
mod cursor;
mod describe;
mod hover;
mod outline;
mod packages;
mod variables;

use serde::Serialize;

use crate::Analysis;
use crate::data::Catalog;
use crate::report::Project;
use crate::units::{Evidence, Range};

/// The parts of a text, for colours and folding. All offsets are UTF-16 code
/// units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Outline {
    /// Three numbers a token: its start, its end, and the index of its kind in
    /// `kinds`; in the text's order, plain arguments and blanks left out.
    pub tokens: Vec<u32>,
    /// The kinds of tokens.
    pub kinds: Vec<TokenClass>,
    /// Two numbers a part that may be folded: where what is hidden starts (the
    /// end of the line that stays) and ends; in the text's order.
    pub folds: Vec<u32>,
}

/// What a token is, as far as it has a colour of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TokenClass {
    /// A comment.
    Comment,
    /// A parser directive.
    Directive,
    /// An instruction's keyword, `AS`, and the like.
    Keyword,
    /// A flag.
    Flag,
    /// A quoted string.
    String,
    /// A variable.
    Variable,
    /// `<<EOF` and the line that ends it.
    Delimiter,
    /// The lines of a heredoc.
    Heredoc,
    /// Continuations, brackets, commas, `=`.
    Punctuation,
    /// What cannot be read.
    Error,
}

/// What may be written at a place.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Completions {
    /// Where what was typed so far starts, UTF-16 code units; a completion takes
    /// its place, up to the place that was asked about.
    pub start: u32,
    /// The completions, the likeliest first.
    pub items: Vec<Completion>,
    /// Data packs that were not there and would have given more.
    pub wants: Vec<String>,
}

/// One thing that may be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Completion {
    /// The text.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Its bytes: of an image, of a package with what it needs, of a stage, file
    /// or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Range>,
    /// What it does, or what its value is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A parser directive line.
    Directive,
    /// An instruction's keyword, or another word of the language.
    Keyword,
    /// A flag, or an option within one; one that ends with `=` takes a value.
    Flag,
    /// A value of a flag or an instruction.
    Value,
    /// A stage.
    Stage,
    /// A repository of images; a tag follows.
    Repository,
    /// An image.
    Image,
    /// A package.
    Package,
    /// A variable.
    Variable,
    /// A folder; more may follow.
    Folder,
    /// A file.
    File,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Hover {
    /// Where it starts, UTF-16 code units.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What it is.
    pub title: String,
    /// What it does or where it comes from.
    pub text: String,
    /// A variable's value at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Bytes of an image, a stage, or a package with what it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Range>,
    /// Where the bytes are known from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The instruction's first line, where this is about the instruction itself:
    /// its layer and its steps in the report belong here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// The parts of a text.
pub fn outline(dockerfile: &str) -> Outline {
    outline::outline(dockerfile)
}

/// What may be written at a place of the project's Dockerfile, given as an
/// offset in UTF-16 code units.
pub fn complete(catalog: &Catalog, project: &Project, offset: u32) -> Completions {
    let analysis = Analysis::knowing(catalog, project);
    let at = analysis.dockerfile.byte(offset);
    complete::complete(&analysis, at)
}

/// What stands at a place of the project's Dockerfile, given as an offset in
/// UTF-16 code units; `None` between instructions.
pub fn hover(catalog: &Catalog, project: &Project, offset: u32) -> Option<Hover> {
    let analysis = Analysis::knowing(catalog, project);
    let at = analysis.dockerfile.byte(offset);
    hover::hover(&analysis, at)
}
