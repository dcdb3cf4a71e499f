//! An event that is known to be well-formed, its names still text: so that a malformed line leaves no names behind, and
//! so that one that was checked beside the state need not be read again where the state is.

use super::content::{Content, Mixer, plain};
use super::schema::KindSchema;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{Event, Ids, Portion, Value};
use crate::vocabulary::events::{FieldId, FieldType, KindId};
use smallvec::SmallVec;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// It is a line, or a step: it says when it was.
    Alone,
    /// It was posted: somebody else says when it was.
    Unstamped,
    /// It stands inside another event.
    Within,
}

/// An event that is well-formed, its names still text.
#[derive(Clone, Debug)]
pub(super) struct Drafted<T> {
    /// When; none: when what stands around it was.
    pub at: Option<Instant>,
    pub kind: KindId,
    pub id: Option<T>,
    /// What it says; worked out where its id or what stands around it asks for that.
    pub content: Content,
    pub by: Option<T>,
    pub fields: SmallVec<[(FieldId, FieldType, Draft<T>); 6]>,
}

/// A value that is well-formed, its names still text.
#[derive(Clone, Debug)]
pub(super) enum Draft<T> {
    /// A person, customer, visit, deal or word.
    Name(T),
    /// People or customers.
    Names(Vec<T>),
    /// What has no names in it.
    Plain(Value),
    /// Who has which part.
    Shares(Vec<(T, Portion)>),
    /// Whose claim sleeps since when.
    Asleep(Vec<(T, Instant)>),
    /// A whole event.
    Event(Box<Drafted<T>>),
}

/// A text of a line: itself, or where it stands there.
pub(super) trait InLine {
    /// The text, given its line.
    fn text<'a>(&'a self, line: &'a str) -> &'a str;
}

impl InLine for &str {
    fn text<'a>(&'a self, _: &'a str) -> &'a str {
        self
    }
}

/// Where a text stands in its line; one that is written with escapes stands nowhere, and is kept itself.
#[derive(Clone, Debug)]
pub(super) enum Part {
    At(u32, u32),
    Own(Box<str>),
}

impl Part {
    /// A text that was read from a line, and stands so much further in the line that is kept.
    fn of(text: &str, line: &str, by: usize) -> Part {
        let start = (text.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
        let stands = line.get(start..start.saturating_add(text.len()));
        let stands = stands.is_some_and(|there| std::ptr::eq(there, text));
        let from = start.wrapping_add(by);
        let to = from.wrapping_add(text.len());
        match (u32::try_from(from), u32::try_from(to)) {
            (Ok(from), Ok(to)) if stands => Part::At(from, to),
            _ => Part::Own(text.into()),
        }
    }
}

impl InLine for Part {
    fn text<'a>(&'a self, line: &'a str) -> &'a str {
        match self {
            Part::At(from, to) => &line[*from as usize..*to as usize],
            Part::Own(text) => text,
        }
    }
}

impl<T: InLine> Drafted<T> {
    /// The event that a line makes, its names interned; `at` is when it was, unless it says so itself.
    pub fn event(&self, line: &str, ids: &mut Ids, seq: u64, at: Instant) -> Event {
        let at = self.at.unwrap_or(at);
        let id = self.id.as_ref();
        let id = id.map(|id| (ids.events.intern(id.text(line)), self.content.at(at)));
        let by = self.by.as_ref();
        let by = by.map(|by| ids.people.intern(by.text(line)).into());
        let mut fields = SmallVec::new();
        for (field, holds, draft) in &self.fields {
            fields.push((*field, draft.value(*holds, line, ids, seq, at)));
        }
        Event {
            seq,
            at,
            kind: self.kind,
            id,
            by,
            fields,
        }
    }
}

impl<T: InLine> Draft<T> {
    /// The value, its names interned.
    fn value(&self, holds: FieldType, line: &str, ids: &mut Ids, seq: u64, at: Instant) -> Value {
        match self {
            Draft::Name(text) => named(holds, text.text(line), ids),
            Draft::Names(texts) if holds == FieldType::Customers => Value::Customers(
                texts
                    .iter()
                    .map(|text| ids.customers.intern(text.text(line)).into())
                    .collect(),
            ),
            Draft::Names(texts) => Value::Persons(
                texts
                    .iter()
                    .map(|text| ids.people.intern(text.text(line)).into())
                    .collect(),
            ),
            Draft::Plain(value) => value.clone(),
            Draft::Shares(pairs) => Value::Shares(people(pairs, line, ids)),
            Draft::Asleep(pairs) => Value::Asleep(people(pairs, line, ids)),
            Draft::Event(drafted) => Value::Event(Box::new(drafted.event(line, ids, seq, at))),
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

fn people<P: From<Name>, T: InLine, O: Copy>(
    pairs: &[(T, O)],
    line: &str,
    ids: &mut Ids,
) -> Vec<(P, O)> {
    pairs
        .iter()
        .map(|(person, other)| (P::from(ids.people.intern(person.text(line))), *other))
        .collect()
}

impl Drafted<&str> {
    /// The same for whoever keeps the line, or another in which everything stands so much further.
    pub fn kept(self, line: &str, by: usize) -> Drafted<Part> {
        let part = |text: &str| Part::of(text, line, by);
        let fields = self.fields.into_iter();
        Drafted {
            at: self.at,
            kind: self.kind,
            id: self.id.map(part),
            content: self.content,
            by: self.by.map(part),
            fields: fields
                .map(|(field, holds, draft)| (field, holds, draft.kept(line, by)))
                .collect(),
        }
    }
}

impl Draft<&str> {
    fn kept(self, line: &str, by: usize) -> Draft<Part> {
        let part = |text: &str| Part::of(text, line, by);
        match self {
            Draft::Name(text) => Draft::Name(part(text)),
            Draft::Names(texts) => Draft::Names(texts.into_iter().map(part).collect()),
            Draft::Plain(value) => Draft::Plain(value),
            Draft::Shares(pairs) => Draft::Shares(kept(pairs, line, by)),
            Draft::Asleep(pairs) => Draft::Asleep(kept(pairs, line, by)),
            Draft::Event(drafted) => Draft::Event(Box::new(drafted.kept(line, by))),
        }
    }
}

fn kept<O>(pairs: Vec<(&str, O)>, line: &str, by: usize) -> Vec<(Part, O)> {
    let pairs = pairs.into_iter();
    pairs
        .map(|(person, other)| (Part::of(person, line, by), other))
        .collect()
}

impl Drafted<&str> {
    /// What this event says.
    pub fn content(&self, kind: &KindSchema, note: Option<&str>) -> Content {
        let mut mixer = Mixer::default();
        mixer.text(&kind.name);
        for text in [self.by, note] {
            mixer.text(text.unwrap_or_default());
        }
        for (field, _, draft) in &self.fields {
            mixer.text(kind.name_of(*field));
            draft.mix(&mut mixer);
        }
        Content::of(&mixer)
    }
}

impl Draft<&str> {
    fn mix(&self, mixer: &mut Mixer) {
        match self {
            Draft::Name(text) => mixer.text(text),
            Draft::Names(texts) => {
                mixer.number(texts.len() as u64);
                texts.iter().for_each(|text| mixer.text(text));
            }
            Draft::Plain(value) => plain(value, mixer),
            Draft::Shares(pairs) => {
                mixer.number(pairs.len() as u64);
                for (person, part) in pairs {
                    mixer.text(person);
                    mixer.number(part.share.num());
                    mixer.number(part.share.den());
                    mixer.signed(part.amount.map_or(-1, |amount| amount.get()));
                }
            }
            Draft::Asleep(pairs) => {
                mixer.number(pairs.len() as u64);
                for (person, since) in pairs {
                    mixer.text(person);
                    mixer.signed(since.millis());
                }
            }
            Draft::Event(event) => {
                mixer.text(event.id.unwrap_or_default());
                event.content.mix(mixer);
                mixer.signed(event.at.map_or(i64::MIN, Instant::millis));
            }
        }
    }
}
