//! Maps and sets that keep their keys sorted.
//!
//! The standard library's are compiled again, some 6 KB of WebAssembly, for every
//! pair of a key and a value. Of these the keys are compiled once for each sort of
//! key and the values once for each sort of value.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many items lie in one piece at most: few enough to move when one is put
/// before them.
const MOST: usize = 256;

/// Where an item lies or would lie: the piece, and the place in it.
#[derive(Clone, Copy)]
struct Place {
    piece: usize,
    item: usize,
}

/// A long list in pieces, none of them empty, so that an item is put in at any
/// place without moving all behind it.
#[derive(Debug, Clone)]
struct Pieces<T>(Vec<Vec<T>>);

impl<T> Pieces<T> {
    const fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts an item in; gives back where it lies then.
    fn insert(&mut self, Place { piece, item }: Place, new: T) -> Place {
        if self.0.is_empty() {
            self.0.push(Vec::new());
        }
        let items = &mut self.0[piece];
        items.insert(item, new);
        if items.len() <= MOST {
            return Place { piece, item };
        }
        // What comes in order leaves its pieces full.
        let kept = if item < MOST { MOST / 2 } else { MOST };
        let rest = items.split_off(kept);
        self.0.insert(piece + 1, rest);
        match item.checked_sub(kept) {
            Some(item) => Place { piece: piece + 1, item },
            None => Place { piece, item },
        }
    }

    fn remove(&mut self, place: Place) -> T {
        let item = self.0[place.piece].remove(place.item);
        if self.0[place.piece].is_empty() {
            self.0.remove(place.piece);
        }
        item
    }

    fn iter(&self) -> Iter<'_, T> {
        Iter { piece: [].iter(), rest: &self.0 }
    }

    fn iter_from(&self, place: Place) -> Iter<'_, T> {
        match self.0.get(place.piece..) {
            Some([piece, rest @ ..]) => Iter { piece: piece[place.item..].iter(), rest },
            _ => Iter { piece: [].iter(), rest: &[] },
        }
    }

    fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

/// The items of a set, or the values of a map, in the order of its keys.
#[derive(Debug)]
pub struct Iter<'p, T> {
    piece: std::slice::Iter<'p, T>,
    rest: &'p [Vec<T>],
}

impl<'p, T> Iterator for Iter<'p, T> {
    type Item = &'p T;

    fn next(&mut self) -> Option<&'p T> {
        if self.piece.len() == 0 {
            let (piece, rest) = self.rest.split_first()?;
            self.piece = piece.iter();
            self.rest = rest;
        }
        self.piece.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.piece.len(), None)
    }
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self { piece: self.piece.clone(), rest: self.rest }
    }
}

/// A sorted set.
#[derive(Debug, Clone)]
pub struct Set<K>(Pieces<K>);

impl<K> Set<K> {
    /// An empty set.
    pub const fn new() -> Self {
        Self(Pieces::new())
    }

    /// How many it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> Iter<'_, K> {
        self.0.iter()
    }
}

impl<K: Ord> Set<K> {
    /// Where a key lies, or else where it belongs.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        let pieces = &self.0.0;
        let ends_before = |one: &Vec<K>| one.last().is_some_and(|last| last.borrow() < key);
        // What is behind all goes to the end of the last piece.
        let piece = pieces.partition_point(ends_before).min(pieces.len().saturating_sub(1));
        let items = pieces.get(piece).map_or(&[][..], Vec::as_slice);
        let found = items.binary_search_by(|one| one.borrow().cmp(key));
        let place = |item| Place { piece, item };
        found.map(place).map_err(place)
    }

    /// True when it holds a key.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Puts a key in; true when it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        let place = self.place(&key);
        if let Err(place) = place {
            self.0.insert(place, key);
        }
        place.is_err()
    }

    /// Takes a key out; true when it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok_and(|place| {
            self.0.remove(place);
            true
        })
    }
}

/// A sorted map. Its keys and its values lie in pieces of the same lengths.
#[derive(Debug, Clone)]
pub struct Map<K, V> {
    keys: Set<K>,
    values: Pieces<V>,
}

impl<K, V> Map<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self { keys: Set::new(), values: Pieces::new() }
    }

    /// How many keys it holds.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys, in order.
    pub fn keys(&self) -> Iter<'_, K> {
        self.keys.iter()
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> Iter<'_, V> {
        self.values.iter()
    }

    /// The values, in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.0.iter_mut().flatten()
    }

    /// The values alone, in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.values.0.into_iter().flatten()
    }

    /// The keys with their values, in order.
    pub fn iter(&self) -> Pairs<'_, K, V> {
        self.keys().zip(self.values())
    }
}

/// The keys of a map with their values.
pub type Pairs<'m, K, V> = std::iter::Zip<Iter<'m, K>, Iter<'m, V>>;

impl<K: Ord, V> Map<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.keys.place(key).ok()?;
        Some(&self.values.0[place.piece][place.item])
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.keys.place(key).ok()?;
        Some(&mut self.values.0[place.piece][place.item])
    }

    /// A key as the map holds it, with its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let Place { piece, item } = self.keys.place(key).ok()?;
        Some((&self.keys.0.0[piece][item], &self.values.0[piece][item]))
    }

    /// True when it holds a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.contains(key)
    }

    /// The keys that are no less than one, with their values, in order.
    pub fn iter_from<Q: Ord + ?Sized>(&self, key: &Q) -> Pairs<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (Ok(place) | Err(place)) = self.keys.place(key);
        self.keys.0.iter_from(place).zip(self.values.iter_from(place))
    }

    /// The value of the greatest key that is less than one.
    pub fn last_before<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (Ok(place) | Err(place)) = self.keys.place(key);
        let before = self.values.0.get(place.piece).and_then(|piece| piece[..place.item].last());
        before.or_else(|| self.values.0[..place.piece].last()?.last())
    }

    /// Gives a key a value; gives back the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.keys.place(&key) {
            Ok(Place { piece, item }) => {
                Some(std::mem::replace(&mut self.values.0[piece][item], value))
            }
            Err(place) => {
                self.keys.0.insert(place, key);
                self.values.insert(place, value);
                None
            }
        }
    }

    /// Takes a key out; gives back its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.keys.place(key).ok()?;
        self.keys.0.remove(place);
        Some(self.values.remove(place))
    }

    /// The value of a key, for giving it one where it has none.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }
}

/// A key of a map, there or not.
#[derive(Debug)]
pub struct Entry<'m, K, V> {
    map: &'m mut Map<K, V>,
    key: K,
}

impl<'m, K: Ord, V> Entry<'m, K, V> {
    /// The value, by default what `make` makes.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'m mut V {
        let Self { map, key } = self;
        let Place { piece, item } = map.keys.place(&key).unwrap_or_else(|place| {
            map.keys.0.insert(place, key);
            map.values.insert(place, make())
        });
        &mut map.values.0[piece][item]
    }

    /// The value, by default `value`.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// The value, by default its type's.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: PartialEq> PartialEq for Set<K> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq> Eq for Set<K> {}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: Ord> Extend<K> for Set<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::new();
        set.extend(keys);
        set
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

impl<K: Ord, const N: usize> From<[K; N]> for Set<K> {
    fn from(keys: [K; N]) -> Self {
        keys.into_iter().collect()
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

/// What pieces held.
type Owned<T> = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

impl<K> IntoIterator for Set<K> {
    type Item = K;
    type IntoIter = Owned<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.0.into_iter().flatten()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Zip<Owned<K>, Owned<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter().zip(self.values.0.into_iter().flatten())
    }
}

impl<'s, K> IntoIterator for &'s Set<K> {
    type Item = &'s K;
    type IntoIter = Iter<'s, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Pairs<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Borrow<Q> + Ord, Q: Ord + ?Sized, V> Index<&Q> for Map<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the map holds the key")
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Map<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<K, V>(PhantomData<(K, V)>);

        impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Pairs<K, V> {
            type Value = Map<K, V>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Map<K, V>, A::Error> {
                let mut map = Map::new();
                while let Some((key, value)) = pairs.next_entry()? {
                    map.insert(key, value);
                }
                Ok(map)
            }
        }

        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn does_what_the_standard_librarys_map_does(
            steps in vec((0..4_u8, 0..2_000_u32), 0..3_000),
        ) {
            let (mut map, mut model) = (Map::new(), BTreeMap::new());
            for (step, (operation, key)) in steps.into_iter().enumerate() {
                match operation {
                    0 | 1 => prop_assert_eq!(map.insert(key, step), model.insert(key, step)),
                    2 => prop_assert_eq!(map.entry(key).or_insert(step), model.entry(key).or_insert(step)),
                    _ => prop_assert_eq!(map.remove(&key), model.remove(&key)),
                }
                prop_assert_eq!(map.get(&key), model.get(&key));
                let before = model.range(..key).next_back().map(|(_, value)| value);
                prop_assert_eq!(map.last_before(&key), before);
                prop_assert_eq!(map.iter_from(&key).next(), model.range(key..).next());
            }
            prop_assert_eq!(map.len(), model.len());
            prop_assert!(map.iter().eq(model.iter()));
            prop_assert!(map.into_iter().eq(model));
        }
    }

    #[test]
    fn a_set_holds_each_key_once_and_in_order() {
        let mut set: Set<u32> = (0..1_000).rev().chain(500..1_500).collect();
        assert!(set.iter().copied().eq(0..1_500));
        assert!(!set.insert(7) && set.remove(&7) && set.insert(7));
    }
}
