//! Tokens and folds of a text.

use super::{Outline, TokenClass};
use crate::sorted::Map;
use crate::syntax::{Body, Dockerfile, Instruction, TokenKind};

const KINDS: [TokenClass; 10] = [
    TokenClass::Comment,
    TokenClass::Directive,
    TokenClass::Keyword,
    TokenClass::Flag,
    TokenClass::String,
    TokenClass::Variable,
    TokenClass::Delimiter,
    TokenClass::Heredoc,
    TokenClass::Punctuation,
    TokenClass::Error,
];

/// The parts of a text.
pub(super) fn outline(source: &str) -> Outline {
    let dockerfile = Dockerfile::parse(source);
    Outline { tokens: tokens(&dockerfile), kinds: KINDS.to_vec(), folds: folds(&dockerfile) }
}

fn class(kind: TokenKind) -> Option<TokenClass> {
    Some(match kind {
        TokenKind::Comment => TokenClass::Comment,
        TokenKind::Directive => TokenClass::Directive,
        TokenKind::Keyword => TokenClass::Keyword,
        TokenKind::Flag => TokenClass::Flag,
        TokenKind::String => TokenClass::String,
        TokenKind::Variable => TokenClass::Variable,
        TokenKind::HeredocStart | TokenKind::HeredocEnd => TokenClass::Delimiter,
        TokenKind::HeredocBody => TokenClass::Heredoc,
        TokenKind::Continuation | TokenKind::Punctuation => TokenClass::Punctuation,
        TokenKind::Error => TokenClass::Error,
        TokenKind::Bom | TokenKind::Whitespace | TokenKind::Newline | TokenKind::Argument => {
            return None;
        }
    })
}

/// The tokens cover the text, so one walk counts its UTF-16 code units.
fn tokens(dockerfile: &Dockerfile) -> Vec<u32> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for token in &dockerfile.tokens {
        let end = start + crate::syntax::utf16_len(dockerfile.text(token.span));
        if let Some(class) = class(token.kind) {
            tokens.extend([start, end, class as u32]);
        }
        start = end;
    }
    tokens
}

/// Stages after the first FROM's line, and instructions of several lines; where
/// both begin on one line, the stage.
fn folds(dockerfile: &Dockerfile) -> Vec<u32> {
    let is_from = |instruction: &Instruction| matches!(instruction.body, Body::From { .. });
    let instructions = &dockerfile.instructions;
    let mut folds: Map<u32, u32> = Map::new();
    for instruction in instructions {
        let first = first_line_end(dockerfile, instruction.span.start);
        if first < instruction.span.end {
            folds.insert(first, instruction.span.end);
        }
    }
    let stages = instructions.iter().filter(|one| is_from(one)).count();
    for (index, from) in instructions.iter().enumerate().filter(|(_, one)| is_from(one)) {
        let inside = instructions[index + 1..].iter().take_while(|one| !is_from(one));
        let first = first_line_end(dockerfile, from.span.start);
        if let Some(last) = inside.last().filter(|_| stages > 1) {
            folds.insert(first, last.span.end);
        }
    }
    folds
        .into_iter()
        .flat_map(|(from, to)| [dockerfile.utf16(from), dockerfile.utf16(to)])
        .collect()
}

/// Where the line ends that a place is on.
fn first_line_end(dockerfile: &Dockerfile, start: u32) -> u32 {
    let rest = &dockerfile.source()[start as usize..];
    let line = rest.split('\n').next().unwrap_or(rest);
    start + line.trim_end_matches('\r').len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each token's text with the name of its class.
    fn shown(source: &str) -> Vec<(String, TokenClass)> {
        let units: Vec<u16> = source.encode_utf16().collect();
        let outline = outline(source);
        let token = |token: &[u32]| {
            let text = String::from_utf16(&units[token[0] as usize..token[1] as usize]).unwrap();
            (text, outline.kinds[token[2] as usize])
        };
        outline.tokens.chunks(3).map(token).collect()
    }

    #[test]
    fn a_class_stands_at_its_own_index() {
        assert!(KINDS.iter().enumerate().all(|(index, class)| *class as usize == index));
    }

    #[test]
    fn tokens_are_those_of_the_parser_in_utf16() {
        let source = "# 🐳\nFROM a AS b\nRUN --mount=type=ssh echo \"$X\" \\\n  end\n";
        let expected = [
            ("# 🐳", TokenClass::Comment),
            ("FROM", TokenClass::Keyword),
            ("AS", TokenClass::Keyword),
            ("RUN", TokenClass::Keyword),
            ("--mount=type=ssh", TokenClass::Flag),
            ("\"", TokenClass::String),
            ("$X", TokenClass::Variable),
            ("\"", TokenClass::String),
            ("\\", TokenClass::Punctuation),
        ];
        assert_eq!(shown(source), expected.map(|(text, class)| (text.to_owned(), class)));
    }

    #[test]
    fn stages_instructions_and_heredocs_fold() {
        let source = "FROM a AS b\nRUN one \\\n  two\n\nFROM c\nCOPY <<EOF /x\nbody\nEOF\n";
        let units = |text: &str| source.find(text).unwrap() as u32;
        let outline = outline(source);
        let expected = [
            [units("\nRUN"), units("\n\nFROM")],
            [units("\n  two"), units("\n\nFROM")],
            [units("\nCOPY"), source.len() as u32 - 1],
            [units("\nbody"), source.len() as u32 - 1],
        ];
        assert_eq!(outline.folds, expected.concat());
    }

    #[test]
    fn one_stage_is_not_folded_and_one_line_has_nothing_to_hide() {
        assert_eq!(outline("FROM a\nRUN x\n").folds, Vec::<u32>::new());
    }
}
