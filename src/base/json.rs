//! Writing JSON into a string that is used again, without building values first.

use std::fmt::{Display, Write as _};

const CANNOT_FAIL: &str = "writing to a string cannot fail";

/// Appends a text in quotes, escaped as JSON wants it.
pub fn push_text(out: &mut String, text: &str) {
    out.push('"');
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
    out.push('"');
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
