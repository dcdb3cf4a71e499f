//! Claims: what an answer of `own` makes of them, and what rests on them.

use super::act::{Act, Clauses, Grounds, Unsettled};
use super::ask::{Answer, Phase};
use super::case::Someone;
use super::world::{Claim, ClaimId, Subject};
use crate::base::few::Few;
use crate::decision::What;
use crate::event::{CustomerId, PersonId};
use crate::policy::{ClaimTime, ClauseId, Moment, Own, OwnTo};
use crate::vocabulary::words::{ClaimKind, ClaimState, Question};
use smallvec::SmallVec;

impl Act<'_> {
    /// Asks what becomes of the claims on the customer at hand, and does it, with what comes besides.
    pub fn settle_claims(&mut self, moments: &[Moment], phase: Phase) {
        let clauses = self.settle_claims_only(moments, phase);
        self.effects_with(Question::Own, &clauses);
    }

    /// The same without what comes besides; gives the clauses whose answer stands, each in one phase only.
    pub fn settle_claims_only(&mut self, moments: &[Moment], phase: Phase) -> Clauses {
        let Some(customer) = self.case.customer else {
            return Clauses::new();
        };
        match self.ask_own(moments, phase) {
            Answer::Gap => Clauses::new(),
            Answer::One(changes, grounds) => {
                self.stood(&grounds);
                self.change_claims(customer, &changes);
                let policy = &self.law.policy;
                let stands = |id: &&ClauseId| {
                    let clause = policy.clause(**id);
                    let again = phase == Phase::After && !clause.reads_receiver;
                    let unchanged = matches!(clause.answers.own, Some(Own::Unchanged));
                    let named = changes
                        .iter()
                        .any(|(_, _, grounds)| grounds.clauses.contains(id));
                    !again && (unchanged || named)
                };
                grounds.clauses.iter().filter(stands).copied().collect()
            }
            Answer::Open(unsettled) => {
                let about = self.ids.customer(customer).to_owned();
                self.undecided(&about, Question::Own, &unsettled);
                Clauses::new()
            }
        }
    }

    /// A clause whose answer somebody allowed says what becomes of claims.
    pub fn grant_own(&mut self, grounds: &Grounds) {
        let (Some(customer), Some(id)) = (self.case.customer, grounds.clauses.first()) else {
            return;
        };
        let policy = &self.law.policy;
        let Some(Own::Each(parts)) = &policy.clause(*id).answers.own else {
            return;
        };
        let mut changes = Vec::new();
        for (who, to) in parts {
            let people = self.reader().claims_of(*who);
            changes.extend(people.into_iter().map(|one| (one, *to, grounds.clone())));
        }
        self.change_claims(customer, &changes);
    }

    /// Makes claims what the answers say: endings and sleep first, so that at no moment two are active.
    pub fn change_claims(&mut self, customer: CustomerId, changes: &[(Someone, OwnTo, Grounds)]) {
        let activates = |(_, to, _): &&(Someone, OwnTo, Grounds)| to.state == ClaimState::Active;
        // Who a claim rests on is said in the words of the moment before anything changed.
        let rests: SmallVec<[Option<ClaimId>; 2]> =
            changes.iter().map(|(_, to, _)| self.resting(to)).collect();
        for ((someone, to, grounds), rests_on) in
            changes.iter().zip(&rests).filter(|(c, _)| !activates(c))
        {
            self.change_claim(customer, *someone, to.state, *rests_on, grounds);
        }
        for (someone, to, grounds) in changes.iter().filter(activates) {
            let other = self.world.customer(customer).and_then(|known| known.owner);
            if other.is_some_and(|owner| self.world.claim(owner).staff != someone.staff) {
                let about = self.ids.customer(customer).to_owned();
                let reason =
                    "two owners: the answer does not say what becomes of the present owner's claim";
                self.undecided(
                    &about,
                    Question::Own,
                    &Unsettled::new(reason, grounds.clone()),
                );
                continue;
            }
            self.change_claim(customer, *someone, to.state, None, grounds);
        }
    }

    fn resting(&self, to: &OwnTo) -> Option<ClaimId> {
        let reader = self.reader();
        reader
            .one(to.rests_on?)
            .and_then(|someone| reader.claim(someone))
    }

    /// Makes one person's claim what an answer or a ruling says.
    pub fn change_claim(
        &mut self,
        customer: CustomerId,
        someone: Someone,
        to: ClaimState,
        rests_on: Option<ClaimId>,
        grounds: &Grounds,
    ) {
        // Somebody may be known by a claim on another customer: the bringer's owner.
        let own = someone
            .claim
            .filter(|id| self.world.claim(*id).customer == customer);
        let claim = own.or_else(|| self.world.claim_of(someone.staff, customer));
        let live = claim.filter(|id| self.world.claim(*id).is_live());
        match (to, live) {
            (ClaimState::Active, _) => self.activate(customer, someone.staff, live, grounds),
            (ClaimState::Sleeping, Some(id)) => self.put_to_sleep(id, grounds),
            (ClaimState::Sharing, _) => {
                self.share(customer, someone.staff, live, rests_on, grounds)
            }
            (ClaimState::Lapsed | ClaimState::Void, Some(id)) => self.end_claim(id, to, grounds),
            (
                ClaimState::Sleeping | ClaimState::Lapsed | ClaimState::Void | ClaimState::Absent,
                _,
            ) => {}
        }
    }

    fn activate(
        &mut self,
        customer: CustomerId,
        staff: PersonId,
        live: Option<ClaimId>,
        grounds: &Grounds,
    ) {
        let own = live.filter(|id| self.world.claim(*id).kind == ClaimKind::Owner);
        let id = match own {
            Some(id) if self.world.claim(id).state == ClaimState::Active => return,
            Some(id) => {
                let at = self.at;
                let claim = self.world.claim_mut(id);
                claim.state = ClaimState::Active;
                claim.woke = Some(at);
                self.close_windows(id, ClaimTime::Woke);
                id
            }
            None => self.open_claim(customer, staff, ClaimKind::Owner),
        };
        self.world.customer_mut(customer).owner = Some(id);
        self.tell_claim(id, grounds);
        self.wake_resting(id, grounds);
        self.open_windows(id, ClaimTime::Woke);
    }

    /// A new claim, in force from now.
    fn open_claim(&mut self, customer: CustomerId, staff: PersonId, kind: ClaimKind) -> ClaimId {
        let claim = Claim {
            customer,
            staff,
            kind,
            state: if kind == ClaimKind::Owner {
                ClaimState::Active
            } else {
                ClaimState::Sharing
            },
            rests_on: None,
            opened: self.at,
            opened_in: self.case.visit,
            slept: None,
            slept_in: None,
            recognised: None,
            woke: None,
            shared: None,
            ended: None,
            windows: SmallVec::new(),
            story: Few::new(),
        };
        let id = self.add_claim(claim);
        self.open_windows(id, ClaimTime::Opened);
        id
    }

    /// Adds a claim as it stands.
    pub fn add_claim(&mut self, claim: Claim) -> ClaimId {
        let number = u32::try_from(self.world.claims.len())
            .expect("fewer than four thousand million claims");
        let id = ClaimId(number);
        let (customer, staff) = (claim.customer, claim.staff);
        self.world.claims.push(claim);
        self.world.customer_mut(customer).claims.push(id);
        self.world.person_mut(staff).claims.insert(id);
        id
    }

    fn share(
        &mut self,
        customer: CustomerId,
        staff: PersonId,
        live: Option<ClaimId>,
        rests_on: Option<ClaimId>,
        grounds: &Grounds,
    ) {
        let id = match live {
            Some(id) if self.world.claim(id).state == ClaimState::Sharing => return,
            Some(id) => id,
            None => self.open_claim(customer, staff, ClaimKind::Share),
        };
        self.wake_as_share(id, rests_on);
        self.tell_claim(id, grounds);
        self.wake_resting(id, grounds);
        // Whoever is recognised is so for every claim of theirs that sleeps.
        for other in self.sleeping_claims(customer, staff) {
            self.wake_as_share(other, rests_on);
            self.wake_resting(other, grounds);
        }
    }

    fn sleeping_claims(&self, customer: CustomerId, staff: PersonId) -> SmallVec<[ClaimId; 2]> {
        let claims = self
            .world
            .customer(customer)
            .map_or(&[][..], |known| &known.claims);
        let sleeps = |id: &&ClaimId| {
            let claim = self.world.claim(**id);
            claim.staff == staff && claim.state == ClaimState::Sleeping
        };
        claims.iter().filter(sleeps).copied().collect()
    }

    fn wake_as_share(&mut self, id: ClaimId, rests_on: Option<ClaimId>) {
        let at = self.at;
        let claim = self.world.claim_mut(id);
        let customer = claim.customer;
        claim.state = ClaimState::Sharing;
        claim.kind = ClaimKind::Share;
        claim.shared = Some(at);
        if rests_on != Some(id) {
            claim.rests_on = rests_on.or(claim.rests_on);
        }
        let owner = &mut self.world.customer_mut(customer).owner;
        if *owner == Some(id) {
            *owner = None;
        }
        self.close_windows(id, ClaimTime::Shared);
        self.open_windows(id, ClaimTime::Shared);
    }

    /// A claim goes to sleep, and what rests on it does.
    fn put_to_sleep(&mut self, id: ClaimId, grounds: &Grounds) {
        if self.world.claim(id).state == ClaimState::Sleeping {
            return;
        }
        let id = self.next_spell(id);
        let (at, visit) = (self.at, self.case.visit);
        let claim = self.world.claim_mut(id);
        claim.state = ClaimState::Sleeping;
        claim.slept = Some(at);
        claim.slept_in = visit;
        let customer = claim.customer;
        let owner = &mut self.world.customer_mut(customer).owner;
        if *owner == Some(id) {
            *owner = None;
        }
        self.tell_claim(id, grounds);
        self.open_windows(id, ClaimTime::Slept);
        for resting in self.resting_on(id) {
            self.put_to_sleep(resting, grounds);
        }
    }

    /// A claim that has slept before goes on as a new one, so that deals keep the story of the old one as it was.
    fn next_spell(&mut self, id: ClaimId) -> ClaimId {
        if self.world.claim(id).slept.is_none() {
            return id;
        }
        let old = self.world.claim(id);
        let next = Claim {
            slept: None,
            slept_in: None,
            recognised: None,
            woke: None,
            shared: None,
            windows: SmallVec::new(),
            ..old.clone()
        };
        let customer = old.customer;
        let next = self.add_claim(next);
        self.carry_windows(id, next);
        for resting in self.resting_on(id) {
            self.world.claim_mut(resting).rests_on = Some(next);
        }
        self.world.end_claim(id, ClaimState::Absent, self.at);
        let known = self.world.customer_mut(customer);
        known.claims.retain(|known| *known != id);
        if known.owner == Some(id) {
            known.owner = Some(next);
        }
        self.close_all_windows(id);
        next
    }

    fn resting_on(&self, id: ClaimId) -> SmallVec<[ClaimId; 2]> {
        let customer = self.world.claim(id).customer;
        let claims = self
            .world
            .customer(customer)
            .map_or(&[][..], |known| &known.claims);
        let rests = |other: &&ClaimId| {
            let claim = self.world.claim(**other);
            claim.rests_on == Some(id) && claim.is_live()
        };
        claims.iter().filter(rests).copied().collect()
    }

    fn wake_resting(&mut self, id: ClaimId, grounds: &Grounds) {
        for resting in self.resting_on(id) {
            if self.world.claim(resting).state == ClaimState::Sleeping {
                self.wake_as_share(resting, None);
                self.tell_claim(resting, grounds);
                self.wake_resting(resting, grounds);
            }
        }
    }

    /// A claim ends, and what rests on it does.
    fn end_claim(&mut self, id: ClaimId, to: ClaimState, grounds: &Grounds) {
        self.world.end_claim(id, to, self.at);
        let customer = self.world.claim(id).customer;
        let owner = &mut self.world.customer_mut(customer).owner;
        if *owner == Some(id) {
            *owner = None;
        }
        self.close_all_windows(id);
        self.tell_claim(id, grounds);
        for resting in self.resting_on(id) {
            self.end_claim(resting, to, grounds);
        }
    }

    /// Tells how a claim stands.
    pub fn tell_claim(&mut self, id: ClaimId, grounds: &Grounds) {
        let claim = self.world.claim(id);
        let (customer, staff, kind) = (claim.customer, claim.staff, claim.kind);
        let state = match claim.state {
            ClaimState::Sharing => ClaimState::Active,
            state => state,
        };
        self.world.touch(staff);
        self.world.touch_customer(customer);
        self.stir(Subject::Claim(id));
        self.decide(
            What::Own {
                customer,
                staff,
                kind,
                claim: state,
            },
            grounds,
        );
    }

    /// Remembers that the holder of a claim is recognised.
    pub fn recognise_claim(&mut self, id: ClaimId) {
        let at = self.at;
        let claim = self.world.claim_mut(id);
        claim.recognised = Some(at);
        let customer = claim.customer;
        self.world.touch_customer(customer);
        self.stir(Subject::Claim(id));
        self.close_windows(id, ClaimTime::Recognised);
        self.open_windows(id, ClaimTime::Recognised);
    }
}
