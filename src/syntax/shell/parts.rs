//! The parts of a word.

use std::ops::Deref;

use super::WordPart;

/// The parts of a word in order; neighbours of one kind are one. Most words are
/// one part, which is kept in the word itself: scripts have many words.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts {
    /// One.
    One(WordPart),
    /// None, or several.
    Many(Vec<WordPart>),
}

impl Default for Parts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Deref for Parts {
    type Target = [WordPart];

    fn deref(&self) -> &[WordPart] {
        match self {
            Self::One(part) => std::slice::from_ref(part),
            Self::Many(parts) => parts,
        }
    }
}

impl Parts {
    pub(super) fn push(&mut self, part: WordPart) {
        *self = match std::mem::take(self) {
            Self::Many(parts) if parts.is_empty() => Self::One(part),
            Self::Many(mut parts) => {
                parts.push(part);
                Self::Many(parts)
            }
            Self::One(first) => Self::Many(vec![first, part]),
        };
    }

    pub(super) fn literal(&mut self, text: &str) {
        match self.last_mut() {
            Some(WordPart::Literal(last)) => last.push_str(text),
            _ => self.push(WordPart::Literal(text.to_owned())),
        }
    }

    pub(super) fn quoted(&mut self, text: &str) {
        match self.last_mut() {
            Some(WordPart::Quoted(last)) => last.push_str(text),
            _ => self.push(WordPart::Quoted(text.to_owned())),
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        other.into_vec().into_iter().for_each(|part| self.push(part));
    }

    pub(super) fn into_vec(self) -> Vec<WordPart> {
        match self {
            Self::One(part) => vec![part],
            Self::Many(parts) => parts,
        }
    }

    fn last_mut(&mut self) -> Option<&mut WordPart> {
        match self {
            Self::One(part) => Some(part),
            Self::Many(parts) => parts.last_mut(),
        }
    }
}
