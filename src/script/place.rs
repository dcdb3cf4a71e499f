//! Where something stands: rhai counts lines and characters, findings count bytes.

use std::cell::Cell;
use std::ops::Range;

use rhai::{Position, Token};

/// The line starts of one text, to turn rhai's places into byte offsets.
///
/// Places are mostly asked for in the order of the text, so the search goes on from the last one.
pub(super) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
    /// Line (from 0), characters into it, and the byte offset that they make.
    last: Cell<(usize, usize, usize)>,
}

impl<'a> Places<'a> {
    /// Reads the line starts of `text` once.
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = vec![0];
        lines.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            text,
            lines,
            last: Cell::new((0, 0, 0)),
        }
    }

    /// The byte offset of a place; a place past the end is the end, an unknown one the start.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line().unwrap_or(1) - 1;
        let Some(&start) = self.lines.get(line) else {
            return self.text.len();
        };
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        let column = position.position().unwrap_or(1) - 1;
        let (skip, from) = match self.last.get() {
            (last, before, at) if last == line && before <= column => (before, at),
            _ => (0, start),
        };
        let rest = &self.text[from..end];
        let found = rest.char_indices().nth(column - skip);
        let Some(at) = found.map(|(at, _)| from + at) else {
            return end;
        };
        self.last.set((line, column, at));
        at
    }
}

/// The name, number or single character that starts at `start`, for a mark that can be seen.
pub(super) fn word_at(text: &str, start: usize) -> Range<usize> {
    let rest = &text[start..];
    let word: usize = rest
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .map(char::len_utf8)
        .sum();
    let width = if word == 0 {
        rest.chars().next().map_or(0, char::len_utf8)
    } else {
        word
    };
    start..start + width
}

/// From where a token starts to where it ends.
pub(super) fn extent(text: &str, start: usize, token: &Token) -> Range<usize> {
    let length = match token {
        Token::StringConstant(_) => quoted(&text[start..]),
        Token::IntegerConstant(_) => {
            let rest = &text[start..];
            let sign = usize::from(rest.starts_with('-'));
            let radix = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let plain = |c: char| c.is_ascii_digit() || c == '_';
            let prefixed = rest[sign..].starts_with('0')
                && rest[sign..]
                    .chars()
                    .nth(1)
                    .is_some_and(|c| c.is_ascii_alphabetic());
            let count = |part: fn(char) -> bool| {
                rest[sign..].find(|c| !part(c)).unwrap_or(rest.len() - sign)
            };
            sign + if prefixed { count(radix) } else { count(plain) }
        }
        Token::Identifier(name) | Token::Reserved(name) => name.len(),
        Token::LexError(_) | Token::InterpolatedString(_) | Token::CharConstant(_) => {
            return word_at(text, start);
        }
        other => other.to_string().len(),
    };
    start..(start + length).min(text.len())
}

/// The length of a text in double quotes, with its quotes: `\` escapes, `""` is a quote.
fn quoted(text: &str) -> usize {
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => {
                rest.next();
            }
            '"' if rest.next_if(|(_, next)| *next == '"').is_none() => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a text looks like a word of rhai's own.
pub(super) fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_offsets_are_bytes() {
        let places = Places::new("客户 a\nb 客");
        assert_eq!(places.offset(Position::new(1, 1)), 0);
        assert_eq!(places.offset(Position::new(1, 4)), 7);
        assert_eq!(places.offset(Position::new(2, 0)), 9);
        assert_eq!(places.offset(Position::new(2, 3)), 11);
        assert_eq!(places.offset(Position::new(2, 99)), 14);
        assert_eq!(places.offset(Position::new(9, 1)), 14);
        assert_eq!(places.offset(Position::new(2, 2)), 10);
        assert_eq!(places.offset(Position::new(2, 1)), 9);
        assert_eq!(places.offset(Position::NONE), 0);
    }

    #[test]
    fn a_mark_covers_a_word_or_a_character() {
        assert_eq!(word_at("a + 客户", 4), 4..10);
        assert_eq!(word_at("a + b", 2), 2..3);
        assert_eq!(word_at("a", 1), 1..1);
    }
}
