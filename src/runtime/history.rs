//! What has been so: who came when and sent by whom, who received them, who called, who bought.

use super::act::Act;
use super::case::{Reader, Someone, Val};
use super::world::{Customer, Person, Visit};
use crate::event::{CustomerId, PersonId, VisitId};
use crate::vocabulary::facts::Fact;

impl Act<'_> {
    /// A visit has come: it is the customer's last one from now on.
    pub fn came(&mut self, id: VisitId, visit: &Visit) {
        let known = self.world.customer_mut(visit.customer);
        known.last_visit = Some(id);
        if known.introducer_owner.is_none() && visit.introducer_owner.is_some() {
            known.introducer_owner = visit.introducer_owner;
            self.world.touch_customer(visit.customer);
        }
    }

    /// Somebody begins to receive a visit.
    pub fn begins_to_receive(&mut self, visit: VisitId, staff: PersonId) {
        let record = self.world.visit_mut(visit);
        record.received_at = Some(self.at);
        let customer = record.customer;
        let receivers = &mut self.world.customer_mut(customer).receivers;
        if !receivers.contains(&staff) {
            receivers.push(staff);
        }
    }

    /// The last visit of a customer until now.
    pub fn last_visit(&self, customer: CustomerId) -> Option<VisitId> {
        self.world.customer(customer)?.last_visit
    }

    /// Who owns the first of these customers who has an owner.
    pub fn owner_of_first(&self, customers: &[CustomerId]) -> Option<PersonId> {
        let owner = |customer: &CustomerId| {
            let claim = self.world.customer(*customer)?.owner?;
            Some(self.world.claim(claim).staff)
        };
        customers.iter().find_map(owner)
    }

    /// Whether somebody has received a customer on this day of the office.
    pub fn was_received_today(&self, customer: CustomerId) -> bool {
        let calendar = &self.law.policy.calendar;
        let today = calendar.day_of(self.at);
        let mut visit = self.last_visit(customer);
        while let Some(known) = visit.and_then(|id| self.world.visit(id)) {
            if calendar.day_of(known.at) != today {
                return false;
            }
            if known.received_at.is_some() {
                return true;
            }
            visit = known.before;
        }
        false
    }
}

/// Who owned the first customer with an owner who introduced the one at hand: for the visit at hand, else the first
/// time.
pub fn introducer_owner(reader: &Reader<'_>) -> Option<PersonId> {
    let of_visit = reader
        .case
        .visit
        .filter(|_| !reader.case.of_deal)
        .and_then(|id| reader.world.visit(id))
        .filter(|visit| Some(visit.customer) == reader.case.customer)
        .and_then(|visit| visit.introducer_owner);
    of_visit.or_else(|| {
        reader
            .world
            .customer(reader.case.customer?)?
            .introducer_owner
    })
}

/// The first customer who sent a visit's customer, else who brings them along.
fn introducer(reader: &Reader<'_>, visit: &Visit) -> Option<CustomerId> {
    let bringer = || {
        let known = reader.world.customer(visit.customer)?;
        let brought_in = reader.world.visit(*known.brought_in.first()?)?;
        Some(brought_in.customer)
    };
    let mut sent_by = visit
        .introducers
        .iter()
        .map(|id| reader.world.known.one(*id));
    sent_by.find(|one| *one != visit.customer).or_else(bringer)
}

/// Facts about somebody.
pub fn of_person(reader: &Reader<'_>, staff: PersonId, person: &Person, fact: Fact) -> Val {
    let world = reader.world;
    let owns = |customer: CustomerId| {
        let owner = world.customer(customer).and_then(|known| known.owner);
        owner.is_some_and(|claim| world.claim(claim).staff == staff)
    };
    let called = || {
        let visit = world.visit(reader.case.visit?)?;
        let (_, reached) = visit.called.iter().find(|(known, _)| *known == staff)?;
        Some(*reached)
    };
    match fact {
        Fact::PersonReceivingCount => count(person.receiving.len()),
        Fact::PersonBusyWithOwn => {
            let mut visits = person.receiving.iter().filter_map(|id| world.visit(*id));
            Val::Flag(visits.any(|visit| owns(visit.customer)))
        }
        Fact::PersonOwnOnSite => {
            let mut customers = person.claims.iter().map(|id| world.claim(*id).customer);
            Val::Flag(customers.any(|customer| {
                let known = world.customer(customer);
                owns(customer) && known.is_some_and(|known| known.visit.is_some())
            }))
        }
        Fact::PersonCalled => Val::Flag(called().is_some()),
        Fact::PersonReached => Val::Flag(called() == Some(true)),
        _ => Val::Missing,
    }
}

/// Facts about a visit.
pub fn of_visit(reader: &Reader<'_>, visit: &Visit, fact: Fact) -> Val {
    let brought = || {
        let known = reader.world.customer(visit.customer);
        known.is_some_and(|known| !known.brought_in.is_empty())
    };
    match fact {
        Fact::VisitBringsCount => count(visit.brings.len()),
        Fact::VisitNamesSomeone => Val::Flag(visit.named.is_some()),
        Fact::VisitIntroduced => Val::Flag(!visit.introducers.is_empty() || brought()),
        Fact::VisitIntroducersCount => count(visit.introducers.len()),
        Fact::VisitIntroducer => introducer(reader, visit).map_or(Val::Missing, Val::Customer),
        Fact::VisitFirstEver => Val::Flag(visit.before.is_none()),
        Fact::VisitSameDayRepeat => Val::Flag(visit.same_day_repeat),
        Fact::VisitReceivedAt => visit.received_at.map_or(Val::Missing, Val::Time),
        _ => Val::Missing,
    }
}

/// Facts about a customer.
pub fn of_customer(reader: &Reader<'_>, id: CustomerId, customer: &Customer, fact: Fact) -> Val {
    let world = reader.world;
    let bought = || {
        let deals = customer.deals.iter().rev().copied();
        let mut good = deals.filter(|id| world.deal(*id).is_some_and(|deal| !deal.cancelled));
        good.next()
    };
    match fact {
        Fact::CustomerBought => Val::Flag(bought().is_some()),
        Fact::CustomerDeal => bought().map_or(Val::Missing, Val::Deal),
        Fact::CustomerPhoned => Val::Flag(customer.phoned),
        Fact::CustomerFirstSeen => customer.first_seen.map_or(Val::Missing, Val::Time),
        Fact::CustomerReceiversCount => count(customer.receivers.len()),
        Fact::CustomerLastVisitAt => {
            let last = before(reader, id, customer).and_then(|visit| world.visit(visit));
            last.map_or(Val::Missing, |visit| Val::Time(visit.at))
        }
        Fact::CustomerLastReceiver => last_receiver(reader, id, customer)
            .map_or(Val::Missing, |staff| Val::Who(Someone::just(staff))),
        _ => Val::Missing,
    }
}

/// The last visit of a customer, the one at hand left out.
fn before(reader: &Reader<'_>, id: CustomerId, customer: &Customer) -> Option<VisitId> {
    let at_hand = reader.case.visit.filter(|visit| {
        let visit = reader.world.visit(*visit);
        visit.is_some_and(|visit| visit.customer == id)
    });
    match at_hand {
        Some(visit) => reader.world.visit(visit)?.before,
        None => customer.last_visit,
    }
}

fn last_receiver(reader: &Reader<'_>, id: CustomerId, customer: &Customer) -> Option<PersonId> {
    let mut visit = before(reader, id, customer);
    while let Some(known) = visit.and_then(|id| reader.world.visit(id)) {
        if known.received_at.is_some() && known.receiver.is_some() {
            return known.receiver;
        }
        visit = known.before;
    }
    None
}

fn count(number: usize) -> Val {
    Val::Count(i64::try_from(number).unwrap_or(i64::MAX))
}
