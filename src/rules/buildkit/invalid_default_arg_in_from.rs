//! Without `--build-arg` the image's name is empty or none: a plain `docker
//! build` fails.
//!
//! ```dockerfile
//! ARG VERSION
//! FROM debian:$VERSION
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ARG VERSION=12
//! FROM debian:$VERSION
//! ```

use super::{expansion, image, stages};
use crate::graph::{Request, globals};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::sorted::Map;

/// The rule.
pub const RULE: Rule = Rule {
    id: "invalid-default-arg-in-from",
    aliases: &["InvalidDefaultArgInFrom"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let no_arguments = Map::new();
        let request =
            Request { build_args: &no_arguments, target: analysis.project.target.as_deref() };
        let values = globals(&analysis.dockerfile, request);
        stages(analysis)
            .iter()
            .map(|stage| &analysis.dockerfile.instructions[stage.instruction])
            .filter_map(|from| {
                let word = image(from)?;
                let name = expansion(analysis, word, &values)?.text;
                let message = format!(
                    "Default value for ARG {} results in empty or invalid base image name",
                    word.text
                );
                (!is_reference(&name)).then_some((from.span, message))
            })
            .collect()
    },
};

/// True for `[domain/]path[:tag][@digest]` in the grammar of image names.
/// Source: distribution/reference, ParseNormalizedNamed.
fn is_reference(text: &str) -> bool {
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if text.len() == 64 && text.chars().all(hex) {
        return false;
    }
    let (text, digest) = cut(text, text.find('@'));
    let slash = text.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = cut(text, text[slash..].find(':').map(|colon| slash + colon));
    let (domain, path) = match name.split_once('/') {
        Some((first, rest)) if is_domain_part(first) => (Some(first), rest),
        _ => (None, name),
    };
    domain.is_none_or(is_domain)
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

/// The text before a separator and the text behind it.
fn cut(text: &str, separator: Option<usize>) -> (&str, Option<&str>) {
    separator.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}

fn is_domain_part(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost" || text != text.to_ascii_lowercase()
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.starts_with('[') {
        true => return text.contains(']'),
        false => cut(text, text.find(':')),
    };
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        label.chars().all(inner) && !label.is_empty() && label.trim_matches('-') == label
    };
    let is_port = |port: &str| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
    host.split('.').all(is_label) && port.is_none_or(is_port)
}

/// Lower-case words joined by `.`, `_`, `__` or dashes.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = text.split(word).filter(|separator| !separator.is_empty());
    let is_separator = |separator: &str| {
        matches!(separator, "." | "_" | "__") || separator.chars().all(|c| c == '-')
    };
    text.starts_with(word) && text.ends_with(word) && separators.into_iter().all(is_separator)
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(word)
        && text.len() <= 128
        && text.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, sum)) = text.split_once(':') else { return false };
    algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
        && sum.len() >= 32
        && sum.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("InvalidDefaultArgInFrom", "ARG TAG\nFROM a:$TAG\n"),
            ["2: Default value for ARG a:$TAG results in empty or invalid base image name"]
        );
        assert_eq!(
            found("InvalidDefaultArgInFrom", "ARG V\nFROM a${V}_\n"),
            ["2: Default value for ARG a${V}_ results in empty or invalid base image name"]
        );
        assert!(
            found("InvalidDefaultArgInFrom", "ARG TAG=1\nFROM localhost:5000/a/b-c__d:$TAG\n")
                .is_empty()
        );
        assert!(found("InvalidDefaultArgInFrom", "FROM a.b/c:1@sha256:0000000000000000000000000000000000000000000000000000000000000000\n").is_empty());
    }
}
