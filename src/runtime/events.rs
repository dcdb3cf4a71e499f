//! What each kind of event does to the state, once it is possible and allowed.

use super::act::{Act, Clauses, Grounds, Unsettled};
use super::ask::{Answer, Phase, holding};
use super::open::WAITS;
use super::world::{Away, Visit, WaitsAfter};
use crate::base::few::Few;
use crate::decision::What;
use crate::event::{CustomerId, Event, PersonId, VisitId};
use crate::policy::Moment;
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::words::{Question, VisitState};
use smallvec::SmallVec;

impl Act<'_> {
    /// Takes an event that is possible. Says whether its customer has turned out to be somebody known by another id, so
    /// that the rest of it is to be taken as that customer's.
    pub fn take(&mut self, event: &Event) -> bool {
        self.make_known(event);
        self.bind(event);
        self.stir_at_hand(Some(event));
        let moment = Moment::Event(event.kind);
        let asked = match event.kind {
            kind::VIOLATION => Moment::Violation,
            _ => moment,
        };
        // What a correction was before, it stays when the journal is played again.
        let may = match self.settled {
            Some(true) => true,
            settled => {
                self.can_happen(event, asked) && self.is_allowed(event, asked) && settled.is_none()
            }
        };
        if !may || !self.hears(event) {
            self.settle_standing();
            return false;
        }
        if self.who_is_it(event, moment) {
            return true;
        }
        self.takes_effect(event, moment);
        false
    }

    /// Takes an event that is allowed and whose customer is known.
    pub fn go_on(&mut self, event: &Event) {
        self.bind(event);
        self.stir_at_hand(Some(event));
        self.takes_effect(event, Moment::Event(event.kind));
    }

    fn takes_effect(&mut self, event: &Event, moment: Moment) {
        if event.kind == kind::DEAL_STAGE {
            self.deal_stage(event);
        }
        // What an event brings is told of once it is there: what is kept may be something about it.
        let brings = [kind::VISIT, kind::DEAL, kind::PERSON, kind::ROSTER];
        if !brings.contains(&event.kind) {
            self.tell(moment);
        }
        let first_new = self.world.claims.len();
        self.apply(event, moment);
        self.tell_new_claims(moment, first_new);
        self.move_windows();
        self.settle_standing();
    }

    /// Whether the policy says that this cannot happen: then nobody knows, and nothing else follows.
    fn can_happen(&mut self, event: &Event, moment: Moment) -> bool {
        let never = self.law.policy.index.never(moment);
        if never.is_empty() {
            return true;
        }
        let (reason, clauses) = match holding(&self.reader(), never.iter().copied().collect()) {
            Ok(holding) if holding.is_empty() => return true,
            Ok(holding) => ("cannot_happen".to_owned(), holding),
            Err((clause, reason)) => (reason, Clauses::from_slice(&[clause])),
        };
        let about = about(self.ids, event);
        let unsettled = Unsettled::new(reason, self.grounds(clauses));
        self.undecided(&about, Question::Allow, &unsettled);
        false
    }

    /// Asks whether the event may take effect; tells every refusal.
    fn is_allowed(&mut self, event: &Event, moment: Moment) -> bool {
        match self.refusals(moment) {
            Answer::One(refusals, allowed) => {
                if refusals.is_empty() {
                    self.stood(&allowed);
                }
                for (reason, grounds) in &refusals {
                    let reason = self.ids.word(self.law.word(*reason)).into();
                    self.decide(What::Refuse { reason }, grounds);
                    self.effects_of(grounds);
                }
                refusals.is_empty()
            }
            Answer::Gap => true,
            Answer::Open(unsettled) => {
                let about = about(self.ids, event);
                self.undecided(&about, Question::Allow, &unsettled);
                false
            }
        }
    }

    fn apply(&mut self, event: &Event, moment: Moment) {
        match event.kind {
            kind::PERSON => self.person(event, moment),
            kind::PERSON_LEFT => {
                self.effects_on(moment);
                self.leaves(event.person(field::PERSON).unwrap_or(PersonId(0)));
            }
            kind::ROSTER => self.roster(event, moment),
            kind::SIGN_IN | kind::SIGN_OUT => self.sign(event),
            kind::AWAY => self.away(event),
            kind::BACK => self.back(event, moment),
            kind::SWAP => self.swap(event),
            kind::INSPECTION => self.inspection(event, moment),
            kind::VISIT => self.visit(event),
            kind::VISIT_END => self.visit_end(moment),
            kind::RECOGNITION => self.recognition(moment),
            kind::REPLACEMENT => self.replacement(moment),
            kind::DEAL => self.deal(event, moment),
            kind::DEAL_CANCELLED => self.deal_cancelled(),
            kind::AGREEMENT => self.agreement(event, moment),
            kind::CHOICE => self.says_of_deal(event, moment),
            kind::VIOLATION => self.recorded_violation(),
            kind::RULING => self.ruling(event),
            kind::CORRECTION => self.correction(moment),
            kind::OPENING => self.opening(event, moment),
            kind::PHONE_INQUIRY => self.phone_inquiry(event, moment),
            kind::OWNER_CONTACT => self.owner_contact(event, moment),
            kind::CALENDAR_MODE => self.calendar_mode(event, moment),
            kind::REGISTRATION => self.registration(moment),
            _ => self.anything_else(moment),
        }
    }

    /// An event about which only the policy has something to say. Where it may change who receives, what speaks of
    /// `receiver` is asked once somebody begins to receive because of it.
    pub fn anything_else(&mut self, moment: Moment) {
        self.effects_on(moment);
        self.recognise(moment);
        let Some(visit) = self.visit_to_receive(moment) else {
            self.settle_claims(&[moment], Phase::Both);
            self.settle_turns(&[moment], Phase::Both);
            return;
        };
        self.settle_claims(&[moment], Phase::Before);
        self.hand_over(visit, &[moment]);
        self.settle_turns(&[moment], Phase::Before);
    }

    /// The visit at hand, open or waiting, if some clause says at this moment who receives.
    fn visit_to_receive(&self, moment: Moment) -> Option<VisitId> {
        let asked = self.law.policy.index.answering(Question::Receive, moment);
        let here = |id: &VisitId| {
            self.world
                .visit(*id)
                .is_some_and(|visit| visit.state.is_here())
        };
        self.case.visit.filter(here).filter(|_| !asked.is_empty())
    }

    fn phone_inquiry(&mut self, event: &Event, moment: Moment) {
        self.world
            .calls
            .extend(event.text(field::CALL).map(Box::from));
        if let Some(customer) = self.case.customer {
            self.world.customer_mut(customer).phoned = true;
        }
        self.anything_else(moment);
    }

    /// The office tried to reach somebody, perhaps about a visit.
    fn owner_contact(&mut self, event: &Event, moment: Moment) {
        let reached = event
            .word(field::OUTCOME)
            .is_some_and(|word| self.ids.word(word) == REACHED);
        if let (Some(visit), Some(owner)) = (self.case.visit, event.person(field::OWNER)) {
            let called = &mut self.world.visit_mut(visit).called;
            called.retain(|(known, _)| *known != owner);
            called.push((owner, reached));
        }
        self.anything_else(moment);
    }

    /// The office works in another mode from now on.
    fn calendar_mode(&mut self, event: &Event, moment: Moment) {
        self.world.mode = event.word(field::MODE);
        self.world.touch_everybody();
        self.anything_else(moment);
    }

    fn person(&mut self, event: &Event, moment: Moment) {
        let (Some(id), Some(role)) = (event.person(field::PERSON), event.word(field::ROLE)) else {
            return;
        };
        let receives = self.law.role(role).map_or(0, |role| role.receives);
        let person = self.world.person_mut(id);
        (person.role, person.receives, person.left) = (Some(role), receives, false);
        if receives == 0 {
            for rota in &mut self.world.rotas {
                rota.strike(id);
            }
        }
        self.world.touch(id);
        self.tell(moment);
        self.effects_on(moment);
    }

    fn sign(&mut self, event: &Event) {
        let Some(staff) = event.person(field::STAFF) else {
            return;
        };
        self.world.person_mut(staff).signed_out = event.kind == kind::SIGN_OUT;
        if event.kind == kind::SIGN_IN {
            self.signs_in(staff);
        }
        self.world.touch(staff);
        self.anything_else(Moment::Event(event.kind));
    }

    fn away(&mut self, event: &Event) {
        let Some(staff) = event.person(field::STAFF) else {
            return;
        };
        let (reason, verifier) = (event.word(field::REASON), event.person(field::VERIFIED_BY));
        self.world.person_mut(staff).away = Some(Away {
            reason,
            verifier,
            lost: 0,
        });
        self.world.touch(staff);
        self.anything_else(Moment::Event(event.kind));
    }

    fn back(&mut self, event: &Event, moment: Moment) {
        let Some(staff) = event.person(field::STAFF) else {
            return;
        };
        self.effects_on(moment);
        self.settle_turns(&[moment], Phase::Both);
        self.returning = false;
        self.world.person_mut(staff).away = None;
        self.world.touch(staff);
    }

    fn inspection(&mut self, event: &Event, moment: Moment) {
        let (Some(staff), Some(item)) = (event.person(field::STAFF), event.word(field::ITEM))
        else {
            return;
        };
        let person = self.world.person_mut(staff);
        person.failed.retain(|known| *known != item);
        if !event.flag(field::PASSED) {
            person.failed.push(item);
        }
        self.world.touch(staff);
        self.anything_else(moment);
    }

    fn visit(&mut self, event: &Event) {
        let (Some(id), Some(customer)) =
            (event.visit(field::VISIT), event.customer(field::CUSTOMER))
        else {
            return;
        };
        let visit = self.new_visit(event, customer);
        for brought in &visit.brings {
            self.world.customer_mut(*brought).brought_in.push(id);
        }
        if self.world.visits.len() <= id.index() {
            self.world.visits.resize_with(id.index() + 1, || None);
        }
        self.came(id, &visit);
        self.world.visits[id.index()] = Some(visit);
        self.world.here.insert(id);
        self.world.customer_mut(customer).visit = Some(id);
        self.case.visit = Some(id);
        self.stir_at_hand(None);
        let moment = Moment::Event(kind::VISIT);
        self.tell(moment);
        self.effects_on(moment);
        let recognised = self.recognise(moment);
        self.settle_claims(
            &[moment, Moment::Recognised][..if recognised { 2 } else { 1 }],
            Phase::Before,
        );
        self.seat(id, WaitsAfter::Arrival, true);
        if recognised {
            self.settle_turns(&[Moment::Recognised], Phase::Before);
        }
    }

    fn new_visit(&self, event: &Event, customer: CustomerId) -> Visit {
        let word = |name: &str| {
            self.ids
                .words
                .get(name)
                .expect("default words are known from the start")
        };
        let channel = event
            .word(field::CHANNEL)
            .unwrap_or_else(|| word(DEFAULT_CHANNEL));
        let mut brings: Few<CustomerId> = Few::new();
        for brought in event.customers(field::BRINGS) {
            if !brings.contains(brought) {
                brings.push(*brought);
            }
        }
        Visit {
            customer,
            at: self.at,
            seq: self.seq,
            state: VisitState::Waiting,
            named: event.person(field::REMEMBERS),
            returning: event.flag(field::RETURNING),
            purpose: event
                .word(field::PURPOSE)
                .unwrap_or_else(|| word(DEFAULT_PURPOSE)),
            channel,
            brings_new: brings.iter().any(|brought| !self.is_owned(*brought)),
            brings,
            introducers: event
                .customers(field::INTRODUCED_BY)
                .iter()
                .copied()
                .collect(),
            introducer_owner: self.owner_of_first(event.customers(field::INTRODUCED_BY)),
            before: self.last_visit(customer),
            same_day_repeat: self.was_received_today(customer),
            received_at: None,
            called: Few::new(),
            rota: self.law.rota_for(channel),
            receiver: None,
            role: None,
            excluded: Few::new(),
            spent: SmallVec::new(),
            had_claims: self.has_claims(customer),
            waits_after: WaitsAfter::Arrival,
            cause: None,
        }
    }

    /// Whether somebody counts as owner of a customer.
    fn is_owned(&self, customer: CustomerId) -> bool {
        let mut reader = self.reader();
        reader.case.customer = Some(customer);
        reader.owner().is_some()
    }

    /// Whether somebody has a claim on the customer at hand, of record or through whoever brings the customer.
    fn has_claims(&self, customer: CustomerId) -> bool {
        let claims = self
            .world
            .customer(customer)
            .map_or(&[][..], |known| &known.claims);
        let live = claims.iter().any(|id| self.world.claim(*id).is_live());
        live || self.reader().owner().is_some()
    }

    fn visit_end(&mut self, moment: Moment) {
        let Some(id) = self.case.visit else { return };
        let visit = self.world.visit_mut(id);
        let (customer, brings) = (visit.customer, visit.brings.clone());
        if visit.state == VisitState::NotReceived {
            self.unbring(id, &brings);
            return;
        }
        if visit.state == VisitState::Waiting {
            visit.receiver = None;
        }
        visit.state = VisitState::Ended;
        visit.cause = None;
        self.release(id, false);
        self.world.waiting.retain(|other| *other != id);
        self.world.is_gone(customer, id);
        self.effects_on(moment);
        self.settle_claims(&[moment], Phase::Both);
        self.settle_turns(&[moment], Phase::Both);
        for brought in &brings {
            self.begin_case(Some(id), Some(*brought));
            self.case.brought_in = Some(id);
            self.settle_claims(&[moment], Phase::Both);
        }
        self.unbring(id, &brings);
    }

    /// Nobody is brought along by a visit any more.
    pub fn unbring(&mut self, visit: VisitId, brings: &[CustomerId]) {
        for brought in brings {
            self.world
                .customer_mut(*brought)
                .brought_in
                .retain(|other| *other != visit);
        }
    }

    fn recognition(&mut self, moment: Moment) {
        self.effects_on(moment);
        let recognised = self.recognise(moment);
        let moments = &[moment, Moment::Recognised][..if recognised { 2 } else { 1 }];
        self.settle_claims(moments, Phase::Before);
        let open = self.case.visit.filter(|id| {
            self.world
                .visit(*id)
                .is_some_and(|v| v.state == VisitState::Open)
        });
        if let Some(visit) = open {
            self.hand_over(visit, moments);
        }
        self.settle_turns(moments, Phase::Before);
    }

    fn replacement(&mut self, moment: Moment) {
        let Some(id) = self.case.visit else { return };
        match self.ask_receive(&[moment]) {
            Answer::Gap => return self.anything_else(moment),
            // Until somebody says yes, whoever receives goes on.
            Answer::Open(unsettled) if unsettled.reason == WAITS => {
                return self.anything_else(moment);
            }
            Answer::One(..) | Answer::Open(_) => {}
        }
        self.effects_on(moment);
        self.settle_claims(&[moment], Phase::Before);
        self.take_off(id);
        self.seat(id, WaitsAfter::Replacement, true);
        self.settle_turns(&[moment], Phase::Before);
    }

    /// A violation that somebody records is one if a clause says so.
    fn recorded_violation(&mut self) {
        self.effects_on(Moment::Violation);
        let Some(offence) = self.case.offence else {
            return;
        };
        if self.violations == 0 {
            let about = self.ids.person(offence.staff).to_owned();
            let reason = format!(
                "no clause makes {} a violation",
                self.ids.word(offence.kind)
            );
            self.undecided(
                &about,
                Question::Sanction,
                &Unsettled::new(reason, Grounds::default()),
            );
        }
    }
}

/// The outcome of a call that reached somebody.
const REACHED: &str = "reached";
/// Why people come when a visit does not say.
pub const DEFAULT_PURPOSE: &str = "buy";
/// How people come when a visit does not say.
pub const DEFAULT_CHANNEL: &str = "walk_in";
/// The channel by which a `phone_inquiry` comes.
pub const PHONE_CHANNEL: &str = "phone";
/// What a priority turn is called when no clause gives it a name.
pub const PRIORITY_KIND: &str = crate::vocabulary::words::TurnEffect::Priority.text();

/// What an event is about, by name.
fn about(ids: &crate::event::Ids, event: &Event) -> String {
    let visit = event.visit(field::VISIT).map(|id| ids.visit(id));
    let customer = event.customer(field::CUSTOMER).map(|id| ids.customer(id));
    let staff = event.person(field::STAFF).map(|id| ids.person(id));
    visit.or(customer).or(staff).unwrap_or_default().to_owned()
}
