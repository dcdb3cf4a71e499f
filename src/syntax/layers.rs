//! The files of a folder, sorted into declarations by section and clauses by chapter, and laid over one another.

use super::book::{Book, Keys, NEVER, SECTIONS, TITLE_KEYS, TITLE_PAGE};
use super::merge;
use super::tree::{Entry, Table, Text, Value, parse_file};
use crate::base::names::nearest;
use crate::finding::{Code, Finding, Place};

/// The text files of one folder: number among the sources, path inside the folder, text.
#[derive(Clone, Debug, Default)]
pub struct LayerText<'a> {
    /// Sorted by path.
    pub files: Vec<(usize, &'a str, &'a str)>,
}

/// The chapters of one folder and the clauses of each file.
#[derive(Default)]
struct Chapters {
    listed: Vec<Text>,
    clauses: Vec<(String, Vec<(Table, Place)>)>,
    /// Cases that cannot happen: they may stand in any file.
    never: Vec<(Table, Place)>,
}

/// Puts the folders of a policy together, the one that is extended last first.
pub fn book_of(layers: &[LayerText<'_>], findings: &mut Vec<Finding>) -> Book {
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
            } else if key == "never" {
                chapters.never.extend(never_tables(entry, findings));
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
        .chain(&["clause", "never"])
        .chain(TITLE_KEYS.iter().filter(|_| is_title_page));
    let finding = Finding::new(
        Code::UnknownKey,
        format!("no file of a policy has a key `{}`", key.value),
        key.place.clone(),
        "unknown",
    );
    match nearest(&key.value, known.copied()) {
        Some(word) => finding.help(format!("did you mean `{word}`?")),
        None => finding.help(
            "files hold amount, fact, question, people, window, event, violation, account, clause and never",
        ),
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

/// `[[never]]`: clauses of a kind of their own.
fn never_tables(entry: Entry, findings: &mut Vec<Finding>) -> Vec<(Table, Place)> {
    let key = entry.key.clone();
    let mut tables = clause_tables(entry, findings);
    for (table, place) in &mut tables {
        if let Some(kind) = table.get("kind") {
            findings.push(Finding::new(
                Code::UnknownKey,
                "a case that cannot happen has no key `kind`",
                kind.key.place.clone(),
                "unknown key",
            ));
        }
        table.take("kind");
        let value = Value::Text(NEVER.to_owned(), None);
        let node = super::tree::Node {
            place: place.clone(),
            value,
        };
        let key = Text {
            value: "kind".to_owned(),
            ..key.clone()
        };
        table.entries.push(Entry { key, node });
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
        ordered.extend(self.never);
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
