//! The office: everything the log has established so far, and what each kind of event does to it.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{Ledger, Recognised};
use super::clock::Moment;
use super::deals::{self, Basis, Deal, Part};
use super::event::Event;
use super::people::{AGENT, Absence, PROJECT_MANAGER, Person, SALES_MANAGER, SITE_MANAGER};
use super::rota::{Floor, Losses, Rota, Standing};
use super::visits::{Role, Visit, VisitState};

/// Why an event changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Well-formed but impossible.
    Input,
    /// By a clause of the rulebook.
    Clause,
}

/// Whether an event was taken.
pub type Taken = Result<(), Refused>;

/// A customer: the claims, and the visits that bring them.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// Every claim on them.
    pub ledger: Ledger,
    /// Open or waiting visits in which somebody else brings them, in the order of arrival.
    pub brought_in: Vec<String>,
}

/// Everything that the log has established.
pub struct Office {
    /// The moment of the last line.
    pub now: Moment,
    /// Everybody ever recorded.
    pub people: BTreeMap<String, Person>,
    /// The walk-in desk.
    pub rota: Rota,
    /// Every known customer.
    pub customers: BTreeMap<String, Customer>,
    /// Every visit.
    pub visits: BTreeMap<String, Visit>,
    /// The visits that are open or wait.
    pub here: BTreeSet<String>,
    /// The visits that wait, first come first served.
    pub queue: Vec<String>,
    /// Every deal.
    pub deals: BTreeMap<String, Deal>,
    calls: BTreeSet<String>,
}

impl Office {
    /// An office about which nothing is known.
    pub fn new() -> Self {
        Office {
            now: Moment::MIN,
            people: BTreeMap::new(),
            rota: Rota::new(),
            customers: BTreeMap::new(),
            visits: BTreeMap::new(),
            here: BTreeSet::new(),
            queue: Vec::new(),
            deals: BTreeMap::new(),
            calls: BTreeSet::new(),
        }
    }

    /// Lets the clock reach `at`: a window that ends at T acts before an event at T.
    pub fn reach(&mut self, at: Moment) {
        assert!(at >= self.now, "time goes back to {at}");
        self.now = at;
        let mut lapsed = Vec::new();
        for (name, customer) in &mut self.customers {
            if customer.ledger.lapse(at) {
                lapsed.push(name.clone());
            }
        }
        for name in lapsed {
            self.follow_deals(&name, None);
        }
    }

    /// Takes one event at the present moment; afterwards the visits that wait go out if they can.
    pub fn take(&mut self, event: &Event) -> Taken {
        match event.text("event") {
            "person" => self.person(event),
            "person_left" => self.person_left(event),
            "roster" => self.new_roster(event),
            "sign_in" => self.sign(event, false),
            "sign_out" => self.sign(event, true),
            "away" => self.away(event),
            "back" => self.back(event),
            "swap" => self.swap(event),
            "inspection" => self.inspection(event),
            "visit" => self.visit(event),
            "visit_end" => self.visit_end(event),
            "recognition" => self.recognition(event),
            "replacement" => self.replacement(event),
            "deal" => self.deal(event),
            "deal_cancelled" => self.deal_cancelled(event),
            "ruling" => self.ruling(event),
            "registration" | "claim_made" => self.filing(event),
            "phone_inquiry" => self.phone_inquiry(event),
            "follow_up" => self.known_people_and_customers(event),
            "owner_contact" => self.owner_contact(event),
            "assignment" => self.assignment(event),
            "deal_stage" => self.deal_stage(event),
            "violation" => self.violation(event),
            "tick" => Ok(()),
            other => panic!("the model has no reading of {other}"),
        }?;
        self.serve_queue();
        Ok(())
    }

    // Who and what is known.

    /// A known person.
    pub fn known_person(&self, staff: &str) -> Result<String, Refused> {
        known(self.people.contains_key(staff), staff)
    }

    /// A field that names a known person, or is absent.
    fn optional_person(&self, event: &Event, field: &str) -> Result<Option<String>, Refused> {
        event
            .maybe(field)
            .map(|staff| self.known_person(staff))
            .transpose()
    }

    /// A known customer.
    pub fn known_customer(&self, customer: &str) -> Result<String, Refused> {
        known(self.customers.contains_key(customer), customer)
    }

    /// A known visit.
    pub fn known_visit(&self, visit: &str) -> Result<String, Refused> {
        known(self.visits.contains_key(visit), visit)
    }

    /// Whether the person named in that field has that role: authority is checked of nobody else.
    pub fn authorised(&self, event: &Event, field: &str, role: &str) -> Result<bool, Refused> {
        let named = self.optional_person(event, field)?;
        Ok(named.is_some_and(|staff| self.people[&staff].role == role))
    }

    /// The person's record, which the caller has checked to be there.
    pub fn person_mut(&mut self, staff: &str) -> &mut Person {
        self.people.entry(staff.to_string()).or_default()
    }

    /// The customer's record, known from now on.
    pub fn customer_mut(&mut self, customer: &str) -> &mut Customer {
        self.customers.entry(customer.to_string()).or_default()
    }

    /// Why somebody on the roster can or cannot receive now, the first reason that applies.
    pub fn standing(&self, staff: &str) -> Standing {
        let person = &self.people[staff];
        let receiving = self.receiving(staff).is_some();
        match &person.absence {
            _ if receiving => Standing::Receiving,
            Some(absence) if absence.assigned && absence.verified => Standing::Assigned,
            Some(_) => Standing::Absent,
            None if person.signed_out => Standing::SignedOut,
            None if !person.failed.is_empty() => Standing::Barred,
            None => Standing::Ready,
        }
    }

    /// The visit that somebody is receiving.
    pub fn receiving(&self, staff: &str) -> Option<String> {
        let mut here = self.here.iter();
        here.find(|visit| self.visits[*visit].received_by(staff))
            .cloned()
    }

    /// Whether that person can receive now.
    pub fn can_receive(&self, staff: &str) -> bool {
        self.rota.rostered(staff)
            && self.people[staff].role == AGENT
            && self.standing(staff) == Standing::Ready
    }

    /// The floor as a visit meets it.
    pub fn floor(&self, visit: &str) -> Floor {
        let agents = self.rota.roster().iter();
        Floor {
            standing: agents
                .filter(|staff| self.people[*staff].role == AGENT)
                .map(|staff| (staff.clone(), self.standing(staff)))
                .collect(),
            excluded: self.visits[visit].excluded.clone(),
        }
    }

    /// Books the turns that a visit cost those who were passed over.
    pub fn book(&mut self, losses: Losses) {
        for (staff, standing) in losses.forfeited {
            let person = self.person_mut(&staff);
            person.turns_forfeited += 1;
            if standing == Standing::Absent
                && let Some(absence) = &mut person.absence
            {
                absence.cost = true;
            }
        }
    }

    // People.

    fn person(&mut self, event: &Event) -> Taken {
        let role = event.text("role").to_string();
        self.person_mut(event.text("person")).role = role;
        Ok(())
    }

    /// Leaves the roster and receives nobody any more; claims and shares stay; an open reception
    /// is taken over by a helper.
    fn person_left(&mut self, event: &Event) -> Taken {
        let staff = self.known_person(event.text("person"))?;
        self.optional_person(event, "successor")?;
        self.person_mut(&staff).left = true;
        self.rota.remove(&staff);
        if let Some(visit) = self.receiving(&staff) {
            self.person_mut(&staff).receptions -= 1;
            self.take_over(&visit);
        }
        Ok(())
    }

    fn new_roster(&mut self, event: &Event) -> Taken {
        let order = event.list("order");
        let mut seen = BTreeSet::new();
        for staff in &order {
            let staff = self.known_person(staff)?;
            let person = &self.people[&staff];
            if person.role != AGENT || person.left || !seen.insert(staff) {
                return Err(Refused::Input);
            }
        }
        self.rota.issue(order);
        Ok(())
    }

    fn sign(&mut self, event: &Event, out: bool) -> Taken {
        let staff = self.known_person(event.text("staff"))?;
        self.person_mut(&staff).signed_out = out;
        Ok(())
    }

    fn away(&mut self, event: &Event) -> Taken {
        let staff = self.known_person(event.text("staff"))?;
        self.optional_person(event, "ordered_by")?;
        let verified = self.authorised(event, "verified_by", PROJECT_MANAGER)?;
        if self.people[&staff].absence.is_some() {
            return Err(Refused::Input);
        }
        self.person_mut(&staff).absence = Some(Absence {
            assigned: event.maybe("reason") == Some("assigned"),
            verified,
            cost: false,
        });
        Ok(())
    }

    /// 3.4: on return from a verified assignment a kept turn becomes a priority turn; verified only
    /// now, the first turn that the absence cost comes back as one too.
    fn back(&mut self, event: &Event) -> Taken {
        let staff = self.known_person(event.text("staff"))?;
        let verified_now = self.authorised(event, "verified_by", PROJECT_MANAGER)?;
        let person = self.person_mut(&staff);
        let absence = person.absence.take().ok_or(Refused::Input)?;
        if !absence.assigned || !(absence.verified || verified_now) {
            return Ok(());
        }
        let comes_back = absence.cost && !absence.verified;
        if comes_back {
            person.turns_forfeited -= 1;
        }
        let now = self.now;
        self.rota.prefer_kept(&staff, now);
        if comes_back {
            self.rota.grant(&staff, now);
        }
        Ok(())
    }

    /// 3.3: without the site manager's approval refused; so is one of turns that cannot be swapped.
    fn swap(&mut self, event: &Event) -> Taken {
        let staff = self.known_person(event.text("staff"))?;
        let counterpart = self.known_person(event.text("counterpart"))?;
        let approved = self.authorised(event, "approved_by", SITE_MANAGER)?;
        if staff == counterpart {
            return Err(Refused::Input);
        }
        clause(approved && self.rota.swap(&staff, &counterpart))
    }

    /// 2.5 and 2.1: refused unless the site manager inspects.
    fn inspection(&mut self, event: &Event) -> Taken {
        let staff = self.known_person(event.text("staff"))?;
        clause(self.authorised(event, "inspector", SITE_MANAGER)?)?;
        let item = event.text("item").to_string();
        let person = self.person_mut(&staff);
        if event.flag("passed") {
            person.failed.remove(&item);
            return Ok(());
        }
        person.failed.insert(item.clone());
        if item == "attire" && self.rota.forfeit(&staff) {
            self.person_mut(&staff).turns_forfeited += 1;
        }
        Ok(())
    }

    // Whose customer.

    /// Who owns a customer at this moment: by claim, else, while a visit that brings them is open,
    /// whoever owns the bringer (R. 1.3).
    pub fn owner_of(&self, customer: &str) -> Option<String> {
        self.owner_through(customer, &mut BTreeSet::new())
    }

    fn owner_through<'a>(
        &'a self,
        customer: &'a str,
        asked: &mut BTreeSet<&'a str>,
    ) -> Option<String> {
        if !asked.insert(customer) {
            return None;
        }
        let record = self.customers.get(customer)?;
        if let Some(owner) = record.ledger.owner_name() {
            return Some(owner.to_string());
        }
        record
            .brought_in
            .iter()
            .find_map(|visit| self.owner_through(&self.visits[visit].customer, asked))
    }

    /// Makes the ownership of this moment stay, whatever becomes of the bringer's.
    pub fn settle_owner(&mut self, customer: &str) {
        if self.customers[customer].ledger.owner().is_none()
            && let Some(owner) = self.owner_of(customer)
        {
            self.customer_mut(customer).ledger.begin(&owner, None);
        }
    }

    /// A recognition that may be done: the claims wake and the deals follow. The turn that comes
    /// back by 3.7.g does so later in the event, once it is clear who receives.
    pub fn recognise(&mut self, customer: &str, staff: &str) -> Option<Recognised> {
        let today = self.now.date();
        let recognised = self.customer_mut(customer).ledger.recognise(staff, today)?;
        if let Some(visit) = self.visit_now(customer) {
            self.visit_mut(&visit).recognised = true;
        }
        self.follow_deals(customer, Some(&recognised));
        Some(recognised)
    }

    /// 3.7.g: the new agent's turn comes back.
    pub fn return_turn(&mut self, customer: &str, recognised: Option<&Recognised>) {
        let Some(Recognised::ReceivesAgain { void, .. }) = recognised else {
            return;
        };
        let new = self.customers[customer].ledger.get(*void).clone();
        if let Some(reception) = new.reception {
            self.person_mut(&new.staff).turns_used -= 1;
            self.rota.give_back(&new.staff, reception.turn, self.now);
        }
    }

    /// 3.7.g, 3.7.i, and the readings about who can be recognised.
    fn recognition(&mut self, event: &Event) -> Taken {
        let customer = self.known_customer(event.text("customer"))?;
        let staff = self.known_person(event.text("staff"))?;
        clause(event.maybe("by_whom") != Some("system"))?;
        let visit = self.visit_now(&customer);
        let waiting = visit
            .as_ref()
            .filter(|visit| self.visits[*visit].state == VisitState::Waiting);
        let names_somebody = waiting.is_some()
            && (self.owner_of(&customer).as_ref() == Some(&staff)
                || self.customers[&customer].ledger.has_claim(&staff));
        let recognised = self.recognise(&customer, &staff);
        clause(recognised.is_some() || names_somebody)?;
        if let Some(visit) = visit {
            if self.visits[&visit].state == VisitState::Waiting {
                self.visit_mut(&visit).named = true;
            } else if matches!(recognised, Some(Recognised::ReceivesAgain { .. })) {
                self.hand_over(&visit, &staff);
            }
        }
        self.return_turn(&customer, recognised.as_ref());
        Ok(())
    }

    // Deals.

    /// The deals of a customer take up what happened to the claims.
    pub fn follow_deals(&mut self, customer: &str, recognised: Option<&Recognised>) {
        let ledger = &self.customers[customer].ledger;
        for deal in self.deals.values_mut() {
            if deal.customer == customer {
                deal.follow(ledger, recognised);
            }
        }
    }

    fn deal(&mut self, event: &Event) -> Taken {
        let name = event.text("deal").to_string();
        let customer = self.known_customer(event.text("customer"))?;
        let closer = self.optional_person(event, "closer")?;
        if let Some(visit) = event.maybe("visit") {
            self.known_visit(visit)?;
        }
        if self.deals.contains_key(&name) {
            return Err(Refused::Input);
        }
        let owner = self.owner_of(&customer);
        let open = self
            .visit_now(&customer)
            .map(|visit| (self.visits[&visit].clone(), visit));
        if let Some((visit, id)) = &open
            && self.on_the_spot(visit, id)
        {
            // 3.7.h: final at once, and the sleeping claims are void.
            self.customer_mut(&customer).ledger.void_sleeping();
            self.follow_deals(&customer, None);
        }
        let receiving = open.and_then(|(visit, _)| visit.staff);
        let deal = Deal {
            fen: deals::fen(event.text("commission")),
            odd_fen: [closer, receiving, owner.clone()]
                .into_iter()
                .flatten()
                .collect(),
            basis: Deal::basis(&self.customers[&customer].ledger, owner.as_deref()),
            customer,
            cancelled: false,
        };
        self.deals.insert(name, deal);
        Ok(())
    }

    /// R. On the spot: the visit in which the owner first received the customer is open, the owner
    /// is receiving it, and nobody earlier was recognised since it began.
    fn on_the_spot(&self, visit: &Visit, id: &str) -> bool {
        let ledger = &self.customers[&visit.customer].ledger;
        let Some(owner) = ledger.owner().map(|owner| ledger.get(owner)) else {
            return false;
        };
        let first = owner.reception.as_ref().map(|it| it.visit.as_str());
        first == Some(id) && visit.received_by(&owner.staff) && !visit.recognised
    }

    fn deal_cancelled(&mut self, event: &Event) -> Taken {
        let deal = self.deals.get_mut(event.text("deal"));
        let deal = deal.ok_or(Refused::Input)?;
        if deal.cancelled {
            return Err(Refused::Input);
        }
        deal.cancelled = true;
        Ok(())
    }

    /// Only the ruling that the rulebook asks for: the sales manager on an undecided deal's shares.
    fn ruling(&mut self, event: &Event) -> Taken {
        let allowed = self.authorised(event, "decided_by", SALES_MANAGER)?;
        let about = event.text("about");
        let known = self.deals.contains_key(about)
            || self.visits.contains_key(about)
            || self.customers.contains_key(about);
        if !known {
            return Err(Refused::Input);
        }
        clause(allowed)?;
        if let Some(deal) = self.deals.get_mut(about)
            && event.text("question") == "share"
            && !deal.cancelled
        {
            let parts = event.objects("shares").into_iter().map(|part| {
                let text = |field: &str| part[field].as_str().unwrap_or_default().to_string();
                (text("staff"), text("share"), deals::fen(&text("amount")))
            });
            deal.basis = Basis::Ruled(parts.collect::<Vec<Part>>());
        }
        Ok(())
    }

    // Events that decide nothing.

    fn filing(&mut self, event: &Event) -> Taken {
        self.known_person(event.text("staff"))?;
        self.customer_mut(event.text("customer"));
        Ok(())
    }

    fn phone_inquiry(&mut self, event: &Event) -> Taken {
        self.known_person(event.text("staff"))?;
        self.optional_person(event, "remembers")?;
        if !self.calls.insert(event.text("call").to_string()) {
            return Err(Refused::Input);
        }
        self.customer_mut(event.text("customer"));
        Ok(())
    }

    fn known_people_and_customers(&self, event: &Event) -> Taken {
        self.known_person(event.text("staff"))?;
        self.known_customer(event.text("customer"))?;
        Ok(())
    }

    fn owner_contact(&self, event: &Event) -> Taken {
        self.known_person(event.text("staff"))?;
        self.known_person(event.text("owner"))?;
        self.optional_person(event, "stand_in")?;
        Ok(())
    }

    fn assignment(&self, event: &Event) -> Taken {
        self.known_visit(event.text("visit"))?;
        self.known_person(event.text("staff"))?;
        self.optional_person(event, "approved_by")?;
        Ok(())
    }

    fn deal_stage(&self, event: &Event) -> Taken {
        known(self.deals.contains_key(event.text("deal")), "").map(|_| ())
    }

    /// Penalties depend on figures of the office, which the model leaves out.
    fn violation(&self, event: &Event) -> Taken {
        self.known_person(event.text("staff"))?;
        self.known_person(event.text("reported_by"))?;
        Ok(())
    }

    // Visits.

    /// The visit's record, which the caller has checked to be there.
    pub fn visit_mut(&mut self, visit: &str) -> &mut Visit {
        self.visits
            .get_mut(visit)
            .unwrap_or_else(|| panic!("no visit {visit}"))
    }

    /// The visit of that customer that is open or waits.
    pub fn visit_now(&self, customer: &str) -> Option<String> {
        let mut here = self.here.iter();
        here.find(|visit| self.visits[*visit].customer == customer)
            .cloned()
    }

    fn visit(&mut self, event: &Event) -> Taken {
        let name = event.text("visit").to_string();
        let customer = event.text("customer").to_string();
        let remembers = self.optional_person(event, "remembers")?;
        for introducer in event.list("introduced_by") {
            self.known_customer(&introducer)?;
        }
        if self.visits.contains_key(&name) || self.visit_now(&customer).is_some() {
            return Err(Refused::Input);
        }
        let brings = event.list("brings");
        self.arrive(&name, &customer, remembers, brings, event.maybe("purpose"));
        Ok(())
    }

    fn visit_end(&mut self, event: &Event) -> Taken {
        let visit = self.known_visit(event.text("visit"))?;
        if !self.visits[&visit].present() {
            return Err(Refused::Input);
        }
        self.leave(&visit);
        Ok(())
    }

    /// 3.10: only of customers on whom nobody had a claim before this visit, received as duty or
    /// replacement, with a finding of the sales manager; a and b refuse the request.
    fn replacement(&mut self, event: &Event) -> Taken {
        let name = self.known_visit(event.text("visit"))?;
        let found = self.authorised(event, "approved_by", SALES_MANAGER)?;
        let visit = &self.visits[&name];
        if visit.state != VisitState::Open {
            return Err(Refused::Input);
        }
        let by_rota = matches!(visit.role, Some(Role::Duty | Role::Replacement));
        clause(by_rota && !visit.claimed_before && found)?;
        let serious = event.text("fault") == "serious";
        clause(serious || event.flag("insists"))?;
        self.replace(&name, event.flag("priority") && !serious);
        Ok(())
    }
}

fn known(known: bool, name: &str) -> Result<String, Refused> {
    if known {
        Ok(name.to_string())
    } else {
        Err(Refused::Input)
    }
}

fn clause(stands: bool) -> Taken {
    if stands { Ok(()) } else { Err(Refused::Clause) }
}
