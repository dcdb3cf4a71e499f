//! What stands: bars of people about whom something has changed, facts that the story tells, what time brings.

use super::act::{Act, Clauses, Unsettled};
use super::ask::{Phase, holding, is_overridden};
use super::case::{Case, Someone, Val};
use super::world::{Timer, Told};
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
        let law = self.law.clone();
        if !law.told.iter().any(|(_, of)| *of == moment) {
            return;
        }
        let claims = self
            .case
            .customer
            .and_then(|customer| self.world.customer(customer));
        let claims = claims.map_or_else(Default::default, |known| known.claims.clone());
        for id in claims
            .into_iter()
            .filter(|id| self.world.claim(*id).is_live())
            .collect::<Vec<_>>()
        {
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
        }
        self.case.it = None;
    }

    fn keep(
        &mut self,
        id: super::world::ClaimId,
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
            (_, None) => Told::Time(event.at),
            (_, Some(Val::Word(word))) => Told::Word(word),
            (_, Some(Val::Flag(flag))) => Told::Flag(flag),
            (_, Some(Val::Count(count))) => Told::Count(count),
            (_, Some(Val::Time(at))) => Told::Time(at),
            (_, Some(_)) => return,
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
