//! Reads a Dockerfile line by line, as BuildKit does, and never gives up: a bad
//! line costs only itself.

use super::assembly::{Assembly, Line, lines, push_token, push_trivia};
use super::check::CheckOptions;
use super::directive::{DirectiveReader, Reading, detect_elsewhere};
use super::heredoc::{self, Placed, Start, Terminators};
use super::instruction::{Builder, Node, body_text};
use super::suggest::closest;
use super::{
    Directive, Dockerfile, Heredoc, Instruction, Keyword, LineIndex, Logical, Pass, Span,
    SyntaxError, Token, TokenKind, Word, highlight,
};

const BOM: &str = "\u{feff}";

/// The length of a line, with its newline, that BuildKit can read.
const MAX_LINE: usize = 64 * 1024;

/// Parses a Dockerfile.
pub(super) fn parse(source: &str) -> Dockerfile {
    let mut parser = Parser::new(source);
    parser.directives_elsewhere();
    while let Some(line) = parser.take() {
        parser.line(line);
    }
    parser.finish()
}

struct Parser<'a> {
    source: &'a str,
    lines: Vec<Line<'a>>,
    /// The index of the next line.
    next: usize,
    escape: char,
    reader: DirectiveReader,
    directives: Vec<Directive>,
    /// The bytes of a directive that is none for BuildKit's parser.
    foreign: Option<Span>,
    tokens: Vec<Token>,
    instructions: Vec<Instruction>,
    errors: Vec<SyntaxError>,
    /// The comments above the next instruction.
    comments: Vec<Word>,
    terminators: Option<Terminators<'a>>,
    /// A stage has begun, or its FROM is there but broken.
    in_stage: bool,
    /// What stands before the first FROM is reported once.
    reported_no_stage: bool,
    /// After a heredoc that is not closed: lines that are no instructions are
    /// likely its body, and its error tells enough.
    in_unclosed_heredoc: bool,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str) -> Self {
        let start = if source.starts_with(BOM) { BOM.len() } else { 0 };
        let mut tokens = Vec::new();
        push_token(&mut tokens, TokenKind::Bom, 0, start);
        Self {
            source,
            lines: lines(source, start),
            next: 0,
            escape: '\\',
            reader: DirectiveReader::default(),
            directives: Vec::new(),
            foreign: None,
            tokens,
            instructions: Vec::new(),
            errors: Vec::new(),
            comments: Vec::new(),
            terminators: None,
            in_stage: false,
            reported_no_stage: false,
            in_unclosed_heredoc: false,
        }
    }

    fn take(&mut self) -> Option<Line<'a>> {
        let line = *self.lines.get(self.next)?;
        self.next += 1;
        let length = line.next - line.start;
        let ended = self.source[..line.next].ends_with('\n');
        if length > MAX_LINE || (length == MAX_LINE && !ended) {
            let message =
                format!("dockerfile line greater than max allowed size of {}", MAX_LINE - 1);
            let help = Some("break the line with continuations".to_owned());
            self.error(message, help, line.span());
        }
        Some(line)
    }

    fn error(&mut self, message: String, help: Option<String>, span: Span) {
        self.errors.push(SyntaxError { message, help, span, pass: Pass::Parse });
    }

    /// A `syntax` that does not stand in `#` comments at the top.
    fn directives_elsewhere(&mut self) {
        let plain = self.lines.first().is_some_and(|line| line.text.starts_with('#'));
        let shebang = self.lines.first().is_some_and(|line| line.text.starts_with("#!"));
        if plain && !shebang {
            return;
        }
        self.directives = detect_elsewhere(self.source, &self.lines);
        let written = self.directives.first().map(|directive| directive.span);
        self.foreign = written.filter(|span| !self.source[span.range()].starts_with('#'));
    }

    fn line(&mut self, line: Line<'a>) {
        let text = line.unindented();
        let reading = match self.is_foreign(line) {
            true => return self.directive_tokens(line, line.start),
            false => self.reader.read("#", text.text),
        };
        match reading {
            Reading::Directive(name, value) => self.directive(line, name, value),
            Reading::Repeated(name) => {
                let message = format!("only one {name} parser directive can be used");
                self.error(message, Some("remove this line".to_owned()), text.span());
                self.directive_tokens(line, text.start);
            }
            Reading::Other if text.text.is_empty() => push_trivia(&mut self.tokens, line),
            Reading::Other if line.is_comment() => self.comment(line),
            Reading::Other => self.instruction(line),
        }
    }

    /// Part of `// syntax=…` or of a JSON document.
    fn is_foreign(&self, line: Line<'a>) -> bool {
        self.foreign.is_some_and(|span| {
            span.start as usize <= line.start && line.end() <= span.end as usize
        })
    }

    fn directive(&mut self, line: Line<'a>, name: String, value: String) {
        let text = line.unindented();
        if name == "escape" {
            match value.as_str() {
                "\\" => self.escape = '\\',
                "`" => self.escape = '`',
                _ => {
                    let message = format!("invalid escape token '{value}' does not match ` or \\");
                    let help = Some("write # escape=` or # escape=\\".to_owned());
                    self.error(message, help, text.span());
                }
            }
        }
        if name == "check"
            && let Err(problem) = CheckOptions::parse(&value)
        {
            let message = format!("failed to parse check options: {problem}");
            let help = Some("write # check=skip=RULE,RULE;error=true".to_owned());
            self.error(message, help, text.span());
        }
        let span = line.span();
        if !self.directives.iter().any(|directive| directive.span == span) {
            self.directives.push(Directive { name, value, span });
        }
        self.directive_tokens(line, text.start);
    }

    fn directive_tokens(&mut self, line: Line<'a>, start: usize) {
        push_token(&mut self.tokens, TokenKind::Whitespace, line.start, start);
        push_token(&mut self.tokens, TokenKind::Directive, start, line.end());
        push_token(&mut self.tokens, TokenKind::Newline, line.end(), line.next);
    }

    fn comment(&mut self, line: Line<'a>) {
        // BuildKit cuts the line's first character, be it a blank.
        let cut = line.text.chars().next().map_or(0, char::len_utf8);
        let text = line.text[cut..].trim();
        if text.is_empty() {
            self.comments.clear();
        } else {
            let start = line.start + line.text.len() - line.text[cut..].trim_start().len();
            let span = Span::new(start, start + text.len());
            self.comments.push(Word { text: text.to_owned(), span });
        }
        push_trivia(&mut self.tokens, line);
    }

    fn instruction(&mut self, first: Line<'a>) {
        let assembly = self.assemble(first);
        let node = Node::new(&assembly.logical.text, self.escape);
        self.in_unclosed_heredoc &= node.keyword == Keyword::Unknown;
        let starts = match node.may_hold_heredocs() {
            true => self.heredoc_starts(&assembly.logical),
            false => Vec::new(),
        };
        let places: Vec<_> = starts.iter().map(|(_, place)| place.clone()).collect();
        highlight::write(&mut self.tokens, &assembly, &node, &places, self.escape);
        let heredocs = self.heredocs(&assembly.logical, starts);
        let end = heredocs.last().map_or(assembly.end as u32, |heredoc| heredoc.end_span.end);
        self.build(&assembly.logical, &node, heredocs, end);
    }

    /// Joins a line with those that continue it.
    fn assemble(&mut self, first: Line<'a>) -> Assembly {
        let mut assembly = Assembly::default();
        let text = first.unindented();
        assembly.skip(TokenKind::Whitespace, first.start, text.start);
        let mut continued = assembly.push(text, self.escape);
        while continued {
            let Some(line) = self.take() else { break };
            match line.is_comment() || line.is_blank() {
                true => assembly.push_trivia(line),
                false => continued = assembly.push(line, self.escape),
            }
        }
        assembly
    }

    fn build(&mut self, line: &Logical, node: &Node<'_>, heredocs: Vec<Heredoc>, end: u32) {
        let mut builder = Builder { source: self.source, line, end, errors: &mut self.errors };
        let reported = builder.errors.len();
        let mut instruction = builder.build(node, heredocs);
        if node.keyword == Keyword::Unknown && self.in_unclosed_heredoc {
            self.errors.truncate(reported);
        }
        instruction.comments = std::mem::take(&mut self.comments);
        let broken = self.errors.len() > reported;
        self.check_stage(&instruction, broken);
        self.instructions.push(instruction);
    }

    /// Everything but ARG needs a stage.
    fn check_stage(&mut self, instruction: &Instruction, broken: bool) {
        let keyword = &instruction.keyword;
        match keyword.value {
            Keyword::From => self.in_stage = true,
            Keyword::Unknown => {
                let written = instruction.keyword_text.to_ascii_uppercase();
                let names = Keyword::ALL.map(Keyword::name);
                self.in_stage |= closest(&written, names) == Some("FROM");
            }
            Keyword::Arg => {}
            _ if self.in_stage || self.reported_no_stage || broken => {}
            _ => {
                self.reported_no_stage = true;
                self.errors.push(SyntaxError {
                    message: "no build stage in current context".to_owned(),
                    help: Some("start with FROM <image>".to_owned()),
                    span: keyword.span,
                    pass: Pass::Instruction,
                });
            }
        }
    }

    fn heredoc_starts(&mut self, line: &Logical) -> Vec<Placed<Start>> {
        match heredoc::starts(&line.text) {
            Ok(starts) => starts,
            Err((error, place)) => {
                let help = Some("close the quote of the delimiter".to_owned());
                self.error(error.message, help, line.source_span(place));
                Vec::new()
            }
        }
    }

    /// Takes the lines of the heredocs. One that is not closed costs only its
    /// own line: what follows is read as if it were not there.
    fn heredocs(&mut self, line: &Logical, starts: Vec<Placed<Start>>) -> Vec<Heredoc> {
        let mut heredocs = Vec::with_capacity(starts.len());
        for (start, place) in starts {
            let start_span = line.source_span(place);
            let terminators = self.terminators.get_or_insert_with(|| Terminators::new(&self.lines));
            let Some(closing) = terminators.find(&start, self.next) else {
                let help = format!("close it with a line that is just {}", start.delimiter);
                self.error("unterminated heredoc".to_owned(), Some(help), start_span);
                self.in_unclosed_heredoc = true;
                break;
            };
            heredocs.push(self.heredoc(start, start_span, closing));
        }
        heredocs
    }

    fn heredoc(&mut self, start: Start, start_span: Span, closing: usize) -> Heredoc {
        let first = self.lines[self.next];
        let last = self.lines[closing];
        let text_start = last.end() - start.delimiter.len();
        self.next = closing + 1;
        let body_span = Span::new(first.start, last.start);
        let tokens = &mut self.tokens;
        push_token(tokens, TokenKind::HeredocBody, first.start, last.start);
        push_token(tokens, TokenKind::Whitespace, last.start, text_start);
        push_token(tokens, TokenKind::HeredocEnd, text_start, last.end());
        push_token(tokens, TokenKind::Newline, last.end(), last.next);
        Heredoc {
            content: body_text(self.source, body_span, start.strip_tabs).text,
            delimiter: start.delimiter,
            expand: start.expand,
            strip_tabs: start.strip_tabs,
            file_descriptor: start.file_descriptor,
            start_span,
            body_span,
            end_span: Span::new(text_start, last.end()),
        }
    }

    fn finish(mut self) -> Dockerfile {
        self.check_whole();
        self.errors.sort_by_key(|error| error.span.start);
        let ends = self.lines.iter().map(|line| line.next - 1);
        let newlines = ends.filter(|at| self.source.as_bytes()[*at] == b'\n');
        Dockerfile {
            lines: LineIndex::with_newlines(self.source, newlines),
            source: self.source.to_owned(),
            tokens: self.tokens,
            directives: self.directives,
            escape: self.escape,
            instructions: self.instructions,
            errors: self.errors,
        }
    }

    fn check_whole(&mut self) {
        let end = Span::new(self.source.len(), self.source.len());
        let help = Some("add FROM <image>".to_owned());
        if self.instructions.is_empty() {
            // A document for another frontend has no instructions to miss.
            if self.foreign.is_none() {
                self.error("file with no instructions".to_owned(), help, end);
            }
        } else if !self.in_stage && !self.reported_no_stage && self.errors.is_empty() {
            self.errors.push(SyntaxError {
                message: "dockerfile contains no stages to build".to_owned(),
                help,
                span: end,
                pass: Pass::Instruction,
            });
        }
    }
}
