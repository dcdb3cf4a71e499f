//! Where something stands: rhai counts lines and characters, findings count bytes.

use rhai::Position;

/// The line starts of one text, to turn rhai's places into byte offsets.
pub(super) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Reads the line starts of `text` once.
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = vec![0];
        lines.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self { text, lines }
    }

    /// The byte offset of a place; a place past the end is the end, an unknown one the start.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line().unwrap_or(1) - 1;
        let Some(&start) = self.lines.get(line) else {
            return self.text.len();
        };
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        let column = position.position().unwrap_or(1) - 1;
        let row = &self.text[start..end];
        start
            + row
                .char_indices()
                .nth(column)
                .map_or(row.len(), |(at, _)| at)
    }
}

/// The name, number or single character that starts at `start`, for a mark that can be seen.
pub(super) fn word_at(text: &str, start: usize) -> std::ops::Range<usize> {
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
        assert_eq!(places.offset(Position::NONE), 0);
    }

    #[test]
    fn a_mark_covers_a_word_or_a_character() {
        assert_eq!(word_at("a + 客户", 4), 4..10);
        assert_eq!(word_at("a + b", 2), 2..3);
        assert_eq!(word_at("a", 1), 1..1);
    }
}
