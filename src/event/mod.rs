//! An event as the runtime meets it: parsed, typed, its names interned; and the tables of those names.

mod ids;

pub use ids::{CustomerId, DealId, Ids, PersonId, VisitId};

use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::vocabulary::events::{FieldId, KindId};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use smallvec::SmallVec;
use std::cell::Cell;

/// Something that happened, or was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Line of the journal, from 1 (in a scenario: number of the step).
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// What kind.
    pub kind: KindId,
    /// The event's own id, if it has one, with a hash of its whole content, by which a repetition is told.
    pub id: Option<(Name, u64)>,
    /// Who recorded it; told, never judged.
    pub by: Option<PersonId>,
    /// Its fields, in the order in which the kind lists them; absent ones are left out.
    pub fields: SmallVec<[(FieldId, Value); 6]>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A person.
    Person(PersonId),
    /// People, in order.
    Persons(Vec<PersonId>),
    /// A customer.
    Customer(CustomerId),
    /// Customers, in order.
    Customers(Vec<CustomerId>),
    /// A visit.
    Visit(VisitId),
    /// A deal.
    Deal(DealId),
    /// A word.
    Word(Name),
    /// Free text, or an id whose sort depends on the case.
    Text(Box<str>),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Count(i64),
    /// Money.
    Money(Fen),
    /// Who has which part.
    Shares(Vec<(PersonId, Portion)>),
    /// Clause ids, as printed.
    Clauses(Vec<Box<str>>),
    /// A whole event.
    #[serde(deserialize_with = "nested")]
    Event(Box<Event>),
    /// Who had the customer before, and since when the claim sleeps.
    Asleep(Vec<(PersonId, Instant)>),
    /// A policy's files.
    Files(Vec<(Box<str>, Box<str>)>),
}

/// How deep events can be in one another.
pub const MOST_NESTED: usize = 16;

thread_local! {
    /// How many events are around the one that is being read.
    static AROUND: Cell<usize> = const { Cell::new(0) };
}

/// Reads an event within another; too many would leave no room on the stack.
fn nested<'de, D: Deserializer<'de>>(from: D) -> Result<Box<Event>, D::Error> {
    let around = AROUND.get();
    if around >= MOST_NESTED {
        return Err(D::Error::custom("too many events in one another"));
    }
    AROUND.set(around + 1);
    let event = Box::<Event>::deserialize(from);
    AROUND.set(around);
    event
}

/// A part of a commission, as a ruling or an agreement says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// Which part of the whole.
    pub share: Fraction,
    /// What it comes to, if that is said.
    pub amount: Option<Fen>,
}

/// Typed access to a field; `None` where the event does not have it.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $variant:ident => $type:ty),+ $(,)?) => {
        $($(#[$doc])*
        pub fn $name(&self, field: FieldId) -> Option<$type> {
            match self.field(field) { Some(Value::$variant(value)) => Some(*value), _ => None }
        })+
    };
}

impl Event {
    /// The value of a field.
    pub fn field(&self, field: FieldId) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, value)| value)
    }

    getters! {
        /// A person.
        person: Person => PersonId,
        /// A customer.
        customer: Customer => CustomerId,
        /// A visit.
        visit: Visit => VisitId,
        /// A deal.
        deal: Deal => DealId,
        /// A word.
        word: Word => Name,
        /// A number.
        count: Count => i64,
        /// Money.
        money: Money => Fen,
    }

    /// Yes or no; a flag that is not there is no.
    pub fn flag(&self, field: FieldId) -> bool {
        matches!(self.field(field), Some(Value::Flag(true)))
    }

    /// People, in order; none if the field is not there.
    pub fn persons(&self, field: FieldId) -> &[PersonId] {
        match self.field(field) {
            Some(Value::Persons(people)) => people,
            _ => &[],
        }
    }

    /// Customers, in order; none if the field is not there.
    pub fn customers(&self, field: FieldId) -> &[CustomerId] {
        match self.field(field) {
            Some(Value::Customers(customers)) => customers,
            _ => &[],
        }
    }

    /// Text.
    pub fn text(&self, field: FieldId) -> Option<&str> {
        match self.field(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}
