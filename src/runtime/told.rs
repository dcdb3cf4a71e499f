//! The facts of the program: what the state says of a person, a claim, a visit, a customer, a deal; who has which part.

use super::case::{Choice, Reader, Someone, Val};
use super::desks::RotaState;
use super::known::Record;
use super::world::{Claim, Person, Subject, Told, Visit};
use super::{history, presence};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::{Day, Instant};
use crate::event::{CustomerId, DealId, Event, PersonId, Value};
use crate::policy::{FactHow, FactId, Of, SameField, StoryFact, StoryKeeps};
use crate::vocabulary::events::{FieldId, field};
use crate::vocabulary::facts::{Fact, Part, Type};
use crate::vocabulary::words::{ClaimState, VisitState};

impl Reader<'_> {
    /// The value of a field of the event at hand.
    pub fn field_value(&self, of: FieldId) -> Val {
        match field(self.case.event, of) {
            Val::Missing if of == field::BY_WHOM && self.case.event.is_some() => {
                Val::Word(self.law.by_staff)
            }
            value => value,
        }
    }

    /// A fact about a value. What does not exist has no facts, except that it does not exist.
    pub fn fact_of(&self, of: Val, which: Fact) -> Val {
        fact(self, of, which)
    }

    /// Who has a part in the case.
    pub fn part(&self, which: Part) -> Option<Someone> {
        part(self, which)
    }

    /// The owner of the customer at hand: of record, or, while brought along, as the policy says.
    pub fn owner(&self) -> Option<Someone> {
        owner(self)
    }

    /// Whether nothing had named a customer before the event at hand.
    pub fn is_new(&self, customer: CustomerId) -> bool {
        let known = self.world.customer(customer);
        known.is_some_and(|known| known.since == self.world.events)
    }

    /// The other customer with whom the event at hand shares most keys, if it is about the customer at hand.
    pub fn found_record(&self) -> Option<Record> {
        let (event, customer) = (self.case.event?, self.case.customer?);
        let keys = &self.law.policy.keys;
        let of = event.customer(field::CUSTOMER);
        if keys.is_empty() || of.is_some_and(|of| of != customer) {
            return None;
        }
        let since = |one| {
            self.world
                .customer(one)
                .map_or(u64::MAX, |known| known.since)
        };
        self.world.known.record(keys, event, customer, since)
    }

    /// The customer who brings the one at hand along.
    pub fn bringer(&self) -> Option<CustomerId> {
        bringer(self)
    }

    /// What the story has told: of a violation, how many in the period; of a claim, what was kept.
    pub fn story(&self, fact: FactId) -> Val {
        story(self, fact)
    }
}

fn field(event: Option<&Event>, field: FieldId) -> Val {
    match event.and_then(|event| event.field(field)) {
        Some(Value::Person(person)) => Val::Who(Someone::just(*person)),
        Some(Value::Customer(customer)) => Val::Customer(*customer),
        Some(Value::Visit(visit)) => Val::Visit(*visit),
        Some(Value::Deal(deal)) => Val::Deal(*deal),
        Some(Value::Word(word)) => Val::Word(*word),
        Some(Value::Flag(flag)) => Val::Flag(*flag),
        Some(Value::Count(count)) => Val::Count(*count),
        Some(Value::Money(fen)) => Val::Money(*fen),
        _ => Val::Missing,
    }
}

fn time(at: Option<Instant>) -> Val {
    at.map_or(Val::Missing, Val::Time)
}

/// What the correction at hand is about.
fn of_correction(reader: &Reader<'_>, fact: Fact) -> Val {
    let last = reader.world.corrections.last();
    let Some(about) = last.and_then(|correction| correction.about.as_ref()) else {
        return Val::Missing;
    };
    let calendar = &reader.law.policy.calendar;
    let day = |at| i64::from(calendar.day_of(at).number());
    match fact {
        Fact::Corrects => Val::Word(about.kind),
        Fact::CorrectedAt => Val::Time(about.at),
        _ => Val::Count(day(reader.case.at) - day(about.at)),
    }
}

/// A fact about a value. What does not exist has no facts, except that it does not exist.
fn fact(reader: &Reader<'_>, of: Val, fact: Fact) -> Val {
    match (of, fact) {
        (Val::Here, Fact::EventAt) => Val::Time(reader.case.at),
        (Val::Here, Fact::ChoiceYes) => Val::Flag(reader.case.choice == Choice::Yes),
        (Val::Here, Fact::ChoiceNo) => Val::Flag(reader.case.choice == Choice::No),
        (Val::Here, Fact::Corrects | Fact::CorrectedAt | Fact::CorrectedDaysAgo) => {
            of_correction(reader, fact)
        }
        (Val::Here, Fact::OfficeMode) => {
            Val::Word(reader.world.mode.unwrap_or(reader.law.normal_mode))
        }
        (Val::Here, Fact::ViolationKind) => reader
            .case
            .offence
            .map_or(Val::Missing, |offence| Val::Word(offence.kind)),
        (Val::Here, Fact::ViolationRecorded) => reader
            .case
            .offence
            .map_or(Val::Missing, |offence| Val::Flag(offence.recorded)),
        (of, Fact::TimeHappened) => Val::Flag(of != Val::Missing),
        (Val::Time(at), Fact::TimeDay) => Val::Day(reader.law.policy.calendar.day_of(at)),
        (Val::Time(at), Fact::TimeClock) => Val::Clock(reader.law.policy.calendar.clock_of(at)),
        (Val::Day(day), fact) => of_day(reader, day, fact),
        (of, Fact::PersonExists | Fact::VisitExists | Fact::CustomerExists | Fact::DealExists) => {
            Val::Flag(of != Val::Missing)
        }
        (Val::Who(someone), fact) => of_person(reader, someone, fact),
        (Val::Visit(id), fact) => match reader.world.visit(id) {
            Some(visit) => of_visit(reader, id, visit, fact),
            None => Val::Missing,
        },
        (Val::Customer(customer), fact) => of_customer(reader, customer, fact),
        (Val::Deal(deal), fact) => of_deal(reader, deal, fact),
        _ => Val::Missing,
    }
}

fn of_day(reader: &Reader<'_>, day: Day, fact: Fact) -> Val {
    let (_, month, number) = day.ymd();
    let weekday = day.weekday();
    match fact {
        Fact::DayName => Val::Word(reader.law.weekday(weekday)),
        Fact::DayWeekday => Val::Count(i64::from(weekday)),
        Fact::DayNumber => Val::Count(i64::from(number)),
        Fact::DayMonth => Val::Count(i64::from(month)),
        Fact::DayOdd => Val::Flag(number % 2 == 1),
        _ => Val::Missing,
    }
}

fn of_person(reader: &Reader<'_>, someone: Someone, fact: Fact) -> Val {
    let world = reader.world;
    if let Some(of_claim) = claim_fact(fact) {
        return match reader.claim(someone) {
            Some(claim) => of_claim(reader, world.claim(claim)),
            None if fact == Fact::ClaimState => Val::Word(reader.law.state(ClaimState::Absent)),
            None => Val::Missing,
        };
    }
    let staff = someone.staff;
    let Some(person) = world.person(staff) else {
        return Val::Missing;
    };
    match fact {
        Fact::PersonRole => person.role.map_or(Val::Missing, Val::Word),
        Fact::PersonReceives => Val::Flag(person.receives > 0),
        Fact::PersonRostered => Val::Flag(presence::is_rostered(world, staff)),
        Fact::PersonCanReceive => {
            let could = reader.case.could_receive == Some(staff);
            Val::Flag(could || presence::can_receive(world, staff))
        }
        Fact::PersonReceiving => Val::Flag(!person.receiving.is_empty()),
        Fact::PersonReceivingCount
        | Fact::PersonBusyWithOwn
        | Fact::PersonOwnOnSite
        | Fact::PersonCalled
        | Fact::PersonReached => history::of_person(reader, staff, person, fact),
        Fact::PersonAway => Val::Flag(person.away.is_some()),
        Fact::PersonAwayReason => person
            .away
            .as_ref()
            .and_then(|away| away.reason)
            .map_or(Val::Missing, Val::Word),
        Fact::PersonAbsenceVerifier => {
            let verifier = person.away.as_ref().and_then(|away| away.verifier);
            verifier.map_or(Val::Missing, |id| Val::Who(Someone::just(id)))
        }
        Fact::PersonLostTurnWhileAway => {
            Val::Flag(person.away.as_ref().is_some_and(|away| away.lost > 0))
        }
        Fact::PersonSignedOut => Val::Flag(person.signed_out),
        Fact::PersonSuspended => {
            let desk = reader.desk_of(staff).and_then(|rota| reader.rota(rota));
            let here = |(_, at): (_, &RotaState)| presence::is_suspended_at(person, at.desk);
            Val::Flag(desk.map_or_else(|| presence::is_suspended(person), here))
        }
        Fact::PersonBarred => Val::Flag(person.barred.is_some()),
        Fact::PersonLeft => Val::Flag(person.left),
        Fact::PersonHasFailedItem => Val::Flag(!person.failed.is_empty()),
        Fact::PersonFailedItem => person
            .failed
            .last()
            .map_or(Val::Missing, |item| Val::Word(*item)),
        Fact::PersonTurnUnspent | Fact::PersonTurnKept | Fact::PersonTurnOpen => {
            of_turn(reader, staff, fact)
        }
        _ => of_line(reader, staff, person, fact),
    }
}

fn of_turn(reader: &Reader<'_>, staff: PersonId, fact: Fact) -> Val {
    use super::desks::Turn;
    let rota = reader.desk_of(staff).and_then(|rota| reader.rota(rota));
    let Some((_, state)) = rota.filter(|(_, state)| state.roster.contains(&staff)) else {
        return Val::Flag(false);
    };
    let turn = state.turn(staff);
    Val::Flag(match fact {
        Fact::PersonTurnUnspent => turn.is_unspent(),
        Fact::PersonTurnKept => turn == Turn::Kept,
        _ => turn == Turn::Open,
    })
}

/// Where somebody stands at the desk at hand, and what the office has counted.
fn of_line(reader: &Reader<'_>, staff: PersonId, person: &Person, fact: Fact) -> Val {
    let count = |number: usize| Val::Count(i64::try_from(number).unwrap_or(i64::MAX));
    let desk = reader.desk_of(staff);
    match fact {
        Fact::PersonPlace => {
            let place = desk.and_then(|desk| reader.place(desk, staff));
            place.map_or(Val::Missing, count)
        }
        Fact::PersonIsNext => {
            let plan = desk.and_then(|desk| reader.plan(desk, &[]));
            Val::Flag(plan.is_some_and(|plan| plan.staff == staff))
        }
        Fact::PersonLastTurn => time(person.last_turn),
        Fact::PersonSignedInAt => time(reader.signed_in(staff)),
        Fact::PersonMakeUps => count(super::order::make_ups(reader.world, staff)),
        Fact::PersonTurnsUsed => Val::Count(person.used),
        Fact::PersonReceptions => Val::Count(person.receptions),
        _ => Val::Missing,
    }
}

type OfClaim = fn(&Reader<'_>, &Claim) -> Val;

fn claim_fact(fact: Fact) -> Option<OfClaim> {
    Some(match fact {
        Fact::ClaimState => |reader, claim| Val::Word(reader.law.state(claim.state)),
        Fact::ClaimKind => |reader, claim| Val::Word(reader.law.claim_kind(claim.kind)),
        Fact::ClaimOpened => |_, claim| Val::Time(claim.opened),
        Fact::ClaimFirstVisit => |_, claim| claim.opened_in.map_or(Val::Missing, Val::Visit),
        Fact::ClaimSlept => |_, claim| time(claim.slept),
        Fact::ClaimSleptIn => |_, claim| claim.slept_in.map_or(Val::Missing, Val::Visit),
        Fact::ClaimRecognised => |_, claim| time(claim.recognised),
        Fact::ClaimWoke => |_, claim| time(claim.woke),
        Fact::ClaimShared => |_, claim| time(claim.shared),
        Fact::ClaimEnded => |_, claim| time(claim.ended),
        _ => return None,
    })
}

fn of_visit(reader: &Reader<'_>, id: crate::event::VisitId, visit: &Visit, fact: Fact) -> Val {
    let then = reader
        .case
        .deal
        .and_then(|deal| reader.world.deal(deal))
        .filter(|deal| deal.during == Some(id));
    match fact {
        Fact::VisitAt => Val::Time(visit.at),
        Fact::VisitOpen => Val::Flag(visit.state == VisitState::Open),
        Fact::VisitWaiting => Val::Flag(visit.state == VisitState::Waiting),
        Fact::VisitReceiver => {
            let receiver = then.map_or(visit.receiver, |deal| deal.receiver);
            receiver.map_or(Val::Missing, |staff| Val::Who(Someone::just(staff)))
        }
        Fact::VisitReceivedAs => {
            let role = then.map_or(visit.role, |deal| deal.role);
            role.map_or(Val::Missing, |role| {
                Val::Word(reader.law.reception_role(role))
            })
        }
        Fact::VisitPurpose => Val::Word(visit.purpose),
        Fact::VisitChannel => Val::Word(visit.channel),
        Fact::VisitReturning => Val::Flag(visit.returning),
        Fact::VisitBringsSomeone => Val::Flag(!visit.brings.is_empty()),
        Fact::VisitBringsSomeoneNew => Val::Flag(visit.brings_new),
        Fact::VisitCustomer => Val::Customer(visit.customer),
        fact => history::of_visit(reader, visit, fact),
    }
}

fn of_customer(reader: &Reader<'_>, id: CustomerId, fact: Fact) -> Val {
    let Some(customer) = reader.world.customer(id) else {
        return Val::Missing;
    };
    match fact {
        Fact::CustomerOwner => return owner_of(reader, id).map_or(Val::Missing, Val::Who),
        Fact::CustomerHouseholdSize => {
            let size = reader.world.known.household(id).len().max(1);
            return Val::Count(i64::try_from(size).unwrap_or(i64::MAX));
        }
        _ => {}
    }
    Val::Flag(match fact {
        Fact::CustomerIsNew => reader.is_new(id),
        Fact::CustomerRegistered => customer.registered,
        Fact::CustomerHousehold => reader.world.known.household(id).len() > 1,
        Fact::CustomerOwned => customer.owner.is_some(),
        Fact::CustomerHadClaims => {
            let visit = reader
                .case
                .visit
                .and_then(|visit| reader.world.visit(visit));
            visit.map_or(!customer.claims.is_empty(), |visit| visit.had_claims)
        }
        Fact::CustomerBrought => {
            reader.case.brought_in.is_some() || !customer.brought_in.is_empty()
        }
        fact => return history::of_customer(reader, id, customer, fact),
    })
}

fn of_deal(reader: &Reader<'_>, deal: DealId, fact: Fact) -> Val {
    let Some(deal) = reader.world.deal(deal) else {
        return Val::Missing;
    };
    match fact {
        Fact::DealAt => Val::Time(deal.at),
        Fact::DealDuring => deal.during.map_or(Val::Missing, Val::Visit),
        Fact::DealCancelled => Val::Flag(deal.cancelled),
        Fact::DealCommission => Val::Money(deal.commission),
        Fact::DealCustomer => Val::Customer(deal.customer),
        Fact::DealStage => deal.stage.map_or(Val::Missing, Val::Word),
        Fact::DealReceived => Val::Money(deal.received.unwrap_or(Fen::ZERO)),
        Fact::DealState => Val::Word(reader.law.share_state(deal.state)),
        _ => Val::Missing,
    }
}

/// The customer who brings the one at hand along: of several, the first who has an owner.
fn bringer(reader: &Reader<'_>) -> Option<CustomerId> {
    let customer = reader.case.customer?;
    let mut bringers = bringers_of(reader, customer);
    let owned = bringers
        .clone()
        .find(|bringer| counted_owner(reader, *bringer, 0).is_some());
    owned.or_else(|| bringers.next())
}

/// Who brings a customer along, in the order of the visits.
fn bringers_of<'a>(
    reader: &Reader<'a>,
    customer: CustomerId,
) -> impl Iterator<Item = CustomerId> + Clone + use<'a> {
    let world = reader.world;
    let visits = world
        .customer(customer)
        .map_or(&[][..], |known| &known.brought_in);
    visits
        .iter()
        .filter_map(|visit| world.visit(*visit))
        .map(|visit| visit.customer)
}

fn owner_of(reader: &Reader<'_>, customer: CustomerId) -> Option<Someone> {
    let claim = reader.world.customer(customer)?.owner?;
    Some(Someone {
        staff: reader.world.claim(claim).staff,
        claim: Some(claim),
    })
}

/// Who counts as owner: of record, or through whoever brings the customer along, who may be brought along in turn.
fn counted_owner(reader: &Reader<'_>, customer: CustomerId, depth: usize) -> Option<Someone> {
    if let Some(owner) = owner_of(reader, customer) {
        return Some(owner);
    }
    if depth == LONGEST_CHAIN || reader.law.policy.while_brought.is_none() {
        return None;
    }
    let mut bringers = bringers_of(reader, customer);
    bringers.find_map(|bringer| counted_owner(reader, bringer, depth + 1))
}

/// How many customers may bring one another along, one after the other; two may even bring each other.
const LONGEST_CHAIN: usize = 8;

/// Who has a part in the case.
fn part(reader: &Reader<'_>, part: Part) -> Option<Someone> {
    let case = &reader.case;
    let named = |field| {
        case.event
            .and_then(|event| event.person(field))
            .map(Someone::just)
    };
    match part {
        Part::Actor => match (case.actor, case.offence) {
            (Some(actor), _) => Some(Someone::just(actor)),
            (None, Some(offence)) => Some(Someone::just(offence.staff)),
            (None, None) => named(field::STAFF).or_else(|| named(field::PERSON)),
        },
        Part::Owner => owner(reader),
        Part::OwnerBefore => case.owner_before,
        Part::Named => match named(field::REMEMBERS) {
            // What a visit says may have been mended since.
            Some(called) if visit_at_hand(reader).is_none() => Some(called),
            _ => visit_at_hand(reader)?.named.map(Someone::just),
        },
        Part::Current => case.current.map(Someone::just),
        Part::Receiver => match case
            .deal
            .filter(|_| case.of_deal)
            .and_then(|deal| reader.world.deal(deal))
        {
            Some(deal) => deal.receiver.map(Someone::just),
            None => case.receiver.map(Someone::just),
        },
        Part::Closer => match case.deal.and_then(|deal| reader.world.deal(deal)) {
            Some(deal) => deal.closer.map(Someone::just),
            None => named(field::CLOSER),
        },
        Part::Holder => case.holder,
        Part::Passed => case.passed.map(Someone::just),
        Part::Chosen => case.chosen.map(Someone::just),
        Part::Recognised => case.recognised,
        Part::Counterpart => named(field::COUNTERPART),
        Part::Approver => named(field::APPROVED_BY),
        Part::Inspector => named(field::INSPECTOR),
        Part::Verifier => named(field::VERIFIED_BY),
        Part::OtherOwner => case.other_owner,
        Part::HouseholdOwner => reader
            .other_members()
            .find_map(|member| owner_of(reader, member)),
        Part::BringerOwner => counted_owner(reader, bringer(reader)?, 0),
        Part::IntroducerOwner => history::introducer_owner(reader).map(Someone::just),
        Part::Contacted => named(field::OWNER),
        Part::StandIn => named(field::STAND_IN),
        Part::Successor => named(field::SUCCESSOR),
        Part::Decider => named(field::DECIDED_BY),
        Part::Reporter => named(field::REPORTED_BY),
        Part::ChosenPerson => match case.choice {
            Choice::Person(person) => Some(Someone::just(person)),
            _ => None,
        },
    }
}

fn visit_at_hand<'a>(reader: &Reader<'a>) -> Option<&'a Visit> {
    reader.world.visit(reader.case.visit?)
}

/// The owner of the customer at hand: of record, or, while brought along, whoever owns the bringer.
fn owner(reader: &Reader<'_>) -> Option<Someone> {
    let case = &reader.case;
    if case.of_deal {
        let (staff, claim) = reader.world.deal(case.deal?)?.owner?;
        return Some(Someone { staff, claim });
    }
    let customer = case.customer?;
    let owner = counted_owner(reader, customer, 0)?;
    let of_record = reader.world.customer(customer)?.owner == owner.claim;
    // A claim on whoever brings the customer is no claim on the customer.
    Some(if of_record {
        owner
    } else {
        Someone::just(owner.staff)
    })
}

/// What the story has told: of a violation, how many in the period; of anything else, what was kept.
fn story(reader: &Reader<'_>, fact: FactId) -> Val {
    let name = reader.law.facts[fact.index()];
    let declared = &reader.law.policy.facts[fact.index()];
    let FactHow::Story(story) = &declared.how else {
        return Val::Missing;
    };
    let case = &reader.case;
    let of = match story.of {
        Of::Violation => return violations(reader, story, name),
        Of::Claim => case
            .it
            .and_then(|someone| reader.claim(someone))
            .map(Subject::Claim),
        Of::Staff => case.it.map(|someone| Subject::Staff(someone.staff)),
        Of::Customer => case.customer.map(Subject::Customer),
        Of::Visit => case.visit.map(Subject::Visit),
        Of::Deal => case.deal.map(Subject::Deal),
        Of::Event => None,
    };
    let now = story.period.map_or(0, |period| {
        reader.law.policy.calendar.period_of(case.at, period)
    });
    match of.and_then(|of| reader.world.told(of, name)) {
        Some(Told::Count(period, count)) if period == now => Val::Count(count),
        Some(Told::Money(period, fen)) if period == now => Val::Money(fen),
        Some(Told::Was(Val::Customer(id))) => Val::Customer(reader.world.known.one(id)),
        Some(Told::Was(value)) => value,
        _ => match (story.keeps, declared.is) {
            (StoryKeeps::Sum, Type::Money) => Val::Money(Fen::ZERO),
            (StoryKeeps::Count | StoryKeeps::Sum, _) => Val::Count(0),
            _ => Val::Missing,
        },
    }
}

/// How many violations, with the one at hand, in its period.
fn violations(reader: &Reader<'_>, story: &StoryFact, name: Name) -> Val {
    let Some(offence) = reader.case.offence else {
        return Val::Count(0);
    };
    let by_kind = story.same.contains(&SameField::Kind);
    let by_staff = story.same.contains(&SameField::Staff);
    let key = (
        name,
        by_staff.then_some(offence.staff),
        by_kind.then_some(offence.kind),
    );
    let counted = reader.world.violation_counts.get(&key);
    Val::Count(counted.map_or(0, |(_, count)| *count))
}
