//! Slips of the hand that leave a file or a condition unreadable, and what the writer most likely meant.

use std::ops::Range;

/// Signs of a Chinese keyboard, with those that a policy is written in.
const SIGNS: [(char, &str); 20] = [
    ('“', "\""),
    ('”', "\""),
    ('＂', "\""),
    ('‘', "'"),
    ('’', "'"),
    ('，', ","),
    ('、', ","),
    ('。', "."),
    ('．', "."),
    ('：', ":"),
    ('＝', "="),
    ('！', "!"),
    ('（', "("),
    ('）', ")"),
    ('【', "["),
    ('】', "]"),
    ('［', "["),
    ('］', "]"),
    ('｛', "{"),
    ('｝', "}"),
];

fn sign(text: &str, at: usize) -> Option<String> {
    let found = text.get(at..)?.chars().next()?;
    let (_, plain) = SIGNS.iter().find(|(sign, _)| *sign == found)?;
    Some(format!("write `{plain}` in place of `{found}`"))
}

/// What to write where a condition cannot be read on.
pub fn in_condition(text: &str, at: &Range<usize>) -> Option<String> {
    let word = text.get(at.clone())?;
    let before = text.get(..at.start)?.trim_end();
    match word {
        "or" | "OR" => Some("write `||` for \"or\"".to_owned()),
        "and" | "AND" => Some("write `&&` for \"and\", or two conditions in the list".to_owned()),
        _ if before == "not" || before.ends_with(" not") => {
            Some("write `!` for \"not\"".to_owned())
        }
        _ => sign(text, at.start),
    }
}

/// What to write where a file is no valid TOML, by what the parser says of the place.
pub fn in_file(text: &str, at: usize, message: &str) -> Option<String> {
    let line = text
        .get(..at)
        .map(|before| &before[before.rfind('\n').map_or(0, |n| n + 1)..])?;
    let rest = text.get(at..)?;
    let begins_line = line.trim().is_empty() && !rest.starts_with('\n');
    if let Some(help) = sign(text, at) {
        return Some(help);
    }
    if message.contains("basic string") || message.contains("literal string, expected") {
        return Some(
            "end the text with the quote that it begins with, on the same line".to_owned(),
        );
    }
    if message.contains("missing comma") && begins_line {
        return Some("close what is open above with `]` or `}`, or add the comma there".to_owned());
    }
    if message.contains("missing comma")
        && line.ends_with('"')
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return Some("a text that holds \"…\" stands in 'single quotes'".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_sign_of_another_language_is_translated() {
        for (text, word, help) in [
            ("a.b or c.d", "or", "`||`"),
            ("a.b and c.d", "and", "`&&`"),
            ("not a.b", "a", "`!`"),
            ("a.b == “x”", "“", "in place of `“`"),
            ("a．b", "．", "write `.`"),
        ] {
            let start = text.find(word).expect("it is there");
            let told = in_condition(text, &(start..start + word.len())).expect(text);
            assert!(told.contains(help), "{told}");
        }
        assert_eq!(in_condition("a.b c.d", &(4..5)), None);
    }
}
