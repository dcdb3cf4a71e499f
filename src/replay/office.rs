//! One office and how it takes what is recorded: the only place where a line of a journal meets the runtime.
//!
//! A journal that is replayed, a server and its mirror, and a story all go through here.

use super::{Library, find, unknown_policy};
use crate::base::time::Instant;
use crate::decision::Sink;
use crate::event::{Event, Ids};
use crate::journal::{Checked, FieldFault, Malformed, Schema, place_of};
use crate::policy::Policy;
use crate::runtime::{State, Stepped, WentBack};
use crate::vocabulary::events::kind;
use std::ops::ControlFlow;
use std::sync::Arc;

/// An office: how things are, and what its journal may hold.
#[derive(Clone, Debug)]
pub struct Office {
    pub(super) state: State,
    pub(super) schema: Schema,
    /// The policy with which its journal begins; none: the journal's first line names it.
    pub(super) first: Option<Arc<Policy>>,
    /// Whether `policy` events change nothing: a draft is tried on the whole journal.
    throughout: bool,
}

/// What an office asks of the world around it while it takes an event.
pub struct Around<'a> {
    /// Where policies are found.
    pub library: &'a dyn Library,
    /// What was recorded before.
    pub past: &'a mut dyn Past,
}

/// What was recorded before, so that a correction can be followed from where it begins.
pub trait Past {
    /// Gives the lines `from..=to` of this journal, in order, each with its number and without its line end; ends early
    /// if `each` says so.
    ///
    /// # Errors
    ///
    /// A sentence: they cannot be read.
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String>;
}

/// A journal in memory.
impl Past for Vec<String> {
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        for (line, seq) in self.iter().zip(1..=to).filter(|(_, seq)| *seq >= from) {
            if each(seq, line.as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// No past: for whoever knows that nothing is corrected.
pub struct NoPast;

impl Past for NoPast {
    fn lines(
        &mut self,
        _: u64,
        _: u64,
        _: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        Err("what was recorded before is not kept".into())
    }
}

/// Why an event was not taken; nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its time is before that of the event before, or its policy is not to be had.
    Malformed(Box<Malformed>),
    /// It corrects an earlier entry, and what was recorded before cannot be read; in a sentence.
    Past(String),
}

impl Office {
    /// An office where nothing has happened yet.
    pub fn new(policy: Arc<Policy>) -> Office {
        Office::with_state(State::new(policy.clone())).begun_under(policy)
    }

    /// An office in which a draft stays in force, whatever its journal says.
    pub fn trying(policy: Arc<Policy>) -> Office {
        Office {
            throughout: true,
            ..Office::new(policy)
        }
    }

    /// An office in which things are as they were once.
    pub fn with_state(state: State) -> Office {
        Office {
            schema: Schema::of(state.policy()),
            state,
            first: None,
            throughout: false,
        }
    }

    /// The same office, whose journal does not name the policy under which it began.
    #[must_use]
    pub fn begun_under(self, first: Arc<Policy>) -> Office {
        Office {
            first: Some(first),
            ..self
        }
    }

    /// The same office before anything happened, with names that are numbered already.
    pub(super) fn anew(&self, first: Arc<Policy>, ids: Ids) -> Office {
        Office {
            throughout: self.throughout,
            first: self.first.clone(),
            ..Office::with_state(State::with_names(first, ids))
        }
    }

    /// How things are.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What its journal may hold.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Names, for whoever makes events elsewhere.
    pub fn ids_mut(&mut self) -> &mut Ids {
        self.state.ids_mut()
    }

    /// The event of one line, which is line `seq` of the journal.
    ///
    /// # Errors
    ///
    /// If the line is malformed.
    pub fn parse(&mut self, seq: u64, line: &[u8]) -> Result<Event, Box<Malformed>> {
        self.schema.parse(self.state.ids_mut(), seq, line)
    }

    /// The event of one line that was checked, which is line `seq` of the journal and was then.
    pub fn event(&mut self, checked: &Checked, seq: u64, line: &[u8], at: Instant) -> Event {
        checked.event(line, self.state.ids_mut(), seq, at)
    }

    /// Takes one event, which [`Office::parse`] or [`Office::event`] has made of that line: a `policy` event puts in force
    /// what the library finds, a `correction` plays again what the past tells, the rest is a step.
    ///
    /// # Errors
    ///
    /// If it cannot be taken; nothing has changed then.
    pub fn take(
        &mut self,
        event: &Event,
        line: &[u8],
        around: &mut Around<'_>,
        sink: &mut dyn Sink,
    ) -> Result<Stepped, Fault> {
        let stepped = if event.kind == kind::POLICY && !self.throughout {
            self.change(event, line, around.library, sink)?
        } else if event.kind == kind::CORRECTION {
            self.correct(event, line, around, sink)?
        } else {
            self.state.step(event, sink)
        };
        stepped.map_err(|back| Fault::Malformed(self.went_back(event, line, back)))
    }

    /// Puts the policy in force that a `policy` event names.
    fn change(
        &mut self,
        event: &Event,
        line: &[u8],
        library: &dyn Library,
        sink: &mut dyn Sink,
    ) -> Result<Result<Stepped, WentBack>, Fault> {
        let policy = find(library, event)
            .map_err(|sentence| Fault::Malformed(unknown_policy(event.seq, line, sentence)))?;
        let stepped = self.state.install(policy.clone(), event, sink);
        if stepped == Ok(Stepped::Done) {
            self.schema = Schema::of(&policy);
        }
        Ok(stepped)
    }

    fn went_back(&self, event: &Event, line: &[u8], back: WentBack) -> Box<Malformed> {
        let text = String::from_utf8_lossy(line);
        let calendar = self.schema.calendar();
        let (at, last) = (
            calendar.format_short(event.at),
            calendar.format_short(back.last),
        );
        let message =
            format!("time goes back: {at} is before {last}, where the journal already is");
        let fault = FieldFault::new(place_of(&text, "at"), message)
            .help("events stand in order of `at`; equal times keep their order")
            .of("at");
        Box::new(Malformed::at(event.seq, &text, fault))
    }
}
