//! An event back into a line of JSON, as a journal holds it.

use super::schema::Schema;
use crate::base::json::{push_key, push_list, push_number, push_shown, push_text, push_text_key};
use crate::event::{Event, Ids, PersonId, Value};
use std::fmt::Display;

impl Schema {
    /// Appends an event as one line of JSON, without a line end: `at` in the office's offset with milliseconds, then
    /// `event`, `id`, `by` and its fields. Notes are not kept with events.
    pub fn write_event(&self, ids: &Ids, event: &Event, out: &mut String) {
        out.push('{');
        push_key(out, "at");
        push_shown(out, self.calendar.format(event.at));
        push_key(out, "event");
        push_text(out, self.kind_name(event.kind));
        if let Some((id, _)) = event.id {
            push_key(out, "id");
            push_text(out, ids.events.text(id));
        }
        if let Some(by) = event.by {
            push_key(out, "by");
            push_text(out, ids.person(by));
        }
        for (field, value) in &event.fields {
            push_text_key(out, self.field_name(*field));
            self.write_value(ids, value, out);
        }
        out.push('}');
    }

    fn write_value(&self, ids: &Ids, value: &Value, out: &mut String) {
        match value {
            Value::Person(id) => push_text(out, ids.person(*id)),
            Value::Persons(people) => {
                push_list(out, people, |out, id| push_text(out, ids.person(*id)))
            }
            Value::Customer(id) => push_text(out, ids.customer(*id)),
            Value::Customers(list) => {
                push_list(out, list, |out, id| push_text(out, ids.customer(*id)))
            }
            Value::Visit(id) => push_text(out, ids.visit(*id)),
            Value::Deal(id) => push_text(out, ids.deal(*id)),
            Value::Word(word) => push_text(out, ids.word(*word)),
            Value::Text(text) => push_text(out, text),
            Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Count(count) => push_number(out, *count),
            Value::Money(fen) => push_shown(out, fen),
            Value::Shares(shares) => push_list(out, shares, |out, (person, part)| {
                out.push('{');
                push_key(out, "staff");
                push_text(out, ids.person(*person));
                push_key(out, "share");
                push_shown(out, part.share);
                if let Some(amount) = part.amount {
                    push_key(out, "amount");
                    push_shown(out, amount);
                }
                out.push('}');
            }),
            Value::Clauses(clauses) => push_list(out, clauses, |out, id| push_text(out, id)),
            Value::Event(event) => self.write_event(ids, event, out),
            Value::Asleep(asleep) => push_list(out, asleep, |out, (person, since)| {
                push_pair(out, ids, *person, "since", self.calendar.format(*since));
            }),
            Value::Files(files) => {
                out.push('{');
                for (path, text) in files {
                    push_text_key(out, path);
                    push_text(out, text);
                }
                out.push('}');
            }
        }
    }
}

/// `{"staff":…, key: …}`.
fn push_pair(
    out: &mut String,
    ids: &Ids,
    person: PersonId,
    key: &'static str,
    value: impl Display,
) {
    out.push('{');
    push_key(out, "staff");
    push_text(out, ids.person(person));
    push_key(out, key);
    push_shown(out, value);
    out.push('}');
}
