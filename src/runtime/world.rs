//! What is so: people, customers, claims, visits, rotas, deals and the windows that run. Plain data; what changes it
//! stands in the other files of this module.

use super::amended::{About, Correction, Imposed, ImposedOn};
pub use super::deal::{Agreement, Deal, Parts};
use super::desks::{DeskSuspension, RotaState, SpentTurn, until_later};
use super::heard::Heard;
use super::known::Known;
pub use super::life::{Life, OwnWindow, Story, TimerKey, Told, Windows};
pub use super::open::{OpenQuestion, Pending};
pub use super::val::{ClaimId, Subject};
use crate::base::few::Few;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::{Instant, Period};
use crate::event::{CustomerId, DealId, Event, PersonId, VisitId};
use crate::vocabulary::words::{ClaimKind, ClaimState, ReceptionRole, VisitState};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that is so at one instant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct World {
    /// Time of the last thing that happened.
    pub now: Option<Instant>,
    /// How many events have been taken, repetitions not counted.
    pub events: u64,
    /// By [`PersonId`].
    pub people: Vec<Person>,
    /// By [`CustomerId`].
    #[serde(skip)] // A part of its own: `save`.
    pub customers: Vec<Customer>,
    /// Who is who.
    pub known: Known,
    /// By [`VisitId`]; an id that no visit has used yet is `None`.
    #[serde(skip)] // A part of its own: `save`.
    pub visits: Vec<Option<Visit>>,
    /// By [`DealId`]; likewise.
    pub deals: Vec<Option<Deal>>,
    /// Every claim that ever was, in the order in which they began.
    #[serde(skip)] // A part of its own: `save`.
    pub claims: Vec<Claim>,
    /// One for each desk of the policy.
    pub rotas: Vec<RotaState>,
    /// Visits that are open or wait, for whatever.
    pub here: BTreeSet<VisitId>,
    /// Visits that wait for somebody who can receive, in the order in which they are served.
    pub waiting: Vec<VisitId>,
    /// What happens at an instant, in the order of the instants and then in the order in which it was set.
    pub timers: BTreeMap<TimerKey, Timer>,
    /// Counts timers.
    pub timers_set: u64,
    /// Counts priority turns.
    pub priority_given: u64,
    /// Events that have an id.
    pub heard: Heard,
    /// The last calendar mode.
    pub mode: Option<Name>,
    /// Calls that were recorded.
    #[serde(with = "super::sorted::set")]
    pub calls: FxHashSet<Box<str>>,
    /// Counts of violations: by fact, person and kind; the period and how many in it.
    #[serde(with = "super::sorted::map")]
    pub violation_counts: FxHashMap<Counted, (i64, i64)>,
    /// Levies of final deals, by account.
    pub accounts: Vec<(Name, Fen)>,
    /// Questions that wait for a ruling.
    pub undecided: Vec<OpenQuestion>,
    /// Answers that stand once somebody says yes.
    pub pending: Vec<Pending>,
    /// Those of which the event at hand says so.
    pub granted: Vec<Pending>,
    /// People about whom something has changed, whose bars must be asked again.
    pub touched: Vec<PersonId>,
    /// Customers about whom something has changed, whose deals must be asked again.
    pub touched_customers: Vec<CustomerId>,
    /// Stories and windows of whatever is no claim.
    #[serde(with = "super::sorted::map")]
    pub lives: FxHashMap<Subject, Life>,
    /// Line of the last event.
    pub last_line: u64,
    /// Periods of the calendar whose end has a timer.
    pub closings: SmallVec<[Period; 1]>,
    /// Whose windows must be looked at again.
    pub stirred: Vec<Subject>,
    /// When the policy in force took effect, if another was in force before.
    pub in_force_since: Option<Instant>,
    /// Every correction, in order.
    pub corrections: Vec<Correction>,
    /// What the correction is about that comes next.
    pub corrected: Option<About>,
    /// What was imposed on somebody for violations of a kind, whoever pays, added up.
    pub imposed: BTreeMap<ImposedOn, Imposed>,
}

/// What violations are counted by: the fact, and the person and the kind where they must be the same.
pub type Counted = (Name, Option<PersonId>, Option<Name>);

/// What happens at an instant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Timer {
    /// A window ends.
    Window {
        /// Whose.
        of: Subject,
        /// Which.
        window: Name,
        /// Line of the event that opened it.
        seq: u64,
    },
    /// The office's day, week, month, quarter or year ends.
    Closing {
        /// Which.
        period: Period,
    },
    /// A suspension ends.
    Suspension {
        /// Whose.
        person: PersonId,
        /// Line of the event that began it.
        seq: u64,
    },
    /// A priority turn is good no longer.
    Priority {
        /// At which desk.
        desk: Name,
        /// Its number.
        number: u64,
        /// Line of the event by which it was given.
        seq: u64,
    },
}

/// A person of the office.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Person {
    /// Role, once a `person` event gave one.
    pub role: Option<Name>,
    /// How many visits the role may receive at once.
    pub receives: u32,
    /// Has left.
    pub left: bool,
    /// Has signed out.
    pub signed_out: bool,
    /// First sign-in of the last day with one.
    pub signed_in: Option<Instant>,
    /// Is away.
    pub away: Option<Away>,
    /// Inspected items that failed and have not passed since; the last is the latest.
    pub failed: SmallVec<[Name; 1]>,
    /// Is barred by a clause, with the item it is about.
    pub barred: Option<Option<Name>>,
    /// Turns still to be lost by a suspension.
    pub suspended_turns: i64,
    /// First instant at which a suspension by time is over.
    pub suspended_until: Option<Instant>,
    /// Suspensions at one desk only.
    pub suspended_at: Few<DeskSuspension>,
    /// Visits being received.
    pub receiving: SmallVec<[VisitId; 1]>,
    /// Claims that are in force, asleep or rights to a part, so that nobody looks for them among all that ever were.
    pub claims: BTreeSet<ClaimId>,
    /// Shares of final deals.
    pub commission: Fen,
    /// Shares of provisional deals.
    pub provisional: Fen,
    /// Fines.
    pub fines: Fen,
    /// What is to be paid back, apart from fines.
    pub pay_back: Fen,
    /// Points.
    pub points: i64,
    /// Turns used, less those returned and byes.
    pub used: i64,
    /// When a turn was last used or lost.
    pub last_turn: Option<Instant>,
    /// Turns forfeited, less those given back.
    pub forfeited: i64,
    /// Receptions.
    pub receptions: i64,
}

impl Person {
    /// Suspends at one desk; gives the end, if it is a new one.
    pub fn suspend_at(
        &mut self,
        desk: Name,
        turns: i64,
        until: Option<Instant>,
    ) -> Option<Instant> {
        let known = self
            .suspended_at
            .iter()
            .position(|known| known.desk == desk);
        let at = known.unwrap_or_else(|| {
            let (turns, until) = (0, None);
            self.suspended_at
                .push(DeskSuspension { desk, turns, until });
            self.suspended_at.len() - 1
        });
        let known = &mut self.suspended_at[at];
        known.turns += turns;
        until_later(&mut known.until, until)
    }
}

/// An absence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Away {
    /// The reason given.
    pub reason: Option<Name>,
    /// Who verified it when it began.
    pub verifier: Option<PersonId>,
    /// How many turns it has cost.
    pub lost: u32,
}

/// A customer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Customer {
    /// Has been named by a visit, call, registration or filing.
    pub known: bool,
    /// How many events there had been when the customer became known.
    pub since: u64,
    /// A registration was accepted.
    pub registered: bool,
    /// Claims, ended ones included, in the order in which they began.
    pub claims: SmallVec<[ClaimId; 2]>,
    /// The active claim.
    pub owner: Option<ClaimId>,
    /// The visit that is open or waiting.
    pub visit: Option<VisitId>,
    /// Visits not yet ended in which this customer was brought along.
    pub brought_in: Few<VisitId>,
    /// Deals whose shares, or what is due of them, can still change.
    pub provisional: Few<DealId>,
    /// When something first named the customer.
    pub first_seen: Option<Instant>,
    /// Has called.
    pub phoned: bool,
    /// The last visit.
    pub last_visit: Option<VisitId>,
    /// Everybody who has received the customer.
    pub receivers: SmallVec<[PersonId; 1]>,
    /// Deals, in the order in which they were recorded.
    pub deals: SmallVec<[DealId; 1]>,
    /// Who owned the first customer with an owner who introduced this one, when that was.
    pub introducer_owner: Option<PersonId>,
    /// Turns that the customer has cost outside of visits.
    pub spent: Few<SpentTurn>,
}

/// A claim on a customer, from its beginning or its last waking to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// On whom.
    pub customer: CustomerId,
    /// Whose.
    pub staff: PersonId,
    /// The customer, or a part of the commission.
    pub kind: ClaimKind,
    /// How it stands.
    pub state: ClaimState,
    /// The claim with which it sleeps, wakes and ends.
    pub rests_on: Option<ClaimId>,
    /// When it began.
    pub opened: Instant,
    /// In which visit.
    pub opened_in: Option<VisitId>,
    /// When it went to sleep.
    pub slept: Option<Instant>,
    /// In which visit.
    pub slept_in: Option<VisitId>,
    /// When its holder was recognised.
    pub recognised: Option<Instant>,
    /// When it became active again.
    pub woke: Option<Instant>,
    /// When it became a right to a part, or became so again.
    pub shared: Option<Instant>,
    /// When it lapsed or became void.
    pub ended: Option<Instant>,
    /// Its windows, open and past.
    pub windows: Windows,
    /// What the story has told of it, by declared fact.
    pub story: Story,
}

impl Claim {
    /// Whether it is in force, asleep or a right to a part.
    pub fn is_live(&self) -> bool {
        matches!(
            self.state,
            ClaimState::Active | ClaimState::Sleeping | ClaimState::Sharing
        )
    }
}

/// A visit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Visit {
    /// Who came.
    pub customer: CustomerId,
    /// When.
    pub at: Instant,
    /// Line of its event.
    pub seq: u64,
    /// How it stands.
    pub state: VisitState,
    /// Whom it asks for.
    pub named: Option<PersonId>,
    /// They say that they have been here before.
    pub returning: bool,
    /// Why they came.
    pub purpose: Name,
    /// How they came.
    pub channel: Name,
    /// Whom they bring.
    pub brings: Few<CustomerId>,
    /// One of them was nobody's customer on arrival.
    pub brings_new: bool,
    /// Who sent them.
    pub introducers: Few<CustomerId>,
    /// Who owned the first of these with an owner, on arrival.
    pub introducer_owner: Option<PersonId>,
    /// The customer's visit before this one.
    pub before: Option<VisitId>,
    /// Somebody received the customer earlier on the same day.
    pub same_day_repeat: bool,
    /// When the present, or last, receiver began.
    pub received_at: Option<Instant>,
    /// Whom the office called about it, and whether that person was reached.
    pub called: Few<(PersonId, bool)>,
    /// Which rota serves it.
    pub rota: usize,
    /// Who receives it, or received it last.
    pub receiver: Option<PersonId>,
    /// As what.
    pub role: Option<ReceptionRole>,
    /// Who was taken off it.
    pub excluded: Few<PersonId>,
    /// Turns that it has cost.
    pub spent: SmallVec<[SpentTurn; 1]>,
    /// Somebody had a claim on the customer before it.
    pub had_claims: bool,
    /// What it waits after: its arrival, or what took its receiver away.
    pub waits_after: WaitsAfter,
    /// The event of that, while it waits: what it said is asked about again when the visit goes out.
    pub cause: Option<Arc<Event>>,
}

/// What made a visit wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitsAfter {
    /// Its arrival.
    Arrival,
    /// A replacement.
    Replacement,
    /// Its receiver left the office.
    Leaving,
}

impl World {
    /// The person, made on first sight.
    pub fn person_mut(&mut self, id: PersonId) -> &mut Person {
        if self.people.len() <= id.index() {
            self.people.resize_with(id.index() + 1, Person::default);
        }
        &mut self.people[id.index()]
    }

    /// The person, if ever seen.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(id.index())
    }

    /// The customer, made on first sight.
    pub fn customer_mut(&mut self, id: CustomerId) -> &mut Customer {
        if self.customers.len() <= id.index() {
            self.customers
                .resize_with(id.index() + 1, Customer::default);
        }
        &mut self.customers[id.index()]
    }

    /// The customer, if ever seen.
    pub fn customer(&self, id: CustomerId) -> Option<&Customer> {
        self.customers.get(id.index())
    }

    /// The visit of that id, if there is one.
    pub fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.visits.get(id.index()).and_then(Option::as_ref)
    }

    /// The visit of that id; it must exist.
    pub fn visit_mut(&mut self, id: VisitId) -> &mut Visit {
        self.visits[id.index()]
            .as_mut()
            .expect("the visit was looked up before")
    }

    /// The deal of that id, if there is one.
    pub fn deal(&self, id: DealId) -> Option<&Deal> {
        self.deals.get(id.index()).and_then(Option::as_ref)
    }

    /// The deal of that id; it must exist.
    pub fn deal_mut(&mut self, id: DealId) -> &mut Deal {
        self.deals[id.index()]
            .as_mut()
            .expect("the deal was looked up before")
    }

    /// A claim.
    pub fn claim(&self, id: ClaimId) -> &Claim {
        &self.claims[id.index()]
    }

    /// A claim, to be changed.
    pub fn claim_mut(&mut self, id: ClaimId) -> &mut Claim {
        &mut self.claims[id.index()]
    }

    /// A claim is no longer one: lapsed, void, or gone on as another.
    pub fn end_claim(&mut self, id: ClaimId, to: ClaimState, at: Instant) {
        let claim = self.claim_mut(id);
        (claim.state, claim.ended) = (to, Some(at));
        let staff = claim.staff;
        self.person_mut(staff).claims.remove(&id);
    }

    /// The claim that speaks for a person on a customer: active, else asleep, else sharing, else the last that ended.
    pub fn claim_of(&self, staff: PersonId, customer: CustomerId) -> Option<ClaimId> {
        let claims = &self.customer(customer)?.claims;
        claims
            .iter()
            .copied()
            .filter(|id| self.claim(*id).staff == staff)
            .min_by_key(|id| self.rank(*id))
    }

    /// Smaller speaks first.
    fn rank(&self, id: ClaimId) -> (u8, u32) {
        let claim = self.claim(id);
        let first = match (claim.state, claim.kind) {
            (ClaimState::Active, _) => 0,
            (ClaimState::Sleeping, ClaimKind::Owner) => 1,
            (ClaimState::Sharing, _) => 2,
            (ClaimState::Sleeping, ClaimKind::Share) => 3,
            _ => 4,
        };
        (first, u32::MAX - id.0)
    }

    /// Windows of a subject.
    pub fn windows(&self, of: Subject) -> &[OwnWindow] {
        match of {
            Subject::Claim(id) => &self.claim(id).windows,
            of => self.lives.get(&of).map_or(&[], |life| &life.windows),
        }
    }

    /// Windows of a subject, to be changed.
    pub fn windows_mut(&mut self, of: Subject) -> &mut Windows {
        match of {
            Subject::Claim(id) => &mut self.claim_mut(id).windows,
            of => &mut self.lives.entry(of).or_default().windows,
        }
    }

    /// The last window of a name.
    pub fn window(&self, of: Subject, name: Name) -> Option<&OwnWindow> {
        let windows = self.windows(of).iter().rev();
        windows.into_iter().find(|window| window.window == name)
    }

    /// What the story has told of a subject under a name.
    pub fn told(&self, of: Subject, fact: Name) -> Option<Told> {
        let story = match of {
            Subject::Claim(id) => &self.claim(id).story,
            of => &self.lives.get(&of)?.story,
        };
        let known = story.iter().find(|(name, _)| *name == fact);
        known.map(|(_, told)| *told)
    }

    /// What the story has told of a subject, to be changed.
    pub fn story_mut(&mut self, of: Subject) -> &mut Story {
        match of {
            Subject::Claim(id) => &mut self.claim_mut(id).story,
            of => &mut self.lives.entry(of).or_default().story,
        }
    }

    /// Remembers that something about a subject has changed: what stands on it is asked again.
    pub fn touch_subject(&mut self, of: Subject) {
        let customer = match of {
            Subject::Staff(person) => return self.touch(person),
            Subject::Claim(id) => {
                self.touch(self.claim(id).staff);
                Some(self.claim(id).customer)
            }
            Subject::Customer(customer) => Some(customer),
            Subject::Visit(id) => self.visit(id).map(|visit| visit.customer),
            Subject::Deal(id) => self.deal(id).map(|deal| deal.customer),
        };
        if let Some(customer) = customer {
            self.touch_customer(customer);
        }
    }

    /// Sets a timer and gives its key.
    pub fn set_timer(&mut self, at: Instant, timer: Timer) -> TimerKey {
        self.timers_set += 1;
        let key = (at, self.timers_set);
        self.timers.insert(key, timer);
        key
    }

    /// Adds to an account's sum.
    pub fn book(&mut self, account: Name, amount: Fen) {
        match self
            .accounts
            .iter_mut()
            .find(|(known, _)| *known == account)
        {
            Some((_, sum)) => *sum += amount,
            None => self.accounts.push((account, amount)),
        }
    }

    /// Remembers that something about a person has changed.
    pub fn touch(&mut self, person: PersonId) {
        if !self.touched.contains(&person) {
            self.touched.push(person);
        }
    }

    /// Remembers that something about everybody has changed.
    pub fn touch_everybody(&mut self) {
        for number in (0..self.people.len()).filter_map(|number| u32::try_from(number).ok()) {
            self.touch(PersonId(number));
        }
    }

    /// Remembers that something about a customer has changed.
    pub fn touch_customer(&mut self, customer: CustomerId) {
        let household = self.known.household(customer).iter().copied();
        for customer in std::iter::once(customer).chain(household) {
            if !self.touched_customers.contains(&customer) {
                self.touched_customers.push(customer);
            }
        }
    }
}
