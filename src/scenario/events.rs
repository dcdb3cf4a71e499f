//! The events of a story, as a journal would hold them.

use super::story::Story;
use super::tree::{Key, Node, Value};
use crate::base::time::{Calendar, Instant};
use crate::event::{Event, Ids};
use crate::finding::{Code, Finding, Place};
use crate::journal::{Field, RawValue, Schema};
use std::borrow::Cow;
use std::ops::Range;

/// An event with the step that it belongs to: the first step for people and rosters.
pub struct Staged {
    /// Index of the step.
    pub step: usize,
    /// The event; its `seq` is the number of the step from 1, and 0 for people and rosters.
    pub event: Event,
}

impl Story {
    /// Every event in order, its names added to `ids`; or what is wrong with the steps.
    pub fn events(&self, schema: &Schema, ids: &mut Ids) -> Result<Vec<Staged>, Vec<Finding>> {
        let (mut staged, mut findings) = (Vec::new(), Vec::new());
        let mut add = |step: usize, seq: u64, fields: &[Field<'_>]| match schema
            .build(ids, seq, fields)
        {
            Ok(event) => staged.push(Staged { step, event }),
            Err(fault) => {
                let place = Place {
                    file: self.file,
                    span: fault.at,
                };
                let mut finding = Finding::new(Code::ScenarioEvent, fault.message, place, "here");
                finding.help = fault.help;
                findings.push(finding);
            }
        };
        let calendar = schema.calendar();
        if let Some(first) = self.steps.first() {
            for fields in self.preamble(calendar, first.at, &first.place) {
                add(0, 0, &fields);
            }
        }
        for (index, step) in self.steps.iter().enumerate() {
            for occurrence in &step.occurrences {
                let mut fields: Vec<Field<'_>> = occurrence.fields.iter().map(field).collect();
                fields.push(time(calendar, occurrence.at, &step.place));
                add(index, index as u64 + 1, &fields);
            }
        }
        if findings.is_empty() {
            Ok(staged)
        } else {
            Err(findings)
        }
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
