//! Redirections and heredocs.

use super::cursor::Parser;
use super::lexeme;
use super::{Parts, Redirection, ShellWord};

impl Parser<'_> {
    /// A redirection, if one comes next.
    pub(super) fn redirection(&mut self) -> Option<Redirection> {
        let (rest, (digits, operator)) = lexeme::redirection(self.rest()).ok()?;
        let start = self.at;
        self.at = self.text.len() - rest.len();
        self.skip_blanks();
        let target_start = self.at;
        let target = self.word().unwrap_or_else(|| {
            self.error(format!("expected a word after `{operator}`"), start);
            ShellWord { parts: Parts::default(), span: self.span_from(target_start) }
        });
        let span = self.span_from(start);
        let heredoc = matches!(operator, "<<" | "<<-").then(|| {
            let delimiter = unquoted(&self.text[target_start..self.at]);
            self.heredoc(&delimiter, operator == "<<-", start)
        });
        Some(Redirection {
            descriptor: digits.parse().ok(),
            operator: operator.to_owned(),
            target,
            heredoc,
            span,
        })
    }

    /// The lines of a heredoc. They are skipped with the next newline.
    fn heredoc(&mut self, delimiter: &str, strip_tabs: bool, start: usize) -> String {
        let mut at = self.after_heredocs.unwrap_or_else(|| self.next_line());
        let mut content = String::new();
        let mut closed = false;
        for raw in self.text[at..].split_inclusive('\n') {
            at += raw.len();
            let line = if strip_tabs { raw.trim_start_matches('\t') } else { raw };
            closed = line.trim_end_matches(['\r', '\n']) == delimiter;
            if closed {
                break;
            }
            content.push_str(line);
        }
        self.after_heredocs = Some(at);
        if !closed {
            self.error(format!("the here-document is not closed by `{delimiter}`"), start);
        }
        content
    }

    /// Where the next line starts that is not a continuation of this one.
    fn next_line(&self) -> usize {
        let mut escaped = false;
        for (offset, byte) in self.rest().bytes().enumerate() {
            match byte {
                b'\n' if !escaped => return self.at + offset + 1,
                b'\r' if escaped => {}
                b'\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        self.text.len()
    }
}

/// A delimiter without quotes and escapes.
fn unquoted(raw: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match quote {
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if c == open => quote = None,
            None if c == '\\' => text.extend(chars.next()),
            _ => text.push(c),
        }
    }
    text
}
