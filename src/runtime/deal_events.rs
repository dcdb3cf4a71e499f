//! What happens to a deal after it was recorded: stages, money received, agreements, what a role says.

use super::act::{Act, Grounds};
use super::case::Choice;
use super::negotiation::fault;
use super::of_deal::{standing, waits_for};
use super::sharing::{Said, answered};
use super::world::{Agreement, Deal, Parts};
use crate::base::few::Few;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::decision::What;
use crate::event::{DealId, Event, PersonId, Value};
use crate::policy::{Asking, ClauseId, Moment};
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::words::{Question, ShareState, VisitState};
use smallvec::SmallVec;
use std::cell::RefCell;

/// Roles that have yet to say yes, each with the clause that asks.
pub type Waits = SmallVec<[(Name, ClauseId); 1]>;

impl Act<'_> {
    /// A deal is recorded: people and claims are those of this moment.
    pub fn deal(&mut self, event: &Event, moment: Moment) {
        let (Some(id), Some(customer)) = (event.deal(field::DEAL), event.customer(field::CUSTOMER))
        else {
            return;
        };
        let Some(commission) = event.money(field::COMMISSION) else {
            return;
        };
        let during = self.world.customer(customer).and_then(|known| known.visit);
        let during = during.filter(|id| {
            self.world
                .visit(*id)
                .is_some_and(|visit| visit.state == VisitState::Open)
        });
        let visit = during.and_then(|id| self.world.visit(id));
        let claims = self
            .world
            .customer(customer)
            .map_or(&[][..], |known| &known.claims);
        let deal = Deal {
            customer,
            at: self.at,
            commission,
            closer: event.person(field::CLOSER),
            during,
            receiver: visit.and_then(|visit| visit.receiver),
            role: visit.and_then(|visit| visit.role),
            owner: self
                .reader()
                .owner()
                .map(|owner| (owner.staff, owner.claim)),
            claims: claims
                .iter()
                .copied()
                .filter(|id| self.world.claim(*id).is_live())
                .collect(),
            law: Some(self.law.clone()),
            cancelled: false,
            state: ShareState::Undecided,
            shares: SmallVec::new(),
            until: None,
            levies: Few::new(),
            held: commission,
            due: Few::new(),
            because: Few::new(),
            stage: None,
            received: None,
            agreements: Few::new(),
            choices: Few::new(),
            asked: false,
        };
        self.add_deal(id, deal);
        (self.case.deal, self.case.visit) = (Some(id), during);
        self.stir_at_hand(None);
        self.tell(moment);
        self.anything_else(moment);
        self.move_windows();
        self.settle_deal(id);
    }

    fn add_deal(&mut self, id: DealId, deal: Deal) {
        if self.world.deals.len() <= id.index() {
            self.world.deals.resize_with(id.index() + 1, || None);
        }
        self.world.customer_mut(deal.customer).deals.push(id);
        self.world.deals[id.index()] = Some(deal);
    }

    /// A deal is cancelled.
    pub fn deal_cancelled(&mut self) {
        let Some(id) = self.case.deal else { return };
        self.world.deal_mut(id).cancelled = true;
        self.forget_question(id);
        self.settle_deal(id);
        self.anything_else(Moment::Event(kind::DEAL_CANCELLED));
    }

    /// A stage is reached, money is received: whatever stands of the deal is asked again.
    pub fn deal_stage(&mut self, event: &Event) {
        let Some(id) = self.case.deal else { return };
        let deal = self.world.deal_mut(id);
        deal.stage = event.word(field::STAGE).or(deal.stage);
        if let Some(fen) = event.money(field::RECEIVED) {
            let before = deal.received.unwrap_or(Fen::ZERO);
            deal.received = Some(Fen::new(before.get().saturating_add(fen.get())));
        }
        let customer = deal.customer;
        self.world.touch_customer(customer);
    }

    /// People agree: on what a share leaves open, if it is about a deal of which something is.
    pub fn agreement(&mut self, event: &Event, moment: Moment) {
        if let Some(id) = self.case.deal
            && let Some(agreed) = self.agreed(event)
        {
            if let Some((reason, clause)) = self.agreement_fault(id, &agreed) {
                self.refuse_of_deal(id, reason, clause);
            } else {
                self.world.deal_mut(id).agreements.push(agreed);
                self.settle_deal(id);
            }
        }
        self.anything_else(moment);
    }

    /// A role says yes or no: of a share that waits for it, if it is about a deal.
    pub fn says_of_deal(&mut self, event: &Event, moment: Moment) {
        let yes = match self.case.choice {
            Choice::Yes => Some(true),
            Choice::No => Some(false),
            Choice::Person(_) | Choice::Nothing => None,
        };
        let decider = event.person(field::DECIDED_BY);
        let role = decider
            .and_then(|decider| self.world.person(decider))
            .filter(|person| !person.left)
            .and_then(|person| person.role);
        if let (Some(id), Some(yes), Some(role)) = (self.case.deal, yes, role) {
            let mut roles: SmallVec<[Name; 1]> = smallvec::smallvec![role];
            let waits = self.waits_on_deal(id);
            roles.extend(
                waits
                    .iter()
                    .map(|(asks, _)| *asks)
                    .filter(|_| self.rules(role)),
            );
            roles.sort_unstable();
            roles.dedup();
            let choices = &mut self.world.deal_mut(id).choices;
            choices.retain(|(known, _)| !roles.contains(known));
            choices.extend(roles.into_iter().map(|role| (role, yes)));
            let waits = self.world.deal(id).map(|deal| deal.state);
            if waits.is_some_and(|state| state != ShareState::Final) {
                self.settle_deal(id);
            }
        }
        self.anything_else(moment);
    }

    /// The roles that have yet to say yes to a share of a deal, each with the clause that asks.
    pub fn waits_on_deal(&self, id: DealId) -> Waits {
        let law = self.law_of(id);
        let broken = RefCell::new(None);
        let reader = self.of_deal(id, &law, &broken);
        let clauses = standing(&reader, Question::Share).unwrap_or_default();
        let open = self.world.deal(id).filter(|deal| !deal.cancelled);
        let asks = |clause: &ClauseId| {
            open?;
            Some((waits_for(&reader, law.policy.clause(*clause))?, *clause))
        };
        clauses.iter().filter_map(asks).collect()
    }

    /// Refuses what is said of a deal, because of a clause of the policy under which it is shared.
    pub fn refuse_of_deal(&mut self, id: DealId, reason: &str, clause: ClauseId) {
        let law = self.law_of(id);
        let reason = reason.into();
        let grounds = Grounds::clause(clause);
        self.decide_under(&law, What::Refuse { reason }, &grounds, Vec::new());
    }

    fn agreed(&self, event: &Event) -> Option<Agreement> {
        let Some(Value::Shares(shares)) = event.field(field::SHARES) else {
            return None;
        };
        let of = |(staff, part): &(PersonId, crate::event::Portion)| (*staff, part.share);
        let mut parts: Parts = shares.iter().map(of).collect();
        parts.retain(|(_, part)| *part != Fraction::ZERO);
        parts.sort_unstable_by_key(|(staff, _)| *staff);
        Some(Agreement {
            at: self.at,
            between: event.persons(field::BETWEEN).iter().copied().collect(),
            parts,
        })
    }

    fn law_of(&self, id: DealId) -> std::sync::Arc<super::law::Law> {
        let deal = self.world.deal(id);
        let law = deal.and_then(|deal| deal.law.as_ref());
        law.unwrap_or(self.law).clone()
    }

    /// Why an agreement about a deal of which something is open does not fix it, and the clause that leaves it open.
    fn agreement_fault(&self, id: DealId, agreed: &Agreement) -> Option<(&'static str, ClauseId)> {
        let deal = self.world.deal(id)?;
        if deal.cancelled || deal.state == ShareState::Final {
            return None;
        }
        let law = self.law_of(id);
        let broken = RefCell::new(None);
        let reader = self.of_deal(id, &law, &broken);
        for clause in standing(&reader, Question::Share).ok()? {
            let asking = law.policy.clause(clause).ask.as_ref();
            let Some(asking @ Asking::Agreement { .. }) = asking else {
                continue;
            };
            let Ok(Said::Parts(bounds)) = answered(&reader, self.ids, clause) else {
                continue;
            };
            if bounds.exact().is_none() {
                return fault(&reader, asking, &bounds, agreed).map(|reason| (reason, clause));
            }
        }
        None
    }

    /// The clause that leaves a range open, if parts that a ruling names are not within it.
    pub fn outside_of_range(&self, id: DealId, parts: &Parts) -> Option<ClauseId> {
        let law = self.law_of(id);
        let broken = RefCell::new(None);
        let reader = self.of_deal(id, &law, &broken);
        let mut parts = parts.clone();
        parts.sort_unstable_by_key(|(staff, _)| *staff);
        let clauses = standing(&reader, Question::Share).ok()?;
        clauses.into_iter().find(|clause| {
            law.policy.clause(*clause).ask.is_some()
                && matches!(answered(&reader, self.ids, *clause), Ok(Said::Parts(bounds))
                    if bounds.exact().is_none() && !bounds.hold(&parts))
        })
    }
}
