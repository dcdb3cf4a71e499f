//! Deals: how a commission is shared, for how long that can still change, and what each change does to people's sums.

use super::act::{Act, Grounds, Unsettled, or_ruling, traced};
use super::case::{Case, Reader};
use super::law::Law;
use super::levies::{due_part, part_of};
use super::of_deal::{left_of, own_subject};
use super::sharing::{Agreed, Given, entries, portions, sharing};
use super::world::Deal;
use crate::base::few::Few;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::time::Instant;
use crate::decision::{Levied, Payee, Portion, Wants, What};
use crate::event::{DealId, PersonId};
use crate::policy::WindowId;
use crate::vocabulary::words::{Question, ShareState};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;

/// How a deal is shared from now on.
pub struct Shared {
    /// Who has which part.
    pub shares: SmallVec<[Portion; 2]>,
    /// What came off first.
    pub levies: Few<Levied>,
    /// What is nobody's yet.
    pub held: Fen,
    /// How certain that is.
    pub state: ShareState,
    /// First instant outside the last window that can change it.
    pub until: Option<Instant>,
}

impl Shared {
    /// Nobody has anything.
    fn nothing(state: ShareState, held: Fen) -> Shared {
        Shared {
            shares: SmallVec::new(),
            levies: Few::new(),
            held,
            state,
            until: None,
        }
    }

    fn is(&self, deal: &Deal) -> bool {
        deal.asked
            && (deal.state, deal.until, deal.held) == (self.state, self.until, self.held)
            && deal.shares == self.shares
            && deal.levies == self.levies
    }
}

/// What was given of a commission before a change.
type Before = (SmallVec<[Portion; 2]>, Few<Levied>);

impl Act<'_> {
    /// Asks again how the deals of customers are shared about whom something has changed.
    pub fn settle_deals(&mut self) {
        while let Some(customer) = self.world.touched_customers.pop() {
            let known = self.world.customer(customer);
            let deals = known.map_or_else(Few::new, |known| known.provisional.clone());
            for deal in deals {
                self.settle_deal(deal);
            }
        }
    }

    /// Asks how a deal is shared, under its own policy, and tells what has changed. Of a final one only what is due
    /// can change.
    pub fn settle_deal(&mut self, id: DealId) {
        let Some(deal) = self.world.deal(id) else {
            return;
        };
        let law = deal.law.as_ref().unwrap_or(self.law).clone();
        if deal.state == ShareState::Final && !deal.cancelled {
            return self.settle_due(id, &law);
        }
        let (cancelled, commission) = (deal.cancelled, deal.commission);
        let fault = RefCell::new(None);
        let found = sharing(&self.of_deal(id, &law, &fault), self.wants, self.ids);
        match found {
            Ok(agreed) => {
                let shared = match cancelled {
                    true => Shared::nothing(ShareState::Cancelled, Fen::ZERO),
                    false => self.shared(id, &law, &agreed),
                };
                self.forget_question(id);
                self.apply_shares(id, &law, shared, &agreed.grounds);
            }
            Err(_) if cancelled => {
                let nothing = Shared::nothing(ShareState::Cancelled, Fen::ZERO);
                let grounds = or_ruling(&law, &Grounds::default());
                self.apply_shares(id, &law, nothing, &grounds);
            }
            Err(unsettled) => {
                let nothing = Shared::nothing(ShareState::Undecided, commission);
                self.apply_shares(id, &law, nothing, &or_ruling(&law, &unsettled.grounds));
                self.is_open(id, &law, Question::Share, &unsettled);
            }
        }
    }

    /// Tells that nobody knows, unless the same role has been asked the same already.
    fn is_open(&mut self, id: DealId, law: &Arc<Law>, question: Question, unsettled: &Unsettled) {
        let asks = unsettled.asks;
        let asks = asks.unwrap_or_else(|| law.word(law.policy.undecided.asks));
        let about = self.ids.deal(id).to_owned();
        let mut open = self.world.undecided.iter();
        let known = open
            .any(|open| *open.about == *about && open.question == question && open.asks == asks);
        if !known {
            self.forget(id, question);
            self.undecided_under(law, &about, question, unsettled);
        }
    }

    /// Whatever was open about the shares of a deal is settled.
    pub fn forget_question(&mut self, id: DealId) {
        self.forget(id, Question::Share);
    }

    fn forget(&mut self, id: DealId, question: Question) {
        let about = self.ids.deal(id);
        self.world
            .undecided
            .retain(|open| open.question != question || &*open.about != about);
    }

    /// Reads in the case of a deal: the people and claims are those of the deal, the amounts those of its day.
    pub fn of_deal<'b>(
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
            ids: self.ids,
            case,
            fault,
            cited: None,
        }
    }

    fn shared(&self, id: DealId, law: &Law, agreed: &Agreed) -> Shared {
        let fault = RefCell::new(None);
        let left = left_of(&self.of_deal(id, law, &fault), &agreed.levies);
        let (shares, held) = portions(left, &agreed.parts, &self.in_line(id, law));
        let until = self.until(id, law, &agreed.windows);
        let waits = agreed.open || until.is_some();
        Shared {
            shares,
            levies: agreed.levies.clone(),
            held,
            state: if waits {
                ShareState::Provisional
            } else {
                ShareState::Final
            },
            until,
        }
    }

    /// The first instant outside the last open window: of a claim, of those that had opened when the deal was recorded,
    /// whether or not they have started anew since.
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
                let ends = open.filter(|w| w.since <= deal.at).map(|w| w.end);
                until = ends.max().max(until);
            }
        }
        for window in windows {
            let of = own_subject(law, deal, id, *window);
            let own = of.and_then(|of| self.world.window(of, law.window_name(*window)));
            let open = own.filter(|own| own.timer.is_some());
            until = open.map(|own| own.end).max(until);
        }
        until
    }

    /// Puts shares in force: people's sums follow, what is due is asked, and the change is told.
    pub fn apply_shares(&mut self, id: DealId, law: &Arc<Law>, shared: Shared, grounds: &Grounds) {
        let same = self.world.deal(id).is_some_and(|deal| shared.is(deal));
        let before = if same {
            None
        } else {
            Some(self.put(id, law, shared, grounds))
        };
        let (due, paid) = self.due(id, law);
        let changes = self.due_becomes(id, due);
        match before {
            Some(before) => {
                let mut all = grounds.clone();
                all.add(paid);
                self.tell_share(id, law, (&before.0, &before.1), &all);
            }
            None if changes => self.tell_due(id, law, paid),
            None => {}
        }
    }

    fn put(&mut self, id: DealId, law: &Arc<Law>, shared: Shared, grounds: &Grounds) -> Before {
        let deal = self.world.deal_mut(id);
        let customer = deal.customer;
        let before = (
            std::mem::replace(&mut deal.shares, shared.shares.clone()),
            std::mem::replace(&mut deal.levies, shared.levies.clone()),
        );
        let was = std::mem::replace(&mut deal.state, shared.state);
        (deal.until, deal.held, deal.asked) = (shared.until, shared.held, true);
        deal.because.clear();
        if law.pays {
            deal.because.extend(grounds.clauses.iter().copied());
        }
        let waits = match shared.state {
            ShareState::Provisional => true,
            ShareState::Final => law.pays,
            ShareState::Undecided | ShareState::Cancelled => false,
        };
        let kept = waits || shared.state == ShareState::Undecided;
        deal.law = kept.then(|| law.clone());
        self.count((&before.0, &before.1), was, -1);
        self.count((&shared.shares, &shared.levies), shared.state, 1);
        let waiting = &mut self.world.customer_mut(customer).provisional;
        waiting.retain(|deal| *deal != id);
        if waits {
            waiting.push(id);
        }
        before
    }

    /// Adds portions and levies to people's and accounts' sums, or takes them away again.
    fn count(&mut self, given: Given<'_>, state: ShareState, sign: i64) {
        let portions = given
            .0
            .iter()
            .map(|portion| (Payee::Person(portion.staff), portion.amount));
        let levies = given.1.iter().map(|levied| (levied.to, levied.amount));
        for (payee, amount) in portions.chain(levies) {
            let amount = Fen::new(amount.get() * sign);
            match (payee, state) {
                (Payee::Person(staff), ShareState::Final) => {
                    self.world.person_mut(staff).commission += amount;
                }
                (Payee::Person(staff), ShareState::Provisional) => {
                    self.world.person_mut(staff).provisional += amount;
                }
                (Payee::Account(name), ShareState::Final) => self.world.book(name, amount),
                _ => {}
            }
        }
    }

    /// What of each share is due now, and why; nothing where the policy does not ask that.
    fn due(&mut self, id: DealId, law: &Arc<Law>) -> (Few<(PersonId, Fen)>, Grounds) {
        let deal = self.world.deal(id).expect("looked up before");
        let shared = matches!(deal.state, ShareState::Final | ShareState::Provisional);
        if !law.pays || !shared {
            return Default::default();
        }
        let (state, shares) = (deal.state, deal.shares.clone());
        let fault = RefCell::new(None);
        let found = due_part(&self.of_deal(id, law, &fault), self.wants, self.ids);
        let (part, grounds) = match found {
            Ok((Some(part), grounds)) => (part, grounds),
            Ok((None, grounds)) if state == ShareState::Final => (Fraction::ONE, grounds),
            Ok((None, grounds)) => (Fraction::ZERO, grounds),
            Err(unsettled) => {
                self.is_open(id, law, Question::Pay, &unsettled);
                return (Few::new(), unsettled.grounds);
            }
        };
        self.forget(id, Question::Pay);
        let due = shares.iter();
        let due = due.map(|portion| (portion.staff, part_of(portion.amount, part)));
        (due.filter(|(_, due)| *due != Fen::ZERO).collect(), grounds)
    }

    fn due_becomes(&mut self, id: DealId, due: Few<(PersonId, Fen)>) -> bool {
        let deal = self.world.deal_mut(id);
        let changes = deal.due != due;
        deal.due = due;
        changes
    }

    /// Asks again what is due of a final deal.
    fn settle_due(&mut self, id: DealId, law: &Arc<Law>) {
        if law.pays {
            let (due, paid) = self.due(id, law);
            if self.due_becomes(id, due) {
                self.tell_due(id, law, paid);
            }
        }
    }

    /// Tells that what is due has changed, and nothing else.
    fn tell_due(&mut self, id: DealId, law: &Arc<Law>, grounds: Grounds) {
        let deal = self.world.deal(id).expect("looked up before");
        let (shares, levies) = (deal.shares.clone(), deal.levies.clone());
        let grounds = match grounds.clauses.is_empty() {
            true => Grounds {
                clauses: deal.because.iter().copied().collect(),
                facts: Vec::new(),
            },
            false => grounds,
        };
        self.tell_share(id, law, (&shares, &levies), &or_ruling(law, &grounds));
    }

    fn tell_share(&mut self, id: DealId, law: &Arc<Law>, before: Given<'_>, grounds: &Grounds) {
        if self.wants == Wants::Nothing {
            return;
        }
        let deal = self.world.deal(id).expect("looked up before");
        let what = What::Share {
            deal: id,
            state: deal.state,
            shares: deal.shares.to_vec(),
            until: deal.until,
            entries: entries(before, (&deal.shares, &deal.levies)),
            levies: deal.levies.to_vec(),
            held: deal.held,
            due: law.pays.then(|| deal.due.to_vec()),
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
