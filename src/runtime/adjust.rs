//! What a correction changes: two states of one office at one instant, and the decisions that lead from the one to the
//! other. Each rests on the clauses that stand for the new answer; where none does, on the correction itself.

use super::State;
use super::amended::Imposed;
use super::sharing::entries;
use super::world::{Deal, Visit};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Because, Costs, Decision, Sink, Wants, What};
use crate::event::{CustomerId, DealId, Ids, PersonId, VisitId};
use crate::policy::Policy;
use crate::vocabulary::words::{
    ClaimKind, ClaimState, Question, ReceptionRole, ShareState, TurnEffect, VisitState,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The ground of what nothing but the correction explains.
const CORRECTED: Because = Because::Input("input.corrected");

/// What a decision is about: of several about the same the last one stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Share(DealId),
    Own(CustomerId, PersonId, ClaimKind),
    Receive(VisitId),
    Bar(PersonId),
    Turn(PersonId, Name),
    Sanction(PersonId, Name),
    Open(Box<str>, Question),
}

/// Hears a journal that is played again, and keeps why each thing stands as it does.
#[derive(Default)]
pub struct Grounded {
    last: BTreeMap<Matter, Decision>,
}

impl Sink for Grounded {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, _: &Ids, decision: Decision) {
        let matter = match &decision.what {
            What::Share { deal, .. } => Matter::Share(*deal),
            What::Own {
                customer,
                staff,
                kind,
                ..
            } => Matter::Own(*customer, *staff, *kind),
            What::Receive { visit, .. } => Matter::Receive(*visit),
            What::Bar { staff, .. } => Matter::Bar(*staff),
            What::Turn { staff, desk, .. } => Matter::Turn(*staff, *desk),
            What::Sanction { staff, kind, .. } => Matter::Sanction(*staff, *kind),
            What::Undecided {
                about, question, ..
            } => Matter::Open(about.clone(), *question),
            _ => return,
        };
        self.last.insert(matter, decision);
    }
}

/// The decisions that a correction makes.
struct Adjusting<'a> {
    before: &'a State,
    after: &'a State,
    grounds: &'a Grounded,
    when: (u64, Instant),
    made: Vec<Decision>,
}

impl State {
    /// What has to be told so that whoever knows how things were knows how they are: shares, claims, receptions, bars,
    /// turns, sanctions, then what nobody knows, each sort by name.
    pub fn adjusted(
        &self,
        before: &State,
        grounds: &Grounded,
        when: (u64, Instant),
    ) -> Vec<Decision> {
        let mut adjusting = Adjusting {
            before,
            after: self,
            grounds,
            when,
            made: Vec::new(),
        };
        adjusting.shares();
        adjusting.claims();
        adjusting.receptions();
        adjusting.bars();
        adjusting.turns();
        adjusting.sanctions();
        adjusting.open_questions();
        adjusting.made
    }
}

impl Adjusting<'_> {
    fn give(&mut self, what: What, matter: Option<Matter>) {
        let known = matter.and_then(|matter| self.grounds.last.get(&matter));
        let policy = |state: &State| -> Arc<Policy> { state.policy().clone() };
        let (because, policy) = match known {
            Some(known) => (known.because.clone(), known.policy.clone()),
            None => (CORRECTED, policy(self.after)),
        };
        let (seq, at) = self.when;
        self.made.push(Decision {
            seq,
            at,
            what,
            because,
            policy,
            trace: Vec::new(),
        });
    }

    fn ids(&self) -> &Ids {
        &self.after.ids
    }

    fn shares(&mut self) {
        let all = self
            .before
            .world
            .deals
            .len()
            .max(self.after.world.deals.len());
        let mut deals: Vec<DealId> = numbers(all).map(DealId).collect();
        deals.sort_by_key(|id| self.ids().deal(*id).to_owned());
        for id in deals {
            let (before, after) = (self.before.world.deal(id), self.after.world.deal(id));
            let same = match (before, after) {
                (Some(before), Some(after)) => is_shared_alike(before, after),
                (before, after) => before.is_none() && after.is_none(),
            };
            if !same {
                self.share(id, before, after);
            }
        }
    }

    fn share(&mut self, deal: DealId, before: Option<&Deal>, after: Option<&Deal>) {
        let given = |deal: Option<&Deal>| {
            deal.map(|deal| (deal.shares.to_vec(), deal.levies.to_vec()))
                .unwrap_or_default()
        };
        let (was, is) = (given(before), given(after));
        let pays = after
            .and_then(|deal| deal.law.as_ref())
            .is_some_and(|law| law.pays);
        let what = What::Share {
            deal,
            state: after.map_or(ShareState::Cancelled, |deal| deal.state),
            until: after.and_then(|deal| deal.until),
            entries: entries((&was.0, &was.1), (&is.0, &is.1)),
            shares: is.0,
            levies: is.1,
            held: after.map_or(Fen::ZERO, |deal| deal.held),
            due: after.filter(|_| pays).map(|deal| deal.due.to_vec()),
        };
        self.give(what, after.map(|_| Matter::Share(deal)));
    }

    fn claims(&mut self) {
        let (before, after) = (claims(self.before), claims(self.after));
        let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
        let name = |(customer, staff, kind): &(CustomerId, PersonId, ClaimKind)| {
            let ids = self.ids();
            (
                ids.customer(*customer).to_owned(),
                ids.person(*staff).to_owned(),
                *kind,
            )
        };
        keys.sort_by_cached_key(name);
        keys.dedup();
        for key in keys {
            let (was, is) = (before.get(&key).copied(), after.get(&key).copied());
            let (customer, staff, kind) = key;
            // A claim that is no more was void, or over already.
            let ended = |state| matches!(state, Some(ClaimState::Void | ClaimState::Lapsed));
            if was == is || is.is_none() && ended(was) {
                continue;
            }
            let what = What::Own {
                customer,
                staff,
                kind,
                claim: is.unwrap_or(ClaimState::Void),
            };
            self.give(what, is.map(|_| Matter::Own(customer, staff, kind)));
        }
    }

    fn receptions(&mut self) {
        let here = |state: &State| {
            let visits = state.world.visits.iter().zip(0..);
            let here = visits.filter_map(|(visit, number)| {
                let visit = visit.as_ref().filter(|visit| visit.state.is_here())?;
                Some((VisitId(number), received(visit)))
            });
            here.collect::<BTreeMap<VisitId, _>>()
        };
        let (before, after) = (here(self.before), here(self.after));
        let mut visits: Vec<VisitId> = before.keys().chain(after.keys()).copied().collect();
        visits.sort_by_cached_key(|id| self.ids().visit(*id).to_owned());
        visits.dedup();
        for visit in visits {
            let (was, is) = (before.get(&visit), after.get(&visit));
            if was == is {
                continue;
            }
            let (staff, role) = is.copied().unwrap_or_default();
            let what = What::Receive { visit, staff, role };
            self.give(what, is.map(|_| Matter::Receive(visit)));
        }
    }

    /// Everybody whom either state knows, by name.
    fn people(&self) -> Vec<PersonId> {
        let all = self
            .before
            .world
            .people
            .len()
            .max(self.after.world.people.len());
        let mut people: Vec<PersonId> = numbers(all).map(PersonId).collect();
        people.sort_by_cached_key(|id| self.ids().person(*id).to_owned());
        people
    }

    fn bars(&mut self) {
        for staff in self.people() {
            let barred = |state: &State| state.world.person(staff).and_then(|known| known.barred);
            let (was, is) = (barred(self.before), barred(self.after));
            if was.is_some() == is.is_some() {
                continue;
            }
            let what = What::Bar {
                staff,
                barred: is.is_some(),
                item: is.or(was).flatten(),
            };
            self.give(what, is.map(|_| Matter::Bar(staff)));
        }
    }

    fn turns(&mut self) {
        let desks = self.after.world.rotas.iter().map(|rota| rota.desk);
        for desk in desks.collect::<Vec<Name>>() {
            for staff in self.people() {
                let used = |state: &State| {
                    let rota = state.world.rotas.iter().find(|rota| rota.desk == desk);
                    rota.and_then(|rota| rota.used.get(staff.index()))
                        .copied()
                        .unwrap_or(0)
                };
                let more = used(self.after) - used(self.before);
                let effect = if more > 0 {
                    TurnEffect::Used
                } else {
                    TurnEffect::Returned
                };
                for _ in 0..more.unsigned_abs() {
                    let what = What::Turn {
                        staff,
                        desk,
                        effect,
                        of: None,
                    };
                    self.give(what, (more > 0).then_some(Matter::Turn(staff, desk)));
                }
            }
        }
    }

    fn sanctions(&mut self) {
        let (before, after) = (&self.before.world.imposed, &self.after.world.imposed);
        let ids = self.ids();
        let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
        keys.sort_by_cached_key(|(staff, kind, by)| {
            let by = by.map(|by| ids.word(by).to_owned());
            (
                ids.person(*staff).to_owned(),
                ids.word(*kind).to_owned(),
                by,
            )
        });
        keys.dedup();
        for key in keys {
            let sum = |all: &BTreeMap<_, Imposed>| all.get(&key).copied().unwrap_or_default();
            let (was, is) = (sum(before), sum(after));
            let (staff, kind, paid_by) = key;
            if was == is {
                continue;
            }
            let costs = difference(&was, &is, paid_by);
            let more = costs.fine.is_none_or(|fine| fine > Fen::ZERO)
                && costs.points.is_none_or(|points| points > 0);
            let what = What::Sanction { staff, kind, costs };
            self.give(what, more.then_some(Matter::Sanction(staff, kind)));
        }
    }

    /// What nobody knows, and did not before.
    fn open_questions(&mut self) {
        let key = |open: &super::world::OpenQuestion| (open.about.to_string(), open.question);
        let known: BTreeSet<_> = self.before.world.undecided.iter().map(key).collect();
        let new = self.after.world.undecided.iter().map(key);
        let new: BTreeSet<_> = new.filter(|open| !known.contains(open)).collect();
        for (about, question) in new {
            let matter = Matter::Open(about.into(), question);
            if let Some(asked) = self.grounds.last.get(&matter) {
                let what = asked.what.clone();
                self.give(what, Some(matter));
            }
        }
    }
}

fn numbers(count: usize) -> impl Iterator<Item = u32> {
    (0..count).filter_map(|number| u32::try_from(number).ok())
}

fn is_shared_alike(one: &Deal, other: &Deal) -> bool {
    (one.state, one.until, one.held) == (other.state, other.until, other.held)
        && one.shares == other.shares
        && one.levies == other.levies
        && one.due == other.due
}

/// Who receives a visit, as what; nobody where it waits.
fn received(visit: &Visit) -> (Option<PersonId>, Option<ReceptionRole>) {
    match visit.state {
        VisitState::Open => (visit.receiver, visit.role),
        _ => (None, None),
    }
}

/// How the last claim of each person on each customer stands.
fn claims(state: &State) -> BTreeMap<(CustomerId, PersonId, ClaimKind), ClaimState> {
    let mut claims = BTreeMap::new();
    for customer in &state.world.customers {
        for id in &customer.claims {
            let claim = state.world.claim(*id);
            let stands = match claim.state {
                ClaimState::Sharing => ClaimState::Active,
                state => state,
            };
            claims.insert((claim.customer, claim.staff, claim.kind), stands);
        }
    }
    claims
}

fn difference(was: &Imposed, is: &Imposed, paid_by: Option<Name>) -> Costs {
    let money = |was: Fen, is: Fen| (was != is).then(|| is - was);
    let count = |was: i64, is: i64| (was != is).then(|| is - was);
    Costs {
        fine: money(was.fine, is.fine),
        pay_back: money(was.pay_back, is.pay_back),
        points: count(was.points, is.points),
        suspended_turns: count(was.turns, is.turns),
        paid_by,
        ..Costs::default()
    }
}
