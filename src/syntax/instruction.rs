//! Builds instructions from split lines and reports what BuildKit's second
//! pass refuses.

use std::ops::Range;

use super::arguments::{self, Argument, Arguments, Pair, Refusal};
use super::go::quote;
use super::mount::{Mount, MountError, check_device};
use super::shell::Parsed;
use super::suggest::did_you_mean;
use super::words::{self, Split};
use super::{
    ArgDeclaration, Body, Command, Heredoc, Instruction, KeyValue, Keyword, Logical, Pass, Span,
    Spanned, SyntaxError, Transfer, Word, flags, healthcheck, heredoc,
};

/// A split line.
pub(super) struct Node<'a> {
    pub keyword: Keyword,
    pub split: Split,
    pub arguments: Result<Arguments<'a>, Refusal>,
    /// What ONBUILD triggers.
    pub trigger: Option<Box<Self>>,
}

impl<'a> Node<'a> {
    /// Splits a joined line.
    pub(super) fn new(line: &'a str, escape: char) -> Self {
        let split = words::split(line, 0..line.len(), escape);
        let mut node = Self::from_split(line, split, escape);
        // A trigger's own trigger is refused, so it is not looked at.
        if let Ok(Arguments::Trigger(split)) = &mut node.arguments {
            let split = std::mem::replace(split, Split::empty());
            node.trigger = Some(Box::new(Self::from_split(line, split, escape)));
        }
        node
    }

    fn from_split(line: &'a str, split: Split, escape: char) -> Self {
        let keyword = Keyword::from_word(&line[split.keyword.clone()]);
        let arguments = arguments::read(keyword, line, split.arguments.clone(), escape);
        Self { keyword, split, arguments, trigger: None }
    }

    /// True when the lines below may belong to heredocs of this one.
    pub(super) fn may_hold_heredocs(&self) -> bool {
        let node = self.trigger.as_deref().unwrap_or(self);
        heredoc::allowed(node.keyword)
            && matches!(node.arguments, Ok(Arguments::Words(_) | Arguments::None))
    }
}

/// Builds the instruction of a node.
pub(super) struct Builder<'a> {
    pub source: &'a str,
    pub line: &'a Logical,
    /// Where the instruction ends in the source.
    pub end: u32,
    pub errors: &'a mut Vec<SyntaxError>,
}

impl Builder<'_> {
    pub(super) fn build(&mut self, node: &Node<'_>, heredocs: Vec<Heredoc>) -> Instruction {
        let keyword_span = self.line.source_span(node.split.keyword.clone());
        let flags = flags::read(&node.split.flags, self.line);
        let arguments = self.line.slice(node.split.arguments.clone());
        let mut instruction = Instruction {
            span: keyword_span.cover(Span { start: keyword_span.start, end: self.end }),
            keyword: Spanned { value: node.keyword, span: keyword_span },
            keyword_text: self.line.text[node.split.keyword.clone()].to_owned(),
            flags,
            arguments,
            body: Body::Invalid,
            heredocs: Vec::new(),
            comments: Vec::new(),
            script: Parsed::default(),
        };
        match &node.trigger {
            Some(trigger) => {
                flags::check(node.keyword, &instruction.flags, self.errors);
                instruction.body = self.onbuild(trigger, heredocs);
            }
            None => {
                instruction.heredocs = heredocs;
                instruction.body = self.body(node, &instruction);
            }
        }
        instruction
    }

    fn body(&mut self, node: &Node<'_>, instruction: &Instruction) -> Body {
        let arguments = match &node.arguments {
            Ok(arguments) => arguments,
            Err(refusal) => {
                self.refusal(refusal);
                return Body::Invalid;
            }
        };
        if node.keyword == Keyword::Unknown {
            return self.unknown(instruction);
        }
        self.check_flags(node, instruction);
        match node.keyword {
            Keyword::From => self.from(node, arguments),
            Keyword::Run => Body::Run(self.run(arguments, instruction)),
            Keyword::Cmd => Body::Cmd(self.command(arguments, &node.split.arguments)),
            Keyword::Entrypoint => Body::Entrypoint(self.command(arguments, &node.split.arguments)),
            Keyword::Shell => self.shell(node, arguments),
            Keyword::Copy => self.transfer(node, arguments).map_or(Body::Invalid, Body::Copy),
            Keyword::Add => self.transfer(node, arguments).map_or(Body::Invalid, Body::Add),
            Keyword::Env => self.pairs(node, arguments).map_or(Body::Invalid, Body::Env),
            Keyword::Label => self.pairs(node, arguments).map_or(Body::Invalid, Body::Label),
            Keyword::Arg => self.declarations(node, arguments),
            Keyword::Workdir => self.single(node, arguments).map_or(Body::Invalid, Body::Workdir),
            Keyword::User => self.single(node, arguments).map_or(Body::Invalid, Body::User),
            Keyword::Stopsignal => {
                self.single(node, arguments).map_or(Body::Invalid, Body::Stopsignal)
            }
            Keyword::Maintainer => {
                self.single(node, arguments).map_or(Body::Invalid, Body::Maintainer)
            }
            Keyword::Expose => self.list(node, arguments).map_or(Body::Invalid, Body::Expose),
            Keyword::Volume => self.volume(node, arguments),
            Keyword::Healthcheck => self.healthcheck(node, arguments),
            Keyword::Onbuild => self.nothing_given(node),
            Keyword::Unknown => Body::Invalid,
        }
    }

    fn error(&mut self, message: String, help: Option<String>, span: Span) {
        self.errors.push(SyntaxError { message, help, span, pass: Pass::Instruction });
    }

    fn refusal(&mut self, refusal: &Refusal) {
        self.errors.push(SyntaxError {
            message: refusal.message.clone(),
            help: refusal.help.map(str::to_owned),
            span: self.line.source_span(refusal.range.clone()),
            pass: Pass::Parse,
        });
    }

    fn unknown(&mut self, instruction: &Instruction) -> Body {
        let written = &instruction.keyword_text;
        let help = did_you_mean(&written.to_ascii_uppercase(), Keyword::ALL.map(Keyword::name));
        let message = format!("unknown instruction: {written}");
        self.error(message, help, instruction.keyword.span);
        Body::Invalid
    }

    fn check_flags(&mut self, node: &Node<'_>, instruction: &Instruction) {
        let is_none = |kind: &Argument<'_>| kind.text.eq_ignore_ascii_case("NONE");
        // HEALTHCHECK NONE does not look at flags.
        if matches!(&node.arguments, Ok(Arguments::Check(kind, _)) if is_none(kind)) {
            return;
        }
        flags::check(node.keyword, &instruction.flags, self.errors);
        for flag in &instruction.flags {
            let Some(value) = &flag.value else { continue };
            let problem = match (node.keyword, flag.name.as_str()) {
                (Keyword::Healthcheck, _) => healthcheck::problem(flag),
                (Keyword::Run, "network") => network_problem(&value.text),
                (Keyword::Run, "security") => security_problem(&value.text),
                (Keyword::Run, "mount") => Mount::parse(&value.text).err().map(problem),
                (Keyword::Run, "device") => check_device(&value.text).err().map(problem),
                _ => None,
            };
            if let Some((message, help)) = problem {
                self.error(message, help, value.span);
            }
        }
    }

    fn word(&self, argument: &Argument<'_>) -> Word {
        let text = argument.text.as_ref().to_owned();
        Word { text, span: self.line.source_span(argument.range.clone()) }
    }

    fn words(&self, arguments: &[Argument<'_>]) -> Vec<Word> {
        arguments.iter().map(|argument| self.word(argument)).collect()
    }

    fn keyword_span(&self, node: &Node<'_>) -> Span {
        self.line.source_span(node.split.keyword.clone())
    }

    fn from(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Body {
        match plain_words(arguments) {
            [image] => Body::From { image: self.word(image), name: None },
            [image, as_word, name] if as_word.text.eq_ignore_ascii_case("as") => {
                if !is_stage_name(&name.text) {
                    self.bad_stage_name(name);
                    return Body::From { image: self.word(image), name: None };
                }
                Body::From { image: self.word(image), name: Some(self.word(name)) }
            }
            _ => {
                let message = "FROM requires either one or three arguments".to_owned();
                let help = "write FROM <image> or FROM <image> AS <name>".to_owned();
                let span = self.arguments_span(node);
                self.error(message, Some(help), span);
                Body::Invalid
            }
        }
    }

    fn bad_stage_name(&mut self, name: &Argument<'_>) {
        let message = format!(
            "invalid name for build stage: {}, name can't start with a number or contain symbols",
            quote(&name.text)
        );
        let help = "start with a letter; letters, digits, `-`, `_` and `.` may follow";
        self.error(message, Some(help.to_owned()), self.line.source_span(name.range.clone()));
    }

    /// The arguments, or the keyword if there are none.
    fn arguments_span(&self, node: &Node<'_>) -> Span {
        match node.split.arguments.is_empty() {
            true => self.keyword_span(node),
            false => self.line.source_span(node.split.arguments.clone()),
        }
    }

    fn command(&self, arguments: &Arguments<'_>, part: &Range<usize>) -> Command {
        match arguments {
            Arguments::Json(words) => Command::Exec(self.words(words)),
            _ => Command::Shell(self.line.slice(part.clone())),
        }
    }

    fn run(&self, arguments: &Arguments<'_>, instruction: &Instruction) -> Command {
        if let Arguments::Json(words) = arguments {
            return Command::Exec(self.words(words));
        }
        let line = &instruction.arguments;
        let [first, ..] = instruction.heredocs.as_slice() else {
            return Command::Shell(line.clone());
        };
        if !matches!(heredoc::parse(&line.text), Ok(Some(_))) {
            return Command::Shell(self.with_bodies(line, &instruction.heredocs));
        }
        let body = body_text(self.source, first.body_span, first.strip_tabs);
        match body.text.strip_prefix("#!") {
            Some(rest) => {
                let interpreter = rest.lines().next().unwrap_or_default().trim().to_owned();
                Command::Script { interpreter, body }
            }
            None => Command::Shell(body),
        }
    }

    /// The line with its heredocs below it, for the shell to read.
    fn with_bodies(&self, line: &Logical, heredocs: &[Heredoc]) -> Logical {
        let mut text = line.clone();
        for heredoc in heredocs {
            text.push("\n", heredoc.body_span.start.saturating_sub(1) as usize);
            text.push(&self.source[heredoc.body_span.range()], heredoc.body_span.start as usize);
            text.push(&heredoc.delimiter, heredoc.end_span.start as usize);
        }
        text
    }

    fn shell(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Body {
        match arguments {
            Arguments::Json(words) if !words.is_empty() => Body::Shell(self.words(words)),
            Arguments::Words(_) => {
                let message = "SHELL requires the arguments to be in JSON form".to_owned();
                let help = r#"write SHELL ["executable", "parameters"]"#.to_owned();
                let span = self.arguments_span(node);
                self.error(message, Some(help), span);
                Body::Invalid
            }
            _ => self.nothing_given(node),
        }
    }

    fn transfer(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Option<Transfer> {
        let words = match arguments {
            Arguments::Json(words) | Arguments::Words(words) => words.as_slice(),
            _ => &[],
        };
        let name = node.keyword.name();
        let Some((destination, sources @ [_, ..])) = words.split_last() else {
            let message = format!(
                "{name} requires at least two arguments, but only one was provided. Destination could not be determined"
            );
            let help = format!("write {name} <source> <destination>");
            let span = self.arguments_span(node);
            self.error(message, Some(help), span);
            return None;
        };
        let is_heredoc = |word: &&Argument<'_>| matches!(heredoc::parse(&word.text), Ok(Some(_)));
        if is_heredoc(&destination) {
            let message = format!("{name} cannot accept a heredoc as a destination");
            let help = "add the destination's path after the heredocs".to_owned();
            self.error(message, Some(help), self.line.source_span(destination.range.clone()));
            return None;
        }
        let sources = sources.iter().filter(|source| !is_heredoc(source));
        Some(Transfer {
            sources: sources.map(|source| self.word(source)).collect(),
            destination: self.word(destination),
        })
    }

    fn pairs(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Option<Vec<KeyValue>> {
        let Arguments::Pairs(pairs) = arguments else {
            self.nothing_given(node);
            return None;
        };
        if let Some(blank) = pairs.iter().find(|pair| pair.key.text.is_empty()) {
            self.blank_name(node, &blank.value);
            return None;
        }
        let word =
            |pair: &Pair| KeyValue { key: self.word(&pair.key), value: self.word(&pair.value) };
        Some(pairs.iter().map(word).collect())
    }

    fn blank_name(&mut self, node: &Node<'_>, value: &Argument<'_>) {
        let message = format!("{} names can not be blank", node.keyword.name());
        // From the `=` on.
        let range = value.range.start.saturating_sub(1)..value.range.end;
        let help = "put the name directly before `=`".to_owned();
        self.error(message, Some(help), self.line.source_span(range));
    }

    fn declarations(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Body {
        let words = plain_words(arguments);
        if words.is_empty() {
            return self.nothing_given(node);
        }
        let mut declarations = Vec::with_capacity(words.len());
        for word in words {
            let (name, default) = split_declaration(word);
            if let Some(default) = default.as_ref().filter(|_| name.text.is_empty()) {
                self.blank_name(node, default);
                return Body::Invalid;
            }
            let default = default.map(|default| self.word(&default));
            declarations.push(ArgDeclaration { name: self.word(&name), default });
        }
        Body::Arg(declarations)
    }

    fn single(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Option<Word> {
        if let [word] = plain_words(arguments) {
            return Some(self.word(word));
        }
        let message = format!("{} requires exactly one argument", node.keyword.name());
        self.error(message, usage(node.keyword), self.keyword_span(node));
        None
    }

    fn list(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Option<Vec<Word>> {
        match arguments {
            Arguments::Json(words) | Arguments::Words(words) if !words.is_empty() => {
                Some(self.words(words))
            }
            _ => {
                self.nothing_given(node);
                None
            }
        }
    }

    fn volume(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Body {
        let Some(mut paths) = self.list(node, arguments) else { return Body::Invalid };
        for path in &mut paths {
            path.text = path.text.trim().to_owned();
            if path.text.is_empty() {
                let message = "VOLUME specified can not be an empty string".to_owned();
                self.error(message, Some("write a path".to_owned()), path.span);
                return Body::Invalid;
            }
        }
        Body::Volume(paths)
    }

    fn healthcheck(&mut self, node: &Node<'_>, arguments: &Arguments<'_>) -> Body {
        let Arguments::Check(kind, command) = arguments else { return self.nothing_given(node) };
        let rest = words::trim(&self.line.text, kind.range.end..node.split.arguments.end);
        let given = !matches!(command.as_ref(), Arguments::None)
            && !matches!(command.as_ref(), Arguments::Json(words) if words.is_empty());
        let kind_span = self.line.source_span(kind.range.clone());
        match kind.text.to_ascii_uppercase().as_str() {
            "NONE" if !given => return Body::Healthcheck(None),
            "NONE" => {
                let message = "HEALTHCHECK NONE takes no arguments".to_owned();
                self.error(message, Some("remove them".to_owned()), self.line.source_span(rest));
            }
            "CMD" if given => return Body::Healthcheck(Some(self.command(command, &rest))),
            "CMD" => {
                let message = "Missing command after HEALTHCHECK CMD".to_owned();
                let help = "add the command that tells if the container is healthy".to_owned();
                self.error(message, Some(help), kind_span);
            }
            other => {
                let message = format!("Unknown type {} in HEALTHCHECK (try CMD)", quote(other));
                self.error(message, Some("write CMD before the command".to_owned()), kind_span);
            }
        }
        Body::Invalid
    }

    fn onbuild(&mut self, trigger: &Node<'_>, heredocs: Vec<Heredoc>) -> Body {
        let span = self.keyword_span(trigger);
        let (message, help) = match trigger.keyword {
            Keyword::Onbuild => (
                "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".to_owned(),
                "write ONBUILD once".to_owned(),
            ),
            keyword @ (Keyword::From | Keyword::Maintainer) => (
                format!("{} isn't allowed as an ONBUILD trigger", keyword.name()),
                "remove this line".to_owned(),
            ),
            _ => return Body::Onbuild(Box::new(self.build(trigger, heredocs))),
        };
        self.error(message, Some(help), span);
        Body::Invalid
    }

    fn nothing_given(&mut self, node: &Node<'_>) -> Body {
        let message = format!("{} requires at least one argument", node.keyword.name());
        self.error(message, usage(node.keyword), self.keyword_span(node));
        Body::Invalid
    }
}

/// How an instruction without its arguments is to be completed.
fn usage(keyword: Keyword) -> Option<String> {
    let arguments = match keyword {
        Keyword::Arg => "<name>[=<default>]",
        Keyword::Env | Keyword::Label => "<name>=<value>",
        Keyword::Expose => "<port>[/<protocol>]",
        Keyword::Healthcheck => "CMD <command>",
        Keyword::Maintainer => "<name>",
        Keyword::Onbuild => "<instruction>",
        Keyword::Shell => r#"["<executable>", "<parameter>"]"#,
        Keyword::Stopsignal => "<signal>",
        Keyword::User => "<user>[:<group>]",
        Keyword::Volume | Keyword::Workdir => "<path>",
        _ => return None,
    };
    Some(format!("write {} {arguments}", keyword.name()))
}

fn plain_words<'a>(arguments: &'a Arguments<'_>) -> &'a [Argument<'a>] {
    match arguments {
        Arguments::Words(words) => words,
        _ => &[],
    }
}

fn problem(error: MountError) -> (String, Option<String>) {
    (error.message, error.help)
}

fn network_problem(value: &str) -> Option<(String, Option<String>)> {
    let modes = ["default", "none", "host"];
    (!modes.contains(&value)).then(|| {
        let help = format!("the modes are {}", modes.join(", "));
        (format!("invalid network mode {}", quote(value)), Some(help))
    })
}

fn security_problem(value: &str) -> Option<(String, Option<String>)> {
    (!matches!(value, "insecure" | "sandbox")).then(|| {
        let help = "write insecure or sandbox".to_owned();
        (format!("security {} is not valid", quote(value)), Some(help))
    })
}

/// A letter, then letters, digits, `-`, `_` and `.`; case does not matter.
fn is_stage_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let follows =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(follows)
}

fn split_declaration<'a>(word: &'a Argument<'a>) -> (Argument<'a>, Option<Argument<'a>>) {
    let Some((name, default)) = word.text.split_once('=') else { return (word.clone(), None) };
    let equals = word.range.start + name.len();
    let default = Argument { text: default.into(), range: equals + 1..word.range.end };
    (Argument { text: name.into(), range: word.range.start..equals }, Some(default))
}

/// A heredoc's lines, with the tabs before them removed for `<<-`.
pub(super) fn body_text(source: &str, span: Span, strip_tabs: bool) -> Logical {
    let mut body = Logical::default();
    if !strip_tabs {
        body.push(&source[span.range()], span.start as usize);
        return body;
    }
    let mut start = span.start as usize;
    for line in source[span.range()].split_inclusive('\n') {
        let text = line.trim_start_matches('\t');
        body.push(text, start + line.len() - text.len());
        start += line.len();
    }
    body
}
