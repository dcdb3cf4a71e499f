//! What becomes of a turn: used, lost, kept, given back; and priority turns, from when they are given to their end.

use super::act::{Act, Clauses, Grounds};
use super::ask::{Answer, Phase};
use super::desks::{Age, PriorityTurn, Spent, SpentTurn, Turn};
use super::world::Timer;
use crate::base::time::{FirstDay, Instant, LastDay, SpanRule};
use crate::decision::{OfPriority, What};
use crate::event::PersonId;
use crate::policy::{Moment, RotaRound, TurnTo, Valid};
use crate::vocabulary::events::{KINDS, kind};
use crate::vocabulary::facts::Part;
use crate::vocabulary::words::{Question, TurnEffect};

/// What has been done to a turn: at which desk, and which priority turn it was.
type Done = Option<(usize, Option<OfPriority>)>;

impl Act<'_> {
    /// Asks what becomes of turns, and does it.
    pub fn settle_turns(&mut self, moments: &[Moment], phase: Phase) {
        match self.ask_turn(moments, phase) {
            Answer::Gap => {}
            Answer::One(said, _) => {
                let mut clauses = Clauses::new();
                for (staff, to, grounds) in said {
                    self.take_turn(staff, to, &grounds);
                    clauses.extend(grounds.clauses);
                }
                self.effects_with(Question::Turn, &clauses);
            }
            Answer::Open(unsettled) => {
                let about = match (self.case.visit, self.case.passed) {
                    (_, Some(staff)) => self.ids.person(staff).to_owned(),
                    (Some(visit), None) => self.ids.visit(visit).to_owned(),
                    (None, None) => {
                        let actor = self.reader().part(Part::Actor);
                        actor.map_or(String::new(), |one| self.ids.person(one.staff).to_owned())
                    }
                };
                self.undecided(&about, Question::Turn, &unsettled);
            }
        }
    }

    fn take_turn(&mut self, staff: PersonId, to: TurnTo, grounds: &Grounds) {
        let desk = to.desk.map(|desk| desk.index());
        let rota = desk.or_else(|| self.reader().desk_of(staff)).unwrap_or(0);
        self.serves_in_turn(rota, staff, to);
        self.turn_becomes(rota, staff, to, grounds);
    }

    /// A clause whose answer somebody allowed says what becomes of turns.
    pub fn grant_turn(&mut self, grounds: &Grounds) {
        let policy = &self.law.policy;
        for id in &grounds.clauses {
            for (who, to) in &policy.clause(*id).answers.turn {
                for someone in self.reader().people(*who) {
                    self.take_turn(someone.staff, *to, grounds);
                }
            }
        }
    }

    /// A call, or what an office's own event brings, uses a turn at a desk where no visit waits to be given out: whoever
    /// is next there is served as if the desk had chosen, and those before are passed over.
    fn serves_in_turn(&mut self, rota: usize, staff: PersonId, to: TurnTo) {
        let serves = self.case.event.is_some_and(|event| {
            event.kind == kind::PHONE_INQUIRY || usize::from(event.kind.0) >= KINDS.len()
        });
        let of_visit = self.case.visit.and_then(|visit| self.world.visit(visit));
        let visits = self.case.desk.is_none() && of_visit.is_some_and(|visit| visit.rota == rota);
        if to.effect != TurnEffect::Used || !serves || visits {
            return;
        }
        let plan = self.reader().plan(rota, &[]);
        if let Some(plan) = plan.filter(|plan| plan.staff == staff) {
            let desk = self.case.desk.replace(rota);
            self.pass_over(rota, &plan);
            (self.case.desk, self.case.passed) = (desk, None);
            self.rota_gave = Some((staff, plan.priority));
        }
    }

    /// Does to a turn what was answered, and tells it if anything changed.
    pub fn turn_becomes(&mut self, rota: usize, staff: PersonId, to: TurnTo, grounds: &Grounds) {
        let plain = |changed: bool| changed.then_some((rota, None));
        let done = match to.effect {
            TurnEffect::Used => self.use_turn(rota, staff),
            TurnEffect::NotUsed => plain(true),
            TurnEffect::Forfeited => plain(self.forfeit(rota, staff)),
            TurnEffect::Kept => plain(self.mark(rota, staff, Turn::Kept)),
            TurnEffect::Open => plain(self.mark(rota, staff, Turn::Open)),
            TurnEffect::Returned => self.return_turn(rota, staff, to, grounds),
            TurnEffect::Bye => self.strike_turn(staff),
            TurnEffect::Priority => {
                Some((rota, Some(self.priority_given(rota, staff, to, grounds))))
            }
            TurnEffect::Expired => None,
        };
        if let Some((rota, of)) = done {
            self.world.touch(staff);
            let desk = self.world.rotas[rota].desk;
            self.decide(
                What::Turn {
                    staff,
                    desk,
                    effect: to.effect,
                    of,
                },
                grounds,
            );
        }
    }

    /// A turn given by the rota is spent as it was given; one used out of order is this round's, else a later one's.
    fn use_turn(&mut self, rota: usize, staff: PersonId) -> Done {
        let given = self
            .rota_gave
            .filter(|(person, _)| *person == staff)
            .and_then(|(_, priority)| priority);
        if !self.world.rotas[rota].roster.contains(&staff) {
            return None;
        }
        let mates = self.reader().mates(rota, staff);
        let rounds = self.law.policy.rotas[rota].round == RotaRound::OneEach;
        let state = &mut self.world.rotas[rota];
        let priority = given.and_then(|number| state.take_priority(number));
        let of = priority.as_ref().map(of_priority);
        let how = if let Some(turn) = priority {
            turn.timer.and_then(|key| self.world.timers.remove(&key));
            Spent::Priority(Box::new(turn))
        } else if !rounds {
            Spent::Counted
        } else if state.turn(staff).is_unspent() {
            state.use_places(staff, &mates);
            Spent::Place { round: state.round }
        } else {
            for person in mates.iter().chain([&staff]) {
                *state.debt(*person) += 1;
            }
            Spent::Debt
        };
        self.remember_spent(SpentTurn { staff, rota, how });
        self.turn_counts(rota, staff);
        Some((rota, of))
    }

    fn turn_counts(&mut self, rota: usize, staff: PersonId) {
        self.world.rotas[rota].count_used(staff, 1);
        let person = self.world.person_mut(staff);
        person.used += 1;
        person.last_turn = Some(self.at);
    }

    /// This round's turn of somebody was spent before the office moved in; says whether it was not spent here already.
    pub fn spend(&mut self, rota: usize, staff: PersonId) -> bool {
        if !self.world.rotas[rota].turn(staff).is_unspent() {
            return false;
        }
        let mates = self.reader().mates(rota, staff);
        self.world.rotas[rota].use_places(staff, &mates);
        self.turn_counts(rota, staff);
        true
    }

    /// What a turn was spent on remembers it: the visit at hand, else the customer who called.
    fn remember_spent(&mut self, spent: SpentTurn) {
        let calls = self.case.desk.is_some();
        match (self.case.visit.filter(|_| !calls), self.case.customer) {
            (Some(visit), _) => self.world.visit_mut(visit).spent.push(spent),
            (None, Some(customer)) => self.world.customer_mut(customer).spent.push(spent),
            (None, None) => {}
        }
    }

    fn forfeit(&mut self, rota: usize, staff: PersonId) -> bool {
        let rounds = self.law.policy.rotas[rota].round == RotaRound::OneEach;
        let state = &mut self.world.rotas[rota];
        if !rounds || !state.turn(staff).is_unspent() {
            return false;
        }
        state.set_turn(staff, Turn::Forfeited);
        let person = self.world.person_mut(staff);
        person.forfeited += 1;
        person.last_turn = Some(self.at);
        true
    }

    /// A kept turn stays kept for the round.
    fn mark(&mut self, rota: usize, staff: PersonId, turn: Turn) -> bool {
        let rounds = self.law.policy.rotas[rota].round == RotaRound::OneEach;
        let state = &mut self.world.rotas[rota];
        let now = state.turn(staff);
        let changes = rounds && now.is_unspent() && now != Turn::Kept && now != turn;
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
    fn priority_given(
        &mut self,
        rota: usize,
        staff: PersonId,
        to: TurnTo,
        grounds: &Grounds,
    ) -> OfPriority {
        let instead = self.case.passed == Some(staff) || self.returning;
        let state = &mut self.world.rotas[rota];
        if instead && state.turn(staff).is_unspent() {
            state.set_turn(staff, Turn::Used);
        }
        let turn = self.new_priority(rota, staff, to, grounds);
        let of = of_priority(&turn);
        self.world.rotas[rota].add_priority(turn);
        of
    }

    /// A priority turn that begins now, with what ends it.
    fn new_priority(
        &mut self,
        rota: usize,
        staff: PersonId,
        to: TurnTo,
        grounds: &Grounds,
    ) -> PriorityTurn {
        self.world.priority_given += 1;
        let number = self.world.priority_given;
        let word = || {
            let known = self.ids.words.get(super::events::PRIORITY_KIND);
            known.expect("known from the start")
        };
        let kind = to.kind.map_or_else(word, |kind| self.law.word(kind));
        let until = to.valid.and_then(|valid| self.good_until(valid));
        let timer = until.map(|until| self.priority_timer(rota, number, self.seq, until));
        // At the end of a round it is the next that it is good for.
        let ends = u64::from(self.ending);
        let round = self.world.rotas[rota].round + ends;
        PriorityTurn {
            number,
            age: self.age_now(rota, staff),
            staff,
            kind,
            given: self.seq,
            law: self.law.clone(),
            because: grounds.clauses.iter().copied().collect(),
            until,
            round: (to.valid == Some(Valid::Round)).then_some(round),
            timer,
        }
    }

    fn good_until(&self, valid: Valid) -> Option<Instant> {
        let calendar = &self.law.policy.calendar;
        match valid {
            Valid::Round => None,
            Valid::Day => Some(calendar.start_of(calendar.day_of(self.at).plus(1))),
            Valid::Length(amount) => {
                let rule = SpanRule {
                    first_day: FirstDay::Day0,
                    last_day: LastDay::Included,
                };
                let length = self.law.length(amount, self.at);
                Some(calendar.end_of(self.at, length, rule).0)
            }
        }
    }

    fn priority_timer(
        &mut self,
        rota: usize,
        number: u64,
        seq: u64,
        until: Instant,
    ) -> super::world::TimerKey {
        let desk = self.world.rotas[rota].desk;
        self.world
            .set_timer(until.max(self.at), Timer::Priority { desk, number, seq })
    }

    /// A priority turn is over without having been used.
    pub fn priority_expires(&mut self, rota: usize, number: u64) {
        let Some(turn) = self.world.rotas[rota].take_priority(number) else {
            return;
        };
        self.world.touch(turn.staff);
        let of = of_priority(&turn);
        let grounds = Grounds {
            clauses: turn.because.iter().copied().collect(),
            facts: Vec::new(),
        };
        let what = What::Turn {
            staff: turn.staff,
            desk: self.world.rotas[rota].desk,
            effect: TurnEffect::Expired,
            of: Some(of),
        };
        self.decide_under(&turn.law, what, &grounds, Vec::new());
    }

    /// Gives back what a reception or a call has spent; on return, the first turn that the absence cost.
    fn return_turn(&mut self, rota: usize, staff: PersonId, to: TurnTo, grounds: &Grounds) -> Done {
        if self.returning {
            let away = self.world.person(staff)?.away.as_ref()?;
            if away.lost == 0 {
                return None;
            }
            self.world.person_mut(staff).forfeited -= 1;
            let turn = self.new_priority(rota, staff, to, grounds);
            let of = of_priority(&turn);
            self.world.rotas[rota].add_priority(turn);
            return Some((rota, Some(of)));
        }
        let spent = self.take_back_spent(staff, to)?;
        let rota = spent.rota;
        let mates = self.reader().mates(rota, staff);
        let state = &mut self.world.rotas[rota];
        let mut of = None;
        match spent.how {
            Spent::Priority(turn) => of = Some(self.give_back(rota, *turn)),
            Spent::Counted => {}
            Spent::Place { round } if round == state.round => {
                state.set_turn(staff, Turn::Unspent);
                for mate in &mates {
                    if state.turn(*mate) == Turn::Used {
                        state.set_turn(*mate, Turn::Unspent);
                    }
                }
            }
            Spent::Debt if state.owes(staff) > 0 => {
                for person in mates.iter().chain([&staff]) {
                    let debt = state.debt(*person);
                    *debt = debt.saturating_sub(1);
                }
            }
            Spent::Place { .. } | Spent::Debt => {
                let turn = self.new_priority(rota, staff, to, grounds);
                of = Some(of_priority(&turn));
                self.world.rotas[rota].add_priority(turn);
            }
        }
        self.world.rotas[rota].count_used(staff, -1);
        self.world.person_mut(staff).used -= 1;
        Some((rota, of))
    }

    /// A priority turn that was used comes back as it was, its end too.
    fn give_back(&mut self, rota: usize, mut turn: PriorityTurn) -> OfPriority {
        turn.timer = turn
            .until
            .map(|until| self.priority_timer(rota, turn.number, turn.given, until));
        let of = of_priority(&turn);
        self.world.rotas[rota].add_priority(turn);
        of
    }

    /// What was spent, taken out of the record: where somebody is recognised, by the visit in which the owner's claim
    /// began; else by the visit at hand, by the customer's call, and last by that visit.
    fn take_back_spent(&mut self, staff: PersonId, to: TurnTo) -> Option<SpentTurn> {
        let claim = self
            .case
            .owner_before
            .filter(|someone| someone.staff == staff)
            .and_then(|someone| someone.claim);
        let began = claim.and_then(|claim| self.world.claim(claim).opened_in);
        let is_it = |spent: &SpentTurn| {
            spent.staff == staff && to.desk.is_none_or(|desk| desk.index() == spent.rota)
        };
        let first = began.filter(|_| self.case.recognised.is_some());
        for visit in [first, self.case.visit].into_iter().flatten() {
            let spent = &mut self.world.visit_mut(visit).spent;
            if let Some(place) = spent.iter().position(is_it) {
                return Some(spent.remove(place));
            }
            if Some(visit) == first {
                return None;
            }
        }
        if let Some(customer) = self.case.customer {
            let spent = &mut self.world.customer_mut(customer).spent;
            if let Some(place) = spent.iter().rposition(is_it) {
                return spent.remove(place);
            }
        }
        let spent = &mut self.world.visit_mut(began?).spent;
        let place = spent.iter().position(is_it)?;
        Some(spent.remove(place))
    }

    /// A bye: the turn stays spent, but does not count as used.
    fn strike_turn(&mut self, staff: PersonId) -> Done {
        let visit = self.world.visit_mut(self.case.visit?);
        let place = visit.spent.iter().position(|spent| spent.staff == staff)?;
        let spent = visit.spent.remove(place);
        let state = &mut self.world.rotas[spent.rota];
        if spent.how == (Spent::Place { round: state.round }) {
            state.set_turn(staff, Turn::Bye);
        }
        state.count_used(staff, -1);
        self.world.person_mut(staff).used -= 1;
        Some((spent.rota, None))
    }
}

/// A priority turn as decisions tell of it.
fn of_priority(turn: &PriorityTurn) -> OfPriority {
    OfPriority {
        kind: turn.kind,
        until: turn.until,
        given: turn.given,
    }
}
