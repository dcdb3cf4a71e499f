//! What stands: bars of people about whom something has changed, facts that the story tells, what time brings.

use super::act::{Act, Clauses, Unsettled};
use super::ask::{Phase, holding, is_overridden};
use super::case::{Case, Someone, Val};
use super::world::{Claim, ClaimId, Timer, Told};
use crate::decision::What;
use crate::event::{Event, PersonId};
use crate::policy::{FactHow, Moment, StoryKeeps};
use crate::vocabulary::words::Question;

impl Act<'_> {
    /// Asks the standing questions again about whatever has changed.
    pub fn settle_standing(&mut self) {
        while let Some(person) = self.world.touched.pop() {
            if self.law.bars {
                self.settle_bar(person);
            }
        }
        self.settle_deals();
    }

    fn settle_bar(&mut self, staff: PersonId) {
        let kept = self.case;
        self.case = Case::at(self.at, self.case.event);
        self.case.actor = Some(staff);
        let policy = self.law.policy.clone();
        let clauses: Clauses = policy
            .index
            .standing(Question::Bar)
            .iter()
            .copied()
            .collect();
        match holding(&self.reader(), clauses, Phase::Both) {
            Ok(holding) => {
                let standing: Clauses = holding
                    .iter()
                    .copied()
                    .filter(|id| !is_overridden(&policy, *id, &holding))
                    .collect();
                self.bar_becomes(staff, &standing);
            }
            Err((clause, reason)) => {
                let about = self.ids.person(staff).to_owned();
                let grounds = super::act::Grounds::clause(clause);
                self.undecided(
                    &about,
                    Question::Bar,
                    &Unsettled::new(reason, grounds.clone()),
                );
            }
        }
        self.case = kept;
    }

    /// Tells when a bar begins, ends, or is about another item than before.
    fn bar_becomes(&mut self, staff: PersonId, standing: &Clauses) {
        let person = self.world.person_mut(staff);
        let now = (!standing.is_empty()).then(|| person.failed.last().copied());
        let before = std::mem::replace(&mut person.barred, now);
        if before.is_some() == now.is_some() {
            return;
        }
        let item = now.or(before).flatten();
        let grounds = match now {
            Some(_) => self.grounds(standing.clone()),
            // What lifts a bar are the clauses that no longer hold.
            None => self.grounds(
                self.law
                    .policy
                    .index
                    .standing(Question::Bar)
                    .iter()
                    .copied()
                    .collect(),
            ),
        };
        self.decide(
            What::Bar {
                staff,
                barred: now.is_some(),
                item,
            },
            &grounds,
        );
    }

    /// Keeps what the story tells of the claims on the customer at hand.
    pub fn tell_story(&mut self, event: &Event, moment: Moment) {
        self.tell_claims(event, moment, |_, _| true);
    }

    /// The same for the claims that this event has opened, which begins their story.
    pub fn tell_new_claims(&mut self, event: &Event, moment: Moment, first_new: usize) {
        // A claim that sleeps again is listed anew and brings its story along: it began before.
        let at = self.at;
        self.tell_claims(event, moment, |id, claim| {
            id.index() >= first_new && claim.opened == at
        });
    }

    fn tell_claims(&mut self, event: &Event, moment: Moment, of: impl Fn(ClaimId, &Claim) -> bool) {
        let law = self.law.clone();
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
            if claim.is_live() && of(id, claim) {
                self.tell_claim_of(event, moment, id);
            }
        }
    }

    fn tell_claim_of(&mut self, event: &Event, moment: Moment, id: ClaimId) {
        let law = self.law.clone();
        let staff = self.world.claim(id).staff;
        self.case.it = Some(Someone {
            staff,
            claim: Some(id),
        });
        for (number, _) in law.told.iter().filter(|(_, of)| *of == moment) {
            let FactHow::Story(story) = &law.policy.facts[*number].how else {
                continue;
            };
            if self.reader().all(&story.filter) {
                let value = story.value.as_ref().map(|term| self.reader().read(term));
                self.keep(id, law.facts[*number], story.keeps, value, event);
            }
        }
        self.case.it = None;
    }

    fn keep(
        &mut self,
        id: ClaimId,
        fact: crate::base::names::Name,
        keeps: StoryKeeps,
        value: Option<Val>,
        event: &Event,
    ) {
        let story = &mut self.world.claim_mut(id).story;
        let known = story.iter_mut().find(|(name, _)| *name == fact);
        let told = match (keeps, value) {
            (StoryKeeps::Count, _) => match known {
                Some((_, Told::Count(count))) => {
                    *count += 1;
                    return;
                }
                _ => Told::Count(1),
            },
            (_, None) => Told::Was(Val::Time(event.at)),
            (_, Some(Val::Missing)) => return,
            (_, Some(value)) => Told::Was(value),
        };
        match known {
            Some(_) if keeps == StoryKeeps::First => {}
            Some(known) => known.1 = told,
            None => story.push((fact, told)),
        }
    }

    /// What time brings: a window ends, a suspension is over.
    pub fn time_comes(&mut self, timer: Timer) {
        match timer {
            Timer::Window { claim, window, .. } => self.window_ended(claim, window),
            Timer::Suspension { person, .. } => {
                let known = self.world.person_mut(person);
                if known.suspended_until.is_some_and(|until| until <= self.at) {
                    known.suspended_until = None;
                }
                self.world.touch(person);
            }
        }
        self.settle_standing();
    }
}
