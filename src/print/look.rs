//! How what people read looks: in which language, and whether in colours.

use crate::policy::Bilingual;
use anstyle::{AnsiColor, Style};
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
    pub fn of(self, text: &Bilingual) -> &str {
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

/// Language and colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are used: on a terminal that wants them.
    pub color: bool,
    /// Which language.
    pub lang: Lang,
}

impl Look {
    /// English without colours.
    pub const PLAIN: Look = Look {
        color: false,
        lang: Lang::En,
    };

    /// A heading.
    pub fn strong(self, text: impl Display) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What a reader in a hurry may skip.
    pub fn faint(self, text: impl Display) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// The id of a clause.
    pub fn clause(self, text: impl Display) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// What is as it should be.
    pub fn good(self, text: impl Display) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What went wrong.
    pub fn bad(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    fn paint(self, style: Style, text: impl Display) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }
}

/// A text without characters that would move the cursor or change colours.
pub fn tame(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    let tame = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(tame).collect()
}
