//! The tree of a scenario file: keys and values in the order of the file, each with its place.

use crate::finding::{Code, Finding, Place};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Bytes of the file. A table that is written by dotted keys has the place of its first key; one under a header
    /// has the place of the header.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number with a point or too large for us, as it is written.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// A date, a time or both, as it is written.
    Date(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the order of the file.
    Table(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Without quotes.
    pub text: String,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// Reads a file; what is broken is left out and comes back as findings.
pub fn parse(file: usize, text: &str) -> (Node, Vec<Finding>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let findings = errors.iter().map(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = format!("this is not valid TOML: {}", error.message());
        Finding::new(Code::TomlSyntax, message, Place { file, span }, "here")
    });
    let root = Node {
        span: 0..text.len(),
        value: Value::Table(entries(text, table.get_ref())),
    };
    (root, findings.collect())
}

fn entries(text: &str, table: &DeTable<'_>) -> Vec<(Key, Node)> {
    let mut list: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key {
                text: key.get_ref().to_string(),
                span: key.span(),
            };
            (key, node(text, value))
        })
        .collect();
    list.sort_by_key(|(key, _)| key.span.start);
    list
}

fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let written = || text.get(span.clone()).unwrap_or_default().to_string();
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Float(_) => Value::Number(written()),
        DeValue::Datetime(_) => Value::Date(written()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Number(written()),
        },
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(text, item)).collect()),
        DeValue::Table(table) => Value::Table(entries(text, table)),
    };
    Node { span, value }
}

impl Node {
    /// Text, if it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a table.
    pub fn table(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value, if this is a table that has it.
    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.table()?.iter().find(|(known, _)| known.text == key)
    }

    /// What it is, as a finding says it: "a list".
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "text",
            Value::Int(_) | Value::Number(_) => "a number",
            Value::Flag(_) => "yes or no",
            Value::Date(_) => "a date or time",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// From the first to the last byte of this and of everything in it, wherever in the file that stands.
    pub fn extent(&self) -> Range<usize> {
        let mut extent = self.span.clone();
        let mut grow = |span: Range<usize>| extent = extent.start.min(span.start)..extent.end.max(span.end);
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| grow(item.extent())),
            Value::Table(entries) => entries.iter().for_each(|(key, value)| {
                grow(key.span.clone());
                grow(value.extent());
            }),
            _ => {}
        }
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_the_order_of_the_file_with_their_places() {
        let text = "b = 1\na = \"甲\"\n[[step]]\nat = 09:00:00\nx.y = [0x1F, 1.50]\n";
        let (root, findings) = parse(0, text);
        assert_eq!(findings, []);
        let keys: Vec<_> = root.table().unwrap().iter().map(|(key, _)| key.text.as_str()).collect();
        assert_eq!(keys, ["b", "a", "step"]);
        let step = &root.get("step").unwrap().list().unwrap()[0];
        assert_eq!(step.get("at").unwrap().value, Value::Date("09:00:00".into()));
        let list = step.get("x").unwrap().get("y").unwrap();
        assert_eq!(&text[list.span.clone()], "[0x1F, 1.50]");
        let values: Vec<_> = list.list().unwrap().iter().map(|item| item.value.clone()).collect();
        assert_eq!(values, [Value::Int(31), Value::Number("1.50".into())]);
        assert!(text[step.extent()].ends_with("1.50]"));
    }

    #[test]
    fn everything_that_is_broken_is_found_and_the_rest_is_read() {
        let (root, findings) = parse(3, "a = \nb = 2\nb = 3\nc = \"x\n");
        assert_eq!(findings.len(), 3);
        assert!(findings.iter().all(|finding| finding.code == Code::TomlSyntax));
        assert_eq!(root.get("b").unwrap().value, Value::Int(2));
    }
}
