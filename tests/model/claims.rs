//! Whose customer it is: the active claim, the claims that sleep and the rights to a share (3.6, 3.7, 3.10.c).

use chrono::NaiveDate;

use super::clock::{self, Moment};
use super::rota::Used;

/// A claim's place in the ledger of its customer.
pub type ClaimId = usize;

/// The rota's reception with which a claim began.
#[derive(Clone, Debug)]
pub struct Reception {
    /// The visit.
    pub visit: String,
    /// The day on which the reception began: the window of whoever it puts to sleep counts from it.
    pub day: NaiveDate,
    /// The turn it used.
    pub turn: Used,
}

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The customer.
    Owner,
    /// A part in the deals of whoever holds the base claim (3.7.i).
    Share {
        /// The claim on which the right rests.
        base: ClaimId,
    },
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In force.
    Active,
    /// Not gone, but waiting to be recognised.
    Sleeping {
        /// The claim whose reception put it to sleep.
        by: ClaimId,
        /// The first instant outside its window.
        until: Moment,
    },
    /// Ended by 3.7.g, 3.7.h or 3.10.c.
    Void,
    /// Ended by 3.7.j.
    Lapsed,
}

/// One claim of one person on one customer.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose.
    pub staff: String,
    /// What.
    pub kind: Kind,
    /// How it stands.
    pub state: State,
    /// How it began, if by a reception of the rota.
    pub reception: Option<Reception>,
}

/// What a recognition does.
pub enum Recognised {
    /// 3.7.g: the original agent owns again, the new agent's claim is void.
    ReceivesAgain {
        /// The claim that wakes.
        original: ClaimId,
        /// The claim that is void.
        void: ClaimId,
    },
    /// 3.7.i: the original agent shares with the owner.
    Shares,
}

/// Every claim that anybody ever had on one customer.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    claims: Vec<Claim>,
    owner: Option<ClaimId>,
}

impl Ledger {
    /// The claim with that number.
    pub fn get(&self, id: ClaimId) -> &Claim {
        &self.claims[id]
    }

    /// The active claim on the customer.
    pub fn owner(&self) -> Option<ClaimId> {
        self.owner
    }

    /// Who owns the customer.
    pub fn owner_name(&self) -> Option<&str> {
        self.owner.map(|id| self.claims[id].staff.as_str())
    }

    /// The claims in force or asleep, in the order in which they began.
    pub fn live(&self) -> impl Iterator<Item = (ClaimId, &Claim)> {
        self.claims
            .iter()
            .enumerate()
            .filter(|(_, claim)| matches!(claim.state, State::Active | State::Sleeping { .. }))
    }

    /// Whether that person has a claim in force or asleep.
    pub fn has_claim(&self, staff: &str) -> bool {
        self.live().any(|(_, claim)| claim.staff == staff)
    }

    /// The claims that sleep.
    pub fn sleeping(&self) -> Vec<ClaimId> {
        self.live()
            .filter(|(_, claim)| claim.state != State::Active)
            .map(|(id, _)| id)
            .collect()
    }

    /// The rights to a share that are in force.
    pub fn sharing(&self) -> Vec<ClaimId> {
        self.live()
            .filter(|(_, claim)| claim.state == State::Active && claim.kind != Kind::Owner)
            .map(|(id, _)| id)
            .collect()
    }

    /// Somebody becomes the owner. With a reception that is the new agent of 3.7, and the claim of
    /// whoever owned the customer sleeps with the shares that rest on it.
    pub fn begin(&mut self, staff: &str, reception: Option<Reception>) -> ClaimId {
        let new = self.claims.len();
        if let (Some(old), Some(reception)) = (self.owner, &reception) {
            let until = clock::month_after(reception.day);
            let sleep = State::Sleeping { by: new, until };
            self.claims[old].state = sleep;
            for id in self.resting_on(old) {
                if self.claims[id].state == State::Active {
                    self.claims[id].state = sleep;
                }
            }
        }
        self.claims.push(Claim {
            staff: staff.to_string(),
            kind: Kind::Owner,
            state: State::Active,
            reception,
        });
        self.owner = Some(new);
        new
    }

    /// Whether a recognition of that person would wake something: a claim of theirs sleeps, and
    /// the customer is not theirs anyway.
    pub fn can_be_recognised(&self, staff: &str) -> bool {
        self.owner.is_some()
            && self.owner_name() != Some(staff)
            && self
                .sleeping()
                .iter()
                .any(|id| self.claims[*id].staff == staff)
    }

    /// A recognition on `today`; nothing for somebody who cannot be recognised.
    pub fn recognise(&mut self, staff: &str, today: NaiveDate) -> Option<Recognised> {
        if !self.can_be_recognised(staff) {
            return None;
        }
        let owner = self.owner?;
        let mine: Vec<ClaimId> = self
            .sleeping()
            .into_iter()
            .filter(|id| self.claims[*id].staff == staff)
            .collect();
        if let Some(original) = self.receives_again(&mine, owner, today) {
            self.end(owner, State::Void);
            self.wake(original);
            self.owner = Some(original);
            return Some(Recognised::ReceivesAgain {
                original,
                void: owner,
            });
        }
        for id in mine {
            self.wake(id);
            self.claims[id].kind = Kind::Share { base: owner };
        }
        Some(Recognised::Shares)
    }

    /// 3.7.g is judged against the reception that put this agent's claim on the customer to sleep:
    /// the same day, and its receiver is still the owner. A sleeping share only wakes as a share.
    fn receives_again(
        &self,
        mine: &[ClaimId],
        owner: ClaimId,
        today: NaiveDate,
    ) -> Option<ClaimId> {
        mine.iter().copied().find(|id| {
            let claim = &self.claims[*id];
            let put_to_sleep_by_owner =
                matches!(claim.state, State::Sleeping { by, .. } if by == owner);
            let began = self.claims[owner].reception.as_ref().map(|it| it.day);
            claim.kind == Kind::Owner && put_to_sleep_by_owner && began == Some(today)
        })
    }

    /// 3.7.h: every sleeping claim on the customer is void.
    pub fn void_sleeping(&mut self) {
        for id in self.sleeping() {
            self.claims[id].state = State::Void;
        }
    }

    /// 3.10.c: every claim of the replaced agent is void.
    pub fn void_all_of(&mut self, staff: &str) {
        for id in 0..self.claims.len() {
            let claim = &self.claims[id];
            let live = matches!(claim.state, State::Active | State::Sleeping { .. });
            if claim.staff == staff && live {
                self.end(id, State::Void);
            }
        }
        if self.owner_name() == Some(staff) {
            self.owner = None;
        }
    }

    /// 3.7.j: the windows that end by `now` end their claims. True when one did.
    pub fn lapse(&mut self, now: Moment) -> bool {
        let mut lapsed = false;
        for id in self.sleeping() {
            if matches!(self.claims[id].state, State::Sleeping { until, .. } if until <= now) {
                self.end(id, State::Lapsed);
                lapsed = true;
            }
        }
        lapsed
    }

    /// A claim ends, and with it the shares that rest on it.
    fn end(&mut self, id: ClaimId, how: State) {
        let mut ended = self.resting_on(id);
        ended.push(id);
        for id in ended {
            if matches!(
                self.claims[id].state,
                State::Active | State::Sleeping { .. }
            ) {
                self.claims[id].state = how;
            }
        }
    }

    /// A claim wakes, and with it the shares that rest on it.
    fn wake(&mut self, id: ClaimId) {
        let mut woken = self.resting_on(id);
        woken.push(id);
        for id in woken {
            if matches!(self.claims[id].state, State::Sleeping { .. }) {
                self.claims[id].state = State::Active;
            }
        }
    }

    /// The shares that rest on a claim, directly or through another share.
    fn resting_on(&self, base: ClaimId) -> Vec<ClaimId> {
        let mut found = Vec::new();
        let mut open = vec![base];
        while let Some(base) = open.pop() {
            for (id, claim) in self.claims.iter().enumerate() {
                if claim.kind == (Kind::Share { base }) && !found.contains(&id) {
                    found.push(id);
                    open.push(id);
                }
            }
        }
        found
    }
}
