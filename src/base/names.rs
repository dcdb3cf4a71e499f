//! Names as small numbers, and the name that was perhaps meant.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::hash::Hasher;

/// A name in one [`Names`]: equal numbers, equal texts. Numbers are given from 0 on, in the order
/// in which the texts were first seen, so they serve as places in a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Name(u32);

impl Name {
    /// The name's number, as a place in a list.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The name's number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The name of a number that [`Name::number`] gave.
    pub const fn from_number(number: u32) -> Name {
        Name(number)
    }
}

/// Texts, each kept once and known by a number. Holds up to 4 GiB of text.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// All texts, one after the other.
    arena: String,
    /// Where each text ends in the arena.
    ends: Vec<u32>,
    /// The hash of each text.
    hashes: Vec<u64>,
    /// The number of each text, found by its hash.
    numbers: HashTable<u32>,
}

impl Names {
    /// No names.
    pub fn new() -> Names {
        Names::default()
    }

    /// The name of a text; a new one if the text was never seen.
    pub fn intern(&mut self, text: &str) -> Name {
        self.intern_hashed(text, hash(text))
    }

    /// The name of a text, if it was ever seen.
    pub fn get(&self, text: &str) -> Option<Name> {
        self.find(text, hash(text))
    }

    /// The text of a name. Panics if the name is from another [`Names`] that has more of them.
    pub fn text(&self, name: Name) -> &str {
        let index = name.index();
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        &self.arena[start as usize..self.ends[index] as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names with their texts, in the order in which they were first seen.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        (0..self.ends.len() as u32).map(|index| (Name(index), self.text(Name(index))))
    }

    fn intern_hashed(&mut self, text: &str, hash: u64) -> Name {
        match self.find(text, hash) {
            Some(name) => name,
            None => self.add(text, hash),
        }
    }

    fn find(&self, text: &str, hash: u64) -> Option<Name> {
        let is = |&number: &u32| self.is(Name(number), text, hash);
        self.numbers.find(hash, is).copied().map(Name)
    }

    #[inline]
    fn is(&self, name: Name, text: &str, hash: u64) -> bool {
        self.hashes[name.index()] == hash && self.text(name) == text
    }

    fn add(&mut self, text: &str, hash: u64) -> Name {
        let number = u32::try_from(self.ends.len()).expect("fewer than 2^32 names");
        self.arena.push_str(text);
        let end = u32::try_from(self.arena.len()).expect("less than 4 GiB of names");
        self.ends.push(end);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        let hash_of = |&number: &u32| hashes[number as usize];
        self.numbers.insert_unique(hash, number, hash_of);
        Name(number)
    }

    /// The names whose texts stand one after the other, if none is cut within a letter and none is there twice.
    fn from_kept(arena: String, mut lengths: Vec<u32>) -> Result<Names, &'static str> {
        let mut hashes = Vec::with_capacity(lengths.len());
        let mut end = 0_u32;
        for length in &mut lengths {
            let start = end as usize;
            end = end.checked_add(*length).ok_or("more than 4 GiB of names")?;
            let text = arena.get(start..end as usize);
            hashes.push(hash(text.ok_or("a name is cut")?));
            *length = end;
        }
        if end as usize != arena.len() {
            return Err("a text without a name");
        }
        let mut names = Names {
            arena,
            ends: lengths,
            hashes,
            numbers: HashTable::new(),
        };
        names.place_all()?;
        Ok(names)
    }

    /// Makes a table of all names, unless two are the same.
    fn place_all(&mut self) -> Result<(), &'static str> {
        let count = u32::try_from(self.ends.len()).map_err(|_| "more than 2^32 names")?;
        let mut numbers = HashTable::with_capacity(self.ends.len());
        for number in 0..count {
            let (name, hash) = (Name(number), self.hashes[number as usize]);
            let is = |&other: &u32| self.is(Name(other), self.text(name), hash);
            let hash_of = |&other: &u32| self.hashes[other as usize];
            match numbers.entry(hash, is, hash_of) {
                Entry::Occupied(_) => return Err("a name is there twice"),
                Entry::Vacant(place) => place.insert(number),
            };
        }
        self.numbers = numbers;
        Ok(())
    }
}

/// How [`Names`] are kept: all texts, one after the other, and how long each is.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(borrow)]
    arena: Cow<'a, str>,
    lengths: Vec<u32>,
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let lengths = self.ends.iter().zip(starts).map(|(end, start)| end - start);
        let kept = Kept {
            arena: Cow::Borrowed(&self.arena),
            lengths: lengths.collect(),
        };
        kept.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Names {
    /// The same numbers for the same texts. Nothing is allocated for a single name.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Names, D::Error> {
        let kept = Kept::deserialize(from)?;
        Names::from_kept(kept.arena.into_owned(), kept.lengths).map_err(D::Error::custom)
    }
}

/// The same on every run; it orders nothing that anybody sees.
fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// The word that was perhaps meant by `word`: the one that takes the fewest slips (a letter added,
/// left out, changed, or two swapped), at most one in three letters and three in all; of several,
/// the first. `None` if no word is that near.
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    let mut best = None;
    let mut fewest = usize::MAX;
    for candidate in among {
        let length = candidate.chars().count();
        let longer = letters.max(length);
        let most = (longer / 3).clamp(1, 3);
        if longer < 2 || letters.abs_diff(length) > most {
            continue;
        }
        let slips = strsim::damerau_levenshtein(word, candidate);
        if slips <= most && slips < fewest {
            (best, fewest) = (Some(candidate), slips);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_has_one_name_and_a_name_its_text() {
        let mut names = Names::new();
        assert!(names.is_empty());
        assert_eq!(names.get("zhang"), None);
        let zhang = names.intern("zhang");
        let empty = names.intern("");
        let chinese = names.intern("张三");
        assert_eq!(names.intern("zhang"), zhang);
        assert_eq!(names.get("张三"), Some(chinese));
        assert_eq!(names.get(""), Some(empty));
        assert_eq!(names.get("zhan"), None);
        assert_eq!(names.text(zhang), "zhang");
        assert_eq!(names.text(empty), "");
        assert_eq!(names.text(chinese), "张三");
        assert_eq!(names.len(), 3);
        let all: Vec<_> = names.iter().collect();
        assert_eq!(all, [(zhang, "zhang"), (empty, ""), (chinese, "张三")]);
        assert_eq!(chinese.index(), 2);
    }

    #[test]
    fn texts_with_the_same_hash_stay_apart() {
        let mut names = Names::new();
        for number in 0..200 {
            let name = names.intern_hashed(&number.to_string(), u64::MAX);
            assert_eq!(name.index(), number);
        }
        for number in 0..200 {
            let text = number.to_string();
            assert_eq!(names.find(&text, u64::MAX), Some(Name(number)));
            assert_eq!(names.text(Name(number)), text);
        }
        assert_eq!(names.find("200", u64::MAX), None);
    }

    #[test]
    fn many_names_are_found_again() {
        let mut names = Names::new();
        for number in 0..10_000_u32 {
            assert_eq!(names.intern(&format!("customer-{number}")), Name(number));
        }
        for number in 0..10_000 {
            let text = format!("customer-{number}");
            assert_eq!(names.get(&text), Some(Name(number)));
        }
        assert_eq!(names.len(), 10_000);
    }

    #[test]
    fn the_nearest_word_is_suggested() {
        let words = [
            "days",
            "months",
            "closed_by",
            "customer.owner",
            "starts",
            "看房",
            "办手续",
        ];
        for (word, expected) in [
            ("dyas", Some("days")),
            ("month", Some("months")),
            ("closed_bye", Some("closed_by")),
            ("customer.onwer", Some("customer.owner")),
            ("customr.ownr", Some("customer.owner")),
            ("办手序", Some("办手续")),
            ("visits", None),
            ("", None),
            ("x", None),
            ("closes_on_friday", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }

    #[test]
    fn of_several_as_near_the_first_is_suggested() {
        assert_eq!(nearest("cat", ["car", "bat"]), Some("car"));
        assert_eq!(nearest("cat", ["bat", "car"]), Some("bat"));
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("a", []), None);
    }

    proptest! {
        #[test]
        fn names_agree_with_a_list(texts in prop::collection::vec("[a-c]{0,3}", 0..100)) {
            let mut names = Names::new();
            let mut seen: Vec<String> = Vec::new();
            for text in texts {
                let expected = seen.iter().position(|known| *known == text);
                prop_assert_eq!(names.get(&text).map(Name::index), expected);
                let index = names.intern(&text).index();
                prop_assert_eq!(index, expected.unwrap_or(seen.len()));
                if expected.is_none() {
                    seen.push(text);
                }
            }
            prop_assert_eq!(names.len(), seen.len());
        }
    }
}
