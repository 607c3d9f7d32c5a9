//! What must hold for any input.

use dockerfile_playground::sorted::Map;
use dockerfile_playground::syntax::{Dockerfile, Expander, Instruction, Span, dump, shell};
use proptest::prelude::*;

/// Text that looks like Dockerfiles more often than random bytes do.
fn dockerfile_like() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "FROM",
        "RUN",
        "copy",
        "ADD",
        "ENV",
        "ARG",
        "LABEL",
        "HEALTHCHECK",
        "ONBUILD",
        "SHELL",
        "VOLUME",
        "EXPOSE",
        "USER",
        "AS",
        "CMD",
        "NONE",
        "alpine",
        "a=b",
        "=",
        "--from=x",
        "--mount=type=cache,target=/x",
        "--",
        "--link",
        "[\"a\", \"b\"]",
        "[",
        "]",
        "\"",
        "'",
        "\\",
        "`",
        "\\\n",
        "\\ \r\n",
        "\n",
        "\r\n",
        "\n\n",
        "# c\n",
        "#",
        " ",
        "\t",
        "<<EOF",
        "<<-'E'",
        "EOF\n",
        "\nEOF\n",
        "E",
        "$x",
        "${x:-y}",
        "${",
        "}",
        "\u{feff}",
        "é",
        "\u{a0}",
        "#!/bin/sh\n",
        "# escape=`\n",
        "# syntax=x\n",
        "// syntax=y\n",
        "{\"syntax\": \"z\"}",
        "&&",
        "|",
        ";",
        "(",
        ")",
        "if",
        "then",
        "fi",
        "case",
        "esac",
        "<",
        ">",
        "$(",
        "$((",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

/// A real Dockerfile with a part cut out and something put in.
fn mutated() -> impl Strategy<Value = String> {
    let fixtures: Vec<String> = super::fixtures().into_iter().map(|(_, text)| text).collect();
    (prop::sample::select(fixtures), any::<(u16, u8)>(), dockerfile_like()).prop_map(
        |(text, (start, length), insert)| {
            let chars: Vec<char> = text.chars().collect();
            let start = usize::from(start) % (chars.len() + 1);
            let end = (start + usize::from(length)).min(chars.len());
            let part = |range: &[char]| range.iter().collect::<String>();
            part(&chars[..start]) + &insert + &part(&chars[end..])
        },
    )
}

fn assert_lossless(source: &str) {
    let parsed = Dockerfile::parse(source);
    let mut at = 0;
    for token in &parsed.tokens {
        assert_eq!(token.span.start, at, "a gap or an overlap in {source:?}");
        assert!(!token.span.is_empty());
        at = token.span.end;
    }
    assert_eq!(at as usize, source.len(), "tokens end early in {source:?}");
    let text: String = parsed.tokens.iter().map(|token| parsed.text(token.span)).collect();
    assert_eq!(text, source);
}

/// Spans stand in order, inside the source, at character boundaries.
fn assert_spans(source: &str) {
    let parsed = Dockerfile::parse(source);
    let mut end = 0;
    for instruction in &parsed.instructions {
        assert!(instruction.span.start >= end, "{source:?}");
        end = instruction.span.end;
        assert_instruction(&parsed, instruction);
    }
    for error in &parsed.errors {
        parsed.text(error.span);
    }
    for directive in &parsed.directives {
        parsed.text(directive.span);
    }
    dump(&parsed);
}

fn assert_instruction(parsed: &Dockerfile, instruction: &Instruction) {
    let inside = |span: Span| {
        parsed.text(span);
        assert_eq!(instruction.span.cover(span), instruction.span);
    };
    inside(instruction.keyword.span);
    for flag in &instruction.flags {
        inside(flag.span);
        flag.value.iter().for_each(|value| inside(value.span));
    }
    for heredoc in &instruction.heredocs {
        inside(heredoc.start_span);
        inside(heredoc.body_span);
        inside(heredoc.end_span);
    }
    let arguments = &instruction.arguments;
    for (offset, c) in arguments.text.char_indices() {
        let span = arguments.source_span(offset..offset + c.len_utf8());
        assert_eq!(parsed.text(span), c.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_covered(source in any::<String>()) {
        assert_lossless(&source);
        assert_spans(&source);
    }

    #[test]
    fn any_dockerfile_like_text_is_covered(source in dockerfile_like()) {
        assert_lossless(&source);
        assert_spans(&source);
    }

    #[test]
    fn mutated_dockerfiles_are_covered(source in mutated()) {
        assert_lossless(&source);
        assert_spans(&source);
    }

    #[test]
    fn shell_does_not_panic(source in dockerfile_like(), random in any::<String>()) {
        for text in [source, random] {
            for error in shell::parse(&text).errors {
                let _ = &text[error.span.range()];
            }
        }
    }

    #[test]
    fn expansion_does_not_panic(source in dockerfile_like(), pattern in "[*?\\\\ab/}]{0,8}", value in "[ab\n]{0,12}") {
        let variables: Map<_, _> = [("x".to_owned(), value)].into();
        let expander = Expander::new('\\', &variables);
        for text in [source, format!("${{x#{pattern}}}"), format!("${{x%%{pattern}}}"), format!("${{x//{pattern}/b}}")] {
            let _ = expander.word(&text);
            let _ = expander.words(&text);
            let raw = Expander { raw_quotes: true, raw_escapes: true, skip_unset: true, ..expander };
            let _ = raw.words(&text);
        }
    }
}

/// These would run for minutes if anything were quadratic.
#[test]
fn long_inputs_take_linear_time() {
    let many = 20_000;
    let inputs = [
        "RUN x\n".repeat(many),
        format!("RUN a{}\n", " \\\n  && b".repeat(many)),
        format!("RUN a \\\n{}", "# comment\n\n".repeat(many)),
        "RUN <<EOF\n".repeat(many),
        "RUN <<EOF\nx\nEOF\n".repeat(many / 2),
        format!("RUN {}\n", "<<EOF ".repeat(many)),
        format!("COPY {} /x\n{}", "<<E ".repeat(many), "E\n".repeat(many)),
        format!("ENV {}\n", "a=\"b$x\" ".repeat(many)),
        format!("RUN {}\n", "${x:-".repeat(many)),
        format!("RUN {}\n", "\"$x' ".repeat(many)),
        format!("RUN {}\n", "ONBUILD ".repeat(many)),
        "ONBUILD ".repeat(many),
        format!("CMD [{}\"\"]\n", "\"a\",".repeat(many)),
        format!("CMD {}\n", "[".repeat(many)),
        format!("COPY {} x\n", "--link ".repeat(many)),
        "é".repeat(many),
    ];
    for input in inputs {
        let started = std::time::Instant::now();
        let parsed = Dockerfile::parse(&input);
        dump(&parsed);
        let took = started.elapsed();
        assert!(took.as_secs() < 10, "{took:?} for {:?}…", &input[..20]);
    }
}
