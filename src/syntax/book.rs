//! The files of a policy as one book: declarations by section, clauses in the order of the chapters.

use super::merge;
use super::tree::{Entry, Table, Text, Value, parse_file};
use crate::base::names::nearest;
use crate::finding::{Code, Finding, Place};
use std::collections::HashMap;

/// The text files of one folder: number among the sources, path inside the folder, text.
#[derive(Clone, Debug, Default)]
pub struct LayerText<'a> {
    /// Sorted by path.
    pub files: Vec<(usize, &'a str, &'a str)>,
}

/// A policy as its author wrote it, all its files in one.
#[derive(Debug, Default)]
pub struct Book {
    /// The keys of the title page.
    pub title: Table,
    /// Where the title page stands.
    pub page: Option<Place>,
    /// `amount`, `fact`, `people`, `window`, `event`, `violation`: each a table by name.
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
pub const SECTIONS: &[&str] = &["amount", "fact", "people", "window", "event", "violation"];

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
    "changes",
    "extends",
    "remove",
    "role",
    "rota",
];

/// The name of the title page's file.
pub const TITLE_PAGE: &str = "policy.toml";

/// The chapters of one folder and the clauses of each file.
#[derive(Default)]
pub struct Chapters {
    listed: Vec<Text>,
    clauses: Vec<(String, Vec<(Table, Place)>)>,
}

impl Book {
    /// Puts the folders of a policy together, the one that is extended last first.
    pub fn of(layers: &[LayerText<'_>], findings: &mut Vec<Finding>) -> Book {
        let mut whole: Option<Book> = None;
        for layer in layers {
            let (book, chapters) = read_layer(layer, findings);
            let loose = chapters.in_order(layer, findings);
            whole = Some(match whole {
                None => {
                    let mut keys = Keys::default();
                    let clauses = keys.give(loose, findings);
                    Book { clauses, ..book }
                }
                Some(base) => merge::onto(base, book, loose, findings),
            });
        }
        whole.unwrap_or_default()
    }
}

/// Sorts what stands at the top of the files of one folder.
fn read_layer(layer: &LayerText<'_>, findings: &mut Vec<Finding>) -> (Book, Chapters) {
    let mut book = Book::default();
    let mut chapters = Chapters::default();
    for (file, path, text) in &layer.files {
        let is_title_page = *path == TITLE_PAGE;
        if is_title_page {
            book.page = Some(Place {
                file: *file,
                span: 0..0,
            });
        }
        for entry in parse_file(*file, text, findings).entries {
            let key = entry.key.value.as_str();
            if key == "clause" {
                let stem = path.strip_suffix(".toml").unwrap_or(path).to_owned();
                chapters
                    .clauses
                    .push((stem, clause_tables(entry, findings)));
            } else if SECTIONS.contains(&key) {
                section(&mut book.sections, entry, findings);
            } else if !TITLE_KEYS.contains(&key) {
                findings.push(unknown_top_key(&entry.key, is_title_page));
            } else if !is_title_page {
                let message = format!("`{key}` belongs on the title page");
                let finding = Finding::new(
                    Code::MisplacedKey,
                    message,
                    entry.key.place.clone(),
                    "not in this file",
                );
                findings.push(finding.help(format!("move it to `{TITLE_PAGE}`")));
            } else {
                if key == "chapters" {
                    chapters.listed = texts(&entry, findings);
                }
                book.title.entries.push(entry);
            }
        }
    }
    (book, chapters)
}

fn unknown_top_key(key: &Text, is_title_page: bool) -> Finding {
    let known = SECTIONS
        .iter()
        .chain(&["clause"])
        .chain(TITLE_KEYS.iter().filter(|_| is_title_page));
    let finding = Finding::new(
        Code::UnknownKey,
        format!("no file of a policy has a key `{}`", key.value),
        key.place.clone(),
        "unknown",
    );
    match nearest(&key.value, known.copied()) {
        Some(word) => finding.help(format!("did you mean `{word}`?")),
        None => {
            finding.help("files hold amount, fact, people, window, event, violation and clause")
        }
    }
}

/// The texts of a list; anything else in it is a finding.
fn texts(entry: &Entry, findings: &mut Vec<Finding>) -> Vec<Text> {
    let Value::List(items) = &entry.node.value else {
        findings.push(super::read::wrong_type(
            &entry.node,
            &entry.key.value,
            "a list of texts",
        ));
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        match item.text() {
            Some(text) => found.push(text),
            None => findings.push(super::read::wrong_type(item, &entry.key.value, "a text")),
        }
    }
    found
}

fn clause_tables(entry: Entry, findings: &mut Vec<Finding>) -> Vec<(Table, Place)> {
    let Value::List(items) = entry.node.value else {
        let finding = super::read::wrong_type(&entry.node, "clause", "a list of clauses");
        findings.push(finding.help("begin each clause with `[[clause]]`"));
        return Vec::new();
    };
    let mut tables = Vec::new();
    for item in items {
        match item.value {
            Value::Table(table) => tables.push((table, item.place)),
            _ => findings.push(super::read::wrong_type(&item, "clause", "a table")),
        }
    }
    tables
}

/// Adds a section of one file to those of the other files of the folder.
fn section(sections: &mut Table, entry: Entry, findings: &mut Vec<Finding>) {
    let name = entry.key.value.clone();
    let Value::Table(table) = entry.node.value else {
        findings.push(super::read::wrong_type(
            &entry.node,
            &name,
            "a table by name",
        ));
        return;
    };
    let Some(at) = sections
        .entries
        .iter()
        .position(|known| known.key.value == name)
    else {
        let node = super::tree::Node {
            place: entry.node.place,
            value: Value::Table(table),
        };
        sections.entries.push(Entry {
            key: entry.key,
            node,
        });
        return;
    };
    let Value::Table(known) = &mut sections.entries[at].node.value else {
        return;
    };
    for item in table.entries {
        if let Some(first) = known.get(&item.key.value) {
            let message = format!("`{name}.{}` is declared twice", item.key.value);
            let finding = Finding::new(
                Code::DuplicateName,
                message,
                item.key.place.clone(),
                "declared again",
            );
            findings.push(finding.other(first.key.place.clone(), "declared here first"));
        } else {
            known.entries.push(item);
        }
    }
}

impl Chapters {
    /// The clauses in the order of the book: the title page's own, then chapter by chapter.
    fn in_order(
        mut self,
        layer: &LayerText<'_>,
        findings: &mut Vec<Finding>,
    ) -> Vec<(Table, Place)> {
        let title = TITLE_PAGE.trim_end_matches(".toml");
        let mut ordered: Vec<(Table, Place)> = Vec::new();
        let mut taken: Vec<String> = vec![title.to_owned()];
        ordered.extend(self.take(title));
        for chapter in std::mem::take(&mut self.listed) {
            let has_file = layer
                .files
                .iter()
                .any(|(_, path, _)| path.strip_suffix(".toml") == Some(&chapter.value));
            if taken.contains(&chapter.value) {
                let message = format!("the chapter `{}` is listed twice", chapter.value);
                findings.push(Finding::new(
                    Code::DuplicateName,
                    message,
                    chapter.place,
                    "listed again",
                ));
            } else if has_file {
                ordered.extend(self.take(&chapter.value));
                taken.push(chapter.value);
            } else {
                findings.push(missing_chapter(&chapter, layer));
            }
        }
        for (stem, clauses) in self.clauses {
            if let Some((_, place)) = clauses.first() {
                let message =
                    format!("`{stem}.toml` holds clauses and is not a chapter of the title page");
                let finding = Finding::new(
                    Code::UnlistedChapter,
                    message,
                    place.clone(),
                    "in no chapter",
                );
                findings
                    .push(finding.help(format!("add \"{stem}\" to `chapters` in `{TITLE_PAGE}`")));
            }
            ordered.extend(clauses);
        }
        ordered
    }

    fn take(&mut self, stem: &str) -> Vec<(Table, Place)> {
        match self.clauses.iter().position(|(known, _)| known == stem) {
            Some(at) => self.clauses.remove(at).1,
            None => Vec::new(),
        }
    }
}

fn missing_chapter(chapter: &Text, layer: &LayerText<'_>) -> Finding {
    let finding = Finding::new(
        Code::MissingChapter,
        format!("there is no file `{}.toml`", chapter.value),
        chapter.place.clone(),
        "no such chapter",
    );
    let stems = layer
        .files
        .iter()
        .filter_map(|(_, path, _)| path.strip_suffix(".toml"));
    match nearest(&chapter.value, stems) {
        Some(stem) => finding.help(format!("did you mean \"{stem}\"?")),
        None => finding.help("chapters are named without `.toml`"),
    }
}

/// Gives clauses their keys.
#[derive(Default)]
pub struct Keys {
    known: HashMap<String, Place>,
    counts: HashMap<String, u32>,
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

    fn key_of(&mut self, table: &Table, place: &Place, findings: &mut Vec<Finding>) -> String {
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
