//! People that a policy declares by their part in the case.

use super::Checker;
use super::conditions::segments_of;
use super::paths::Typed;
use super::scope::{Needs, Scope, root};
use super::tools::number;
use crate::finding::Code;
use crate::policy::{People, PeopleFrom, PeopleId, Pick, Term, Who};
use crate::syntax::{Text, WrittenPeople, WrittenPick};
use crate::vocabulary::facts::Type;

/// How deep people and facts may read one another.
pub const DEEPEST: usize = 64;

/// A declared person or group while it is being resolved.
pub struct PeopleEntry {
    written: usize,
    name: Text,
    state: State<PeopleSign, People>,
    /// Whether something speaks of it.
    pub used: bool,
}

/// How far a declaration is.
pub enum State<S, B> {
    /// Not looked at yet.
    Waiting,
    /// Being resolved: whoever needs it now goes round in a circle.
    InProgress,
    /// Resolved, or not to be had.
    Done(Option<(S, B)>),
}

/// What others need to know of declared people.
#[derive(Clone, Debug)]
pub struct PeopleSign {
    /// Several of them.
    pub group: bool,
    /// What they read of the case.
    pub needs: Needs,
}

impl PeopleEntry {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name.value
    }

    /// Where it stands.
    pub fn place(&self) -> &crate::finding::Place {
        &self.name.place
    }

    /// Whether it is being resolved.
    pub fn in_progress(&self) -> bool {
        matches!(self.state, State::InProgress)
    }
}

impl Checker<'_> {
    /// Resolves every declared person and fact, each when first needed.
    pub fn resolve_people_and_facts(&mut self) {
        for (at, written) in self.written.people.iter().enumerate() {
            let state = State::Waiting;
            self.people.push(PeopleEntry {
                written: at,
                name: written.name.clone(),
                state,
                used: false,
            });
        }
        self.declare_facts();
        for at in 0..self.people.len() {
            self.resolve_people(PeopleId(number(at)));
        }
        self.resolve_facts();
    }

    /// What others need to know of declared people; nothing if they are wrong, or being resolved.
    pub fn resolve_people(&mut self, id: PeopleId) -> Option<PeopleSign> {
        match &self.people.get(id.index())?.state {
            State::Done(done) => return done.as_ref().map(|(sign, _)| sign.clone()),
            State::InProgress => return None,
            State::Waiting => {}
        }
        if self.depth >= DEEPEST {
            let place = self.people[id.index()].place().clone();
            self.too_deep(&place);
            return None;
        }
        self.depth += 1;
        self.people[id.index()].state = State::InProgress;
        let written = self.people[id.index()].written;
        let found = self.people_of(&self.written.people[written]);
        let sign = found.as_ref().map(|(sign, _)| sign.clone());
        self.people[id.index()].state = State::Done(found);
        self.depth -= 1;
        sign
    }

    /// A chain of declarations that is too long to follow.
    pub fn too_deep(&mut self, place: &crate::finding::Place) {
        let help = "read the story more directly";
        let message = format!("declarations read one another more than {DEEPEST} deep");
        self.helped(Code::TooMuch, message, place, "too deep", help);
    }

    fn people_of(&mut self, written: &WrittenPeople) -> Option<(PeopleSign, People)> {
        let mut needs = Needs::default();
        let from = match &written.from {
            Some(from) => self.people_from(from, &mut needs),
            None => self.first_of(&written.is, &mut needs),
        };
        let scope = Scope::open(true);
        let (filter, more) = self.conditions(&written.filter, &scope);
        needs.add(&more);
        let complete = filter.len() == written.filter.len();
        let key = |text: &Text| {
            let value = self.term(text, &scope)?;
            if !matches!(
                value.is,
                Type::Time | Type::Day | Type::Clock | Type::Count | Type::Money
            ) || value.group
            {
                let message = format!(
                    "people are put in order by a time or a number, not by {}",
                    value.is.text()
                );
                self.error(Code::TypeMismatch, message, &text.place, "has no order");
                return None;
            }
            needs.add(&value.needs);
            Some(value.term)
        };
        let pick = match &written.pick {
            Some(WrittenPick::Each) => Pick::Each,
            Some(WrittenPick::First(keys)) => {
                Pick::First(keys.iter().map(key).collect::<Option<_>>()?)
            }
            Some(WrittenPick::Last(keys)) => {
                Pick::Last(keys.iter().map(key).collect::<Option<_>>()?)
            }
            None => Pick::One,
        };
        let from = from.filter(|_| complete)?;
        let group = matches!(pick, Pick::Each);
        let people = People {
            name: written.name.value.clone(),
            from,
            filter,
            pick,
        };
        Some((PeopleSign { group, needs }, people))
    }

    fn people_from(&mut self, from: &Text, needs: &mut Needs) -> Option<PeopleFrom> {
        let found = match from.value.as_str() {
            "claims" => PeopleFrom::Claims,
            "bringer.claims" => PeopleFrom::BringerClaims,
            "household.claims" => PeopleFrom::HouseholdClaims,
            "staff" => return Some(PeopleFrom::Staff),
            "office" => return Some(PeopleFrom::Office),
            _ => {
                let known = self.anybody(from, &Scope::open(false))?;
                needs.add(&known.needs);
                let Term::Who(who) = known.term else {
                    return None;
                };
                return Some(PeopleFrom::Of(who));
            }
        };
        needs.roots |= root::CUSTOMER;
        Some(found)
    }

    fn first_of(&mut self, is: &[Text], needs: &mut Needs) -> Option<PeopleFrom> {
        let mut all = Vec::new();
        for text in is {
            let known = self.person_path(text)?;
            needs.add(&known.needs);
            all.push(known.term);
        }
        (!all.is_empty()).then_some(PeopleFrom::FirstOf(all))
    }

    /// One person: by name, or as a fact tells (`visit.receiver`).
    fn person_path(&mut self, text: &Text) -> Option<Typed> {
        let what = "the first who exists";
        let Some(segments) = segments_of(&text.value, 0).filter(|path| path.len() > 1) else {
            let known = self.somebody(text, &Scope::open(false), what)?;
            return Some(Typed {
                needs: known.needs,
                ..Typed::of(Term::Who(known.who), Type::Person)
            });
        };
        let value = self.value_path(&segments, text, &Scope::open(false))?;
        if value.is != Type::Person || value.group {
            let message = format!("`{}` is {}, not a person", text.value, value.is.text());
            self.error(Code::TypeMismatch, message, &text.place, "not a person");
            return None;
        }
        Some(value)
    }

    /// A person or a group by name, as an answer speaks of them.
    pub fn anybody(&mut self, text: &Text, scope: &Scope) -> Option<Typed> {
        let segments = segments_of(&text.value, 0).filter(|segments| segments.len() == 1);
        let Some(segments) = segments else {
            let message = format!("`{}` is not a person of the case", text.value);
            let help = "name a part, such as `owner`, or people that this policy declares";
            self.helped(Code::UnknownName, message, &text.place, "not a name", help);
            return None;
        };
        let value = self.value_path(&segments, text, scope)?;
        if value.is != Type::Person {
            let message = format!("`{}` is {}, not a person", text.value, value.is.text());
            self.error(Code::TypeMismatch, message, &text.place, "not a person");
            return None;
        }
        Some(value)
    }

    /// One person by name; a group is a finding.
    pub fn somebody(&mut self, text: &Text, scope: &Scope, what: &str) -> Option<Person> {
        let value = self.anybody(text, scope)?;
        if value.group {
            let message = format!("{what} is one person, and `{}` are several", text.value);
            let help = "declare one of them with `first` or `last`";
            self.helped(Code::GroupAsPerson, message, &text.place, "a group", help);
            return None;
        }
        let Term::Who(who) = value.term else {
            return None;
        };
        Some(Person {
            who,
            needs: value.needs,
        })
    }

    /// The people of the policy, if all could be resolved.
    pub fn built_people(&mut self) -> Option<Vec<People>> {
        let done = std::mem::take(&mut self.people)
            .into_iter()
            .map(|entry| match entry.state {
                State::Done(Some((_, people))) => Some(people),
                _ => None,
            });
        done.collect()
    }
}

/// One person, with what naming them reads of the case.
pub struct Person {
    /// Who.
    pub who: Who,
    /// What is read.
    pub needs: Needs,
}
