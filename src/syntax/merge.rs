//! Extending: a folder's declarations and clauses laid over those of the folder that it extends.
//!
//! The rules, all of them: tables merge key by key, and so do the dates of an amount; a list or a single value
//! replaces the one below it. Whoever says anew how a fact is found or whom a people names replaces all that was said
//! of that, and keeps text and source; of a window, what would contradict (`length` and `to_end_of`, `starts` and
//! `ends`). A clause whose `key` is that of a clause below replaces it whole, in its
//! place; one that gives nothing but rows replaces those rows of the table, by their keys; any other is appended, and
//! so are chapters. `remove` takes away all parts of an id, one key, or a
//! declaration (`"amount.x"`). A row of `passed_over` with the same reason and the same conditions as a row below
//! replaces that row; any other stands before the rows of its reason.

use super::book::{Book, KeyedClause, Keys, SECTIONS, plain_key};
use super::tree::{Entry, Node, Table, Text, Value};
use crate::base::names::nearest;
use crate::finding::{Code, Finding, Place};

/// Keys that say how a fact is found: given anew, all of them are.
const FACT_HOW: &[&str] = &[
    "is", "absent", "count", "sum", "first", "last", "where", "same", "period", "value", "script",
    "reads", "type", "cases",
];
/// Keys that exclude others, by section: where one is given anew, those of the base go.
const INSTEAD: &[(&str, &str, &[&str])] = &[
    ("fact", "is", &["whose"]),
    ("fact", "script", &["whose"]),
    ("fact", "cases", &["whose"]),
    ("window", "length", &["to_end_of"]),
    (
        "window",
        "to_end_of",
        &["length", "first_day", "last_day", "ends"],
    ),
    ("window", "starts", &["ends"]),
    ("window", "ends", &["starts", "closed_by", "to_end_of"]),
];
/// Keys that say whom a people names.
const PEOPLE_HOW: &[&str] = &["is", "from", "where", "each", "first", "last"];

/// Lays a folder's book, whose clauses have no keys yet, over the one that it extends.
pub fn onto(
    mut base: Book,
    over: Book,
    loose: Vec<(Table, Place)>,
    findings: &mut Vec<Finding>,
) -> Book {
    remove(&mut base, &over, findings);
    let mut title = over.title;
    title
        .entries
        .retain(|entry| !["extends", "remove", "chapters"].contains(&entry.key.value.as_str()));
    // The name is a policy's own: an overlay without one has none.
    base.title.take("name");
    let mut path = Vec::new();
    merge_tables(&mut base.title, title, &mut path, findings);
    merge_tables(&mut base.sections, over.sections, &mut path, findings);
    replace_clauses(&mut base, loose, findings);
    base.page = over.page;
    base
}

/// Replaces the clauses whose keys are given again, and appends the others.
fn replace_clauses(base: &mut Book, loose: Vec<(Table, Place)>, findings: &mut Vec<Finding>) {
    let mut fresh = Vec::new();
    for (table, place) in loose {
        let key = table.get("key").and_then(|entry| entry.node.text());
        let known = key.as_ref().and_then(|key| {
            base.clauses
                .iter()
                .position(|clause| clause.key == plain_key(&key.value))
        });
        let Some(at) = known else {
            fresh.push((table, place));
            continue;
        };
        if has_rows_only(&table) {
            lay_rows(base, at, table, findings);
            continue;
        }
        if same_but_for_key(&base.clauses[at].table, &table) {
            let message = format!(
                "this clause says what `{}` says already",
                base.clauses[at].key
            );
            let finding =
                Finding::new(Code::IdleOverlay, message, place.clone(), "changes nothing");
            findings.push(
                finding
                    .other(base.clauses[at].place.clone(), "the same")
                    .warning(),
            );
        }
        let mut others = base.clauses.clone();
        others.remove(at);
        let given = Keys::of(&others).give(vec![(table, place)], findings);
        base.clauses.splice(at..=at, given);
    }
    let fresh = Keys::of(&base.clauses).give(fresh, findings);
    base.clauses.extend(fresh);
}

/// A table of the base given again by its key and some rows: the others stay.
fn has_rows_only(table: &Table) -> bool {
    let known = |entry: &Entry| ["key", "rows"].contains(&entry.key.value.as_str());
    table.get("rows").is_some() && table.entries.iter().all(known)
}

/// Lays rows over a table: each takes the place of the row of its key, or is added.
fn lay_rows(base: &mut Book, at: usize, mut table: Table, findings: &mut Vec<Finding>) {
    let Some(Value::List(over)) = table.take("rows").map(|entry| entry.node.value) else {
        return;
    };
    for row in over {
        let Value::Table(cells) = &row.value else {
            let wanted = "a list of rows";
            findings.push(super::read::wrong_type(&row, "rows", wanted));
            continue;
        };
        let key = cells.get("key").and_then(|entry| entry.node.text());
        let known = key.and_then(|key| {
            let keys = &base.clauses[at].row_keys;
            keys.iter()
                .position(|known| *known == plain_key(&key.value))
        });
        if let Some(number) = known {
            replace_row(&mut base.clauses[at], number, row, findings);
            continue;
        }
        let key = Keys::of(&base.clauses).key_of(cells, &row.place, findings);
        let clause = &mut base.clauses[at];
        if let Some(rows) = rows_of(clause) {
            rows.push(row);
            clause.row_keys.push(key);
        }
    }
}

fn rows_of(clause: &mut KeyedClause) -> Option<&mut Vec<Node>> {
    let mut entries = clause.table.entries.iter_mut();
    let entry = entries.find(|entry| entry.key.value == "rows")?;
    match &mut entry.node.value {
        Value::List(rows) => Some(rows),
        _ => None,
    }
}

fn replace_row(clause: &mut KeyedClause, number: usize, row: Node, findings: &mut Vec<Finding>) {
    let rows = rows_of(clause).into_iter().flatten();
    let mut tables = rows.filter(|known| matches!(known.value, Value::Table(_)));
    let Some(known) = tables.nth(number) else {
        return;
    };
    if let (Value::Table(below), Value::Table(above)) = (&known.value, &row.value)
        && same_but_for_key(below, above)
    {
        let message = "this row is what it was";
        let finding = Finding::new(
            Code::IdleOverlay,
            message,
            row.place.clone(),
            "changes nothing",
        );
        findings.push(finding.other(known.place.clone(), "the same").warning());
    }
    *known = row;
}

fn same_but_for_key(one: &Table, two: &Table) -> bool {
    let (mut one, mut two) = (one.clone(), two.clone());
    one.take("key");
    two.take("key");
    one.says_the_same(&two)
}

/// Lays one table over another.
fn merge_tables(
    base: &mut Table,
    over: Table,
    path: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) {
    drop_replaced(base, &over, path);
    for entry in over.entries {
        let Some(at) = base
            .entries
            .iter()
            .position(|known| known.key.value == entry.key.value)
        else {
            base.entries.push(entry);
            continue;
        };
        let known = &mut base.entries[at];
        if known.node.says_the_same(&entry.node) {
            let message = format!("`{}` is what it was", entry.key.value);
            let finding = Finding::new(
                Code::IdleOverlay,
                message,
                entry.key.place.clone(),
                "changes nothing",
            );
            findings.push(finding.other(known.key.place.clone(), "the same").warning());
            continue;
        }
        match (&mut known.node.value, entry.node.value) {
            (Value::Table(below), Value::Table(above)) => {
                path.push(entry.key.value.clone());
                merge_tables(below, above, path, findings);
                path.pop();
            }
            (Value::List(below), Value::List(above)) if entry.key.value == "passed_over" => {
                merge_rows(below, above, findings);
            }
            (_, value) => {
                *known = Entry {
                    key: entry.key,
                    node: Node {
                        place: entry.node.place,
                        value,
                    },
                }
            }
        }
    }
}

/// Drops how a fact, a people or a window was found where the table above says it anew.
fn drop_replaced(base: &mut Table, over: &Table, path: &[String]) {
    let [section, _] = path else { return };
    for (_, _, gone) in INSTEAD
        .iter()
        .filter(|(known, key, _)| known == section && over.get(key).is_some())
    {
        base.entries
            .retain(|entry| !gone.contains(&entry.key.value.as_str()));
    }
    let how = match section.as_str() {
        "fact" => FACT_HOW,
        "people" => PEOPLE_HOW,
        _ => return,
    };
    if how.iter().any(|key| over.get(key).is_some()) {
        base.entries
            .retain(|entry| !how.contains(&entry.key.value.as_str()));
    }
}

/// Lays rows of reason and effect over those below.
fn merge_rows(base: &mut Vec<Node>, over: Vec<Node>, findings: &mut Vec<Finding>) {
    for row in over {
        let same_case = |known: &Node| {
            cell(known, "reason") == cell(&row, "reason") && conditions(known) == conditions(&row)
        };
        if let Some(at) = base.iter().position(same_case) {
            if base[at].says_the_same(&row) {
                let finding = Finding::new(
                    Code::IdleOverlay,
                    "this row is what it was",
                    row.place.clone(),
                    "changes nothing",
                );
                findings.push(finding.other(base[at].place.clone(), "the same").warning());
            }
            base[at] = row;
        } else {
            let before = base
                .iter()
                .position(|known| cell(known, "reason") == cell(&row, "reason"));
            base.insert(before.unwrap_or(base.len()), row);
        }
    }
}

fn cell(row: &Node, key: &str) -> Option<String> {
    let Value::Table(table) = &row.value else {
        return None;
    };
    table.get(key)?.node.text().map(|text| text.value)
}

fn conditions(row: &Node) -> Vec<String> {
    let Value::Table(table) = &row.value else {
        return Vec::new();
    };
    match table.get("when").map(|entry| &entry.node.value) {
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| item.text())
            .map(|text| text.value)
            .collect(),
        _ => Vec::new(),
    }
}

/// Takes away what the title page above lists under `remove`.
fn remove(base: &mut Book, over: &Book, findings: &mut Vec<Finding>) {
    let Some(entry) = over.title.get("remove") else {
        return;
    };
    let Value::List(items) = &entry.node.value else {
        findings.push(super::read::wrong_type(
            &entry.node,
            "remove",
            "a list of ids, keys or declarations",
        ));
        return;
    };
    for item in items {
        let Some(name) = item.text() else {
            findings.push(super::read::wrong_type(item, "remove", "a text"));
            continue;
        };
        if !remove_declaration(base, &name.value) && !remove_clauses(base, &name.value) {
            findings.push(unknown_removal(base, &name));
        }
        base.removed.push(plain_key(&name.value).to_owned());
    }
}

fn remove_declaration(base: &mut Book, name: &str) -> bool {
    if name == "while_brought" || name == "identity" {
        return base.title.take(name).is_some();
    }
    let Some((section, item)) = name.split_once('.') else {
        return false;
    };
    let table = if SECTIONS.contains(&section) {
        &mut base.sections
    } else {
        &mut base.title
    };
    let place = table
        .entries
        .iter_mut()
        .find(|entry| entry.key.value == section);
    match place.map(|entry| &mut entry.node.value) {
        Some(Value::Table(items)) => items.take(item).is_some(),
        _ => false,
    }
}

/// Removes all parts of an id, or one key, rows of tables and of reasons included.
fn remove_clauses(base: &mut Book, name: &str) -> bool {
    let by_id = base
        .clauses
        .iter()
        .any(|clause| has_id(&clause.table, name))
        || rows_of_tables(base).any(|id| id == name)
        || row_ids(&base.title).contains(&name.to_owned());
    let name = if by_id { name } else { plain_key(name) };
    let before = base.clauses.len();
    base.clauses.retain(|clause| {
        if by_id {
            !has_id(&clause.table, name)
        } else {
            clause.key != name
        }
    });
    let mut found = base.clauses.len() != before;
    for clause in &mut base.clauses {
        found |= remove_table_rows(clause, name, by_id);
    }
    found | remove_passed_over(&mut base.title, name)
}

fn has_id(table: &Table, id: &str) -> bool {
    table
        .get("id")
        .and_then(|entry| entry.node.text())
        .is_some_and(|text| text.value == id)
}

fn rows_of_tables(base: &Book) -> impl Iterator<Item = String> + '_ {
    base.clauses
        .iter()
        .filter_map(|clause| match &clause.table.get("rows")?.node.value {
            Value::List(rows) => Some(rows.iter().filter_map(|row| cell(row, "id"))),
            _ => None,
        })
        .flatten()
}

fn remove_table_rows(clause: &mut KeyedClause, name: &str, by_id: bool) -> bool {
    let Some(entry) = clause
        .table
        .entries
        .iter_mut()
        .find(|entry| entry.key.value == "rows")
    else {
        return false;
    };
    let Value::List(rows) = &mut entry.node.value else {
        return false;
    };
    let before = rows.len();
    let keys = std::mem::take(&mut clause.row_keys);
    let mut keys = keys.into_iter();
    let mut kept = Vec::new();
    rows.retain(|row| {
        let key = if matches!(row.value, Value::Table(_)) {
            keys.next().unwrap_or_default()
        } else {
            String::new()
        };
        let goes = if by_id {
            cell(row, "id").as_deref() == Some(name)
        } else {
            key == name
        };
        if !goes && matches!(row.value, Value::Table(_)) {
            kept.push(key);
        }
        !goes
    });
    clause.row_keys = kept;
    rows.len() != before
}

/// Ids of the rows of reason and effect of every rota.
fn row_ids(title: &Table) -> Vec<String> {
    let Some(Value::Table(rotas)) = title.get("rota").map(|entry| &entry.node.value) else {
        return Vec::new();
    };
    let mut ids = Vec::new();
    for rota in &rotas.entries {
        let Value::Table(table) = &rota.node.value else {
            continue;
        };
        if let Some(Value::List(rows)) = table.get("passed_over").map(|entry| &entry.node.value) {
            ids.extend(rows.iter().filter_map(|row| cell(row, "id")));
        }
    }
    ids
}

fn remove_passed_over(title: &mut Table, id: &str) -> bool {
    let rotas = title
        .entries
        .iter_mut()
        .find(|entry| entry.key.value == "rota");
    let Some(Value::Table(rotas)) = rotas.map(|entry| &mut entry.node.value) else {
        return false;
    };
    let mut found = false;
    for rota in &mut rotas.entries {
        let Value::Table(table) = &mut rota.node.value else {
            continue;
        };
        let rows = table
            .entries
            .iter_mut()
            .find(|entry| entry.key.value == "passed_over");
        if let Some(Value::List(rows)) = rows.map(|entry| &mut entry.node.value) {
            let before = rows.len();
            rows.retain(|row| cell(row, "id").as_deref() != Some(id));
            found |= rows.len() != before;
        }
    }
    found
}

fn unknown_removal(base: &Book, name: &Text) -> Finding {
    let message = format!("there is nothing to remove by the name `{}`", name.value);
    let finding = Finding::new(
        Code::UnknownRemoval,
        message,
        name.place.clone(),
        "not in what is extended",
    );
    let ids: Vec<String> = base
        .clauses
        .iter()
        .filter_map(|clause| clause.table.get("id")?.node.text())
        .map(|text| text.value)
        .chain(base.clauses.iter().map(|clause| clause.key.clone()))
        .chain(row_ids(&base.title))
        .collect();
    match nearest(&name.value, ids.iter().map(String::as_str)) {
        Some(id) => finding.help(format!("did you mean `{id}`?")),
        None => finding.help("name an id, a key, or a declaration such as `amount.x`"),
    }
}
