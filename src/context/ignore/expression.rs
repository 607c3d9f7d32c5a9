//! The part of Go's regular expressions that patternmatcher's translation can
//! give, matched in time proportional to expression and path.

use std::str::Chars;

/// A regular expression that Go would not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadExpression;

/// A compiled expression, anchored at both ends.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    items: Vec<Item>,
    guard: Guard,
}

#[derive(Debug, Clone)]
enum Item {
    /// One character of the set.
    One(Set),
    /// Any number of characters of the set.
    Many(Set),
    /// Before [`Item::Folders`]: the way around it.
    Optional,
    /// Any text up to and with a slash.
    Folders,
    /// No character, but a condition.
    Assert(Assertion),
}

#[derive(Debug, Clone, Copy)]
enum Assertion {
    Start,
    End,
    WordBoundary(bool),
}

#[derive(Debug, Clone)]
enum Set {
    Char(char),
    /// `.`: all but a newline.
    Any,
    Class {
        negated: bool,
        members: Vec<Member>,
    },
}

#[derive(Debug, Clone)]
enum Member {
    Range(char, char),
    /// A named class, and whether it has to hold.
    Named(fn(char) -> bool, bool),
}

/// Literal text that every match has: most paths fail here, cheaply.
#[derive(Debug, Clone, Default)]
struct Guard {
    prefix: String,
    suffix: String,
    /// In this order, one behind the other.
    inside: Vec<String>,
    /// Characters that the expression takes at the least.
    length: usize,
}

impl Expression {
    /// Reads an expression without its anchors.
    pub(super) fn parse(text: &str) -> Result<Self, BadExpression> {
        let mut reader = Reader { rest: text.chars() };
        let mut items = Vec::new();
        while let Some(c) = reader.rest.next() {
            reader.item(c, &mut items)?;
        }
        let guard = Guard::new(&items);
        Ok(Self { items, guard })
    }

    /// True when the whole path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.guard.admits(path) && self.run(path)
    }

    /// All ways through the items at once, one character after another.
    fn run(&self, path: &str) -> bool {
        let mut now = vec![false; self.items.len() + 1];
        let mut next = now.clone();
        now[0] = true;
        let mut before = None;
        for c in path.chars() {
            self.pass_empty(&mut now, before, Some(c));
            if !self.step(&now, &mut next, c) {
                return false;
            }
            std::mem::swap(&mut now, &mut next);
            before = Some(c);
        }
        self.pass_empty(&mut now, before, None);
        now[self.items.len()]
    }

    fn pass_empty(&self, now: &mut [bool], before: Option<char>, after: Option<char>) {
        for (i, item) in self.items.iter().enumerate() {
            if !now[i] {
                continue;
            }
            match item {
                Item::Many(_) => now[i + 1] = true,
                Item::Optional => {
                    now[i + 1] = true;
                    now[i + 2] = true;
                }
                Item::Assert(assertion) => now[i + 1] |= assertion.holds(before, after),
                Item::One(_) | Item::Folders => {}
            }
        }
    }

    /// Takes one character; false when no way is left.
    fn step(&self, now: &[bool], next: &mut [bool], c: char) -> bool {
        next.fill(false);
        let mut alive = false;
        for (i, item) in self.items.iter().enumerate() {
            if !now[i] {
                continue;
            }
            let (stay, go) = match item {
                Item::One(set) => (false, set.has(c)),
                Item::Many(set) => (set.has(c), false),
                Item::Folders => (c != '\n', c == '/'),
                Item::Optional | Item::Assert(_) => (false, false),
            };
            next[i] |= stay;
            next[i + 1] |= go;
            alive |= stay || go;
        }
        alive
    }
}

impl Assertion {
    fn holds(self, before: Option<char>, after: Option<char>) -> bool {
        match self {
            Self::Start => before.is_none(),
            Self::End => after.is_none(),
            Self::WordBoundary(wanted) => {
                (before.is_some_and(is_word) != after.is_some_and(is_word)) == wanted
            }
        }
    }
}

impl Set {
    fn has(&self, c: char) -> bool {
        match self {
            Self::Char(expected) => *expected == c,
            Self::Any => c != '\n',
            Self::Class { negated, members } => members.iter().any(|m| m.has(c)) != *negated,
        }
    }
}

impl Member {
    fn has(&self, c: char) -> bool {
        match self {
            Self::Range(low, high) => (*low..=*high).contains(&c),
            Self::Named(class, expected) => class(c) == *expected,
        }
    }
}

impl Guard {
    fn new(items: &[Item]) -> Self {
        let mut guard = Self::default();
        let mut literal = String::new();
        let mut at_start = true;
        for item in items {
            if let Item::One(Set::Char(c)) = item {
                literal.push(*c);
                continue;
            }
            guard.add(std::mem::take(&mut literal), at_start);
            at_start = false;
        }
        guard.suffix = literal;
        guard.length = items.iter().filter(|item| matches!(item, Item::One(_))).count();
        guard
    }

    fn add(&mut self, literal: String, at_start: bool) {
        if at_start {
            self.prefix = literal;
        } else if !literal.is_empty() {
            self.inside.push(literal);
        }
    }

    fn admits(&self, path: &str) -> bool {
        // A character takes a byte or more.
        if path.len() < self.length || !path.ends_with(&self.suffix) {
            return false;
        }
        let Some(mut rest) = path.strip_prefix(&*self.prefix) else { return false };
        self.inside.iter().all(|literal| {
            let found = rest.split_once(&**literal);
            rest = found.map_or("", |(_, after)| after);
            found.is_some()
        })
    }
}

struct Reader<'a> {
    rest: Chars<'a>,
}

impl Reader<'_> {
    fn item(&mut self, c: char, items: &mut Vec<Item>) -> Result<(), BadExpression> {
        let set = match c {
            '^' => return self.assert(Assertion::Start, items),
            '(' => {
                // The translation knows one group only.
                self.rest = self.rest.as_str().strip_prefix(".*/)?").ok_or(BadExpression)?.chars();
                // Two of them in a row take no more than one.
                if !matches!(items.last(), Some(Item::Folders)) {
                    items.extend([Item::Optional, Item::Folders]);
                }
                return Ok(());
            }
            '.' => Set::Any,
            '[' => self.class()?,
            '\\' => match self.escape()? {
                Escape::Assertion(assertion) => return self.assert(assertion, items),
                Escape::Char(c) => Set::Char(c),
                Escape::Named(member) => Set::Class { negated: false, members: vec![member] },
            },
            other => Set::Char(other),
        };
        items.push(if self.next_if('*') { Item::Many(set) } else { Item::One(set) });
        Ok(())
    }

    fn assert(&self, assertion: Assertion, items: &mut Vec<Item>) -> Result<(), BadExpression> {
        items.push(Item::Assert(assertion));
        Ok(())
    }

    /// Reads a class after its `[`.
    fn class(&mut self) -> Result<Set, BadExpression> {
        let negated = self.next_if('^');
        let mut members = Vec::new();
        while members.is_empty() || !self.next_if(']') {
            let member = self.member()?;
            members.push(member);
        }
        Ok(Set::Class { negated, members })
    }

    fn member(&mut self) -> Result<Member, BadExpression> {
        if let Some(named) = self.posix_class()? {
            return Ok(named);
        }
        let low = match self.class_char()? {
            Escape::Char(c) => c,
            Escape::Named(member) => return Ok(member),
            Escape::Assertion(_) => return Err(BadExpression),
        };
        let text = self.rest.as_str();
        if !text.starts_with('-') || text.starts_with("-]") {
            return Ok(Member::Range(low, low));
        }
        self.rest.next();
        match self.class_char()? {
            Escape::Char(high) if low <= high => Ok(Member::Range(low, high)),
            _ => Err(BadExpression),
        }
    }

    fn class_char(&mut self) -> Result<Escape, BadExpression> {
        match self.rest.next().ok_or(BadExpression)? {
            '\\' => self.escape(),
            c => Ok(Escape::Char(c)),
        }
    }

    /// `[:name:]` inside a class.
    fn posix_class(&mut self) -> Result<Option<Member>, BadExpression> {
        let Some(text) = self.rest.as_str().strip_prefix("[:") else { return Ok(None) };
        let Some((name, after)) = text.split_once(":]") else { return Ok(None) };
        let (expected, name) = match name.strip_prefix('^') {
            Some(name) => (false, name),
            None => (true, name),
        };
        let class = posix(name).ok_or(BadExpression)?;
        self.rest = after.chars();
        Ok(Some(Member::Named(class, expected)))
    }

    /// Reads an escape after its backslash.
    fn escape(&mut self) -> Result<Escape, BadExpression> {
        let c = self.rest.next().ok_or(BadExpression)?;
        Ok(match c {
            'd' => Escape::Named(Member::Named(|c| c.is_ascii_digit(), true)),
            'D' => Escape::Named(Member::Named(|c| c.is_ascii_digit(), false)),
            's' => Escape::Named(Member::Named(is_blank, true)),
            'S' => Escape::Named(Member::Named(is_blank, false)),
            'w' => Escape::Named(Member::Named(is_word, true)),
            'W' => Escape::Named(Member::Named(is_word, false)),
            'A' => Escape::Assertion(Assertion::Start),
            'z' => Escape::Assertion(Assertion::End),
            'b' => Escape::Assertion(Assertion::WordBoundary(true)),
            'B' => Escape::Assertion(Assertion::WordBoundary(false)),
            'a' => Escape::Char('\x07'),
            'f' => Escape::Char('\x0c'),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            't' => Escape::Char('\t'),
            'v' => Escape::Char('\x0b'),
            'x' => Escape::Char(self.hexadecimal()?),
            '0'..='7' => Escape::Char(self.octal(c)?),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Escape::Char(c),
            _ => return Err(BadExpression),
        })
    }

    /// Two digits; `\x{…}` cannot come, for the translation escapes the brace.
    fn hexadecimal(&mut self) -> Result<char, BadExpression> {
        let digits = self.rest.as_str().get(..2).ok_or(BadExpression)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadExpression);
        }
        let value = u8::from_str_radix(digits, 16).map_err(|_| BadExpression)?;
        self.rest = self.rest.as_str()[2..].chars();
        Ok(char::from(value))
    }

    /// Up to three digits; a single one except 0 would refer back to a group.
    fn octal(&mut self, first: char) -> Result<char, BadExpression> {
        let mut value = first.to_digit(8).ok_or(BadExpression)?;
        let mut count = 1;
        while count < 3
            && let Some(digit) = self.rest.clone().next().and_then(|c| c.to_digit(8))
        {
            value = value * 8 + digit;
            count += 1;
            self.rest.next();
        }
        if count == 1 && first != '0' {
            return Err(BadExpression);
        }
        char::from_u32(value).ok_or(BadExpression)
    }

    fn next_if(&mut self, expected: char) -> bool {
        let found = self.rest.clone().next() == Some(expected);
        if found {
            self.rest.next();
        }
        found
    }
}

enum Escape {
    Char(char),
    Named(Member),
    Assertion(Assertion),
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

fn posix(name: &str) -> Option<fn(char) -> bool> {
    Some(match name {
        "alnum" => |c| c.is_ascii_alphanumeric(),
        "alpha" => |c| c.is_ascii_alphabetic(),
        "ascii" => |c| c.is_ascii(),
        "blank" => |c| matches!(c, '\t' | ' '),
        "cntrl" => |c| c.is_ascii_control(),
        "digit" => |c| c.is_ascii_digit(),
        "graph" => |c| c.is_ascii_graphic(),
        "lower" => |c| c.is_ascii_lowercase(),
        "print" => |c| matches!(c, ' '..='~'),
        "punct" => |c| c.is_ascii_punctuation(),
        "space" => |c| is_blank(c) || c == '\x0b',
        "upper" => |c| c.is_ascii_uppercase(),
        "word" => is_word,
        "xdigit" => |c| c.is_ascii_hexdigit(),
        _ => return None,
    })
}
