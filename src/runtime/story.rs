//! What the story tells: at each moment that a fact names, of the claims on the customer, the things at hand, the staff.

use super::act::Act;
use super::case::{Someone, Val};
use super::world::{Claim, ClaimId, Subject, Told};
use crate::base::money::Fen;
use crate::policy::{FactHow, Moment, Of, StoryFact, StoryKeeps, StoryValue};
use smallvec::SmallVec;

/// Whose story is told, each with who `it` is.
type Subjects = SmallVec<[(Subject, Option<Someone>); 4]>;

impl Act<'_> {
    /// Keeps what a moment tells: of every live claim on the customer at hand, and of whatever else is at hand.
    pub fn tell(&mut self, moment: Moment) {
        self.tell_claims(moment, |_, _| true);
        self.tell_else(moment, |_| true);
    }

    /// Tells the claims on the customer at hand, and the customer, what a moment that has been told to people means.
    pub fn tell_of_things(&mut self, moment: Moment) {
        self.tell_claims(moment, |_, _| true);
        self.tell_else(moment, |of| of == Of::Customer);
    }

    /// The same for each customer who was brought along to the visit at hand.
    pub fn tell_who_came_along(&mut self, moment: Moment) {
        let visit = self.case.visit.and_then(|visit| self.world.visit(visit));
        let brings = visit.map(|visit| visit.brings.clone());
        let customer = self.case.customer;
        for brought in brings.unwrap_or_default() {
            self.case.customer = Some(brought);
            self.tell_of_things(moment);
        }
        self.case.customer = customer;
    }

    /// The same for the deal at hand.
    pub fn tell_of_deal(&mut self, moment: Moment) {
        self.tell_else(moment, |of| of == Of::Deal);
    }

    fn tell_else(&mut self, moment: Moment, to: impl Fn(Of) -> bool) {
        let law = self.law;
        for (number, _) in law.told_else.iter().filter(|(_, of)| *of == moment) {
            let FactHow::Story(story) = &law.policy.facts[*number].how else {
                continue;
            };
            if !to(story.of) {
                continue;
            }
            for (of, it) in self.told_of(story) {
                self.tell_one(*number, story, of, it);
            }
        }
    }

    /// The same for the claims that this event has opened, which begins their story.
    pub fn tell_new_claims(&mut self, moment: Moment, first_new: usize) {
        // A claim that sleeps again is listed anew and brings its story along: it began before.
        let at = self.at;
        self.tell_claims(moment, |id, claim| {
            id.index() >= first_new && claim.opened == at
        });
    }

    fn tell_claims(&mut self, moment: Moment, of: impl Fn(ClaimId, &Claim) -> bool) {
        let law = self.law;
        if !law.told.iter().any(|(_, told)| *told == moment) {
            return;
        }
        let customer = self
            .case
            .customer
            .and_then(|customer| self.world.customer(customer));
        let claims = customer.map_or_else(Default::default, |known| known.claims.clone());
        for id in claims {
            let claim = self.world.claim(id);
            if !claim.is_live() || !of(id, claim) {
                continue;
            }
            let it = Someone {
                staff: claim.staff,
                claim: Some(id),
            };
            for (number, _) in law.told.iter().filter(|(_, of)| *of == moment) {
                if let FactHow::Story(story) = &law.policy.facts[*number].how {
                    self.tell_one(*number, story, Subject::Claim(id), Some(it));
                }
            }
        }
    }

    /// Into whose stories a fact that is not of a claim is told.
    fn told_of(&self, story: &StoryFact) -> Subjects {
        let case = &self.case;
        let thing = match story.of {
            Of::Staff => {
                let reader = self.reader();
                let people = story.whose.map(|who| reader.people(who));
                let one = |someone: Someone| (Subject::Staff(someone.staff), Some(someone));
                return people.unwrap_or_default().into_iter().map(one).collect();
            }
            Of::Customer => case.customer.map(Subject::Customer),
            Of::Visit => case.visit.map(Subject::Visit),
            Of::Deal => case.deal.map(Subject::Deal),
            Of::Claim | Of::Violation | Of::Event => None,
        };
        thing.into_iter().map(|of| (of, None)).collect()
    }

    fn tell_one(&mut self, fact: usize, story: &StoryFact, of: Subject, it: Option<Someone>) {
        self.case.it = it;
        if self.reader().all(&story.filter) {
            let value = story.value.as_ref().map(|value| match value {
                StoryValue::Term(term) => self.reader().read(term),
                StoryValue::Test(test) => Val::Flag(self.reader().test(test)),
            });
            self.keep(of, fact, story, value);
        }
        self.case.it = None;
    }

    fn keep(&mut self, of: Subject, fact: usize, story: &StoryFact, value: Option<Val>) {
        let name = self.law.facts[fact];
        let calendar = &self.law.policy.calendar;
        let period = story
            .period
            .map_or(0, |period| calendar.period_of(self.at, period));
        let at = self.at;
        let told = self.world.story_mut(of);
        let known = told.iter_mut().find(|(known, _)| *known == name);
        let before = known.as_ref().map(|(_, told)| *told);
        let now = match (story.keeps, value) {
            (StoryKeeps::Count, _) => counted(before, period, 1),
            (StoryKeeps::Sum, Some(Val::Count(count))) => counted(before, period, count),
            (StoryKeeps::Sum, Some(Val::Money(fen))) => added(before, period, fen),
            (StoryKeeps::Sum, _) | (_, Some(Val::Missing)) => return,
            (StoryKeeps::First, _) if before.is_some() => return,
            (_, None) => Told::Was(Val::Time(at)),
            (_, Some(value)) => Told::Was(value),
        };
        match known {
            Some(known) => known.1 = now,
            None => told.push((name, now)),
        }
        self.world.touch_subject(of);
        self.stir(of);
    }
}

/// A count that goes on; in another period it begins anew.
fn counted(before: Option<Told>, period: i64, more: i64) -> Told {
    match before {
        Some(Told::Count(known, count)) if known == period => {
            Told::Count(period, count.saturating_add(more))
        }
        _ => Told::Count(period, more),
    }
}

/// A sum of money that goes on; in another period it begins anew.
fn added(before: Option<Told>, period: i64, more: Fen) -> Told {
    match before {
        Some(Told::Money(known, sum)) if known == period => {
            Told::Money(period, Fen::new(sum.get().saturating_add(more.get())))
        }
        _ => Told::Money(period, more),
    }
}
