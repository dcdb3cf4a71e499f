//! An event that is known to be well-formed, its names still text: so that a malformed line leaves no names behind.

use super::schema::{FieldSchema, KindSchema};
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{Event, Ids, Portion, Value};
use crate::vocabulary::events::FieldType;
use smallvec::SmallVec;

/// An event that is well-formed, its names still text.
pub(super) struct Drafted<'s, 'v> {
    pub at: Instant,
    pub kind: &'s KindSchema,
    pub id: Option<&'v str>,
    pub by: Option<&'v str>,
    pub note: Option<&'v str>,
    pub fields: SmallVec<[(&'s FieldSchema, Draft<'s, 'v>); 6]>,
}

/// A value that is well-formed, its names still text.
pub(super) enum Draft<'s, 'v> {
    /// A person, customer, visit, deal or word.
    Name(&'v str),
    /// People or customers.
    Names(Vec<&'v str>),
    /// What has no names in it.
    Plain(Value),
    /// Who has which part.
    Shares(Vec<(&'v str, Portion)>),
    /// Whose claim sleeps since when.
    Asleep(Vec<(&'v str, Instant)>),
    /// A whole event.
    Event(Box<Drafted<'s, 'v>>),
}

impl Drafted<'_, '_> {
    /// The event, its names interned.
    pub fn event(self, ids: &mut Ids, seq: u64) -> Event {
        let id = self.id.map(|id| (ids.events.intern(id), self.content()));
        let by = self.by.map(|by| ids.people.intern(by).into());
        let (at, kind) = (self.at, self.kind.id);
        let mut fields = SmallVec::new();
        for (row, draft) in self.fields {
            fields.push((row.id, draft.value(row.holds, ids, seq)));
        }
        Event {
            seq,
            at,
            kind,
            id,
            by,
            fields,
        }
    }
}

impl Draft<'_, '_> {
    /// The value, its names interned.
    pub fn value(self, holds: FieldType, ids: &mut Ids, seq: u64) -> Value {
        match self {
            Draft::Name(text) => named(holds, text, ids),
            Draft::Names(texts) if holds == FieldType::Customers => Value::Customers(
                texts
                    .iter()
                    .map(|text| ids.customers.intern(text).into())
                    .collect(),
            ),
            Draft::Names(texts) => Value::Persons(
                texts
                    .iter()
                    .map(|text| ids.people.intern(text).into())
                    .collect(),
            ),
            Draft::Plain(value) => value,
            Draft::Shares(pairs) => Value::Shares(people(pairs, ids)),
            Draft::Asleep(pairs) => Value::Asleep(people(pairs, ids)),
            Draft::Event(drafted) => Value::Event(Box::new(drafted.event(ids, seq))),
        }
    }
}

#[inline]
fn named(holds: FieldType, text: &str, ids: &mut Ids) -> Value {
    match holds {
        FieldType::Person => Value::Person(ids.people.intern(text).into()),
        FieldType::Customer => Value::Customer(ids.customers.intern(text).into()),
        FieldType::Visit => Value::Visit(ids.visits.intern(text).into()),
        FieldType::Deal => Value::Deal(ids.deals.intern(text).into()),
        _ => Value::Word(ids.words.intern(text)),
    }
}

fn people<P: From<Name>, T>(pairs: Vec<(&str, T)>, ids: &mut Ids) -> Vec<(P, T)> {
    pairs
        .into_iter()
        .map(|(person, other)| (P::from(ids.people.intern(person)), other))
        .collect()
}
