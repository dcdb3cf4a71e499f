//! Events that have an id: what they said, and on which line. A repetition is told by it.
//!
//! 16 bytes for each id here, besides its text and about 24 bytes in the table of names.

use crate::base::names::Name;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// An event that has an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Hash of its whole content.
    pub content: u64,
    /// Its line in the journal.
    pub line: u64,
}

/// No journal has so many lines: a name that is the id of no event, as it stood on a malformed line.
const NO_LINE: u64 = u64::MAX;

/// Stands for an id that no event has.
const NOTHING: Entry = Entry {
    content: 0,
    line: NO_LINE,
};

/// Events that have an id, by the number of the id.
#[derive(Clone, Debug, Default)]
pub struct Heard(Vec<Entry>);

impl Heard {
    /// The first event that had an id.
    pub fn get(&self, id: Name) -> Option<Entry> {
        let known = self.0.get(id.index()).copied();
        known.filter(|entry| entry.line != NO_LINE)
    }

    /// Remembers an event, unless another had its id before.
    pub fn add(&mut self, id: Name, entry: Entry) {
        let place = id.index();
        if self.0.len() <= place {
            self.0.resize(place + 1, NOTHING);
        }
        if self.0[place].line == NO_LINE {
            self.0[place] = entry;
        }
    }

    /// Remembers an event, whatever had its id before.
    pub fn put(&mut self, id: Name, entry: Entry) {
        self.add(id, entry);
        self.0[id.index()] = entry;
    }

    /// How many ids there is room for.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// As it is kept: how far each line is from the one before, and eight bytes of content each.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    steps: Vec<i64>,
    #[serde(borrow, with = "bytes")]
    contents: Cow<'a, [u8]>,
}

impl Serialize for Heard {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut contents = Vec::with_capacity(8 * self.0.len());
        let mut steps = Vec::with_capacity(self.0.len());
        let mut before = 0;
        for entry in &self.0 {
            steps.push(entry.line.wrapping_sub(before).cast_signed());
            before = entry.line;
            contents.extend_from_slice(&entry.content.to_le_bytes());
        }
        let contents = Cow::Owned(contents);
        Kept { steps, contents }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Heard {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Heard, D::Error> {
        let kept = Kept::deserialize(from)?;
        let (contents, rest) = kept.contents.as_chunks::<8>();
        if !rest.is_empty() || contents.len() != kept.steps.len() {
            return Err(D::Error::custom("ids and contents of events differ"));
        }
        let mut line = 0_u64;
        let entries = kept.steps.iter().zip(contents).map(|(step, content)| {
            line = line.wrapping_add(step.cast_unsigned());
            let content = u64::from_le_bytes(*content);
            Entry { content, line }
        });
        Ok(Heard(entries.collect()))
    }
}

/// Bytes in one piece, instead of one by one.
mod bytes {
    use serde::{Deserializer, Serializer, de};
    use std::borrow::Cow;
    use std::fmt;

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Cow<'de, [u8]>, D::Error> {
        struct Piece;
        impl<'de> de::Visitor<'de> for Piece {
            type Value = Cow<'de, [u8]>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_borrowed_bytes<E: de::Error>(
                self,
                bytes: &'de [u8],
            ) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(bytes))
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Cow::Owned(bytes.to_vec()))
            }
        }
        from.deserialize_bytes(Piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_of_an_id_counts_and_comes_back() {
        let (one, three) = (Name::from_number(1), Name::from_number(3));
        let entry = |content, line| Entry { content, line };
        let mut heard = Heard::default();
        heard.add(three, entry(u64::MAX, 9));
        heard.add(one, entry(7, 10));
        heard.add(one, entry(8, 11));
        let bytes = postcard::to_allocvec(&heard).expect("memory");
        let back: Heard = postcard::from_bytes(&bytes).expect("what was written");
        for heard in [heard, back] {
            assert_eq!(heard.get(one), Some(entry(7, 10)));
            assert_eq!(heard.get(three), Some(entry(u64::MAX, 9)));
            assert_eq!(heard.get(Name::from_number(0)), None);
            assert_eq!(heard.get(Name::from_number(4)), None);
            assert_eq!(heard.len(), 4);
        }
    }

    #[test]
    fn steps_and_contents_must_fit() {
        let kept = Kept {
            steps: vec![1, 1],
            contents: Cow::Borrowed(&[0; 15]),
        };
        let bytes = postcard::to_allocvec(&kept).expect("memory");
        assert!(postcard::from_bytes::<Heard>(&bytes).is_err());
    }
}
