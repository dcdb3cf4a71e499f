//! Answers that wait for somebody's yes: kept with their case, dropped by a no, given once it is said.

use super::act::{Act, Unsettled};
use super::deal_events::Waits;
use super::matter::Choice;
use super::open::{Pending, WAITS, yes_of};
use crate::event::{DealId, Event, PersonId};
use crate::policy::{ClauseId, WordId};
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::words::Question;
use std::sync::Arc;

/// The most answers that may wait at once; more are refused, and a ruling settles the question.
const MOST: usize = 10_000;
/// Why a choice is refused that somebody makes whom nothing asks.
const MAY_NOT: &str = "may_not_decide";

impl Act<'_> {
    /// The role for whose yes the answers of a clause wait.
    pub fn waits_for(&self, clause: ClauseId) -> Option<WordId> {
        let said = self.granted == Some(clause);
        yes_of(self.law.policy.clause(clause)).filter(|_| !said)
    }

    /// Keeps an answer that waits, with its case; without it there is only the open question.
    pub fn keep_waiting(&mut self, about: &str, question: Question, unsettled: &Unsettled) {
        if unsettled.reason != WAITS || self.world.pending.len() >= MOST {
            return;
        }
        let waits = |id: &&ClauseId| self.waits_for(**id).is_some();
        let Some(clause) = unsettled.grounds.clauses.iter().find(waits).copied() else {
            return;
        };
        let Some(asks) = unsettled.asks else { return };
        let pending = Pending {
            about: about.into(),
            question,
            clause,
            asks,
            case: self.case.kept(),
            event: self.case.event.cloned().map(Arc::new),
        };
        self.world.pending.push(pending);
    }

    /// What a choice says of the answers that wait for it: yes lets them stand, no drops them. Says whether the choice
    /// may be taken: not by somebody whom nothing asks.
    pub fn hears(&mut self, event: &Event) -> bool {
        let says = self.case.choice;
        if event.kind != kind::CHOICE || !matches!(says, Choice::Yes | Choice::No) {
            return true;
        }
        let about = event.text(field::ABOUT).unwrap_or_default();
        let decider = event.person(field::DECIDED_BY);
        let role = decider
            .and_then(|id| self.world.person(id))
            .filter(|person| !person.left);
        let role = role.and_then(|person| person.role);
        let concerned: Vec<bool> = (self.world.pending.iter())
            .map(|pending| self.is_about(pending, about))
            .collect();
        let theirs: Vec<bool> = (self.world.pending.iter().zip(&concerned))
            .map(|(pending, concerned)| {
                *concerned && role.is_some_and(|role| pending.asks == role || self.rules(role))
            })
            .collect();
        let of_deal = self.case.deal.map(|id| (id, self.waits_on_deal(id)));
        let of_deal = of_deal.filter(|(_, waits)| !waits.is_empty());
        let may = |(_, waits): &(DealId, Waits)| {
            role.is_some_and(|role| self.rules(role) || waits.iter().any(|(asks, _)| *asks == role))
        };
        let nobody_asks = !theirs.contains(&true) && !of_deal.as_ref().is_some_and(may);
        if let Some(at) = concerned.iter().position(|concerned| *concerned)
            && nobody_asks
        {
            let clause = self.world.pending[at].clause;
            self.refuse_because(MAY_NOT, clause);
            return false;
        }
        if let Some((id, waits)) = of_deal.filter(|_| nobody_asks) {
            self.refuse_of_deal(id, MAY_NOT, waits[0].1);
            return false;
        }
        let mut theirs = theirs.into_iter();
        let waiting = std::mem::take(&mut self.world.pending);
        for pending in waiting {
            if theirs.next() != Some(true) {
                self.world.pending.push(pending);
                continue;
            }
            self.world.undecided.retain(|open| {
                open.about != pending.about
                    || open.question != pending.question
                    || open.asks != pending.asks
            });
            if says == Choice::Yes {
                self.world.granted.push(pending);
            }
        }
        true
    }

    /// Whether a name is that of something or somebody with which an answer that waits has to do.
    fn is_about(&self, pending: &Pending, about: &str) -> bool {
        let case = &pending.case;
        let actor = case.actor.or_else(|| {
            let event = pending.event.as_ref()?;
            event.person(field::STAFF).or(event.person(field::PERSON))
        });
        let names = [
            Some(&*pending.about),
            case.visit.map(|id| self.ids.visit(id)),
            case.customer.map(|id| self.ids.customer(id)),
            case.deal.map(|id| self.ids.deal(id)),
            actor.map(|id: PersonId| self.ids.person(id)),
        ];
        names.contains(&Some(about))
    }

    /// Somebody said yes: the answer stands from now on.
    pub fn grant(&mut self, pending: &Pending) {
        let event = self.case.event;
        self.case = pending.case;
        self.case.event = event;
        self.granted = Some(pending.clause);
        let grounds = self.grounds(smallvec::smallvec![pending.clause]);
        match pending.question {
            Question::Own => self.grant_own(&grounds),
            // What comes with a reception comes once it begins.
            Question::Receive => return self.grant_receive(pending.clause, &grounds),
            Question::Turn => self.grant_turn(&grounds),
            Question::Sanction => self.grant_sanction(&grounds),
            _ => {}
        }
        self.effects_with(pending.question, &grounds.clauses);
    }
}
