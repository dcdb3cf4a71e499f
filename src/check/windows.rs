//! Windows: stretches of time that every claim, visit, deal, customer or person has its own of; what they start from,
//! what closes them, and what looks back.

use super::amounts::Kind;
use super::conditions::segments_of;
use super::scope::{Scope, root};
use super::story::PERIODS;
use super::tools::bilingual;
use super::{Checker, WindowEntry};
use crate::base::time::{FirstDay, LastDay, SpanRule};
use crate::finding::{Code, Finding};
use crate::policy::{AmountId, ClaimTime, FactHow, Of, Reach, Term, Window, WindowTime};
use crate::syntax::{Text, WrittenWindow};
use crate::vocabulary::facts::Type;

/// The times of a claim.
const TIMES: &[(&str, ClaimTime)] = &[
    ("claim.opened", ClaimTime::Opened),
    ("claim.slept", ClaimTime::Slept),
    ("claim.recognised", ClaimTime::Recognised),
    ("claim.woke", ClaimTime::Woke),
    ("claim.shared_at", ClaimTime::Shared),
    ("claim.ended", ClaimTime::Ended),
];

/// Of what a window may be.
const OF: &[(&str, Of)] = &[
    ("claim", Of::Claim),
    ("staff", Of::Staff),
    ("visit", Of::Visit),
    ("customer", Of::Customer),
    ("deal", Of::Deal),
    ("event", Of::Event),
];

/// Whom a change reaches.
pub const REACHES: &[(&str, Reach)] = &[
    ("new_cases", Reach::NewCases),
    ("open_ones", Reach::OpenOnes),
];

impl Checker<'_> {
    /// Reads every window.
    pub fn declare_windows(&mut self) {
        for written in &self.written.windows {
            let window = self.window(written);
            self.windows.push(WindowEntry {
                window,
                place: written.name.place.clone(),
                used: false,
            });
        }
    }

    fn window(&mut self, written: &WrittenWindow) -> Window {
        let of = self.optional(written.of.as_ref(), OF, "what a window is of");
        let length = written
            .length
            .as_ref()
            .and_then(|text| self.amount_of(text, &[Kind::Length], "a window's length"));
        let to_end_of = self.optional(written.to_end_of.as_ref(), PERIODS, "periods");
        let first_day = [("day_0", FirstDay::Day0), ("day_1", FirstDay::Day1)];
        let last_day = [
            ("included", LastDay::Included),
            ("excluded", LastDay::Excluded),
        ];
        let reach = self.optional(written.changes.as_ref(), REACHES, "whom a change reaches");
        Window {
            name: written.name.value.clone(),
            text: bilingual(written.text.as_ref()),
            source: written
                .source
                .as_ref()
                .map_or_else(String::new, |source| source.value.clone()),
            of: of.unwrap_or(Of::Claim),
            // Resolved when facts are.
            starts: Vec::new(),
            closed_by: Vec::new(),
            back_from: None,
            to_end_of,
            length: length.unwrap_or(AmountId(0)),
            rule: SpanRule {
                first_day: self
                    .optional(
                        written.first_day.as_ref(),
                        &first_day,
                        "ways to count the first day",
                    )
                    .unwrap_or(FirstDay::Day0),
                last_day: self
                    .optional(
                        written.last_day.as_ref(),
                        &last_day,
                        "ways to count the last day",
                    )
                    .unwrap_or(LastDay::Included),
            },
            changes: reach.unwrap_or(Reach::NewCases),
        }
    }

    /// Reads from when each window runs and what closes it, once every fact and window is known.
    pub fn resolve_window_times(&mut self) {
        for (at, written) in self.written.windows.iter().enumerate() {
            let of = self.windows[at].window.of;
            if (written.of.as_ref()).is_some_and(|text| OF.iter().all(|(of, _)| *of != text.value))
            {
                continue;
            }
            let times: Vec<&Text> = written.starts.iter().chain(&written.closed_by).collect();
            let known = |text: &Text| TIMES.iter().find(|(name, _)| *name == text.value);
            let plain = of == Of::Claim && times.iter().all(|text| known(text).is_some());
            let read = |checker: &mut Self, text: &Text| match known(text) {
                Some((_, time)) if plain => Some(WindowTime::Claim(*time)),
                _ => checker.window_time(text, of).map(WindowTime::Read),
            };
            let starts = written
                .starts
                .iter()
                .filter_map(|text| read(self, text))
                .collect();
            let closed_by = written
                .closed_by
                .iter()
                .filter_map(|text| read(self, text))
                .collect();
            let back_from = written
                .ends
                .as_ref()
                .and_then(|text| self.window_time(text, of));
            self.looks_back_only(written, of);
            let window = &mut self.windows[at].window;
            (window.starts, window.closed_by, window.back_from) = (starts, closed_by, back_from);
        }
        for at in 0..self.windows.len() {
            self.comes_round(at);
        }
    }

    /// A time of what the window is of: of the program, declared, or the end of another window.
    fn window_time(&mut self, text: &Text, of: Of) -> Option<Term> {
        let (what, roots) = match of {
            Of::Claim => ("claim", root::CUSTOMER),
            Of::Customer => ("customer", root::CUSTOMER),
            Of::Visit => ("visit", root::VISIT | root::CUSTOMER),
            Of::Deal => ("deal", root::DEAL | root::CUSTOMER | root::VISIT),
            Of::Event => ("event", root::EVENT),
            Of::Staff | Of::Violation => ("person of the staff", 0),
        };
        let scope = Scope {
            when: format!("in a window of a {what}"),
            it: of.is() == Type::Person,
            roots,
            ..Scope::default()
        };
        let Some(segments) = segments_of(&text.value, 0) else {
            let message = format!("`{}` is not a time of a {what}", text.value);
            let help = "name one, as in \"claim.opened\" or \"deal.at\"";
            self.helped(Code::UnknownName, message, &text.place, "not a name", help);
            return None;
        };
        let value = self.value_path(&segments, text, &scope)?;
        if value.is != Type::Time {
            let message = format!(
                "a window starts, ends or closes by a time, not by {}",
                value.is.text()
            );
            let help = "a fact with `first` or `last` is a time";
            self.helped(
                Code::TypeMismatch,
                message,
                &text.place,
                value.is.text(),
                help,
            );
            return None;
        }
        Some(value.term)
    }

    /// What looks back is never closed; an event lasts no longer than it takes, so its windows look back.
    fn looks_back_only(&mut self, written: &WrittenWindow, of: Of) {
        if let (Some(ends), Some(closed)) = (&written.ends, written.closed_by.first()) {
            let message = "a window that looks back never acts, so nothing closes it";
            let finding = Finding::new(
                Code::WrongType,
                message,
                closed.place.clone(),
                "closes nothing",
            );
            let finding = finding.other(ends.place.clone(), "looks back from this");
            self.push(finding.help("leave `closed_by` out"));
        }
        if let Some(starts) = written.starts.first().filter(|_| of == Of::Event) {
            let message = "a window of an event looks back from it";
            let help = "write `ends = \"event.at\"`; what runs on is of a customer, a claim, a visit, a deal or the staff";
            self.helped(
                Code::WrongType,
                message,
                &starts.place,
                "an event does not last",
                help,
            );
        }
    }

    /// A window that starts or closes by way of itself would never begin.
    fn comes_round(&mut self, at: usize) {
        let mut found = vec![at];
        let mut next = 0;
        while let Some(window) = found.get(next).copied() {
            for other in self.windows_read_by(window) {
                if other == at {
                    let written = &self.written.windows[at];
                    let place = written.starts.first().or(written.ends.as_ref());
                    let place = place
                        .map_or(&written.name.place, |text| &text.place)
                        .clone();
                    let message = format!(
                        "the window `{}` starts or closes by way of itself",
                        written.name.value
                    );
                    let finding = Finding::new(
                        Code::CircularWindow,
                        message,
                        place,
                        "comes back to where it began",
                    );
                    let other = self.windows[window].place.clone();
                    let finding = if window == at {
                        finding
                    } else {
                        finding.other(other, "by way of this one")
                    };
                    self.push(finding.help("one of them must start from the story alone"));
                    return;
                }
                if !found.contains(&other) {
                    found.push(other);
                }
            }
            next += 1;
        }
    }

    /// The windows whose ends move a window, directly or through facts that are computed.
    fn windows_read_by(&self, at: usize) -> Vec<usize> {
        let window = &self.windows[at].window;
        let mut terms: Vec<&Term> = window.back_from.iter().collect();
        for time in window.starts.iter().chain(&window.closed_by) {
            if let WindowTime::Read(term) = time {
                terms.push(term);
            }
        }
        let mut found = Vec::new();
        while let Some(term) = terms.pop() {
            match term {
                Term::WindowEnds(_, id) | Term::WindowStarts(_, id) => found.push(id.index()),
                Term::Declared(_, id) => {
                    if let Some(FactHow::Term(inner, _)) = self.how_of(*id) {
                        terms.push(inner);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// One of a few words, where there is one.
    pub fn optional<T: Copy>(
        &mut self,
        text: Option<&Text>,
        words: &[(&str, T)],
        what: &str,
    ) -> Option<T> {
        text.and_then(|text| self.one_of(text, words, what))
    }
}
