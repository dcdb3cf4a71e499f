//! What an event is about: the visit, customer and deal at hand, the violation, and what a choice says.

use super::act::Act;
use super::case::{Choice, Offence};
use crate::event::{CustomerId, DealId, Event, VisitId};
use crate::vocabulary::events::{field, kind};

/// Things that an event names, each of which may bring the others along.
#[derive(Clone, Copy, Default)]
struct Named {
    visit: Option<VisitId>,
    customer: Option<CustomerId>,
    deal: Option<DealId>,
}

impl Act<'_> {
    /// Binds the visit, customer and deal that the event is about.
    pub fn bind(&mut self, event: &Event) {
        let about = self.about(event);
        let deal = event.deal(field::DEAL).or(about.deal);
        let deal = deal.filter(|id| self.world.deal(*id).is_some());
        let of_deal = deal
            .and_then(|id| self.world.deal(id))
            .map(|deal| deal.customer);
        let of_event = event
            .visit(field::VISIT)
            .or(about.visit)
            .or_else(|| self.called_about(event));
        let of_visit = of_event
            .and_then(|id| self.world.visit(id))
            .map(|visit| visit.customer);
        let customer = event.customer(field::CUSTOMER).or(about.customer);
        let customer = customer.or(of_visit).or(of_deal);
        let here = customer
            .and_then(|customer| self.world.customer(customer))
            .and_then(|known| known.visit);
        let visit = of_event
            .filter(|id| self.world.visit(*id).is_some())
            .or(here);
        self.case.choice = self.choice(event);
        self.begin_case(visit.filter(|_| event.kind != kind::VISIT), customer);
        self.case.deal = deal;
        if event.kind == kind::VIOLATION
            && let (Some(staff), Some(word)) = (event.person(field::STAFF), event.word(field::KIND))
        {
            self.case.offence = Some(Offence {
                staff,
                kind: word,
                recorded: true,
            });
        }
        if event.kind == kind::BACK {
            self.returning = true;
        }
        if event.kind == kind::PHONE_INQUIRY {
            let phone = self.ids.words.get(super::events::PHONE_CHANNEL);
            self.case.desk = phone.map(|phone| self.law.rota_for(phone));
        }
    }

    /// What `about` names: a deal, else a visit, else a customer that is known. Where a ruling or a correction says it,
    /// these find it themselves.
    fn about(&self, event: &Event) -> Named {
        let binds = [kind::CHOICE, kind::AGREEMENT, kind::VIOLATION].contains(&event.kind);
        let Some(about) = event.text(field::ABOUT).filter(|_| binds) else {
            return Named::default();
        };
        let mut named = Named::default();
        let deal = self.ids.deals.get(about).map(DealId::from);
        let visit = self.ids.visits.get(about).map(VisitId::from);
        let customer = self.ids.customers.get(about).map(CustomerId::from);
        if let Some(deal) = deal.filter(|id| self.world.deal(*id).is_some()) {
            named.deal = Some(deal);
        } else if let Some(visit) = visit.filter(|id| self.world.visit(*id).is_some()) {
            named.visit = Some(visit);
        } else if let Some(customer) = customer
            && self
                .world
                .customer(customer)
                .is_some_and(|known| known.known)
        {
            named.customer = Some(customer);
        }
        named
    }

    /// A call that does not say about whom is about the one visit that the caller is receiving.
    fn called_about(&self, event: &Event) -> Option<VisitId> {
        let says = event.customer(field::CUSTOMER).is_some();
        if event.kind != kind::OWNER_CONTACT || says {
            return None;
        }
        let caller = self.world.person(event.person(field::STAFF)?)?;
        match caller.receiving.as_slice() {
            [visit] => Some(*visit),
            _ => None,
        }
    }

    fn choice(&self, event: &Event) -> Choice {
        match event.text(field::CHOSEN) {
            None => Choice::Nothing,
            Some("yes") => Choice::Yes,
            Some("no") => Choice::No,
            Some(name) => match self.ids.people.get(name).map(crate::event::PersonId::from) {
                Some(person) if self.world.person(person).is_some() => Choice::Person(person),
                _ => Choice::Nothing,
            },
        }
    }
}
