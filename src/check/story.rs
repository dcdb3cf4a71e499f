//! Facts told by the story: what is counted, added up or kept, of whose story, and in which calendar period.

use super::Checker;
use super::facts::FactSign;
use super::paths::{Typed, WordSet};
use super::scope::{Needs, ROOTS, Scope, root};
use crate::base::time::Period;
use crate::finding::{Code, Place};
use crate::policy::{
    FactHow, Moment, Of, SameField, StoryFact, StoryKeeps, StoryValue, Term, Test, Who,
};
use crate::syntax::{Text, WrittenFact, WrittenStory};
use crate::vocabulary::events::kind;
use crate::vocabulary::facts::Type;

/// Periods of the calendar.
pub const PERIODS: &[(&str, Period)] = &[
    ("day", Period::Day),
    ("week", Period::Week),
    ("month", Period::Month),
    ("quarter", Period::Quarter),
    ("year", Period::Year),
];

/// What is kept of a moment.
enum Kept {
    /// Its time, or that it has come once more.
    When,
    /// Whether something holds then.
    Whether(Test),
    /// A value.
    Value(Typed),
}

impl Checker<'_> {
    /// `count`, `sum`, `first` or `last`.
    pub fn told(
        &mut self,
        written: &WrittenFact,
        story: &WrittenStory,
        of: Of,
    ) -> Option<(FactSign, FactHow)> {
        let keeps = match story.keeps {
            "count" => StoryKeeps::Count,
            "sum" => StoryKeeps::Sum,
            "first" => StoryKeeps::First,
            _ => StoryKeeps::Last,
        };
        let moment = self.told_at(story, keeps)?;
        let mut scope = self.scope_of(moment);
        scope.it = of.is() == Type::Person;
        scope.when = format!("at the `{}` that is told", story.moment.value);
        if of == Of::Deal && moment == Moment::Event(kind::PERSON_LEFT) {
            // Told to each deal of each customer of whoever leaves.
            scope.roots |= root::DEAL;
        }
        let (filter, _) = self.conditions(&story.filter, &scope);
        let fields = [("staff", SameField::Staff), ("kind", SameField::Kind)];
        let same: Vec<SameField> = story
            .same
            .iter()
            .filter_map(|text| self.one_of(text, &fields, "what violations have in common"))
            .collect();
        let period = self.optional(story.period.as_ref(), PERIODS, "periods");
        self.about_violations(story, of, moment)?;
        self.is_at_hand(story, of, &scope)?;
        let whose = self.whose(written, story, of, &scope)?;
        let (value, is, words) = match self.told_value(story, keeps, &scope)? {
            _ if keeps == StoryKeeps::Count => (None, Type::Count, WordSet::Any),
            Kept::When => (None, Type::Time, WordSet::Any),
            Kept::Whether(test) => (Some(StoryValue::Test(test)), Type::Flag, WordSet::Any),
            Kept::Value(of) => (Some(StoryValue::Term(of.term)), of.is, of.words),
        };
        if filter.len() != story.filter.len() {
            return None;
        }
        let mut needs = Needs::default();
        if of == Of::Staff || period.is_some() && of != Of::Violation {
            // What is counted in a month is over with the month; what somebody does elsewhere is no affair of a deal.
            needs.momentary = Some(written.name.value.clone());
        }
        let how = FactHow::Story(StoryFact {
            of,
            whose,
            keeps,
            moment,
            filter,
            same,
            period,
            value,
        });
        Some((FactSign { is, words, needs }, how))
    }

    /// The moment that tells; of a sum, the event whose field is added up.
    fn told_at(&mut self, story: &WrittenStory, keeps: StoryKeeps) -> Option<Moment> {
        if keeps != StoryKeeps::Sum {
            return self.moment(&story.moment);
        }
        let Some((event, _)) = story.moment.value.split_once('.') else {
            let message = format!("`{}` is no field of an event", story.moment.value);
            let help = "a sum adds up a number or money of an event, as in \"deal.commission\"";
            let place = &story.moment.place;
            self.helped(Code::UnknownMoment, message, place, "of what?", help);
            return None;
        };
        let event = Text {
            value: event.to_owned(),
            ..story.moment.clone()
        };
        self.moment(&event)
    }

    /// What is added up, or kept of the first or last.
    fn told_value(
        &mut self,
        story: &WrittenStory,
        keeps: StoryKeeps,
        scope: &Scope,
    ) -> Option<Kept> {
        let counts = matches!(keeps, StoryKeeps::Count | StoryKeeps::Sum);
        if let Some(text) = story.value.as_ref().filter(|_| counts) {
            let help = "keep the `first` or the `last`";
            let message = "a count and a sum keep no value";
            self.helped(Code::WrongType, message, &text.place, "of how many?", help);
            return None;
        }
        if keeps == StoryKeeps::Sum {
            let value = self.term(&story.moment, scope)?;
            if !matches!(value.is, Type::Count | Type::Money) || value.group {
                let message = format!("{} does not add up", value.is.text());
                let place = &story.moment.place;
                let help = "a sum adds up numbers or amounts of money";
                self.helped(Code::TypeMismatch, message, place, value.is.text(), help);
                return None;
            }
            return Some(Kept::Value(value));
        }
        match &story.value {
            Some(text) if self.is_test(text) => {
                Some(Kept::Whether(self.condition(text, scope)?.0.test))
            }
            Some(text) => Some(Kept::Value(self.term(text, scope)?)),
            None => Some(Kept::When),
        }
    }

    /// `same` counts violations with the one at hand; `period` counts and adds up.
    fn about_violations(&mut self, story: &WrittenStory, of: Of, moment: Moment) -> Option<()> {
        let wrong = |checker: &mut Self, message: &str, place: &Place, label: &str, help: &str| {
            checker.helped(Code::WrongType, message, place, label, help);
            None
        };
        let adds = matches!(story.keeps, "count" | "sum");
        match (story.same.first(), &story.period) {
            (Some(same), _) if of != Of::Violation => {
                let help = "it belongs to a fact with `of = \"violation\"`";
                let place = &same.place;
                wrong(
                    self,
                    "`same` counts violations",
                    place,
                    "not of a violation",
                    help,
                )
            }
            (_, Some(period)) if !adds => {
                let help = "leave `period` out, or count";
                let message = "only a count or a sum is kept of a period";
                wrong(
                    self,
                    message,
                    &period.place,
                    "the first and last of all",
                    help,
                )
            }
            _ if of == Of::Violation && (moment != Moment::Violation || story.keeps != "count") => {
                let message = "a fact of a violation counts violations";
                let help = "write `count = \"violation\"`";
                wrong(self, message, &story.moment.place, "not a violation", help)
            }
            _ => Some(()),
        }
    }

    /// Whether what the fact is of is there when it is told.
    fn is_at_hand(&mut self, story: &WrittenStory, of: Of, scope: &Scope) -> Option<()> {
        let is = match of {
            Of::Claim => Type::Customer,
            of => of.is(),
        };
        let thing = ROOTS.iter().find(|(_, _, known)| *known == is);
        let Some((name, ..)) = thing.filter(|(_, root, _)| scope.roots & root == 0) else {
            return Some(());
        };
        let message = format!("there is no {name} {}", scope.when);
        let place = &story.moment.place;
        let help = "tell it at a moment that concerns one";
        self.helped(
            Code::NotAvailable,
            message,
            place,
            "tells nothing of it",
            help,
        );
        None
    }

    /// Whose story it is told into; inside: nothing, where the thing at hand says so.
    fn whose(
        &mut self,
        written: &WrittenFact,
        story: &WrittenStory,
        of: Of,
        scope: &Scope,
    ) -> Option<Option<Who>> {
        match (&story.whose, of) {
            (None, Of::Staff) => {
                let message = format!("the fact `{}` needs `whose`", written.name.value);
                let help = "say into whose story it is told, as in `whose = \"actor\"`";
                let place = &written.name.place;
                self.helped(Code::MissingKey, message, place, "whose?", help);
                None
            }
            (Some(text), Of::Staff) => match self.anybody(text, scope)?.term {
                Term::Who(who) => Some(Some(who)),
                _ => None,
            },
            (Some(text), _) => {
                let help = "leave it out: the claims, or the thing at hand, are told";
                let message = "`whose` belongs to a fact of the staff";
                let label = "not of the staff";
                self.helped(Code::WrongType, message, &text.place, label, help);
                None
            }
            (None, _) => Some(None),
        }
    }
}
