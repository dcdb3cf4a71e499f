//! Windows: they open with their length, move with the times that they start from, are closed, and act at their end.

use super::act::Act;
use super::case::{Case, Reader, Someone};
use super::law::Law;
use super::world::{ClaimId, OwnWindow, Subject, Timer};
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{Event, PersonId};
use crate::policy::{ClaimTime, Moment, Reach, Term, Window, WindowId, WindowTime};
use crate::vocabulary::events::field;
use smallvec::SmallVec;

impl Act<'_> {
    /// Opens the windows that start from a time of a claim that has come just now.
    pub fn open_windows(&mut self, id: ClaimId, from: ClaimTime) {
        self.open_windows_from(id, from, self.at);
    }

    /// The same from a time that came before; those that are over by now act at once.
    pub fn open_windows_from(&mut self, id: ClaimId, from: ClaimTime, start: Instant) {
        let law = self.law;
        for (window, declared) in (0u16..).map(WindowId).zip(&law.policy.windows) {
            if declared.follows_claim() && declared.starts.contains(&WindowTime::Claim(from)) {
                self.open_window(Subject::Claim(id), window, start);
            }
        }
    }

    /// Opens a window; the one before of its name is over.
    fn open_window(&mut self, of: Subject, window: WindowId, start: Instant) {
        let declared = &self.law.policy.windows[window.index()];
        let name = self.law.window_name(window);
        let end = self.window_end(declared, start);
        let moves = !declared.follows_claim();
        let open = self.world.window(of, name);
        let open = open.filter(|own| own.timer.is_some());
        let since = open.map_or(start, |own| own.since);
        self.close_window_named(of, name);
        let seq = self.seq;
        let timer = Timer::Window {
            of,
            window: name,
            seq,
        };
        let timer = self.world.set_timer(end.max(self.at), timer);
        let windows = self.world.windows_mut(of);
        if moves {
            windows.retain(|known| known.window != name);
        }
        windows.push(OwnWindow {
            window: name,
            start,
            since,
            end,
            timer: Some(timer),
            closed: false,
        });
    }

    /// The first instant outside a window that starts then: with the length that holds then, or, where a change reaches
    /// windows still open, with each later one that begins before the window would end.
    fn window_end(&self, window: &Window, start: Instant) -> Instant {
        let calendar = &self.law.policy.calendar;
        if let Some(period) = window.to_end_of {
            return calendar.after(start, period);
        }
        let end_with = |at| {
            calendar
                .end_of(start, self.law.length(window.length, at), window.rule)
                .0
        };
        let mut end = end_with(start);
        if window.changes == Reach::OpenOnes {
            for (from, _) in &self.law.policy.amounts[window.length.index()].values {
                if *from > start && *from < end {
                    end = end_with(*from).max(*from);
                }
            }
        }
        end
    }

    /// Closes the windows that something which becomes of a claim closes.
    pub fn close_windows(&mut self, id: ClaimId, by: ClaimTime) {
        let law = self.law;
        let by = WindowTime::Claim(by);
        let names = |name: Name| {
            law.window_named(name)
                .is_some_and(|(_, window)| window.closed_by.contains(&by))
        };
        let of = Subject::Claim(id);
        let open = self.world.windows(of).iter();
        let open: SmallVec<[Name; 2]> = open
            .filter(|w| w.timer.is_some())
            .map(|w| w.window)
            .collect();
        for name in open.into_iter().filter(|name| names(*name)) {
            self.close_window_named(of, name);
        }
    }

    fn close_window_named(&mut self, of: Subject, name: Name) {
        if self.world.window(of, name).is_some() {
            self.close_those(of, |window| window.window == name);
        }
    }

    /// Closes every window of a claim that is over.
    pub fn close_all_windows(&mut self, id: ClaimId) {
        self.close_those(Subject::Claim(id), |_| true);
    }

    fn close_those(&mut self, of: Subject, which: impl Fn(&OwnWindow) -> bool) {
        let mut timers: SmallVec<[_; 2]> = SmallVec::new();
        let windows = self.world.windows_mut(of).iter_mut();
        for window in windows.filter(|window| which(window)) {
            if let Some(key) = window.timer.take() {
                window.closed = true;
                timers.push(key);
            }
        }
        for key in timers {
            self.world.timers.remove(&key);
        }
    }

    /// A claim that goes on as a new one keeps the windows that a time of its story moves.
    pub fn carry_windows(&mut self, from: ClaimId, to: ClaimId) {
        let law = self.law;
        for window in &law.moving {
            let name = law.window_name(*window);
            let Some(own) = self.world.window(Subject::Claim(from), name).copied() else {
                continue;
            };
            let old = self.world.windows_mut(Subject::Claim(from));
            old.retain(|known| known.window != name);
            let timer = own.timer.and_then(|key| self.world.timers.get_mut(&key));
            if let Some(Timer::Window { of, .. }) = timer {
                *of = Subject::Claim(to);
            }
            self.world.windows_mut(Subject::Claim(to)).push(own);
        }
    }

    /// Remembers that a subject's windows must be looked at, where a time of its story moves them.
    pub fn stir(&mut self, of: Subject) {
        let mut moving = self.law.moving.iter();
        let moves = moving.any(|id| self.law.policy.windows[id.index()].of == of.of());
        if moves && !self.world.stirred.contains(&of) {
            self.world.stirred.push(of);
        }
    }

    /// Remembers the same of whatever is at hand.
    pub fn stir_at_hand(&mut self, event: Option<&Event>) {
        if self.law.moving.is_empty() {
            return;
        }
        let staff =
            event.and_then(|event| event.person(field::STAFF).or(event.person(field::PERSON)));
        let people = staff.into_iter().chain(self.case.actor).map(Subject::Staff);
        let customer = self.case.customer;
        let claims = customer.and_then(|customer| self.world.customer(customer));
        let claims = claims.map_or(&[][..], |known| &known.claims);
        let all: SmallVec<[Subject; 8]> = people
            .chain(customer.map(Subject::Customer))
            .chain(self.case.visit.map(Subject::Visit))
            .chain(self.case.deal.map(Subject::Deal))
            .chain(claims.iter().copied().map(Subject::Claim))
            .collect();
        for of in all {
            self.stir(of);
        }
    }

    /// Looks again from when the windows run of whatever has changed: those whose start has moved on begin anew, those
    /// that something has closed do not act.
    pub fn move_windows(&mut self) {
        if self.law.moving.is_empty() {
            return;
        }
        for number in 0..self.world.touched.len() {
            let person = self.world.touched[number];
            self.stir(Subject::Staff(person));
        }
        let mut next = 0;
        while let Some(of) = self.world.stirred.get(next).copied() {
            next += 1;
            self.move_windows_of(of);
        }
        self.world.stirred.clear();
    }

    fn move_windows_of(&mut self, of: Subject) {
        let law = self.law;
        let windows = law.moving.iter().copied();
        for window in windows.filter(|id| law.policy.windows[id.index()].of == of.of()) {
            let declared = &law.policy.windows[window.index()];
            let name = law.window_name(window);
            let start = self.latest(of, &declared.starts);
            let closed = self.latest(of, &declared.closed_by);
            let known = self.world.window(of, name).map(|own| own.start);
            // What began under a policy before this one is that policy's affair.
            let since = self.world.in_force_since;
            let begins = |start: Instant| match known {
                Some(known) => known < start,
                None => since.is_none_or(|since| since <= start),
            };
            if let Some(start) = start.filter(|start| begins(*start) && self.lasts(of)) {
                self.open_window(of, window, start);
                self.world.touch_subject(of);
            }
            let own = self
                .world
                .window(of, name)
                .filter(|own| own.timer.is_some());
            if own.zip(closed).is_some_and(|(own, at)| own.start < at) {
                self.close_window_named(of, name);
                self.world.touch_subject(of);
            }
        }
    }

    /// Whether windows still open for it: not for a claim that is over, nor for somebody who has left.
    fn lasts(&self, of: Subject) -> bool {
        match of {
            Subject::Claim(id) => self.world.claim(id).is_live(),
            Subject::Staff(id) => self.world.person(id).is_some_and(|person| !person.left),
            Subject::Customer(_) | Subject::Visit(_) | Subject::Deal(_) => true,
        }
    }

    /// The latest of these times that has come.
    fn latest(&self, of: Subject, times: &[WindowTime]) -> Option<Instant> {
        let reader = Reader {
            case: self.case_of(of),
            ..self.reader()
        };
        let come = times.iter().filter_map(|time| reader.window_time(time));
        come.filter(|time| *time <= self.at).max()
    }

    /// The case in which a window's times are read: its subject, and nothing of what has just happened.
    fn case_of(&self, of: Subject) -> Case<'static> {
        let mut case = Case::at(self.at, None);
        match of {
            Subject::Claim(id) => {
                let claim = self.world.claim(id);
                case.customer = Some(claim.customer);
                case.it = Some(Someone {
                    staff: claim.staff,
                    claim: Some(id),
                });
            }
            Subject::Staff(staff) => case.it = Some(Someone::just(staff)),
            Subject::Customer(customer) => case.customer = Some(customer),
            Subject::Visit(id) => {
                case.visit = Some(id);
                case.customer = self.world.visit(id).map(|visit| visit.customer);
            }
            Subject::Deal(id) => {
                let deal = self.world.deal(id);
                case.deal = Some(id);
                case.customer = deal.map(|deal| deal.customer);
                case.visit = deal.and_then(|deal| deal.during);
            }
        }
        case
    }

    /// A window has reached its end.
    pub fn window_ended(&mut self, of: Subject, name: Name) {
        let windows = self.world.windows_mut(of).iter_mut();
        for window in windows.filter(|window| window.window == name) {
            window.timer = None;
        }
        self.world.touch_subject(of);
        let case = self.case_of(of);
        let customer = case.customer.and_then(|id| self.world.customer(id));
        let visit = case.visit.or(customer.and_then(|known| known.visit));
        self.begin_case(visit, case.customer);
        match of {
            Subject::Claim(_) => self.case.holder = case.it,
            Subject::Staff(staff) => self.case.actor = Some(staff),
            Subject::Deal(deal) => self.case.deal = Some(deal),
            Subject::Customer(_) | Subject::Visit(_) => {}
        }
        let window = self.law.window_named(name).map(|(window, _)| window);
        if let Some(window) = window.filter(|_| self.acts(of)) {
            let moment = Moment::WindowEnds(window);
            self.tell(moment);
            self.anything_else(moment);
        }
        self.stir(of);
        self.stir_at_hand(None);
        self.move_windows();
    }

    /// Whether the end of its window matters to anybody: not to somebody who has left.
    fn acts(&self, of: Subject) -> bool {
        let left = |id: PersonId| self.world.person(id).is_some_and(|person| person.left);
        !matches!(of, Subject::Staff(id) if left(id))
    }
}

impl Reader<'_> {
    /// A time by which a window starts or is closed. The end of a window that was closed before does not come.
    fn window_time(&self, time: &WindowTime) -> Option<Instant> {
        let WindowTime::Read(term) = time else {
            return None;
        };
        if let Term::WindowEnds(whose, window) = term
            && self.was_closed(whose, *window, self.law)
        {
            return None;
        }
        match self.read(term) {
            super::case::Val::Time(at) => Some(at),
            _ => None,
        }
    }

    fn was_closed(&self, whose: &Term, window: WindowId, law: &Law) -> bool {
        let of = law.policy.windows[window.index()].of;
        let subject = self.subject(of, self.read(whose));
        let own = subject.and_then(|of| self.world.window(of, law.window_name(window)));
        own.is_some_and(|own| own.closed)
    }
}
