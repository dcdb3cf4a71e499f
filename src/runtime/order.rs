//! In which order people stand at a desk, to whom a turn belongs, and whom the desk would choose. Nothing here changes
//! anything.

use super::case::{Reader, Someone, Val};
use super::desks::{PriorityTurn, RotaState};
use super::presence::can_receive_at;
use super::read::order;
use super::world::World;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::PersonId;
use crate::policy::{Line, Rota, RotaOrder, RotaRound, Term};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Whom the rota would choose, and what that would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who.
    pub staff: PersonId,
    /// By the priority turn of that number; else by place.
    pub priority: Option<u64>,
    /// How many rounds end first.
    pub rounds_end: u32,
}

/// To whom a turn belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// To a person.
    Person(PersonId),
    /// To all of whom the word is the same.
    Word(Name),
}

impl Reader<'_> {
    /// The desk at hand: the visit's, or the one that the event is about.
    pub fn desk_at_hand(&self) -> Option<usize> {
        let of_visit = || self.case.visit.and_then(|visit| self.world.visit(visit));
        self.case
            .desk
            .or_else(|| of_visit().map(|visit| visit.rota))
    }

    /// The desk at hand, else the first on whose roster somebody stands.
    pub fn desk_of(&self, staff: PersonId) -> Option<usize> {
        let rostered = || {
            self.world
                .rotas
                .iter()
                .position(|rota| rota.roster.contains(&staff))
        };
        self.desk_at_hand().or_else(rostered)
    }

    /// How a desk turns.
    pub fn rota(&self, rota: usize) -> Option<(&Rota, &RotaState)> {
        Some((
            self.law.policy.rotas.get(rota)?,
            self.world.rotas.get(rota)?,
        ))
    }

    /// The order in which a round that begins now would stand.
    pub fn new_order(&self, rota: usize) -> Vec<PersonId> {
        let Some((meant, state)) = self.rota(rota) else {
            return Vec::new();
        };
        let mut people = state.roster.clone();
        self.put_in_order(&meant.order, &mut people);
        people
    }

    /// The order as it is: this round's, or, where there are no rounds, as it is now.
    pub fn in_order(&self, rota: usize) -> Cow<'_, [PersonId]> {
        let Some((meant, state)) = self.rota(rota) else {
            return Cow::default();
        };
        let mut people = Cow::Borrowed(&*state.places);
        if meant.round == RotaRound::None {
            self.put_in_order(&meant.order, people.to_mut());
        }
        people
    }

    fn put_in_order(&self, by: &RotaOrder, people: &mut [PersonId]) {
        match by {
            RotaOrder::By(line) => self.put_in_line(*line, people),
            RotaOrder::Keys { keys, ties } => {
                self.put_in_line(*ties, people);
                for key in keys.iter().rev() {
                    people.sort_by_cached_key(|staff| Key(self.value_of(key, *staff)));
                }
            }
        }
    }

    fn put_in_line(&self, line: Line, people: &mut [PersonId]) {
        if line == Line::SignIn {
            people.sort_by_key(|staff| self.signed_in(*staff).unwrap_or(Instant::MAX));
        }
    }

    fn value_of(&self, term: &Term, staff: PersonId) -> Val {
        self.of_each(Someone::just(staff)).read(term)
    }

    /// When somebody first signed in on the office's day at hand.
    pub fn signed_in(&self, staff: PersonId) -> Option<Instant> {
        let calendar = &self.law.policy.calendar;
        let at = self.world.person(staff)?.signed_in?;
        (calendar.day_of(at) == calendar.day_of(self.case.at)).then_some(at)
    }

    /// To whom somebody's turn belongs.
    pub fn unit(&self, rota: usize, staff: PersonId) -> Unit {
        let unit = self.rota(rota).and_then(|(meant, _)| meant.unit.as_ref());
        match unit.map(|term| self.value_of(term, staff)) {
            Some(Val::Word(word)) => Unit::Word(word),
            _ => Unit::Person(staff),
        }
    }

    /// Others on the roster to whom somebody's turn belongs too.
    pub fn mates(&self, rota: usize, staff: PersonId) -> Vec<PersonId> {
        let Some((meant, state)) = self.rota(rota) else {
            return Vec::new();
        };
        if meant.unit.is_none() {
            return Vec::new();
        }
        let unit = self.unit(rota, staff);
        let others = state.roster.iter().copied();
        others
            .filter(|other| *other != staff && self.unit(rota, *other) == unit)
            .collect()
    }

    /// Priority turns in the order in which they are served, of those who stand on the roster.
    pub fn priority_turns(&self, rota: usize) -> impl Iterator<Item = &PriorityTurn> {
        let state = self.world.rotas.get(rota);
        state.into_iter().flat_map(|state| {
            let mut turns = state.priority.iter();
            std::iter::from_fn(move || turns.find(|turn| state.roster.contains(&turn.staff)))
        })
    }

    /// Whom a desk would choose; `None`: nobody can receive now.
    pub fn plan(&self, rota: usize, excluded: &[PersonId]) -> Option<Plan> {
        let (meant, state) = self.rota(rota)?;
        let free =
            |staff: PersonId| !excluded.contains(&staff) && can_receive_at(self.world, rota, staff);
        if let Some(turn) = self.priority_turns(rota).find(|turn| free(turn.staff)) {
            return Some(Plan {
                staff: turn.staff,
                priority: Some(turn.number),
                rounds_end: 0,
            });
        }
        let rounds = meant.round == RotaRound::OneEach;
        let by_place = self.first_of(rota, &self.in_order(rota), |staff| {
            (!rounds || state.turn(staff).is_unspent()) && free(staff)
        });
        if by_place.is_some() || !rounds {
            return by_place.map(|staff| Plan {
                staff,
                priority: None,
                rounds_end: 0,
            });
        }
        // Everybody who is free has spent this round's turn: the next begins, or as many as the smallest debt asks for.
        let owes = state
            .roster
            .iter()
            .filter(|staff| free(**staff))
            .map(|staff| state.owes(*staff))
            .min()?;
        let staff = self.first_of(rota, &self.new_order(rota), |staff| {
            state.owes(staff) == owes && free(staff)
        })?;
        Some(Plan {
            staff,
            priority: None,
            rounds_end: owes + 1,
        })
    }

    /// The first who fits; where turns belong to a unit, of the first unit whoever is first by the facts of the order as
    /// they are now, or, where it has none, whoever has waited longest.
    fn first_of(
        &self,
        rota: usize,
        people: &[PersonId],
        fits: impl Fn(PersonId) -> bool,
    ) -> Option<PersonId> {
        let first = people.iter().copied().find(|staff| fits(*staff))?;
        if self.rota(rota)?.0.unit.is_none() {
            return Some(first);
        }
        let order = self.units(rota, people);
        let place = |staff: PersonId| {
            let unit = self.unit(rota, staff);
            order.iter().position(|known| *known == unit)
        };
        if self.has_keys(rota) {
            let mut within = self.new_order(rota);
            within.retain(|staff| people.contains(staff) && fits(*staff));
            return within.into_iter().min_by_key(|staff| place(*staff));
        }
        let last = |staff: PersonId| self.world.person(staff).and_then(|person| person.last_turn);
        let fitting = people.iter().copied().filter(|staff| fits(*staff));
        fitting.min_by_key(|staff| (place(*staff), last(*staff)))
    }

    /// Whether facts of each person order a desk.
    fn has_keys(&self, rota: usize) -> bool {
        let rota = self.rota(rota);
        rota.is_some_and(|(meant, _)| matches!(meant.order, RotaOrder::Keys { .. }))
    }

    /// To whom turns belong, in the order of their first member; where facts order the members, in that of the roster.
    fn units(&self, rota: usize, people: &[PersonId]) -> Vec<Unit> {
        let roster = self.rota(rota).map_or(&[][..], |(_, state)| &state.roster);
        let in_turn = if self.has_keys(rota) { roster } else { people };
        let mut units = Vec::new();
        for staff in in_turn.iter().filter(|staff| people.contains(staff)) {
            let unit = self.unit(rota, *staff);
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        units
    }

    /// Whose turn comes before somebody's in this round.
    pub fn before(&self, rota: usize, staff: PersonId) -> Vec<PersonId> {
        let places = self.in_order(rota);
        let places = places.iter().copied();
        if self
            .rota(rota)
            .is_none_or(|(meant, _)| meant.unit.is_none())
        {
            return places.take_while(|other| *other != staff).collect();
        }
        let places: Vec<PersonId> = places.collect();
        let own = self.unit(rota, staff);
        let units = self.units(rota, &places);
        let earlier: Vec<Unit> = units.into_iter().take_while(|unit| *unit != own).collect();
        let comes = |other: &PersonId| earlier.contains(&self.unit(rota, *other));
        places.into_iter().filter(comes).collect()
    }

    /// Where somebody stands in this round, from 1.
    pub fn place(&self, rota: usize, staff: PersonId) -> Option<usize> {
        let places = self.in_order(rota);
        places
            .iter()
            .position(|other| *other == staff)
            .map(|place| place + 1)
    }
}

/// A value by which people are put in order: what is missing comes last.
#[derive(PartialEq)]
struct Key(Val);

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        match (self.0 == Val::Missing, other.0 == Val::Missing) {
            (false, false) => order(self.0, other.0).unwrap_or(Ordering::Equal),
            (mine, others) => mine.cmp(&others),
        }
    }
}

/// How many priority turns somebody has left, at all desks.
pub fn make_ups(world: &World, staff: PersonId) -> usize {
    let turns = world.rotas.iter().flat_map(|rota| &rota.priority);
    turns.filter(|turn| turn.staff == staff).count()
}
