//! Deals: how a commission is shared, for how long that can still change, and what each change does to people's sums.

use super::act::{Act, Grounds, or_ruling, traced};
use super::case::{Case, Reader};
use super::law::Law;
use super::sharing::{Agreed, entries, portions, sharing};
use super::world::Subject;
use crate::base::money::Fen;
use crate::base::time::Instant;
use crate::decision::{Portion, Wants, What};
use crate::event::{DealId, PersonId};
use crate::policy::{Of, WindowId};
use crate::vocabulary::words::{Question, ShareState};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;

/// How a deal is shared from now on.
pub struct Shared {
    /// Who has which part.
    pub shares: SmallVec<[Portion; 2]>,
    /// How certain that is.
    pub state: ShareState,
    /// First instant outside the last window that can change it.
    pub until: Option<Instant>,
}

impl Act<'_> {
    /// Asks again how the provisional deals of customers are shared about whom something has changed.
    pub fn settle_deals(&mut self) {
        while let Some(customer) = self.world.touched_customers.pop() {
            let known = self.world.customer(customer);
            let deals = known.map_or_else(SmallVec::new, |known| known.provisional.clone());
            for deal in deals {
                self.settle_deal(deal);
            }
        }
    }

    /// Asks how a deal is shared, under its own policy, and tells what has changed.
    pub fn settle_deal(&mut self, id: DealId) {
        let Some(deal) = self.world.deal(id) else {
            return;
        };
        let law = deal.law.as_ref().unwrap_or(self.law).clone();
        let cancelled = deal.cancelled;
        let fault = RefCell::new(None);
        match sharing(&self.of_deal(id, &law, &fault), self.wants, self.ids) {
            Ok(agreed) => self.is_agreed(id, &law, &agreed, cancelled),
            Err(unsettled) => {
                let nothing = Shared {
                    shares: SmallVec::new(),
                    state: ShareState::Undecided,
                    until: None,
                };
                self.apply_shares(id, &law, nothing, &or_ruling(&law, &unsettled.grounds));
                let about = self.ids.deal(id).to_owned();
                self.undecided_under(&law, &about, Question::Share, &unsettled);
            }
        }
    }

    /// Reads in the case of a deal: the people and claims are those of the deal, the amounts those of its day.
    fn of_deal<'b>(
        &'b self,
        id: DealId,
        law: &'b Law,
        fault: &'b RefCell<Option<String>>,
    ) -> Reader<'b> {
        let deal = self.world.deal(id).expect("looked up before");
        let mut case = Case::at(deal.at, None);
        case.deal = Some(id);
        case.of_deal = true;
        case.customer = Some(deal.customer);
        case.visit = deal.during;
        Reader {
            world: self.world,
            law,
            case,
            fault,
        }
    }

    fn is_agreed(&mut self, id: DealId, law: &Arc<Law>, agreed: &Agreed, cancelled: bool) {
        let until = self.until(id, law, &agreed.windows);
        let deal = self.world.deal(id).expect("looked up before");
        let shared = match (cancelled, until) {
            (true, _) => Shared {
                shares: SmallVec::new(),
                state: ShareState::Cancelled,
                until: None,
            },
            (false, until) => Shared {
                shares: portions(deal, &agreed.parts, &self.in_line(id, law)),
                state: if until.is_some() {
                    ShareState::Provisional
                } else {
                    ShareState::Final
                },
                until,
            },
        };
        let same = (deal.state, deal.until) == (shared.state, shared.until);
        if !same || deal.shares != shared.shares {
            self.apply_shares(id, law, shared, &agreed.grounds);
        }
    }

    /// The first instant outside the last open window that had opened when the deal was recorded.
    fn until(&self, id: DealId, law: &Law, windows: &[WindowId]) -> Option<Instant> {
        let deal = self.world.deal(id)?;
        let owner = deal.owner.and_then(|(_, claim)| claim);
        let mut until = None;
        for claim in deal.claims.iter().filter(|claim| Some(**claim) != owner) {
            for window in windows {
                let name = law.window_name(*window);
                let of_claim = &self.world.claim(*claim).windows;
                let open = of_claim
                    .iter()
                    .filter(|w| w.window == name && w.timer.is_some());
                let ends = open.filter(|w| w.start <= deal.at).map(|w| w.end);
                until = ends.max().max(until);
            }
        }
        for window in windows {
            let of = match law.policy.windows[window.index()].of {
                Of::Deal => Some(Subject::Deal(id)),
                Of::Customer => Some(Subject::Customer(deal.customer)),
                Of::Visit => deal.during.map(Subject::Visit),
                _ => None,
            };
            let own = of.and_then(|of| self.world.window(of, law.window_name(*window)));
            let open = own.filter(|own| own.timer.is_some());
            until = open.map(|own| own.end).max(until);
        }
        until
    }

    /// Puts shares in force: people's sums follow, and the change is told.
    pub fn apply_shares(&mut self, id: DealId, law: &Arc<Law>, shared: Shared, grounds: &Grounds) {
        let deal = self.world.deal_mut(id);
        let customer = deal.customer;
        let before = std::mem::replace(&mut deal.shares, shared.shares.clone());
        let was = std::mem::replace(&mut deal.state, shared.state);
        let provisional = shared.state == ShareState::Provisional;
        deal.until = shared.until;
        deal.law = provisional.then(|| law.clone());
        self.count(&before, was, -1);
        self.count(&shared.shares, shared.state, 1);
        let waiting = &mut self.world.customer_mut(customer).provisional;
        waiting.retain(|deal| *deal != id);
        if provisional {
            waiting.push(id);
        }
        self.tell_share(id, law, &before, grounds);
    }

    /// Adds portions to people's sums, or takes them away again.
    fn count(&mut self, portions: &[Portion], state: ShareState, sign: i64) {
        for portion in portions {
            let person = self.world.person_mut(portion.staff);
            let amount = Fen::new(portion.amount.get() * sign);
            match state {
                ShareState::Final => person.commission += amount,
                ShareState::Provisional => person.provisional += amount,
                ShareState::Undecided | ShareState::Cancelled => {}
            }
        }
    }

    fn tell_share(&mut self, id: DealId, law: &Arc<Law>, before: &[Portion], grounds: &Grounds) {
        if self.wants == Wants::Nothing {
            return;
        }
        let deal = self.world.deal(id).expect("looked up before");
        let undecided = deal.state == ShareState::Undecided;
        let what = What::Share {
            deal: id,
            state: deal.state,
            shares: deal.shares.to_vec(),
            until: deal.until,
            entries: entries(before, &deal.shares),
            held: if undecided {
                deal.commission
            } else {
                Fen::ZERO
            },
        };
        let fault = RefCell::new(None);
        let trace = match self.wants {
            Wants::Traces => traced(&self.of_deal(id, law, &fault), self.ids, grounds),
            Wants::Nothing | Wants::Decisions => Vec::new(),
        };
        self.decide_under(law, what, grounds, trace);
    }

    /// The people who are first in line for the fen that do not divide.
    fn in_line(&self, id: DealId, law: &Law) -> SmallVec<[PersonId; 4]> {
        let fault = RefCell::new(None);
        let reader = self.of_deal(id, law, &fault);
        let people = law
            .policy
            .remainder
            .iter()
            .filter_map(|who| reader.one(*who));
        people.map(|someone| someone.staff).collect()
    }
}
