//! Events that are well formed but impossible: the code by which each is refused. Nothing here is an office's rule.

use super::law::Law;
use super::world::World;
use crate::event::{CustomerId, Event, Ids, PersonId, Value};
use crate::vocabulary::events::{FieldId, KindId, field, kind};
use crate::vocabulary::words::VisitState;

/// Why the event cannot have happened, if it cannot.
pub fn impossible(world: &World, law: &Law, ids: &Ids, event: &Event) -> Option<&'static str> {
    event
        .fields
        .iter()
        .find_map(|(field, value)| unknown(world, event.kind, *field, value))
        .or_else(|| match event.kind {
            kind::PERSON_LEFT => person_left(world, event),
            kind::ROSTER => roster(world, law, event),
            kind::AWAY => staff(event)
                .filter(|id| is_away(world, *id))
                .map(|_| "input.already_away"),
            kind::BACK => staff(event)
                .filter(|id| !is_away(world, *id))
                .map(|_| "input.not_away"),
            kind::SWAP => (event.person(field::STAFF) == event.person(field::COUNTERPART))
                .then_some("input.swap_with_oneself"),
            kind::VISIT => visit(world, event),
            kind::VISIT_END => visit_end(world, event),
            kind::REPLACEMENT => replacement(world, event),
            kind::DEAL => deal(world, event),
            kind::DEAL_CANCELLED => {
                let deal = event.deal(field::DEAL).and_then(|id| world.deal(id));
                deal.filter(|deal| deal.cancelled)
                    .map(|_| "input.deal_already_cancelled")
            }
            kind::PHONE_INQUIRY => event
                .text(field::CALL)
                .filter(|call| world.calls.contains(*call))
                .map(|_| "input.duplicate_call"),
            kind::RULING => ruling(law, event),
            kind::OPENING => super::opening::impossible(world, law, event),
            kind::CORRECTION => super::corrections::impossible(world, ids, event),
            kind::CHOICE => unknown_matter(world, ids, event).or_else(|| choice(world, ids, event)),
            kind::AGREEMENT => unknown_matter(world, ids, event),
            _ => None,
        })
}

fn staff(event: &Event) -> Option<PersonId> {
    event.person(field::STAFF)
}

fn is_away(world: &World, person: PersonId) -> bool {
    world
        .person(person)
        .is_some_and(|known| known.away.is_some())
}

/// A person, customer, visit or deal that the journal has not introduced.
fn unknown(world: &World, of: KindId, field: FieldId, value: &Value) -> Option<&'static str> {
    let person = |id: &PersonId| world.person(*id).is_some_and(|known| known.role.is_some());
    let customer = |id: &CustomerId| world.customer(*id).is_some_and(|known| known.known);
    let introduces_customer = match of {
        kind::VISIT => field == field::CUSTOMER || field == field::BRINGS,
        kind::PHONE_INQUIRY | kind::REGISTRATION | kind::CLAIM_MADE | kind::OPENING => {
            field == field::CUSTOMER
        }
        of => {
            usize::from(of.0) >= crate::vocabulary::events::KINDS.len() && field == field::CUSTOMER
        }
    };
    match value {
        Value::Person(id) if of != kind::PERSON && !person(id) => Some("input.unknown_person"),
        Value::Persons(people) if !people.iter().all(person) => Some("input.unknown_person"),
        Value::Shares(shares) if !shares.iter().all(|(id, _)| person(id)) => {
            Some("input.unknown_person")
        }
        Value::Asleep(people) if !people.iter().all(|(id, _)| person(id)) => {
            Some("input.unknown_person")
        }
        Value::Customer(id) if !introduces_customer && !customer(id) => {
            Some("input.unknown_customer")
        }
        Value::Customers(list) if !introduces_customer && !list.iter().all(customer) => {
            Some("input.unknown_customer")
        }
        Value::Visit(id) if of != kind::VISIT && world.visit(*id).is_none() => {
            Some("input.unknown_visit")
        }
        Value::Deal(id) if of != kind::DEAL && world.deal(*id).is_none() => {
            Some("input.unknown_deal")
        }
        _ => None,
    }
}

fn person_left(world: &World, event: &Event) -> Option<&'static str> {
    let person = world.person(event.person(field::PERSON)?)?;
    person.left.then_some("input.already_left")
}

fn roster(world: &World, law: &Law, event: &Event) -> Option<&'static str> {
    let order = event.persons(field::ORDER);
    let twice = order
        .iter()
        .enumerate()
        .any(|(place, id)| order[..place].contains(id));
    let receives = |id: &PersonId| {
        world
            .person(*id)
            .is_some_and(|person| person.receives > 0 && !person.left)
    };
    let desk = event.word(field::DESK);
    let has_desk = desk.is_none_or(|desk| {
        law.policy
            .rotas
            .iter()
            .any(|rota| law.word(rota.desk) == desk)
    });
    match () {
        () if !has_desk => Some("input.unknown_desk"),
        () if twice => Some("input.named_twice"),
        () if !order.iter().all(receives) => Some("input.role_does_not_receive"),
        () => None,
    }
}

fn visit(world: &World, event: &Event) -> Option<&'static str> {
    let customer = event.customer(field::CUSTOMER)?;
    let brings = event.customers(field::BRINGS);
    if world.visit(event.visit(field::VISIT)?).is_some() {
        return Some("input.duplicate_visit");
    }
    if world
        .customer(customer)
        .is_some_and(|known| known.visit.is_some())
    {
        return Some("input.customer_already_here");
    }
    brings.contains(&customer).then_some("input.brings_oneself")
}

fn visit_end(world: &World, event: &Event) -> Option<&'static str> {
    let visit = world.visit(event.visit(field::VISIT)?)?;
    (visit.state == VisitState::Ended).then_some("input.visit_already_ended")
}

fn replacement(world: &World, event: &Event) -> Option<&'static str> {
    let visit = world.visit(event.visit(field::VISIT)?)?;
    (visit.state != VisitState::Open).then_some("input.visit_not_open")
}

fn deal(world: &World, event: &Event) -> Option<&'static str> {
    world
        .deal(event.deal(field::DEAL)?)
        .map(|_| "input.duplicate_deal")
}

/// What is chosen or agreed on is about a deal, a visit, a call, a customer or a person that the journal has introduced.
fn unknown_matter(world: &World, ids: &Ids, event: &Event) -> Option<&'static str> {
    let about = event.text(field::ABOUT)?;
    let deal = ids.deals.get(about).map(Into::into);
    let visit = ids.visits.get(about).map(Into::into);
    let customer = ids.customers.get(about).map(Into::into);
    let person = ids.people.get(about).map(Into::into);
    let known = deal.is_some_and(|id| world.deal(id).is_some())
        || visit.is_some_and(|id| world.visit(id).is_some())
        || customer
            .and_then(|id| world.customer(id))
            .is_some_and(|customer| customer.known)
        || person
            .and_then(|id| world.person(id))
            .is_some_and(|person| person.role.is_some())
        || world.calls.contains(about);
    (!known).then_some("input.unknown_matter")
}

/// Somebody chosen is a person of the office, `yes` or `no`.
fn choice(world: &World, ids: &Ids, event: &Event) -> Option<&'static str> {
    let chosen = event.text(field::CHOSEN)?;
    let person = ids.people.get(chosen).map(PersonId::from);
    let known = person
        .and_then(|id| world.person(id))
        .is_some_and(|known| known.role.is_some());
    (!known && !["yes", "no"].contains(&chosen)).then_some("input.unknown_person")
}

fn ruling(law: &Law, event: &Event) -> Option<&'static str> {
    let Some(Value::Clauses(cites)) = event.field(field::CITES) else {
        return None;
    };
    let known = |id: &str| law.policy.clauses.iter().any(|clause| clause.id == id);
    (!cites.iter().all(|id| known(id))).then_some("input.unknown_clause")
}
