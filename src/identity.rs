//! Content identity: what a piece of content was made by and made from.
//!
//! Equal identities mean equal content; change one input, and exactly the
//! identities derived from it change. Identities live within one process run
//! and are never stored.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The identity of some content, or of a step's result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(u64);

impl Identity {
    /// The identity of what is made from `ingredients`, in their order.
    pub fn of(ingredients: impl Hash) -> Self {
        // DefaultHasher::new has fixed keys: the same in every run.
        let mut hasher = DefaultHasher::new();
        ingredients.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// The identity of many ingredients, in their order.
    pub fn of_all<T: Hash>(ingredients: impl IntoIterator<Item = T>) -> Self {
        let mut hasher = DefaultHasher::new();
        for ingredient in ingredients {
            ingredient.hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}
