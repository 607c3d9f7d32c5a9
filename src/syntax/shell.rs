//! The POSIX/bash that RUN instructions hold.
//!
//! [`parse`] never fails; what cannot be read is an error at its place and the
//! rest is parsed. Spans are byte offsets into the parsed text
//! ([`super::Logical::source_offset`] leads back to the Dockerfile).

mod command;
mod cursor;
mod lexeme;
mod parts;
mod quote;
mod redirection;
#[cfg(test)]
mod tests;
mod word;

use std::cell::OnceCell;
use std::rc::Rc;

pub use parts::Parts;

use super::Span;

/// Parses a script: POSIX shell and what Dockerfiles use of bash.
pub fn parse(text: &str) -> Script {
    cursor::Parser::new(text).script()
}

/// A parsed script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// Its commands.
    pub list: List,
    /// What could not be read.
    pub errors: Vec<ShellError>,
}

/// The script of a command, parsed the first time that it is asked for: what
/// follows the build, checks it and rewrites it share it.
#[derive(Debug, Clone, Default)]
pub struct Parsed(Rc<OnceCell<Script>>);

impl Parsed {
    /// Of the shell form or of a heredoc, whatever shell runs it; `None` for the
    /// exec form.
    pub(crate) fn of(&self, command: &super::Command) -> Option<&Script> {
        let text = command.script()?;
        Some(self.0.get_or_init(|| parse(text)))
    }
}

/// Follows from the command: nothing differs by it.
impl PartialEq for Parsed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Parsed {}

/// A place where the script could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellError {
    /// What was expected.
    pub message: String,
    /// Its place.
    pub span: Span,
}

/// `a && b; c & d`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// The entries between `;`, `&` and newlines.
    pub items: Vec<AndOr>,
}

/// `a && b || c`, perhaps in the background.
#[derive(Debug, Clone, PartialEq)]
pub struct AndOr {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others with the operator before them.
    pub rest: Vec<(AndOrOperator, Pipeline)>,
    /// True when followed by `&`.
    pub background: bool,
    /// Its place.
    pub span: Span,
}

/// `&&` or `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AndOrOperator {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// `! a | b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// True when it starts with `!`.
    pub negated: bool,
    /// At least one command.
    pub commands: Vec<ShellCommand>,
    /// Its place.
    pub span: Span,
}

/// One command with its redirections.
#[derive(Debug, Clone, PartialEq)]
pub struct ShellCommand {
    /// What it is.
    pub kind: CommandKind,
    /// Its redirections, in order.
    pub redirections: Vec<Redirection>,
    /// Its place.
    pub span: Span,
}

/// The forms of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandKind {
    /// `A=1 cmd arg`.
    Simple(SimpleCommand),
    /// `( … )`.
    Subshell(List),
    /// `{ …; }`.
    Group(List),
    /// `if … then … elif … else … fi`.
    If {
        /// Conditions and what they lead to, in order.
        branches: Vec<(List, List)>,
        /// The `else` part.
        otherwise: Option<List>,
    },
    /// `for x in …; do …; done`.
    For {
        /// The loop variable.
        variable: String,
        /// The words after `in`; `None` for "$@".
        words: Option<Vec<ShellWord>>,
        /// The body.
        body: List,
    },
    /// `while` or `until`.
    While {
        /// The condition.
        condition: List,
        /// The body.
        body: List,
        /// True for `until`.
        until: bool,
    },
    /// `case … esac`.
    Case {
        /// What is matched.
        subject: ShellWord,
        /// Patterns and commands.
        arms: Vec<(Vec<ShellWord>, List)>,
    },
    /// `name() …`.
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: Box<ShellCommand>,
    },
    /// `[[ … ]]`: the words between.
    Conditional(Vec<ShellWord>),
    /// `(( … ))`: the text between.
    Arithmetic(String),
}

/// `A=1 cmd arg`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimpleCommand {
    /// Assignments before the command (the only content when `words` is empty).
    pub assignments: Vec<Assignment>,
    /// The command's name and its arguments.
    pub words: Vec<ShellWord>,
    /// True when any of them holds a script: without, who looks for commands
    /// need not look into them.
    pub substitutes: bool,
}

/// `name=value` or `name+=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// The value; an array's elements are joined by blanks.
    pub value: ShellWord,
    /// True for `+=`.
    pub append: bool,
    /// Its place.
    pub span: Span,
}

/// A word and what it is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShellWord {
    /// Its parts in order.
    pub parts: Parts,
    /// Its place.
    pub span: Span,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq)]
pub enum WordPart {
    /// Unquoted text, escapes resolved (may hold `*`, `?`, `[…]`, `{a,b}`, `~`).
    Literal(String),
    /// Text that is quoted or escaped: no globs.
    Quoted(String),
    /// `"…"`.
    DoubleQuoted(Vec<WordPart>),
    /// `$name` or `${name…}`.
    Parameter {
        /// The name (also `1`, `@`, `?` …).
        name: String,
        /// What follows the name inside braces: `:-`, `#`, `%`, `/` …
        operator: Option<Box<(String, ShellWord)>>,
        /// True for `${#name}`.
        length: bool,
    },
    /// `$(…)` or `` `…` ``.
    Substitution(Box<Script>),
    /// `$((…))`: the text between.
    Arithmetic(String),
}

/// `> file`, `2>&1`, `<<EOF`.
#[derive(Debug, Clone, PartialEq)]
pub struct Redirection {
    /// The file descriptor before the operator.
    pub descriptor: Option<u32>,
    /// The operator as written: `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `>|`.
    pub operator: String,
    /// The file, or the heredoc's delimiter.
    pub target: ShellWord,
    /// The heredoc's lines.
    pub heredoc: Option<String>,
    /// Its place.
    pub span: Span,
}
