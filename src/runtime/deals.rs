//! Deals: how a commission is shared, for how long that can still change, and what each change does to people's sums.

use super::act::{Act, Grounds, or_ruling, traced};
use super::ask::{Phase, facts_of, holding, is_overridden};
use super::case::{Case, Reader};
use super::law::Law;
use super::world::{Deal, Parts};
use crate::base::fraction::{Fraction, share_of, split};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Portion, Wants, What};
use crate::event::{DealId, PersonId};
use crate::policy::{AmountValue, ClauseId, Share, SharePart, Weight, Who, WindowId};
use crate::vocabulary::words::{Question, ShareState};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;

/// What the policy says of a deal.
enum Sharing {
    /// Who has which part, why, and the window on which that waits.
    Parts(Parts, Grounds, SmallVec<[WindowId; 1]>),
    /// A person rules.
    Open {
        asks: Option<Name>,
        reason: String,
        grounds: Grounds,
    },
}

impl Act<'_> {
    /// Asks again how the provisional deals of customers are shared about whom something has changed.
    pub fn settle_deals(&mut self) {
        while let Some(customer) = self.world.touched_customers.pop() {
            let deals = self
                .world
                .customer(customer)
                .map_or_else(SmallVec::new, |known| known.provisional.clone());
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
        let fault = RefCell::new(None);
        let cancelled = deal.cancelled;
        let mut case = Case::at(deal.at, None);
        (case.deal, case.of_deal, case.customer, case.visit) =
            (Some(id), true, Some(deal.customer), deal.during);
        let reader = Reader {
            world: self.world,
            law: &law,
            case,
            fault: &fault,
        };
        let sharing = sharing(&reader, self.wants, self.ids);
        match sharing {
            Sharing::Parts(..) if cancelled => {
                self.share_becomes(id, &law, sharing, ShareState::Cancelled, None)
            }
            Sharing::Parts(_, _, ref windows) => {
                let until = self.until(id, &law, windows);
                let state = if until.is_some() {
                    ShareState::Provisional
                } else {
                    ShareState::Final
                };
                self.share_becomes(id, &law, sharing, state, until);
            }
            Sharing::Open {
                asks,
                reason,
                grounds,
            } => self.share_is_open(id, &law, asks, &reason, &grounds),
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
                let open = self
                    .world
                    .claim(*claim)
                    .windows
                    .iter()
                    .filter(|w| w.window == name && w.timer.is_some());
                until = open
                    .filter(|window| window.start <= deal.at)
                    .map(|window| window.end)
                    .max()
                    .max(until);
            }
        }
        until
    }

    fn share_becomes(
        &mut self,
        id: DealId,
        law: &Arc<Law>,
        sharing: Sharing,
        state: ShareState,
        until: Option<Instant>,
    ) {
        let Sharing::Parts(parts, grounds, _) = sharing else {
            return;
        };
        let deal = self.world.deal(id).expect("looked up before");
        let shares = match state {
            ShareState::Cancelled => SmallVec::new(),
            _ => portions(deal, &parts, &self.in_line_for_remainder(id, law)),
        };
        if deal.state == state && deal.shares == shares && deal.until == until {
            return;
        }
        self.apply_shares(id, law, shares, state, until, &grounds);
    }

    /// Puts shares in force: people's sums follow, and the change is told.
    pub fn apply_shares(
        &mut self,
        id: DealId,
        law: &Arc<Law>,
        shares: SmallVec<[Portion; 2]>,
        state: ShareState,
        until: Option<Instant>,
        grounds: &Grounds,
    ) {
        let deal = self.world.deal_mut(id);
        let customer = deal.customer;
        let before = std::mem::replace(&mut deal.shares, shares.clone());
        let was = std::mem::replace(&mut deal.state, state);
        deal.until = until;
        deal.law = if state == ShareState::Provisional {
            Some(law.clone())
        } else {
            None
        };
        self.count(&before, was, -1);
        self.count(&shares, state, 1);
        let provisional = &mut self.world.customer_mut(customer).provisional;
        provisional.retain(|deal| *deal != id);
        if state == ShareState::Provisional {
            provisional.push(id);
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
        let held = if deal.state == ShareState::Undecided {
            deal.commission
        } else {
            Fen::ZERO
        };
        let what = What::Share {
            deal: id,
            state: deal.state,
            shares: deal.shares.to_vec(),
            until: deal.until,
            entries: entries(before, &deal.shares),
            held,
        };
        let trace = match self.wants {
            Wants::Traces => {
                let fault = RefCell::new(None);
                let mut case = Case::at(deal.at, None);
                (case.deal, case.of_deal, case.customer, case.visit) =
                    (Some(id), true, Some(deal.customer), deal.during);
                traced(
                    &Reader {
                        world: self.world,
                        law,
                        case,
                        fault: &fault,
                    },
                    self.ids,
                    grounds,
                )
            }
            _ => Vec::new(),
        };
        self.decide_under(law, what, grounds, trace);
    }

    fn share_is_open(
        &mut self,
        id: DealId,
        law: &Arc<Law>,
        asks: Option<Name>,
        reason: &str,
        grounds: &Grounds,
    ) {
        let about = self.ids.deal(id).to_owned();
        self.apply_shares(
            id,
            law,
            SmallVec::new(),
            ShareState::Undecided,
            None,
            &or_ruling(law, grounds),
        );
        self.undecided_under(law, &about, Question::Share, asks, reason, grounds);
    }

    /// The people who are first in line for the fen that do not divide.
    fn in_line_for_remainder(&self, id: DealId, law: &Arc<Law>) -> SmallVec<[PersonId; 3]> {
        let fault = RefCell::new(None);
        let deal = self.world.deal(id).expect("looked up before");
        let mut case = Case::at(deal.at, None);
        (case.deal, case.of_deal, case.customer, case.visit) =
            (Some(id), true, Some(deal.customer), deal.during);
        let reader = Reader {
            world: self.world,
            law,
            case,
            fault: &fault,
        };
        law.policy
            .remainder
            .iter()
            .filter_map(|who| reader.one(*who))
            .map(|someone| someone.staff)
            .collect()
    }
}

/// Amounts of each part; the fen that do not divide go, all of them, to the first in line who has a part.
pub fn portions(deal: &Deal, parts: &Parts, in_line: &[PersonId]) -> SmallVec<[Portion; 2]> {
    let whole = parts
        .iter()
        .fold(1u64, |whole, (_, part)| lcm(whole, part.den()));
    let weights: SmallVec<[u64; 4]> = parts
        .iter()
        .map(|(_, part)| whole / part.den() * part.num())
        .collect();
    let (amounts, rest) = split(deal.commission, &weights);
    let mut portions: SmallVec<[Portion; 2]> = parts
        .iter()
        .zip(amounts)
        .map(|((staff, share), amount)| Portion {
            staff: *staff,
            share: *share,
            amount,
        })
        .collect();
    let lucky = in_line
        .iter()
        .find_map(|staff| portions.iter().position(|portion| portion.staff == *staff));
    if let Some(portion) = portions.get_mut(lucky.unwrap_or(0)) {
        portion.amount += rest;
    }
    portions
}

fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).saturating_mul(b)
}

/// What changes from one sharing to the next, for each person; only what is not zero.
fn entries(before: &[Portion], after: &[Portion]) -> Vec<(PersonId, Fen)> {
    let mut entries: Vec<(PersonId, Fen)> = Vec::new();
    let mut add = |staff: PersonId, amount: Fen| match entries
        .iter_mut()
        .find(|(known, _)| *known == staff)
    {
        Some((_, sum)) => *sum += amount,
        None => entries.push((staff, amount)),
    };
    for portion in after {
        add(portion.staff, portion.amount);
    }
    for portion in before {
        add(portion.staff, -portion.amount);
    }
    entries.retain(|(_, amount)| *amount != Fen::ZERO);
    entries
}

/// What the policy says of the deal at hand.
fn sharing(reader: &Reader<'_>, wants: Wants, ids: &crate::event::Ids) -> Sharing {
    let policy = &reader.law.policy;
    let open = |clauses: &[ClauseId], asks, reason: String| {
        let facts = if wants == Wants::Traces {
            facts_of(reader, ids, clauses)
        } else {
            Vec::new()
        };
        Sharing::Open {
            asks,
            reason,
            grounds: Grounds {
                clauses: clauses.iter().copied().collect(),
                facts,
            },
        }
    };
    let clauses = policy
        .index
        .standing(Question::Share)
        .iter()
        .copied()
        .collect();
    let holding = match holding(reader, clauses, Phase::Both) {
        Ok(holding) => holding,
        Err((clause, reason)) => return open(&[clause], None, reason),
    };
    let standing: SmallVec<[ClauseId; 4]> = holding
        .iter()
        .copied()
        .filter(|id| !is_overridden(policy, *id, &holding))
        .collect();
    let mut found: Option<Parts> = None;
    let mut windows: SmallVec<[WindowId; 1]> = SmallVec::new();
    for id in &standing {
        let clause = policy.clause(*id);
        let parts = match clause.answers.share.as_ref() {
            Some(Share::Ask(ask)) => {
                return open(
                    &standing,
                    Some(reader.law.word(ask.role)),
                    ids.word(reader.law.word(ask.reason)).to_owned(),
                );
            }
            Some(Share::Nothing) => Ok(Parts::new()),
            Some(Share::Parts { parts, .. }) => parts_of(reader, parts),
            None => continue,
        };
        match parts {
            Err(reason) => return open(&[*id], None, reason),
            Ok(parts) if found.as_ref().is_some_and(|known| *known != parts) => {
                return open(
                    &standing,
                    None,
                    "two clauses share the deal differently".to_owned(),
                );
            }
            Ok(parts) => found = Some(parts),
        }
        windows.extend(clause.until);
    }
    let Some(parts) = found else {
        return open(
            &[],
            None,
            "no clause says how the deal is shared".to_owned(),
        );
    };
    let facts = if wants == Wants::Traces {
        facts_of(reader, ids, &standing)
    } else {
        Vec::new()
    };
    Sharing::Parts(
        parts,
        Grounds {
            clauses: standing,
            facts,
        },
        windows,
    )
}

/// Who has which part of the whole; people in the order of their numbers, so that equal sharings are equal.
fn parts_of(reader: &Reader<'_>, parts: &[(Who, SharePart)]) -> Result<Parts, String> {
    let mut weights: SmallVec<[(PersonId, u64); 4]> = SmallVec::new();
    let mut fixed = Parts::new();
    let mut rest: SmallVec<[PersonId; 1]> = SmallVec::new();
    for (who, part) in parts {
        for someone in reader.people(*who) {
            let staff = someone.staff;
            match part {
                SharePart::All => fixed.push((staff, Fraction::ONE)),
                SharePart::Rest => rest.push(staff),
                SharePart::Fraction(part) => fixed.push((staff, *part)),
                SharePart::FractionAmount(amount) => match reader
                    .law
                    .amount(*amount, reader.case.at)
                {
                    AmountValue::Fraction(part) => fixed.push((staff, *part)),
                    _ => return Err("an amount that is no fraction stands for a part".to_owned()),
                },
                SharePart::Weight(weight) => weights.push((staff, weight_of(reader, weight)?)),
            }
        }
    }
    let sum: u64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut all = fixed;
    if sum > 0 {
        all.extend(
            weights
                .iter()
                .map(|(staff, weight)| (*staff, share_of(*weight, sum))),
        );
    }
    whole(all, &rest)
}

fn weight_of(reader: &Reader<'_>, weight: &Weight) -> Result<u64, String> {
    use super::case::Val;
    match weight {
        Weight::Number(parts) => Ok(*parts),
        Weight::Amount(amount) => match reader.law.amount(*amount, reader.case.at) {
            AmountValue::Parts(parts) => Ok(*parts),
            _ => Err("an amount that is not in parts stands for a part".to_owned()),
        },
        Weight::Term(term) => match reader.read(term) {
            Val::Count(parts) => {
                u64::try_from(parts).map_err(|_| "a part is below zero".to_owned())
            }
            _ => Err("a part is missing".to_owned()),
        },
    }
}

/// Adds what one person has in several ways, gives the rest to whom it is due, and proves that the parts make the whole.
fn whole(all: Parts, rest: &[PersonId]) -> Result<Parts, String> {
    let too_fine = || "the parts are too fine to be added exactly".to_owned();
    let mut sum = Fraction::ZERO;
    let mut merged = Parts::new();
    let mut add = |staff: PersonId, part: Fraction| -> Result<(), String> {
        match merged.iter_mut().find(|(known, _)| *known == staff) {
            Some((_, known)) => *known = known.plus(part).ok_or_else(too_fine)?,
            None => merged.push((staff, part)),
        }
        Ok(())
    };
    for (staff, part) in all {
        sum = sum.plus(part).ok_or_else(too_fine)?;
        add(staff, part)?;
    }
    if let [staff] = rest {
        let left = Fraction::ONE
            .minus(sum)
            .ok_or_else(|| "the parts are more than the whole".to_owned())?;
        add(*staff, left)?;
        sum = Fraction::ONE;
    }
    merged.retain(|(_, part)| *part != Fraction::ZERO);
    merged.sort_unstable_by_key(|(staff, _)| *staff);
    match sum == Fraction::ONE {
        true => Ok(merged),
        false => Err(format!("the parts make {sum} of the whole")),
    }
}
