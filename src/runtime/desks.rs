//! A desk: its roster, the places and turns of the round, and the priority turns that wait to be used. Plain data.

use super::law::Law;
use crate::base::names::Name;
use crate::base::time::{Day, Instant};
use crate::event::PersonId;
use crate::policy::ClauseId;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// How a turn was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spent {
    /// This round's.
    Place {
        /// The round.
        round: u64,
    },
    /// A priority turn, as it was given.
    Priority(Box<PriorityTurn>),
    /// A later round's, out of order.
    Debt,
    /// None: the desk has no rounds, and only counts.
    Counted,
}

/// A turn that a visit, a call or another matter has cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentTurn {
    /// Whom.
    pub staff: PersonId,
    /// At which desk.
    pub rota: usize,
    /// How.
    pub how: Spent,
}

/// How old a priority turn is: when it was given, then the place of its holder in the round of that moment.
pub type Age = (Instant, usize);

/// A priority turn: whose, of which kind, where it comes from, and how long it is good.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PriorityTurn {
    /// Its number among all that were ever given.
    pub number: u64,
    /// How old it is.
    pub age: Age,
    /// Whose.
    pub staff: PersonId,
    /// What the policy calls it.
    pub kind: Name,
    /// Line of the event by which it was given.
    pub given: u64,
    /// The policy under which it was given …
    #[serde(with = "super::laws")]
    pub law: Arc<Law>,
    /// … and its clauses that gave it.
    pub because: SmallVec<[ClauseId; 1]>,
    /// First instant at which it is good no longer.
    pub until: Option<Instant>,
    /// The round with which it ends.
    pub round: Option<u64>,
    /// What ends it.
    pub timer: Option<(Instant, u64)>,
}

impl PartialEq for PriorityTurn {
    fn eq(&self, other: &PriorityTurn) -> bool {
        self.number == other.number
    }
}

impl Eq for PriorityTurn {}

/// A suspension at one desk only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeskSuspension {
    /// Where.
    pub desk: Name,
    /// Turns still to be lost.
    pub turns: i64,
    /// First instant at which it is over, by time.
    pub until: Option<Instant>,
}

/// Moves the end of a suspension to a later one; gives it if it moved.
pub fn until_later(known: &mut Option<Instant>, until: Option<Instant>) -> Option<Instant> {
    let later = until.filter(|until| known.is_none_or(|known| known < *until))?;
    *known = Some(later);
    Some(later)
}

/// How a rota stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RotaState {
    /// The desk.
    pub desk: Name,
    /// The roster, in its own order.
    pub roster: Vec<PersonId>,
    /// The places of this round.
    pub places: Vec<PersonId>,
    /// This round's turns, by [`PersonId`]; whoever has no entry has not had one yet.
    pub turns: Vec<Option<Turn>>,
    /// Turns of later rounds already used, by [`PersonId`].
    pub debts: Vec<u32>,
    /// Priority turns, oldest first.
    pub priority: Vec<PriorityTurn>,
    /// The round, from 1.
    pub round: u64,
    /// The office's day of the last event, for a rota that minds it.
    pub day: Option<Day>,
    /// Turns used here less those returned and byes, by [`PersonId`].
    pub used: Vec<i64>,
}

/// A turn of this round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// Not yet spent.
    Unspent,
    /// Passed over and kept.
    Kept,
    /// Passed over, with no right kept.
    Open,
    /// Spent by a reception.
    Used,
    /// Lost.
    Forfeited,
    /// Struck.
    Bye,
}

impl Turn {
    /// Whether it can still be taken.
    pub fn is_unspent(self) -> bool {
        matches!(self, Turn::Unspent | Turn::Kept | Turn::Open)
    }
}

impl RotaState {
    /// A desk where nobody stands yet.
    pub fn new(desk: Name) -> RotaState {
        RotaState {
            desk,
            roster: Vec::new(),
            places: Vec::new(),
            turns: Vec::new(),
            debts: Vec::new(),
            priority: Vec::new(),
            round: 1,
            day: None,
            used: Vec::new(),
        }
    }

    /// Counts a turn as used here, or no longer.
    pub fn count_used(&mut self, staff: PersonId, more: i64) {
        if self.used.len() <= staff.index() {
            self.used.resize(staff.index() + 1, 0);
        }
        self.used[staff.index()] += more;
    }

    /// This round's turn of somebody; whoever has had none yet has an unspent one.
    pub fn turn(&self, staff: PersonId) -> Turn {
        self.turns
            .get(staff.index())
            .copied()
            .flatten()
            .unwrap_or(Turn::Unspent)
    }

    /// Sets this round's turn of somebody.
    pub fn set_turn(&mut self, staff: PersonId, turn: Turn) {
        if self.turns.len() <= staff.index() {
            self.turns.resize(staff.index() + 1, None);
        }
        self.turns[staff.index()] = Some(turn);
    }

    /// This round's turn of somebody is used, and that of those who share it.
    pub fn use_places(&mut self, staff: PersonId, mates: &[PersonId]) {
        self.set_turn(staff, Turn::Used);
        for mate in mates {
            if self.turn(*mate).is_unspent() {
                self.set_turn(*mate, Turn::Used);
            }
        }
    }

    /// How many turns of later rounds somebody has used already, to be changed.
    pub fn debt(&mut self, staff: PersonId) -> &mut u32 {
        if self.debts.len() <= staff.index() {
            self.debts.resize(staff.index() + 1, 0);
        }
        &mut self.debts[staff.index()]
    }

    /// How many turns of later rounds somebody has used already.
    pub fn owes(&self, staff: PersonId) -> u32 {
        self.debts.get(staff.index()).copied().unwrap_or(0)
    }

    /// A new round begins in the given order; a turn that was used out of order is spent at once.
    pub fn begin_round(&mut self, places: Vec<PersonId>) {
        self.round += 1;
        self.places = places;
        self.turns.clear();
        for place in 0..self.roster.len() {
            self.take_up(self.roster[place]);
        }
    }

    /// Somebody who has had no turn in this round gets one, or pays a debt with it.
    fn take_up(&mut self, staff: PersonId) {
        let debt = self.debt(staff);
        let turn = match *debt {
            0 => Turn::Unspent,
            _ => {
                *debt -= 1;
                Turn::Used
            }
        };
        self.set_turn(staff, turn);
    }

    /// A new roster: whoever stays keeps the turn, whoever comes back has the turn they left with.
    pub fn set_roster(&mut self, order: &[PersonId]) {
        self.roster = order.to_vec();
        self.places = order.to_vec();
        for staff in order {
            let known = self.turns.get(staff.index()).copied().flatten();
            self.set_turn(*staff, known.unwrap_or(Turn::Unspent));
        }
    }

    /// Takes somebody off the roster; turns, debts and priority turns stay.
    pub fn strike(&mut self, staff: PersonId) {
        self.roster.retain(|other| *other != staff);
        self.places.retain(|other| *other != staff);
    }

    /// Puts a priority turn among the others, behind those that are as old.
    pub fn add_priority(&mut self, turn: PriorityTurn) {
        let place = self.priority.partition_point(|known| known.age <= turn.age);
        self.priority.insert(place, turn);
    }

    /// Takes a priority turn out.
    pub fn take_priority(&mut self, number: u64) -> Option<PriorityTurn> {
        let place = self
            .priority
            .iter()
            .position(|turn| turn.number == number)?;
        Some(self.priority.remove(place))
    }
}
