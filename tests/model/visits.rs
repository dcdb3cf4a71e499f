//! Who receives a visit: by the rota, as owner, helper, original agent or replacement (1.2, 1.3, 3.5 to 3.7, 3.10).

use std::collections::BTreeSet;

use super::claims::Reception;
use super::office::Office;
use super::rota::{Floor, Losses};

/// In what role somebody receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Chosen by the rota.
    Duty,
    /// The visit named somebody, or the rota's choice was a recognition.
    Owner,
    /// In the owner's place.
    Helper,
    /// 3.7.g during an open visit.
    Original,
    /// Chosen after 3.10.c.
    Replacement,
}

impl Role {
    /// The report's word.
    pub fn word(self) -> &'static str {
        match self {
            Role::Duty => "duty",
            Role::Owner => "owner",
            Role::Helper => "helper",
            Role::Original => "original",
            Role::Replacement => "replacement",
        }
    }
}

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// Nobody can receive it yet.
    Waiting,
    /// Somebody is receiving it.
    Open,
    /// Over.
    Ended,
    /// 3.5: not somebody to be received.
    NotReceived,
}

impl VisitState {
    /// The report's word.
    pub fn word(self) -> &'static str {
        match self {
            VisitState::Waiting => "waiting",
            VisitState::Open => "open",
            VisitState::Ended => "ended",
            VisitState::NotReceived => "not_received",
        }
    }
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who came.
    pub customer: String,
    /// Whom they brought.
    pub brings: Vec<String>,
    /// Where it stands.
    pub state: VisitState,
    /// Who receives or received last.
    pub staff: Option<String>,
    /// In what role.
    pub role: Option<Role>,
    /// It goes to the owner: it named somebody, or somebody was recognised while it waited.
    pub named: bool,
    /// 1.3: it brought somebody whom nobody owned.
    pub pair: bool,
    /// A reception of it has begun, with whatever turn that used.
    pub begun: bool,
    /// An earlier agent was recognised since it began.
    pub recognised: bool,
    /// Somebody had a claim on the customer before it.
    pub claimed_before: bool,
    /// 3.10.c: an agent was replaced in it.
    pub replaced: bool,
    /// 3.10.c: who cannot receive it again.
    pub excluded: BTreeSet<String>,
    arrived: usize,
}

impl Visit {
    /// Open or waiting.
    pub fn present(&self) -> bool {
        matches!(self.state, VisitState::Waiting | VisitState::Open)
    }

    /// Whether that person is receiving it.
    pub fn received_by(&self, staff: &str) -> bool {
        self.state == VisitState::Open && self.staff.as_deref() == Some(staff)
    }
}

/// 3.5: the purposes that are received.
fn is_received(purpose: &str) -> bool {
    matches!(purpose, "buy" | "view" | "formalities" | "service")
}

impl Office {
    /// A visit that may be taken arrives.
    pub fn arrive(
        &mut self,
        name: &str,
        customer: &str,
        remembers: Option<String>,
        brings: Vec<String>,
        purpose: Option<&str>,
    ) {
        self.customer_mut(customer);
        for brought in &brings {
            self.customer_mut(brought);
        }
        let mut visit = Visit {
            customer: customer.to_string(),
            brings,
            state: VisitState::Waiting,
            staff: None,
            role: None,
            named: remembers.is_some(),
            pair: false,
            begun: false,
            recognised: false,
            claimed_before: false,
            replaced: false,
            excluded: BTreeSet::new(),
            arrived: self.visits.len(),
        };
        if !is_received(purpose.unwrap_or("buy")) {
            visit.state = VisitState::NotReceived;
            self.visits.insert(name.to_string(), visit);
            return;
        }
        // A brought customer who comes on their own keeps the owner of this moment.
        self.settle_owner(customer);
        let ledger = &mut self.customer_mut(customer).ledger;
        visit.claimed_before = ledger.live().next().is_some();
        let mut recognised = None;
        if let Some(staff) = remembers {
            if ledger.owner().is_none() {
                // R. Taken at their word.
                ledger.begin(&staff, None);
            } else {
                // 3.6, or a recognition by the customer at the moment of arrival.
                recognised = self.recognise(customer, &staff);
                visit.recognised = recognised.is_some();
            }
        }
        visit.pair = visit
            .brings
            .iter()
            .any(|brought| self.owner_of(brought).is_none());
        for brought in &visit.brings {
            self.customer_mut(brought).brought_in.push(name.to_string());
        }
        self.visits.insert(name.to_string(), visit);
        self.here.insert(name.to_string());
        if !self.try_receive(name) {
            self.queue.push(name.to_string());
        }
        self.return_turn(customer, recognised.as_ref());
    }

    /// A visit ends, or the customer who waits leaves.
    pub fn leave(&mut self, name: &str) {
        for brought in self.visits[name].brings.clone() {
            self.settle_brought(name, &brought);
        }
        self.visit_mut(name).state = VisitState::Ended;
        self.here.remove(name);
        self.queue.retain(|other| other != name);
    }

    /// R. 1.3: a brought customer whom nobody owns belongs to whoever owns the bringer at the end.
    fn settle_brought(&mut self, visit: &str, brought: &str) {
        let links = &self.customers[brought].brought_in;
        let decides = links
            .iter()
            .find(|link| self.owner_of(&self.visits[*link].customer).is_some());
        if decides.is_some_and(|link| link == visit) {
            self.settle_owner(brought);
        }
        self.customer_mut(brought)
            .brought_in
            .retain(|link| link != visit);
    }

    /// Whoever waits goes out as soon as somebody can receive, in the order of the queue.
    pub fn serve_queue(&mut self) {
        let mut at = 0;
        while let Some(name) = self.queue.get(at).cloned() {
            if self.try_receive(&name) {
                self.queue.retain(|other| *other != name);
                at = 0;
            } else {
                at += 1;
            }
        }
    }

    /// Gives a visit that waits or arrives to somebody. False, and nothing changed, when nobody can.
    fn try_receive(&mut self, name: &str) -> bool {
        let floor = self.floor(name);
        if !floor.standing.keys().any(|staff| floor.open_to(staff)) {
            return false;
        }
        let customer = self.visits[name].customer.clone();
        self.settle_owner(&customer);
        let owner = self.owner_of(&customer);
        let visit = self.visit_mut(name);
        // Brought by somebody who was received first, the customer is no longer new.
        visit.claimed_before |= !visit.begun && owner.is_some();
        match owner {
            Some(owner) if self.visits[name].named => self.receive_for(name, &owner, &floor),
            owner => self.receive_by_rota(name, owner.as_deref(), &floor),
        }
    }

    /// 3.1 and 3.7: whom the rota chooses.
    fn receive_by_rota(&mut self, name: &str, owner: Option<&str>, floor: &Floor) -> bool {
        let now = self.now;
        let mut losses = Losses::default();
        let Some(choice) = self.rota.choose(floor, now, &mut losses) else {
            return false;
        };
        let customer = self.visits[name].customer.clone();
        let ledger = &self.customers[&customer].ledger;
        if ledger.can_be_recognised(&choice.staff) {
            // R. The rota chooses an agent whose claim sleeps: the round may have ended for the
            // choice, but nobody is passed over and no turn of the rota is used.
            self.book(losses);
            let recognised = self.recognise(&customer, &choice.staff);
            let received = match self.owner_of(&customer) {
                Some(owner) => self.receive_for(name, &owner, floor),
                None => false,
            };
            self.return_turn(&customer, recognised.as_ref());
            return received;
        }
        let turn = self.rota.give(&choice, floor, &mut losses);
        self.book(losses);
        self.person_mut(&choice.staff).turns_used += 1;
        if owner != Some(choice.staff.as_str()) {
            let reception = Reception {
                visit: name.to_string(),
                day: now.date(),
                turn,
            };
            self.customer_mut(&customer)
                .ledger
                .begin(&choice.staff, Some(reception));
        }
        let role = if self.visits[name].replaced {
            Role::Replacement
        } else {
            Role::Duty
        };
        self.open(name, &choice.staff, role);
        true
    }

    /// 3.6 and 1.2: the owner, or else a helper; 1.3: the owner's turn is used for a pair.
    fn receive_for(&mut self, name: &str, owner: &str, floor: &Floor) -> bool {
        let received = if floor.open_to(owner) {
            Some((owner.to_string(), Role::Owner))
        } else {
            self.helper(floor).map(|helper| (helper, Role::Helper))
        };
        let Some((staff, role)) = received else {
            return false;
        };
        let visit = &self.visits[name];
        if visit.pair && !visit.begun && self.rota.use_out_of_order(owner) {
            self.person_mut(owner).turns_used += 1;
        }
        self.open(name, &staff, role);
        true
    }

    /// Whom the rota would choose, without anything happening to it.
    fn helper(&self, floor: &Floor) -> Option<String> {
        let mut rota = self.rota.clone();
        let choice = rota.choose(floor, self.now, &mut Losses::default());
        choice.map(|choice| choice.staff)
    }

    fn open(&mut self, name: &str, staff: &str, role: Role) {
        self.person_mut(staff).receptions += 1;
        let visit = self.visit_mut(name);
        visit.state = VisitState::Open;
        visit.staff = Some(staff.to_string());
        visit.role = Some(role);
        visit.begun = true;
    }

    /// 3.7.g during an open visit: the original agent receives, or else whoever is receiving goes
    /// on as helper.
    pub fn hand_over(&mut self, name: &str, original: &str) {
        if self.visits[name].received_by(original) {
            self.visit_mut(name).role = Some(Role::Original);
        } else if self.can_receive(original) {
            if let Some(before) = self.visits[name].staff.clone() {
                self.person_mut(&before).receptions -= 1;
            }
            self.open(name, original, Role::Original);
        } else {
            self.visit_mut(name).role = Some(Role::Helper);
        }
    }

    /// R. person_left: a helper takes over; if nobody can, the visit waits where it would stand by
    /// its arrival, and goes to the owner or a helper.
    pub fn take_over(&mut self, name: &str) {
        let visit = self.visit_mut(name);
        visit.state = VisitState::Waiting;
        visit.staff = None;
        visit.role = None;
        visit.named = true;
        let arrived = visit.arrived;
        let floor = self.floor(name);
        if let Some(helper) = self.helper(&floor) {
            self.open(name, &helper, Role::Helper);
            return;
        }
        let later = |other: &String| {
            let other = &self.visits[other];
            !other.replaced && other.arrived > arrived
        };
        let at = self.queue.iter().position(later);
        let at = at.unwrap_or(self.queue.len());
        self.queue.insert(at, name.to_string());
    }

    /// 3.10.c: the replaced agent's claims are void, the turn is a bye, the visit is the rota's
    /// again without that agent, at the head of the queue if nobody else can receive.
    pub fn replace(&mut self, name: &str, priority: bool) {
        let now = self.now;
        let customer = self.visits[name].customer.clone();
        let visit = self.visit_mut(name);
        visit.state = VisitState::Waiting;
        visit.role = None;
        visit.replaced = true;
        let replaced = visit.staff.take();
        visit.excluded.extend(replaced.clone());
        if let Some(staff) = &replaced {
            let record = self.customer_mut(&customer);
            record.ledger.void_all_of(staff);
            record.brought_in.clear();
            let person = self.person_mut(staff);
            person.turns_used -= 1;
            person.receptions -= 1;
        }
        if !self.try_receive(name) {
            self.queue.insert(0, name.to_string());
        }
        if let Some(staff) = replaced.filter(|_| priority) {
            self.rota.grant(&staff, now);
        }
    }
}
