//! A label that should be an e-mail address and is none (DL3058).
//!
//! Silent without a label schema in the settings. An address is one by RFC 5322,
//! without a name before it.
//!
//! ```dockerfile
//! LABEL contact="me"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL contact="me@example.com"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-email",
    aliases: &["DL3058"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        bad_values(analysis, |kind| kind == LabelKind::Email, is_address, "not an e-mail address")
    },
};

/// True for an address by RFC 5322, with a domain of letters, digits and
/// hyphens, or anything in brackets.
fn is_address(text: &str) -> bool {
    let Some((local, rest)) = dotted(text) else { return false };
    let Some(rest) = rest.strip_prefix('@') else { return false };
    local.len() <= 64 && (is_literal(rest) || is_domain(rest))
}

fn is_domain(text: &str) -> bool {
    let Some((domain, rest)) = dotted(text) else { return false };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    matches!(rest, "" | ".") && domain.len() < 254 && domain.split('.').all(is_label)
}

/// True for `[…]` with printable characters and blanks in it.
fn is_literal(text: &str) -> bool {
    let inner = comments(text).strip_prefix('[').and_then(|text| text.split_once(']'));
    inner.is_some_and(|(inner, rest)| {
        let allowed = |c: char| c == ' ' || c == '\t' || c.is_ascii_graphic() && !"[\\".contains(c);
        inner.chars().all(allowed) && comments(rest).is_empty()
    })
}

/// The words with dots between them that a text begins with, without comments
/// and blanks, and what follows; `None` if it begins with no word.
fn dotted(text: &str) -> Option<(String, &str)> {
    let mut words = String::new();
    let mut rest = text;
    loop {
        let (word, after) = word(comments(rest))?;
        words.push_str(word);
        rest = comments(after);
        // A dot that no word follows is left for the caller.
        match rest.strip_prefix('.') {
            Some(after) if word_follows(after) => rest = after,
            _ => return Some((words, rest)),
        }
        words.push('.');
    }
}

fn word_follows(text: &str) -> bool {
    word(comments(text)).is_some()
}

/// The atom or the quoted string that a text begins with, and the rest.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = match text.strip_prefix('"') {
        Some(inner) => 1 + closing_quote(inner)? + 1,
        None => {
            let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
            text.find(|c| !atom(c)).unwrap_or(text.len())
        }
    };
    (end > 0).then(|| text.split_at(end))
}

/// Where the quote is that closes a string of ASCII.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if !c.is_ascii() => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// What follows the blanks and `(comments)` that a text begins with.
fn comments(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if depth > 0 => escaped = true,
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ' ' | '\t' => {}
            _ if depth > 0 && c.is_ascii() => {}
            _ => return &text[at..],
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::super::labels::{lines, refused};
    use super::RULE;
    use crate::report::LabelKind;

    #[test]
    fn fires() {
        let bad = [
            "",
            "a",
            "a@",
            "@a",
            "a..b@c.d",
            ".a@b.c",
            "a b@c.d",
            "a@b_c.d",
            "a@-b.c",
            "a@b..c",
            "A <a@b.c>",
            "é@b.c",
            "a@b@c",
        ];
        assert_eq!(refused(&RULE, LabelKind::Email, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good =
            ["a@b.c", "a.b+c@d", "a@b.c.", "a@[1.2.3.4]", "(x)a @ b.c(d)", "\\\"a b\\\"@c.d"];
        assert!(refused(&RULE, LabelKind::Email, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
