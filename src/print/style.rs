//! In which language and with which colours something is printed.

use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Display;

/// The language of what people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// The text in this language.
    pub fn of<'t>(self, text: &'t crate::policy::Bilingual) -> &'t str {
        self.pick(&text.en, &text.zh)
    }

    /// One of two texts.
    pub const fn pick<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// On a terminal that wants them.
    pub colours: bool,
}

impl Style {
    /// Without colours.
    pub const PLAIN: Style = Style { colours: false };

    /// A heading.
    pub fn strong(self, text: impl Display) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    /// What may be skipped by a reader in a hurry.
    pub fn faint(self, text: impl Display) -> String {
        self.paint(Ansi::new().dimmed(), text)
    }

    /// The id of a clause.
    pub fn clause(self, text: impl Display) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// What went well.
    pub fn good(self, text: impl Display) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What went wrong.
    pub fn bad(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    fn paint(self, ansi: Ansi, text: impl Display) -> String {
        if self.colours { format!("{ansi}{text}{ansi:#}") } else { text.to_string() }
    }
}

/// A text without characters that would move the cursor or change colours.
pub(super) fn tame(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    let tame = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(tame).collect()
}
