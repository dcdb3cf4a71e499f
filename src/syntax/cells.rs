//! Cells: the plain values that stand in the rows of a table and in the cases of a fact.

use super::read::Reader;
use super::tree::{Node, Value};
use super::written::WrittenCell;

/// One value; a list only where several may stand.
pub fn cell(node: &Node, key: &str, lists: bool, reader: &mut Reader<'_>) -> Option<WrittenCell> {
    if let Some(text) = node.text() {
        return Some(WrittenCell::Text(text));
    }
    let place = node.place.clone();
    match &node.value {
        Value::Whole(number) => Some(WrittenCell::Whole(*number, place)),
        Value::Flag(flag) => Some(WrittenCell::Flag(*flag, place)),
        Value::List(items) if lists => {
            let cells = items.iter().map(|item| cell(item, key, false, reader));
            let cells: Option<Vec<WrittenCell>> = cells.collect();
            cells.map(|cells| WrittenCell::List(cells, place))
        }
        _ => {
            let wanted = "a word, a whole number, an amount, or `true` or `false`";
            reader.wrong(node, key, wanted);
            None
        }
    }
}

/// The cells of a row.
pub fn cells(key: &'static str, reader: &mut Reader<'_>) -> Vec<WrittenCell> {
    let Some(entry) = reader.take(key) else {
        return Vec::new();
    };
    let Value::List(items) = &entry.node.value else {
        reader.wrong(&entry.node, key, "a list: one value for each of `columns`");
        return Vec::new();
    };
    let cells = items.iter();
    cells
        .filter_map(|item| cell(item, key, true, reader))
        .collect()
}
