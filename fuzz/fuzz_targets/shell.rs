//! `shell::parse`: every place is in the text, on character boundaries and
//! inside the place of what it belongs to.
#![no_main]

use dockerfile_playground::syntax::Span;
use dockerfile_playground::syntax::shell::{
    self, AndOr, CommandKind, List, Pipeline, ShellCommand, ShellWord,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let script = shell::parse(text);
    let text = Text(text);
    let whole = Span::new(0, text.0.len());
    for error in &script.errors {
        text.inside(error.span, whole);
    }
    text.list(&script.list, whole);
});

/// What is parsed; each method checks one kind of node.
struct Text<'a>(&'a str);

impl Text<'_> {
    fn inside(&self, span: Span, parent: Span) {
        let nested = parent.start <= span.start && span.end <= parent.end;
        assert!(nested, "{span:?} is not in {parent:?}");
        assert!(self.0.get(span.range()).is_some(), "{span:?} does not slice the text");
    }

    fn list(&self, list: &List, parent: Span) {
        let mut end = parent.start;
        for item in &list.items {
            assert!(item.span.start >= end, "items overlap at {:?}", item.span);
            end = item.span.end;
            self.and_or(item, parent);
        }
    }

    fn and_or(&self, item: &AndOr, parent: Span) {
        self.inside(item.span, parent);
        self.pipeline(&item.first, item.span);
        for (_, pipeline) in &item.rest {
            self.pipeline(pipeline, item.span);
        }
    }

    fn pipeline(&self, pipeline: &Pipeline, parent: Span) {
        self.inside(pipeline.span, parent);
        for command in &pipeline.commands {
            self.command(command, pipeline.span);
        }
    }

    fn command(&self, command: &ShellCommand, parent: Span) {
        let span = command.span;
        self.inside(span, parent);
        for redirection in &command.redirections {
            self.inside(redirection.span, span);
            self.word(&redirection.target, redirection.span);
        }
        self.kind(&command.kind, span);
    }

    fn kind(&self, kind: &CommandKind, span: Span) {
        match kind {
            CommandKind::Simple(simple) => {
                for assignment in &simple.assignments {
                    self.inside(assignment.span, span);
                    self.word(&assignment.value, assignment.span);
                }
                self.words(&simple.words, span);
            }
            CommandKind::Subshell(list) | CommandKind::Group(list) => self.list(list, span),
            CommandKind::If { branches, otherwise } => {
                let branches = branches.iter().flat_map(|(test, then)| [test, then]);
                branches.chain(otherwise).for_each(|list| self.list(list, span));
            }
            CommandKind::For { words, body, .. } => {
                self.words(words.as_deref().unwrap_or_default(), span);
                self.list(body, span);
            }
            CommandKind::While { condition, body, .. } => {
                self.list(condition, span);
                self.list(body, span);
            }
            CommandKind::Case { subject, arms } => {
                self.word(subject, span);
                for (patterns, list) in arms {
                    self.words(patterns, span);
                    self.list(list, span);
                }
            }
            CommandKind::Function { body, .. } => self.command(body, span),
            CommandKind::Conditional(words) => self.words(words, span),
            CommandKind::Arithmetic(_) => {}
        }
    }

    fn words(&self, words: &[ShellWord], parent: Span) {
        words.iter().for_each(|word| self.word(word, parent));
    }

    fn word(&self, word: &ShellWord, parent: Span) {
        self.inside(word.span, parent);
    }
}
