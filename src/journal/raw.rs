//! What stands in a line or a step before it is known to be right: keys and values with their places.

use std::borrow::Cow;
use std::ops::Range;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum RawValue<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number; no field takes one.
    Float,
    /// `true` or `false`.
    Flag(bool),
    /// A list.
    List(Vec<RawValue<'a>>),
    /// An object or table.
    Table(Vec<Field<'a>>),
    /// Nothing.
    Null,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// The value.
    pub value: RawValue<'a>,
    /// Bytes of the key in the line or file.
    pub key_at: Range<usize>,
    /// Bytes of the value.
    pub value_at: Range<usize>,
}

/// What is wrong with the fields of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Which of the fields that were given; none if one is missing, or for what is no JSON.
    pub key: Option<usize>,
    /// Name of the field.
    pub field: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was probably meant, or how to mend it.
    pub help: Option<String>,
    /// Where: bytes of the line or file.
    pub at: Range<usize>,
}

impl FieldFault {
    /// A fault at a place.
    #[cold]
    pub fn new(at: Range<usize>, message: impl Into<String>) -> FieldFault {
        FieldFault {
            key: None,
            field: None,
            message: message.into(),
            help: None,
            at,
        }
    }

    /// The same with a help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> FieldFault {
        self.help = Some(help.into());
        self
    }

    /// The same for a field, unless a field inside it is named already.
    #[must_use]
    pub fn of(mut self, field: &str) -> FieldFault {
        self.field.get_or_insert_with(|| short(field));
        self
    }
}

impl RawValue<'_> {
    /// Whether it is this text.
    pub fn is_text(&self, expected: &str) -> bool {
        matches!(self, RawValue::Text(text) if text == expected)
    }

    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            RawValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As a message names it: "the text `yes`", "a list".
    pub fn described(&self) -> String {
        match self {
            RawValue::Text(text) => format!("the text `{}`", short(text)),
            RawValue::Int(number) => format!("the number {number}"),
            RawValue::Float => "a number that is not whole or very large".into(),
            RawValue::Flag(flag) => format!("`{flag}`"),
            RawValue::List(_) => "a list".into(),
            RawValue::Table(_) => "an object".into(),
            RawValue::Null => "null".into(),
        }
    }
}

/// How many characters of a text a message repeats.
const SHORT: usize = 60;

/// A text cut to what a message may repeat.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(SHORT) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Words in backticks, separated by commas.
pub(super) fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut list = String::new();
    for word in words {
        let comma = if list.is_empty() { "" } else { ", " };
        list.push_str(comma);
        list.push('`');
        list.push_str(word);
        list.push('`');
    }
    list
}
