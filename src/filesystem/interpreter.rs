//! Runs a shell script on the abstract machine.
//!
//! Commands are taken to succeed unless their tool model knows better. Where a
//! condition cannot be decided, both ways are followed: what is written there
//! may be there, and nothing is taken away.

use std::rc::Rc;

use super::machine::Machine;
use super::tools::{self, Argument, Invocation, Outcome, Status, Stream};
use crate::sorted::Map;
use crate::syntax::shell::{
    AndOr, AndOrOperator, CommandKind, List, Pipeline, Script, ShellCommand, ShellWord,
    SimpleCommand, WordPart,
};

/// Commands that one RUN may execute, loops and groups among them: far above
/// what a person writes, low enough to stop nested loops.
const MOST_COMMANDS: u32 = 10_000;
/// Bytes of the words of one command: what braces and variables make of a short
/// line may be without bounds.
const MOST_TEXT: usize = 128 * 1024;
/// Nested functions and `sh -c`.
const MOST_NESTING: u32 = 16;

/// An interpreter of one RUN's script.
pub struct Interpreter<'m, 'w> {
    /// The container that the script runs in.
    pub machine: &'m mut Machine<'w>,
    functions: Map<String, Rc<ShellCommand>>,
    commands: u32,
    nesting: u32,
    exited: bool,
}

impl<'m, 'w> Interpreter<'m, 'w> {
    /// An interpreter that acts on `machine`.
    pub fn new(machine: &'m mut Machine<'w>) -> Self {
        Self { machine, functions: Map::new(), commands: 0, nesting: 0, exited: false }
    }

    /// Runs a script.
    pub fn run(&mut self, script: &Script) -> Status {
        self.list(&script.list)
    }

    /// Runs one command given as words, as the exec form does.
    pub fn exec(&mut self, words: Vec<String>) -> Status {
        let mut words = words.into_iter().map(Argument::known);
        match words.next() {
            Some(name) => self.invoke(&name.text, words.collect(), None).status,
            None => Status::Success,
        }
    }

    fn list(&mut self, list: &List) -> Status {
        let mut status = Status::Success;
        for item in &list.items {
            if self.exited {
                break;
            }
            status = self.and_or(item);
        }
        status
    }

    fn and_or(&mut self, item: &AndOr) -> Status {
        let mut status = self.pipeline(&item.first);
        for (operator, pipeline) in &item.rest {
            let (runs_on, skips_on) = match operator {
                AndOrOperator::And => (Status::Success, Status::Failure),
                AndOrOperator::Or => (Status::Failure, Status::Success),
            };
            if status == runs_on {
                status = self.pipeline(pipeline);
            } else if status != skips_on {
                self.perhaps(|this| this.pipeline(pipeline));
            }
        }
        status
    }

    /// Follows a way that may not be taken.
    fn perhaps<T>(&mut self, way: impl FnOnce(&mut Self) -> T) -> T {
        let certain = std::mem::replace(&mut self.machine.certain, false);
        let exited = self.exited;
        let result = way(self);
        self.machine.certain = certain;
        self.exited = exited;
        result
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Status {
        let mut input = None;
        let mut status = Status::Success;
        for command in &pipeline.commands {
            let outcome = self.command(command, input.take());
            status = outcome.status;
            input = outcome.output;
        }
        if pipeline.negated { status.negated() } else { status }
    }

    fn command(&mut self, command: &ShellCommand, input: Option<Stream>) -> Outcome {
        self.commands += 1;
        if self.exited || self.is_over() {
            return Outcome::success();
        }
        let heredoc =
            command.redirections.iter().find_map(|redirection| redirection.heredoc.as_deref());
        let input = heredoc.map(Stream::text).or(input);
        let mut outcome = match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, input),
            kind => Outcome { status: self.compound(kind), output: None },
        };
        for redirection in &command.redirections {
            if matches!(&*redirection.operator, ">" | ">>" | ">|" | "&>") {
                let target = self.one_word(&redirection.target);
                let stream = match redirection.descriptor {
                    None | Some(1) => outcome.output.take(),
                    Some(_) => None,
                };
                tools::redirect(self.machine, &target, stream, redirection.operator == ">>");
            }
        }
        outcome
    }

    fn compound(&mut self, kind: &CommandKind) -> Status {
        match kind {
            CommandKind::Simple(_) | CommandKind::Arithmetic(_) => Status::Unknown,
            CommandKind::Conditional(words) => {
                let words: Vec<Argument> = words.iter().map(|word| self.one_word(word)).collect();
                tools::decide(&words, self.machine, true).into()
            }
            CommandKind::Group(list) => self.list(list),
            CommandKind::Subshell(list) => {
                let folder = self.machine.folder.clone();
                let variables = self.machine.variables();
                let status = self.list(list);
                self.machine.folder = folder;
                self.machine.restore_variables(variables);
                self.exited = false;
                status
            }
            CommandKind::If { branches, otherwise } => self.branches(branches, otherwise.as_ref()),
            CommandKind::For { variable, words, body } => {
                self.for_loop(variable, words.as_deref(), body)
            }
            CommandKind::While { condition, body, until } => {
                let never = if *until { Status::Success } else { Status::Failure };
                if self.list(condition) != never {
                    self.perhaps(|this| this.list(body));
                }
                Status::Success
            }
            CommandKind::Case { subject, arms } => self.case(subject, arms),
            CommandKind::Function { name, body } => {
                self.functions.insert(name.clone(), Rc::new((**body).clone()));
                Status::Success
            }
        }
    }

    fn branches(&mut self, branches: &[(List, List)], otherwise: Option<&List>) -> Status {
        let mut undecided = false;
        for (condition, body) in branches {
            match self.list(condition) {
                Status::Success if undecided => return self.perhaps(|this| this.list(body)),
                Status::Success => return self.list(body),
                Status::Failure => {}
                Status::Unknown => {
                    undecided = true;
                    self.perhaps(|this| this.list(body));
                }
            }
        }
        match otherwise {
            Some(body) if undecided => self.perhaps(|this| this.list(body)),
            Some(body) => self.list(body),
            None => Status::Success,
        }
    }

    fn for_loop(&mut self, variable: &str, words: Option<&[ShellWord]>, body: &List) -> Status {
        let values = self.words(words.unwrap_or_default());
        let values: Vec<_> = values.into_iter().flat_map(|value| self.paths(value)).collect();
        for value in values {
            if self.is_over() {
                break;
            }
            let known = value.known && !value.glob;
            self.machine.set_variable(variable, known.then(|| value.text.clone()));
            if known {
                self.list(body);
            } else {
                self.perhaps(|this| this.list(body));
            }
        }
        Status::Success
    }

    /// The files that a pattern names, where all of its folder are seen; else
    /// the pattern itself.
    fn paths(&self, value: Argument) -> Vec<Argument> {
        let pattern = self.machine.resolve(&value.text);
        let tree = self.machine.tree();
        let found = if value.known && value.glob { tree.glob(&pattern) } else { Vec::new() };
        let single = |path: &String| tree.get(path).is_some_and(|entry| entry.files == 1);
        if found.is_empty() || !value.text.starts_with('/') || !found.iter().all(single) {
            return vec![value];
        }
        found.into_iter().map(Argument::known).collect()
    }

    fn case(&mut self, subject: &ShellWord, arms: &[(Vec<ShellWord>, List)]) -> Status {
        let subject = self.one_word(subject);
        for (patterns, body) in arms {
            if !subject.known {
                self.perhaps(|this| this.list(body));
                continue;
            }
            let patterns: Vec<Argument> =
                patterns.iter().map(|pattern| self.one_word(pattern)).collect();
            if patterns.iter().any(|pattern| pattern_matches(&pattern.text, &subject.text)) {
                return self.list(body);
            }
        }
        Status::Success
    }

    fn simple(&mut self, command: &SimpleCommand, input: Option<Stream>) -> Outcome {
        let before = self.machine.variables();
        for assignment in &command.assignments {
            let value = self.one_word(&assignment.value);
            let value = value.known.then_some(value.text);
            self.machine.set_variable(&assignment.name, value);
        }
        let mut words = self.words(&command.words).into_iter();
        let Some(name) = words.next() else { return Outcome::success() };
        let outcome = self.invoke(&name.text, words.collect(), input);
        if !command.assignments.is_empty() {
            self.machine.restore_variables(before);
        }
        outcome
    }

    fn invoke(&mut self, name: &str, arguments: Vec<Argument>, input: Option<Stream>) -> Outcome {
        if self.is_over() {
            return Outcome::success();
        }
        if let Some(body) = self.functions.get(name).cloned() {
            return self.nested(|this| this.command(&body, input));
        }
        let invocation = Invocation { name: name.to_owned(), arguments, input };
        match name.rsplit('/').next().unwrap_or(name) {
            "sh" | "bash" | "ash" | "dash" | "zsh" if invocation.shell_script().is_some() => {
                let text = invocation.shell_script().unwrap_or_default().to_owned();
                self.nested(|this| this.text(&text))
            }
            "sh" | "bash" | "ash" | "dash" | "zsh"
                if tools::piped_script(&invocation.arguments, invocation.input.as_ref())
                    .is_some() =>
            {
                let text = invocation.input.and_then(|input| input.text).unwrap_or_default();
                self.nested(|this| this.text(&text))
            }
            "eval" if invocation.is_known() => {
                let text = invocation.joined();
                self.nested(|this| this.text(&text))
            }
            "exit" => {
                self.exited = self.machine.certain;
                Outcome::success()
            }
            "sudo" | "exec" | "command" | "time" | "nice" | "nohup" | "env" | "builtin"
            | "gosu" | "su-exec"
                if invocation.inner().is_some() =>
            {
                let mut inner = invocation.inner().unwrap_or_default().into_iter();
                let name = inner.next().map(|name| name.text).unwrap_or_default();
                self.nested(|this| this.invoke(&name, inner.collect(), invocation.input))
            }
            "xargs" if invocation.inner().is_some() => self.xargs(&invocation),
            _ => tools::invoke(self.machine, &invocation),
        }
    }

    /// Runs the command of `xargs` with the words of its input, where they are
    /// known: at its end, or in place of `-I`'s mark.
    fn xargs(&mut self, invocation: &Invocation) -> Outcome {
        let mark = invocation.value(&["-I", "--replace"]).map(str::to_owned);
        let mark = mark.or_else(|| {
            let attached = invocation.texts().find_map(|text| text.strip_prefix("-I"));
            attached.filter(|mark| !mark.is_empty()).map(str::to_owned)
        });
        let mut inner = invocation.inner().unwrap_or_default();
        if invocation.value(&["-I"]).is_some()
            && inner.first().map(|word| &word.text) == mark.as_ref()
        {
            inner.remove(0);
        }
        let text = invocation.input.as_ref().and_then(|input| input.text.clone());
        let words: Vec<Argument> = match text {
            Some(text) => text.split_whitespace().map(str::to_owned).map(Argument::known).collect(),
            None => vec![Argument { text: "$(input)".to_owned(), ..Argument::default() }],
        };
        let mut calls = Vec::new();
        match mark {
            Some(mark) => calls.extend(words.iter().map(|word| {
                let fill = |part: &Argument| Argument {
                    text: part.text.replace(&mark, &word.text),
                    known: part.known && word.known,
                    ..part.clone()
                };
                inner.iter().map(fill).collect::<Vec<_>>()
            })),
            None => calls.push(inner.into_iter().chain(words).collect()),
        }
        for call in calls {
            let mut words = call.into_iter();
            let Some(name) = words.next() else { break };
            self.commands += 1;
            self.nested(|this| this.invoke(&name.text, words.collect(), None));
        }
        Outcome::success()
    }

    /// True where the script has run more than is followed here.
    fn is_over(&mut self) -> bool {
        let is_over = self.commands > MOST_COMMANDS || self.nesting > MOST_NESTING;
        if is_over {
            self.leave_out("The script runs more commands than are followed here");
        }
        is_over
    }

    fn leave_out(&mut self, why: &str) {
        self.machine.writes_unseen = true;
        self.machine.assume(format!("{why}; the rest is left out."));
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        self.nesting += 1;
        let outcome = inner(self);
        self.nesting -= 1;
        outcome
    }

    fn text(&mut self, text: &str) -> Outcome {
        let script = crate::syntax::shell::parse(text);
        Outcome { status: self.list(&script.list), output: None }
    }

    /// Expands words as the shell does: variables, splitting, braces, globs.
    fn words(&mut self, words: &[ShellWord]) -> Vec<Argument> {
        let mut left = MOST_TEXT;
        let mut found = Vec::new();
        for word in words {
            for field in self.word(word) {
                braces(field, &mut left, &mut found);
            }
            if left == 0 {
                self.leave_out("A command has more arguments than are followed here");
                break;
            }
        }
        found
    }

    fn one_word(&mut self, word: &ShellWord) -> Argument {
        let mut whole = Argument::known(String::new());
        self.append(&word.parts, &mut whole);
        whole
    }

    fn word(&mut self, word: &ShellWord) -> Vec<Argument> {
        let mut fields = vec![Argument::known(String::new())];
        let mut quoted = false;
        for part in word.parts.iter() {
            let Some(last) = fields.last_mut() else { break };
            match part {
                WordPart::Parameter { .. } | WordPart::Substitution(_) => {
                    let mut value = Argument::known(String::new());
                    self.append(std::slice::from_ref(part), &mut value);
                    split_into(&value, &mut fields);
                }
                part => {
                    quoted |= !matches!(part, WordPart::Literal(_));
                    self.append(std::slice::from_ref(part), last);
                }
            }
        }
        if !quoted && fields.len() == 1 && fields[0].text.is_empty() && fields[0].known {
            return Vec::new();
        }
        fields
    }

    fn append(&mut self, parts: &[WordPart], to: &mut Argument) {
        for part in parts {
            match part {
                WordPart::Literal(text) => {
                    to.glob |= text.contains(['*', '?', '[']);
                    to.braces |= text.contains('{') && text.contains(',');
                    to.text.push_str(text);
                }
                WordPart::Quoted(text) => to.text.push_str(text),
                WordPart::DoubleQuoted(parts) => self.append(parts, to),
                WordPart::Parameter { name, operator, length } => {
                    let value = self.parameter(name, operator.as_deref());
                    match value {
                        Some(value) if !length => to.text.push_str(&value),
                        Some(value) => to.text.push_str(&value.chars().count().to_string()),
                        None => to.forget(name),
                    }
                }
                WordPart::Substitution(script) => match self.substitution(script) {
                    Some(text) => to.text.push_str(&text),
                    None => to.forget("(…)"),
                },
                WordPart::Arithmetic(text) => to.forget(text),
            }
            if to.text.len() > MOST_TEXT {
                to.text.clear();
                to.forget("(…)");
            }
        }
    }

    fn parameter(&mut self, name: &str, operator: Option<&(String, ShellWord)>) -> Option<String> {
        let value = self.machine.variable(name);
        let unset = self.machine.is_unset(name);
        let Some((operator, word)) = operator else {
            // Positional and special parameters are not followed.
            let special = name.chars().all(|c| c.is_ascii_digit() || "@*#?$!-".contains(c));
            return if unset && !special { Some(String::new()) } else { value };
        };
        let word = self.one_word(word);
        let alternative = word.known.then_some(word.text);
        let empty = value.as_deref().is_some_and(str::is_empty);
        match &**operator {
            ":-" | ":=" if unset || empty => alternative,
            "-" | "=" if unset => alternative,
            ":+" => {
                if unset || empty {
                    Some(String::new())
                } else {
                    alternative
                }
            }
            "+" => {
                if unset {
                    Some(String::new())
                } else {
                    alternative
                }
            }
            "#" | "##" => trim(value?, &alternative?, Side::Start, operator.len() == 2),
            "%" | "%%" => trim(value?, &alternative?, Side::End, operator.len() == 2),
            ":-" | ":=" | "-" | "=" | "?" | ":?" => value,
            _ => None,
        }
    }

    /// The text of a command substitution, where it is known.
    fn substitution(&mut self, script: &Script) -> Option<String> {
        let [item] = &script.list.items[..] else { return None };
        let folder = self.machine.folder.clone();
        let mut input = None;
        let mut text = None;
        for command in &item.first.commands {
            let outcome = self.command(command, input.take());
            text = outcome.output.as_ref().and_then(|output| output.text.clone());
            input = outcome.output;
        }
        self.machine.folder = folder;
        text.map(|text| text.trim_end_matches('\n').to_owned())
    }
}

enum Side {
    Start,
    End,
}

/// `${value#pattern}` and its three relatives.
fn trim(value: String, pattern: &str, side: Side, longest: bool) -> Option<String> {
    let mut cuts: Vec<usize> =
        value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    // Cuts in the order in which the first match is the answer.
    if matches!(side, Side::End) != longest {
        cuts.reverse();
    }
    let kept = cuts.into_iter().find_map(|cut| {
        let (start, end) = value.split_at(cut);
        match side {
            Side::Start => pattern_matches(pattern, start).then_some(end),
            Side::End => pattern_matches(pattern, end).then_some(start),
        }
    });
    Some(kept.map(str::to_owned).unwrap_or(value))
}

/// Splits an unquoted value at blanks; its first part joins the field before.
fn split_into(value: &Argument, fields: &mut Vec<Argument>) {
    if !value.known {
        if let Some(last) = fields.last_mut() {
            last.text.push_str(&value.text);
            last.known = false;
        }
        return;
    }
    let starts_apart = value.text.starts_with(char::is_whitespace);
    for (index, part) in value.text.split_whitespace().enumerate() {
        let fresh = fields.last().is_none_or(|last| last.text.is_empty());
        if index == 0 && (!starts_apart || fresh) {
            if let Some(last) = fields.last_mut() {
                last.text.push_str(part);
                last.glob |= part.contains(['*', '?']);
            }
        } else {
            fields.push(Argument {
                glob: part.contains(['*', '?']),
                ..Argument::known(part.to_owned())
            });
        }
    }
}

/// Adds a word, one for each part of `{a,b}` where it is unquoted, as long as
/// bytes are left; nested braces are left as they are.
fn braces(word: Argument, left: &mut usize, to: &mut Vec<Argument>) {
    let parts = word.text.find('{').filter(|_| word.braces).and_then(|open| {
        let close = open + word.text[open..].find('}')?;
        Some((&word.text[..open], &word.text[open + 1..close], &word.text[close + 1..]))
    });
    let Some((before, inner, after)) = parts.filter(|(_, inner, _)| inner.contains(',')) else {
        *left = left.saturating_sub(word.text.len() + 1);
        to.push(word);
        return;
    };
    let is_more = after.contains('{') && after.contains(',');
    for part in inner.split(',') {
        if *left == 0 {
            return;
        }
        let text = format!("{before}{part}{after}");
        braces(Argument { text, braces: is_more, ..word.clone() }, left, to);
    }
}

/// Matches as `case` and `${x#…}` do: `*` and `?` take slashes too, and `[`
/// stands for itself where it opens no class.
pub fn pattern_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
                continue;
            }
            Some('?') => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some('[') => match class(&pattern, p, text[t]) {
                Some((true, next)) => {
                    (p, t) = (next, t + 1);
                    continue;
                }
                None if text[t] == '[' => {
                    (p, t) = (p + 1, t + 1);
                    continue;
                }
                _ => {}
            },
            Some(c) if *c == text[t] => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            _ => {}
        }
        match retry {
            Some((star, at)) => {
                retry = Some((star, at + 1));
                (p, t) = (star + 1, at + 1);
            }
            None => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Whether a class `[a-z]` at `start` holds `c`, and where the class ends.
fn class(pattern: &[char], start: usize, c: char) -> Option<(bool, usize)> {
    let length = pattern[start + 1..].iter().skip(1).position(|c| *c == ']')? + 1;
    let members = &pattern[start + 1..start + 1 + length];
    let (negated, members) = match members {
        ['!' | '^', rest @ ..] => (true, rest),
        members => (false, members),
    };
    let mut held = false;
    let mut i = 0;
    while i < members.len() {
        if members.get(i + 1) == Some(&'-') && i + 2 < members.len() {
            held |= (members[i]..=members[i + 2]).contains(&c);
            i += 3;
        } else {
            held |= members[i] == c;
            i += 1;
        }
    }
    Some((held != negated, start + length + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_slashes_too() {
        assert!(pattern_matches("*/", "https://host/"));
        assert!(pattern_matches("[!x]?", "yz") && !pattern_matches("[!x]?", "xz"));
        assert!(pattern_matches("*a*a*", "banana"));
        assert!(pattern_matches("[", "["));
    }

    #[test]
    fn parts_are_cut_off_as_the_shell_does() {
        let cut = |pattern, side, longest| {
            trim("a/b/c.tar.gz".to_owned(), pattern, side, longest).unwrap()
        };
        assert_eq!(cut("*/", Side::Start, false), "b/c.tar.gz");
        assert_eq!(cut("*/", Side::Start, true), "c.tar.gz");
        assert_eq!(cut(".*", Side::End, false), "a/b/c.tar");
        assert_eq!(cut(".*", Side::End, true), "a/b/c");
    }

    #[test]
    fn braces_make_a_word_of_each_part() {
        let word = Argument { braces: true, ..Argument::known("a/{b,c}/d".to_owned()) };
        let mut words = Vec::new();
        braces(word, &mut { MOST_TEXT }, &mut words);
        let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
        assert_eq!(texts, ["a/b/d", "a/c/d"]);
    }
}
