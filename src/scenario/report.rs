//! `expect.report`: the parts of the report that a step names, compared with what the report has there.

use super::expect::NONE;
use super::reader::meant;
use super::tree::{Node, Value};
use serde_json::Value as Json;
use std::ops::Range;

/// A leaf of `expect.report`, with what the report has in its place.
pub(super) struct Leaf {
    /// Dotted path.
    pub path: String,
    /// What was expected.
    pub expected: String,
    /// What the report has, as TOML; nothing if the path leads nowhere.
    pub actual: Option<String>,
    /// Whether both are the same.
    pub same: bool,
    /// Where it was expected.
    pub span: Range<usize>,
    /// What was probably meant.
    pub help: Option<String>,
}

/// Compares every leaf under a node.
pub(super) fn compare(node: &Node, report: &Json) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk(node, Some(report), &mut Vec::new(), None, &mut leaves);
    leaves
}

fn walk<'n>(
    node: &'n Node,
    found: Option<&Json>,
    path: &mut Vec<&'n str>,
    help: Option<String>,
    leaves: &mut Vec<Leaf>,
) {
    if let (Value::Table(entries), None | Some(Json::Object(_))) = (&node.value, found) {
        for (key, node) in entries {
            let inner = found.and_then(|found| found.get(&key.text));
            let known = found
                .and_then(Json::as_object)
                .into_iter()
                .flat_map(|map| map.keys());
            let help = match inner {
                None => help
                    .clone()
                    .or_else(|| meant(&key.text, known.map(String::as_str))),
                Some(_) => None,
            };
            path.push(&key.text);
            walk(node, inner, path, help, leaves);
            path.pop();
        }
        return;
    }
    leaves.push(Leaf {
        path: path.join("."),
        expected: toml(&json(node)),
        actual: found.map(toml),
        same: found.is_some_and(|found| same(node, found)),
        span: node.span.clone(),
        help,
    });
}

/// Whether the report's value is the expected one: in tables only the keys that are named count.
fn same(node: &Node, found: &Json) -> bool {
    match (&node.value, found) {
        (Value::Text(text), Json::Null) => text == NONE,
        (Value::Text(text) | Value::Date(text), Json::String(found)) => text == found,
        (Value::Int(number), Json::Number(found)) => found.as_i64() == Some(*number),
        (Value::Flag(flag), Json::Bool(found)) => flag == found,
        (Value::List(items), Json::Array(found)) => {
            items.len() == found.len()
                && items
                    .iter()
                    .zip(found)
                    .all(|(item, found)| same(item, found))
        }
        (Value::Table(entries), Json::Object(found)) => entries
            .iter()
            .all(|(key, node)| found.get(&key.text).is_some_and(|found| same(node, found))),
        _ => false,
    }
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::Text(text) | Value::Date(text) | Value::Number(text) => Json::String(text.clone()),
        Value::Int(number) => Json::from(*number),
        Value::Flag(flag) => Json::Bool(*flag),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Table(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, node)| (key.text.clone(), json(node)))
                .collect(),
        ),
    }
}

/// A value of the report as a scenario writes it.
fn toml(value: &Json) -> String {
    match value {
        Json::Null => quoted(NONE),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!(
            "[{}]",
            items.iter().map(toml).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(map) if map.is_empty() => "{}".into(),
        Json::Object(map) => {
            let entries: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{} = {}", bare(key), toml(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push_str(&format!("\\u{:04X}", control as u32)),
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

/// Text as a TOML key: bare where that is allowed.
pub(super) fn bare(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(plain) {
        key.into()
    } else {
        quoted(key)
    }
}
