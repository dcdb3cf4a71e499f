//! Writing JSON into a string that is used again, without building values first.

use std::fmt::{Display, Write as _};

const CANNOT_FAIL: &str = "writing to a string cannot fail";

const ONES: u64 = u64::MAX / 255;

/// Marks, in the high bit of each byte, which of eight bytes are one byte; above the lowest of them, marks may be false.
#[inline]
fn marks(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (ONES * u64::from(byte));
    zeros.wrapping_sub(ONES) & !zeros & (ONES << 7)
}

/// The same for control characters, which are below a space.
#[inline]
fn control_marks(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & (ONES << 7)
}

/// Where, from `at` on, the first byte stands that `ends` a piece; the end if there is none. Eight bytes are looked at
/// together: `marked` marks those bytes in them.
#[inline]
fn until(
    bytes: &[u8],
    mut at: usize,
    marked: impl Fn(u64) -> u64,
    ends: impl Fn(&u8) -> bool,
) -> usize {
    while let Some(piece) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let marks = marked(u64::from_le_bytes(*piece));
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Where, from `at` on, the first byte stands with which a text goes on only escaped: a quote, a backslash or a control
/// character; the end if there is none.
#[inline]
pub fn plain_until(bytes: &[u8], at: usize) -> usize {
    let marked = |word| marks(word, b'"') | marks(word, b'\\') | control_marks(word);
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    until(bytes, at, marked, ends)
}

/// Whether a text is written as it is: all of it is plain, and no DEL is in it.
#[inline]
fn is_plain(text: &str) -> bool {
    let quotes = |word| marks(word, b'"') | marks(word, b'\\');
    let marked = |word| quotes(word) | marks(word, 0x7f) | control_marks(word);
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ' | 0x7f);
    until(text.as_bytes(), 0, marked, ends) == text.len()
}

/// Appends a text in quotes, escaped as JSON wants it.
pub fn push_text(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    if is_plain(text) {
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

/// Appends a key of the program's own, which needs no escape, with its colon; after a comma unless it is the first of
/// its object.
#[inline]
pub fn push_key(out: &mut String, key: &'static str) {
    debug_assert!(is_plain(key), "a key of the program is a word");
    out.reserve(key.len() + 4);
    push_comma(out);
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
}

/// Appends any other key likewise.
pub fn push_text_key(out: &mut String, key: &str) {
    push_comma(out);
    push_text(out, key);
    out.push(':');
}

#[inline]
fn push_comma(out: &mut String) {
    if out.as_bytes().last() != Some(&b'{') {
        out.push(',');
    }
}

/// Appends a number.
pub fn push_number(out: &mut String, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
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
        push_text_key(&mut out, "b\n");
        push_number(&mut out, -12_i64);
        push_key(&mut out, "c");
        push_text(&mut out, "\u{1}\u{7f}中");
        assert_eq!(out, r#"{"a":"{","b\n":-12,"c":"\u0001\u007f中""#);
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
