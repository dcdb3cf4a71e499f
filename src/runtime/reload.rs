//! A policy takes effect: running windows and provisional deals keep theirs, unless the new one says that it reaches them.

use super::law::Law;
use super::world::{Subject, Timer};
use super::{State, Stepped, WentBack};
use crate::decision::Sink;
use crate::event::Event;
use crate::policy::{Policy, Reach};
use crate::vocabulary::words::ShareState;
use std::sync::Arc;

impl State {
    /// Puts a policy in force, as a `policy` event says.
    pub fn install(
        &mut self,
        policy: Arc<Policy>,
        event: &Event,
        sink: &mut dyn Sink,
    ) -> Result<Stepped, WentBack> {
        if self.seen(event) == super::Seen::Same {
            return Ok(Stepped::Repeated);
        }
        self.come_to(event, sink)?;
        let before = self.law.clone();
        self.law = Arc::new(Law::new(policy, &mut self.ids));
        super::open::carry_over(&mut self.world.pending, &before, &self.law);
        self.world.in_force_since = Some(event.at);
        self.add_rotas();
        for person in &mut self.world.people {
            let role = person.role.and_then(|role| self.law.role(role));
            person.receives = role.map_or(0, |role| role.receives);
        }
        self.await_closings(event.at);
        self.reach_open_windows();
        self.reach_provisional_deals();
        let people = 0..self.world.people.len();
        self.world.touched = people
            .filter_map(|number| u32::try_from(number).ok())
            .map(crate::event::PersonId)
            .collect();
        let law = self.law.clone();
        let mut act = self.act(&law, sink, (event.seq, event.at), Some(event));
        act.settle_standing();
        self.let_go_out((event.seq, event.at), sink);
        self.advance(event.at, sink);
        Ok(Stepped::Done)
    }

    /// Windows whose new length reaches those still open end by it, at the earliest now.
    fn reach_open_windows(&mut self) {
        let law = self.law.clone();
        let now = self.world.now;
        let open: Vec<_> = self
            .world
            .timers
            .iter()
            .map(|(key, timer)| (*key, *timer))
            .collect();
        for (key, timer) in open {
            let Timer::Window {
                of, window: name, ..
            } = timer
            else {
                continue;
            };
            let Some((_, window)) = law.window_named(name).filter(|(_, window)| {
                window.changes == Reach::OpenOnes && window.to_end_of.is_none()
            }) else {
                continue;
            };
            let Some(start) = self.world.window(of, name).map(|window| window.start) else {
                continue;
            };
            let length = law.length(window.length, now.unwrap_or(start));
            let end = law
                .policy
                .calendar
                .end_of(start, length, window.rule)
                .0
                .max(now.unwrap_or(start));
            if end != key.0 {
                self.move_window(of, key, timer, end);
            }
        }
    }

    fn move_window(
        &mut self,
        of: Subject,
        from: super::world::TimerKey,
        timer: Timer,
        end: crate::base::time::Instant,
    ) {
        self.world.timers.remove(&from);
        // The order in which windows opened stays theirs.
        let key = (end, from.1);
        self.world.timers.insert(key, timer);
        for window in self.world.windows_mut(of).iter_mut() {
            if window.timer == Some(from) {
                window.timer = Some(key);
                window.end = end;
            }
        }
        self.world.touch_subject(of);
    }

    fn reach_provisional_deals(&mut self) {
        if self.law.policy.deals_change != Reach::OpenOnes {
            return;
        }
        for number in 0..self.world.customers.len() {
            for id in self.world.customers[number].provisional.clone() {
                let deal = self.world.deal_mut(id);
                if deal.state != ShareState::Provisional {
                    continue;
                }
                deal.law = Some(self.law.clone());
                let customer = deal.customer;
                self.world.touch_customer(customer);
            }
        }
    }
}
