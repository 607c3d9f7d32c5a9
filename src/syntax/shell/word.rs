//! Words and the expansions in them.

use super::cursor::{Parser, ends_word};
use super::lexeme;
use super::{Parts, Script, ShellWord, WordPart};

/// Longer arithmetic is read as commands: it must not be searched for its end
/// again and again.
const MAX_ARITHMETIC: usize = 4096;

impl Parser<'_> {
    /// A word; `None` where none can start.
    pub(super) fn word(&mut self) -> Option<ShellWord> {
        let start = self.at;
        let mut parts = Parts::default();
        while let Some(c) = self.peek() {
            match c {
                '<' | '>' if self.rest()[1..].starts_with('(') => {
                    let substitution = self.process_substitution();
                    parts.push(substitution);
                }
                '(' if self.is_extended_glob(start) => self.bracketed(&mut parts),
                '\r' if self.is_at("\r\n") => break,
                c if ends_word(c) => break,
                _ => self.part(&mut parts),
            }
        }
        (self.at > start).then(|| ShellWord { parts, span: self.span_from(start) })
    }

    /// A word that only a blank ends: a regular expression of `[[ … ]]`.
    pub(super) fn raw_word(&mut self) -> Option<ShellWord> {
        let start = self.at;
        let mut parts = Parts::default();
        while let Some(c) = self.peek().filter(|c| !matches!(c, ' ' | '\t' | '\n')) {
            match c {
                '(' | ')' | '|' | '<' | '>' | '&' | ';' => {
                    self.next();
                    parts.literal(c.encode_utf8(&mut [0; 4]));
                }
                _ => self.part(&mut parts),
            }
        }
        (self.at > start).then(|| ShellWord { parts, span: self.span_from(start) })
    }

    /// True at the bracket of `@(a|b)` and the like.
    fn is_extended_glob(&self, start: usize) -> bool {
        self.text[start..self.at].ends_with(['@', '?', '*', '+', '!'])
    }

    /// `(…)` as text.
    fn bracketed(&mut self, parts: &mut Parts) {
        let open = self.at;
        let mut depth = 0;
        while let Some(c) = self.peek().filter(|c| *c != '\n') {
            match c {
                '(' | ')' | '|' | ' ' | '\t' | ';' | '&' | '<' | '>' => {
                    self.next();
                    parts.literal(c.encode_utf8(&mut [0; 4]));
                }
                _ => self.part(parts),
            }
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 {
                return;
            }
        }
        self.error("`(` is not closed by `)`", open);
    }

    /// The part of a word that comes next.
    fn part(&mut self, parts: &mut Parts) {
        let rest = self.rest();
        match rest.chars().next() {
            Some('\'') => parts.push(self.single_quoted()),
            Some('"') => parts.push(self.double_quoted()),
            Some('$') => self.dollar(parts, false),
            Some('`') => parts.push(self.backquoted(false)),
            Some('\\') => self.escaped(parts),
            Some(c) => {
                let special =
                    |c| ends_word(c) || matches!(c, '\'' | '"' | '$' | '`' | '\\' | '\r' | '}');
                let after = c.len_utf8();
                let length = rest[after..].find(special).map_or(rest.len(), |end| after + end);
                self.at += length;
                parts.literal(&rest[..length]);
            }
            None => {}
        }
    }

    fn escaped(&mut self, parts: &mut Parts) {
        let rest = self.rest();
        self.at += 1;
        match self.next() {
            Some('\n') => {}
            Some('\r') if self.take("\n") => {}
            Some(c) => parts.quoted(&rest[1..1 + c.len_utf8()]),
            None => parts.literal("\\"),
        }
    }

    /// What starts with `$`. `quoted` is true between double quotes.
    pub(super) fn dollar(&mut self, parts: &mut Parts, quoted: bool) {
        if let Some(text) = self.arithmetic("$((") {
            return parts.push(WordPart::Arithmetic(text));
        }
        let start = self.at;
        self.at += 1;
        let rest = self.rest();
        match rest.chars().next() {
            Some('(') => parts.push(WordPart::Substitution(Box::new(self.substitution(start)))),
            Some('{') => parts.push(self.braced(start, quoted)),
            Some('\'') if !quoted => parts.push(self.ansi_quoted()),
            Some('"') if !quoted => parts.push(self.double_quoted()),
            _ => match lexeme::bare_parameter(rest) {
                Ok((_, name)) => {
                    self.at += name.len();
                    let name = name.to_owned();
                    parts.push(WordPart::Parameter { name, operator: None, length: false });
                }
                Err(_) if quoted => parts.quoted("$"),
                Err(_) => parts.literal("$"),
            },
        }
    }

    /// `(…)` of `$(…)`.
    fn substitution(&mut self, start: usize) -> Script {
        self.substitutions += 1;
        let list = self.nested(|parser| {
            parser.at += 1;
            let list = parser.list_in_parentheses();
            if !parser.take(")") {
                parser.error("`$(` is not closed by `)`", start);
            }
            list
        });
        Script { list: list.unwrap_or_default(), errors: Vec::new() }
    }

    /// `<(…)` or `>(…)`.
    fn process_substitution(&mut self) -> WordPart {
        let start = self.at;
        self.at += 1;
        WordPart::Substitution(Box::new(self.substitution(start)))
    }

    /// `` `…` ``: a script whose backslashes are resolved first.
    pub(super) fn backquoted(&mut self, quoted: bool) -> WordPart {
        let open = self.at;
        self.at += 1;
        self.substitutions += 1;
        let mut text = String::new();
        let mut offsets = Vec::new();
        while let Some(c) = self.peek().filter(|c| *c != '`') {
            let mut start = self.at;
            self.next();
            let mut c = c;
            let escaped = self.peek().filter(|escaped| {
                matches!(escaped, '`' | '\\' | '$') || (quoted && *escaped == '"')
            });
            if let ('\\', Some(escaped)) = (c, escaped) {
                start = self.at;
                self.next();
                c = escaped;
            }
            text.push(c);
            offsets.extend((0..c.len_utf8()).map(|byte| start + byte));
        }
        offsets.push(self.at);
        self.close("`", open);
        let script = self.nested(|parser| parser.inner_script(&text, &offsets));
        WordPart::Substitution(Box::new(script.unwrap_or_default()))
    }

    /// `${…}`, at its brace.
    fn braced(&mut self, start: usize, quoted: bool) -> WordPart {
        let part = self.nested(|parser| parser.braced_here(start, quoted));
        part.unwrap_or_else(|| WordPart::Parameter {
            name: String::new(),
            operator: None,
            length: false,
        })
    }

    fn braced_here(&mut self, start: usize, quoted: bool) -> WordPart {
        self.at += 1;
        let length = self.is_at("#") && lexeme::parameter(&self.rest()[1..]).is_ok();
        self.at += usize::from(length);
        let indirect = self.is_at("!") && lexeme::name(&self.rest()[1..]).is_ok();
        self.at += usize::from(indirect);
        let name = lexeme::parameter(self.rest()).map_or("", |(_, name)| name).to_owned();
        self.at += name.len();
        self.subscript();
        let sign = match lexeme::parameter_operator(self.rest()) {
            Ok((_, sign)) => sign.to_owned(),
            Err(_) if indirect => "!".to_owned(),
            Err(_) => String::new(),
        };
        if self.is_at(&sign) {
            self.at += sign.len();
        }
        let word = self.braced_word(quoted);
        if !self.take("}") {
            self.error("`${` is not closed by `}`", start);
        } else if name.is_empty() || (sign.is_empty() && !word.parts.is_empty()) {
            self.error("this substitution cannot be read", start);
        }
        let operator = (!sign.is_empty()).then(|| Box::new((sign, word)));
        WordPart::Parameter { name, operator, length }
    }

    /// Skips `[…]` behind an array's name.
    fn subscript(&mut self) {
        if self.is_at("[") {
            let near = self.rest().bytes().take(lexeme::MAX_SUBSCRIPT);
            let end = near.enumerate().find(|(_, byte)| matches!(byte, b']' | b'}' | b'\n'));
            if let Some((end, b']')) = end {
                self.at += end + 1;
            }
        }
    }

    /// The text up to `}`.
    fn braced_word(&mut self, quoted: bool) -> ShellWord {
        let start = self.at;
        let mut parts = Parts::default();
        while let Some(c) = self.peek().filter(|c| *c != '}') {
            match c {
                // Between double quotes a single one is text.
                '\'' if quoted => {
                    self.at += 1;
                    parts.quoted("'");
                }
                c if ends_word(c) || c == '\r' => {
                    self.next();
                    parts.literal(c.encode_utf8(&mut [0; 4]));
                }
                _ => self.part(&mut parts),
            }
        }
        ShellWord { parts, span: self.span_from(start) }
    }

    /// The text of `((…))` or `$((…))`, if it is one: `((a) || (b))` is not.
    pub(super) fn arithmetic(&mut self, open: &str) -> Option<String> {
        if !self.is_at(open) {
            return None;
        }
        let text = &self.rest()[open.len()..];
        let end = arithmetic_end(text)?;
        self.at += open.len() + end + 2;
        Some(text[..end].to_owned())
    }
}

/// Where `))` closes.
fn arithmetic_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().take(MAX_ARITHMETIC).enumerate() {
        match (byte, quote) {
            (byte, Some(open)) => quote = Some(open).filter(|open| open != byte),
            (b'\'' | b'"', None) => quote = Some(*byte),
            (b'(', None) => depth += 1,
            (b')', None) if depth > 0 => depth -= 1,
            (b')', None) => return (bytes.get(at + 1) == Some(&b')')).then_some(at),
            _ => {}
        }
    }
    None
}
