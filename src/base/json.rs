//! Writing JSON into a string that is used again, without building values first.

use std::fmt::{Display, Write as _};

const CANNOT_FAIL: &str = "writing to a string cannot fail";

/// Where, from `at` on, the first byte stands with which a text goes on only escaped: a quote, a backslash or a control
/// character; the end if there is none. Eight bytes are looked at together.
#[inline]
pub fn plain_until(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // Marks bytes that are zero; above the lowest of them, marks may be false.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let below_space = |word: u64| word.wrapping_sub(ONES * 0x20) & !word;
    while let Some(piece) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*piece);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let backslashes = zeros(word ^ (ONES * u64::from(b'\\')));
        let marks = (quotes | backslashes | below_space(word)) & HIGH;
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Appends a text in quotes, escaped as JSON wants it.
pub fn push_text(out: &mut String, text: &str) {
    out.push('"');
    if plain_until(text.as_bytes(), 0) == text.len() && !text.as_bytes().contains(&0x7f) {
        out.push_str(text);
    } else {
        push_escaped(out, text);
    }
    out.push('"');
}

#[cold]
fn push_escaped(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..b' ' | 0x7f => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        from = at + 1;
        match escape {
            "" => write!(out, "\\u{byte:04x}").expect(CANNOT_FAIL),
            _ => out.push_str(escape),
        }
    }
    out.push_str(&text[from..]);
}

/// Appends a key with its colon, after a comma unless it is the first of its object.
pub fn push_key(out: &mut String, key: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    push_text(out, key);
    out.push(':');
}

/// Appends a number.
pub fn push_number(out: &mut String, number: impl Display) {
    write!(out, "{number}").expect(CANNOT_FAIL);
}

/// Appends in quotes what shows itself in characters that need no escape: a time, an amount, a fraction.
pub fn push_shown(out: &mut String, shown: impl Display) {
    write!(out, "\"{shown}\"").expect(CANNOT_FAIL);
}

/// Appends a list, its items written by `item`.
pub fn push_list<T>(out: &mut String, items: &[T], item: impl Fn(&mut String, &T)) {
    out.push('[');
    for (index, one) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(out, one);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_separated_by_commas() {
        let mut out = String::from("{");
        push_key(&mut out, "a");
        push_text(&mut out, "{");
        push_key(&mut out, "b\n");
        push_text(&mut out, "\u{1}\u{7f}中");
        assert_eq!(out, r#"{"a":"{","b\n":"\u0001\u007f中""#);
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in any::<String>()) {
            let mut out = String::new();
            push_text(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
