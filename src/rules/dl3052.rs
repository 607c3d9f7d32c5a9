//! A label that should be a URL and is none (DL3052).
//!
//! Silent without a label schema in the settings. A URL has a scheme, and only the
//! characters of RFC 3986.
//!
//! ```dockerfile
//! LABEL url="example"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL url="https://example.com"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-url",
    aliases: &["DL3052"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        bad_values(analysis, |kind| kind == LabelKind::Url, is_url, "not a URL with a scheme")
    },
};

/// True for a URI with a scheme, by the grammar of RFC 3986.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    is_scheme(scheme)
        && is_authority(authority)
        && of_characters(path, ":@/")
        && [query, fragment].iter().all(|part| of_characters(part, ":@/?"))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.split_once('@').unwrap_or(("", text));
    let end = host.find(']').map_or(0, |bracket| bracket + 1);
    let (literal, rest) = host.split_at(end);
    let (name, port) = rest.split_once(':').unwrap_or((rest, ""));
    of_characters(user, ":")
        && port.chars().all(|c| c.is_ascii_digit())
        && match literal.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            Some(address) => name.is_empty() && is_address(address),
            None => literal.is_empty() && of_characters(name, ""),
        }
}

/// True for what may stand in brackets: an IPv6 address, maybe with a zone, or
/// an address of a version to come.
fn is_address(text: &str) -> bool {
    let (address, zone) = text.split_once("%25").unwrap_or((text, "zone"));
    let future = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let is_future = future.is_some_and(|(version, rest)| {
        !version.is_empty()
            && version.chars().all(|c| c.is_ascii_hexdigit())
            && !rest.is_empty()
            && of_characters(rest, ":")
    });
    is_future
        || address.parse::<std::net::Ipv6Addr>().is_ok()
            && !zone.is_empty()
            && of_characters(zone, "")
}

/// True for a text of characters that stand for themselves everywhere, of
/// escapes (`%20`) and of these.
fn of_characters(text: &str, more: &str) -> bool {
    let mut escapes = text.split('%').skip(1);
    escapes.all(|rest| rest.len() > 1 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit()))
        && text.chars().all(|c| {
            c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=%".contains(c) || more.contains(c)
        })
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
            "//a",
            "a b:c",
            "1a:b",
            "http://a b",
            "http://a:b/",
            "http://[::g]/",
            "http://é",
            "http://a/%4",
            "http://a/#b#c",
            "http://a@b@c",
            "x:\\$a",
        ];
        assert_eq!(refused(&RULE, LabelKind::Url, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good = [
            "http://a",
            "http://u:p@a.b:80/c/d?e=f#g",
            "mailto:a@b.c",
            "a:",
            "http://[::1]:80/",
            "http://[v1.a]",
            "x:/%41",
        ];
        assert!(refused(&RULE, LabelKind::Url, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
