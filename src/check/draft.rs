//! The clauses in the order of the book, before their names are resolved.

use super::Checker;
use crate::finding::Place;
use crate::syntax::{Text, WrittenCell, WrittenClause, WrittenRow, WrittenTableRow};
use crate::vocabulary::words::Question;

/// A clause with its place in the book, before its names are resolved.
pub struct Draft<'w> {
    /// Its number as printed.
    pub id: String,
    /// Its unique key.
    pub key: String,
    /// The key of the table whose row it is.
    pub table: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// What it answers.
    pub questions: Vec<Question>,
    /// Which questions of the policy's own it answers.
    pub asked: Vec<String>,
    /// Its text.
    pub from: From<'w>,
}

/// Where a clause comes from.
#[derive(Clone, Copy)]
pub enum From<'w> {
    /// `[[clause]]`
    Clause(&'w WrittenClause),
    /// A row of a clause's table.
    TableRow(&'w WrittenClause, &'w WrittenTableRow),
    /// A row of a rota's table of reasons and effects.
    RotaRow(&'w WrittenRow),
}

impl Draft<'_> {
    /// Whether it is the row of a rota that stands there.
    pub fn is_row_at(&self, place: &Place) -> bool {
        matches!(self.from, From::RotaRow(_)) && self.place == *place
    }
}

impl<'a> Checker<'a> {
    /// Every clause in the order of the book. A row of a rota stands right before the first clause of its id; one whose
    /// id no clause has stands at the end.
    pub fn draft_clauses(&mut self) -> Vec<Draft<'a>> {
        let written = self.written;
        let mut draft: Vec<Draft<'a>> = Vec::new();
        for clause in &written.clauses {
            if clause.rows.is_empty() {
                draft.push(of_clause(clause));
            }
            draft.extend(clause.rows.iter().map(|row| of_row(clause, row)));
        }
        for row in written
            .title
            .rotas
            .iter()
            .flat_map(|rota| &rota.passed_over)
        {
            let id = text(row.id.as_ref());
            let key = free_key(&id, &draft);
            let is_first =
                |known: &Draft<'_>| known.id == id && !matches!(known.from, From::RotaRow(_));
            let first = draft.iter().position(is_first).unwrap_or(draft.len());
            let (place, questions) = (row.place.clone(), vec![Question::Turn]);
            draft.insert(
                first,
                Draft {
                    id,
                    key,
                    table: None,
                    place,
                    questions,
                    asked: Vec::new(),
                    from: From::RotaRow(row),
                },
            );
        }
        draft
    }
}

fn of_clause(clause: &WrittenClause) -> Draft<'_> {
    Draft {
        id: text(clause.id.as_ref()),
        key: clause.key.clone(),
        table: None,
        place: clause.place.clone(),
        questions: clause
            .then
            .questions()
            .into_iter()
            .map(|(question, _)| question)
            .collect(),
        asked: names(&clause.then.asked),
        from: From::Clause(clause),
    }
}

fn of_row<'w>(clause: &'w WrittenClause, row: &'w WrittenTableRow) -> Draft<'w> {
    let both = clause
        .then
        .questions()
        .into_iter()
        .chain(row.then.questions());
    Draft {
        id: text(row.id.as_ref()),
        key: row.key.clone(),
        table: Some(clause.key.clone()),
        place: row.place.clone(),
        questions: both.map(|(question, _)| question).collect(),
        asked: [names(&clause.then.asked), names(&row.then.asked)].concat(),
        from: From::TableRow(clause, row),
    }
}

fn names(asked: &[(Text, WrittenCell)]) -> Vec<String> {
    asked.iter().map(|(name, _)| name.value.clone()).collect()
}

fn text(id: Option<&Text>) -> String {
    id.map_or_else(String::new, |id| id.value.clone())
}

/// A key that no clause has yet: the id, or the id with `#2`, `#3`.
fn free_key(id: &str, draft: &[Draft<'_>]) -> String {
    let mut key = id.to_owned();
    let mut count = 1;
    while draft.iter().any(|known| known.key == key) {
        count += 1;
        key = format!("{id}#{count}");
    }
    key
}
