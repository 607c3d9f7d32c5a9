//! Lays a Dockerfile out without changing what it says.
//!
//! - Keywords and AS in upper case, and one blank between them, the flags and what
//!   follows.
//! - No blanks at the ends of lines and before instructions; one line's end at
//!   the end of the text.
//! - No blank lines among an instruction's lines; elsewhere at most one, and one
//!   before each stage and the comments above its FROM.
//! - Lines that continue an instruction are indented: where they are not, or by
//!   one blank, all of the instruction's move to the right. An indentation of
//!   two blanks or more is somebody's taste, and it is part of a RUN's cache
//!   key: it stays.
//!
//! Heredocs, comments and all other text stay as they are. The result is read
//! again: an instruction that would mean something else is left as it was.

use crate::syntax::{Body, Command, Dockerfile, Instruction, Keyword, Span, Token, TokenKind};

const BOM: &str = "\u{feff}";
/// Blanks before a line that continues an instruction.
const INDENT: usize = 4;

/// How often a text is laid out before it is left as it was: what ends a broken
/// instruction can begin another one when it stands elsewhere.
const ROUNDS: usize = 4;

/// The text, laid out so that it stays the same from then on. What cannot be read
/// stays as it is.
pub fn format(source: &str) -> String {
    let mut text = lay_out(source);
    for _ in 1..ROUNDS {
        let next = lay_out(&text);
        if next == text {
            return text;
        }
        text = next;
    }
    source.to_owned()
}

fn lay_out(source: &str) -> String {
    let before = Dockerfile::parse(source);
    if before.instructions.is_empty() {
        return source.to_owned();
    }
    let laid_out: Vec<String> =
        before.instructions.iter().map(|one| instruction(&before, one)).collect();
    let text = join(&before, &laid_out);
    let after = Dockerfile::parse(&text);
    if is_same(&before, &after) {
        return text;
    }
    // Which ones went wrong is only told by reading each by itself.
    let careful = before.instructions.iter().zip(laid_out).map(|(one, new)| {
        let old = before.text(one.span);
        if reads_alike(&before, old, &new) { new } else { old.to_owned() }
    });
    let text = join(&before, &careful.collect::<Vec<_>>());
    match is_same(&before, &Dockerfile::parse(&text)) {
        true => text,
        false => source.to_owned(),
    }
}

/// The lines between instructions, and the instructions in their new layout.
fn join(dockerfile: &Dockerfile, laid_out: &[String]) -> String {
    let source = dockerfile.source();
    let newline = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    if source.starts_with(BOM) {
        text.push_str(BOM);
        at = BOM.len();
    }
    for (index, (instruction, new)) in dockerfile.instructions.iter().zip(laid_out).enumerate() {
        let mut lines: Vec<&str> =
            source[at..instruction.span.start as usize].split('\n').map(str::trim_end).collect();
        // The instruction's own line, which has no more than blanks before it.
        lines.pop();
        let is_stage = index > 0 && instruction.keyword.value == Keyword::From;
        add_lines(&lines[(index > 0).into()..], is_stage, newline, &mut text);
        text.push_str(new);
        text.push_str(newline);
        at = instruction.span.end as usize;
    }
    let lines: Vec<&str> = source[at..].split('\n').skip(1).map(str::trim_end).collect();
    add_lines(&lines, false, newline, &mut text);
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    text.push_str(newline);
    text
}

/// Adds the comments and blank lines between two instructions. `is_stage`: the
/// next one is the FROM of a stage that stands apart.
fn add_lines(lines: &[&str], is_stage: bool, newline: &str, text: &mut String) {
    // The comments right above a FROM belong to its stage.
    let own = lines.iter().rposition(|line| line.is_empty()).map_or(0, |blank| blank + 1);
    let mut was_blank = false;
    for (index, line) in lines.iter().chain(is_stage.then_some(&"")).enumerate() {
        let begins_stage = is_stage && index == own;
        let is_end = index == lines.len();
        if !was_blank && (begins_stage || (line.is_empty() && !is_end)) {
            text.push_str(newline);
            was_blank = true;
        }
        if !line.is_empty() {
            text.push_str(line);
            text.push_str(newline);
            was_blank = false;
        }
    }
}

/// An instruction in its new layout.
fn instruction(dockerfile: &Dockerfile, instruction: &Instruction) -> String {
    let span = instruction.span;
    // From its first heredoc on nothing changes.
    let body = instruction.heredocs.first().map_or(span.end, |heredoc| heredoc.body_span.start);
    let tokens = &dockerfile.tokens;
    let first = tokens.partition_point(|token| token.span.start < span.start);
    let end = tokens.partition_point(|token| token.span.start < body);
    let mut layout = Layout {
        dockerfile,
        is_from: instruction.keyword.value == Keyword::From,
        keyword_end: instruction.keyword.span.end,
        shift: shift(dockerfile, instruction, &tokens[first..end]),
        text: String::new(),
    };
    for (index, token) in tokens[first..end].iter().enumerate() {
        let before = index.checked_sub(1).map(|index| tokens[first + index].kind);
        let after = tokens.get(first + index + 1).map(|token| token.kind);
        layout.add(*token, before, after);
    }
    layout.text.push_str(dockerfile.text(Span { start: body.min(span.end), end: span.end }));
    layout.text
}

struct Layout<'d> {
    dockerfile: &'d Dockerfile,
    is_from: bool,
    /// Where the instruction's own keyword ends.
    keyword_end: u32,
    /// Blanks to add before each line that continues the instruction.
    shift: usize,
    text: String,
}

impl Layout<'_> {
    fn add(&mut self, token: Token, before: Option<TokenKind>, after: Option<TokenKind>) {
        let written = self.dockerfile.text(token.span);
        let starts_line = before == Some(TokenKind::Newline);
        if starts_line && !matches!(token.kind, TokenKind::Whitespace | TokenKind::Newline) {
            self.text.push_str(&" ".repeat(self.shift));
        }
        match token.kind {
            // What ONBUILD and HEALTHCHECK hold is part of the image's configuration
            // as it is written.
            TokenKind::Keyword if self.is_from || token.span.end <= self.keyword_end => {
                self.text.push_str(&written.to_ascii_uppercase());
            }
            TokenKind::Whitespace if ends_line(after) => {}
            TokenKind::Whitespace if starts_line => {
                self.text.push_str(&" ".repeat(self.shift));
                self.text.push_str(written);
            }
            TokenKind::Whitespace => {
                let is_loose =
                    self.is_from || matches!(before, Some(TokenKind::Keyword | TokenKind::Flag));
                self.text.push_str(if is_loose { " " } else { written });
            }
            // A blank line among the instruction's own.
            TokenKind::Newline if self.text.is_empty() || self.text.ends_with('\n') => {}
            TokenKind::Continuation | TokenKind::Comment => self.text.push_str(written.trim_end()),
            _ => self.text.push_str(written),
        }
    }
}

fn ends_line(after: Option<TokenKind>) -> bool {
    matches!(after, None | Some(TokenKind::Newline))
}

/// How far the lines that continue an instruction move to the right.
fn shift(dockerfile: &Dockerfile, instruction: &Instruction, tokens: &[Token]) -> usize {
    let indents = tokens.windows(2).filter(|pair| pair[0].kind == TokenKind::Newline);
    let mut least = usize::MAX;
    for pair in indents {
        // What looks like a string may begin a line with its blanks.
        let written = dockerfile.text(pair[1].span);
        let blanks = &written[..written.len() - written.trim_start_matches([' ', '\t']).len()];
        match pair[1].kind {
            TokenKind::Newline | TokenKind::Comment => {}
            _ if blanks.contains('\t') => return 0,
            _ => least = least.min(blanks.len()),
        }
    }
    let is_safe = is_indentable(instruction) && least < 2;
    if is_safe { INDENT - least } else { 0 }
}

/// True where blanks between words mean nothing, so far as this can be seen
/// without a doubt: not in a shell's quotes within quotes.
fn is_indentable(instruction: &Instruction) -> bool {
    match &instruction.body {
        Body::Run(Command::Shell(text))
        | Body::Cmd(Command::Shell(text))
        | Body::Entrypoint(Command::Shell(text))
        | Body::Healthcheck(Some(Command::Shell(text))) => {
            let nests = text.text.contains("$(") && text.text.contains('"');
            !nests && !text.text.contains('`')
        }
        Body::Onbuild(inner) => is_indentable(inner),
        Body::Invalid | Body::Maintainer(_) => false,
        _ => true,
    }
}

/// Whether an instruction reads the same in both layouts.
fn reads_alike(dockerfile: &Dockerfile, old: &str, new: &str) -> bool {
    let head = if dockerfile.escape == '`' { "# escape=`\n" } else { "" };
    let read = |text: &str| Dockerfile::parse(&format!("{head}{text}\n"));
    let (old, new) = (read(old), read(new));
    meanings(&old).eq(meanings(&new))
}

/// Whether two texts say the same: directives, instructions, and the comments
/// above them.
fn is_same(before: &Dockerfile, after: &Dockerfile) -> bool {
    let directives = |one: &Dockerfile| -> Vec<(String, String)> {
        one.directives.iter().map(|one| (one.name.clone(), one.value.clone())).collect()
    };
    directives(before) == directives(after)
        && meanings(before).eq(meanings(after))
        && comments(before).eq(comments(after))
}

fn comments(dockerfile: &Dockerfile) -> impl Iterator<Item = &str> {
    let comments = dockerfile.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| dockerfile.text(token.span).trim_end())
}

/// What an instruction says, as texts.
fn meanings(dockerfile: &Dockerfile) -> impl Iterator<Item = Vec<String>> {
    dockerfile.instructions.iter().map(|instruction| {
        let mut texts = Vec::new();
        meaning(instruction, &mut texts);
        texts.extend(instruction.comments.iter().map(|comment| comment.text.clone()));
        texts
    })
}

fn meaning(instruction: &Instruction, texts: &mut Vec<String>) {
    texts.push(instruction.keyword.value.name().to_owned());
    for flag in &instruction.flags {
        let value = flag.value.as_ref().map_or("", |value| &value.text);
        texts.push(format!("--{}={value}", flag.name));
    }
    for heredoc in &instruction.heredocs {
        texts.extend([heredoc.delimiter.clone(), heredoc.content.clone()]);
    }
    let words =
        |words: &[crate::syntax::Word]| words.iter().map(|word| word.text.clone()).collect();
    let own: Vec<String> = match &instruction.body {
        Body::From { image, name } => {
            let name = name.as_ref().map_or("", |name| &name.text);
            vec![image.text.clone(), name.to_owned()]
        }
        Body::Run(command) | Body::Cmd(command) | Body::Entrypoint(command) => run(command),
        Body::Healthcheck(command) => command.as_ref().map_or(Vec::new(), run),
        Body::Shell(all) | Body::Expose(all) | Body::Volume(all) => words(all),
        Body::Copy(transfer) | Body::Add(transfer) => {
            let mut all: Vec<String> = words(&transfer.sources);
            all.push(transfer.destination.text.clone());
            all
        }
        Body::Env(pairs) | Body::Label(pairs) => {
            let texts = pairs.iter().flat_map(|pair| [&pair.key.text, &pair.value.text]);
            texts.cloned().collect()
        }
        Body::Arg(all) => {
            let texts = all.iter().map(|one| {
                let default = one.default.as_ref().map(|default| &default.text);
                format!("{} {default:?}", one.name.text)
            });
            texts.collect()
        }
        Body::Workdir(word)
        | Body::User(word)
        | Body::Stopsignal(word)
        | Body::Maintainer(word) => {
            vec![word.text.clone()]
        }
        Body::Onbuild(inner) => return meaning(inner, texts),
        Body::Invalid => vec![instruction.keyword_text.clone(), instruction.arguments.text.clone()],
    };
    texts.extend(own);
}

fn run(command: &Command) -> Vec<String> {
    match command {
        Command::Shell(text) => vec![without_indentation(&text.text)],
        Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect(),
        Command::Script { interpreter, body } => vec![interpreter.clone(), body.text.clone()],
    }
}

/// A shell's text with one blank for each run of blanks outside of quotes.
fn without_indentation(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ' | '\t') => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
                continue;
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some('"'), '\\') => {
                plain.push(c);
                plain.extend(chars.next());
                continue;
            }
            _ => {}
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::graph::{Graph, ImageConfig, Request};

    #[test]
    fn keywords_blanks_and_ends_of_lines() {
        let source =
            "from   node:22   as  build  \n  workdir   /app\t\ncopy  --link   --chown=a  x   y  ";
        let expected = "FROM node:22 AS build\nWORKDIR /app\nCOPY --link --chown=a x   y\n";
        assert_eq!(format(source), expected);
    }

    #[test]
    fn stages_stand_apart_by_one_blank_line() {
        let source = "FROM a\nRUN x\n\n\n\n# first\nRUN y\n# why\nFROM b\nRUN z\nFROM c\n\n\n";
        let expected = "FROM a\nRUN x\n\n# first\nRUN y\n\n# why\nFROM b\nRUN z\n\nFROM c\n";
        assert_eq!(format(source), expected);
        let apart = "FROM a\n\n# of a\n\n# of b\nFROM b\n";
        assert_eq!(format(apart), apart);
    }

    #[test]
    fn continued_lines_are_indented_where_they_are_not() {
        let source = "FROM a\nRUN one && \\  \ntwo \\\n\n  # why\n three\nENV A=1 \\\n  B=2\n";
        let expected =
            "FROM a\nRUN one && \\\n    two \\\n      # why\n     three\nENV A=1 \\\n  B=2\n";
        assert_eq!(format(source), expected);
        let words = "FROM a\nRUN apt-get in\\\nstall x\n";
        assert_eq!(format(words), words, "a word that goes on is not cut");
        let quoted = "FROM a\nRUN echo 'a\\\nb' \\\nc\n";
        assert_eq!(format(quoted), quoted);
        let odd = "COPY x y\" \\\n    [\"a\",FROM a\n";
        assert_eq!(format(odd), odd, "COPY knows no quotes");
        for broken in [" \\\n \\\n", " \\\n\\\n"] {
            let settled = format(broken);
            assert_eq!(format(&settled), settled, "{broken:?}");
        }
    }

    #[test]
    fn heredocs_directives_and_broken_lines_stay() {
        for text in [
            "# syntax=docker/dockerfile:1\n# escape=`\n\nFROM a\nRUN x `\n    y\n",
            "FROM a\nRUN <<EOF\n  a  \n\n\n b \nEOF\nCOPY <<-A <<B /x/\n\t1\n\tA\n 2 \nB\n",
            "\n# syntax=not:one\nFROM a\n",
            "FROM a\nRUN [\"a\", \\\n    \"b\"]\nHEALTHCHECK NONE\n",
            "nothing of a Dockerfile\n",
            "",
        ] {
            assert_eq!(format(text), text);
        }
        assert_eq!(format("\u{feff}from a\r\nrun x\r\n\r\n"), "\u{feff}FROM a\r\nRUN x\r\n");
    }

    /// All Dockerfiles of the tests, and of the conformance suite where it is.
    fn corpus() -> Vec<String> {
        fn visit(folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
                if path.is_dir() {
                    visit(&path, found);
                } else if name.contains("dockerfile") && !name.ends_with(".snap") {
                    found.extend(fs::read_to_string(path));
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        visit(&root.join("tests"), &mut found);
        visit(&root.join("www/examples"), &mut found);
        let suite =
            std::env::var("CONFORMANCE_DIR").map_or(root.join("../shared/conformance"), Into::into);
        visit(&suite, &mut found);
        found
    }

    /// The keys of all steps, of RUNs with their blanks outside of quotes as one.
    fn keys(source: &str) -> Vec<String> {
        let dockerfile = Dockerfile::parse(source);
        let none = crate::sorted::Map::new();
        let request = Request { build_args: &none, target: None };
        let graph = Graph::new(&dockerfile, request, &|_| ImageConfig::default());
        let steps = graph.stages.iter().flat_map(|stage| &stage.steps);
        let key = |step: &crate::graph::Step| match &step.operation {
            crate::graph::Operation::Run(run) => {
                let words: Vec<_> =
                    run.arguments.iter().map(|text| without_indentation(text)).collect();
                format!("{words:?} {:?} {:?}", run.mounts, run.options)
            }
            crate::graph::Operation::Configure { keyword, text } => {
                format!("{keyword:?} {}", without_indentation(text))
            }
            other => format!("{other:?}"),
        };
        steps.map(key).chain(graph.problems.iter().map(|one| one.message.clone())).collect()
    }

    fn check(source: &str) -> Result<(), TestCaseError> {
        let once = format(source);
        prop_assert_eq!(&format(&once), &once, "not settled: {:?}", source);
        let (before, after) = (Dockerfile::parse(source), Dockerfile::parse(&once));
        prop_assert!(is_same(&before, &after), "{:?}", source);
        prop_assert_eq!(keys(source), keys(&once), "{:?}", source);
        let messages = |one: &Dockerfile| -> Vec<String> {
            one.errors.iter().map(|e| e.message.clone()).collect()
        };
        prop_assert_eq!(messages(&before), messages(&after));
        Ok(())
    }

    #[test]
    fn real_files_keep_their_meaning() {
        let corpus = corpus();
        assert!(corpus.len() > 40, "{}", corpus.len());
        for source in corpus {
            check(&source).unwrap();
        }
    }

    proptest! {
        #[test]
        fn any_text_of_the_language_keeps_its_meaning(pieces in proptest::collection::vec(
            prop_oneof![
                Just("FROM a"), Just("from b as c"), Just("RUN "), Just("run x"), Just("ENV A=1"), Just("COPY x y"),
                Just("--link"), Just("--mount=type=ssh"), Just("<<EOF"), Just("EOF"), Just("# c"), Just("# escape=`"),
                Just("ONBUILD"), Just("HEALTHCHECK cmd"), Just("[\"a\","), Just("\"b\"]"), Just("\""), Just("'"), Just("$(a"), Just(")"),
                Just(" "), Just("  "), Just("\t"), Just("\n"), Just("\n"), Just("\n\n"), Just("\r\n"), Just("\\\n"), Just("\\\n"), Just("\\"), Just("`\n"), Just("&&"), Just("é"),
            ], 0..40))
        {
            check(&pieces.concat())?;
        }
    }
}
