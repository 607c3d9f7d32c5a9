//! Quoted text: `'…'`, `"…"` and `$'…'`.

use super::cursor::Parser;
use super::{Parts, WordPart};

impl Parser<'_> {
    /// `'…'`.
    pub(super) fn single_quoted(&mut self) -> WordPart {
        let open = self.at;
        self.at += 1;
        let length = self.rest().find('\'');
        let text = &self.rest()[..length.unwrap_or(self.rest().len())];
        self.at += text.len();
        self.close("'", open);
        WordPart::Quoted(text.to_owned())
    }

    /// `"…"`.
    pub(super) fn double_quoted(&mut self) -> WordPart {
        let open = self.at;
        self.at += 1;
        let mut parts = Parts::default();
        while let Some(c) = self.peek() {
            match c {
                '"' => break,
                '$' => self.dollar(&mut parts, true),
                '`' => parts.push(self.backquoted(true)),
                '\\' => self.escaped_in_double_quotes(&mut parts),
                _ => {
                    let rest = self.rest();
                    let special = rest.find(['"', '$', '`', '\\']).unwrap_or(rest.len());
                    self.at += special;
                    parts.quoted(&rest[..special]);
                }
            }
        }
        self.close("\"", open);
        WordPart::DoubleQuoted(parts.into_vec())
    }

    fn escaped_in_double_quotes(&mut self, parts: &mut Parts) {
        let escape = self.rest();
        self.at += 1;
        match self.next() {
            Some('\n') => {}
            Some('$' | '`' | '"' | '\\') => parts.quoted(&escape[1..2]),
            // Any other backslash is text, and so is what follows it.
            Some(c) => parts.quoted(&escape[..1 + c.len_utf8()]),
            None => parts.quoted("\\"),
        }
    }

    /// `$'…'`, behind the dollar.
    pub(super) fn ansi_quoted(&mut self) -> WordPart {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| *c != '\'') {
            self.next();
            match c {
                '\\' => self.ansi_escape(&mut text),
                c => text.push(c),
            }
        }
        self.close("'", open);
        WordPart::Quoted(text)
    }

    fn ansi_escape(&mut self, text: &mut String) {
        let Some(c) = self.next() else { return text.push('\\') };
        let character = match c {
            'a' => '\x07',
            'b' => '\x08',
            'e' | 'E' => '\x1b',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => self.code(16, 2),
            'u' => self.code(16, 4),
            'U' => self.code(16, 8),
            '0'..='7' => {
                self.at -= 1;
                self.code(8, 3)
            }
            '\\' | '\'' | '"' | '?' => c,
            // Any other backslash is text.
            c => {
                text.push('\\');
                c
            }
        };
        text.push(character);
    }

    /// The character of up to `digits` digits.
    fn code(&mut self, radix: u32, digits: usize) -> char {
        let rest = self.rest();
        let length = rest.chars().take(digits).take_while(|c| c.is_digit(radix)).count();
        self.at += length;
        let code = u32::from_str_radix(&rest[..length], radix).ok();
        code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}
