//! The events of a story, as a journal would hold them.

use super::actual::Sort;
use super::rulebooks::{Rulebook, Rulebooks};
use super::story::{Occurrence, Story};
use super::tree::{Key, Node, Value};
use crate::base::json::{push_list, push_text, push_text_key};
use crate::base::time::{Calendar, Instant};
use crate::event::{Event, Ids};
use crate::finding::{Code, Finding, Place};
use crate::journal::{Field, FieldFault, RawValue};
use std::borrow::Cow;
use std::ops::Range;

/// An event with the step that it belongs to: the first step for people and rosters.
pub struct Staged {
    /// Index of the step.
    pub step: usize,
    /// The event; its `seq` counts the events from 1, as lines of a journal.
    pub event: Event,
    /// The line of a journal that it would be.
    pub line: String,
}

/// The kind of event that puts a policy in force.
pub(super) const POLICY_EVENT: &str = "policy";

/// The policy that an event names to put it in force.
fn change(occurrence: &Occurrence) -> Option<&str> {
    let text = |wanted: &str| {
        let found = occurrence.fields.iter().find(|(key, _)| key.text == wanted);
        found.and_then(|(_, node)| node.text())
    };
    text("policy").filter(|_| text("event") == Some(POLICY_EVENT))
}

impl Story {
    /// Every event in order, its names added to `ids`; or what is wrong with the steps.
    pub fn events(
        &self,
        books: &Rulebooks<'_>,
        ids: &mut Ids,
    ) -> Result<Vec<Staged>, Vec<Finding>> {
        let (mut staged, mut findings) = (Vec::new(), Vec::new());
        let (mut book, mut seq) = (books.first, 0);
        self.each(books, |step, fields, change| {
            seq += 1;
            let mut line = String::new();
            push_table(&mut line, fields);
            match book.schema.build(ids, seq, fields) {
                Ok(event) => staged.push(Staged { step, event, line }),
                Err(fault) => findings.push(self.malformed(fault)),
            }
            book = change.unwrap_or(book);
        });
        if findings.is_empty() {
            Ok(staged)
        } else {
            Err(findings)
        }
    }

    /// The story as a journal: one line for each event. No findings may stand against it.
    pub fn journal(&self, books: &Rulebooks<'_>) -> String {
        let mut lines = String::new();
        self.each(books, |_, fields, _| {
            push_table(&mut lines, fields);
            lines.push('\n');
        });
        lines
    }

    /// How many of its events the story expects to be impossible.
    pub fn impossible(&self) -> u64 {
        let expected = self.steps.iter().filter_map(|step| step.expect.as_ref());
        let items = expected.flat_map(|expect| &expect.items);
        let items = items.filter(|item| item.sort == Sort::Refuse);
        let input = |name: &String| name.starts_with("input.");
        items.filter(|item| item.clauses.iter().any(input)).count() as u64
    }

    /// Gives the fields of every event in order: index of the step, fields, and the policy that the event puts in force.
    fn each<'b>(
        &self,
        books: &Rulebooks<'b>,
        mut give: impl FnMut(usize, &[Field<'_>], Option<&'b Rulebook>),
    ) {
        let calendar = &books.first.policy.calendar;
        if let Some(first) = self.steps.first() {
            for fields in self.preamble(calendar, first.at, &first.place) {
                give(0, &fields, None);
            }
        }
        for (index, step) in self.steps.iter().enumerate() {
            for occurrence in &step.occurrences {
                let mut fields = vec![time(calendar, occurrence.at, &step.place)];
                fields.extend(occurrence.fields.iter().map(field));
                let change = change(occurrence).and_then(|name| books.later.get(name).copied());
                if let Some(book) = change {
                    fields.retain(|field| field.key != "digest" && field.key != "policy");
                    let text = |text: &str| RawValue::Text(Cow::Owned(text.to_string()));
                    fields.push(plain("policy", text(&book.policy.name), &step.place));
                    fields.push(plain("digest", text(&book.policy.digest), &step.place));
                }
                give(index, &fields, change);
            }
            if step.occurrences.is_empty() {
                let tick = plain("event", RawValue::Text(Cow::Borrowed("tick")), &step.place);
                let fields = [time(calendar, step.at, &step.place), tick];
                give(index, &fields, None);
            }
        }
    }

    fn malformed(&self, fault: FieldFault) -> Finding {
        let place = Place {
            file: self.file,
            span: fault.at,
        };
        let mut finding = Finding::new(Code::ScenarioEvent, fault.message, place, "here");
        finding.help = fault.help;
        finding
    }

    /// People and rosters, as events at the first step's time.
    fn preamble<'s>(
        &'s self,
        calendar: &Calendar,
        at: Instant,
        place: &Range<usize>,
    ) -> Vec<Vec<Field<'s>>> {
        let kind = |kind: &'static str, span: &Range<usize>| {
            plain("event", RawValue::Text(Cow::Borrowed(kind)), span)
        };
        let at = || time(calendar, at, place);
        let mut events = Vec::new();
        for (person, role) in &self.people {
            let name = RawValue::Text(Cow::Borrowed(person.text.as_str()));
            events.push(vec![
                at(),
                kind("person", &person.span),
                plain("person", name, &person.span),
                plain("role", raw(role), &role.span),
            ]);
        }
        for (desk, order) in &self.rosters {
            let mut fields = vec![
                at(),
                kind("roster", &order.span),
                plain("order", raw(order), &order.span),
            ];
            let name = desk.as_ref().map(|desk| {
                (
                    RawValue::Text(Cow::Borrowed(desk.text.as_str())),
                    &desk.span,
                )
            });
            fields.extend(name.map(|(name, span)| plain("desk", name, span)));
            events.push(fields);
        }
        events
    }
}

fn plain<'a>(key: &'static str, value: RawValue<'a>, span: &Range<usize>) -> Field<'a> {
    Field {
        key: Cow::Borrowed(key),
        value,
        key_at: span.clone(),
        value_at: span.clone(),
    }
}

fn time(calendar: &Calendar, at: Instant, place: &Range<usize>) -> Field<'static> {
    plain(
        "at",
        RawValue::Text(Cow::Owned(calendar.format(at).to_string())),
        place,
    )
}

fn field<'n>((key, node): &'n (Key, Node)) -> Field<'n> {
    Field {
        key: Cow::Borrowed(&key.text),
        value: raw(node),
        key_at: key.span.clone(),
        value_at: node.span.clone(),
    }
}

fn raw(node: &Node) -> RawValue<'_> {
    match &node.value {
        Value::Text(text) | Value::Date(text) => RawValue::Text(Cow::Borrowed(text)),
        Value::Int(number) => RawValue::Int(*number),
        Value::Number(_) => RawValue::Float,
        Value::Flag(flag) => RawValue::Flag(*flag),
        Value::List(items) => RawValue::List(items.iter().map(raw).collect()),
        Value::Table(entries) => RawValue::Table(entries.iter().map(field).collect()),
    }
}

/// Fields as a JSON object.
fn push_table(out: &mut String, fields: &[Field<'_>]) {
    out.push('{');
    for field in fields {
        push_text_key(out, &field.key);
        push_value(out, &field.value);
    }
    out.push('}');
}

fn push_value(out: &mut String, value: &RawValue<'_>) {
    match value {
        RawValue::Text(text) => push_text(out, text),
        RawValue::Int(number) => out.push_str(&number.to_string()),
        RawValue::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        RawValue::List(items) => push_list(out, items, push_value),
        RawValue::Table(fields) => push_table(out, fields),
        RawValue::Float | RawValue::Null => out.push_str("null"),
    }
}
