//! What stands: bars of people about whom something has changed, and what time brings.

use super::act::{Act, Clauses, Unsettled};
use super::ask::{Phase, holding, standing_of};
use super::case::Case;
use super::world::Timer;
use crate::base::time::Period;
use crate::decision::What;
use crate::event::PersonId;
use crate::policy::Moment;
use crate::vocabulary::words::Question;

impl Act<'_> {
    /// Asks the standing questions again about whatever has changed.
    pub fn settle_standing(&mut self) {
        while let Some(person) = self.world.touched.pop() {
            if self.law.bars {
                self.settle_bar(person);
            }
        }
        self.settle_deals();
    }

    fn settle_bar(&mut self, staff: PersonId) {
        let kept = self.case;
        self.case = Case::at(self.at, self.case.event);
        self.case.actor = Some(staff);
        let policy = &self.law.policy;
        let clauses: Clauses = policy
            .index
            .standing(Question::Bar)
            .iter()
            .copied()
            .collect();
        match holding(&self.reader(), clauses) {
            Ok(holding) => {
                self.bar_becomes(staff, &standing_of(policy, &holding));
            }
            Err((clause, reason)) => {
                let about = self.ids.person(staff).to_owned();
                let grounds = super::act::Grounds::clause(clause);
                self.undecided(
                    &about,
                    Question::Bar,
                    &Unsettled::new(reason, grounds.clone()),
                );
            }
        }
        self.case = kept;
    }

    /// Tells when a bar begins, ends, or is about another item than before.
    fn bar_becomes(&mut self, staff: PersonId, standing: &Clauses) {
        let person = self.world.person_mut(staff);
        let now = (!standing.is_empty()).then(|| person.failed.last().copied());
        let before = std::mem::replace(&mut person.barred, now);
        if before.is_some() == now.is_some() {
            return;
        }
        let item = now.or(before).flatten();
        let grounds = match now {
            Some(_) => self.grounds(standing.clone()),
            // What lifts a bar are the clauses that no longer hold.
            None => self.grounds(
                self.law
                    .policy
                    .index
                    .standing(Question::Bar)
                    .iter()
                    .copied()
                    .collect(),
            ),
        };
        self.decide(
            What::Bar {
                staff,
                barred: now.is_some(),
                item,
            },
            &grounds,
        );
    }

    /// What time brings: a window ends, a suspension is over.
    pub fn time_comes(&mut self, timer: Timer) {
        match timer {
            Timer::Window { of, window, .. } => self.window_ended(of, window),
            Timer::Closing { period } => self.period_ended(period),
            Timer::Suspension { person, .. } => {
                let known = self.world.person_mut(person);
                if known.suspended_until.is_some_and(|until| until <= self.at) {
                    known.suspended_until = None;
                }
                for desk in &mut known.suspended_at {
                    desk.until = desk.until.filter(|until| *until > self.at);
                }
                self.world.touch(person);
            }
            Timer::Priority { desk, number, .. } => {
                let rota = self.world.rotas.iter().position(|rota| rota.desk == desk);
                if let Some(rota) = rota {
                    self.priority_expires(rota, number);
                }
            }
        }
        self.move_windows();
        self.settle_standing();
    }

    /// A day, week, month, quarter or year of the office is over: asked of everybody who receives and has not left.
    fn period_ended(&mut self, period: Period) {
        self.world.closings.retain(|known| *known != period);
        let moment = Moment::PeriodEnds(period);
        for number in 0..self.world.people.len() {
            let person = &self.world.people[number];
            if person.receives == 0 || person.left {
                continue;
            }
            self.case = Case::at(self.at, None);
            self.case.actor = u32::try_from(number).ok().map(PersonId);
            self.tell(moment);
            self.effects_on(moment);
            self.settle_turns(&[moment], Phase::Both);
        }
    }
}
