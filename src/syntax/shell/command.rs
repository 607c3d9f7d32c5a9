//! Lists, pipelines and commands.

use super::cursor::Parser;
use super::lexeme;
use super::{
    AndOr, AndOrOperator, Assignment, CommandKind, List, Parts, Pipeline, Redirection,
    ShellCommand, ShellWord, SimpleCommand, WordPart,
};

impl Parser<'_> {
    /// A list up to the end of the text. What closes nothing is skipped.
    pub(super) fn whole_list(&mut self) -> List {
        self.list_until(|parser| parser.is_at_end())
    }

    /// A list up to `)`.
    pub(super) fn list_in_parentheses(&mut self) -> List {
        self.list_until(|parser| parser.is_at_end() || parser.is_at(")"))
    }

    fn list_until(&mut self, is_end: fn(&Self) -> bool) -> List {
        let mut whole = self.list();
        while !is_end(self) {
            self.unexpected();
            self.separator();
            whole.items.append(&mut self.list().items);
        }
        whole
    }

    /// A list up to something that ends it: `)`, `;;`, `done` and so on.
    pub(super) fn list(&mut self) -> List {
        let mut list = List::default();
        loop {
            self.skip_newlines();
            if self.is_at_end() || self.is_at_closer() {
                return list;
            }
            match self.and_or() {
                Some(item) => list.items.push(item),
                // Operators without a command before them.
                None => self.unexpected(),
            }
        }
    }

    fn is_at_closer(&self) -> bool {
        let rest = self.rest();
        rest.starts_with(')')
            || rest.starts_with(";;")
            || rest.starts_with(";&")
            || lexeme::reserved(rest).is_some_and(lexeme::is_closer)
    }

    /// Reports what comes next and skips it.
    fn unexpected(&mut self) {
        let start = self.at;
        let found = match lexeme::reserved(self.rest()) {
            Some(word) => word.to_owned(),
            None if self.is_at(";;") || self.is_at("&&") || self.is_at("||") => {
                self.text[start..start + 2].to_owned()
            }
            None => self.peek().map(String::from).unwrap_or_default(),
        };
        self.at += found.len();
        self.error(format!("unexpected `{found}`"), start);
    }

    /// Reports that something is missing here.
    fn expected(&mut self, what: &str) {
        let start = self.at;
        self.error(format!("expected {what}"), start);
    }

    /// Pipelines joined by `&&` and `||`, with the `;` or `&` after them.
    fn and_or(&mut self) -> Option<AndOr> {
        let first = self.pipeline()?;
        let mut span = first.span;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let operator = match self.rest() {
                rest if rest.starts_with("&&") => AndOrOperator::And,
                rest if rest.starts_with("||") => AndOrOperator::Or,
                _ => break,
            };
            self.at += 2;
            self.skip_newlines();
            match self.pipeline() {
                Some(pipeline) => {
                    span = span.cover(pipeline.span);
                    rest.push((operator, pipeline));
                }
                None => {
                    self.expected("a command");
                    break;
                }
            }
        }
        let background = self.separator();
        Some(AndOr { first, rest, background, span })
    }

    /// Takes `;` or `&`, and tells if it was `&`.
    fn separator(&mut self) -> bool {
        self.skip_line_end_comment();
        if self.is_at("&") && !self.is_at("&&") {
            self.at += 1;
            return true;
        }
        if self.is_at(";") && !self.is_at(";;") && !self.is_at(";&") {
            self.at += 1;
        }
        false
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        self.skip_blanks();
        let start = self.at;
        let mut negated = false;
        while lexeme::reserved(self.rest()) == Some("!") {
            negated = !negated;
            self.at += 1;
            self.skip_blanks();
        }
        let first = match self.command() {
            Some(command) => command,
            None if self.at > start => {
                self.expected("a command");
                return None;
            }
            None => return None,
        };
        let mut span = self.span(start, start).cover(first.span);
        let mut commands = vec![first];
        loop {
            self.skip_blanks();
            if !self.is_at("|") || self.is_at("||") {
                break;
            }
            self.at += 1;
            self.take("&");
            self.skip_newlines();
            let Some(command) = self.command() else {
                self.expected("a command");
                break;
            };
            span = span.cover(command.span);
            commands.push(command);
        }
        Some(Pipeline { negated, commands, span })
    }

    /// A command; `None` where none can start.
    fn command(&mut self) -> Option<ShellCommand> {
        self.nested(Self::command_here).flatten()
    }

    fn command_here(&mut self) -> Option<ShellCommand> {
        self.skip_blanks();
        let start = self.at;
        let kind = match lexeme::reserved(self.rest()) {
            _ if self.is_at("(") => self.parenthesis(),
            Some(word) if lexeme::is_closer(word) => return None,
            Some(word @ ("{" | "[[" | "if" | "for" | "select" | "while" | "until" | "case")) => {
                self.at += word.len();
                self.compound(word)
            }
            Some("function") => {
                self.at += "function".len();
                self.function()
            }
            _ => return self.simple(start),
        };
        let redirections = self.redirections();
        Some(ShellCommand { kind, redirections, span: self.span_from(start) })
    }

    /// The redirections after a compound command.
    fn redirections(&mut self) -> Vec<Redirection> {
        let mut redirections = Vec::new();
        loop {
            let end = self.at;
            self.skip_blanks();
            match self.redirection() {
                Some(redirection) => redirections.push(redirection),
                None => {
                    self.at = end;
                    return redirections;
                }
            }
        }
    }

    /// `((…))` or `(…)`.
    fn parenthesis(&mut self) -> CommandKind {
        if let Some(text) = self.arithmetic("((") {
            return CommandKind::Arithmetic(text);
        }
        let open = self.at;
        self.at += 1;
        let list = self.list_in_parentheses();
        self.close(")", open);
        CommandKind::Subshell(list)
    }

    /// Takes a closing bracket, or reports the one that is left open.
    pub(super) fn close(&mut self, bracket: &str, open: usize) {
        if !self.take(bracket) {
            let opener = self.text[open..].chars().next().unwrap_or('(');
            let span_start = if self.is_at_end() { open } else { self.at };
            self.error(format!("`{opener}` is not closed by `{bracket}`"), span_start);
        }
    }

    fn compound(&mut self, word: &str) -> CommandKind {
        let open = self.at - word.len();
        match word {
            "{" => {
                let list = self.list();
                self.expect("}", open);
                CommandKind::Group(list)
            }
            "[[" => self.conditional(open),
            "if" => self.branches(open),
            "while" | "until" => {
                let condition = self.list();
                let body = self.loop_body(open);
                CommandKind::While { condition, body, until: word == "until" }
            }
            "case" => self.case(open),
            _ => self.for_loop(open),
        }
    }

    /// Takes a reserved word.
    fn take_reserved(&mut self, word: &str) -> bool {
        self.skip_newlines();
        let found = lexeme::reserved(self.rest()) == Some(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes the reserved word that goes on with or ends what started at `open`.
    fn expect(&mut self, word: &str, open: usize) {
        if !self.take_reserved(word) {
            let place = if self.is_at_end() { open } else { self.at };
            self.error(format!("expected `{word}`"), place);
        }
    }

    fn branches(&mut self, open: usize) -> CommandKind {
        let mut branches = Vec::new();
        loop {
            let condition = self.list();
            self.expect("then", open);
            branches.push((condition, self.list()));
            if !self.take_reserved("elif") {
                break;
            }
        }
        let otherwise = self.take_reserved("else").then(|| self.list());
        self.expect("fi", open);
        CommandKind::If { branches, otherwise }
    }

    fn loop_body(&mut self, open: usize) -> List {
        self.expect("do", open);
        let body = self.list();
        self.expect("done", open);
        body
    }

    fn for_loop(&mut self, open: usize) -> CommandKind {
        self.skip_blanks();
        let mut variable = String::new();
        let mut words = None;
        if let Ok((_, name)) = lexeme::name(self.rest()) {
            self.at += name.len();
            variable.push_str(name);
            if self.take_reserved("in") {
                words = Some(self.words());
            }
        } else if self.arithmetic("((").is_some() {
            words = Some(Vec::new());
        } else {
            self.expected("a variable's name");
        }
        self.skip_blanks();
        self.take(";");
        let body = self.loop_body(open);
        CommandKind::For { variable, words, body }
    }

    /// Words up to the end of the line or `;`.
    fn words(&mut self) -> Vec<ShellWord> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            self.skip_line_end_comment();
            match self.word() {
                Some(word) => words.push(word),
                None => return words,
            }
        }
    }

    fn case(&mut self, open: usize) -> CommandKind {
        self.skip_newlines();
        let start = self.at;
        // Even a missing word has its place.
        let subject = self.word().unwrap_or_else(|| ShellWord {
            parts: Parts::default(),
            span: self.span(start, start),
        });
        self.expect("in", open);
        let mut arms = Vec::new();
        while !self.take_reserved("esac") {
            let patterns = self.patterns();
            if patterns.is_empty() {
                self.error("`case` is not closed by `esac`", open);
                break;
            }
            let list = self.list();
            arms.push((patterns, list));
            let ended = self.take(";;&") || self.take(";;") || self.take(";&");
            if !ended && lexeme::reserved(self.rest()) != Some("esac") {
                self.error("`case` is not closed by `esac`", open);
                break;
            }
        }
        CommandKind::Case { subject, arms }
    }

    /// `(a | b)`, the first bracket optional.
    fn patterns(&mut self) -> Vec<ShellWord> {
        self.take("(");
        let mut patterns = Vec::new();
        loop {
            self.skip_blanks();
            patterns.extend(self.word());
            self.skip_blanks();
            if !self.take("|") {
                break;
            }
        }
        if !patterns.is_empty() && !self.take(")") {
            self.expected("`)` after the pattern");
        }
        patterns
    }

    /// `function name` or `function name()`, behind the reserved word.
    fn function(&mut self) -> CommandKind {
        self.skip_blanks();
        let start = self.at;
        while !self.is_at_word_end() {
            self.next();
        }
        let name = self.text[start..self.at].to_owned();
        self.skip_blanks();
        if self.take("(") {
            self.skip_blanks();
            self.take(")");
        }
        self.function_body(name)
    }

    fn function_body(&mut self, name: String) -> CommandKind {
        self.skip_newlines();
        let body = self.command().unwrap_or_else(|| {
            self.expected("the function's body");
            ShellCommand {
                kind: CommandKind::Group(List::default()),
                redirections: Vec::new(),
                span: self.span_from(self.at),
            }
        });
        CommandKind::Function { name, body: Box::new(body) }
    }

    /// `[[ … ]]`, behind the first brackets.
    fn conditional(&mut self, open: usize) -> CommandKind {
        let mut words: Vec<ShellWord> = Vec::new();
        loop {
            self.skip_newlines();
            if self.is_at_end() {
                self.error("`[[` is not closed by `]]`", open);
                break;
            }
            if self.take("]]") {
                break;
            }
            let is_pattern = matches!(words.last().map(|word| &*word.parts),
                Some([WordPart::Literal(operator)]) if operator == "=~");
            let word = if is_pattern { self.raw_word() } else { self.word() };
            words.push(word.unwrap_or_else(|| self.operator_word()));
        }
        CommandKind::Conditional(words)
    }

    /// An operator as a word: `&&`, `(`, `<` and so on.
    fn operator_word(&mut self) -> ShellWord {
        let start = self.at;
        if !self.take("&&") && !self.take("||") {
            self.next();
        }
        let text = self.text[start..self.at].to_owned();
        ShellWord { parts: Parts::One(WordPart::Literal(text)), span: self.span_from(start) }
    }

    /// Assignments, words and redirections; or a function's definition.
    fn simple(&mut self, start: usize) -> Option<ShellCommand> {
        let mut command = SimpleCommand::default();
        let substitutions = self.substitutions;
        let mut redirections = Vec::new();
        let mut end = start;
        loop {
            self.skip_blanks();
            if let Some(redirection) = self.redirection() {
                redirections.push(redirection);
            } else if let Some(assignment) = self.assignment(&command) {
                command.assignments.push(assignment);
            } else if self.is_at("(") && end > start {
                if let Some(kind) = self.function_after(&command) {
                    let span = self.span_from(start);
                    return Some(ShellCommand { kind, redirections, span });
                }
                self.argument_parenthesis(&mut command, end);
            } else if self.is_at("#") {
                self.skip_line_end_comment();
                break;
            } else {
                match self.word() {
                    Some(word) => command.words.push(word),
                    None => break,
                }
            }
            end = self.at;
        }
        command.substitutes = self.substitutions > substitutions;
        let span = self.span(start, end);
        (end > start).then_some(ShellCommand {
            kind: CommandKind::Simple(command),
            redirections,
            span,
        })
    }

    /// A function's definition if `()` follows its name.
    fn function_after(&mut self, command: &SimpleCommand) -> Option<CommandKind> {
        let [word] = command.words.as_slice() else { return None };
        let [WordPart::Literal(name)] = &*word.parts else { return None };
        let open = self.rest();
        let close = open[1..].trim_start_matches([' ', '\t']);
        if !command.assignments.is_empty() || !close.starts_with(')') {
            return None;
        }
        self.at += open.len() - close.len() + 1;
        Some(self.function_body(name.clone()))
    }

    /// `(` behind an argument: the value of `declare x=(…)`, or a mistake.
    fn argument_parenthesis(&mut self, command: &mut SimpleCommand, end: usize) {
        let declares = self.at == end && self.text[..end].ends_with('=');
        let array = if declares { self.array() } else { None };
        match (array, command.words.last_mut()) {
            (Some(array), Some(word)) => {
                word.span = word.span.cover(array.span);
                word.parts.append(array.parts);
            }
            _ => self.unexpected(),
        }
    }

    /// An assignment before the command's name.
    fn assignment(&mut self, command: &SimpleCommand) -> Option<Assignment> {
        if !command.words.is_empty() {
            return None;
        }
        let (rest, (name, append)) = lexeme::assignment(self.rest()).ok()?;
        let start = self.at;
        self.at = self.text.len() - rest.len();
        let value_start = self.at;
        let value = match self.array() {
            Some(array) => array,
            None => self.word().unwrap_or_else(|| ShellWord {
                parts: Parts::default(),
                span: self.span_from(value_start),
            }),
        };
        Some(Assignment { name: name.to_owned(), value, append, span: self.span_from(start) })
    }

    /// `(a b c)`: the elements joined by blanks.
    fn array(&mut self) -> Option<ShellWord> {
        let open = self.at;
        if !self.take("(") {
            return None;
        }
        let mut parts = Parts::default();
        loop {
            self.skip_newlines();
            if self.is_at_end() || self.is_at(")") {
                break;
            }
            let Some(word) = self.word() else {
                self.unexpected();
                continue;
            };
            if !parts.is_empty() {
                parts.push(WordPart::Literal(" ".to_owned()));
            }
            parts.append(word.parts);
        }
        self.close(")", open);
        Some(ShellWord { parts, span: self.span_from(open) })
    }
}
