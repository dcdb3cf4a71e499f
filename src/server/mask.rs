//! Takes telephone numbers and tokens out of a text before anybody reads it.
//!
//! A pure function over one line. Too much is masked rather than too little: a number that only looks like one of a
//! telephone loses its middle.

use super::access::TOKEN_START;
use std::borrow::Cow;

/// How many digits a telephone number has.
const NUMBER: usize = 11;
/// How many one of a fixed line may have, with the code of its place.
const FIXED: usize = 12;
/// How many digits of it are shown first and last.
const FIRST: usize = 3;
const LAST: usize = 4;
/// How many separators may stand between two digits of one number.
const GAP: usize = 2;
/// How long a digest is in hexadecimal; its digits are no number.
const DIGEST: usize = 64;

/// The text with `138****5678` for a telephone number and `pk_****` for a token.
pub fn mask(text: &str) -> Cow<'_, str> {
    if !has_something(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(numbers(&tokens(text)))
}

/// Whether there is anything that could have to be masked: most lines have nothing.
fn has_something(text: &str) -> bool {
    let digits = text.chars().filter(|c| digit(*c).is_some());
    digits.take(NUMBER).count() == NUMBER || text.contains(TOKEN_START)
}

/// What a digit is, also a full-width one.
fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => None,
    }
}

fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t'
            | '-'
            | '\u{a0}'
            | '\u{3000}'
            | '－'
            | '‐'
            | '‑'
            | '–'
            | '—'
            | '('
            | ')'
            | '（'
            | '）'
            | '+'
            | '＋'
    )
}

fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn tokens(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(TOKEN_START) {
        masked.push_str(&rest[..at + TOKEN_START.len()]);
        masked.push_str("****");
        rest = rest[at + TOKEN_START.len()..].trim_start_matches(is_of_token);
    }
    masked.push_str(rest);
    masked
}

/// A character of the text that is a digit: where it stands among the characters, and which it is.
struct Digit {
    at: usize,
    is: char,
}

fn numbers(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let exempt = digests(&characters);
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let found = match digit(characters[at]) {
            Some(_) if !exempt[at] => number_at(&characters, at),
            _ => None,
        };
        match found {
            Some(digits) => {
                masked.extend(digits[..FIRST].iter().map(|digit| digit.is));
                masked.push_str("****");
                masked.extend(digits[digits.len() - LAST..].iter().map(|digit| digit.is));
                at = digits[digits.len() - 1].at + 1;
            }
            None => {
                masked.push(characters[at]);
                at += 1;
            }
        }
    }
    masked
}

/// Which characters belong to a digest: sixty-four of hexadecimal by themselves.
fn digests(characters: &[char]) -> Vec<bool> {
    let mut exempt = vec![false; characters.len()];
    let mut from = 0;
    while from < characters.len() {
        let word = characters[from..]
            .iter()
            .take_while(|c| c.is_ascii_alphanumeric());
        let length = word.count();
        let is_digest = length == DIGEST
            && characters[from..from + length]
                .iter()
                .all(|c| matches!(c, '0'..='9' | 'a'..='f'))
            && characters[from..from + length]
                .iter()
                .any(|c| c.is_ascii_lowercase());
        exempt[from..from + length].fill(is_digest);
        from += length.max(1);
    }
    exempt
}

/// The digits of a number that begins here: a mobile one with separators, or any long run of digits without.
fn number_at(characters: &[char], at: usize) -> Option<Vec<Digit>> {
    if is_mobile(characters, at) {
        return Some(digits_from(characters, at, NUMBER));
    }
    let run = run_from(characters, at);
    if run.len() >= NUMBER {
        // A prefix goes with the number; a number inside the run is found from its own beginning.
        let inner = (at + 1..=at + run.len() - NUMBER).any(|from| is_mobile(characters, from));
        return (!inner).then_some(run);
    }
    let fixed = digits_from(characters, at, FIXED);
    let is_fixed = fixed.len() >= NUMBER && fixed[0].is == '0' && fixed[1].is != '0';
    let inner = || {
        fixed[1..]
            .iter()
            .any(|digit| is_mobile(characters, digit.at))
    };
    (is_fixed && !inner()).then_some(fixed)
}

fn is_mobile(characters: &[char], at: usize) -> bool {
    let digits = digits_from(characters, at, NUMBER);
    digits.len() == NUMBER && digits[0].is == '1' && digits[1].is >= '3'
}

/// Up to so many digits from here on, with few separators between two.
fn digits_from(characters: &[char], at: usize, most: usize) -> Vec<Digit> {
    let mut digits: Vec<Digit> = Vec::with_capacity(most);
    let mut gap = 0;
    for (offset, character) in characters[at..].iter().enumerate() {
        match digit(*character) {
            Some(is) => {
                digits.push(Digit {
                    at: at + offset,
                    is,
                });
                gap = 0;
            }
            None if is_separator(*character) && gap < GAP => gap += 1,
            None => break,
        }
        if digits.len() == most {
            break;
        }
    }
    digits
}

/// The digits that stand here without anything between.
fn run_from(characters: &[char], at: usize) -> Vec<Digit> {
    let run = characters[at..]
        .iter()
        .map_while(|character| digit(*character));
    let each = run.enumerate().map(|(offset, is)| Digit {
        at: at + offset,
        is,
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_lose_their_middle_however_they_are_written() {
        let cases = [
            ("13812345678", "138****5678"),
            ("tel:13812345678.", "tel:138****5678."),
            ("a13812345678b", "a138****5678b"),
            ("138 1234 5678", "138****5678"),
            ("138-1234-5678, 139 8765 4321", "138****5678, 139****4321"),
            ("13812345678 13987654321", "138****5678 139****4321"),
            ("+86 138 1234 5678", "+86 138****5678"),
            ("+8613812345678", "+86138****5678"),
            ("(+86)138-1234-5678", "(+86)138****5678"),
            ("0086 13812345678", "0086 138****5678"),
            ("１３８１２３４５６７８", "138****5678"),
            ("电话１３８－１２３４－５６７８。", "电话138****5678。"),
            ("113812345678", "1138****5678"),
            ("0731-88881234", "073****1234"),
            ("010 88881234", "010****1234"),
            ("91234567890", "912****7890"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn tokens_are_gone_whatever_stands_around_them() {
        assert_eq!(mask("Bearer pk_AbC-_9x, then"), "Bearer pk_****, then");
        assert_eq!(mask("pk_apk_b pk_"), "pk_**** pk_****");
        assert_eq!(mask("xpk_13812345678"), "xpk_****");
    }

    #[test]
    fn what_is_neither_stays_as_it_is() {
        let digest = format!("8f1381234567890123ab{}", "0".repeat(44));
        assert_eq!(digest.len(), DIGEST);
        for text in [
            "2026-11-26T01:07:40.123456Z INFO listening at 127.0.0.1:8080",
            "12345678 events in 1234 ms",
            "1381234567",
            "192.168.100.200:8080",
            &digest,
        ] {
            assert_eq!(mask(text), text);
        }
    }

    /// The digits of a text, in ASCII, without what stands between them.
    fn digits(text: &str) -> String {
        text.chars().filter_map(digit).collect()
    }

    proptest! {
        #[test]
        fn no_number_and_no_token_survives(
            before in "[a-z0-9０-９ +（-]{0,12}",
            number in "1[3-9][0-9]{9}",
            gaps in proptest::collection::vec("[ -]{0,2}", 10),
            is_wide in any::<bool>(),
            token in "pk_[A-Za-z0-9_-]{20,50}",
            after in "[^0-9]{0,12}",
        ) {
            let mut written = String::new();
            for (at, character) in number.chars().enumerate() {
                let wide = char::from_u32(u32::from(character) - 48 + u32::from('０')).unwrap();
                written.push(if is_wide { wide } else { character });
                written.push_str(gaps.get(at).map_or("", |gap| gap));
            }
            let text = format!("{before}{written}{after}{token} end");
            let masked = mask(&text);
            prop_assert!(!digits(&masked).contains(&number), "{masked}");
            prop_assert!(!masked.contains(&token), "{masked}");
            let twice = mask(&masked);
            prop_assert!(!digits(&twice).contains(&number));
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,200}") {
            mask(&text);
        }
    }
}
