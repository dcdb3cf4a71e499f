//! Reads terms and conditions in a case. Nothing here changes anything.

use super::case::{Case, People, Reader, Someone, Val};
use super::levies::part_of;
use super::world::{ClaimId, Deal, Subject};
use crate::base::money::Fen;
use crate::base::time::Instant;
use crate::event::{CustomerId, PersonId};
use crate::policy::{
    AmountValue, Arithmetic, Comparison, Condition, Const, FactHow, FactId, Of, PeopleFrom,
    PeopleId, PermissionId, Pick, Term, Test, Who, WindowId,
};
use crate::script::ScriptValue;
use crate::vocabulary::facts::Type;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// A stretch of time that was read.
struct Span {
    start: Instant,
    end: Instant,
    /// Whether it is open: begun, not closed, not over.
    open: bool,
    /// Whether it looks back, so that its end lies inside.
    back: bool,
}

impl<'a> Reader<'a> {
    /// The same reader in a case that differs.
    pub fn with(&self, change: impl FnOnce(&mut Case<'a>)) -> Reader<'a> {
        let mut reader = *self;
        change(&mut reader.case);
        reader
    }

    /// Whether all of these hold.
    pub fn all(&self, conditions: &[Condition]) -> bool {
        conditions
            .iter()
            .all(|condition| self.test(&condition.test))
    }

    /// Whether any of these holds.
    pub fn any(&self, conditions: &[Condition]) -> bool {
        conditions
            .iter()
            .any(|condition| self.test(&condition.test))
    }

    /// Whether a test holds; what is missing makes it false.
    pub fn test(&self, test: &Test) -> bool {
        match test {
            Test::Is(term) => self.read(term) == Val::Flag(true),
            Test::Not(inner) => !self.test(inner),
            Test::All(tests) => tests.iter().all(|test| self.test(test)),
            Test::Any(tests) => tests.iter().any(|test| self.test(test)),
            Test::Compare(left, how, right) => {
                self.compare(self.read(left), *how, self.read(right))
            }
            Test::OneOf(term, words) => match self.read(term) {
                Val::Word(word) => words.iter().any(|known| self.law.word(*known) == word),
                _ => false,
            },
            Test::InAmount(term, amount) => {
                match (self.read(term), self.law.amount(*amount, self.case.at)) {
                    (Val::Word(word), AmountValue::Words(words)) => {
                        words.iter().any(|known| self.law.word(*known) == word)
                    }
                    _ => false,
                }
            }
            Test::InWindow(time, whose, window) => self.in_window(time, whose, *window),
        }
    }

    fn in_window(&self, time: &Term, whose: &Term, window: WindowId) -> bool {
        let Val::Time(at) = self.read(time) else {
            return false;
        };
        self.span(whose, window)
            .is_some_and(|span| span.start <= at && (at < span.end || span.back && at == span.end))
    }

    /// The last window of that name of a value, or the one that looks back from it.
    fn span(&self, whose: &Term, window: WindowId) -> Option<Span> {
        let value = self.read(whose);
        let declared = &self.law.policy.windows[window.index()];
        if let Some(from) = &declared.back_from {
            let Val::Time(end) = self.inside(value)?.read(from) else {
                return None;
            };
            let length = self.law.length(declared.length, end);
            let start = self
                .law
                .policy
                .calendar
                .begin_of(end, length, declared.rule);
            return Some(Span {
                start: start.0,
                end,
                open: false,
                back: true,
            });
        }
        let of = self.subject(declared.of, value)?;
        let own = self.world.window(of, self.law.window_name(window))?;
        Some(Span {
            start: own.start,
            end: own.end,
            open: own.timer.is_some(),
            back: false,
        })
    }

    /// Whose windows and story a value has.
    pub fn subject(&self, of: Of, value: Val) -> Option<Subject> {
        Some(match (of, value) {
            (Of::Claim, Val::Who(someone)) => Subject::Claim(self.claim(someone)?),
            (Of::Staff, Val::Who(someone)) => Subject::Staff(someone.staff),
            (Of::Customer, Val::Customer(customer)) => Subject::Customer(customer),
            (Of::Visit, Val::Visit(visit)) => Subject::Visit(visit),
            (Of::Deal, Val::Deal(deal)) => Subject::Deal(deal),
            _ => return None,
        })
    }

    fn compare(&self, left: Val, how: Comparison, right: Val) -> bool {
        let Some(order) = order(left, right) else {
            return false;
        };
        match how {
            Comparison::Equal => order == Ordering::Equal,
            Comparison::NotEqual => order != Ordering::Equal,
            Comparison::Less => order == Ordering::Less,
            Comparison::LessOrEqual => order != Ordering::Greater,
            Comparison::Greater => order == Ordering::Greater,
            Comparison::GreaterOrEqual => order != Ordering::Less,
        }
    }

    /// The value of a term.
    pub fn read(&self, term: &Term) -> Val {
        match term {
            Term::Const(Const::Flag(flag)) => Val::Flag(*flag),
            Term::Const(Const::Count(count)) => Val::Count(*count),
            Term::Const(Const::Fraction(part)) => Val::Part(*part),
            Term::Const(Const::Word(word)) => Val::Word(self.law.word(*word)),
            Term::Amount(amount) => match self.law.amount(*amount, self.case.at) {
                AmountValue::Count(count, _) => Val::Count(*count),
                AmountValue::Money(fen, _) => Val::Money(*fen),
                AmountValue::Parts(parts) => Val::Count(i64::try_from(*parts).unwrap_or(i64::MAX)),
                AmountValue::Fraction(part) => Val::Part(*part),
                AmountValue::Length(length) => length.days().map_or(Val::Missing, Val::Count),
                AmountValue::Clock(clock) => Val::Clock(*clock),
                AmountValue::Words(_) => Val::Missing,
            },
            Term::Who(who) => self.one(*who).map_or(Val::Missing, Val::Who),
            Term::Event | Term::Violation | Term::Office => Val::Here,
            Term::Visit => self.case.visit.map_or(Val::Missing, Val::Visit),
            Term::Customer => self.case.customer.map_or(Val::Missing, Val::Customer),
            Term::Record => self
                .case
                .record
                .map_or(Val::Missing, |(record, _)| Val::Customer(record)),
            Term::SameKey(key) => self
                .case
                .record
                .map_or(Val::Missing, |(_, same)| Val::Flag(same & (1 << key) != 0)),
            Term::SameKeys => self.case.record.map_or(Val::Missing, |(_, same)| {
                Val::Flag(usize::try_from(same.count_ones()) == Ok(self.law.policy.keys.len()))
            }),
            Term::Deal => self.case.deal.map_or(Val::Missing, Val::Deal),
            Term::Field(field) => self.field_value(*field),
            Term::Given(field) => Val::Flag(
                self.case
                    .event
                    .is_some_and(|event| event.field(*field).is_some()),
            ),
            Term::Fact(of, fact) => self.fact_of(self.read(of), *fact),
            Term::May(who, permission) => self.may(who, *permission),
            Term::Declared(of, fact) => self.declared(self.read(of), *fact),
            Term::WindowEnds(whose, window) => self
                .span(whose, *window)
                .map_or(Val::Missing, |span| Val::Time(span.end)),
            Term::WindowStarts(whose, window) => self
                .span(whose, *window)
                .map_or(Val::Missing, |span| Val::Time(span.start)),
            Term::WindowOpen(whose, window) => {
                Val::Flag(self.span(whose, *window).is_some_and(|span| span.open))
            }
            Term::CountOf(who) => {
                Val::Count(i64::try_from(self.people(*who).len()).unwrap_or(i64::MAX))
            }
            Term::Arithmetic(left, how, right) => {
                self.arithmetic(self.read(left), *how, self.read(right))
            }
        }
    }

    fn may(&self, who: &Term, permission: PermissionId) -> Val {
        let Val::Who(someone) = self.read(who) else {
            return Val::Missing;
        };
        let role = self
            .world
            .person(someone.staff)
            .filter(|person| !person.left)
            .and_then(|person| person.role);
        let may = role
            .and_then(|role| self.law.role(role))
            .is_some_and(|role| role.may.contains(&permission));
        Val::Flag(may)
    }

    fn arithmetic(&self, left: Val, how: Arithmetic, right: Val) -> Val {
        if let (Val::Money(money), Val::Part(part)) | (Val::Part(part), Val::Money(money)) =
            (left, right)
        {
            return Val::Money(part_of(money, part));
        }
        let (a, b, money) = match (left, right) {
            (Val::Count(a), Val::Count(b)) => (a, b, false),
            (Val::Money(a), Val::Money(b)) => (a.get(), b.get(), true),
            (Val::Money(a), Val::Count(b)) | (Val::Count(b), Val::Money(a)) => (a.get(), b, true),
            _ => return Val::Missing,
        };
        let result = match how {
            Arithmetic::Plus => a.checked_add(b),
            Arithmetic::Minus => a.checked_sub(b),
            Arithmetic::Times => a.checked_mul(b),
        };
        match result {
            Some(value) if money => Val::Money(crate::base::money::Fen::new(value)),
            Some(value) => Val::Count(value),
            None => self.broken("a number is too large"),
        }
    }

    /// Something could not be evaluated: whoever asked will know.
    pub fn broken(&self, why: &str) -> Val {
        self.fault
            .borrow_mut()
            .get_or_insert_with(|| why.to_owned());
        Val::Missing
    }

    fn call(&self, module: &str, function: &str, args: &[Term]) -> Val {
        match self.run(module, function, args) {
            Some(ScriptValue::Bool(flag)) => Val::Flag(flag),
            Some(ScriptValue::Int(count)) => Val::Count(count),
            Some(ScriptValue::Text(text)) => {
                match self.law.policy.words.iter().position(|word| *word == text) {
                    Some(number) => u16::try_from(number).map_or(Val::Missing, |n| {
                        Val::Word(self.law.word(crate::policy::WordId(n)))
                    }),
                    None => Val::Missing,
                }
            }
            Some(_) => self.broken(&format!(
                "{module}::{function} gives neither yes or no, nor a number, nor a word"
            )),
            None => Val::Missing,
        }
    }

    /// A script's answer; what cannot be evaluated is remembered.
    pub fn run(&self, module: &str, function: &str, args: &[Term]) -> Option<ScriptValue> {
        let args: Vec<ScriptValue> = args
            .iter()
            .map(|arg| self.for_script(self.read(arg)))
            .collect();
        let scripts = self.law.policy.scripts.as_ref()?;
        match scripts.call(module, function, &args) {
            Ok(value) => Some(value),
            Err(error) => {
                let params = scripts.function(module, function);
                let params = params.map_or(&[][..], |found| &found.params);
                let missing = params.iter().zip(&args);
                let missing = missing
                    .filter(|(_, arg)| matches!(arg, ScriptValue::None))
                    .map(|(param, _)| format!("`{param}` is missing; "));
                let missing: String = missing.collect();
                self.broken(&format!("{module}::{function}: {missing}{error}"));
                None
            }
        }
    }

    fn for_script(&self, value: Val) -> ScriptValue {
        match value {
            Val::Flag(flag) => ScriptValue::Bool(flag),
            Val::Count(count) => ScriptValue::Int(count),
            Val::Money(fen) => ScriptValue::Int(fen.get()),
            Val::Time(at) => ScriptValue::Int(at.millis()),
            Val::Day(day) => ScriptValue::Int(i64::from(day.number())),
            Val::Clock(clock) => ScriptValue::Int(clock.millis() / 60_000),
            Val::Word(name) => ScriptValue::Text(self.ids.word(name).into()),
            _ => ScriptValue::None,
        }
    }

    /// The same reader in the case of a value: what is declared of it speaks of it alone.
    fn inside(&self, of: Val) -> Option<Reader<'a>> {
        Some(match of {
            Val::Who(someone) => self.with(|case| case.it = Some(someone)),
            Val::Visit(visit) => self.with(|case| case.visit = Some(visit)),
            Val::Deal(deal) => self.with(|case| case.deal = Some(deal)),
            Val::Customer(customer) => self.with(|case| case.customer = Some(customer)),
            Val::Missing => return None,
            _ => *self,
        })
    }

    /// A declared fact about a value.
    pub fn declared(&self, of: Val, fact: FactId) -> Val {
        let declared = &self.law.policy.facts[fact.index()];
        let Some(inside) = self.inside(of) else {
            return Val::Missing;
        };
        match &declared.how {
            FactHow::Condition(condition) => Val::Flag(inside.test(&condition.test)),
            FactHow::Term(term, absent) => match (inside.read(term), absent) {
                (Val::Missing, Some(absent)) => inside.read(&Term::Const(*absent)),
                (value, _) => value,
            },
            FactHow::Story(_) => inside.story(fact),
            FactHow::Question(absent) => inside.answered(fact, absent.as_ref()),
            FactHow::Cases(cases) => cases
                .iter()
                .find(|case| inside.all(&case.when) && !inside.any(&case.unless))
                .map_or(Val::Missing, |case| inside.read(&case.is)),
            FactHow::Customers(so) => inside.customers(so),
            FactHow::Script {
                module,
                function,
                reads,
            } => match (inside.call(module, function, reads), declared.is) {
                (Val::Count(fen), Type::Money) => Val::Money(Fen::new(fen)),
                (value, _) => value,
            },
        }
    }

    /// How many customers of the person in question are so.
    fn customers(&self, so: &[Condition]) -> Val {
        let Some(staff) = self.case.it.map(|someone| someone.staff) else {
            return Val::Missing;
        };
        let own = self.world.person(staff).into_iter();
        let own = own.flat_map(|person| &person.claims);
        let are = own.filter(|id| {
            let mut case = Case::at(self.case.at, None);
            case.customer = Some(self.world.claim(**id).customer);
            case.it = Some(Someone {
                staff,
                claim: Some(**id),
            });
            Reader { case, ..*self }.all(so)
        });
        Val::Count(i64::try_from(are.count()).unwrap_or(i64::MAX))
    }

    /// The claim by which a person is meant: the certain one, else the one that speaks for the person.
    pub fn claim(&self, someone: Someone) -> Option<ClaimId> {
        if someone.claim.is_some() {
            return someone.claim;
        }
        match self.deal_at_hand() {
            Some(deal) => deal
                .claims
                .iter()
                .copied()
                .find(|id| self.world.claim(*id).staff == someone.staff),
            None => self.world.claim_of(someone.staff, self.case.customer?),
        }
    }

    fn deal_at_hand(&self) -> Option<&'a Deal> {
        if !self.case.of_deal {
            return None;
        }
        self.world.deal(self.case.deal?)
    }

    /// The one person whom a clause means, or the first of a group.
    pub fn one(&self, who: Who) -> Option<Someone> {
        match who {
            Who::Part(part) => self.part(part),
            Who::It => self.case.it,
            Who::People(_) => self.people(who).first().copied(),
        }
    }

    /// Everybody whom a clause means.
    pub fn people(&self, who: Who) -> People {
        match who {
            Who::Part(part) => self.part(part).into_iter().collect(),
            Who::It => self.case.it.into_iter().collect(),
            Who::People(people) => {
                let mut found = self.drawn(people);
                one_each(&mut found);
                found
            }
        }
    }

    /// Everybody whom a clause means, once for each claim that fits: what becomes of claims becomes of each.
    pub fn claims_of(&self, who: Who) -> People {
        match who {
            Who::People(people) => self.drawn(people),
            who => self.people(who),
        }
    }

    fn drawn(&self, people: PeopleId) -> People {
        let declared = &self.law.policy.people[people.index()];
        let fits = |someone: &Someone| self.of_each(*someone).all(&declared.filter);
        let mut found: People = match &declared.from {
            PeopleFrom::Claims => self.claims_on(self.case.customer),
            PeopleFrom::BringerClaims => self.claims_on(self.bringer()),
            PeopleFrom::HouseholdClaims => self.household_claims(),
            PeopleFrom::Staff => self.roster(),
            PeopleFrom::Office => self.everybody(),
            // A person with two claims is there twice until it is clear which of them fits.
            PeopleFrom::Of(Who::People(people)) => self.drawn(*people),
            PeopleFrom::Of(who) => self.people(*who),
            PeopleFrom::FirstOf(list) => list
                .iter()
                .find_map(|term| match self.read(term) {
                    Val::Who(someone) => Some(someone),
                    _ => None,
                })
                .into_iter()
                .collect(),
        };
        found.retain(|someone| fits(someone));
        match &declared.pick {
            Pick::Each | Pick::One => found,
            Pick::First(keys) => self.extreme(&found, keys, Ordering::Less),
            Pick::Last(keys) => self.extreme(&found, keys, Ordering::Greater),
        }
    }

    /// The one with the smallest values (the earlier of equals), or the greatest (the later of equals). Whoever has no
    /// first value is not meant; without a later one, somebody stands behind those who have it.
    fn extreme(&self, found: &People, keys: &[Term], wanted: Ordering) -> People {
        let mut best: Option<(Someone, Keys)> = None;
        for someone in found {
            let reader = self.of_each(*someone);
            let candidate: Keys = keys.iter().map(|key| reader.read(key)).collect();
            if candidate.first().is_none_or(|value| *value == Val::Missing) {
                continue;
            }
            let better = match &best {
                None => true,
                Some((_, best)) => match order_of(&candidate, best, wanted) {
                    Some(Ordering::Equal) => wanted == Ordering::Greater,
                    Some(order) => order == wanted,
                    None => false,
                },
            };
            if better {
                best = Some((*someone, candidate));
            }
        }
        best.map(|(someone, _)| someone).into_iter().collect()
    }

    fn claims_on(&self, customer: Option<CustomerId>) -> People {
        let someone = |id: &ClaimId| Someone {
            staff: self.world.claim(*id).staff,
            claim: Some(*id),
        };
        if let Some(deal) = self.deal_at_hand() {
            return deal.claims.iter().map(someone).collect();
        }
        let Some(known) = customer.and_then(|customer| self.world.customer(customer)) else {
            return People::new();
        };
        known
            .claims
            .iter()
            .filter(|id| self.world.claim(**id).is_live())
            .map(someone)
            .collect()
    }

    /// Claims on the other members of the household; in a question about a deal, those that were in force then.
    fn household_claims(&self) -> People {
        let then = self.deal_at_hand().map(|deal| deal.at);
        let fits = |id: &&ClaimId| {
            let claim = self.world.claim(**id);
            then.map_or(claim.is_live(), |then| {
                claim.opened <= then && claim.ended.is_none_or(|ended| then < ended)
            })
        };
        let others = self
            .other_members()
            .filter_map(|one| self.world.customer(one));
        let claims = others.flat_map(|known| known.claims.iter().filter(fits));
        claims
            .map(|id| Someone {
                staff: self.world.claim(*id).staff,
                claim: Some(*id),
            })
            .collect()
    }

    /// The other members of the household of the customer at hand.
    pub fn other_members(&self) -> impl Iterator<Item = CustomerId> + use<'a> {
        let customer = self.case.customer;
        let household = customer.map_or(&[][..], |one| self.world.known.household(one));
        let others = household.iter().copied();
        others.filter(move |other| Some(*other) != customer)
    }

    fn roster(&self) -> People {
        let order = self.in_order(self.desk_at_hand().unwrap_or(0));
        order.iter().copied().map(Someone::just).collect()
    }

    fn everybody(&self) -> People {
        let people = (0..).zip(&self.world.people);
        let here = people.filter(|(_, person)| person.role.is_some() && !person.left);
        here.map(|(at, _)| Someone::just(PersonId(at))).collect()
    }
}

/// A group has each person once, by the first claim that fits.
fn one_each(people: &mut People) {
    let mut seen: SmallVec<[PersonId; 4]> = SmallVec::new();
    people.retain(|someone| {
        let new = !seen.contains(&someone.staff);
        seen.push(someone.staff);
        new
    });
}

/// The values by which one of several people is picked.
type Keys = SmallVec<[Val; 2]>;

/// How the values of two people compare: by the first in which they differ; whoever has none there is the less wanted.
fn order_of(left: &Keys, right: &Keys, wanted: Ordering) -> Option<Ordering> {
    let mut pairs = left.iter().zip(right).filter(|(left, right)| left != right);
    match pairs.next() {
        None => Some(Ordering::Equal),
        Some((Val::Missing, _)) => Some(wanted.reverse()),
        Some((_, Val::Missing)) => Some(wanted),
        Some((left, right)) => order(*left, *right),
    }
}

/// How two values compare; `None` where they cannot be compared, or one is missing.
pub fn order(left: Val, right: Val) -> Option<Ordering> {
    match (left, right) {
        (Val::Flag(a), Val::Flag(b)) => Some(a.cmp(&b)),
        (Val::Count(a), Val::Count(b)) => Some(a.cmp(&b)),
        (Val::Word(a), Val::Word(b)) => Some(a.cmp(&b)),
        (Val::Time(a), Val::Time(b)) => Some(a.cmp(&b)),
        (Val::Day(a), Val::Day(b)) => Some(a.cmp(&b)),
        (Val::Clock(a), Val::Clock(b)) => Some(a.cmp(&b)),
        (Val::Who(a), Val::Who(b)) => Some(a.staff.cmp(&b.staff)),
        (Val::Visit(a), Val::Visit(b)) => Some(a.cmp(&b)),
        (Val::Customer(a), Val::Customer(b)) => Some(a.cmp(&b)),
        (Val::Deal(a), Val::Deal(b)) => Some(a.cmp(&b)),
        (Val::Money(a), Val::Money(b)) => Some(a.cmp(&b)),
        (Val::Part(a), Val::Part(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}
