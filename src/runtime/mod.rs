//! The runtime: a pure step over (policy, state, event). No clock, no disk, no randomness: time enters as data, and the
//! same journal under the same policy gives the same decisions everywhere.
//!
//! It knows rotas, claims, windows, deals; it knows no office's rule about them. It asks the policy questions (`ask`)
//! in the case at hand (`case`), and does what is answered. Reading order: `world` (what is so), `law` (the policy in
//! force), `case`, `told` and `read` (what conditions read), `act` and `ask` (one thing that happens), then what is
//! done: `identity`, `claims`, `order`, `rota`, `turns`, `visits`, `deals`, `effects`, `standing`, `rulings`,
//! `events`; last what a journal played anew changes: `corrections`, `adjust`.

mod act;
mod adjust;
mod amended;
mod ask;
mod bind;
mod case;
mod claims;
mod consent;
mod corrections;
mod deal;
mod deal_events;
mod deals;
mod desks;
mod effects;
mod events;
mod heard;
mod history;
mod identity;
mod input;
mod known;
mod law;
mod laws;
mod leaving;
mod levies;
mod life;
mod matter;
mod merge;
mod negotiation;
mod of_deal;
mod open;
mod opening;
mod order;
mod presence;
mod questions;
mod read;
mod reload;
mod report;
mod rota;
mod rulings;
mod save;
mod sharing;
mod sorted;
mod standing;
mod story;
mod told;
mod turns;
mod val;
mod visits;
mod windows;
mod words;
mod world;

pub use adjust::Grounded;
pub use amended::{About, Amendments, Correction};

use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::Sink;
use crate::event::{Event, Ids};
use crate::policy::Policy;
use crate::vocabulary::events::kind;
use act::Act;
use desks::RotaState;
use heard::Entry;
use law::Law;
pub use save::{LoadError, SaveError};
use std::sync::Arc;
use world::{Timer, World};

/// An office at one instant: what is so, under which policy, by which names.
#[derive(Clone, Debug)]
pub struct State {
    ids: Ids,
    law: Arc<Law>,
    world: World,
}

/// A state may be handed to another thread, and read by several.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<State>();
};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// It was taken.
    Done,
    /// It repeats an event with the same id and content, and was ignored.
    Repeated,
}

/// An event is earlier than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WentBack {
    /// Time of the event before.
    pub last: Instant,
}

impl State {
    /// An office where nothing has happened yet.
    pub fn new(policy: Arc<Policy>) -> State {
        State::with_names(policy, Ids::default())
    }

    /// The same where names are numbered already.
    pub fn with_names(policy: Arc<Policy>, mut ids: Ids) -> State {
        ids.words.intern(events::DEFAULT_PURPOSE);
        ids.words.intern(events::DEFAULT_CHANNEL);
        ids.words.intern(events::PHONE_CHANNEL);
        ids.words.intern(events::PRIORITY_KIND);
        let law = Arc::new(Law::new(policy, &mut ids));
        let mut state = State {
            ids,
            law,
            world: World::default(),
        };
        state.add_rotas();
        state
    }

    /// Names.
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Names, for whoever reads events.
    pub fn ids_mut(&mut self) -> &mut Ids {
        &mut self.ids
    }

    /// The policy in force.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.law.policy
    }

    /// Time of the last thing that happened.
    pub fn now(&self) -> Option<Instant> {
        self.world.now
    }

    /// When something happens next, if nothing is recorded until then: the first window, day or suspension that ends.
    pub fn next_due(&self) -> Option<Instant> {
        let first = self.world.timers.first_key_value();
        first.map(|((at, _), _)| *at)
    }

    /// Line of the event that has an id, the first if others were refused for having it too.
    pub fn entry_of(&self, id: &str) -> Option<u64> {
        let known = self.world.heard.get(self.ids.events.get(id)?)?;
        Some(known.line)
    }

    /// Takes an event: first whatever time brings until then, then the event.
    pub fn step(&mut self, event: &Event, sink: &mut dyn Sink) -> Result<Stepped, WentBack> {
        let resolved = self.world.known.resolved(event, &self.ids);
        let event = &*resolved;
        match self.seen(event) {
            Seen::Same => return Ok(Stepped::Repeated),
            seen => {
                self.come_to(event, sink)?;
                let law = self.law.clone();
                let mut act = self.act(&law, sink, (event.seq, event.at), Some(event));
                let reused = (seen == Seen::Other).then_some("input.duplicate_id");
                let corrects = event.kind == kind::CORRECTION && reused.is_none();
                if corrects {
                    act.world.add_correction(event);
                }
                let code = reused.or_else(|| input::impossible(act.world, &law, act.ids, event));
                let anew = match code {
                    Some(code) => {
                        if corrects {
                            act.world.drop_correction();
                        }
                        act.refuse_input(code);
                        false
                    }
                    None => act.take(event),
                };
                if anew {
                    self.take_anew(event, &law, sink);
                }
                self.settle_after(event, sink);
            }
        }
        Ok(Stepped::Done)
    }

    /// What waited for the event: answers of which it says yes, visits that somebody can receive now.
    fn settle_after(&mut self, event: &Event, sink: &mut dyn Sink) {
        if event.kind == kind::OPENING {
            // A window that is told of may be over already.
            self.advance(event.at, sink);
        }
        self.grant((event.seq, event.at), sink);
        self.let_go_out((event.seq, event.at), sink);
    }

    /// The customer of the event has turned out to be another's record: it is that customer's event.
    fn take_anew(&mut self, event: &Event, law: &Arc<Law>, sink: &mut dyn Sink) {
        let resolved = self.world.known.resolved(event, &self.ids);
        let event = &*resolved;
        let mut act = self.act(law, sink, (event.seq, event.at), Some(event));
        match input::impossible(act.world, law, act.ids, event) {
            Some(code) => {
                act.refuse_input(code);
                act.settle_standing();
            }
            None => act.go_on(event),
        }
    }

    /// Every other id of a customer, with the id under which the customer is reported.
    pub fn merged_customers(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.world.known.merged();
        pairs.map(|(other, one)| (self.ids.customer(other), self.ids.customer(one)))
    }

    /// Lets the clock reach an instant: every window whose end has come by then acts at its own moment.
    pub fn advance(&mut self, to: Instant, sink: &mut dyn Sink) {
        while let Some((key, timer)) = self
            .world
            .timers
            .first_key_value()
            .map(|(key, timer)| (*key, *timer))
        {
            if key.0 > to {
                break;
            }
            self.world.timers.remove(&key);
            self.world.now = Some(key.0);
            let seq = match timer {
                Timer::Closing { .. } => self.world.last_line,
                Timer::Window { seq, .. }
                | Timer::Suspension { seq, .. }
                | Timer::Priority { seq, .. } => seq,
            };
            let law = self.law.clone();
            self.act(&law, sink, (seq, key.0), None).time_comes(timer);
            self.let_go_out((seq, key.0), sink);
            if let Some(next) = Instant::from_millis(key.0.millis() + 1) {
                self.await_closings(next);
            }
        }
        if self.world.now.is_none_or(|now| now < to) {
            self.world.now = Some(to);
        }
    }

    /// Lets answers stand of which somebody has said yes, each in the case in which it was asked.
    fn grant(&mut self, when: (u64, Instant), sink: &mut dyn Sink) {
        for pending in std::mem::take(&mut self.world.granted) {
            let law = self.law.clone();
            let mut act = self.act(&law, sink, when, pending.event.as_deref());
            act.grant(&pending);
            act.settle_standing();
        }
    }

    /// Of each desk, whether anybody can receive there.
    fn free_desks(&self) -> Vec<bool> {
        if self.world.waiting.is_empty() {
            return Vec::new();
        }
        let desks = self.world.rotas.iter().enumerate();
        let can = |(desk, rota): (usize, &RotaState)| {
            let mut roster = rota.roster.iter();
            roster.any(|staff| presence::can_receive_at(&self.world, desk, *staff))
        };
        desks.map(can).collect()
    }

    /// Lets visits go out that somebody can receive by now, in the order in which they wait.
    fn let_go_out(&mut self, when: (u64, Instant), sink: &mut dyn Sink) {
        let mut place = 0;
        let mut free = self.free_desks();
        while let Some(visit) = self.world.waiting.get(place).copied() {
            // A visit goes to somebody who can receive at its desk: where nobody can, nobody is looked for.
            let desk = self.world.visit(visit).map(|visit| visit.rota);
            if desk.is_none_or(|desk| free.get(desk) != Some(&true)) {
                place += 1;
                continue;
            }
            let cause = self
                .world
                .visit(visit)
                .and_then(|visit| visit.cause.clone());
            let law = self.law.clone();
            let mut act = self.act(&law, sink, when, cause.as_deref());
            let planned = act.planned(visit).is_some();
            let went = planned && act.go_out(visit);
            if planned {
                free = self.free_desks();
            }
            if went {
                place = 0;
            } else if self.world.waiting.get(place) == Some(&visit) {
                place += 1;
            }
        }
    }

    fn come_to(&mut self, event: &Event, sink: &mut dyn Sink) -> Result<(), WentBack> {
        if let Some(last) = self.world.now.filter(|last| *last > event.at) {
            return Err(WentBack { last });
        }
        self.advance(event.at, sink);
        self.remember(event);
        self.world.events += 1;
        self.world.last_line = event.seq;
        self.await_closings(event.at);
        let law = self.law.clone();
        self.act(&law, sink, (event.seq, event.at), Some(event))
            .restart_rounds();
        Ok(())
    }

    /// Sets the timers of the ends of days, weeks, months and years at which the policy asks or tells something.
    fn await_closings(&mut self, from: Instant) {
        for period in &self.law.closings {
            let end = self.law.policy.calendar.last_of(from, *period);
            if !self.world.closings.contains(period) && end >= from {
                self.world.closings.push(*period);
                let timer = Timer::Closing { period: *period };
                self.world.set_timer(end, timer);
            }
        }
    }

    fn act<'a>(
        &'a mut self,
        law: &'a Arc<Law>,
        sink: &'a mut dyn Sink,
        when: (u64, Instant),
        event: Option<&'a Event>,
    ) -> Act<'a> {
        Act::new(&mut self.world, law, &self.ids, sink, when, event)
    }

    fn seen(&self, event: &Event) -> Seen {
        let Some((id, content)) = event.id else {
            return Seen::New;
        };
        match self.world.heard.get(id) {
            None => Seen::New,
            Some(known) if known.content == content => Seen::Same,
            Some(_) => Seen::Other,
        }
    }

    fn remember(&mut self, event: &Event) {
        if let Some((id, content)) = event.id {
            let line = event.seq;
            self.world.heard.add(id, Entry { content, line });
        }
    }

    /// Desks of the policy that have no rota yet.
    fn add_rotas(&mut self) {
        let desks: Vec<Name> = self
            .law
            .policy
            .rotas
            .iter()
            .map(|rota| self.law.word(rota.desk))
            .collect();
        let mut rotas = Vec::with_capacity(desks.len());
        for desk in desks {
            let known = self.world.rotas.iter().position(|rota| rota.desk == desk);
            rotas.push(match known {
                Some(place) => self.world.rotas.swap_remove(place),
                None => RotaState::new(desk),
            });
        }
        self.world.rotas = rotas;
    }
}

/// Whether an event's id has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    New,
    Same,
    Other,
}
