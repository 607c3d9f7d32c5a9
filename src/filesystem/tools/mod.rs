//! Tool models: what a command does to the container. One file a tool; adding
//! one touches its file and [`TOOLS`].

mod apk;
mod apt;
mod archive;
mod builtins;
mod bun;
mod bundler;
mod bytecode;
mod cargo;
mod composer;
mod conda;
mod condition;
mod dnf;
mod dotnet;
mod downloads;
mod dpkg;
mod fetch;
mod files;
mod filter;
mod go;
mod gradle;
#[cfg(test)]
mod harness;
mod installer;
mod java;
mod locked;
mod maven;
mod native;
mod node;
mod npm;
mod output;
mod permissions;
mod php;
mod pip;
mod pipenv;
mod playwright;
mod pnpm;
mod poetry;
mod project;
mod rpm;
mod users;
mod uv;
mod windows;
mod yarn;
mod zypper;

pub use apt::size as debian_size;
pub use condition::decide;
pub use fetch::release;
pub use installer::piped_script;
pub use windows::{
    is_windows_image, is_windows_script, script as opaque_script, shell as windows_shell,
};

use crate::identity::Identity;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

use super::machine::{Machine, Output};
use super::tree::Compression;

/// A model of one tool.
pub struct Tool {
    /// The commands that it answers to.
    pub commands: &'static [&'static str],
    /// What a call does.
    pub run: fn(&Invocation, &mut Machine<'_>) -> Outcome,
}

/// Every tool model.
const TOOLS: &[&Tool] = &[
    &apk::TOOL,
    &apt::TOOL,
    &archive::TAR,
    &archive::UNZIP,
    &archive::COMPRESSORS,
    &builtins::TOOL,
    &bundler::TOOL,
    &bundler::GEM,
    &cargo::TOOL,
    &cargo::RUSTUP,
    &composer::TOOL,
    &condition::TOOL,
    &conda::TOOL,
    &dotnet::TOOL,
    &dpkg::TOOL,
    &gradle::TOOL,
    &maven::TOOL,
    &php::TOOL,
    &bun::TOOL,
    &dnf::TOOL,
    &fetch::TOOL,
    &files::TOOL,
    &filter::TOOL,
    &go::TOOL,
    &installer::TOOL,
    &installer::NVM,
    &java::TOOL,
    &java::JLINK,
    &native::TOOL,
    &native::COMPILERS,
    &npm::TOOL,
    &npm::NPX,
    &output::TOOL,
    &permissions::TOOL,
    &pip::TOOL,
    &pipenv::TOOL,
    &playwright::TOOL,
    &pnpm::TOOL,
    &poetry::TOOL,
    &rpm::TOOL,
    &users::TOOL,
    &uv::TOOL,
    &windows::TOOL,
    &yarn::TOOL,
    &zypper::TOOL,
];

/// One word of a command, expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Argument {
    /// The text; unknown parts are written `$NAME`.
    pub text: String,
    /// False when a part of it is unknown.
    pub known: bool,
    /// True when it holds unquoted `*`, `?` or `[`.
    pub glob: bool,
    /// True when it holds unquoted braces.
    pub braces: bool,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Success,
    Failure,
    Unknown,
}

/// What flows through a pipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// Its size.
    pub bytes: Range,
    /// What it is.
    pub identity: Identity,
    /// Its text, where known.
    pub text: Option<String>,
    /// A name for people: the URL it came from.
    pub what: String,
}

/// A command's end and its standard output.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// Its output, where it matters.
    pub output: Option<Stream>,
}

/// A command with its words.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The command as called.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Its standard input.
    pub input: Option<Stream>,
}

/// Runs a command by its tool model; a command without one is stated as such.
pub fn invoke(machine: &mut Machine<'_>, invocation: &Invocation) -> Outcome {
    let name = invocation.command();
    machine.writes_unseen |= !is_followed(machine, invocation);
    if invocation.name.contains('/') && installer::downloaded(invocation, machine) {
        return Outcome::success();
    }
    match TOOLS.iter().find(|tool| tool.commands.contains(&name)) {
        Some(tool) => (tool.run)(invocation, machine),
        None => unknown(invocation, machine),
    }
}

/// Commands all of whose writing is seen.
const FOLLOWED: [&str; 40] = [
    ":",
    "[",
    "basename",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dirname",
    "echo",
    "exit",
    "export",
    "false",
    "grep",
    "head",
    "install",
    "ln",
    "ls",
    "md5sum",
    "mkdir",
    "mv",
    "printf",
    "pwd",
    "rm",
    "rmdir",
    "sed",
    "set",
    "sha256sum",
    "sleep",
    "sort",
    "tail",
    "tee",
    "test",
    "touch",
    "tr",
    "true",
    "wc",
];

/// True when all that the call writes is seen in the tree.
fn is_followed(machine: &Machine<'_>, call: &Invocation) -> bool {
    if !FOLLOWED.contains(&call.command()) || !call.is_known() {
        return false;
    }
    if !matches!(call.command(), "cp" | "mv" | "ln" | "install") {
        return true;
    }
    // What is copied must be seen: all operands but the last.
    let mut operands = call.operands(&[]).peekable();
    while let Some(operand) = operands.next() {
        if operands.peek().is_some()
            && !operand.glob
            && !machine.tree().has(&machine.resolve(&operand.text))
        {
            return false;
        }
    }
    true
}

/// A command that nothing is known of: it may write next to nothing, or a lot.
fn unknown(invocation: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let name = invocation.command();
    let text = format!("`{name}` is not modelled: taken to write little, at most 50 MB.");
    machine.assume(text.clone());
    machine.spend(5.0, 0.0, None);
    let folder = machine.folder.clone();
    let path = machine.group(&folder, name);
    let before = machine.tree().get(&path).map_or(Range::ZERO, |entry| entry.bytes);
    machine.write(
        &path,
        Output {
            bytes: before + Range::new(0, 1_000_000, 50_000_000),
            files: 1,
            kind: Kind::BuildOutput,
            compression: Compression(0.4),
            identity: Identity::of((machine.step, name)),
            label: Some(format!("what {name} writes").into()),
            evidence: Evidence::new(EvidenceKind::Assumed, text),
        },
    );
    Outcome::success()
}

/// Writes a command's output to a file.
pub fn redirect(
    machine: &mut Machine<'_>,
    target: &Argument,
    stream: Option<Stream>,
    append: bool,
) {
    if !target.known || target.text.starts_with("/dev/") {
        machine.writes_unseen |= !target.known;
        return;
    }
    let path = machine.resolve(&target.text);
    if let Some(stream) = stream.as_ref().filter(|stream| !append && stream.what.contains("://")) {
        return machine.write(&path, fetch::downloaded(stream));
    }
    let stream = stream.unwrap_or_else(|| Stream {
        bytes: Range::new(0, 500, 100_000),
        identity: Identity::of((machine.step, &path)),
        text: None,
        what: String::new(),
    });
    let before =
        machine.tree().get(&path).filter(|_| append).map(|entry| (entry.bytes, entry.identity));
    let (old, identity) = before.unwrap_or_default();
    let evidence = match stream.bytes.low == stream.bytes.high {
        true => Evidence::new(EvidenceKind::Derived, "The length of the text that is written."),
        false => Evidence::new(
            EvidenceKind::Assumed,
            "The command's output is not known; taken to be small.",
        ),
    };
    machine.write(
        &path,
        Output {
            bytes: old + stream.bytes,
            files: 1,
            kind: Kind::Source,
            compression: Compression(0.4),
            identity: Identity::of((identity, stream.identity)),
            label: None,
            evidence,
        },
    );
}

impl Argument {
    /// A word that is known.
    pub fn known(text: String) -> Self {
        Self { text, known: true, glob: false, braces: false }
    }

    /// Marks a part as unknown.
    pub fn forget(&mut self, name: &str) {
        self.known = false;
        self.text.push('$');
        self.text.push_str(name);
    }
}

impl Status {
    /// What `!` makes of it.
    pub fn negated(self) -> Self {
        match self {
            Self::Success => Self::Failure,
            Self::Failure => Self::Success,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<Option<bool>> for Status {
    fn from(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Success,
            Some(false) => Self::Failure,
            None => Self::Unknown,
        }
    }
}

impl Stream {
    /// Known text.
    pub fn text(text: &str) -> Self {
        Self {
            bytes: Range::exact(text.len() as u64),
            identity: Identity::of(text),
            text: Some(text.to_owned()),
            what: String::new(),
        }
    }
}

impl Outcome {
    /// A command that worked, or of which nothing is known: lists go on after it.
    pub fn success() -> Self {
        Self { status: Status::Success, output: None }
    }

    /// A command that printed known text.
    pub fn printed(text: &str) -> Self {
        Self { status: Status::Success, output: Some(Stream::text(text)) }
    }

    /// A test's result.
    pub fn tested(result: Option<bool>) -> Self {
        Self { status: result.into(), output: None }
    }
}

impl Invocation {
    /// The command's name without its folder.
    pub fn command(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The arguments' texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().map(|argument| &*argument.text)
    }

    /// True when one of these flags is given, alone or with `=value`.
    pub fn has(&self, flags: &[&str]) -> bool {
        self.texts().any(|text| flags.contains(&text.split('=').next().unwrap_or(text)))
    }

    /// True when a letter is among the short flags (`-rf` has `r`).
    pub fn has_letter(&self, letter: char) -> bool {
        self.texts()
            .any(|text| text.starts_with('-') && !text.starts_with("--") && text.contains(letter))
    }

    /// The value of `--flag=value`, `--flag value` or `-f value`.
    pub fn value(&self, flags: &[&str]) -> Option<&str> {
        let mut texts = self.texts();
        while let Some(text) = texts.next() {
            if let Some((flag, value)) = text.split_once('=')
                && flags.contains(&flag)
            {
                return Some(value);
            }
            if flags.contains(&text) {
                return texts.next();
            }
        }
        None
    }

    /// The arguments that are neither flags nor the values of these flags.
    pub fn operands<'i>(&'i self, with_value: &'i [&str]) -> impl Iterator<Item = &'i Argument> {
        let mut skip = false;
        let mut only_operands = false;
        self.arguments.iter().filter(move |argument| {
            if std::mem::take(&mut skip) {
                return false;
            }
            if only_operands || !argument.text.starts_with('-') || argument.text == "-" {
                return true;
            }
            only_operands = argument.text == "--";
            skip = with_value.contains(&&*argument.text);
            false
        })
    }

    /// True when every argument is known.
    pub fn is_known(&self) -> bool {
        self.arguments.iter().all(|argument| argument.known)
    }

    /// The arguments in one line.
    pub fn joined(&self) -> String {
        self.texts().collect::<Vec<_>>().join(" ")
    }

    /// The script of `sh -c "…"`.
    pub fn shell_script(&self) -> Option<&str> {
        let at = self.texts().position(|text| {
            text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
        })?;
        self.arguments.get(at + 1).filter(|argument| argument.known).map(|argument| &*argument.text)
    }

    /// The command inside a wrapper such as `sudo -u app npm ci`.
    pub fn inner(&self) -> Option<Vec<Argument>> {
        let mut rest = &self.arguments[..];
        if matches!(self.command(), "gosu" | "su-exec") {
            rest = rest.get(1..)?;
        }
        while let [first, tail @ ..] = rest {
            let text = &*first.text;
            let takes_value =
                matches!(text, "-u" | "-g" | "-n" | "--user" | "-P" | "-L" | "-d" | "-s");
            if text == "-v" || text == "-V" {
                return None; // `command -v x` asks, it does not run
            } else if takes_value {
                rest = tail.get(1..)?;
            } else if text.starts_with('-') || text.contains('=') {
                rest = tail;
            } else {
                return Some(rest.to_vec());
            }
        }
        None
    }
}
