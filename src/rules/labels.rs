//! What the rules of a label schema share (DL3049 to DL3058).

use std::borrow::Cow;

use crate::analysis::Analysis;
use crate::report::LabelKind;
use crate::syntax::{Body, Instruction, KeyValue, Span};

/// The labels of a LABEL instruction, key and value; none for others.
pub fn labels<'a>(
    analysis: &'a Analysis<'_>,
    instruction: &'a Instruction,
) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
    let pairs = match &instruction.body {
        Body::Label(pairs) => pairs.as_slice(),
        _ => &[],
    };
    pairs.iter().map(|pair| (decoded(&pair.key.text), value(analysis, pair)))
}

/// The labels of that kind whose value `is_good` is not true for: where they
/// are, and that they are not what they should be. Nothing without a schema.
pub fn bad_values(
    analysis: &Analysis<'_>,
    of_kind: impl Fn(LabelKind) -> bool,
    is_good: impl Fn(&str) -> bool,
    what_it_is: &str,
) -> Vec<(Span, String)> {
    let schema = &analysis.project.settings.rules.label_schema;
    if schema.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for instruction in &analysis.dockerfile.instructions {
        for (key, value) in labels(analysis, instruction) {
            if schema.get(&*key).is_some_and(|kind| of_kind(*kind)) && !is_good(&value) {
                found.push((instruction.span, format!("Label {key} is {what_it_is}")));
            }
        }
    }
    found
}

/// A value; one that no `=` is before is as it is written.
fn value<'a>(analysis: &Analysis<'_>, pair: &'a KeyValue) -> Cow<'a, str> {
    let between = Span { start: pair.key.span.end, end: pair.value.span.start };
    match between.start <= between.end && analysis.dockerfile.text(between).contains('=') {
        true => decoded(&pair.value.text),
        false => Cow::Borrowed(&pair.value.text),
    }
}

/// A text without its quotes, and without the backslashes before quotes and
/// blanks.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\'', '\\']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::new();
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escapable = |next: char| match quote {
            Some(quote) => next == quote,
            None => next == ' ' || next == '\t',
        };
        match c {
            '\\' => plain.push(chars.next_if(|next| escapable(*next)).unwrap_or(c)),
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// The lines where a rule fires when the schema has a label `l` of that kind.
#[cfg(test)]
pub fn lines(rule: &super::Rule, kind: LabelKind, strict: bool, dockerfile: &str) -> Vec<u32> {
    let mut project =
        crate::Project { dockerfile: dockerfile.to_owned(), ..crate::Project::default() };
    project.settings.rules.label_schema.insert("l".to_owned(), kind);
    project.settings.rules.strict_labels = strict;
    super::shell_calls::lines_in(rule, &project)
}

/// Of these values of a label of that kind, those that a rule fires on.
#[cfg(test)]
pub fn refused<'v>(rule: &super::Rule, kind: LabelKind, values: &[&'v str]) -> Vec<&'v str> {
    let fires =
        |value: &&&str| !lines(rule, kind, false, &format!("LABEL l=\"{value}\"")).is_empty();
    values.iter().filter(fires).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn takes_quotes_and_escapes_away() {
        assert_eq!(decoded("a"), "a");
        assert_eq!(decoded("\"a b\"'c'd"), "a bcd");
        assert_eq!(decoded("\"a\\\"b\\c\""), "a\"b\\c");
        assert_eq!(decoded("a\\ b"), "a b");
    }
}
