//! Two records of one customer become one record: nothing that the later had is lost.

use super::law::Law;
use super::val::Val;
use super::world::{Claim, ClaimId, OwnWindow, Subject, Timer, Told, World};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{CustomerId, Ids, VisitId};
use crate::policy::{FactHow, StoryKeeps};
use crate::vocabulary::words::{ClaimKind, ClaimState, Question};
use smallvec::SmallVec;
use std::sync::Arc;

/// Claims that have come to a customer from another record, in the order in which they began.
pub type Moved = SmallVec<[ClaimId; 2]>;

impl World {
    /// Whether a customer was known before another; of one event, the one named first.
    pub fn is_earlier(&self, one: CustomerId, two: CustomerId) -> bool {
        let since = |id| self.customer(id).map_or(u64::MAX, |known| known.since);
        (since(one), one) < (since(two), two)
    }

    /// The claim by which a customer has an owner of record.
    pub fn owner_claim(&self, customer: CustomerId) -> Option<ClaimId> {
        self.customer(customer)?.owner
    }

    /// A visit of a customer is over; says nothing of the reception.
    pub fn is_gone(&mut self, customer: CustomerId, visit: VisitId) {
        self.here.remove(&visit);
        let more = self.known.also_here.get_mut(&customer);
        if let Some(more) = more {
            more.retain(|other| *other != visit);
        }
        if self.customer_mut(customer).visit == Some(visit) {
            let more = self.known.also_here.get_mut(&customer);
            let next = more.and_then(|more| (!more.is_empty()).then(|| more.remove(0)));
            self.customer_mut(customer).visit = next;
        }
        let rest = self.known.also_here.get(&customer);
        if rest.is_some_and(Vec::is_empty) {
            self.known.also_here.remove(&customer);
        }
    }

    /// Everything that is the later record's is the earlier's from now on: claims, visits, deals, what waits. It costs as
    /// much as the later record has.
    pub fn merge(
        &mut self,
        law: &Law,
        ids: &Ids,
        (later, earlier): (CustomerId, CustomerId),
        at: Instant,
    ) -> Moved {
        self.known.merge(later, earlier);
        let gone = std::mem::take(self.customer_mut(later));
        self.customer_mut(later).since = gone.since;
        self.visits_come(earlier, gone.last_visit);
        self.brought_along(&gone.brought_in, (later, earlier));
        for deal in &gone.deals {
            self.deal_mut(*deal).customer = earlier;
        }
        let moved = self.claims_come(law, &gone.claims, earlier, at);
        let one = self.customer_mut(earlier);
        one.registered |= gone.registered;
        one.phoned |= gone.phoned;
        one.first_seen = one.first_seen.into_iter().chain(gone.first_seen).min();
        one.introducer_owner = one.introducer_owner.or(gone.introducer_owner);
        one.provisional.extend(gone.provisional);
        one.deals.extend(gone.deals);
        one.spent.extend(gone.spent);
        for staff in gone.receivers {
            if !one.receivers.contains(&staff) {
                one.receivers.push(staff);
            }
        }
        match (one.visit, gone.visit) {
            (None, visit) => one.visit = visit,
            (Some(_), Some(visit)) => {
                self.known.also_here.entry(earlier).or_default().push(visit);
            }
            (Some(_), None) => {}
        }
        if let Some(more) = self.known.also_here.remove(&later) {
            self.known
                .also_here
                .entry(earlier)
                .or_default()
                .extend(more);
        }
        let customers = (Subject::Customer(later), Subject::Customer(earlier));
        if self.lives.contains_key(&customers.0) {
            self.lives_on(law, customers, false);
        }
        self.causes(ids);
        self.questions(ids, later, earlier);
        self.touch_customer(earlier);
        moved
    }

    /// Visits of both records, one after the other as they came.
    fn visits_come(&mut self, earlier: CustomerId, last: Option<VisitId>) {
        let mut all: Vec<VisitId> = Vec::new();
        for last in [self.customer_mut(earlier).last_visit, last] {
            let mut next = last;
            while let Some(id) = next {
                all.push(id);
                next = self.visit(id).and_then(|visit| visit.before);
            }
        }
        let order = |id: &VisitId| self.visit(*id).map(|visit| (visit.at, visit.seq));
        all.sort_by_key(order);
        let mut before = None;
        for id in all {
            let visit = self.visit_mut(id);
            (visit.customer, visit.before) = (earlier, before);
            before = Some(id);
        }
        self.customer_mut(earlier).last_visit = before;
    }

    /// Visits in which the later record is brought along bring the earlier; nobody brings oneself.
    fn brought_along(&mut self, visits: &[VisitId], (later, earlier): (CustomerId, CustomerId)) {
        let known = self.customer_mut(earlier);
        for visit in visits {
            if !known.brought_in.contains(visit) {
                known.brought_in.push(*visit);
            }
        }
        for id in self.customer_mut(earlier).brought_in.clone() {
            let visit = self.visit_mut(id);
            let oneself = visit.customer == earlier;
            let there = oneself || visit.brings.contains(&earlier);
            visit.brings.retain(|brought| *brought != later);
            if oneself {
                visit.brings.retain(|brought| *brought != earlier);
                let known = self.customer_mut(earlier);
                known.brought_in.retain(|other| *other != id);
            } else if !there {
                visit.brings.push(earlier);
            }
        }
    }

    /// Claims change hands between the records. Where one person owns both, the two claims become one.
    fn claims_come(
        &mut self,
        law: &Law,
        claims: &[ClaimId],
        earlier: CustomerId,
        at: Instant,
    ) -> Moved {
        let owner = self.owner_claim(earlier);
        let mut moved = Moved::new();
        for id in claims.iter().copied() {
            self.claim_mut(id).customer = earlier;
            let claim = self.claim(id);
            let active = claim.state == ClaimState::Active && claim.kind == ClaimKind::Owner;
            match owner.filter(|_| active) {
                Some(owner) if self.claim(owner).staff == claim.staff => {
                    self.absorb(law, owner, id, at);
                    continue;
                }
                None if active => self.customer_mut(earlier).owner = Some(id),
                _ => {}
            }
            self.customer_mut(earlier).claims.push(id);
            moved.push(id);
        }
        moved
    }

    /// One person's two claims become one: it began with the earlier, and lives on with what both have.
    fn absorb(&mut self, law: &Law, keeps: ClaimId, gives: ClaimId, at: Instant) {
        self.end_claim(gives, ClaimState::Absent, at);
        let other = self.claim(gives);
        let (opened, opened_in) = (other.opened, other.opened_in);
        let began_later = opened < self.claim(keeps).opened;
        self.lives_on(
            law,
            (Subject::Claim(gives), Subject::Claim(keeps)),
            began_later,
        );
        let claim = self.claim_mut(keeps);
        if began_later {
            (claim.opened, claim.opened_in) = (opened, opened_in);
        }
    }

    /// Story and windows of two subjects that are one: the story of both; every past window; where both have a window of
    /// a name open, the later end.
    fn lives_on(&mut self, law: &Law, (from, to): (Subject, Subject), began_later: bool) {
        for (fact, told) in std::mem::take(self.story_mut(from)) {
            let story = self.story_mut(to);
            match story.iter_mut().find(|(name, _)| *name == fact) {
                None => story.push((fact, told)),
                Some((_, known)) => *known = both(law, fact, (*known, told), began_later),
            }
        }
        let mut past = std::mem::take(self.windows_mut(from));
        let open: Vec<OwnWindow> = past.iter().copied().filter(|w| w.timer.is_some()).collect();
        past.retain(|window| window.timer.is_none());
        past.extend(std::mem::take(self.windows_mut(to)));
        *self.windows_mut(to) = past;
        for window in open {
            let known = self.window(to, window.window).copied();
            let known = known.filter(|known| known.timer.is_some());
            let gone = match known {
                Some(known) if known.end >= window.end => window.timer,
                Some(known) => known.timer,
                None => None,
            };
            if let Some(key) = gone {
                self.timers.remove(&key);
            }
            if gone.is_some() && gone == window.timer {
                continue;
            }
            let timer = window.timer.and_then(|key| self.timers.get_mut(&key));
            if let Some(Timer::Window { of, .. }) = timer {
                *of = to;
            }
            let windows = self.windows_mut(to);
            windows.retain(|known| known.timer.is_none() || known.window != window.window);
            windows.push(window);
        }
        self.lives.remove(&from);
        if let Some(stirred) = self.stirred.iter_mut().find(|stirred| **stirred == from) {
            *stirred = to;
        }
    }

    /// What waits is asked about again by what its event said: of the customer whom the id means now.
    fn causes(&mut self, ids: &Ids) {
        for id in self.waiting.clone() {
            let visit = self.visits.get_mut(id.index()).and_then(Option::as_mut);
            let Some(cause) = visit.and_then(|visit| visit.cause.as_mut()) else {
                continue;
            };
            if let std::borrow::Cow::Owned(one) = self.known.resolved(cause, ids) {
                *cause = Arc::new(one);
            }
        }
    }

    /// Open questions about the later record are about the earlier.
    fn questions(&mut self, ids: &Ids, later: CustomerId, earlier: CustomerId) {
        let (later, earlier) = (ids.customer(later), ids.customer(earlier));
        for mut open in std::mem::take(&mut self.undecided) {
            let of_customer = matches!(
                open.question,
                Question::Allow | Question::Identify | Question::Own
            );
            if of_customer && &*open.about == later {
                open.about = earlier.into();
            }
            if !self.undecided.contains(&open) {
                self.undecided.push(open);
            }
        }
    }
}

/// What the story tells of two claims that become one.
fn both(law: &Law, fact: Name, (kept, given): (Told, Told), began_later: bool) -> Told {
    let number = law.facts.iter().position(|name| *name == fact);
    let keeps = number.map(|number| &law.policy.facts[number].how);
    let keeps = match keeps {
        Some(FactHow::Story(story)) => story.keeps,
        _ => StoryKeeps::Last,
    };
    match (keeps, kept, given) {
        (_, Told::Count(one, many), Told::Count(two, more)) if one == two => {
            Told::Count(one, many.saturating_add(more))
        }
        (_, Told::Money(one, many), Told::Money(two, more)) if one == two => {
            Told::Money(one, Fen::new(many.get().saturating_add(more.get())))
        }
        (_, Told::Count(one, _), Told::Count(two, _))
        | (_, Told::Money(one, _), Told::Money(two, _)) => match one < two {
            true => given,
            false => kept,
        },
        (StoryKeeps::First, Told::Was(Val::Time(one)), Told::Was(Val::Time(two))) => {
            Told::Was(Val::Time(one.min(two)))
        }
        (_, Told::Was(Val::Time(one)), Told::Was(Val::Time(two))) => {
            Told::Was(Val::Time(one.max(two)))
        }
        (StoryKeeps::First, kept, given) => {
            if began_later {
                given
            } else {
                kept
            }
        }
        (_, kept, given) => {
            if began_later {
                kept
            } else {
                given
            }
        }
    }
}

impl Claim {
    /// Whether it makes its holder the owner.
    pub fn owns(&self) -> bool {
        self.state == ClaimState::Active && self.kind == ClaimKind::Owner
    }
}
