//! A list that is nearly always empty: until something is in it, it takes the room of one pointer.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A list that is nearly always empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Few<T>(Option<Box<SmallVec<[T; 1]>>>);

impl<T> Few<T> {
    /// Nothing.
    pub const fn new() -> Few<T> {
        Few(None)
    }

    /// Adds one at the end.
    pub fn push(&mut self, one: T) {
        self.0.get_or_insert_default().push(one);
    }

    /// Keeps those that fit.
    pub fn retain(&mut self, mut fits: impl FnMut(&T) -> bool) {
        if let Some(list) = &mut self.0 {
            list.retain(|one| fits(one));
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    /// Takes out the one at a place.
    pub fn remove(&mut self, place: usize) -> Option<T> {
        let list = self.0.as_mut().filter(|list| place < list.len())?;
        let one = list.remove(place);
        if list.is_empty() {
            self.0 = None;
        }
        Some(one)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

impl<T> Default for Few<T> {
    fn default() -> Few<T> {
        Few::new()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| list.as_slice())
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_mut().map_or(&mut [], |list| list.as_mut_slice())
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, more: I) {
        more.into_iter().for_each(|one| self.push(one));
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(list: I) -> Few<T> {
        let mut few = Few::new();
        few.extend(list);
        few
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = smallvec::IntoIter<[T; 1]>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map_or_else(SmallVec::new, |list| *list).into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Few<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Few<T>, D::Error> {
        let list = SmallVec::deserialize(from)?;
        Ok(Few((!list.is_empty()).then(|| Box::new(list))))
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_takes_a_pointer() {
        assert_eq!(size_of::<Few<[u64; 4]>>(), size_of::<usize>());
        let mut few: Few<u8> = [1, 2].into_iter().collect();
        few.retain(|one| *one > 1);
        assert_eq!(*few, [2]);
        few.retain(|_| false);
        assert_eq!(few, Few::new());
    }
}
