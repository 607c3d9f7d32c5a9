//! What stands before a place in a Dockerfile.

use crate::syntax::{Dockerfile, Instruction, Keyword, Span, Token, TokenKind};

/// A place in a text and what it belongs to.
pub(super) enum Place<'d> {
    /// A comment or parser directive line, up to the place.
    Comment(&'d str),
    /// Where an instruction's keyword stands or may begin; what is typed of it.
    Keyword(&'d str),
    /// In an instruction after its keyword: the text so far, from the keyword
    /// on, with the continuations and the comments between taken out.
    Arguments(&'d Instruction, String),
    /// In the heredoc of an instruction: its text so far.
    Heredoc(&'d Instruction, String),
}

impl<'d> Place<'d> {
    /// The place at a byte offset.
    pub(super) fn at(dockerfile: &'d Dockerfile, offset: u32) -> Self {
        let source = dockerfile.source();
        let upto = dockerfile.tokens.partition_point(|token| token.span.start < offset);
        let before = &dockerfile.tokens[..upto];
        let line_start = source[..offset as usize].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &source[line_start..offset as usize];
        if matches!(
            before.last().map(|token| token.kind),
            Some(TokenKind::Comment | TokenKind::Directive)
        ) {
            return Self::Comment(line);
        }
        let found = last_before(dockerfile, offset);
        if let Some((instruction, start)) = found.and_then(|found| heredoc_at(found, offset)) {
            let text = source[start as usize..offset as usize].to_owned();
            return Self::Heredoc(instruction, text);
        }
        match found.filter(|_| reaches(before)) {
            Some(instruction) => {
                let text = joined(before, instruction.span.start, offset, source);
                match text.contains(char::is_whitespace) {
                    true => Self::Arguments(instruction, text),
                    false => Self::Keyword(line.trim_start()),
                }
            }
            None => Self::Keyword(line.trim_start()),
        }
    }
}

/// The instruction that a place may belong to: the last that begins before it.
fn last_before(dockerfile: &Dockerfile, offset: u32) -> Option<&Instruction> {
    let next =
        dockerfile.instructions.partition_point(|instruction| instruction.span.start < offset);
    dockerfile.instructions.get(next.checked_sub(1)?)
}

/// True when no line's end closes the instruction before the place.
fn reaches(before: &[Token]) -> bool {
    let mut lines = 0;
    for token in before.iter().rev() {
        match token.kind {
            TokenKind::Whitespace | TokenKind::Comment => {}
            TokenKind::Newline => lines += 1,
            TokenKind::Continuation => return true,
            _ => return lines == 0,
        }
    }
    false
}

/// The instruction's text from its start to the place on one line.
fn joined(before: &[Token], start: u32, offset: u32, source: &str) -> String {
    let first = before.partition_point(|token| token.span.start < start);
    let mut text = String::new();
    for token in &before[first..] {
        match token.kind {
            TokenKind::Continuation | TokenKind::Newline | TokenKind::Comment => {}
            _ => text
                .push_str(&source[token.span.start as usize..token.span.end.min(offset) as usize]),
        }
    }
    text
}

/// The instruction, and where the heredoc of it starts that holds the place.
fn heredoc_at(instruction: &Instruction, offset: u32) -> Option<(&Instruction, u32)> {
    let holds = |span: Span| span.start <= offset && offset <= span.end;
    let heredoc = instruction.heredocs.iter().find(|heredoc| holds(heredoc.body_span))?;
    Some((instruction, heredoc.body_span.start))
}

/// The keyword that counts, that of ONBUILD's trigger once it is written, and the
/// text after it.
pub(super) fn split(text: &str) -> (Keyword, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim_start();
    match Keyword::from_word(word) {
        Keyword::Onbuild => {
            let (trigger, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            match rest.contains(char::is_whitespace) {
                true => (Keyword::from_word(trigger), after.trim_start()),
                false => (Keyword::Onbuild, rest),
            }
        }
        keyword => (keyword, rest),
    }
}
