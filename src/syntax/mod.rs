//! TOML text to what an author wrote, with its places; the only home of the TOML crate.
//!
//! Three steps: a file becomes a [`Table`] of [`Node`]s that know where they stand; the files of a folder, and those
//! of the folders that it extends, become one [`Book`]; the book is read into the structures of [`Written`]. Every
//! step gathers findings and goes on with what is left. Nothing here knows what a name refers to: that is `check`'s.

mod answers;
mod book;
mod cells;
mod clauses;
mod declarations;
mod layers;
mod merge;
mod read;
mod settings;
pub mod slips;
mod title;
mod tree;
mod written;

pub use book::{Book, KeyedClause, Removed};
pub use layers::LayerText;
pub use read::Reader;
pub use settings::{SettingKey, Takes, WrittenOffice, WrittenSettings, settings};
pub use tree::{Entry, Node, Table, Text, Value, extends_of, is_scenario, parse_file};
pub use written::*;

use crate::finding::{Finding, Place};

/// Reads the folders of a policy, the one that is extended last first, into what their author wrote. Where a file is
/// not valid TOML only that is said: what follows from it would hide it.
pub fn assemble(layers: &[LayerText<'_>]) -> (Option<Written>, Vec<Finding>) {
    let mut findings = malformed(layers);
    if !findings.is_empty() {
        return (None, findings);
    }
    let book = layers::book_of(layers, &mut findings);
    let written = read_book(book, &mut findings);
    (Some(written), findings)
}

/// What is not valid TOML in these files.
pub fn malformed(layers: &[LayerText<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _, text) in layers.iter().flat_map(|layer| &layer.files) {
        parse_file(*file, text, &mut findings);
    }
    findings
}

/// Declared facts; a question of the policy's own is a fact that clauses answer.
fn facts_and_questions(
    facts: Vec<tree::Entry>,
    questions: Vec<tree::Entry>,
    findings: &mut Vec<Finding>,
) -> Vec<WrittenFact> {
    let mut all = Vec::new();
    for entry in facts {
        all.extend(declarations::fact(entry, findings));
    }
    for entry in questions {
        all.extend(declarations::question(entry, findings));
    }
    all
}

/// Reads the book; what is wrong in form becomes findings.
fn read_book(mut book: Book, findings: &mut Vec<Finding>) -> Written {
    let page = book.page.clone().unwrap_or(Place {
        file: 0,
        span: 0..0,
    });
    let title = title::read(std::mem::take(&mut book.title), book.page.clone(), findings);
    let sections = std::mem::take(&mut book.sections);
    let mut sections = Reader::new(sections, page, "a policy".to_owned(), findings);
    let amounts = sections.named_tables("amount");
    let facts = sections.named_tables("fact");
    let questions = sections.named_tables("question");
    let asked: Vec<String> = (questions.iter())
        .map(|entry| entry.key.value.clone())
        .collect();
    let people = sections.named_tables("people");
    let windows = sections.named_tables("window");
    let events = sections.named_tables("event");
    let violations = sections.named_tables("violation");
    let accounts = sections.named_tables("account");
    sections.finish();
    Written {
        title,
        amounts: amounts
            .into_iter()
            .filter_map(|entry| declarations::amount(entry, findings))
            .collect(),
        facts: facts_and_questions(facts, questions, findings),
        people: people
            .into_iter()
            .filter_map(|entry| declarations::people(entry, findings))
            .collect(),
        windows: windows
            .into_iter()
            .filter_map(|entry| declarations::window(entry, findings))
            .collect(),
        events: events
            .into_iter()
            .filter_map(|entry| declarations::event(entry, findings))
            .collect(),
        violations: violations
            .into_iter()
            .filter_map(|entry| declarations::violation(entry, findings))
            .collect(),
        accounts: accounts
            .into_iter()
            .filter_map(|entry| declarations::account(entry, findings))
            .collect(),
        clauses: book
            .clauses
            .into_iter()
            .map(|clause| clauses::clause(clause, &asked, findings))
            .collect(),
        removed: book.removed,
    }
}
