//! The chain of digests over a journal: each entry's value covers its own bytes and all that stood before it.

use sha2::{Digest, Sha256};
use std::fmt;

/// The value of the chain after an entry; whoever notes one can tell later whether anything before it was changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chain([u8; 32]);

impl Chain {
    /// The value before the first entry.
    pub const START: Chain = Chain([0; 32]);

    /// The value after one more entry. Lengths stand before what they measure, so that no byte can move from one
    /// part to the other unseen.
    #[must_use]
    pub fn after(&self, seq: u64, line: &[u8], decisions: &[u8]) -> Chain {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update((line.len() as u64).to_be_bytes());
        hash.update(line);
        hash.update((decisions.len() as u64).to_be_bytes());
        hash.update(decisions);
        Chain(hash.finalize().into())
    }

    /// The value that was kept as bytes; none if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Chain> {
        bytes.try_into().ok().map(Chain)
    }

    /// The value that was noted in hexadecimal; none if it is no such value.
    pub fn from_hex(text: &str) -> Option<Chain> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Chain(bytes))
    }

    /// The value as it is kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// In hexadecimal, as people note it.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_noted() {
        let chain = Chain::START.after(1, b"{}", b"");
        assert_eq!(Chain::from_hex(&chain.to_string()), Some(chain));
        assert_eq!(Chain::from_hex(&"é".repeat(32)), None);
        assert_eq!(Chain::from_hex("ab"), None);
        assert_eq!(Chain::from_bytes(chain.as_bytes()), Some(chain));
        assert_eq!(Chain::from_bytes(&[0; 31]), None);
    }

    #[test]
    fn it_is_the_documented_digest() {
        // printf over 32 zero bytes, 1, 2, "{}", 0 (each number as eight bytes), through sha256sum.
        assert_eq!(
            Chain::START.after(1, b"{}", b"").to_string(),
            "d730df67d4ef7ba0f0f747d9c5a206624a632f2094f54bcd7a89fab7b85432c9"
        );
    }

    #[test]
    fn no_byte_moves_from_the_line_to_the_decisions() {
        let chain = Chain::START;
        assert_ne!(chain.after(1, b"ab", b"c"), chain.after(1, b"a", b"bc"));
        assert_ne!(chain.after(1, b"ab", b""), chain.after(2, b"ab", b""));
    }
}
