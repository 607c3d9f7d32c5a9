//! `Dockerfile::parse`: the tokens are the source, every place is in it and
//! inside the place of what it belongs to.
#![no_main]

use dockerfile_playground::syntax::{Dockerfile, Instruction, Span};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let file = Dockerfile::parse(source);
    lossless(&file);
    let whole = Span::new(0, source.len());
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(instruction.span.start >= end, "instructions overlap");
        end = instruction.span.end;
        nested(source, instruction, whole);
    }
    for directive in &file.directives {
        inside(source, directive.span, whole);
    }
    for error in &file.errors {
        inside(source, error.span, whole);
        file.position(error.span.start);
    }
});

fn lossless(file: &Dockerfile) {
    let mut end = 0;
    for token in &file.tokens {
        assert_eq!(token.span.start, end, "a gap or an overlap before {token:?}");
        assert!(!token.span.is_empty(), "{token:?} is empty");
        end = token.span.end;
    }
    let text: String = file.tokens.iter().map(|token| file.text(token.span)).collect();
    assert_eq!(text, file.source());
}

fn nested(source: &str, instruction: &Instruction, parent: Span) {
    let span = instruction.span;
    inside(source, span, parent);
    inside(source, instruction.keyword.span, span);
    for flag in &instruction.flags {
        inside(source, flag.span, span);
        if let Some(value) = &flag.value {
            inside(source, value.span, flag.span);
        }
    }
    for heredoc in &instruction.heredocs {
        for part in [heredoc.start_span, heredoc.body_span, heredoc.end_span] {
            inside(source, part, span);
        }
    }
    let text = &instruction.arguments.text;
    for (offset, _) in text.char_indices() {
        let place = instruction.arguments.source_offset(offset) as usize;
        assert!(source.is_char_boundary(place), "{offset} of {text:?} is at {place}");
    }
    for comment in &instruction.comments {
        inside(source, comment.span, Span::new(0, source.len()));
    }
}

fn inside(source: &str, span: Span, parent: Span) {
    assert!(parent.start <= span.start && span.end <= parent.end, "{span:?} is not in {parent:?}");
    assert!(source.get(span.range()).is_some(), "{span:?} does not slice the source");
}
