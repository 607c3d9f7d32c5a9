//! Edits of the Dockerfile's text.

use crate::syntax::Span;

/// Replace a span by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl Edit {
    /// Replaces a span.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Inserts at a byte offset.
    pub fn insert(offset: u32, text: impl Into<String>) -> Self {
        Self { span: Span { start: offset, end: offset }, text: text.into() }
    }
}

/// The source after all edits. Edits that overlap an earlier one are left out.
pub fn apply(source: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut result = String::with_capacity(source.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start >= done && source.get(range.clone()).is_some() {
            result.push_str(&source[done..range.start]);
            result.push_str(&edit.text);
            done = range.end;
        }
    }
    result.push_str(&source[done..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_order_of_place() {
        let edits = [Edit::insert(5, "!"), Edit::replace(Span { start: 0, end: 1 }, "J")];
        assert_eq!(apply("hello", &edits), "Jello!");
    }

    #[test]
    fn an_overlapping_edit_is_left_out() {
        let edits = [
            Edit::replace(Span { start: 0, end: 3 }, "a"),
            Edit::replace(Span { start: 2, end: 4 }, "b"),
        ];
        assert_eq!(apply("01234", &edits), "a34");
    }
}
