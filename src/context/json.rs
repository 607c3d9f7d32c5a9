//! A small JSON reader: values without their places.

use crate::decimal;
use crate::sorted::Map;

/// Deepest nesting that is read; real manifests stay below 20.
pub const DEPTH_LIMIT: usize = 128;

/// A JSON value (TOML is read into the same shape).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string, decoded.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object; of a repeated key, the last value.
    Object(Map<String, Value>),
}

/// Why a text is not JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Byte offset into the text.
    pub offset: usize,
    /// What was expected.
    pub message: &'static str,
}

impl Value {
    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// A member of a member, and so on.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Map<String, Value>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// True for `true`.
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// The strings of an array.
    pub fn strings(&self) -> impl Iterator<Item = &str> {
        self.as_array().unwrap_or_default().iter().filter_map(Self::as_str)
    }

    /// The members of an object whose values are strings.
    pub fn string_map(&self) -> Map<String, String> {
        let members = self.as_object().into_iter().flatten();
        members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }
}

/// Reads a JSON text.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, position: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let value = reader.value(0)?;
    reader.blank();
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.fail("expected the end of the file"),
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, JsonError> {
        Err(JsonError { offset: self.position, message })
    }

    fn next_if(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.blank();
        if depth >= DEPTH_LIMIT {
            return self.fail("nested more than 128 levels deep");
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.position += 1;
        let mut members = Map::new();
        if self.next_if(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return self.fail("expected a key in double quotes");
            }
            let key = self.string()?;
            if !self.next_if(b':') {
                return self.fail("expected `:` after the key");
            }
            members.insert(key, self.value(depth + 1)?);
            if self.next_if(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.next_if(b',') {
                return self.fail("expected `,` or `}`");
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.position += 1;
        let mut elements = Vec::new();
        if self.next_if(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.next_if(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.next_if(b',') {
                return self.fail("expected `,` or `]`");
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.position;
        self.position += 1;
        let mut decoded = String::new();
        loop {
            let plain = self.plain();
            decoded.push_str(plain);
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(decoded);
                }
                Some(b'\\') => decoded.push(self.escape()?),
                Some(_) => return self.fail("a control character inside a string"),
                None => {
                    return Err(JsonError { offset: start, message: "a string without its end" });
                }
            }
        }
    }

    /// The text up to a quote, a backslash or a control character.
    fn plain(&mut self) -> &'a str {
        let start = self.position;
        let rest = &self.text[start..];
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let length = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
        self.position += length;
        &self.text[start..start + length]
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let decoded = match self.text.as_bytes().get(self.position + 1) {
            Some(b'u') => return self.unicode_escape(),
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            _ => return self.fail("not an escape of JSON"),
        };
        self.position += 2;
        Ok(decoded)
    }

    /// `\uXXXX`, two of them for a character outside the basic plane.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let Some(high) = self.unit() else {
            return self.fail("expected four hexadecimal digits after `\\u`");
        };
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let before = self.position;
        match self.unit().filter(|low| (0xdc00..0xe000).contains(low)) {
            Some(low) => {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            None => {
                self.position = before;
                Ok(char::REPLACEMENT_CHARACTER)
            }
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.position..)?.strip_prefix("\\u")?.get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.position += 6;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let rest = &self.text[self.position..];
        let part = |b: u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|b| !part(b)).unwrap_or(rest.len());
        match decimal::parse(&rest[..length]) {
            Some(number) => {
                self.position += length;
                Ok(Value::Number(number))
            }
            None => self.fail("not a number"),
        }
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        let words =
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        for (word, value) in words {
            if self.text[self.position..].starts_with(word) {
                self.position += word.len();
                return Ok(value);
            }
        }
        self.fail("expected a value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_values() {
        let value =
            parse("{\"a\": [1, -2.5e3, true, null], \"b\": {\"c\": \"\\u00e4\\ud83d\\ude00\\n\"}}");
        let value = value.expect("valid");
        assert_eq!(value.at(&["b", "c"]).and_then(Value::as_str), Some("ä😀\n"));
        assert_eq!(
            value.get("a").and_then(Value::as_array),
            Some(&[Value::Number(1.0), Value::Number(-2500.0), Value::Bool(true), Value::Null][..])
        );
    }

    #[test]
    fn tells_where_it_breaks() {
        for (text, offset) in [
            ("", 0),
            ("{\"a\": 1,}", 8),
            ("[1 2]", 3),
            ("{\"a\" 1}", 5),
            ("\"abc", 0),
            ("[1] x", 4),
            ("\"\\x\"", 1),
            ("-", 0),
        ] {
            assert_eq!(parse(text).map_err(|e| e.offset), Err(offset), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).is_err());
        let fine = format!("{}{}", "[".repeat(DEPTH_LIMIT), "]".repeat(DEPTH_LIMIT));
        assert!(parse(&fine).is_ok());
    }
}
