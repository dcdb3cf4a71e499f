//! The rota of the walk-in desk (3.1 to 3.4, 3.10.c): places, turns, rounds, priority turns and debts.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Moment;

/// What somebody on the roster can do at this moment, in the order in which the reasons are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Can receive now.
    Ready,
    /// With a customer.
    Receiving,
    /// Away on work ordered by a superior, verified by a project manager when leaving.
    Assigned,
    /// Away otherwise.
    Absent,
    /// Signed out.
    SignedOut,
    /// Failed an inspection (2.5).
    Barred,
}

/// The floor as one visit meets it.
pub struct Floor {
    /// Everybody on the roster.
    pub standing: BTreeMap<String, Standing>,
    /// Who was replaced in this visit (3.10.c).
    pub excluded: BTreeSet<String>,
}

impl Floor {
    /// Whether this visit can go to that person now.
    pub fn open_to(&self, staff: &str) -> bool {
        self.standing.get(staff) == Some(&Standing::Ready) && !self.excluded.contains(staff)
    }
}

/// This round's turn of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Not spent yet.
    Unspent,
    /// Not spent, and safe for this round (可补接).
    Kept,
    /// Used, forfeited, a bye, or turned into a priority turn.
    Spent,
}

/// A priority turn: oldest first; those given at one moment in places of the round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority {
    since: Moment,
    place: usize,
    /// Whose it is.
    pub holder: String,
}

/// The turn that a reception used, so that it can come back (3.7.g).
#[derive(Clone, Debug)]
pub enum Used {
    /// A place of that round.
    Place(u32),
    /// A priority turn, with its age.
    Priority(Priority),
}

/// Whom the rota chooses, and by what.
pub struct Choice {
    /// The agent.
    pub staff: String,
    priority: Option<Priority>,
}

/// What one visit has cost so far: at most one turn a person.
#[derive(Default)]
pub struct Losses {
    /// Who lost a turn, and why.
    pub forfeited: Vec<(String, Standing)>,
}

impl Losses {
    fn cost(&self, staff: &str) -> bool {
        self.forfeited.iter().any(|(who, _)| who == staff)
    }
}

/// The rolling cycle of the desk.
#[derive(Clone)]
pub struct Rota {
    /// The running round, from 1.
    pub round: u32,
    roster: Vec<String>,
    places: Vec<String>,
    turns: BTreeMap<String, Turn>,
    left_with: BTreeMap<String, (u32, Turn)>,
    debts: BTreeMap<String, u32>,
    priority: Vec<Priority>,
}

impl Rota {
    /// An empty roster in round 1.
    pub fn new() -> Self {
        Rota {
            round: 1,
            roster: Vec::new(),
            places: Vec::new(),
            turns: BTreeMap::new(),
            left_with: BTreeMap::new(),
            debts: BTreeMap::new(),
            priority: Vec::new(),
        }
    }

    /// The roster as it was issued.
    pub fn roster(&self) -> &[String] {
        &self.roster
    }

    /// Whether that person is on the roster.
    pub fn rostered(&self, staff: &str) -> bool {
        self.turns.contains_key(staff)
    }

    /// Whether that person is on the roster with this round's turn unspent (a kept one included).
    pub fn unspent(&self, staff: &str) -> bool {
        matches!(self.turns.get(staff), Some(Turn::Unspent | Turn::Kept))
    }

    /// A new roster: who stays keeps their state, who comes back in the same round has the turn
    /// they left with, newcomers are unspent. Places follow the new order, so swaps end.
    pub fn issue(&mut self, order: Vec<String>) {
        let before = std::mem::take(&mut self.turns);
        for (staff, turn) in before {
            if order.contains(&staff) {
                self.turns.insert(staff, turn);
            } else {
                self.left_with.insert(staff, (self.round, turn));
            }
        }
        for staff in &order {
            if !self.turns.contains_key(staff) {
                let turn = match self.left_with.remove(staff) {
                    Some((round, turn)) if round == self.round => turn,
                    _ => Turn::Unspent,
                };
                self.turns.insert(staff.clone(), turn);
            }
        }
        self.places = order.clone();
        self.roster = order;
    }

    /// Somebody leaves the office: off the roster, the others keep their places.
    pub fn remove(&mut self, staff: &str) {
        if let Some(turn) = self.turns.remove(staff) {
            self.left_with.insert(staff.to_string(), (self.round, turn));
        }
        self.places.retain(|who| who != staff);
        self.roster.retain(|who| who != staff);
    }

    /// 3.3, approved: the two places change for the rest of this round. False when either is off
    /// the roster or has no unspent turn.
    pub fn swap(&mut self, one: &str, other: &str) -> bool {
        if !self.unspent(one) || !self.unspent(other) {
            return false;
        }
        let (one, other) = (self.place(one), self.place(other));
        self.places.swap(one, other);
        true
    }

    /// 2.1: this round's turn is forfeited if it is unspent.
    pub fn forfeit(&mut self, staff: &str) -> bool {
        let lost = self.unspent(staff);
        if lost {
            self.spend(staff);
        }
        lost
    }

    /// 3.4, back from a verified assignment: a kept turn becomes a priority turn.
    pub fn prefer_kept(&mut self, staff: &str, now: Moment) {
        if self.turns.get(staff) == Some(&Turn::Kept) {
            self.spend(staff);
            self.grant(staff, now);
        }
    }

    /// A new priority turn.
    pub fn grant(&mut self, staff: &str, now: Moment) {
        let turn = Priority {
            since: now,
            place: self.place(staff),
            holder: staff.to_string(),
        };
        self.insert(turn);
    }

    /// 1.3: a turn used out of order, this round's or else a next round's. False for somebody off
    /// the roster, who has no turn.
    pub fn use_out_of_order(&mut self, staff: &str) -> bool {
        if !self.rostered(staff) {
            return false;
        }
        if self.unspent(staff) {
            self.spend(staff);
        } else {
            *self.debts.entry(staff.to_string()).or_default() += 1;
        }
        true
    }

    /// 3.7.g: a turn comes back: this round's place unspent again if the round still runs, else a
    /// priority turn; a priority turn with its old age.
    pub fn give_back(&mut self, staff: &str, used: Used, now: Moment) {
        match used {
            Used::Priority(turn) => self.insert(turn),
            Used::Place(round) if round != self.round => self.grant(staff, now),
            Used::Place(_) => {
                if let Some(turn) = self.turns.get_mut(staff) {
                    *turn = Turn::Unspent;
                } else if let Some((_, turn)) = self.left_with.get_mut(staff) {
                    *turn = Turn::Unspent;
                }
            }
        }
    }

    /// Whom the rota chooses for a visit. Nobody when nobody can receive it; otherwise rounds end
    /// until somebody who can receive it has a turn.
    pub fn choose(&mut self, floor: &Floor, now: Moment, losses: &mut Losses) -> Option<Choice> {
        if !self.roster.iter().any(|staff| floor.open_to(staff)) {
            return None;
        }
        if let Some(turn) = self
            .priority
            .iter()
            .find(|turn| floor.open_to(&turn.holder))
        {
            return Some(Choice {
                staff: turn.holder.clone(),
                priority: Some(turn.clone()),
            });
        }
        loop {
            let next = self
                .places
                .iter()
                .find(|staff| self.unspent(staff) && floor.open_to(staff));
            if let Some(staff) = next {
                return Some(Choice {
                    staff: staff.clone(),
                    priority: None,
                });
            }
            self.end_round(floor, now, losses);
        }
    }

    /// The visit goes to the choice: by place it passes over those before; the turn is used.
    pub fn give(&mut self, choice: &Choice, floor: &Floor, losses: &mut Losses) -> Used {
        if let Some(turn) = &choice.priority {
            let at = self.priority.iter().position(|other| other == turn);
            if let Some(at) = at {
                self.priority.remove(at);
            }
            return Used::Priority(turn.clone());
        }
        let before = self.places[..self.place(&choice.staff)].to_vec();
        for staff in before {
            self.pass_over(&staff, floor, losses);
        }
        self.spend(&choice.staff);
        Used::Place(self.round)
    }

    /// Passed over: what becomes of the turn depends on why the agent could not receive.
    fn pass_over(&mut self, staff: &str, floor: &Floor, losses: &mut Losses) {
        let unkept = self.turns.get(staff) == Some(&Turn::Unspent);
        if !unkept || floor.excluded.contains(staff) || losses.cost(staff) {
            return;
        }
        let Some(standing) = floor.standing.get(staff).copied() else {
            return;
        };
        match standing {
            Standing::Ready | Standing::Barred => {}
            Standing::Receiving | Standing::Assigned => {
                self.turns.insert(staff.to_string(), Turn::Kept);
            }
            Standing::Absent | Standing::SignedOut => {
                self.spend(staff);
                losses.forfeited.push((staff.to_string(), standing));
            }
        }
    }

    /// The round ends: whoever has a turn left is passed over; kept turns become priority turns,
    /// open ones are forfeited; the next round begins at the top of the roster and takes the debts.
    fn end_round(&mut self, floor: &Floor, now: Moment, losses: &mut Losses) {
        for staff in self.places.clone() {
            self.pass_over(&staff, floor, losses);
            match self.turns.get(&staff) {
                Some(Turn::Kept) => self.grant(&staff, now),
                Some(Turn::Unspent) => {
                    // Neither an excluded agent nor one whom this visit has already cost a turn
                    // may lose this one: it outlives the round as a priority turn.
                    if floor.excluded.contains(&staff) || losses.cost(&staff) {
                        self.grant(&staff, now);
                    } else {
                        losses.forfeited.push((staff.clone(), Standing::Barred));
                    }
                }
                Some(Turn::Spent) | None => {}
            }
        }
        self.round += 1;
        self.places = self.roster.clone();
        for staff in &self.roster {
            let owes = self.debts.get_mut(staff).filter(|debt| **debt > 0);
            let turn = match owes {
                Some(debt) => {
                    *debt -= 1;
                    Turn::Spent
                }
                None => Turn::Unspent,
            };
            self.turns.insert(staff.clone(), turn);
        }
    }

    fn spend(&mut self, staff: &str) {
        self.turns.insert(staff.to_string(), Turn::Spent);
    }

    fn place(&self, staff: &str) -> usize {
        self.places
            .iter()
            .position(|who| who == staff)
            .unwrap_or(usize::MAX)
    }

    fn insert(&mut self, turn: Priority) {
        let age = |turn: &Priority| (turn.since, turn.place);
        let at = self
            .priority
            .partition_point(|other| age(other) <= age(&turn));
        self.priority.insert(at, turn);
    }

    /// The priority turns of those on the roster, oldest first.
    pub fn priorities(&self) -> Vec<&str> {
        self.priority
            .iter()
            .map(|turn| turn.holder.as_str())
            .filter(|staff| self.rostered(staff))
            .collect()
    }

    /// Priority turns, then the unspent turns by place, as if everybody could receive.
    pub fn next(&self) -> Vec<&str> {
        let unspent = self.places.iter().filter(|staff| self.unspent(staff));
        let mut next = self.priorities();
        next.extend(unspent.map(String::as_str));
        next
    }
}
