//! The rota: who is passed over, when a round ends, and when a new one begins.

use super::act::{Act, Grounds, Unsettled};
use super::ask::{Answer, Phase};
use super::desks::Turn;
use super::order::Plan;
use super::presence::{can_receive_at, is_kept_by, suspension_counts};
use crate::event::{Event, PersonId, VisitId};
use crate::policy::{ClauseId, Line, Moment, RotaDay, RotaOrder, RotaRound, TurnTo};
use crate::vocabulary::events::field;
use crate::vocabulary::words::{PassReason, Question, TurnEffect};
use smallvec::SmallVec;

impl Act<'_> {
    /// Whom the desk of a visit would choose, without choosing.
    pub fn planned(&self, visit: VisitId) -> Option<Plan> {
        let visit = self.world.visit(visit)?;
        self.reader().plan(visit.rota, &visit.excluded)
    }

    /// The last in the order of a visit's desk who can receive.
    pub fn last_in_order(&self, visit: VisitId) -> Option<PersonId> {
        let visit = self.world.visit(visit)?;
        let can = |staff: &PersonId| {
            !visit.excluded.contains(staff) && can_receive_at(self.world, visit.rota, *staff)
        };
        self.reader()
            .in_order(visit.rota)
            .iter()
            .copied()
            .rev()
            .find(can)
    }

    /// What a new day of the office does to its desks: rounds that restart begin anew, and nobody has signed in yet.
    pub fn restart_rounds(&mut self) {
        let law = self.law;
        let mut signs = false;
        for (number, rota) in law.policy.rotas.iter().enumerate() {
            let by_sign_in = match &rota.order {
                RotaOrder::By(line) | RotaOrder::Keys { ties: line, .. } => *line == Line::SignIn,
            };
            if rota.day != RotaDay::Restarts && !by_sign_in {
                continue;
            }
            let today = law.policy.calendar.day_of(self.at);
            let state = &mut self.world.rotas[number];
            let begins = state.day.is_some_and(|day| day != today);
            state.day = Some(today);
            if begins && rota.day == RotaDay::Restarts {
                self.begin_round(number);
            }
            if begins && by_sign_in {
                signs = true;
                for staff in self.world.rotas[number].roster.clone() {
                    self.world.touch(staff);
                }
            }
        }
        if signs {
            self.settle_standing();
        }
    }

    /// A new round begins in the order of now; priority turns that were good for the one before are over.
    pub fn begin_round(&mut self, rota: usize) {
        let order = self.reader().new_order(rota);
        let state = &mut self.world.rotas[rota];
        state.begin_round(order);
        let round = state.round;
        let over = state
            .priority
            .iter()
            .filter(|turn| turn.round.is_some_and(|last| last < round));
        let over: SmallVec<[u64; 4]> = over.map(|turn| turn.number).collect();
        for number in over {
            self.priority_expires(rota, number);
        }
    }

    /// A new roster of a desk stands in the desk's order.
    fn set_roster(&mut self, rota: usize, order: &[PersonId]) {
        self.world.rotas[rota].set_roster(order);
        let places = self.reader().new_order(rota);
        self.world.rotas[rota].places = places;
    }

    /// A roster of a desk, as an event gives it.
    pub fn roster(&mut self, event: &Event, moment: Moment) {
        let law = self.law;
        let desk = event.word(field::DESK);
        let place = law
            .policy
            .rotas
            .iter()
            .position(|rota| Some(law.word(rota.desk)) == desk)
            .unwrap_or(0);
        let order = event.persons(field::ORDER);
        self.set_roster(place, order);
        for id in order {
            self.world.touch(*id);
        }
        self.case.desk = Some(place);
        self.tell(moment);
        self.effects_on(moment);
    }

    /// Two agents change places.
    pub fn swap(&mut self, event: &Event) {
        let (Some(one), Some(other)) =
            (event.person(field::STAFF), event.person(field::COUNTERPART))
        else {
            return;
        };
        for rota in &mut self.world.rotas {
            let place = |id: PersonId| rota.places.iter().position(|known| *known == id);
            if let (Some(one), Some(other)) = (place(one), place(other)) {
                rota.places.swap(one, other);
            }
        }
        self.anything_else(Moment::Event(event.kind));
    }

    /// Somebody's first sign-in of the day: behind those who have signed in already, where that is the order.
    pub fn signs_in(&mut self, staff: PersonId) {
        if self.reader().signed_in(staff).is_some() {
            return;
        }
        self.world.person_mut(staff).signed_in = Some(self.at);
        let law = self.law;
        for (number, rota) in law.policy.rotas.iter().enumerate() {
            let by_sign_in = rota.order == RotaOrder::By(Line::SignIn);
            let mut places = self.world.rotas[number].places.clone();
            if !by_sign_in || !places.contains(&staff) {
                continue;
            }
            places.retain(|other| *other != staff);
            let reader = self.reader();
            let last = places
                .iter()
                .rposition(|other| reader.signed_in(*other).is_some());
            places.insert(last.map_or(0, |last| last + 1), staff);
            self.world.rotas[number].places = places;
        }
    }

    /// What a desk's choice does to those who are passed over: rounds that end, then those placed before.
    pub fn pass_over(&mut self, rota: usize, plan: &Plan) {
        if plan.priority.is_some() || self.has_no_rounds(rota) {
            return;
        }
        let mut costed = self.rounds_end(rota, plan);
        let before = self.reader().before(rota, plan.staff);
        self.pass_each(rota, &before, &mut costed);
    }

    fn has_no_rounds(&self, rota: usize) -> bool {
        self.law.policy.rotas[rota].round == RotaRound::None
    }

    /// Ends the rounds that had to end for a choice; gives whom that has cost a turn.
    pub fn rounds_end(&mut self, rota: usize, plan: &Plan) -> SmallVec<[PersonId; 4]> {
        let mut costed: SmallVec<[PersonId; 4]> = SmallVec::new();
        for _ in 0..plan.rounds_end {
            self.end_round(rota, &mut costed);
        }
        costed
    }

    /// Whether somebody was taken off the visit at hand, which then costs no turn of theirs.
    fn is_excluded(&self, staff: PersonId) -> bool {
        let visit = self.case.visit.and_then(|visit| self.world.visit(visit));
        visit.is_some_and(|visit| visit.excluded.contains(&staff))
    }

    /// Passes over those whose turn is unspent; a visit costs nobody more than one turn.
    fn pass_each(&mut self, rota: usize, staff: &[PersonId], costed: &mut SmallVec<[PersonId; 4]>) {
        for person in staff {
            let unspent = self.world.rotas[rota].turn(*person).is_unspent();
            if unspent
                && !self.is_excluded(*person)
                && !costed.contains(person)
                && self.pass_one(rota, *person)
            {
                costed.push(*person);
            }
        }
    }

    /// Passes one over; says whether it cost the turn.
    fn pass_one(&mut self, rota: usize, staff: PersonId) -> bool {
        self.case.passed = Some(staff);
        let row = self.row_for(rota, staff);
        let Some(reason) = row
            .map(|(_, reason)| reason)
            .or_else(|| self.reason_for(rota, staff))
        else {
            return false;
        };
        let suspended = reason == PassReason::Suspended;
        self.tell(Moment::PassedOver);
        self.effects_on(Moment::PassedOver);
        let mut answer =
            row.map(|((effect, clause), _)| (TurnTo::just(effect), Grounds::clause(clause)));
        match self.ask_turn(&[Moment::PassedOver], Phase::Both) {
            Answer::Gap => {}
            Answer::One(said, _) => {
                if let Some((_, to, grounds)) =
                    said.into_iter().find(|(person, _, _)| *person == staff)
                {
                    answer = Some((to, grounds));
                }
            }
            Answer::Open(unsettled) => {
                let about = self.ids.person(staff).to_owned();
                self.undecided(&about, Question::Turn, &unsettled);
                return false;
            }
        }
        let Some(answer) = answer else {
            let about = self.ids.person(staff).to_owned();
            let nothing = "neither a row nor a clause says what becomes of the turn";
            let unsettled = Unsettled::new(nothing, Grounds::default());
            self.undecided(&about, Question::Turn, &unsettled);
            return false;
        };
        if suspended {
            let desk = self.world.rotas[rota].desk;
            let person = self.world.person_mut(staff);
            suspension_counts(person, desk);
            self.world.touch(staff);
        }
        let turn = self.world.rotas[rota].turn(staff);
        if turn == Turn::Kept {
            return false;
        }
        let away = reason == PassReason::Away;
        self.turn_becomes(rota, staff, answer.0, &answer.1);
        self.effects_with(Question::Turn, &answer.1.clauses);
        let lost = answer.0.effect == TurnEffect::Forfeited;
        if lost
            && away
            && let Some(away) = &mut self.world.person_mut(staff).away
        {
            away.lost += 1;
        }
        lost
    }

    /// Why somebody cannot receive now.
    fn reason_for(&self, rota: usize, staff: PersonId) -> Option<PassReason> {
        let person = self.world.person(staff)?;
        let desk = self.world.rotas[rota].desk;
        let mut reasons = PassReason::ALL.iter().copied();
        reasons.find(|reason| is_kept_by(person, desk, *reason))
    }

    /// The first row of the table that applies to somebody who cannot receive now.
    fn row_for(
        &self,
        rota: usize,
        staff: PersonId,
    ) -> Option<((TurnEffect, ClauseId), PassReason)> {
        let person = self.world.person(staff)?;
        let desk = self.world.rotas[rota].desk;
        let reader = self.reader();
        let rows = &self.law.policy.rotas[rota].passed_over;
        let row = rows.iter().find(|row| {
            is_kept_by(person, desk, row.reason)
                && self.law.in_force(row.clause, self.at)
                && reader.all(&row.when)
        })?;
        Some(((row.effect, row.clause), row.reason))
    }

    /// Ends the round: whoever still has a turn is passed over, then the policy says what becomes of it.
    fn end_round(&mut self, rota: usize, costed: &mut SmallVec<[PersonId; 4]>) {
        let places: SmallVec<[PersonId; 8]> =
            self.world.rotas[rota].places.iter().copied().collect();
        let before: SmallVec<[PersonId; 4]> = costed.clone();
        self.ending = true;
        self.pass_each(rota, &places, costed);
        for staff in places {
            if !self.world.rotas[rota].turn(staff).is_unspent() {
                continue;
            }
            if self.is_excluded(staff) || before.contains(&staff) {
                // The visit may not cost this turn, so it is kept.
                self.world.rotas[rota].set_turn(staff, Turn::Kept);
            }
            self.case.passed = Some(staff);
            self.tell(Moment::RoundEnds);
            self.effects_on(Moment::RoundEnds);
            self.settle_turns(&[Moment::RoundEnds], Phase::Both);
            if self.world.rotas[rota].turn(staff) == Turn::Forfeited {
                costed.push(staff);
            }
        }
        self.case.passed = None;
        self.ending = false;
        self.begin_round(rota);
    }
}
