//! Prints what BuildKit's first pass reads, as its own dumper does.

use super::arguments::{Argument, Arguments, read};
use super::go::quote;
use super::words::Split;
use super::{Dockerfile, Flag, Instruction, Keyword};

/// ONBUILD in ONBUILD is refused, so deeper ones are of no interest.
const MAX_DEPTH: usize = 32;

/// The s-expression of a Dockerfile, one line per instruction. Lines that
/// cannot be split ([`super::Pass::Parse`] errors) are left out.
pub fn dump(dockerfile: &Dockerfile) -> String {
    let lines = dockerfile
        .instructions
        .iter()
        .filter_map(|instruction| Some(format!("({})\n", node(instruction, dockerfile.escape)?)));
    lines.collect()
}

fn node(instruction: &Instruction, escape: char) -> Option<String> {
    let flags: Vec<_> = instruction.flags.iter().map(flag_text).collect();
    let text = &instruction.arguments.text;
    let arguments = read(instruction.keyword.value, text, 0..text.len(), escape).ok()?;
    line(&instruction.keyword_text, &flags, &arguments, text, escape, 0)
}

fn flag_text(flag: &Flag) -> String {
    match &flag.value {
        Some(value) => format!("--{}={}", flag.name, value.text),
        None => format!("--{}", flag.name),
    }
}

fn line(
    keyword: &str,
    flags: &[String],
    arguments: &Arguments<'_>,
    text: &str,
    escape: char,
    depth: usize,
) -> Option<String> {
    let mut line = keyword.to_ascii_lowercase();
    if !flags.is_empty() {
        let quoted: Vec<_> = flags.iter().map(|flag| quote(flag)).collect();
        line += &format!(" [{}]", quoted.join(" "));
    }
    match arguments {
        Arguments::None => {}
        Arguments::Ignored => line += " \"\"",
        Arguments::Json(words) | Arguments::Words(words) => push_all(&mut line, words),
        Arguments::Check(kind, command) => {
            push(&mut line, &kind.text);
            if let Arguments::Json(words) | Arguments::Words(words) = command.as_ref() {
                push_all(&mut line, words);
            }
        }
        Arguments::Pairs(pairs) => {
            for pair in pairs {
                push_all(&mut line, [&pair.key, &pair.value]);
                push(&mut line, if pair.delimited { "=" } else { "" });
            }
        }
        Arguments::Trigger(split) if depth < MAX_DEPTH => {
            line += &format!(" ({})", trigger(split, text, escape, depth + 1)?);
        }
        Arguments::Trigger(_) => {}
    }
    // Without a keyword the line would start with a blank.
    Some(line.trim_start().to_owned())
}

fn trigger(split: &Split, text: &str, escape: char, depth: usize) -> Option<String> {
    let keyword = &text[split.keyword.clone()];
    let flags: Vec<_> = split.flags.iter().map(|flag| flag.text.clone()).collect();
    let known = Keyword::from_word(keyword);
    let arguments = read(known, text, split.arguments.clone(), escape).ok()?;
    line(keyword, &flags, &arguments, text, escape, depth)
}

fn push_all<'a>(line: &mut String, words: impl IntoIterator<Item = &'a Argument<'a>>) {
    for word in words {
        push(line, &word.text);
    }
}

fn push(line: &mut String, text: &str) {
    line.push(' ');
    line.push_str(&quote(text));
}
