//! What a step does, with every variable expanded.

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
    /// Its mounts.
    pub mounts: Vec<Mount>,
    /// `--network`, `--security` and `--device` as written.
    pub options: Vec<String>,
}

/// The `--mount` types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum MountKind {
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
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
    /// The cache's id.
    pub id: String,
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
    /// `--link`: independent of the layers below.
    pub link: bool,
    /// `--parents`: keeps the sources' folders.
    pub parents: bool,
    /// `--checksum`, `--unpack` and `--keep-git-dir` as written: part of the key.
    pub options: Vec<String>,
}
