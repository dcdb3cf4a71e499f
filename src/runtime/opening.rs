//! An office moves in in mid-course: whose customer somebody is already, whose claims sleep and since when, which round
//! it is and whose turn is spent. It stands because the event says so; what follows from it is the policy's.

use super::act::Act;
use super::law::Law;
use super::world::{Claim, ClaimId, Subject, World};
use crate::base::few::Few;
use crate::base::time::Instant;
use crate::decision::What;
use crate::event::{CustomerId, Event, PersonId, Value};
use crate::policy::{ClaimTime, Moment, RotaRound};
use crate::vocabulary::events::field;
use crate::vocabulary::words::{ClaimKind, ClaimState, TurnEffect};
use smallvec::SmallVec;

/// The ground of what stands since the office moved in.
const OPENING: &str = "input.opening";

/// Whose claims sleep, and since when.
fn asleep(event: &Event) -> &[(PersonId, Instant)] {
    match event.field(field::ASLEEP) {
        Some(Value::Asleep(people)) => people,
        _ => &[],
    }
}

/// The desk that an opening is about; none: the policy has no such desk.
fn desk(law: &Law, event: &Event) -> Option<usize> {
    let named = event.word(field::DESK);
    let mut rotas = law.policy.rotas.iter();
    match named {
        Some(named) => rotas.position(|rota| law.word(rota.desk) == named),
        None => rotas.next().map(|_| 0),
    }
}

/// Why an opening is impossible, if it is.
pub fn impossible(world: &World, law: &Law, event: &Event) -> Option<&'static str> {
    match event.customer(field::CUSTOMER) {
        Some(customer) => of_customer(world, event, customer),
        None => of_round(world, law, event),
    }
}

fn of_customer(world: &World, event: &Event, customer: CustomerId) -> Option<&'static str> {
    let owner = event.person(field::OWNER);
    let people: Vec<PersonId> = owner
        .into_iter()
        .chain(asleep(event).iter().map(|(staff, _)| *staff))
        .collect();
    let left = |staff: &PersonId| world.person(*staff).is_some_and(|known| known.left);
    if world.customer(customer).is_some_and(|known| known.known) {
        return Some("input.customer_is_known_already");
    }
    if (1..people.len()).any(|place| people[..place].contains(&people[place])) {
        return Some("input.named_twice");
    }
    if people.iter().any(left) {
        return Some("input.already_left");
    }
    let later = asleep(event).iter().any(|(_, since)| *since > event.at);
    later.then_some("input.since_is_later")
}

fn of_round(world: &World, law: &Law, event: &Event) -> Option<&'static str> {
    let Some(desk) = desk(law, event) else {
        return Some("input.unknown_desk");
    };
    if law.policy.rotas[desk].round == RotaRound::None {
        return Some("input.desk_without_rounds");
    }
    let (rota, spent) = (&world.rotas[desk], event.persons(field::SPENT));
    if round(event).is_some_and(|round| round < rota.round) {
        return Some("input.round_is_over");
    }
    if (1..spent.len()).any(|place| spent[..place].contains(&spent[place])) {
        return Some("input.named_twice");
    }
    let stands = |staff: &PersonId| rota.roster.contains(staff);
    (!spent.iter().all(stands)).then_some("input.not_on_the_roster")
}

/// Which round it is; none: the present one.
fn round(event: &Event) -> Option<u64> {
    event
        .count(field::ROUND)
        .map(|round| u64::try_from(round).unwrap_or(0))
}

impl Act<'_> {
    /// What stands since the office moved in.
    pub fn opening(&mut self, event: &Event, moment: Moment) {
        match event.customer(field::CUSTOMER) {
            Some(customer) => self.claims_stand(event, customer),
            None => self.round_stands(event),
        }
        self.anything_else(moment);
    }

    fn claims_stand(&mut self, event: &Event, customer: CustomerId) {
        for (staff, since) in asleep(event) {
            let id = self.claim_stands(customer, *staff, Some(*since));
            self.open_windows_from(id, ClaimTime::Slept, *since);
        }
        if let Some(staff) = event.person(field::OWNER) {
            let id = self.claim_stands(customer, staff, None);
            self.world.customer_mut(customer).owner = Some(id);
            self.open_windows_from(id, ClaimTime::Opened, self.at);
        }
    }

    /// A claim that sleeps since some time, or is in force from now.
    fn claim_stands(
        &mut self,
        customer: CustomerId,
        staff: PersonId,
        slept: Option<Instant>,
    ) -> ClaimId {
        let (kind, state) = match slept {
            Some(_) => (ClaimKind::Owner, ClaimState::Sleeping),
            None => (ClaimKind::Owner, ClaimState::Active),
        };
        let id = self.add_claim(Claim {
            customer,
            staff,
            kind,
            state,
            rests_on: None,
            opened: slept.unwrap_or(self.at),
            opened_in: None,
            slept,
            slept_in: None,
            recognised: None,
            woke: None,
            shared: None,
            ended: None,
            windows: SmallVec::new(),
            story: Few::new(),
        });
        self.world.touch(staff);
        self.world.touch_customer(customer);
        self.stir(Subject::Claim(id));
        let what = What::Own {
            customer,
            staff,
            kind,
            claim: state,
        };
        self.decide_as_told(what, OPENING);
        id
    }

    fn round_stands(&mut self, event: &Event) {
        let law = self.law.clone();
        let Some(rota) = desk(&law, event) else {
            return;
        };
        self.case.desk = Some(rota);
        let now = self.world.rotas[rota].round;
        if let Some(round) = round(event).filter(|round| *round > now) {
            self.world.rotas[rota].round = round - 1;
            self.begin_round(rota);
        }
        for staff in event.persons(field::SPENT) {
            if self.spend(rota, *staff) {
                let what = What::Turn {
                    staff: *staff,
                    desk: self.world.rotas[rota].desk,
                    effect: TurnEffect::Used,
                    of: None,
                };
                self.decide_as_told(what, OPENING);
            }
        }
        for staff in self.world.rotas[rota].roster.clone() {
            self.world.touch(staff);
        }
    }
}
