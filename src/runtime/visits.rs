//! Visits: who receives them, how a reception begins and changes hands, how they wait and go out.

use super::act::{Act, Grounds, Unsettled};
use super::ask::{Answer, Phase};
use super::case::Someone;
use super::order::Plan;
use super::presence::{can_receive, is_here};
use super::world::WaitsAfter;
use crate::decision::What;
use crate::event::{PersonId, VisitId};
use crate::policy::{By, ClauseId, Moment, Receive};
use crate::vocabulary::events::kind;
use crate::vocabulary::words::{Question, ReceptionRole, VisitState};
use smallvec::SmallVec;
use std::sync::Arc;

/// Moments under which a reception is asked about.
pub type Moments = SmallVec<[Moment; 3]>;

/// What was found for a visit.
enum Found {
    /// Somebody, as something; perhaps as the rota planned.
    Somebody {
        staff: PersonId,
        role: ReceptionRole,
        plan: Option<Plan>,
        grounds: Grounds,
        moments: Moments,
    },
    /// Nobody can receive now.
    NobodyYet(Grounds),
    /// Nobody is assigned.
    Nobody(Grounds),
    /// Nothing was answered.
    Unanswered,
    /// A person rules.
    Open,
}

/// Who is to receive, and as what.
struct Wanted {
    by: SmallVec<[By; 2]>,
    role: ReceptionRole,
    /// Even who is away or busy.
    regardless: bool,
}

/// What made a visit wait, as the moment under which it is asked about when it goes out.
pub fn moment_of(waits_after: WaitsAfter) -> Moment {
    Moment::Event(match waits_after {
        WaitsAfter::Arrival => kind::VISIT,
        WaitsAfter::Replacement => kind::REPLACEMENT,
        WaitsAfter::Leaving => kind::PERSON_LEFT,
    })
}

impl Act<'_> {
    /// Finds a receiver for the visit at hand, or lets it wait. Says whether a reception began or changed hands.
    pub fn seat(&mut self, visit: VisitId, after: WaitsAfter, is_new: bool) -> bool {
        let moments = [moment_of(after), Moment::Recognised];
        let count = if self.case.recognised.is_some() { 2 } else { 1 };
        match self.find(&moments[..count]) {
            Found::Somebody {
                staff,
                role,
                plan,
                grounds,
                moments,
            } => {
                self.rota_gave = plan.map(|plan| (plan.staff, plan.priority));
                self.receive(visit, staff, role, &grounds);
                self.settle_reception(visit, &moments, plan.as_ref(), after);
                self.effects_of(&grounds);
                self.has_begun();
                true
            }
            Found::NobodyYet(grounds) => {
                self.wait(visit, after, is_new, &grounds);
                false
            }
            Found::Nobody(grounds) => {
                self.leave_unreceived(visit, &grounds);
                false
            }
            Found::Unanswered => {
                let about = self.ids.visit(visit).to_owned();
                self.undecided(
                    &about,
                    Question::Receive,
                    &Unsettled::new("no clause says who receives", Grounds::default()),
                );
                self.world.waiting.retain(|other| *other != visit);
                false
            }
            Found::Open => {
                self.world.waiting.retain(|other| *other != visit);
                false
            }
        }
    }

    /// Whether a visit that is open or waits changes hands because of what has just happened; without an answer, and
    /// where nobody whom the answer names can receive, it does not.
    pub fn hand_over(&mut self, visit: VisitId, moments: &[Moment]) {
        let found = self.find(moments);
        self.found(visit, found);
    }

    /// Whoever receives a visit is taken off it.
    pub fn take_off(&mut self, visit: VisitId) {
        let record = self.world.visit_mut(visit);
        record.excluded.extend(record.receiver);
        self.release(visit, true);
    }

    /// A clause whose answer somebody allowed says who receives.
    pub fn grant_receive(&mut self, clause: ClauseId, grounds: &Grounds) {
        let here = |id: &VisitId| {
            let visit = self.world.visit(*id);
            visit.is_some_and(|visit| visit.state.is_here())
        };
        let Some(visit) = self.case.visit.filter(here) else {
            return;
        };
        let after = self.world.visit(visit).map(|visit| visit.waits_after);
        let moment = match (self.case.event, after) {
            (Some(event), _) => Moment::Event(event.kind),
            (None, Some(after)) => moment_of(after),
            (None, None) => return,
        };
        if moment == Moment::Event(kind::REPLACEMENT) {
            self.take_off(visit);
        }
        let found = self.found_by(clause, grounds.clone(), &[moment]);
        self.found(visit, found);
    }

    fn found(&mut self, visit: VisitId, found: Found) {
        match found {
            Found::Somebody {
                staff,
                role,
                plan,
                grounds,
                moments,
            } => {
                let before = self.world.visit(visit).and_then(|visit| visit.receiver);
                self.rota_gave = plan.map(|plan| (plan.staff, plan.priority));
                self.receive(visit, staff, role, &grounds);
                if before != Some(staff) {
                    self.settle_claims(&moments, Phase::After);
                    if let Some(plan) = plan {
                        let rota = self.world.visit(visit).map_or(0, |visit| visit.rota);
                        self.pass_over(rota, &plan);
                    }
                    self.settle_turns(&moments, Phase::After);
                }
                self.effects_of(&grounds);
                if before != Some(staff) {
                    self.has_begun();
                }
            }
            Found::Nobody(grounds) => {
                self.release(visit, true);
                self.leave_unreceived(visit, &grounds);
            }
            Found::NobodyYet(_) | Found::Unanswered | Found::Open => {}
        }
    }

    /// Somebody could not be put in order because a script failed: a person rules on who receives.
    fn is_broken(&mut self, grounds: &Grounds) -> bool {
        let Some(reason) = self.fault.borrow_mut().take() else {
            return false;
        };
        let about = self.case.visit.map_or("", |visit| self.ids.visit(visit));
        let about = about.to_owned();
        let unsettled = Unsettled::new(reason, grounds.clone());
        self.undecided(&about, Question::Receive, &unsettled);
        true
    }

    /// Asks who receives; where the rota's choice turns out to be a recognition, asks again.
    fn find(&mut self, moments: &[Moment]) -> Found {
        let answer = self.ask_receive(moments);
        let (clause, grounds) = match self.receive_answer(answer) {
            Ok(answered) => answered,
            Err(found) => return found,
        };
        self.found_by(clause, grounds, moments)
    }

    /// Whom the answer of a clause means.
    fn found_by(&mut self, clause: ClauseId, grounds: Grounds, moments: &[Moment]) -> Found {
        let Some(wanted) = self.by_of(clause) else {
            return Found::Nobody(grounds);
        };
        let role = wanted.role;
        for by in &wanted.by {
            let plan = match by {
                By::Rota => self.planned_here(),
                _ => None,
            };
            let staff = match by {
                By::Rota => plan.map(|plan| plan.staff),
                other => self.somebody(*other, wanted.regardless),
            };
            if self.is_broken(&grounds) {
                return Found::Open;
            }
            let Some(staff) = staff else { continue };
            let moments = moments.iter().copied().collect();
            if let Some(plan) = plan {
                return self.rota_gives(plan, role, grounds, moments);
            }
            return Found::Somebody {
                staff,
                role,
                plan,
                grounds,
                moments,
            };
        }
        Found::NobodyYet(grounds)
    }

    fn receive_answer(&mut self, answer: Answer<ClauseId>) -> Result<(ClauseId, Grounds), Found> {
        match answer {
            Answer::Gap => Err(Found::Unanswered),
            Answer::One(clause, grounds) => Ok((clause, grounds)),
            Answer::Open(unsettled) => {
                let about = self
                    .case
                    .visit
                    .map_or("", |visit| self.ids.visit(visit))
                    .to_owned();
                self.undecided(&about, Question::Receive, &unsettled);
                Err(Found::Open)
            }
        }
    }

    fn by_of(&self, clause: ClauseId) -> Option<Wanted> {
        match &self.law.policy.clause(clause).answers.receive {
            Some(Receive::By {
                by,
                role,
                regardless,
            }) => Some(Wanted {
                by: by.iter().copied().collect(),
                role: *role,
                regardless: *regardless,
            }),
            _ => None,
        }
    }

    fn planned_here(&self) -> Option<Plan> {
        self.planned(self.case.visit?)
    }

    fn somebody(&self, by: By, regardless: bool) -> Option<PersonId> {
        match by {
            By::Rota | By::RotaWouldChoose => self.planned_here().map(|plan| plan.staff),
            By::LastInOrder => self.last_in_order(self.case.visit?),
            By::Current => self.case.current,
            By::Who(who) => {
                let reader = self.reader();
                let receiver = self
                    .case
                    .visit
                    .and_then(|visit| self.world.visit(visit))
                    .and_then(|v| v.receiver);
                let can = |staff: PersonId| {
                    receiver == Some(staff)
                        || can_receive(self.world, staff)
                        || regardless && is_here(self.world, staff)
                };
                reader
                    .people(who)
                    .iter()
                    .map(|someone| someone.staff)
                    .find(|staff| can(*staff))
            }
        }
    }

    /// The rota would give the visit to somebody: unless that is a recognition, it does.
    fn rota_gives(
        &mut self,
        chosen: Plan,
        role: ReceptionRole,
        grounds: Grounds,
        mut moments: Moments,
    ) -> Found {
        self.case.chosen = Some(chosen.staff);
        self.tell(Moment::RotaChooses);
        self.effects_on(Moment::RotaChooses);
        if !self.recognise(Moment::RotaChooses) {
            return Found::Somebody {
                staff: chosen.staff,
                role,
                plan: Some(chosen),
                grounds,
                moments,
            };
        }
        self.settle_claims(&[Moment::Recognised], Phase::Before);
        if let Some(visit) = self.case.visit {
            let rota = self.world.visit(visit).map_or(0, |visit| visit.rota);
            self.rounds_end(rota, &chosen);
        }
        self.settle_turns(&[Moment::Recognised], Phase::Before);
        moments.push(Moment::RotaChooses);
        if !moments.contains(&Moment::Recognised) {
            moments.push(Moment::Recognised);
        }
        let answer = self.ask_receive(&moments);
        let (clause, grounds) = match self.receive_answer(answer) {
            Ok(answered) => answered,
            Err(found) => return found,
        };
        let Some(wanted) = self.by_of(clause) else {
            return Found::Nobody(grounds);
        };
        let role = wanted.role;
        let is_plain_rota = wanted.by.first() == Some(&By::Rota);
        let somebody = |by| self.somebody(by, wanted.regardless);
        let found = wanted.by.iter().copied().find_map(somebody);
        if self.is_broken(&grounds) {
            return Found::Open;
        }
        match found {
            Some(staff) => {
                let plan = Some(Plan {
                    rounds_end: 0,
                    ..chosen
                })
                .filter(|_| is_plain_rota);
                Found::Somebody {
                    staff,
                    role,
                    plan,
                    grounds,
                    moments,
                }
            }
            None => Found::NobodyYet(grounds),
        }
    }

    /// Asks whether this is a recognition; if so, remembers it.
    pub fn recognise(&mut self, moment: Moment) -> bool {
        let (who, recognised) = match self.ask_recognise(moment) {
            Answer::Gap => return false,
            Answer::One(who, grounds) => {
                self.stood(&grounds);
                (who, grounds)
            }
            Answer::Open(unsettled) => {
                let about = self
                    .case
                    .customer
                    .map_or("", |customer| self.ids.customer(customer))
                    .to_owned();
                self.undecided(&about, Question::Own, &unsettled);
                return false;
            }
        };
        let Some(someone) = self.reader().one(who) else {
            return false;
        };
        let claim = self.reader().claim(someone);
        self.case.recognised = Some(Someone {
            staff: someone.staff,
            claim,
        });
        if let Some(claim) = claim {
            self.recognise_claim(claim);
        }
        self.effects_with(Question::Recognise, &recognised.clauses);
        self.tell(Moment::Recognised);
        self.effects_on(Moment::Recognised);
        true
    }

    /// Claims and turns that a reception makes, once its receiver is known.
    fn settle_reception(
        &mut self,
        visit: VisitId,
        moments: &[Moment],
        plan: Option<&Plan>,
        after: WaitsAfter,
    ) {
        self.settle_claims(moments, Phase::After);
        if let Some(plan) = plan {
            let rota = self.world.visit(visit).map_or(0, |visit| visit.rota);
            self.pass_over(rota, plan);
        }
        let phase = if after == WaitsAfter::Arrival {
            Phase::Arrived
        } else {
            Phase::After
        };
        self.settle_turns(moments, phase);
    }

    /// A reception has begun or changed hands: told, and asked about.
    pub fn has_begun(&mut self) {
        self.case.could_receive = None;
        if !self.law.hears_received {
            return;
        }
        let moment = Moment::Received;
        self.tell(moment);
        self.tell_who_came_along(moment);
        self.effects_on(moment);
        self.settle_claims(&[moment], Phase::Both);
        self.settle_turns(&[moment], Phase::Both);
    }

    /// Somebody receives the visit from now on.
    pub fn receive(
        &mut self,
        visit: VisitId,
        staff: PersonId,
        role: ReceptionRole,
        grounds: &Grounds,
    ) {
        let before = self.world.visit(visit).and_then(|visit| visit.receiver);
        if before != Some(staff) {
            if before.is_some() {
                self.release(visit, true);
            }
            self.case.could_receive = Some(staff).filter(|staff| can_receive(self.world, *staff));
            let person = self.world.person_mut(staff);
            person.receiving.push(visit);
            person.receptions += 1;
            self.world.touch(staff);
            self.begins_to_receive(visit, staff);
        }
        let record = self.world.visit_mut(visit);
        record.receiver = Some(staff);
        record.role = Some(role);
        record.state = VisitState::Open;
        record.cause = None;
        self.world.waiting.retain(|other| *other != visit);
        self.case.receiver = Some(staff);
        self.decide(
            What::Receive {
                visit,
                staff: Some(staff),
                role: Some(role),
            },
            grounds,
        );
    }

    /// Whoever receives the visit no longer does; handed over, the reception does not count for them.
    pub fn release(&mut self, visit: VisitId, handed_over: bool) {
        let record = self.world.visit_mut(visit);
        let Some(staff) = record.receiver else { return };
        if handed_over {
            record.receiver = None;
        }
        let person = self.world.person_mut(staff);
        person.receiving.retain(|other| *other != visit);
        if handed_over {
            person.receptions -= 1;
        }
        self.world.touch(staff);
    }

    /// The visit waits: after a replacement at the head, else in the order in which visits arrived.
    fn wait(&mut self, visit: VisitId, after: WaitsAfter, is_new: bool, grounds: &Grounds) {
        let record = self.world.visit_mut(visit);
        record.state = VisitState::Waiting;
        record.role = None;
        record.waits_after = after;
        if is_new {
            record.cause = self.case.event.cloned().map(Arc::new);
        }
        let arrived = (record.at, record.seq);
        if !self.world.waiting.contains(&visit) {
            let place = match after {
                WaitsAfter::Replacement => 0,
                WaitsAfter::Arrival | WaitsAfter::Leaving => self.place_in_queue(arrived),
            };
            self.world.waiting.insert(place, visit);
        }
        if is_new {
            self.decide(
                What::Receive {
                    visit,
                    staff: None,
                    role: None,
                },
                grounds,
            );
        }
    }

    /// Behind the visits that wait at the head and those that arrived before.
    fn place_in_queue(&self, arrived: (crate::base::time::Instant, u64)) -> usize {
        let goes_before = |id: &VisitId| {
            self.world.visit(*id).is_some_and(|visit| {
                visit.waits_after == WaitsAfter::Replacement || (visit.at, visit.seq) <= arrived
            })
        };
        self.world
            .waiting
            .iter()
            .position(|id| !goes_before(id))
            .unwrap_or(self.world.waiting.len())
    }

    fn leave_unreceived(&mut self, visit: VisitId, grounds: &Grounds) {
        let record = self.world.visit_mut(visit);
        record.state = VisitState::NotReceived;
        let (customer, brings) = (record.customer, record.brings.clone());
        self.world.is_gone(customer, visit);
        self.world.waiting.retain(|other| *other != visit);
        self.unbring(visit, &brings);
        let what = What::Receive {
            visit,
            staff: None,
            role: None,
        };
        self.decide(what, grounds);
    }

    /// Lets a visit go out that somebody can receive by now; says whether it did.
    pub fn go_out(&mut self, visit: VisitId) -> bool {
        let Some(record) = self.world.visit(visit) else {
            return false;
        };
        let (customer, after) = (record.customer, record.waits_after);
        self.begin_case(Some(visit), Some(customer));
        if after == WaitsAfter::Arrival {
            // Whoever brings the customer along may have an owner by now.
            self.settle_claims_only(&[moment_of(after)], Phase::Before);
        }
        let went = self.seat(visit, after, false);
        if went {
            self.stir_at_hand(None);
            self.move_windows();
            self.settle_standing();
        }
        went
    }

    /// A case within the same act: about this visit and this customer, with nobody chosen yet.
    pub fn begin_case(
        &mut self,
        visit: Option<VisitId>,
        customer: Option<crate::event::CustomerId>,
    ) {
        let before = self.case;
        self.case = super::case::Case::at(before.at, before.event);
        self.case.choice = before.choice;
        self.rota_gave = None;
        self.case.visit = visit;
        self.case.customer = customer;
        self.case.current = visit
            .and_then(|visit| self.world.visit(visit))
            .and_then(|visit| visit.receiver);
        self.case.record = self.reader().found_record();
        self.case.owner_before = self.reader().owner();
    }
}
