//! A TOML file as a tree in which everything knows where it stands.

use super::slips;
use crate::finding::{Code, Finding, Place};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// Where it stands, quotes included.
    pub place: Place,
    /// Where its content begins in the file, if it stands there letter for letter.
    pub inner: Option<usize>,
}

impl Text {
    /// The place of a stretch of its bytes; all of it where escapes make that unclear.
    pub fn within(&self, range: Range<usize>) -> Place {
        match self.inner {
            Some(start) => Place {
                file: self.place.file,
                span: start + range.start..start + range.end,
            },
            None => self.place.clone(),
        }
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// A value of TOML.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text, with the byte at which its content begins if it stands there letter for letter.
    Text(String, Option<usize>),
    /// A whole number.
    Whole(i64),
    /// A number that is not whole, or too large: never used, kept for the finding.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// A date or a time, as written.
    Date(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Text,
    /// The value.
    pub node: Node,
}

/// Keys and values in the order in which they stand in the file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// In order.
    pub entries: Vec<Entry>,
}

impl Table {
    /// The entry of that key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.value == key)
    }

    /// Takes the entry of that key out.
    pub fn take(&mut self, key: &str) -> Option<Entry> {
        let at = self
            .entries
            .iter()
            .position(|entry| entry.key.value == key)?;
        Some(self.entries.remove(at))
    }

    /// Whether two tables say the same, wherever and in whatever order they stand.
    pub fn says_the_same(&self, other: &Table) -> bool {
        self.entries.len() == other.entries.len()
            && self.entries.iter().all(|entry| {
                other
                    .get(&entry.key.value)
                    .is_some_and(|twin| entry.node.says_the_same(&twin.node))
            })
    }
}

impl Node {
    /// What a finding calls it.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(..) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Number(_) => "a number with a point, or one too large",
            Value::Flag(_) => "`true` or `false`",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The text that it is, if it is one.
    pub fn text(&self) -> Option<Text> {
        match &self.value {
            Value::Text(value, inner) => Some(Text {
                value: value.clone(),
                place: self.place.clone(),
                inner: *inner,
            }),
            _ => None,
        }
    }

    /// Whether two values say the same, wherever they stand.
    pub fn says_the_same(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::Text(one, _), Value::Text(two, _))
            | (Value::Number(one), Value::Number(two))
            | (Value::Date(one), Value::Date(two)) => one == two,
            (Value::Whole(one), Value::Whole(two)) => one == two,
            (Value::Flag(one), Value::Flag(two)) => one == two,
            (Value::List(one), Value::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(a, b)| a.says_the_same(b))
            }
            (Value::Table(one), Value::Table(two)) => one.says_the_same(two),
            _ => false,
        }
    }
}

/// Reads one file; what is broken becomes findings, what can be read is kept.
pub fn parse_file(file: usize, text: &str, findings: &mut Vec<Finding>) -> Table {
    let (root, errors) = DeTable::parse_recoverable(text);
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let is_duplicate = |error: &toml::de::Error| error.message().contains("duplicate key");
    // Behind the first place that cannot be read the parser only guesses.
    let broken = errors
        .iter()
        .filter(|error| !is_duplicate(error))
        .min_by_key(|error| start(error));
    let readable = broken.map_or(usize::MAX, start);
    for error in errors.iter().filter(|error| is_duplicate(error)) {
        if start(error) < readable {
            let span = error.span().unwrap_or(0..0);
            let message = "this key stands here twice";
            let place = Place { file, span };
            findings.push(Finding::new(
                Code::DuplicateName,
                message,
                place,
                "already given above",
            ));
        }
    }
    if let Some(error) = broken {
        let span = error.span().unwrap_or(0..0);
        let said = error.message().trim_end().replace('\n', "; ");
        let help = slips::in_file(text, span.start, &said);
        let place = Place { file, span };
        let message = format!("this is not valid TOML: {said}");
        let finding = Finding::new(Code::TomlSyntax, message, place, "here");
        findings.push(match help {
            Some(help) => finding.help(help),
            None => finding,
        });
    }
    Converter { file, text }.table(root.get_ref())
}

/// The folder that a title page extends, with the place of its name; a broken title page extends nothing.
pub fn extends_of(text: &str) -> Option<(String, Range<usize>)> {
    let (root, _) = DeTable::parse_recoverable(text);
    let entry = root.get_ref().get("extends")?;
    Some((entry.get_ref().as_str()?.to_owned(), entry.span()))
}

/// Whether a file that stands beside a title page is a scenario of that policy: it says which policy it is played
/// under, which no file of a policy does.
pub fn is_scenario(text: &str) -> bool {
    const KEY: &str = "policy";
    // Most files name it nowhere, and need not be read for that; with a backslash it may be spelt otherwise.
    if !text.contains(KEY) && !text.contains('\\') {
        return false;
    }
    let (root, _) = DeTable::parse_recoverable(text);
    root.get_ref().contains_key(KEY)
}

struct Converter<'a> {
    file: usize,
    text: &'a str,
}

impl Converter<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        let end = span.end.min(self.text.len());
        Place {
            file: self.file,
            span: span.start.min(end)..end,
        }
    }

    fn table(&self, table: &DeTable<'_>) -> Table {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: self.key(key.get_ref(), key.span()),
                node: self.node(value.get_ref(), value.span()),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key.place.span.start);
        Table { entries }
    }

    fn key(&self, key: &str, span: Range<usize>) -> Text {
        let place = self.place(span);
        Text {
            value: key.to_owned(),
            inner: self.inner(key, &place),
            place,
        }
    }

    fn node(&self, value: &DeValue<'_>, span: Range<usize>) -> Node {
        let place = self.place(span);
        let value = match value {
            DeValue::String(text) => Value::Text(text.to_string(), self.inner(text, &place)),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Number(number.as_str().to_owned()), Value::Whole),
            DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.node(item.get_ref(), item.span()))
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { place, value }
    }

    /// Where the content of a text begins, if it stands in the file letter for letter.
    fn inner(&self, value: &str, place: &Place) -> Option<usize> {
        let raw = self.text.get(place.span.clone())?;
        raw.find(value).map(|at| place.span.start + at)
    }
}
