//! CREATED BY: what builders write into an image's history, compared with the
//! steps of a Dockerfile.
//!
//! The classic builder writes `/bin/sh -c #(nop) COPY dir:HASH in .` and
//! `|1 VERSION=1 /bin/sh -c make`; BuildKit `COPY . . # buildkit` and
//! `RUN |1 VERSION=1 /bin/sh -c make # buildkit`. Both leave `--from` and
//! mounts out (seen with Docker 20.10; the tests' fixtures are from there).

use crate::graph::{Copy, Operation, Run, Step, join};
use crate::syntax::{Command, Keyword};

/// How far a row is a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same instruction.
    Same,
    /// The same keyword with another text: a changed Dockerfile, perhaps.
    Alike,
}

/// A row's text, taken apart.
pub struct Created {
    keyword: Keyword,
    /// What follows the keyword, without the builder's own marks, each run of
    /// blanks one space.
    rest: String,
    /// True when `docker history` without `--no-trunc` cut it.
    cut: bool,
}

/// A step, ready to be compared with many rows.
pub struct Made<'s> {
    /// The step.
    pub step: &'s Step,
    keyword: Keyword,
    /// The text that the history should have, as far as it can be told.
    text: Option<String>,
    shell: String,
}

impl Created {
    /// Takes a text apart.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let (text, cut) = match text.strip_suffix('…').or_else(|| text.strip_suffix("...")) {
            Some(text) => (text, true),
            None => (text.strip_suffix("# buildkit").unwrap_or(text).trim_end(), false),
        };
        let classic = text.find("#(nop)").map(|at| text[at + "#(nop)".len()..].trim_start());
        let words = classic.unwrap_or(text);
        let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        match Keyword::from_word(first) {
            keyword if keyword != Keyword::Unknown && keyword.name() == first => {
                Self { keyword, rest: squash(rest), cut }
            }
            // The classic builder's RUN has no keyword.
            _ => Self { keyword: Keyword::Run, rest: squash(text), cut },
        }
    }

    /// True for an instruction that makes a layer.
    pub fn makes_layer(&self) -> bool {
        match self.keyword {
            Keyword::Workdir => self.rest != "/",
            keyword => matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add),
        }
    }
}

impl<'s> Made<'s> {
    /// Prepares a step.
    pub fn by(step: &'s Step) -> Self {
        let (keyword, text, shell) = match &step.operation {
            Operation::Run(run) => (Keyword::Run, command(run), squash(&run.shell.join(" "))),
            Operation::Copy(copy) => (copy.keyword, None, String::new()),
            Operation::Workdir(path) => (Keyword::Workdir, Some(squash(path)), String::new()),
            Operation::Configure { keyword, text } => (*keyword, Some(squash(text)), String::new()),
            Operation::Argument => (Keyword::Arg, None, String::new()),
            Operation::Invalid => (Keyword::Unknown, None, String::new()),
        };
        Self { step, keyword, text, shell }
    }

    /// Compares the step with a row.
    pub fn likeness(&self, row: &Created) -> Option<Likeness> {
        if row.keyword != self.keyword {
            return None;
        }
        let text = self.text.as_deref();
        let same = match &self.step.operation {
            Operation::Run(_) => text.is_some_and(|command| self.is_run(row, command)),
            Operation::Copy(copy) => is_copy(row, copy, self.step),
            Operation::Workdir(path) => join("/", &row.rest) == *path,
            Operation::Argument => true,
            _ if row.cut => text.is_some_and(|text| text.starts_with(&row.rest)),
            _ => text == Some(&row.rest),
        };
        Some(if same { Likeness::Same } else { Likeness::Alike })
    }

    fn is_run(&self, row: &Created, command: &str) -> bool {
        if row.cut {
            // Build arguments hide where the command starts: go by the shell.
            let from_shell = row.rest.find(&self.shell).map_or(&*row.rest, |at| &row.rest[at..]);
            return match from_shell.strip_prefix(&self.shell) {
                Some(start) => command.starts_with(start.trim_start()),
                None => command.starts_with(from_shell),
            };
        }
        row.rest.strip_suffix(command).is_some_and(|before| {
            let before = before.trim_end();
            before.is_empty() || before == self.shell || before.starts_with('|')
        })
    }
}

/// The command of a RUN as the history has it; `None` for one that is run from
/// a file: the history names that, not what is in it.
fn command(run: &Run) -> Option<String> {
    let text = match &run.command {
        Command::Shell(script) => squash(&script.text),
        Command::Exec(words) => {
            squash(&words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" "))
        }
        Command::Script { .. } => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn is_copy(created: &Created, copy: &Copy, step: &Step) -> bool {
    let place = |path: &str| join(&step.scope.workdir, path).trim_end_matches('/').to_owned();
    let ours = copy.destination.trim_end_matches('/');
    if let Some((content, destination)) = created.rest.rsplit_once(" in ")
        && ["dir:", "file:", "multi:"].iter().any(|sort| content.contains(sort))
    {
        // The classic builder names the content's hash: only the place tells.
        return place(destination.trim()) == ours;
    }
    let mut words: Vec<&str> =
        created.rest.split_whitespace().skip_while(|word| word.starts_with("--")).collect();
    let sources = copy.heredocs.iter().map(|(name, _)| name).chain(&copy.sources);
    let mut sources: Vec<&str> = sources.map(|source| source_name(source)).collect();
    if created.cut {
        words.pop();
        return words.iter().all(|word| sources.contains(&source_name(word)));
    }
    let Some(destination) = words.pop() else { return false };
    let mut theirs: Vec<&str> = words.into_iter().map(source_name).collect();
    theirs.sort_unstable();
    sources.sort_unstable();
    place(destination) == ours && theirs == sources
}

fn source_name(source: &str) -> &str {
    source.trim_start_matches("<<").trim_start_matches("./").trim_matches('/')
}

/// One space for each run of blanks.
fn squash(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
