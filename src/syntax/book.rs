//! The files of a policy as one book: declarations by section, clauses in the order of the chapters.

use super::tree::{Table, Value};
use crate::finding::{Code, Finding, Place};
use std::collections::BTreeMap;

/// A policy as its author wrote it, all its files in one.
#[derive(Debug, Default)]
pub struct Book {
    /// The keys of the title page.
    pub title: Table,
    /// Where the title page stands.
    pub page: Option<Place>,
    /// `amount`, `fact`, `question`, `people`, `window`, `event`, `violation`, `account`: each a table by name.
    pub sections: Table,
    /// Clauses in the order of the book.
    pub clauses: Vec<KeyedClause>,
    /// What `remove` took away.
    pub removed: Vec<Removed>,
}

/// Something that `remove` took away: an id, a key, or a declaration (`amount.x`).
pub type Removed = String;

/// A clause with the key by which it is known.
#[derive(Clone, Debug)]
pub struct KeyedClause {
    /// Unique: the id, or the id with `#2`, `#3` for later parts, or as the author names it.
    pub key: String,
    /// The same for the rows of a table.
    pub row_keys: Vec<String>,
    /// What stands in it.
    pub table: Table,
    /// Where it stands.
    pub place: Place,
}

/// Tables that any file may hold.
pub const SECTIONS: &[&str] = &[
    "amount",
    "fact",
    "question",
    "people",
    "window",
    "event",
    "violation",
    "account",
];

/// Keys of the title page alone.
pub const TITLE_KEYS: &[&str] = &[
    "name",
    "title",
    "zone",
    "day_ends",
    "chapters",
    "in_force",
    "remainder",
    "undecided",
    "while_brought",
    "identity",
    "changes",
    "extends",
    "remove",
    "role",
    "rota",
];

/// The kind of a clause that says what cannot happen.
pub const NEVER: &str = "never";

/// The name of the title page's file.
pub const TITLE_PAGE: &str = "policy.toml";

/// Gives clauses their keys.
#[derive(Default)]
pub struct Keys {
    known: BTreeMap<String, Place>,
    counts: BTreeMap<String, u32>,
}

impl Keys {
    /// Keys that are taken already.
    pub fn of(clauses: &[KeyedClause]) -> Keys {
        let mut keys = Keys::default();
        for clause in clauses {
            keys.known.insert(clause.key.clone(), clause.place.clone());
            keys.known.extend(
                clause
                    .row_keys
                    .iter()
                    .map(|key| (key.clone(), clause.place.clone())),
            );
        }
        keys
    }

    /// Gives each clause, and each row of its table, its key.
    pub fn give(
        &mut self,
        clauses: Vec<(Table, Place)>,
        findings: &mut Vec<Finding>,
    ) -> Vec<KeyedClause> {
        clauses
            .into_iter()
            .map(|(table, place)| {
                let key = self.key_of(&table, &place, findings);
                let row_keys = self.row_keys(&table, findings);
                KeyedClause {
                    key,
                    row_keys,
                    table,
                    place,
                }
            })
            .collect()
    }

    fn row_keys(&mut self, table: &Table, findings: &mut Vec<Finding>) -> Vec<String> {
        let Some(Value::List(rows)) = table.get("rows").map(|entry| &entry.node.value) else {
            return Vec::new();
        };
        let mut keys = Vec::new();
        for row in rows {
            if let Value::Table(cells) = &row.value {
                keys.push(self.key_of(cells, &row.place, findings));
            }
        }
        keys
    }

    /// The key of a clause, or of a row of its table.
    pub fn key_of(&mut self, table: &Table, place: &Place, findings: &mut Vec<Finding>) -> String {
        if let Some(key) = table.get("key").and_then(|entry| entry.node.text()) {
            let name = plain_key(&key.value);
            if let Some(first) = self.known.get(name) {
                let message = format!("two clauses have the key `{name}`");
                let finding =
                    Finding::new(Code::DuplicateKey, message, key.place.clone(), "used again");
                findings.push(finding.other(first.clone(), "has it already"));
            } else {
                self.known.insert(name.to_owned(), place.clone());
                return name.to_owned();
            }
        }
        let id = table
            .get("id")
            .and_then(|entry| entry.node.text())
            .map_or(String::new(), |text| text.value);
        let count = self.counts.entry(id.clone()).or_insert(0);
        loop {
            *count += 1;
            let key = if *count == 1 {
                id.clone()
            } else {
                format!("{id}#{count}")
            };
            if !self.known.contains_key(&key) {
                self.known.insert(key.clone(), place.clone());
                return key;
            }
        }
    }
}

/// `3.4#1` is another way to write the key of the first part of 3.4.
pub fn plain_key(key: &str) -> &str {
    key.strip_suffix("#1").unwrap_or(key)
}
