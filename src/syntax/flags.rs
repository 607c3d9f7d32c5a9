//! The flags of each instruction.

use super::suggest::did_you_mean;
use super::words::FlagWord;
use super::{Flag, Keyword, Logical, Pass, SyntaxError, Word};

/// What a flag takes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Nothing, `true` or `false`.
    Bool,
    /// One value.
    Text,
    /// A value, and it may be repeated.
    List,
}

use Kind::{Bool, List, Text};

/// The flags that BuildKit defines, labs ones included.
fn allowed(keyword: Keyword) -> &'static [(&'static str, Kind)] {
    match keyword {
        Keyword::Add => &[
            ("chown", Text),
            ("chmod", Text),
            ("link", Bool),
            ("keep-git-dir", Bool),
            ("checksum", Text),
            ("unpack", Bool),
            ("exclude", List),
        ],
        Keyword::Copy => &[
            ("chown", Text),
            ("from", Text),
            ("chmod", Text),
            ("link", Bool),
            ("exclude", List),
            ("parents", Bool),
        ],
        Keyword::From => &[("platform", Text)],
        Keyword::Run => &[("mount", List), ("network", Text), ("security", Text), ("device", List)],
        Keyword::Healthcheck => &[
            ("interval", Text),
            ("timeout", Text),
            ("start-period", Text),
            ("start-interval", Text),
            ("retries", Text),
        ],
        _ => &[],
    }
}

impl Keyword {
    /// The names of the flags that the instruction takes.
    pub fn flags(self) -> impl Iterator<Item = &'static str> {
        allowed(self).iter().map(|(name, _)| *name)
    }

    /// True for a flag that may stand without a value.
    pub fn is_switch(self, flag: &str) -> bool {
        allowed(self).contains(&(flag, Bool))
    }

    /// True for a flag that may be given more than once.
    pub fn repeats(self, flag: &str) -> bool {
        allowed(self).contains(&(flag, List))
    }
}

/// The flags of a line with their places.
pub(super) fn read(words: &[FlagWord], line: &Logical) -> Vec<Flag> {
    words.iter().map(|word| flag(word, line)).collect()
}

fn flag(word: &FlagWord, line: &Logical) -> Flag {
    let text = word.text.strip_prefix("--").unwrap_or(&word.text);
    let span = line.source_span(word.range.clone());
    let Some((name, value)) = text.split_once('=') else {
        return Flag { name: text.to_owned(), value: None, span };
    };
    // Without quotes and escapes the `=` is still the first one.
    let written = &line.text[word.range.clone()];
    let start = word.range.start + written.find('=').map_or(written.len(), |equals| equals + 1);
    let value = Word { text: value.to_owned(), span: line.source_span(start..word.range.end) };
    Flag { name: name.to_owned(), value: Some(value), span }
}

/// Reports flags that the instruction does not take as written.
pub(super) fn check(keyword: Keyword, flags: &[Flag], errors: &mut Vec<SyntaxError>) {
    // BuildKit does not look at the flags of these two.
    if matches!(keyword, Keyword::Arg | Keyword::Stopsignal) {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for flag in flags {
        let known = allowed(keyword).iter().find(|(name, _)| *name == flag.name);
        let problem = match known {
            None => Some((format!("unknown flag: --{}", flag.name), unknown_help(keyword, flag))),
            Some((name, _)) if seen.contains(name) => {
                let help = "give it once".to_owned();
                Some((format!("duplicate flag specified: --{name}"), Some(help)))
            }
            Some((name, kind)) => {
                if *kind != List {
                    seen.push(name);
                }
                value_problem(*kind, flag)
            }
        };
        if let Some((message, help)) = problem {
            errors.push(SyntaxError { message, help, span: flag.span, pass: Pass::Instruction });
        }
    }
}

fn unknown_help(keyword: Keyword, flag: &Flag) -> Option<String> {
    let names = allowed(keyword).iter().map(|(name, _)| *name);
    if let Some(help) = did_you_mean(&flag.name, names.clone()) {
        return Some(help.replacen("mean ", "mean --", 1));
    }
    let name = keyword.name();
    if names.len() == 0 {
        return Some(format!("{name} takes no flags"));
    }
    let list: Vec<_> = names.map(|name| format!("--{name}")).collect();
    Some(format!("{name} takes {}", list.join(", ")))
}

fn value_problem(kind: Kind, flag: &Flag) -> Option<(String, Option<String>)> {
    let name = &flag.name;
    let missing = || {
        let help = Some(format!("write --{name}=<value>"));
        Some((format!("missing a value on flag: --{name}"), help))
    };
    let value = flag.value.as_ref().map(|value| value.text.as_str());
    match (kind, value) {
        (Text | List, None) => missing(),
        (Bool, Some("")) => Some((format!("missing a value on flag: --{name}"), switch_help(name))),
        (Bool, Some(value)) if !matches!(value.to_ascii_lowercase().as_str(), "true" | "false") => {
            let message = format!("expecting boolean value for flag --{name}, not: {value}");
            Some((message, switch_help(name)))
        }
        _ => None,
    }
}

fn switch_help(name: &str) -> Option<String> {
    Some(format!("write --{name}, --{name}=true or --{name}=false"))
}
