//! The title page: the office, its roles, its rotas.

use super::read::Reader;
use super::tree::{Entry, Table, Text, Value};
use super::written::{TitlePage, WrittenRole, WrittenRota, WrittenRow};
use crate::finding::{Code, Finding, Place};

/// Reads the title page.
pub fn read(table: Table, page: Option<Place>, findings: &mut Vec<Finding>) -> TitlePage {
    let place = page.clone().unwrap_or(Place {
        file: 0,
        span: 0..0,
    });
    let mut reader = Reader::new(table, place, "the title page".to_owned(), findings);
    let (roles, rotas) = (reader.named_tables("role"), reader.named_tables("rota"));
    let (identity, identity_last) = identity(&mut reader);
    let mut title = TitlePage {
        place: page,
        name: reader.must_text("name", "\"my-office\""),
        title: reader.must_bilingual("title"),
        zone: reader.must_text("zone", "\"Asia/Shanghai\""),
        day_ends: reader.text("day_ends"),
        in_force_from: in_force(&mut reader),
        remainder: remainder(&mut reader),
        undecided: pair(&mut reader, "undecided", "asks"),
        while_brought: pair(&mut reader, "while_brought", "owner"),
        identity,
        identity_last,
        deals_change: deals_change(&mut reader),
        ..TitlePage::default()
    };
    reader.take("chapters");
    reader.take("extends");
    if let Some(entry) = reader.take("remove") {
        let place = entry.key.place;
        let finding = Finding::new(
            Code::UnknownRemoval,
            "this policy extends no other",
            place,
            "removes nothing",
        );
        reader
            .findings()
            .push(finding.help("name the policy below: `extends = \"…\"`"));
    }
    if title.undecided.is_none() {
        reader.need("undecided", "{ asks = \"a_role\", id = \"R.name\" }");
    }
    if roles.is_empty() {
        reader.need_table("role", "[role.seller]");
    }
    if rotas.is_empty() {
        reader.need_table("rota", "[rota.walk_in]");
    }
    reader.finish();
    title.roles = roles
        .into_iter()
        .filter_map(|entry| role(entry, findings))
        .collect();
    title.rotas = rotas
        .into_iter()
        .filter_map(|entry| rota(entry, findings))
        .collect();
    title
}

/// The keys, and of which of them only so many characters at the end count.
fn identity(reader: &mut Reader<'_>) -> (Vec<Text>, Vec<(Text, i64)>) {
    let Some(mut identity) = reader.table("identity", "`identity`") else {
        return Default::default();
    };
    let keys = identity.texts("keys");
    if keys.is_empty() {
        identity.need("keys", "[\"phone\", \"name\"]");
    }
    let mut ends = Vec::new();
    if let Some(mut last) = identity.table("last", "`last`") {
        for entry in last.take_rest() {
            match entry.node.value {
                Value::Whole(number) => ends.push((entry.key, number)),
                _ => last.wrong(&entry.node, &entry.key.value, "a whole number"),
            }
        }
        last.finish();
    }
    identity.finish();
    (keys, ends)
}

fn deals_change(reader: &mut Reader<'_>) -> Option<Text> {
    let mut changes = reader.table("changes", "`changes`")?;
    let deals = changes.must_text("deals", "\"new_cases\"");
    changes.finish();
    deals
}

fn in_force(reader: &mut Reader<'_>) -> Option<Text> {
    let mut table = reader.table("in_force", "`in_force`")?;
    let from = table.date("from");
    table.finish();
    from
}

fn remainder(reader: &mut Reader<'_>) -> Vec<Text> {
    let people = reader.texts("remainder");
    if people.is_empty() {
        reader.need("remainder", "[\"closer\", \"receiver\", \"owner\"]");
    }
    people
}

/// A table of two texts: who, and the id of the clause that says so.
fn pair(reader: &mut Reader<'_>, key: &'static str, who: &'static str) -> Option<(Text, Text)> {
    let mut table = reader.table(key, &format!("`{key}`"))?;
    let (who, id) = (
        table.must_text(who, "\"…\""),
        table.must_text("id", "\"R.name\""),
    );
    table.finish();
    Some((who?, id?))
}

fn role(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenRole> {
    let what = format!("the role `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let role = WrittenRole {
        title: reader.must_bilingual("title"),
        receives: reader.whole("receives"),
        may: reader.texts("may"),
        name: entry.key,
    };
    reader.finish();
    Some(role)
}

fn rota(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenRota> {
    let what = format!("the rota `{}`", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &entry.key.value, findings)?;
    let (channels, order, day) = (
        reader.texts("channels"),
        reader.text_or_texts("order"),
        reader.text("day"),
    );
    let (ties, round, unit) = (
        reader.text("ties"),
        reader.text("round"),
        reader.text("unit"),
    );
    let mut rows = Vec::new();
    if let Some(found) = reader.take("passed_over") {
        match found.node.value {
            Value::List(items) => rows = items,
            _ => reader.wrong(&found.node, "passed_over", "a list of rows"),
        }
    }
    reader.finish();
    let passed_over = rows
        .into_iter()
        .filter_map(|row| passed_over(row, findings))
        .collect();
    Some(WrittenRota {
        name: entry.key,
        channels,
        order,
        ties,
        round,
        unit,
        day,
        passed_over,
    })
}

fn passed_over(node: super::tree::Node, findings: &mut Vec<Finding>) -> Option<WrittenRow> {
    let mut reader = Reader::of(
        node,
        "a row of `passed_over`".to_owned(),
        "passed_over",
        findings,
    )?;
    let row = WrittenRow {
        place: reader.place(),
        id: reader.must_text("id", "\"R.passed_over\""),
        title: reader.must_bilingual("title"),
        reason: reader.must_text("reason", "\"away\""),
        when: reader.texts("when"),
        effect: reader.must_text("effect", "\"forfeited\""),
    };
    reader.finish();
    Some(row)
}
