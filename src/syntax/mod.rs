//! Lossless Dockerfile syntax in BuildKit's terms.
//!
//! [`Dockerfile::parse`] never fails: what cannot be read becomes an error at
//! its place, and the rest is parsed. The tokens cover the source byte for byte.

mod arguments;
mod assembly;
mod check;
mod directive;
mod dump;
pub mod expand;
mod flags;
mod go;
mod healthcheck;
mod heredoc;
mod highlight;
mod instruction;
mod json;
pub mod mount;
mod parser;
mod pattern;
pub mod shell;
mod span;
mod suggest;
mod words;

pub use check::{CheckOptions, Checks};
pub use dump::dump;
pub use expand::{ExpandError, Expander, Expansion, Variables};
pub(crate) use go::quote;
pub(crate) use span::utf16_len;
pub use span::{LineIndex, Position, Span, Spanned};
pub(crate) use suggest::{closest, distance};

use std::ops::Range;

use crate::sorted::Map;

/// A parsed Dockerfile.
#[derive(Debug, Clone)]
pub struct Dockerfile {
    source: String,
    lines: LineIndex,
    /// Every byte of the source, in order, without gaps or overlaps.
    pub tokens: Vec<Token>,
    /// `# syntax=`, `# escape=` and `# check=` lines.
    pub directives: Vec<Directive>,
    /// The escape character: `\` or `` ` ``.
    pub escape: char,
    /// The instructions in order, unknown and broken ones included.
    pub instructions: Vec<Instruction>,
    /// What BuildKit would refuse, in order.
    pub errors: Vec<SyntaxError>,
}

/// A piece of the source with one meaning (also what the editor colours).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its meaning.
    pub kind: TokenKind,
    /// Its place.
    pub span: Span,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A byte order mark.
    Bom,
    /// Spaces and tabs.
    Whitespace,
    /// `\n` or `\r\n`.
    Newline,
    /// A comment line, from its `#`.
    Comment,
    /// A parser directive line.
    Directive,
    /// An instruction's keyword (also `AS`, and `NONE` or `CMD` of HEALTHCHECK).
    Keyword,
    /// A flag, `--name` or `--name=value`.
    Flag,
    /// Text of an argument.
    Argument,
    /// A quoted string.
    String,
    /// `$x` or `${x…}`.
    Variable,
    /// `<<EOF` on the instruction's line.
    HeredocStart,
    /// The lines of a heredoc.
    HeredocBody,
    /// A heredoc's closing line.
    HeredocEnd,
    /// The escape character at a line's end, with the blanks after it.
    Continuation,
    /// Brackets, commas, `=` of the arguments.
    Punctuation,
    /// Text that could not be read.
    Error,
}

/// A parser directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// `syntax`, `escape` or `check`, in lower case.
    pub name: String,
    /// The value, trimmed.
    pub value: String,
    /// The whole line without its newline.
    pub span: Span,
}

/// An error that BuildKit would stop at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What was found and what is allowed here, in BuildKit's terms.
    pub message: String,
    /// The likely fix.
    pub help: Option<String>,
    /// Its place.
    pub span: Span,
    /// Which of BuildKit's two passes refuses it.
    pub pass: Pass,
}

/// BuildKit reads a Dockerfile in two passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pass {
    /// Lines are joined and split into keyword, flags and arguments.
    Parse,
    /// The split lines are checked against the grammar of their instruction.
    Instruction,
}

/// The instruction keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// Not an instruction.
    Unknown,
}

/// An instruction with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// From the keyword to the end of its last line (of its last heredoc's
    /// closing line, if it has one), without that line's newline.
    pub span: Span,
    /// The keyword as written decides the span; the value is case-folded.
    pub keyword: Spanned<Keyword>,
    /// The keyword as written, continuations taken out.
    pub keyword_text: String,
    /// Flags before the arguments, in order.
    pub flags: Vec<Flag>,
    /// The text after the flags: continuations and the comment and blank lines
    /// inside them are taken out; trimmed.
    pub arguments: Logical,
    /// The arguments by the instruction's own grammar.
    pub body: Body,
    /// Its heredocs, in order.
    pub heredocs: Vec<Heredoc>,
    /// The comment lines above it (without `#`), back to an empty comment or
    /// the instruction before: what BuildKit takes as its description.
    pub comments: Vec<Word>,
    /// What a RUN runs, once it has been read.
    pub(crate) script: shell::Parsed,
}

/// `--name` or `--name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The name without dashes, as written.
    pub name: String,
    /// The value after `=` and its place. Quotes and escapes are resolved, as
    /// BuildKit does before it expands variables.
    pub value: Option<Word>,
    /// The whole flag.
    pub span: Span,
}

/// Raw text of one argument: quotes, escapes and variables as written, line
/// continuations taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text before expansion. For a member of a JSON array: the decoded
    /// string.
    pub text: String,
    /// Its place in the source.
    pub span: Span,
}

/// Text that was put together from several pieces of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logical {
    /// The text.
    pub text: String,
    /// (offset in `text`, offset in the source) at each piece's start, ascending.
    pub pieces: Vec<(u32, u32)>,
}

/// A heredoc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter without quotes.
    pub delimiter: String,
    /// False when the delimiter is quoted: nothing is expanded.
    pub expand: bool,
    /// True for `<<-`: leading tabs are removed.
    pub strip_tabs: bool,
    /// The number before `<<`, 0 if none.
    pub file_descriptor: u32,
    /// The lines as BuildKit gives them on (tabs removed for `<<-`).
    pub content: String,
    /// `<<EOF` on the instruction's line.
    pub start_span: Span,
    /// The lines in the source.
    pub body_span: Span,
    /// The delimiter that closes it, without tabs before it.
    pub end_span: Span,
}

/// `NAME=value`, or the older `NAME value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// The name, raw.
    pub key: Word,
    /// The value, raw.
    pub value: Word,
}

/// `ARG NAME` or `ARG NAME=default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgDeclaration {
    /// The name.
    pub name: Word,
    /// The default, raw.
    pub default: Option<Word>,
}

/// Sources and destination of COPY or ADD. A source that is a heredoc is
/// written `<<EOF` and stands at the same index in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Sources, raw, heredocs left out.
    pub sources: Vec<Word>,
    /// Destination, raw.
    pub destination: Word,
}

/// What RUN, CMD and ENTRYPOINT execute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Given to the SHELL. With heredocs the text is as BuildKit passes it:
    /// the line with `<<EOF`, the bodies and the delimiters after it; for a
    /// line that is just `<<EOF` and a body without `#!`, the body alone.
    Shell(Logical),
    /// The exec form: decoded words.
    Exec(Vec<Word>),
    /// `RUN <<EOF` whose body starts with `#!`: run as a file of its own.
    Script {
        /// The interpreter line without `#!`.
        interpreter: String,
        /// The whole body.
        body: Logical,
    },
}

/// Arguments by the instruction's own grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// FROM.
    From {
        /// The image reference or stage name, raw.
        image: Word,
        /// The name after AS.
        name: Option<Word>,
    },
    /// RUN.
    Run(Command),
    /// CMD.
    Cmd(Command),
    /// ENTRYPOINT.
    Entrypoint(Command),
    /// SHELL.
    Shell(Vec<Word>),
    /// COPY.
    Copy(Transfer),
    /// ADD.
    Add(Transfer),
    /// ENV.
    Env(Vec<KeyValue>),
    /// LABEL.
    Label(Vec<KeyValue>),
    /// ARG.
    Arg(Vec<ArgDeclaration>),
    /// WORKDIR.
    Workdir(Word),
    /// USER.
    User(Word),
    /// EXPOSE.
    Expose(Vec<Word>),
    /// VOLUME.
    Volume(Vec<Word>),
    /// STOPSIGNAL.
    Stopsignal(Word),
    /// MAINTAINER.
    Maintainer(Word),
    /// HEALTHCHECK; `None` for `NONE`.
    Healthcheck(Option<Command>),
    /// ONBUILD.
    Onbuild(Box<Instruction>),
    /// Unknown or broken; an error tells why.
    Invalid,
}

impl Dockerfile {
    /// Parses a Dockerfile. Never fails: see [`Dockerfile::errors`].
    pub fn parse(source: &str) -> Self {
        parser::parse(source)
    }

    /// Parses a version of another one: RUNs that are the same share their scripts.
    pub fn parse_version(source: &str, other: &Self) -> Self {
        let scripts = other.instructions.iter();
        let scripts: Map<&str, &shell::Parsed> = scripts
            .filter_map(|instruction| Some((instruction.script_text()?, &instruction.script)))
            .collect();
        let mut dockerfile = Self::parse(source);
        for instruction in &mut dockerfile.instructions {
            if let Some(script) = instruction.script_text().and_then(|text| scripts.get(text)) {
                instruction.script = shell::Parsed::clone(script);
            }
        }
        dockerfile
    }

    /// True when BuildKit's first pass accepts it ([`Pass::Parse`]).
    pub fn is_well_formed(&self) -> bool {
        self.errors.iter().all(|error| error.pass != Pass::Parse)
    }

    /// The arguments above the first FROM.
    pub fn global_arguments(&self) -> impl Iterator<Item = &ArgDeclaration> {
        let above = |instruction: &&Instruction| !matches!(instruction.body, Body::From { .. });
        self.instructions.iter().take_while(above).flat_map(|instruction| match &instruction.body {
            Body::Arg(declarations) => declarations.as_slice(),
            _ => &[],
        })
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The source of a span.
    pub fn text(&self, span: Span) -> &str {
        &self.source[span.range()]
    }

    /// An instruction on one line, comments and continuations taken out.
    pub fn one_line(&self, instruction: &Instruction) -> String {
        let flags = instruction.flags.iter().map(|flag| self.text(flag.span));
        let words = std::iter::once(instruction.keyword.value.name()).chain(flags);
        let mut line =
            String::with_capacity(instruction.span.end.abs_diff(instruction.span.start) as usize);
        for text in words.chain([instruction.arguments.text.as_str()]) {
            for word in text.split_whitespace() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        line
    }

    /// The line and UTF-16 column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.source, offset)
    }

    /// A byte offset in UTF-16 code units, as editors count them.
    pub fn utf16(&self, offset: u32) -> u32 {
        self.lines.utf16(&self.source, offset)
    }

    /// The byte offset of an offset in UTF-16 code units, kept within the text.
    pub fn byte(&self, units: u32) -> u32 {
        self.lines.byte(&self.source, units)
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.line(offset)
    }
}

impl Logical {
    /// The place in the source of an offset into the text.
    pub fn source_offset(&self, offset: usize) -> u32 {
        let piece = self.pieces.partition_point(|(start, _)| *start as usize <= offset);
        match piece.checked_sub(1).map(|i| self.pieces[i]) {
            Some((start, source)) => source + (offset as u32 - start),
            None => 0,
        }
    }

    /// The place in the source of a part of the text.
    pub fn source_span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start);
        // The end belongs to the piece of the last byte, not to the next one.
        let end = match range.is_empty() {
            true => start,
            false => self.source_offset(range.end - 1) + 1,
        };
        Span { start, end }
    }

    /// A part of the text with its pieces.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut part = Self::default();
        // Even nothing has its place.
        part.pieces.extend(range.is_empty().then(|| (0, self.source_offset(range.start))));
        part.append(self, range);
        part
    }

    /// Appends text that stands at one place in the source.
    pub(crate) fn push(&mut self, text: &str, source: usize) {
        if text.is_empty() {
            return;
        }
        self.pieces.push((self.text.len() as u32, source as u32));
        self.text.push_str(text);
    }

    /// Appends a part of another text.
    pub(crate) fn append(&mut self, other: &Self, range: Range<usize>) {
        let first = other.pieces.partition_point(|(start, _)| *start as usize <= range.start);
        let mut from = range.start;
        for (start, _) in other.pieces.iter().skip(first) {
            let end = (*start as usize).min(range.end);
            self.push(&other.text[from..end], other.source_offset(from) as usize);
            from = end;
            if end == range.end {
                return;
            }
        }
        self.push(&other.text[from..range.end], other.source_offset(from) as usize);
    }
}

impl Instruction {
    /// The flag of that name, the last one if repeated.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| flag.name.eq_ignore_ascii_case(name))
    }

    /// The text of what a RUN runs as a script.
    fn script_text(&self) -> Option<&str> {
        match &self.body {
            Body::Run(command) => command.script(),
            _ => None,
        }
    }

    /// What a RUN runs as a script; `None` for the exec form.
    pub fn script(&self) -> Option<&shell::Script> {
        match &self.body {
            Body::Run(command) => self.script.of(command),
            _ => None,
        }
    }

    /// The mounts of a RUN that can be read, each with its flag.
    pub fn mounts(&self) -> impl Iterator<Item = (&Flag, mount::Mount)> {
        let mounts = self.flags.iter().filter(|flag| flag.name == "mount");
        mounts
            .filter_map(|flag| Some((flag, mount::Mount::parse(&flag.value.as_ref()?.text).ok()?)))
    }
}

impl Command {
    /// The text of the shell form or of a heredoc; `None` for the exec form.
    fn script(&self) -> Option<&str> {
        match self {
            Self::Shell(text) | Self::Script { body: text, .. } => Some(&text.text),
            Self::Exec(_) => None,
        }
    }
}

impl Keyword {
    /// Every instruction, in alphabetical order.
    pub const ALL: [Self; 18] = [
        Self::Add,
        Self::Arg,
        Self::Cmd,
        Self::Copy,
        Self::Entrypoint,
        Self::Env,
        Self::Expose,
        Self::From,
        Self::Healthcheck,
        Self::Label,
        Self::Maintainer,
        Self::Onbuild,
        Self::Run,
        Self::Shell,
        Self::Stopsignal,
        Self::User,
        Self::Volume,
        Self::Workdir,
    ];

    /// The keyword in upper case; empty for [`Keyword::Unknown`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Arg => "ARG",
            Self::Cmd => "CMD",
            Self::Copy => "COPY",
            Self::Entrypoint => "ENTRYPOINT",
            Self::Env => "ENV",
            Self::Expose => "EXPOSE",
            Self::From => "FROM",
            Self::Healthcheck => "HEALTHCHECK",
            Self::Label => "LABEL",
            Self::Maintainer => "MAINTAINER",
            Self::Onbuild => "ONBUILD",
            Self::Run => "RUN",
            Self::Shell => "SHELL",
            Self::Stopsignal => "STOPSIGNAL",
            Self::User => "USER",
            Self::Volume => "VOLUME",
            Self::Workdir => "WORKDIR",
            Self::Unknown => "",
        }
    }

    /// The keyword of a word, in any case.
    pub fn from_word(word: &str) -> Self {
        let same = |keyword: &Self| keyword.name().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(same).unwrap_or(Self::Unknown)
    }
}
