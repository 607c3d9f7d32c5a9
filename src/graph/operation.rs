//! What a step does, with every variable expanded.

pub use crate::syntax::mount::MountKind;
use crate::syntax::shell::{Parsed, Script};
use crate::syntax::{Command, Keyword};

/// Where COPY, ADD or a mount takes files from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The build context.
    Context,
    /// Another stage, by index.
    Stage(usize),
    /// An image.
    Image(String),
}

/// A step's work.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// RUN.
    Run(Run),
    /// COPY and ADD.
    Copy(Copy),
    /// WORKDIR: makes the folder if it is not there.
    Workdir(String),
    /// An instruction that changes only the image's configuration.
    Configure {
        /// Which one.
        keyword: Keyword,
        /// Its expanded arguments.
        text: String,
    },
    /// ARG: counts for the cache only through the RUNs that see it.
    Argument,
    /// Broken; an error tells why.
    Invalid,
}

/// RUN with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The command, unexpanded: its shell expands it.
    pub command: Command,
    /// The shell that runs it.
    pub shell: Vec<String>,
    /// What the process is started with: the exec form's words; the shell and
    /// the text for it; or the path of the file that a heredoc with `#!` makes.
    pub arguments: Vec<String>,
    /// Its mounts.
    pub mounts: Vec<Mount>,
    /// `--network`, `--security` and `--device` with their values, expanded,
    /// what is the default left out; and mounts that show no files.
    pub options: Vec<String>,
    /// The command as a script, which the instruction shares.
    pub(super) script: Parsed,
}

impl Run {
    /// The text of the shell form or of a heredoc as a script, whatever shell
    /// runs it; `None` for the exec form.
    pub fn script(&self) -> Option<&Script> {
        self.script.of(&self.command)
    }

    /// True when another RUN does the same, wherever it is written.
    pub fn is_like(&self, other: &Self) -> bool {
        let command = match (&self.command, &other.command) {
            (Command::Shell(text), Command::Shell(other)) => text.text == other.text,
            (Command::Exec(_), Command::Exec(_)) => true, // the arguments are its words
            (
                Command::Script { interpreter, body },
                Command::Script { interpreter: other, body: other_body },
            ) => interpreter == other && body.text == other_body.text,
            _ => false,
        };
        command
            && self.shell == other.shell
            && self.arguments == other.arguments
            && self.mounts == other.mounts
            && self.options == other.options
    }
}

/// `RUN --mount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its type.
    pub kind: MountKind,
    /// Absolute path in the container.
    pub target: String,
    /// Path in the origin.
    pub source: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The id of a cache, secret or SSH agent.
    pub id: String,
    /// The other options that make the mount what it is, in a fixed order:
    /// `readonly`, `sharing=locked`, `size=…`.
    pub options: Vec<String>,
}

/// COPY and ADD with their options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// COPY or ADD.
    pub keyword: Keyword,
    /// Where the sources are.
    pub origin: Origin,
    /// The sources: paths, and for ADD URLs.
    pub sources: Vec<String>,
    /// Files written in place: name and content.
    pub heredocs: Vec<(String, String)>,
    /// Absolute destination; ends with `/` when it names a folder.
    pub destination: String,
    /// `--chown`.
    pub chown: Option<String>,
    /// `--chmod`.
    pub chmod: Option<String>,
    /// `--exclude` patterns.
    pub exclude: Vec<String>,
    /// True when it does not depend on the layers below: `--link`, which
    /// BuildKit ignores together with `--chmod`.
    pub link: bool,
    /// `--parents`: keeps the sources' folders.
    pub parents: bool,
    /// `--checksum`: what the remote source has to be.
    pub checksum: Option<String>,
    /// True when local archives are unpacked: ADD, unless `--unpack=false`.
    pub unpack: bool,
    /// `--keep-git-dir`, `--unpack` of remote archives, and the like, as
    /// written: part of the key.
    pub options: Vec<String>,
}
