//! The rota: who is next, who is passed over, when a round ends, and what becomes of a turn.

use super::act::{Act, Clauses, Grounds};
use super::ask::{Answer, Phase};
use super::presence::{can_receive, is_kept_by};
use super::world::{Age, RotaState, Spent, Turn, World};
use crate::decision::What;
use crate::event::{PersonId, VisitId};
use crate::policy::{ClauseId, Moment, RotaDay};
use crate::vocabulary::words::{PassReason, Question, TurnEffect};
use smallvec::SmallVec;

/// Whom the rota would choose, and what that would do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Who.
    pub staff: PersonId,
    /// By a priority turn of that age; else by place.
    pub priority: Option<Age>,
    /// How many rounds end first.
    pub rounds_end: u32,
}

impl RotaState {
    /// This round's turn of somebody; whoever has had none yet has an unspent one.
    pub fn turn(&self, staff: PersonId) -> Turn {
        self.turns
            .get(staff.index())
            .copied()
            .flatten()
            .unwrap_or(Turn::Unspent)
    }

    fn set_turn(&mut self, staff: PersonId, turn: Turn) {
        if self.turns.len() <= staff.index() {
            self.turns.resize(staff.index() + 1, None);
        }
        self.turns[staff.index()] = Some(turn);
    }

    fn debt(&mut self, staff: PersonId) -> &mut u32 {
        if self.debts.len() <= staff.index() {
            self.debts.resize(staff.index() + 1, 0);
        }
        &mut self.debts[staff.index()]
    }

    fn owes(&self, staff: PersonId) -> u32 {
        self.debts.get(staff.index()).copied().unwrap_or(0)
    }

    /// A new round begins at the top of the roster; a turn that was used out of order is spent at once.
    pub fn begin_round(&mut self) {
        self.round += 1;
        self.places.clone_from(&self.roster);
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

    fn give_priority(&mut self, age: Age, staff: PersonId) {
        let place = self.priority.partition_point(|(known, _)| *known <= age);
        self.priority.insert(place, (age, staff));
    }
}

/// Whom the rota would choose for a visit, without choosing; `None`: nobody can receive now.
pub fn plan(world: &World, visit: VisitId) -> Option<Plan> {
    let visit = world.visit(visit)?;
    let rota = &world.rotas[visit.rota];
    let free = |staff: PersonId| !visit.excluded.contains(&staff) && can_receive(world, staff);
    let by_priority = rota
        .priority
        .iter()
        .find(|(_, staff)| rota.roster.contains(staff) && free(*staff));
    if let Some((age, staff)) = by_priority {
        return Some(Plan {
            staff: *staff,
            priority: Some(*age),
            rounds_end: 0,
        });
    }
    let by_place = rota
        .places
        .iter()
        .find(|staff| rota.turn(**staff).is_unspent() && free(**staff));
    if let Some(staff) = by_place {
        return Some(Plan {
            staff: *staff,
            priority: None,
            rounds_end: 0,
        });
    }
    // Everybody who is free has spent this round's turn: the next begins, or as many as the smallest debt asks for.
    let staff = rota
        .roster
        .iter()
        .filter(|staff| free(**staff))
        .min_by_key(|staff| rota.owes(**staff))?;
    Some(Plan {
        staff: *staff,
        priority: None,
        rounds_end: rota.owes(*staff) + 1,
    })
}

impl Act<'_> {
    /// A rota whose rounds restart begins a new one on a new day of the office.
    pub fn restart_rounds(&mut self) {
        let law = self.law.clone();
        for (number, _) in law
            .policy
            .rotas
            .iter()
            .enumerate()
            .filter(|(_, rota)| rota.day == RotaDay::Restarts)
        {
            let today = law.policy.calendar.day_of(self.at);
            let state = &mut self.world.rotas[number];
            let begins = state.day.is_some_and(|day| day != today);
            state.day = Some(today);
            if begins {
                state.begin_round();
            }
        }
    }

    /// What the rota's choice for a visit does to those who are passed over: rounds that end, then those placed before.
    pub fn pass_over(&mut self, visit: VisitId, plan: &Plan) {
        if plan.priority.is_some() {
            return;
        }
        let Some(rota) = self.world.visit(visit).map(|visit| visit.rota) else {
            return;
        };
        let mut costed = self.rounds_end(visit, plan);
        let before = self.world.rotas[rota]
            .places
            .iter()
            .copied()
            .take_while(|staff| *staff != plan.staff);
        let before: SmallVec<[PersonId; 8]> = before.collect();
        self.pass_each(visit, rota, &before, &mut costed);
    }

    /// Ends the rounds that had to end for a choice; gives whom that has cost a turn.
    pub fn rounds_end(&mut self, visit: VisitId, plan: &Plan) -> SmallVec<[PersonId; 4]> {
        let mut costed: SmallVec<[PersonId; 4]> = SmallVec::new();
        if let Some(rota) = self.world.visit(visit).map(|visit| visit.rota) {
            for _ in 0..plan.rounds_end {
                self.end_round(visit, rota, &mut costed);
            }
        }
        costed
    }

    /// Passes over those whose turn is unspent; a visit costs nobody more than one turn.
    fn pass_each(
        &mut self,
        visit: VisitId,
        rota: usize,
        staff: &[PersonId],
        costed: &mut SmallVec<[PersonId; 4]>,
    ) {
        for person in staff {
            let excluded = self
                .world
                .visit(visit)
                .is_some_and(|visit| visit.excluded.contains(person));
            let unspent = self.world.rotas[rota].turn(*person).is_unspent();
            if unspent && !excluded && !costed.contains(person) && self.pass_one(rota, *person) {
                costed.push(*person);
            }
        }
    }

    /// Passes one over; says whether it cost the turn.
    fn pass_one(&mut self, rota: usize, staff: PersonId) -> bool {
        self.case.passed = Some(staff);
        let Some((row, reason)) = self.row_for(rota, staff) else {
            return false;
        };
        let suspended = reason == PassReason::Suspended;
        self.effects_on(Moment::PassedOver);
        let mut answer = (row.0, Grounds::clause(row.1));
        match self.ask_turn(&[Moment::PassedOver], Phase::Both) {
            Answer::Gap => {}
            Answer::One(said, _) => {
                if let Some((_, effect, grounds)) =
                    said.into_iter().find(|(person, _, _)| *person == staff)
                {
                    answer = (effect, grounds);
                }
            }
            Answer::Open(unsettled) => {
                let about = self.ids.person(staff).to_owned();
                self.undecided(&about, Question::Turn, &unsettled);
                return false;
            }
        }
        if suspended {
            let person = self.world.person_mut(staff);
            person.suspended_turns = (person.suspended_turns - 1).max(0);
            self.world.touch(staff);
        }
        let turn = self.world.rotas[rota].turn(staff);
        if turn == Turn::Kept {
            return false;
        }
        let away = reason == PassReason::Away;
        self.turn_becomes(rota, staff, answer.0, &answer.1);
        self.effects_with(Question::Turn, &answer.1.clauses);
        let lost = answer.0 == TurnEffect::Forfeited;
        if lost
            && away
            && let Some(away) = &mut self.world.person_mut(staff).away
        {
            away.lost += 1;
        }
        lost
    }

    /// The first row of the table that applies to somebody who cannot receive now.
    fn row_for(
        &self,
        rota: usize,
        staff: PersonId,
    ) -> Option<((TurnEffect, ClauseId), PassReason)> {
        let person = self.world.person(staff)?;
        let reader = self.reader();
        let rows = &self.law.policy.rotas[rota].passed_over;
        let row = rows.iter().find(|row| {
            is_kept_by(person, row.reason)
                && self.law.in_force(row.clause, self.at)
                && reader.all(&row.when)
        })?;
        Some(((row.effect, row.clause), row.reason))
    }

    /// Ends the round: whoever still has a turn is passed over, then the policy says what becomes of it.
    fn end_round(&mut self, visit: VisitId, rota: usize, costed: &mut SmallVec<[PersonId; 4]>) {
        let places: SmallVec<[PersonId; 8]> =
            self.world.rotas[rota].places.iter().copied().collect();
        let before: SmallVec<[PersonId; 4]> = costed.clone();
        self.pass_each(visit, rota, &places, costed);
        for staff in places {
            if !self.world.rotas[rota].turn(staff).is_unspent() {
                continue;
            }
            let excluded = self
                .world
                .visit(visit)
                .is_some_and(|visit| visit.excluded.contains(&staff));
            if excluded || before.contains(&staff) {
                // The visit may not cost this turn, so it is kept.
                self.world.rotas[rota].set_turn(staff, Turn::Kept);
            }
            self.case.passed = Some(staff);
            self.effects_on(Moment::RoundEnds);
            self.settle_turns(&[Moment::RoundEnds], Phase::Both);
            if self.world.rotas[rota].turn(staff) == Turn::Forfeited {
                costed.push(staff);
            }
        }
        self.case.passed = None;
        self.world.rotas[rota].begin_round();
    }

    /// Asks what becomes of turns, and does it.
    pub fn settle_turns(&mut self, moments: &[Moment], phase: Phase) {
        match self.ask_turn(moments, phase) {
            Answer::Gap => {}
            Answer::One(said, _) => {
                let mut clauses = Clauses::new();
                for (staff, effect, grounds) in said {
                    let rota = self.rota_of(staff);
                    self.turn_becomes(rota, staff, effect, &grounds);
                    clauses.extend(grounds.clauses);
                }
                self.effects_with(Question::Turn, &clauses);
            }
            Answer::Open(unsettled) => {
                let about = match (self.case.visit, self.case.passed) {
                    (_, Some(staff)) => self.ids.person(staff).to_owned(),
                    (Some(visit), None) => self.ids.visit(visit).to_owned(),
                    (None, None) => self
                        .case
                        .actor
                        .map_or(String::new(), |staff| self.ids.person(staff).to_owned()),
                };
                self.undecided(&about, Question::Turn, &unsettled);
            }
        }
    }

    /// The rota of the visit at hand, else the one on whose roster somebody stands.
    fn rota_of(&self, staff: PersonId) -> usize {
        let of_visit = self
            .case
            .visit
            .and_then(|visit| self.world.visit(visit))
            .map(|visit| visit.rota);
        let rostered = || {
            self.world
                .rotas
                .iter()
                .position(|rota| rota.roster.contains(&staff))
        };
        of_visit.or_else(rostered).unwrap_or(0)
    }

    /// Does to a turn what was answered, and tells it if anything changed.
    pub fn turn_becomes(
        &mut self,
        rota: usize,
        staff: PersonId,
        effect: TurnEffect,
        grounds: &Grounds,
    ) {
        let changed = match effect {
            TurnEffect::Used => self.use_turn(rota, staff),
            TurnEffect::NotUsed => true,
            TurnEffect::Forfeited => self.forfeit(rota, staff),
            TurnEffect::Kept => self.mark(rota, staff, Turn::Kept),
            TurnEffect::Open => self.mark(rota, staff, Turn::Open),
            TurnEffect::Returned => self.return_turn(rota, staff),
            TurnEffect::Bye => self.strike_turn(rota, staff),
            TurnEffect::Priority => self.give_priority(rota, staff),
        };
        if changed {
            self.world.touch(staff);
            let desk = self.world.rotas[rota].desk;
            self.decide(
                What::Turn {
                    staff,
                    desk,
                    effect,
                },
                grounds,
            );
        }
    }

    /// A turn given by the rota is spent as it was given; one used out of order is this round's, else a later one's.
    fn use_turn(&mut self, rota: usize, staff: PersonId) -> bool {
        let given = self
            .rota_gave
            .filter(|(person, _)| *person == staff)
            .and_then(|(_, priority)| priority);
        let state = &mut self.world.rotas[rota];
        if !state.roster.contains(&staff) {
            return false;
        }
        let spent = if let Some(age) = given {
            // Two turns of one person given at one moment are alike: one of them is spent.
            let of = |turn: &(Age, PersonId)| *turn == (age, staff);
            if let Some(place) = state.priority.iter().position(of) {
                state.priority.remove(place);
            }

            Spent::Priority(age)
        } else if state.turn(staff).is_unspent() {
            state.set_turn(staff, Turn::Used);
            Spent::Place { round: state.round }
        } else {
            *state.debt(staff) += 1;
            Spent::Debt
        };
        if let Some(visit) = self.case.visit {
            self.world.visit_mut(visit).spent.push((staff, spent));
        }
        self.world.person_mut(staff).used += 1;
        true
    }

    fn forfeit(&mut self, rota: usize, staff: PersonId) -> bool {
        let state = &mut self.world.rotas[rota];
        if !state.turn(staff).is_unspent() {
            return false;
        }
        state.set_turn(staff, Turn::Forfeited);
        self.world.person_mut(staff).forfeited += 1;
        true
    }

    /// A kept turn stays kept for the round.
    fn mark(&mut self, rota: usize, staff: PersonId, turn: Turn) -> bool {
        let state = &mut self.world.rotas[rota];
        let now = state.turn(staff);
        let changes = now.is_unspent() && now != Turn::Kept && now != turn;
        if changes {
            state.set_turn(staff, turn);
        }
        changes
    }

    /// The age of a priority turn given now: those given at one moment stand in places of this round.
    fn age_now(&self, rota: usize, staff: PersonId) -> Age {
        let places = &self.world.rotas[rota].places;
        let place = places.iter().position(|other| *other == staff);
        (self.at, place.unwrap_or(usize::MAX))
    }

    /// At the end of a round and on return a kept turn itself becomes a priority turn; elsewhere one is given besides.
    fn give_priority(&mut self, rota: usize, staff: PersonId) -> bool {
        let instead = self.case.passed == Some(staff) || self.returning;
        let age = self.age_now(rota, staff);
        let state = &mut self.world.rotas[rota];
        if instead && state.turn(staff).is_unspent() {
            state.set_turn(staff, Turn::Used);
        }
        state.give_priority(age, staff);
        true
    }

    /// Gives back what the reception spent in which the claim began; on return, the first turn that the absence cost.
    fn return_turn(&mut self, rota: usize, staff: PersonId) -> bool {
        if self.returning {
            let age = self.age_now(rota, staff);
            self.world.person_mut(staff).forfeited -= 1;
            self.world.rotas[rota].give_priority(age, staff);
            return true;
        }
        let Some((rota, spent)) = self.take_back_spent(staff) else {
            return false;
        };
        let age = self.age_now(rota, staff);
        let state = &mut self.world.rotas[rota];
        match spent {
            Spent::Priority(age) => state.give_priority(age, staff),
            Spent::Place { round } if round == state.round => state.set_turn(staff, Turn::Unspent),
            Spent::Debt if state.owes(staff) > 0 => *state.debt(staff) -= 1,
            Spent::Place { .. } | Spent::Debt => state.give_priority(age, staff),
        }
        self.world.person_mut(staff).used -= 1;
        true
    }

    /// What the visit spent in which somebody's claim began, taken out of the visit's record.
    fn take_back_spent(&mut self, staff: PersonId) -> Option<(usize, Spent)> {
        let before = self
            .case
            .owner_before
            .filter(|someone| someone.staff == staff)?;
        let visit = self.world.claim(before.claim?).opened_in?;
        let visit = self.world.visit_mut(visit);
        let place = visit
            .spent
            .iter()
            .position(|(person, _)| *person == staff)?;
        Some((visit.rota, visit.spent.remove(place).1))
    }

    /// A bye: the turn stays spent, but does not count as used.
    fn strike_turn(&mut self, rota: usize, staff: PersonId) -> bool {
        let Some(visit) = self.case.visit else {
            return false;
        };
        let visit = self.world.visit_mut(visit);
        let Some(place) = visit.spent.iter().position(|(person, _)| *person == staff) else {
            return false;
        };
        let (_, spent) = visit.spent.remove(place);
        let state = &mut self.world.rotas[rota];
        if spent == (Spent::Place { round: state.round }) {
            state.set_turn(staff, Turn::Bye);
        }
        self.world.person_mut(staff).used -= 1;
        true
    }
}
