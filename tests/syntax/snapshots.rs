//! What the fixtures are read as, in a form made for reviewing: the tokens as a
//! mask below each line, the instructions as an outline, the errors, and what
//! BuildKit's first pass would dump.

use std::fmt::Write;

use dockerfile_playground::syntax::{
    Body, Command, Dockerfile, Instruction, Logical, Span, TokenKind, Transfer, Word, dump, shell,
};

#[test]
fn fixtures() {
    insta::with_settings!({
        snapshot_path => "../fixtures/syntax/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for (name, text) in super::fixtures() {
            insta::assert_snapshot!(name, outline(&Dockerfile::parse(&text)));
        }
    });
}

fn outline(parsed: &Dockerfile) -> String {
    let mut out = Outline { parsed, text: String::new() };
    out.tokens();
    out.line(0, "\n== tree");
    for directive in &parsed.directives {
        let place = out.place(directive.span);
        out.line(0, &format!("{place} directive {} = {:?}", directive.name, directive.value));
    }
    parsed.instructions.iter().for_each(|instruction| out.instruction(0, instruction));
    out.errors();
    let dump = dump(parsed);
    out.line(0, &format!("\n== dump\n{}", dump.trim_end()));
    out.text
}

struct Outline<'a> {
    parsed: &'a Dockerfile,
    text: String,
}

impl Outline<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.text, "{:1$}{text}", "", depth * 2).expect("a String takes anything");
    }

    fn place(&self, span: Span) -> String {
        let start = self.parsed.position(span.start);
        let end = self.parsed.position(span.end);
        match start.line == end.line {
            true => format!("{}:{}-{}", start.line, start.column, end.column),
            false => format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column),
        }
    }

    /// Each line of the source, and a letter for each character's token.
    fn tokens(&mut self) {
        let mut mask = String::new();
        for token in &self.parsed.tokens {
            let text = self.parsed.text(token.span).chars();
            mask.extend(text.map(|c| if c == '\n' { '\n' } else { letter(token.kind) }));
        }
        for (line, mask) in self.parsed.source().split('\n').zip(mask.split('\n')) {
            let visible = line.replace('\t', "→").replace('\r', "␍").replace('\u{feff}', "␣");
            self.line(0, &format!("  {visible}"));
            if !mask.trim().is_empty() {
                self.line(0, &format!("  {}", mask.trim_end()));
            }
        }
    }

    fn errors(&mut self) {
        if !self.parsed.errors.is_empty() {
            self.line(0, "\n== errors");
        }
        for error in &self.parsed.errors {
            let place = self.place(error.span);
            self.line(0, &format!("{place} {:?}: {}", error.pass, error.message));
            error.help.iter().for_each(|help| self.line(1, &format!("help: {help}")));
        }
    }

    fn instruction(&mut self, depth: usize, instruction: &Instruction) {
        let place = self.place(instruction.span);
        self.line(depth, &format!("{place} {:?}", instruction.keyword.value));
        for comment in &instruction.comments {
            self.line(depth + 1, &format!("comment {}", self.word(comment)));
        }
        for flag in &instruction.flags {
            let value = flag.value.as_ref().map_or("no value".to_owned(), |value| self.word(value));
            self.line(depth + 1, &format!("--{} {value}", flag.name));
        }
        self.body(depth + 1, &instruction.body);
        for heredoc in &instruction.heredocs {
            let how = format!(
                "expand={} strip_tabs={} fd={}",
                heredoc.expand, heredoc.strip_tabs, heredoc.file_descriptor
            );
            let places = [heredoc.start_span, heredoc.body_span, heredoc.end_span]
                .map(|span| self.place(span))
                .join(" ");
            let line = format!("heredoc {:?} {how} {places}", heredoc.delimiter);
            self.line(depth + 1, &line);
            self.line(depth + 2, &format!("{:?}", heredoc.content));
        }
    }

    /// The text, and how it is written where that differs.
    fn word(&self, word: &Word) -> String {
        let written = self.parsed.text(word.span);
        match written == word.text {
            true => format!("{written:?}"),
            false => format!("{:?} from {written:?}", word.text),
        }
    }

    fn words(&mut self, depth: usize, name: &str, words: &[Word]) {
        let list: Vec<_> = words.iter().map(|word| self.word(word)).collect();
        self.line(depth, &format!("{name} [{}]", list.join(", ")));
    }

    fn transfer(&mut self, depth: usize, transfer: &Transfer) {
        self.words(depth, "sources", &transfer.sources);
        self.line(depth, &format!("destination {}", self.word(&transfer.destination)));
    }

    fn body(&mut self, depth: usize, body: &Body) {
        match body {
            Body::From { image, name } => {
                self.line(depth, &format!("image {}", self.word(image)));
                name.iter().for_each(|name| self.line(depth, &format!("name {}", self.word(name))));
            }
            Body::Run(command) | Body::Cmd(command) | Body::Entrypoint(command) => {
                self.command(depth, command);
            }
            Body::Healthcheck(Some(command)) => self.command(depth, command),
            Body::Healthcheck(None) => self.line(depth, "none"),
            Body::Copy(transfer) | Body::Add(transfer) => self.transfer(depth, transfer),
            Body::Env(pairs) | Body::Label(pairs) => {
                for pair in pairs {
                    let line = format!("{} = {}", self.word(&pair.key), self.word(&pair.value));
                    self.line(depth, &line);
                }
            }
            Body::Arg(declarations) => {
                for declaration in declarations {
                    let default = declaration.default.as_ref().map(|word| self.word(word));
                    let name = self.word(&declaration.name);
                    self.line(depth, &format!("{name} = {}", default.as_deref().unwrap_or("-")));
                }
            }
            Body::Shell(words) | Body::Expose(words) | Body::Volume(words) => {
                self.words(depth, "words", words);
            }
            Body::Workdir(word)
            | Body::User(word)
            | Body::Stopsignal(word)
            | Body::Maintainer(word) => self.line(depth, &self.word(word)),
            Body::Onbuild(trigger) => self.instruction(depth, trigger),
            Body::Invalid => self.line(depth, "invalid"),
        }
    }

    fn command(&mut self, depth: usize, command: &Command) {
        match command {
            Command::Exec(words) => self.words(depth, "exec", words),
            Command::Script { interpreter, body } => {
                self.line(depth, &format!("script for {interpreter:?}: {:?}", body.text));
            }
            Command::Shell(text) => self.shell(depth, text),
        }
    }

    /// The text, and the pipelines it is made of with their places.
    fn shell(&mut self, depth: usize, text: &Logical) {
        self.line(depth, &format!("shell {:?}", text.text));
        let script = shell::parse(&text.text);
        for item in &script.list.items {
            let pipelines = std::iter::once(&item.first).chain(item.rest.iter().map(|(_, p)| p));
            for pipeline in pipelines {
                let span = text.source_span(pipeline.span.range());
                let written = self.parsed.text(span).split_whitespace().collect::<Vec<_>>();
                self.line(depth + 1, &format!("{} {}", self.place(span), written.join(" ")));
            }
        }
        for error in &script.errors {
            self.line(depth + 1, &format!("shell error: {}", error.message));
        }
    }
}

fn letter(kind: TokenKind) -> char {
    match kind {
        TokenKind::Bom => 'B',
        TokenKind::Whitespace => ' ',
        TokenKind::Newline => 'n',
        TokenKind::Comment => '#',
        TokenKind::Directive => 'd',
        TokenKind::Keyword => 'K',
        TokenKind::Flag => 'f',
        TokenKind::Argument => 'a',
        TokenKind::String => 's',
        TokenKind::Variable => 'v',
        TokenKind::HeredocStart => 'H',
        TokenKind::HeredocBody => 'h',
        TokenKind::HeredocEnd => 'E',
        TokenKind::Continuation => '\\',
        TokenKind::Punctuation => ',',
        TokenKind::Error => '!',
    }
}
