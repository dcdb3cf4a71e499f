//! What waits for a person: questions that are open until a ruling, answers that stand once somebody says yes.

use super::act::{Act, Unsettled};
use super::case::{Case, Choice};
use super::law::Law;
use crate::base::names::Name;
use crate::event::{Event, PersonId};
use crate::policy::{Asking, Clause, ClauseId, WordId};
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::words::Question;
use std::sync::Arc;

/// As an open question tells that its answer waits for a yes.
pub const WAITS: &str = "waits for a yes";

/// The most answers that may wait at once; more are refused, and a ruling settles the question.
const MOST: usize = 10_000;

/// A question that waits for a ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// About what, as the ruling will name it.
    pub about: Box<str>,
    /// Which question.
    pub question: Question,
    /// Who rules.
    pub asks: Name,
    /// The kind of violation whose sanction it is.
    pub kind: Option<Name>,
}

/// An answer that stands only once somebody says yes.
#[derive(Clone, Debug)]
pub struct Pending {
    /// About what, as it was told.
    pub about: Box<str>,
    /// Which question it answers.
    pub question: Question,
    /// The clause that gives it.
    pub clause: ClauseId,
    /// Whose yes it is.
    pub asks: Name,
    /// The case in which it was asked, its event apart.
    pub case: Case<'static>,
    /// The event of that case.
    pub event: Option<Arc<Event>>,
}

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
        if let Some(at) = concerned.iter().position(|concerned| *concerned)
            && !theirs.contains(&true)
        {
            let clause = self.world.pending[at].clause;
            self.refuse_because("may_not_decide", clause);
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

/// The role whose yes the answers of a clause on an event wait for; a share keeps its own.
fn yes_of(clause: &Clause) -> Option<WordId> {
    match &clause.ask {
        Some(Asking::Yes(role)) if clause.answers.share.is_none() => Some(*role),
        _ => None,
    }
}

/// What waits under one policy, waits under the next if that still has the clause and asks for a yes.
pub fn carry_over(pending: &mut Vec<Pending>, before: &Law, after: &Law) {
    pending.retain_mut(|pending| {
        let key = &before.policy.clause(pending.clause).key;
        let found = (after.policy.clauses.iter())
            .position(|clause| clause.key == *key && yes_of(clause).is_some());
        let number = found.and_then(|number| u16::try_from(number).ok());
        pending.clause = number.map_or(pending.clause, ClauseId);
        number.is_some()
    });
}
