//! A finding: what is wrong in a file that an author wrote, where, what was probably meant, and how to mend it.
//!
//! Findings are gathered, never thrown at the first. Each has a stable kebab-case code with a paragraph that explains
//! it ([`CODES`]).

mod codes;

pub use codes::{CODES, Code};

use std::ops::Range;

/// A text file that was read, by its path as the author knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the working directory, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A stretch of bytes in one of the files that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into [`Sources`].
    pub file: usize,
    /// Bytes.
    pub span: Range<usize>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy or scenario does not load.
    Error,
    /// It loads; `check` and `test` fail all the same.
    Warning,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which sort of mistake.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where; a folder that is missing a file has none.
    pub place: Option<Place>,
    /// What is written at the place, said shortly ("no such person").
    pub label: String,
    /// A second place, with what it has to do with the first.
    pub other: Option<(Place, String)>,
    /// What was probably meant, or how to mend it.
    pub help: Option<String>,
}

/// The files that findings point into.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// In the order in which they were read.
    pub files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its number.
    pub fn add(&mut self, path: String, text: String) -> usize {
        self.files.push(SourceFile { path, text });
        self.files.len() - 1
    }

    /// Line and column, both from 1, of the start of a place; the column counts characters, not bytes.
    pub fn line_column(&self, place: &Place) -> (usize, usize) {
        let text = &self.files[place.file].text;
        let before = &text[..floor(text, place.span.start)];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }
}

/// The last character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Finding {
    /// A finding at a place.
    pub fn new(
        code: Code,
        message: impl Into<String>,
        place: Place,
        label: impl Into<String>,
    ) -> Finding {
        Finding {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: Some(place),
            label: label.into(),
            other: None,
            help: None,
        }
    }

    /// The same with a help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// The same with a second place.
    #[must_use]
    pub fn other(mut self, place: Place, label: impl Into<String>) -> Finding {
        self.other = Some((place, label.into()));
        self
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(mut self) -> Finding {
        self.severity = Severity::Warning;
        self
    }
}
