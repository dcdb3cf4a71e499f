//! A number for the whole content of an event, by which a repetition is told from another event with the same id.
//!
//! It hashes what was meant, not how it was spelled: the instant, the amount, the words; and not numbers of names, so it
//! is the same in every journal.

use crate::base::time::Instant;
use crate::event::Value;

/// Mixes numbers and texts into one number.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Mixer {
    /// Mixes in a number.
    pub fn number(&mut self, number: u64) {
        // Multiplying to 128 bits and folding the halves spreads every bit over all others.
        let product = u128::from(self.0 ^ number ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_add(self.0.rotate_left(23));
    }

    /// Mixes in a text.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        let mut rest = text.as_bytes();
        while let Some((piece, after)) = rest.split_first_chunk::<8>() {
            self.number(u64::from_le_bytes(*piece));
            rest = after;
        }
        if !rest.is_empty() {
            let last = rest.iter().rev();
            self.number(last.fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    /// Mixes in a number that may be below nothing.
    pub fn signed(&mut self, number: i64) {
        self.number(u64::from_le_bytes(number.to_le_bytes()));
    }
}

/// What an event says, but for its id and for when it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Content(u64);

impl Content {
    /// What was mixed.
    pub fn of(mixer: &Mixer) -> Content {
        Content(mixer.0)
    }

    /// Mixes it in.
    pub fn mix(self, mixer: &mut Mixer) {
        mixer.number(self.0);
    }

    /// The number of the whole content of an event that was then.
    pub fn at(self, at: Instant) -> u64 {
        let mut mixer = Mixer(self.0);
        mixer.signed(at.millis());
        mixer.0
    }
}

/// Mixes in a value without names.
pub(super) fn plain(value: &Value, mixer: &mut Mixer) {
    match value {
        Value::Text(text) => mixer.text(text),
        Value::Flag(flag) => mixer.number(u64::from(*flag)),
        Value::Count(count) => mixer.signed(*count),
        Value::Money(fen) => mixer.signed(fen.get()),
        Value::Clauses(ids) => {
            mixer.number(ids.len() as u64);
            ids.iter().for_each(|id| mixer.text(id));
        }
        Value::Files(files) => {
            mixer.number(files.len() as u64);
            for (path, text) in files {
                mixer.text(path);
                mixer.text(text);
            }
        }
        _ => unreachable!("a value with names is no plain draft"),
    }
}
