//! Paths of names (`owner.recognition_month.ends`): what they mean, what type they have, and whether they are there.

use super::Checker;
use super::scope::{A_FIELD, Needs, ROOTS, Scope, bit, root};
use super::tools::{did_you_mean, number};
use crate::finding::{Code, Place};
use crate::policy::{AmountId, AmountValue, FactId, Of, PermissionId, Term, WindowId};
use crate::script::Segment;
use crate::syntax::Text;
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::facts::{FACTS, Fact, FactRow, Part, Type, fact_named};
use crate::vocabulary::words::{ClaimKind, ClaimState, ReceptionRole, ShareState, Weekday};

/// A value that is read, with its type and what it needs.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The value.
    pub term: Term,
    /// Its type.
    pub is: Type,
    /// The words that it can be.
    pub words: WordSet,
    /// What it reads of the case.
    pub needs: Needs,
    /// Several people, of whom only `.exists` and `.count` are read.
    pub group: bool,
}

/// The words that a word can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordSet {
    /// Any: journals choose.
    Any,
    /// These, and what they are ("states of a claim").
    These(Vec<String>, &'static str),
}

/// What a path means.
pub enum Resolved {
    /// A value.
    Value(Typed),
    /// A window of a value.
    Window(Typed, WindowId),
    /// An amount.
    Amount(AmountId),
}

impl Typed {
    /// A value that needs nothing.
    pub fn of(term: Term, is: Type) -> Typed {
        Typed {
            term,
            is,
            words: WordSet::Any,
            needs: Needs::default(),
            group: false,
        }
    }

    /// The same, needing things that must be at hand.
    pub fn needing(mut self, roots: u8) -> Typed {
        self.needs.roots |= roots;
        self
    }
}

impl Checker<'_> {
    /// What a path means; where it means nothing, a finding says so.
    pub fn path(&mut self, segments: &[Segment], text: &Text, scope: &Scope) -> Option<Resolved> {
        let first = segments.first()?;
        if first.name == "amount" {
            return self.amount_path(segments, text);
        }
        let (mut value, mut used) = self.begin(segments, text, scope)?;
        while let Some(segment) = segments.get(used) {
            if !value.group
                && let Some(window) = self.window_named(value.is, &segment.name)
            {
                self.windows[window.index()].used = true;
                let mut of = value;
                if self.windows[window.index()].window.of == Of::Claim {
                    of.needs.roots |= root::CUSTOMER;
                }
                self.need(&of.needs, first, text, scope)?;
                return self.window_path(of, window, &segments[used..], text, scope);
            }
            value = self.step(value, segment, text)?;
            used += 1;
        }
        self.need(&value.needs, first, text, scope)?;
        Some(Resolved::Value(value))
    }

    /// A path that must be a value.
    pub fn value_path(
        &mut self,
        segments: &[Segment],
        text: &Text,
        scope: &Scope,
    ) -> Option<Typed> {
        let at = segments.first()?.at.start..segments.last()?.at.end;
        match self.path(segments, text, scope)? {
            Resolved::Value(value) => Some(value),
            Resolved::Amount(id) => {
                let kind = self.amounts[id.index()].kind;
                let Some(is) = kind.is() else {
                    let message = format!("a condition cannot read {}", kind.text());
                    let help = "a length of time is read through a window: `t in person.window`; a number \
                                that an event tells is compared with a count such as \"60 seconds_of_talk\"";
                    self.helped(
                        Code::WrongAmount,
                        message,
                        &text.within(at),
                        "not a value to compare",
                        help,
                    );
                    return None;
                };
                Some(Typed::of(Term::Amount(id), is))
            }
            Resolved::Window(..) => {
                let help = "ask `time in person.window`, or read its `.ends`";
                self.helped(
                    Code::TypeMismatch,
                    "a window is not a value",
                    &text.within(at),
                    "a window",
                    help,
                );
                None
            }
        }
    }

    /// One more name: a fact of the value so far.
    fn step(&mut self, value: Typed, segment: &Segment, text: &Text) -> Option<Typed> {
        let name = segment.name.as_str();
        if value.group {
            return self.group_step(value, segment, text);
        }
        let is = value.is;
        let on = |term| Typed {
            term,
            ..value.clone()
        };
        if is == Type::Person && name == "count" {
            let place = text.within(segment.at.clone());
            self.helped(
                Code::PersonAsGroup,
                "one person is not counted",
                &place,
                "one person",
                "ask `.exists`",
            );
            return None;
        }
        if value.term == Term::Record
            && let Some(key) = name.strip_prefix("same_")
        {
            let mut next = on(self.same_key(key, segment, text)?);
            next.is = Type::Flag;
            return Some(next);
        }
        if let Some(row) = fact_named(is, name) {
            let mut next = on(Term::Fact(Box::new(value.term.clone()), row.fact));
            self.known_fact(&mut next, row);
            return Some(next);
        }
        if let Some(at) = self.facts.iter().position(|entry| entry.is_named(is, name)) {
            return self.declared_fact(value, FactId(number(at)), segment, text);
        }
        if let Some(permission) = name.strip_prefix("may_").filter(|_| is == Type::Person) {
            let id = self.permission(permission, segment, text)?;
            let mut next = on(Term::May(Box::new(value.term.clone()), id));
            next.is = Type::Flag;
            next.needs.momentary.get_or_insert_with(|| name.to_owned());
            return Some(next);
        }
        self.no_such_fact(is, segment, text);
        None
    }

    /// Nothing of that name can be read of such a value.
    fn no_such_fact(&mut self, is: Type, segment: &Segment, text: &Text) {
        let name = segment.name.as_str();
        let mut names = self.facts_of(is);
        if is == Type::Person {
            names.extend(
                self.permissions
                    .iter()
                    .map(|listed| format!("may_{}", listed.name)),
            );
        }
        names.extend(self.windows_of(is).map(str::to_owned));
        let message = format!("{} has no fact `{name}`", is.text());
        let help = did_you_mean(name, names.iter().map(String::as_str), "facts");
        self.helped(
            Code::UnknownName,
            message,
            &text.within(segment.at.clone()),
            "unknown fact",
            help,
        );
    }

    /// Of several people only whether there are any, and how many.
    fn group_step(&mut self, value: Typed, segment: &Segment, text: &Text) -> Option<Typed> {
        let Term::Who(who) = value.term else {
            return None;
        };
        let (term, is) = match segment.name.as_str() {
            "exists" => (
                Term::Fact(Box::new(value.term.clone()), Fact::PersonExists),
                Type::Flag,
            ),
            "count" => (Term::CountOf(who), Type::Count),
            name => {
                let message = format!("`{name}` is read of one person, and these are several");
                let help = "of a group only `.exists` and `.count` are read; name one of them with `first` or `last`";
                self.helped(
                    Code::GroupAsPerson,
                    message,
                    &text.within(segment.at.clone()),
                    "of a group",
                    help,
                );
                return None;
            }
        };
        Some(Typed {
            term,
            is,
            group: false,
            ..value
        })
    }

    fn known_fact(&self, value: &mut Typed, row: &FactRow) {
        value.is = row.is;
        if row.of == Type::Person && row.fact >= Fact::ClaimState && row.fact <= Fact::ClaimEnded {
            value.needs.roots |= root::CUSTOMER;
        }
        if row.momentary {
            value
                .needs
                .momentary
                .get_or_insert_with(|| row.name.to_owned());
        }
        value.needs.settled |= row.fact == Fact::DealState;
        value.words = match row.fact {
            Fact::PersonRole => self.role_words(),
            Fact::DayName => words(
                Weekday::ALL.iter().map(|word| word.text()),
                "days of the week",
            ),
            Fact::ClaimState => words(
                ClaimState::ALL.iter().map(|word| word.text()),
                "states of a claim",
            ),
            Fact::ClaimKind => words(
                ClaimKind::ALL.iter().map(|word| word.text()),
                "kinds of claim",
            ),
            Fact::VisitReceivedAs => words(
                ReceptionRole::ALL.iter().map(|word| word.text()),
                "roles in a reception",
            ),
            Fact::ViolationKind => self.violation_words(),
            Fact::OfficeMode => self.field_words(kind::CALENDAR_MODE, field::MODE),
            Fact::DealStage => self.field_words(kind::DEAL_STAGE, field::STAGE),
            Fact::DealState => words(
                ShareState::ALL.iter().map(|word| word.text()),
                "states of a deal",
            ),
            _ => WordSet::Any,
        };
    }

    fn declared_fact(
        &mut self,
        value: Typed,
        id: FactId,
        segment: &Segment,
        text: &Text,
    ) -> Option<Typed> {
        self.facts[id.index()].used = true;
        let Some(known) = self.resolve_fact(id) else {
            if self.facts[id.index()].in_progress() {
                let message = format!("the fact `{}` reads itself", segment.name);
                let place = text.within(segment.at.clone());
                self.error(
                    Code::CircularFact,
                    message,
                    &place,
                    "comes back to where it began",
                );
            }
            return None;
        };
        let mut next = Typed {
            term: Term::Declared(Box::new(value.term.clone()), id),
            ..value
        };
        (next.is, next.words) = (known.is, known.words);
        next.needs.add(&known.needs);
        Some(next)
    }

    fn permission(&mut self, name: &str, segment: &Segment, text: &Text) -> Option<PermissionId> {
        if let Some(at) = self
            .permissions
            .iter()
            .position(|listed| listed.name == name)
        {
            self.permissions[at].used = true;
            return Some(PermissionId(number(at)));
        }
        let help = did_you_mean(
            name,
            self.permissions.iter().map(|listed| listed.name.as_str()),
            "permissions",
        );
        let message = format!("no role may `{name}`");
        let help = format!("{help}; a role has it by `may = [\"{name}\"]` on the title page");
        self.helped(
            Code::NoSuchPermission,
            message,
            &text.within(segment.at.clone()),
            "nobody may",
            help,
        );
        None
    }

    fn window_path(
        &mut self,
        of: Typed,
        id: WindowId,
        rest: &[Segment],
        text: &Text,
        scope: &Scope,
    ) -> Option<Resolved> {
        let back = self.written.windows[id.index()].ends.is_some();
        match rest {
            [_] => Some(Resolved::Window(of, id)),
            [_, fact, more @ ..]
                if matches!(fact.name.as_str(), "ends" | "starts")
                    || fact.name == "open" && !back =>
            {
                let (inner, whose) = (
                    Box::new(of.term.clone()),
                    self.windows[id.index()].window.of,
                );
                let (term, is) = match fact.name.as_str() {
                    "ends" => (Term::WindowEnds(inner, id), Type::Time),
                    "starts" => (Term::WindowStarts(inner, id), Type::Time),
                    _ => (Term::WindowOpen(inner, id), Type::Flag),
                };
                let mut value = Typed { term, is, ..of };
                if whose == Of::Staff && is == Type::Flag {
                    let name = || format!("{}.open", rest[0].name);
                    value.needs.momentary.get_or_insert_with(name);
                }
                for segment in more {
                    value = self.step(value, segment, text)?;
                }
                self.need(&value.needs, &rest[0], text, scope)?;
                Some(Resolved::Value(value))
            }
            [_, other, ..] => {
                let message = format!("a window has no fact `{}`", other.name);
                let help = "ask `time in person.window`, or read its `.starts`, its `.ends` (the first instant outside), or `.open`";
                self.helped(
                    Code::UnknownName,
                    message,
                    &text.within(other.at.clone()),
                    "unknown fact",
                    help,
                );
                None
            }
            [] => None,
        }
    }

    fn amount_path(&mut self, segments: &[Segment], text: &Text) -> Option<Resolved> {
        let at = segments[0].at.start..segments.last()?.at.end;
        let [_, name] = segments else {
            let help = "write `amount.` and its name";
            self.helped(
                Code::UnknownName,
                "an amount has a name",
                &text.within(at),
                "not an amount",
                help,
            );
            return None;
        };
        if let Some(at) = self
            .amounts
            .iter()
            .position(|entry| entry.amount.name == name.name)
        {
            self.amounts[at].used = true;
            // Where no value of it could be read, that has been said; what reads it is not wrong as well.
            let mut values = self.amounts[at].amount.values.iter();
            let unread = |value: &AmountValue| matches!(value, AmountValue::Words(words) if words.is_empty());
            if values.all(|(_, value)| unread(value)) {
                return None;
            }
            return Some(Resolved::Amount(AmountId(number(at))));
        }
        let help = did_you_mean(
            &name.name,
            self.amounts.iter().map(|entry| entry.amount.name.as_str()),
            "amounts",
        );
        let message = format!("there is no amount `{}`", name.name);
        self.helped(
            Code::UnknownName,
            message,
            &text.within(name.at.clone()),
            "no such amount",
            help,
        );
        None
    }

    /// What an event says is at hand on that event alone: elsewhere a fact has kept it.
    fn need_field(&mut self, place: &Place, first: &Segment, scope: &Scope) -> Option<()> {
        let (name, when) = (&first.name, &scope.when);
        let (message, help) = match self.events.kind(name) {
            Some(_) => (
                format!(
                    "this field of `{name}` is said by that event alone, which is not at hand {when}"
                ),
                format!(
                    "keep it when it is said: `[fact.x]` with `last = \"{name}\"` and `value = '{name}.…'`, and read that fact"
                ),
            ),
            None => (
                format!("`{name}` reads a field of an event that is not at hand {when}"),
                format!(
                    "keep them on that event: `[fact.x]` with `last = \"…\"` and `value = '{name}'`, and read that fact"
                ),
            ),
        };
        self.helped(Code::NotAvailable, message, place, "not there", help);
        None
    }

    /// Whether what a path reads is there; a fact of the moment may not be read in a standing question about a deal.
    pub fn need(
        &mut self,
        needs: &Needs,
        first: &Segment,
        text: &Text,
        scope: &Scope,
    ) -> Option<()> {
        let place = text.within(first.at.clone());
        if let Some(lacking) = scope.lacks(needs) {
            if lacking == A_FIELD {
                return self.need_field(&place, first, scope);
            }
            let message = match lacking == first.name {
                true => format!("there is no `{lacking}` {}", scope.when),
                false => format!(
                    "`{}` reads `{lacking}`, which is not there {}",
                    first.name, scope.when
                ),
            };
            let there = Part::ALL
                .iter()
                .filter(|(part, _)| scope.parts & bit(*part) != 0)
                .map(|(_, name)| *name);
            let things = ROOTS
                .iter()
                .filter(|(_, root, _)| scope.roots & root != 0)
                .map(|(name, ..)| *name);
            let help = format!(
                "there are {}",
                there
                    .chain(things)
                    .chain(scope.it.then_some("it"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            self.helped(Code::NotAvailable, message, &place, "not there", help);
            return None;
        }
        if needs.settled && scope.settles {
            let message = "the state of a deal follows from its shares and levies";
            let help = "read what has happened, such as `deal.stage`; `pay` may read the state";
            self.helped(Code::CircularFact, message, &place, "asks for itself", help);
            return None;
        }
        if let Some(fact) = needs.momentary.as_ref().filter(|_| scope.story_only) {
            let message =
                format!("`{fact}` is only true at the moment, and a share stands for good");
            let help = format!(
                "keep what was so when it mattered: `[fact.x]` with `of = \"deal\"`, `first = \"deal\"` and \
                 `value = '….{fact}'`, or told by another event"
            );
            self.helped(
                Code::MomentaryFact,
                message,
                &place,
                "changes with the day",
                &help,
            );
            return None;
        }
        Some(())
    }

    /// The window of that name that such a value has.
    pub fn window_named(&self, of: Type, name: &str) -> Option<WindowId> {
        self.windows
            .iter()
            .position(|entry| entry.window.name == name && entry.window.of.is() == of)
            .map(|at| WindowId(number(at)))
    }

    fn windows_of(&self, of: Type) -> impl Iterator<Item = &str> {
        let has = self.windows.iter().map(|entry| &entry.window);
        has.filter(move |window| window.of.is() == of)
            .map(|window| window.name.as_str())
    }

    /// Whether a value has a fact or a window of that name.
    pub fn has_fact(&self, of: Type, name: &str) -> bool {
        fact_named(of, name).is_some()
            || self.facts.iter().any(|entry| entry.is_named(of, name))
            || self.window_named(of, name).is_some()
    }

    /// Names of the facts of a value.
    pub fn facts_of(&self, of: Type) -> Vec<String> {
        let known = FACTS
            .iter()
            .filter(|row| row.of == of)
            .map(|row| row.name.to_owned());
        let declared = self
            .facts
            .iter()
            .filter(|entry| entry.of == Some(of))
            .map(|entry| entry.name().to_owned());
        known.chain(declared).collect()
    }

    /// The roles, as words.
    pub fn role_words(&self) -> WordSet {
        WordSet::These(
            self.roles
                .iter()
                .map(|listed| listed.name.clone())
                .collect(),
            "roles of the title page",
        )
    }

    /// The kinds of violation, as words.
    pub fn violation_words(&self) -> WordSet {
        WordSet::These(
            self.violations
                .iter()
                .map(|listed| listed.name.clone())
                .collect(),
            "kinds of violation",
        )
    }
}

fn words<'w>(words: impl Iterator<Item = &'w str>, what: &'static str) -> WordSet {
    WordSet::These(words.map(str::to_owned).collect(), what)
}
