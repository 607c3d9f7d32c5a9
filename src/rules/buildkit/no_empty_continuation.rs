//! A blank line inside a continued instruction looks like its end; BuildKit
//! means to refuse it one day.
//!
//! ```dockerfile
//! RUN make && \
//!
//!     make install
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN make && \
//!     make install
//! ```

use super::well_formed;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::QuickFix;
use crate::syntax::{Dockerfile, Instruction, Span};

/// The rule. BuildKit names the instruction's last line.
pub const RULE: Rule = Rule {
    id: "no-empty-continuation",
    aliases: &["NoEmptyContinuation"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: Some(QuickFix {
        title: "Remove the empty lines",
        edits: |facts, step| {
            let heredoc = step.instruction.heredocs.first();
            let end = heredoc.map_or(step.span.end, |heredoc| heredoc.body_span.start);
            let mut at = step.span.start as usize;
            let mut empty = Vec::new();
            for line in facts.dockerfile.source()[at..end as usize].split_inclusive('\n') {
                if line.trim().is_empty() {
                    empty.push((Span::new(at, at + line.len()), String::new()));
                }
                at += line.len();
            }
            empty
        },
    }),
    check: |analysis| {
        let dockerfile = &analysis.dockerfile;
        let found = well_formed(analysis).iter();
        let spans = found.filter_map(|instruction| last_line(dockerfile, instruction));
        spans.map(|span| (span, "Empty continuation line".to_owned())).collect()
    },
};

/// The last line of an instruction that has an empty line inside.
fn last_line(dockerfile: &Dockerfile, instruction: &Instruction) -> Option<Span> {
    let start = instruction.span.start as usize;
    let end = match instruction.heredocs.first() {
        Some(heredoc) => heredoc.body_span.start as usize,
        None => instruction.span.end as usize,
    };
    let text = &dockerfile.source()[start..end];
    let empty = |line: &str| line.trim_start().is_empty();
    // What follows an escape at the very end of its text still belongs to it.
    let rest = dockerfile.source()[end..].split_inclusive('\n').skip(1);
    let open = instruction.heredocs.is_empty()
        && text.trim_end_matches([' ', '\t']).ends_with(dockerfile.escape)
        && text.lines().count() > 0;
    let trailing: Vec<&str> = match open {
        true => rest.take_while(|line| empty(line) || line.trim_start().starts_with('#')).collect(),
        false => Vec::new(),
    };
    if !text.lines().chain(trailing.iter().copied()).any(empty) {
        return None;
    }
    let text_end = start + text.trim_end_matches(['\r', '\n']).len();
    let from = dockerfile.source()[..text_end].rfind('\n').map_or(0, |newline| newline + 1);
    let next = dockerfile.source()[text_end..].find('\n').map_or(text_end, |at| text_end + at + 1);
    let last = trailing.iter().map(|line| line.len()).sum::<usize>();
    match trailing.last() {
        Some(line) => Some(Span::new(next + last - line.len(), next + last - line.len())),
        None => Some(Span::new(from.max(start), text_end)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn names_the_last_line() {
        let of = |text: &str| found("NoEmptyContinuation", text);
        let message = "Empty continuation line";
        assert_eq!(of("FROM scratch\nCOPY a \\\n\n b\n"), [format!("4: {message}")]);
        assert_eq!(of("FROM scratch\nRUN <<E a \\\n\n b\n\nE\n"), [format!("4: {message}")]);
        assert_eq!(of("FROM scratch\nRUN a \\\n\n"), [format!("3: {message}")]);
        assert!(of("FROM scratch\nCOPY a \\\n# b\n b\n\nRUN <<E\n\nE\n").is_empty());
    }
}
