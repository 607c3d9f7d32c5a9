//! The part of TOML that manifests and lockfiles use, read into JSON's values.
//! Dates and numbers other than plain ones are kept as strings.

use crate::context::json::Value;
use crate::decimal;
use crate::sorted::Map;

/// Deepest nesting that is read, of keys and of values.
const DEPTH_LIMIT: usize = 64;

/// Why a text is not TOML, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TomlError {
    /// Byte offset into the text.
    pub(super) offset: usize,
    /// What was expected.
    pub(super) message: &'static str,
}

type Table = Map<String, Value>;

/// Reads a TOML text.
pub(super) fn parse(text: &str) -> Result<Value, TomlError> {
    let mut reader = Reader { text, position: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let mut root = Table::new();
    let mut header: Vec<String> = Vec::new();
    loop {
        reader.blank_lines();
        match reader.peek() {
            None => return Ok(Value::Object(root)),
            Some(b'[') => header = reader.header(&mut root)?,
            Some(_) => reader.pair(&mut root, &header)?,
        }
        reader.end_of_line()?;
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, TomlError> {
        Err(TomlError { offset: self.position, message })
    }

    fn next_if(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.position += if found { text.len() } else { 0 };
        found
    }

    fn expect(&mut self, text: &str, message: &'static str) -> Result<(), TomlError> {
        if self.next_if(text) { Ok(()) } else { self.fail(message) }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.position += 1;
        }
    }

    fn comment(&mut self) {
        if self.peek() == Some(b'#') {
            self.position += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Skips blanks, newlines and comments.
    fn blank_lines(&mut self) {
        loop {
            self.comment();
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.position += 1,
                _ => return,
            }
        }
    }

    fn end_of_line(&mut self) -> Result<(), TomlError> {
        self.blanks();
        self.comment();
        self.next_if("\r");
        if self.next_if("\n") || self.peek().is_none() {
            return Ok(());
        }
        self.fail("expected the end of the line")
    }

    /// `[a.b]` or `[[a.b]]`: makes the table and gives its path.
    fn header(&mut self, root: &mut Table) -> Result<Vec<String>, TomlError> {
        let start = self.position;
        self.position += 1;
        let array = self.next_if("[");
        let path = self.key()?;
        self.expect(if array { "]]" } else { "]" }, "expected `]` after the table's name")?;
        let made = if array { push_table(root, &path) } else { descend(root, &path).map(drop) };
        match made {
            Some(()) => Ok(path),
            None => Err(TomlError { offset: start, message: "the name is already used" }),
        }
    }

    fn pair(&mut self, root: &mut Table, header: &[String]) -> Result<(), TomlError> {
        let start = self.position;
        let mut key = self.key()?;
        self.expect("=", "expected `=` after the key")?;
        self.blanks();
        let value = self.value(0)?;
        let name = key.pop();
        let table = descend(root, header).and_then(|table| descend(table, &key));
        match (table, name) {
            (Some(table), Some(name)) => drop(table.insert(name, value)),
            _ => return Err(TomlError { offset: start, message: "the name is already used" }),
        }
        Ok(())
    }

    /// A dotted key, with the blanks around it.
    fn key(&mut self) -> Result<Vec<String>, TomlError> {
        let mut parts = Vec::new();
        loop {
            self.blanks();
            parts.push(self.key_part()?);
            if parts.len() > DEPTH_LIMIT {
                return self.fail("a key of more than 64 parts");
            }
            self.blanks();
            if !self.next_if(".") {
                return Ok(parts);
            }
        }
    }

    fn key_part(&mut self) -> Result<String, TomlError> {
        match self.peek() {
            Some(b'"') => self.basic_string(),
            Some(b'\'') => self.literal_string(),
            _ => {
                let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                let rest = self.rest();
                let length = rest.find(|c| !bare(c)).unwrap_or(rest.len());
                if length == 0 {
                    return self.fail("expected a key");
                }
                self.position += length;
                Ok(rest[..length].to_owned())
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, TomlError> {
        if depth >= DEPTH_LIMIT {
            return self.fail("nested more than 64 levels deep");
        }
        if self.rest().starts_with("\"\"\"") || self.rest().starts_with("'''") {
            return self.long_string().map(Value::String);
        }
        match self.peek() {
            Some(b'"') => self.basic_string().map(Value::String),
            Some(b'\'') => self.literal_string().map(Value::String),
            Some(b'[') => self.array(depth),
            Some(b'{') => self.inline_table(depth),
            _ => self.word(),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, TomlError> {
        self.position += 1;
        let mut elements = Vec::new();
        loop {
            self.blank_lines();
            if self.next_if("]") {
                return Ok(Value::Array(elements));
            }
            elements.push(self.value(depth + 1)?);
            self.blank_lines();
            if !self.next_if(",") {
                self.expect("]", "expected `,` or `]`")?;
                return Ok(Value::Array(elements));
            }
        }
    }

    fn inline_table(&mut self, depth: usize) -> Result<Value, TomlError> {
        self.position += 1;
        let mut table = Table::new();
        loop {
            self.blank_lines();
            if self.next_if("}") {
                return Ok(Value::Object(table));
            }
            self.inline_pair(&mut table, depth)?;
            self.blank_lines();
            if !self.next_if(",") {
                self.expect("}", "expected `,` or `}`")?;
                return Ok(Value::Object(table));
            }
        }
    }

    fn inline_pair(&mut self, table: &mut Table, depth: usize) -> Result<(), TomlError> {
        let mut key = self.key()?;
        self.expect("=", "expected `=` after the key")?;
        self.blanks();
        let value = self.value(depth + key.len())?;
        match (key.pop(), descend(table, &key)) {
            (Some(name), Some(table)) => drop(table.insert(name, value)),
            _ => return self.fail("the name is already used"),
        }
        Ok(())
    }

    fn literal_string(&mut self) -> Result<String, TomlError> {
        let inside = &self.rest()[1..];
        match inside.find(['\'', '\n']) {
            Some(end) if inside[end..].starts_with('\'') => {
                self.position += end + 2;
                Ok(inside[..end].to_owned())
            }
            _ => self.fail("a string without its end"),
        }
    }

    fn basic_string(&mut self) -> Result<String, TomlError> {
        let start = self.position;
        self.position += 1;
        let mut decoded = String::new();
        while let Some(c) = self.rest().chars().next() {
            match c {
                '"' => {
                    self.position += 1;
                    return Ok(decoded);
                }
                '\\' => decoded.push(self.escape()?),
                '\n' => break,
                other => {
                    decoded.push(other);
                    self.position += other.len_utf8();
                }
            }
        }
        Err(TomlError { offset: start, message: "a string without its end" })
    }

    /// A string in three quotes, over several lines.
    fn long_string(&mut self) -> Result<String, TomlError> {
        let start = self.position;
        let quotes = &self.rest()[..3];
        self.position += 3;
        self.next_if("\r");
        self.next_if("\n");
        let mut decoded = String::new();
        while let Some(c) = self.rest().chars().next() {
            if self.rest().starts_with(quotes) {
                return Ok(self.close_long_string(quotes, decoded));
            }
            if c == '\\' && quotes == "\"\"\"" {
                self.long_escape(&mut decoded)?;
            } else {
                decoded.push(c);
                self.position += c.len_utf8();
            }
        }
        Err(TomlError { offset: start, message: "a string without its end" })
    }

    /// Up to two more quotes belong to the string.
    fn close_long_string(&mut self, quotes: &str, mut decoded: String) -> String {
        self.position += 3;
        for _ in 0..2 {
            if self.next_if(&quotes[..1]) {
                decoded.push_str(&quotes[..1]);
            }
        }
        decoded
    }

    /// A backslash at a line's end takes away the blanks that follow.
    fn long_escape(&mut self, decoded: &mut String) -> Result<(), TomlError> {
        let after = &self.rest()[1..];
        if after.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            self.position += 1 + after.len() - after.trim_start().len();
        } else {
            decoded.push(self.escape()?);
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<char, TomlError> {
        let kind = self.text.as_bytes().get(self.position + 1).copied();
        let decoded = match kind {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'e') => '\x1b',
            Some(byte @ (b'"' | b'\\')) => char::from(byte),
            Some(b'x') => return self.hexadecimal(2),
            Some(b'u') => return self.hexadecimal(4),
            Some(b'U') => return self.hexadecimal(8),
            _ => return self.fail("not an escape of TOML"),
        };
        self.position += 2;
        Ok(decoded)
    }

    fn hexadecimal(&mut self, count: usize) -> Result<char, TomlError> {
        let digits = self.rest().get(2..2 + count).unwrap_or("");
        let digits = if digits.contains('+') { "" } else { digits };
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        match code {
            Some(decoded) => {
                self.position += 2 + count;
                Ok(decoded)
            }
            None => self.fail("not the code of a character"),
        }
    }

    /// A boolean, a number or a date.
    fn word(&mut self) -> Result<Value, TomlError> {
        let rest = self.rest();
        let length = rest.find([',', ']', '}', '#', '\n', '\r']).unwrap_or(rest.len());
        let word = rest[..length].trim_end();
        if word.is_empty() || !word.bytes().all(is_word) {
            return self.fail("expected a value");
        }
        self.position += word.len();
        Ok(match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => decimal::parse(word).map_or_else(|| Value::String(word.to_owned()), Value::Number),
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-_.: ".contains(&byte)
}

/// The table at a path, made where it is missing; of an array of tables, the
/// last one. `None` where something else has the name.
fn descend<'t>(root: &'t mut Table, path: &[String]) -> Option<&'t mut Table> {
    let mut table = root;
    for name in path {
        let next = table.entry(name.clone()).or_insert_with(|| Value::Object(Table::new()));
        table = match next {
            Value::Object(table) => table,
            Value::Array(tables) => match tables.last_mut()? {
                Value::Object(table) => table,
                _ => return None,
            },
            _ => return None,
        };
    }
    Some(table)
}

fn push_table(root: &mut Table, path: &[String]) -> Option<()> {
    let (name, parents) = path.split_last()?;
    let parent = descend(root, parents)?;
    match parent.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(tables) => tables.push(Value::Object(Table::new())),
        _ => return None,
    }
    Some(())
}
