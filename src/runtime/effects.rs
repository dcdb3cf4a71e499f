//! What happens besides the answers: notices, violations and their sanctions, a name taken for a visit that waits.

use super::act::{Act, Clauses, Grounds, Unsettled, said};
use super::ask::{Phase, holding, is_overridden, standing_of, with_asked};
use super::case::Offence;
use super::world::Timer;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::{FirstDay, LastDay, Length, SpanRule, Unit};
use crate::decision::{Costs, Wants, What};
use crate::event::PersonId;
use crate::policy::{
    Addressee, AmountValue, ClauseId, FactHow, Moment, Sanction, SanctionParts, Suspend,
    ViolationOf,
};
use crate::script::ScriptValue;
use crate::vocabulary::facts::Part;
use crate::vocabulary::words::Question;

/// The parts of a sanction that a script may give.
const PARTS: [&str; 7] = [
    "fine",
    "pay_back",
    "points",
    "suspended_turns",
    "suspended_days",
    "warning",
    "dismissed",
];
/// The most that a script may ask at once, in fen, points or turns: sums of it stay far from where counting ends.
pub const MOST: i64 = 1_000_000_000_000;

impl Act<'_> {
    /// Effects of clauses that answer nothing, on a moment.
    pub fn effects_on(&mut self, moment: Moment) {
        if self.law.policy.index.effects(moment).is_empty() {
            return;
        }
        let policy = &self.law.policy;
        let silent = policy.index.effects(moment).iter().copied();
        let silent: Clauses = silent
            .filter(|id| !policy.clause(*id).answers_something())
            .collect();
        if silent.is_empty() {
            return;
        }
        match holding(&self.reader(), silent) {
            Ok(holding) => {
                let grounds = self.grounds(standing_of(policy, &holding));
                self.effects_of(&grounds);
            }
            Err((clause, reason)) => {
                let about = self.at_hand();
                let unsettled = Unsettled::new(reason, Grounds::clause(clause));
                self.undecided(&about, Question::Sanction, &unsettled);
            }
        }
    }

    /// What something is about of which nothing else tells, by name: whom, else the visit, customer or deal.
    fn at_hand(&self) -> String {
        let case = &self.case;
        let actor = self.reader().part(Part::Actor);
        let actor = actor.map(|one| self.ids.person(one.staff));
        let visit = case.visit.map(|id| self.ids.visit(id));
        let customer = case.customer.map(|id| self.ids.customer(id));
        let deal = case.deal.map(|id| self.ids.deal(id));
        let about = actor.or(visit).or(customer).or(deal);
        about.unwrap_or_default().to_owned()
    }

    /// Effects of clauses whose answer to a question stands, where they come with that answer.
    pub fn effects_with(&mut self, question: Question, clauses: &[ClauseId]) {
        if clauses.is_empty() {
            return;
        }
        let policy = &self.law.policy;
        let carried = clauses.iter().copied();
        let mut carried: Clauses = carried
            .filter(|id| policy.clause(*id).has_effects())
            .filter(|id| policy.clause(*id).carries() == Some(question))
            .collect();
        if !carried.is_empty() {
            carried.sort_unstable();
            carried.dedup();
            let grounds = self.grounds(carried);
            self.effects_of(&grounds);
        }
    }

    /// Effects of clauses that stand.
    pub fn effects_of(&mut self, grounds: &Grounds) {
        let policy = &self.law.policy;
        let numbered = grounds.clauses.iter().enumerate();
        for (number, id) in numbered.filter(|(_, id)| policy.clause(**id).has_effects()) {
            let also = &policy.clause(*id).also;
            let own = Grounds {
                clauses: with_asked(&self.reader(), Clauses::from_slice(&[*id])),
                facts: grounds.facts.get(number).cloned().into_iter().collect(),
            };
            if let Some(who) = also.names {
                self.stood(&own);
                self.take_name(who);
            }
            for (who, what) in &also.violation {
                let people = self.reader().people(*who);
                for someone in people {
                    self.violation(someone.staff, *what, &own);
                }
            }
            for to in &also.notify {
                self.notify(*to, *id, &own);
            }
        }
    }

    /// The visit that waits is taken to have asked for somebody.
    fn take_name(&mut self, who: crate::policy::Who) {
        let someone = self.reader().one(who);
        if let (Some(visit), Some(someone)) = (self.case.visit, someone) {
            self.world.visit_mut(visit).named = Some(someone.staff);
        }
    }

    fn notify(&mut self, to: Addressee, clause: ClauseId, grounds: &Grounds) {
        if self.wants == Wants::Nothing {
            return;
        }
        let reader = self.reader();
        let message = said(
            &reader,
            self.ids,
            self.law.policy.clause(clause).says.as_ref(),
        );
        let to: Vec<Box<str>> = match to {
            Addressee::Role(role) => vec![self.ids.word(self.law.word(role)).into()],
            Addressee::Who(who) => reader
                .people(who)
                .iter()
                .map(|one| self.ids.person(one.staff).into())
                .collect(),
        };
        for to in to {
            self.decide(
                What::Notify {
                    to,
                    message: message.clone(),
                },
                grounds,
            );
        }
    }

    /// Somebody has broken a rule: told, counted, and sanctioned as the policy says.
    fn violation(&mut self, staff: PersonId, what: ViolationOf, grounds: &Grounds) {
        let (kind, recorded) = match what {
            ViolationOf::Kind(word) => (self.law.word(word), false),
            ViolationOf::AsRecorded => match self.case.offence {
                Some(offence) if offence.recorded => (offence.kind, true),
                _ => return,
            },
        };
        let about = self.violation_about(recorded);
        self.decide(What::Violation { staff, kind, about }, grounds);
        self.violations += 1;
        self.count_violation(staff, kind);
        let before = (self.case.offence, self.case.actor);
        self.case.offence = Some(Offence {
            staff,
            kind,
            recorded,
        });
        self.case.actor = Some(staff);
        self.tell(Moment::Violation);
        self.sanction(staff, kind);
        self.settle_claims(&[Moment::Violation], Phase::Both);
        if !recorded {
            self.effects_on(Moment::Violation);
        }
        (self.case.offence, self.case.actor) = before;
    }

    /// What a violation is about: as recorded; one that a clause finds, the deal, visit or customer at hand.
    fn violation_about(&self, recorded: bool) -> Option<Box<str>> {
        use crate::vocabulary::events::field;
        if recorded {
            let event = self.case.event?;
            return event.text(field::ABOUT).map(Into::into);
        }
        let deal = self.case.deal.map(|id| self.ids.deal(id));
        let visit = self.case.visit.map(|id| self.ids.visit(id));
        let customer = self.case.customer.map(|id| self.ids.customer(id));
        deal.or(visit).or(customer).map(Into::into)
    }

    fn count_violation(&mut self, staff: PersonId, kind: Name) {
        let law = self.law;
        for number in &law.counted {
            let FactHow::Story(story) = &law.policy.facts[*number].how else {
                continue;
            };
            let by_kind = story
                .same
                .contains(&crate::policy::SameField::Kind)
                .then_some(kind);
            let by_staff = story
                .same
                .contains(&crate::policy::SameField::Staff)
                .then_some(staff);
            let period = story
                .period
                .map_or(0, |period| law.policy.calendar.period_of(self.at, period));
            let count = self
                .world
                .violation_counts
                .entry((law.facts[*number], by_staff, by_kind))
                .or_insert((period, 0));
            if count.0 != period {
                *count = (period, 0);
            }
            count.1 += 1;
        }
    }

    fn sanction(&mut self, staff: PersonId, kind: Name) {
        let policy = &self.law.policy;
        let clauses: Clauses = policy
            .index
            .answering(Question::Sanction, Moment::Violation)
            .iter()
            .copied()
            .collect();
        let holding = match holding(&self.reader(), clauses) {
            Ok(holding) => holding,
            Err((clause, reason)) => return self.no_sanction(staff, clause, &reason),
        };
        let asks = standing_of(policy, &holding).into_iter().find_map(|id| {
            let clauses = Clauses::from_slice(&[id]);
            let ask = policy.clause(id).answers.sanction_ask;
            ask.map(|ask| self.goes_to(ask, clauses))
                .or_else(|| self.waiting(&[id]))
        });
        if let Some(unsettled) = asks {
            let about = self.ids.person(staff).to_owned();
            return self.undecided(&about, Question::Sanction, &unsettled);
        }
        let mut named: Vec<(ClauseId, PersonId, &Sanction)> = Vec::new();
        for id in &holding {
            for (who, sanction) in &policy.clause(*id).answers.sanction {
                let people = self.reader().people(*who).into_iter();
                named.extend(people.map(|someone| (*id, someone.staff, sanction)));
            }
        }
        let mut people: Vec<PersonId> = named.iter().map(|(_, person, _)| *person).collect();
        people.dedup();
        let mut done: Vec<PersonId> = Vec::new();
        for person in people {
            if !done.contains(&person) {
                done.push(person);
                self.sanction_of(person, kind, &named, &holding);
            }
        }
    }

    /// What one person pays, by the clauses that name the person and are not taken away by another that does.
    fn sanction_of(
        &mut self,
        staff: PersonId,
        kind: Name,
        named: &[(ClauseId, PersonId, &Sanction)],
        holding: &[ClauseId],
    ) {
        let policy = &self.law.policy;
        let theirs = named.iter().filter(|(_, person, _)| *person == staff);
        let theirs: Vec<(ClauseId, &Sanction)> =
            theirs.map(|(id, _, sanction)| (*id, *sanction)).collect();
        // A clause that gives the matter to a role takes it away from everybody.
        let takes = |by: &&ClauseId| {
            policy.clause(**by).answers.sanction_ask.is_some()
                || theirs.iter().any(|(id, _)| id == *by)
        };
        let takers: Vec<ClauseId> = holding.iter().filter(takes).copied().collect();
        let mut costs: Option<Costs> = None;
        let mut standing = Clauses::new();
        for (id, sanction) in &theirs {
            if is_overridden(policy, *id, &takers) {
                continue;
            }
            match self.costs(sanction) {
                Ok(more) if costs.as_ref().is_some_and(|known| *known != more) => {
                    return self.no_sanction(staff, *id, "two clauses sanction it differently");
                }
                Ok(more) => costs = Some(more),
                Err(reason) => return self.no_sanction(staff, *id, &reason),
            }
            standing.push(*id);
        }
        if let Some(costs) = costs {
            let grounds = self.grounds(standing);
            self.impose(staff, kind, costs, &grounds);
            let first = self.case.actor == Some(staff);
            if first {
                self.effects_of(&grounds);
            }
        }
    }

    /// A clause whose answer somebody allowed says what the violation at hand costs.
    pub fn grant_sanction(&mut self, grounds: &Grounds) {
        let policy = &self.law.policy;
        let (Some(offence), Some(id)) = (self.case.offence, grounds.clauses.first()) else {
            return;
        };
        for (who, sanction) in &policy.clause(*id).answers.sanction {
            for someone in self.reader().people(*who) {
                match self.costs(sanction) {
                    Ok(costs) => self.impose(someone.staff, offence.kind, costs, grounds),
                    Err(reason) => self.no_sanction(someone.staff, *id, &reason),
                }
            }
        }
    }

    fn no_sanction(&mut self, staff: PersonId, clause: ClauseId, reason: &str) {
        let about = self.ids.person(staff).to_owned();
        self.undecided(
            &about,
            Question::Sanction,
            &Unsettled::new(reason, Grounds::clause(clause)),
        );
    }

    fn costs(&self, sanction: &Sanction) -> Result<Costs, String> {
        match sanction {
            Sanction::Parts(parts) => Ok(self.costs_of(parts)),
            Sanction::Fact(fact) => {
                let FactHow::Script {
                    module,
                    function,
                    reads,
                } = &self.law.policy.facts[fact.index()].how
                else {
                    return Err("a sanction comes from a script".to_owned());
                };
                let answer = self.reader().run(module, function, reads);
                if let Some(reason) = self.fault.borrow_mut().take() {
                    return Err(reason);
                }
                match answer {
                    Some(ScriptValue::Map(parts)) => self.costs_from(&parts, module, function),
                    other => {
                        let kind = other.as_ref().map_or("nothing", ScriptValue::kind);
                        Err(format!(
                            "{module}::{function} must give a map of parts, not {kind}"
                        ))
                    }
                }
            }
        }
    }

    fn costs_of(&self, parts: &SanctionParts) -> Costs {
        let count = |amount| match self.law.amount(amount, self.at) {
            AmountValue::Count(count, _) => Some(*count),
            _ => None,
        };
        let money = |amount| self.law.money(amount, self.at);
        let mut costs = Costs {
            fine: parts.fine.and_then(money),
            pay_back: parts.pay_back.and_then(money),
            points: parts.points.and_then(count),
            warning: parts.warning,
            dismissed: parts.dismiss,
            paid_by: parts.paid_by.map(|word| self.law.word(word)),
            desk: parts.desk.map(|desk| {
                let rota = &self.law.policy.rotas[desk.index()];
                self.law.word(rota.desk)
            }),
            ..Costs::default()
        };
        match parts.suspend {
            Some(Suspend::For(amount)) => match self.law.amount(amount, self.at) {
                AmountValue::Count(turns, _) => costs.suspended_turns = Some(*turns),
                AmountValue::Length(length) => {
                    costs.suspended_until = Some(self.suspended_until(*length))
                }
                _ => {}
            },
            Some(Suspend::ToEndOf(period)) => {
                costs.suspended_until = Some(self.law.policy.calendar.after(self.at, period))
            }
            None => {}
        }
        costs
    }

    /// A suspension by days begins at once and lasts to the end of the last of these days.
    fn suspended_until(&self, length: Length) -> crate::base::time::Instant {
        let rule = SpanRule {
            first_day: FirstDay::Day0,
            last_day: LastDay::Included,
        };
        self.law.policy.calendar.end_of(self.at, length, rule).0
    }

    /// The same for a number of days; nothing for one that is out of reach.
    pub fn suspended_days(&self, days: i64) -> Option<crate::base::time::Instant> {
        let count = u32::try_from(days).ok().filter(|days| *days <= 36_600)?;
        Some(self.suspended_until(Length {
            count,
            unit: Unit::Days,
        }))
    }

    fn costs_from(
        &self,
        parts: &[(String, ScriptValue)],
        module: &str,
        function: &str,
    ) -> Result<Costs, String> {
        let mut costs = Costs::default();
        let wrong = |part: &str, value: &ScriptValue| {
            let known = PARTS.contains(&part);
            let value = match value {
                _ if !known => {
                    return Err(format!("{module}::{function}: there is no part `{part}`"));
                }
                ScriptValue::Int(number) => number.to_string(),
                other => other.kind().to_owned(),
            };
            Err(format!("{module}::{function}: {part} cannot be {value}"))
        };
        for (part, value) in parts {
            match (part.as_str(), value) {
                ("fine", ScriptValue::Int(fen)) if (0..=MOST).contains(fen) => {
                    costs.fine = Some(Fen::new(*fen))
                }
                ("pay_back", ScriptValue::Int(fen)) if (0..=MOST).contains(fen) => {
                    costs.pay_back = Some(Fen::new(*fen))
                }
                ("points", ScriptValue::Int(points)) if (-MOST..=MOST).contains(points) => {
                    costs.points = Some(*points)
                }
                ("suspended_turns", ScriptValue::Int(turns)) if (0..=MOST).contains(turns) => {
                    costs.suspended_turns = Some(*turns)
                }
                ("suspended_days", ScriptValue::Int(days)) => {
                    costs.suspended_until = self.suspended_days(*days);
                    if costs.suspended_until.is_none() {
                        return wrong(part, value);
                    }
                }
                ("warning", ScriptValue::Bool(warning)) => costs.warning = *warning,
                ("dismissed", ScriptValue::Bool(dismissed)) => costs.dismissed = *dismissed,
                _ => return wrong(part, value),
            }
        }
        Ok(costs)
    }

    /// Imposes a sanction.
    pub fn impose(&mut self, staff: PersonId, kind: Name, costs: Costs, grounds: &Grounds) {
        let person = self.world.person_mut(staff);
        person.fines += costs.fine.unwrap_or(Fen::ZERO);
        person.pay_back += costs.pay_back.unwrap_or(Fen::ZERO);
        person.points += costs.points.unwrap_or(0);
        let turns = costs.suspended_turns.unwrap_or(0);
        let imposed = self
            .world
            .imposed
            .entry((staff, kind, costs.paid_by))
            .or_default();
        imposed.fine += costs.fine.unwrap_or(Fen::ZERO);
        imposed.pay_back += costs.pay_back.unwrap_or(Fen::ZERO);
        imposed.points += costs.points.unwrap_or(0);
        imposed.turns += turns;
        let person = self.world.person_mut(staff);
        let begins = match costs.desk {
            Some(desk) => person.suspend_at(desk, turns, costs.suspended_until),
            None => {
                person.suspended_turns += turns;
                super::desks::until_later(&mut person.suspended_until, costs.suspended_until)
            }
        };
        if let Some(until) = begins {
            self.world.set_timer(
                until,
                Timer::Suspension {
                    person: staff,
                    seq: self.seq,
                },
            );
        }
        let dismissed = costs.dismissed;
        self.world.touch(staff);
        self.decide(What::Sanction { staff, kind, costs }, grounds);
        if dismissed {
            // What else the event brings is still about what it was about.
            let case = self.case;
            self.leaves(staff);
            self.case = case;
        }
    }
}
