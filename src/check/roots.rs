//! The first names of a path: a person, a thing at hand, a field of the event.

use super::Checker;
use super::paths::{Typed, WordSet};
use super::scope::{ROOTS, Scope, bit, root};
use super::tools::{did_you_mean, number};
use crate::finding::Code;
use crate::policy::{PeopleId, Term, Who};
use crate::script::Segment;
use crate::syntax::Text;
use crate::vocabulary::events::{FieldId, FieldType, KindId, Words, kind};
use crate::vocabulary::facts::{Fact, Part, Type};

impl Checker<'_> {
    /// The first names of a path: a person, a thing at hand, or a field of the event.
    pub fn begin(
        &mut self,
        segments: &[Segment],
        text: &Text,
        scope: &Scope,
    ) -> Option<(Typed, usize)> {
        let first = &segments[0];
        if ["it", "claim", "staff"].contains(&first.name.as_str()) {
            return self.it(first, text, scope).map(|value| (value, 1));
        }
        if let Some(part) = Part::named(&first.name) {
            let mut value = Typed::of(Term::Who(Who::Part(part)), Type::Person);
            value.needs.parts |= bit(part);
            return Some((value, 1));
        }
        if let Some(at) = self
            .people
            .iter()
            .position(|entry| entry.name() == first.name)
        {
            return self
                .declared_people(PeopleId(number(at)), first, text)
                .map(|value| (value, 1));
        }
        let thing = ROOTS.iter().find(|(name, ..)| *name == first.name);
        if let Some((_, bit, is)) = thing {
            let next = segments.get(1).map(|segment| segment.name.as_str());
            let of_thing = next.is_none_or(|next| self.has_fact(*is, next)) && !is_given(segments);
            if of_thing || self.events.kind(&first.name).is_none() {
                let term = match *bit == root::RECORD {
                    true => self.record(first, text)?,
                    false => thing_term(*is),
                };
                return Some((Typed::of(term, *is).needing(*bit), 1));
            }
        }
        if let (Some(kind), Some(next)) = (self.events.kind(&first.name), segments.get(1))
            && self.window_named(Type::Event, &next.name).is_some()
        {
            let mut value = Typed::of(Term::Event, Type::Event).needing(root::EVENT);
            value.needs.kinds.push(kind);
            return Some((value, 1));
        }
        if self.events.kind(&first.name).is_some() {
            let used = if is_given(segments) { 3 } else { 2 };
            return self
                .field(segments, text, thing.map(|(_, _, is)| *is))
                .map(|value| (value, used));
        }
        self.nothing_called(first, segments.len() == 1, text);
        None
    }

    /// Nothing at hand has that name; a name that stands alone may be a word without its quotes.
    fn nothing_called(&mut self, first: &Segment, alone: bool, text: &Text) {
        let names: Vec<String> = (Part::ALL.iter().map(|(_, name)| (*name).to_owned()))
            .chain(ROOTS.iter().map(|(name, ..)| (*name).to_owned()))
            .chain(self.people.iter().map(|entry| entry.name().to_owned()))
            .chain(self.events.kinds.iter().map(|entry| entry.name.clone()))
            .chain(self.roles.iter().map(|role| role.name.clone()))
            .chain(["amount".to_owned()])
            .collect();
        let mut help = did_you_mean(&first.name, names.iter().map(String::as_str), "names");
        if alone && !help.contains('?') {
            help.push_str("; a word stands in \"double quotes\"");
        }
        if self.accounts.iter().any(|known| known.name == first.name) {
            let name = &first.name;
            help = format!(
                "`{name}` is an account; its part comes off as a levy: `then.levy = {{ {name} = … }}`"
            );
        }
        let message = format!("nothing is called `{}`", first.name);
        self.helped(
            Code::UnknownName,
            message,
            &text.within(first.at.clone()),
            "unknown",
            help,
        );
    }

    fn it(&mut self, first: &Segment, text: &Text, scope: &Scope) -> Option<Typed> {
        if scope.it {
            return Some(Typed::of(Term::Who(Who::It), Type::Person));
        }
        let message = format!("there is no `{}` here", first.name);
        let help =
            "`it` is the one at hand in `where`, and the holder of the claim in a fact of a claim";
        self.helped(
            Code::NotAvailable,
            message,
            &text.within(first.at.clone()),
            "stands for nobody",
            help,
        );
        None
    }

    fn declared_people(&mut self, id: PeopleId, first: &Segment, text: &Text) -> Option<Typed> {
        self.people[id.index()].used = true;
        let Some(known) = self.resolve_people(id) else {
            // A name that an event has too is a collision, and that has been said.
            let collides = self.events.kind(&first.name).is_some();
            if self.people[id.index()].in_progress() && !collides {
                let message = format!("`{}` is drawn from itself", first.name);
                let place = text.within(first.at.clone());
                self.error(
                    Code::CircularFact,
                    message,
                    &place,
                    "comes back to where it began",
                );
            }
            return None;
        };
        let mut value = Typed::of(Term::Who(Who::People(id)), Type::Person);
        (value.needs, value.group) = (known.needs, known.group);
        Some(value)
    }

    /// `<event>.<field>`, or `<event>.at`.
    fn field(&mut self, segments: &[Segment], text: &Text, thing: Option<Type>) -> Option<Typed> {
        let first = &segments[0];
        let id = self.events.kind(&first.name)?;
        let Some(next) = segments.get(1) else {
            let message = format!("`{}` is an event, not a value", first.name);
            let help = format!("read one of its fields, as in `{}.at`", first.name);
            self.helped(
                Code::TypeMismatch,
                message,
                &text.within(first.at.clone()),
                "an event",
                help,
            );
            return None;
        };
        let mut value = if let Some((fact, is)) = of_event(id, &next.name) {
            Typed::of(Term::Fact(Box::new(Term::Event), fact), is).needing(root::EVENT)
        } else {
            let entry = self.events.entry(id);
            let Some(known) = entry.fields.iter().find(|known| known.name == next.name) else {
                let names: Vec<String> = (entry.fields.iter().map(|known| known.name.clone()))
                    .chain(["at".to_owned()])
                    .chain(thing.into_iter().flat_map(|is| self.facts_of(is)))
                    .collect();
                let help = did_you_mean(&next.name, names.iter().map(String::as_str), "fields");
                let message = format!("`{}` has no field or fact `{}`", first.name, next.name);
                self.helped(
                    Code::UnknownName,
                    message,
                    &text.within(next.at.clone()),
                    "unknown",
                    help,
                );
                return None;
            };
            let (field, holds, more) = (known.field, known.holds, known.words.clone());
            if is_given(segments) {
                let mut value = Typed::of(Term::Given(field), Type::Flag);
                value.needs.kinds.push(id);
                return Some(value);
            }
            let Some((is, words)) = self.field_type(holds, more) else {
                let message = format!("a condition cannot read `{}.{}`", first.name, next.name);
                let help = "it reads words, flags, counts, money and people, and of any field whether it is `.given`; visit, customer and deal by their names";
                self.helped(
                    Code::TypeMismatch,
                    message,
                    &text.within(next.at.clone()),
                    "no value to compare",
                    help,
                );
                return None;
            };
            Typed {
                words,
                ..Typed::of(Term::Field(field), is)
            }
        };
        value.needs.kinds.push(id);
        Some(value)
    }

    /// The words that a field of a kind of event takes.
    pub fn field_words(&self, of: KindId, field: FieldId) -> WordSet {
        let entry = self.events.entry(of);
        let known = entry.fields.iter().find(|known| known.field == field);
        known
            .and_then(|known| self.field_type(known.holds, known.words.clone()))
            .map_or(WordSet::Any, |(_, words)| words)
    }

    fn field_type(&self, holds: FieldType, more: Vec<String>) -> Option<(Type, WordSet)> {
        Some(match holds {
            FieldType::Person => (Type::Person, WordSet::Any),
            FieldType::Customer => (Type::Customer, WordSet::Any),
            FieldType::Flag => (Type::Flag, WordSet::Any),
            FieldType::Count => (Type::Count, WordSet::Any),
            FieldType::Money => (Type::Money, WordSet::Any),
            FieldType::Word(Words::Any) if more.is_empty() => (Type::Word, WordSet::Any),
            FieldType::Word(Words::Any) => {
                (Type::Word, WordSet::These(more, "words of this field"))
            }
            FieldType::Word(Words::Role) => (Type::Word, self.role_words()),
            FieldType::Word(Words::ViolationKind) => (Type::Word, self.violation_words()),
            FieldType::Word(Words::List(list)) => {
                let words = list
                    .iter()
                    .map(|word| (*word).to_owned())
                    .chain(more)
                    .collect();
                (Type::Word, WordSet::These(words, "words of this field"))
            }
            _ => return None,
        })
    }
}

/// `<event>.<field>.given`: whether the event says anything in that field.
pub fn is_given(segments: &[Segment]) -> bool {
    segments.len() == 3 && segments[2].name == "given"
}

/// What every event tells besides its fields, and what a choice or a correction tells.
fn of_event(id: KindId, name: &str) -> Option<(Fact, Type)> {
    match (id, name) {
        (_, "at") => Some((Fact::EventAt, Type::Time)),
        (kind::CHOICE, "yes") => Some((Fact::ChoiceYes, Type::Flag)),
        (kind::CHOICE, "no") => Some((Fact::ChoiceNo, Type::Flag)),
        (kind::CORRECTION, "corrects") => Some((Fact::Corrects, Type::Word)),
        (kind::CORRECTION, "corrected_at") => Some((Fact::CorrectedAt, Type::Time)),
        (kind::CORRECTION, "days_ago") => Some((Fact::CorrectedDaysAgo, Type::Count)),
        _ => None,
    }
}

fn thing_term(is: Type) -> Term {
    match is {
        Type::Visit => Term::Visit,
        Type::Customer => Term::Customer,
        Type::Deal => Term::Deal,
        Type::Violation => Term::Violation,
        Type::Office => Term::Office,
        _ => Term::Event,
    }
}
