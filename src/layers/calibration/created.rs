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
struct Created<'t> {
    keyword: Keyword,
    /// What follows the keyword, without flags of the builder's own.
    rest: &'t str,
    /// True when `docker history` without `--no-trunc` cut it.
    cut: bool,
}

impl<'t> Created<'t> {
    fn read(text: &'t str) -> Self {
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
                Self { keyword, rest: rest.trim_start(), cut }
            }
            // The classic builder's RUN has no keyword.
            _ => Self { keyword: Keyword::Run, rest: text, cut },
        }
    }
}

/// True when a row with this text is of an instruction that makes a layer.
pub fn makes_layer(text: &str) -> bool {
    let created = Created::read(text);
    match created.keyword {
        Keyword::Workdir => created.rest != "/",
        keyword => matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add),
    }
}

/// Compares a row with a step.
pub fn compare(text: &str, step: &Step) -> Option<Likeness> {
    let created = Created::read(text);
    let same = match &step.operation {
        Operation::Run(run) if created.keyword == Keyword::Run => is_run(&created, run),
        Operation::Copy(copy) if created.keyword == copy.keyword => is_copy(&created, copy, step),
        Operation::Workdir(path) if created.keyword == Keyword::Workdir => {
            is_text(&created, path) || join("/", created.rest) == *path
        }
        Operation::Configure { keyword, text } if created.keyword == *keyword => {
            is_text(&created, text)
        }
        Operation::Argument if created.keyword == Keyword::Arg => true,
        _ => return None,
    };
    Some(if same { Likeness::Same } else { Likeness::Alike })
}

fn is_text(created: &Created<'_>, text: &str) -> bool {
    let (ours, theirs) = (squash(text), squash(created.rest));
    if created.cut { ours.starts_with(&theirs) } else { ours == theirs }
}

fn is_run(created: &Created<'_>, run: &Run) -> bool {
    let command = match &run.command {
        Command::Shell(script) => squash(&script.text),
        Command::Exec(words) => {
            squash(&words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" "))
        }
        // Run from a file: the history names that, not what is in it.
        Command::Script { .. } => return false,
    };
    if command.is_empty() {
        return false;
    }
    let shell = squash(&run.shell.join(" "));
    let theirs = squash(created.rest);
    if created.cut {
        // Build arguments hide where the command starts: go by the shell.
        let from_shell = theirs.find(&shell).map_or(&*theirs, |at| &theirs[at..]);
        return format!("{shell} {command}").starts_with(from_shell);
    }
    theirs.strip_suffix(&command).is_some_and(|before| {
        let before = before.trim_end();
        before.is_empty() || before == shell || before.starts_with('|')
    })
}

fn is_copy(created: &Created<'_>, copy: &Copy, step: &Step) -> bool {
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
