//! The tree of a scenario file: keys and values in the order of the file, each with its place.

use crate::finding::Finding;
use crate::syntax;
use std::ops::Range;

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
    let mut findings = Vec::new();
    let table = syntax::parse_file(file, text, &mut findings);
    let root = Node {
        span: 0..text.len(),
        value: Value::Table(entries(table)),
    };
    (root, findings)
}

fn entries(table: syntax::Table) -> Vec<(Key, Node)> {
    let entry = |entry: syntax::Entry| {
        let key = Key {
            text: entry.key.value,
            span: entry.key.place.span,
        };
        (key, node(entry.node))
    };
    table.entries.into_iter().map(entry).collect()
}

fn node(written: syntax::Node) -> Node {
    let value = match written.value {
        syntax::Value::Text(text, _) => Value::Text(text),
        syntax::Value::Whole(number) => Value::Int(number),
        syntax::Value::Number(number) => Value::Number(number),
        syntax::Value::Flag(flag) => Value::Flag(flag),
        syntax::Value::Date(date) => Value::Date(date),
        syntax::Value::List(items) => Value::List(items.into_iter().map(node).collect()),
        syntax::Value::Table(table) => Value::Table(entries(table)),
    };
    Node {
        span: written.place.span,
        value,
    }
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
        let mut grow =
            |span: Range<usize>| extent = extent.start.min(span.start)..extent.end.max(span.end);
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
    use crate::finding::Code;

    #[test]
    fn keys_stand_in_the_order_of_the_file_with_their_places() {
        let text = "b = 1\na = \"甲\"\n[[step]]\nat = 09:00:00\nx.y = [0x1F, 1.50]\n";
        let (root, findings) = parse(0, text);
        assert_eq!(findings, []);
        let keys: Vec<_> = root
            .table()
            .unwrap()
            .iter()
            .map(|(key, _)| key.text.as_str())
            .collect();
        assert_eq!(keys, ["b", "a", "step"]);
        let step = &root.get("step").unwrap().list().unwrap()[0];
        assert_eq!(
            step.get("at").unwrap().value,
            Value::Date("09:00:00".into())
        );
        let list = step.get("x").unwrap().get("y").unwrap();
        assert_eq!(&text[list.span.clone()], "[0x1F, 1.50]");
        let values: Vec<_> = list
            .list()
            .unwrap()
            .iter()
            .map(|item| item.value.clone())
            .collect();
        assert_eq!(values, [Value::Int(31), Value::Number("1.50".into())]);
        assert!(text[step.extent()].ends_with("1.50]"));
    }

    #[test]
    fn the_first_broken_place_is_found_and_the_rest_is_read() {
        let (root, findings) = parse(3, "a = \nb = 2\nb = 3\nc = \"x\n");
        // What comes after the first place that cannot be read may only follow from it.
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::TomlSyntax]);
        assert_eq!(root.get("b").unwrap().value, Value::Int(2));
    }
}
