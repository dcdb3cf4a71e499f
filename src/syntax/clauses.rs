//! Clauses and the rows of their tables, as written.

use super::answers;
use super::book::{KeyedClause, NEVER};
use super::cells;
use super::read::Reader;
use super::tree::{Text, Value};
use super::written::{
    WrittenAlso, WrittenAnswers, WrittenAsking, WrittenClause, WrittenTableRow, WrittenText,
};
use crate::finding::Finding;

/// Reads a clause; what is wrong in form becomes findings.
pub fn clause(clause: KeyedClause, asked: &[String], findings: &mut Vec<Finding>) -> WrittenClause {
    let KeyedClause {
        key,
        row_keys,
        table,
        place,
    } = clause;
    let what = if key.is_empty() {
        "a clause".to_owned()
    } else {
        format!("the clause `{key}`")
    };
    let mut reader = Reader::new(table, place.clone(), what, findings);
    let id = reader.must_text("id", "\"R.name\"");
    reader.take("key");
    let kind = reader.text("kind");
    let (title, says) = texts(&mut reader, kind.as_ref());
    let (on, when, unless) = (
        reader.text_or_texts("on"),
        reader.texts("when"),
        reader.texts("unless"),
    );
    let otherwise = reader
        .flag("otherwise")
        .and_then(|(yes, place)| yes.then_some(place));
    let then = match reader.take("then") {
        Some(entry) => answers::read(entry, asked, reader.findings()),
        None => WrittenAnswers::default(),
    };
    let also = also(&mut reader);
    let overrides = reader.texts("overrides");
    let (until, ask) = (reader.text_or_texts("until"), ask(&mut reader));
    let in_force = in_force(&mut reader);
    let columns = reader.texts("columns");
    let rows = rows(&mut reader, row_keys, asked);
    reader.finish();
    WrittenClause {
        place,
        key,
        id,
        kind,
        title,
        says,
        on,
        when,
        unless,
        otherwise,
        then,
        also,
        overrides,
        until,
        ask,
        in_force,
        columns,
        rows,
    }
}

/// The rule, and what people are told; of a case that cannot happen, why it cannot.
fn texts(
    reader: &mut Reader<'_>,
    kind: Option<&Text>,
) -> (Option<WrittenText>, Option<WrittenText>) {
    if kind.is_none_or(|kind| kind.value != NEVER) {
        return (reader.must_bilingual("title"), reader.bilingual("says"));
    }
    let why = reader.must_bilingual("why");
    (reader.bilingual("title").or(why.clone()), why)
}

fn in_force(reader: &mut Reader<'_>) -> (Option<Text>, Option<Text>) {
    let Some(mut table) = reader.table("in_force", "`in_force`") else {
        return (None, None);
    };
    let dates = (table.date("from"), table.date("until"));
    table.finish();
    dates
}

/// `ask`: a role, or the people who agree.
fn ask(reader: &mut Reader<'_>) -> Option<WrittenAsking> {
    let entry = reader.take("ask")?;
    if let Some(role) = entry.node.text() {
        return Some(WrittenAsking::Role(role));
    }
    let mut table = Reader::of(entry.node, "`ask`".to_owned(), "ask", reader.findings())?;
    let place = table.place();
    let whom = table.text_or_texts("whom");
    if whom.is_empty() {
        table.need("whom", "[\"owner\", \"closer\"]");
    }
    let (within, otherwise) = (table.text("within"), table.text("else"));
    table.finish();
    Some(WrittenAsking::Agreement {
        whom,
        within,
        otherwise,
        place,
    })
}

fn also(reader: &mut Reader<'_>) -> WrittenAlso {
    let Some(mut table) = reader.table("also", "`also`") else {
        return WrittenAlso::default();
    };
    let place = Some(table.place());
    let notify = table.text_or_texts("notify");
    let mut violation = Vec::new();
    for entry in table.named_tables("violation") {
        match entry.node.text() {
            Some(kind) => violation.push((entry.key, kind)),
            None => table.wrong(&entry.node, &entry.key.value, "a kind of violation"),
        }
    }
    let names = table.text("names");
    table.finish();
    WrittenAlso {
        place,
        notify,
        violation,
        names,
    }
}

fn rows(reader: &mut Reader<'_>, keys: Vec<String>, asked: &[String]) -> Vec<WrittenTableRow> {
    let Some(entry) = reader.take("rows") else {
        return Vec::new();
    };
    let Value::List(items) = entry.node.value else {
        reader.wrong(&entry.node, "rows", "a list of rows");
        return Vec::new();
    };
    let mut keys = keys.into_iter();
    let mut rows = Vec::new();
    for item in items {
        let Value::Table(table) = item.value else {
            reader.wrong(&item, "rows", "a list of rows");
            continue;
        };
        let key = keys.next().unwrap_or_default();
        let what = format!("the row `{key}`");
        let mut row = Reader::new(table, item.place, what, reader.findings());
        let place = row.place();
        let id = row.must_text("id", "\"A1\"");
        row.take("key");
        let (title, says, is) = (
            row.bilingual("title"),
            row.bilingual("says"),
            cells::cells("is", &mut row),
        );
        let (when, unless) = (row.texts("when"), row.texts("unless"));
        let also = also(&mut row);
        let (overrides, until) = (row.texts("overrides"), row.text_or_texts("until"));
        let then = answers::of_row(&mut row, asked);
        row.finish();
        rows.push(WrittenTableRow {
            place,
            key,
            id,
            title,
            says,
            is,
            when,
            unless,
            then,
            also,
            overrides,
            until,
        });
    }
    rows
}
