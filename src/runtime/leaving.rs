//! Somebody leaves the office: receptions that go on without them, and claims of which each customer is asked about.

use super::act::Act;
use super::ask::{Answer, Phase};
use super::world::WaitsAfter;
use crate::event::{CustomerId, PersonId, VisitId};
use crate::policy::Moment;
use crate::vocabulary::events::kind;

impl Act<'_> {
    /// Somebody leaves the office: off the roster, and open receptions go as the policy says.
    pub fn leaves(&mut self, id: PersonId) {
        let person = self.world.person_mut(id);
        person.left = true;
        let visits = person.receiving.clone();
        for rota in &mut self.world.rotas {
            rota.strike(id);
        }
        self.world.touch(id);
        for visit in visits {
            let customer = self.world.visit(visit).map(|visit| visit.customer);
            self.begin_case(Some(visit), customer);
            self.case.actor = Some(id);
            self.taken_over(visit);
        }
        self.claims_of_leaver(id);
        self.begin_case(None, None);
        self.case.actor = Some(id);
        self.settle_turns(&[Moment::Event(kind::PERSON_LEFT)], Phase::Before);
    }

    /// What becomes of the claims of somebody who has left: asked once for each customer.
    fn claims_of_leaver(&mut self, id: PersonId) {
        let moment = Moment::Event(kind::PERSON_LEFT);
        let mut customers: Vec<CustomerId> = Vec::new();
        for claim in self.world.claims.iter().filter(|claim| claim.staff == id) {
            if claim.is_live() && !customers.contains(&claim.customer) {
                customers.push(claim.customer);
            }
        }
        for customer in customers {
            let visit = self.world.customer(customer).and_then(|known| known.visit);
            self.begin_case(visit, Some(customer));
            self.case.actor = Some(id);
            self.tell_of_things(moment);
            self.deals_of_leaver(customer, moment);
            self.settle_claims(&[moment], Phase::Before);
        }
    }

    /// Each deal of a customer of the leaver's hears of it too.
    fn deals_of_leaver(&mut self, customer: CustomerId, moment: Moment) {
        let before = self.case;
        let known = self.world.customer(customer);
        for deal in known.map(|known| known.deals.clone()).unwrap_or_default() {
            self.case.deal = Some(deal);
            self.tell_of_deal(moment);
        }
        self.case = before;
    }

    /// The visit of somebody who has left: another receives, it waits, or the policy leaves it as it is.
    fn taken_over(&mut self, visit: VisitId) {
        let moment = Moment::Event(kind::PERSON_LEFT);
        if matches!(self.ask_receive(&[moment]), Answer::Gap) {
            return;
        }
        self.release(visit, true);
        self.seat(visit, WaitsAfter::Leaving, true);
    }
}
