//! Who hears what a replay decides.

use crate::decision::{Because, Decision, Sink, Wants, What};
use crate::event::{Event, Ids};
use crate::journal::Schema;
use crate::runtime::Stepped;

/// An event that is about to be taken.
pub struct Told<'a> {
    /// Names of its kind and fields, and the office's calendar.
    pub schema: &'a Schema,
    /// Names in its fields.
    pub ids: &'a Ids,
    /// The event.
    pub event: &'a Event,
}

/// A reader of decisions who also hears of the events, and may go away.
pub trait Audience: Sink {
    /// An event comes; the decisions that follow are its, and those of windows that end before it.
    fn event(&mut self, told: &Told<'_>) {
        let _ = told;
    }
    /// The event was taken or ignored; an event that was malformed is never done.
    fn done(&mut self, stepped: Stepped) {
        let _ = stepped;
    }
    /// Whether nothing more can be told.
    fn is_gone(&self) -> bool {
        false
    }
}

/// Nobody: only the state at the end counts.
pub struct Silence;

impl Sink for Silence {
    fn wants(&self) -> Wants {
        Wants::Nothing
    }
    fn decision(&mut self, _: &Ids, _: Decision) {}
}

impl Audience for Silence {}

/// How many refusals are kept with their lines; the others are counted.
pub const MOST_KEPT: usize = 100;

/// The events that were impossible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Line and reason (`input.…`) of the first of them.
    pub first: Vec<(u64, &'static str)>,
    /// How many there were.
    pub count: u64,
}

/// Passes decisions on, and keeps the refusals of impossible events, which come to every sink whatever it wants.
pub(super) struct Listener<'a> {
    pub audience: &'a mut dyn Audience,
    pub refusals: &'a mut Refusals,
}

impl Sink for Listener<'_> {
    fn wants(&self) -> Wants {
        self.audience.wants()
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if let (Because::Input(code), What::Refuse { .. }) = (&decision.because, &decision.what) {
            self.refusals.count += 1;
            if self.refusals.first.len() < MOST_KEPT {
                self.refusals.first.push((decision.seq, *code));
            }
        }
        if self.audience.wants() != Wants::Nothing {
            self.audience.decision(ids, decision);
        }
    }
}
