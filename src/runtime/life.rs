//! Stories and windows: what has been told of a claim or of anything else, and the stretches of time that run for it.

use super::val::Val;
use crate::base::few::Few;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// When a timer acts: the instant, then the order in which it was set.
pub type TimerKey = (Instant, u64);

/// Windows of one subject, open and past.
pub type Windows = SmallVec<[OwnWindow; 1]>;

/// What the story has told of one subject, by declared fact.
pub type Story = Few<(Name, Told)>;

/// Story and windows of whatever is no claim.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Life {
    /// Its windows, open and past.
    pub windows: Windows,
    /// What the story has told of it.
    pub story: Story,
}

/// What the story has told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// How often, or how much, in which calendar period (0: always).
    Count(i64, i64),
    /// How much money, in which calendar period.
    Money(i64, Fen),
    /// When first or last, or what was so then.
    Was(Val),
}

/// A window of a claim, or of something else.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct OwnWindow {
    /// Which.
    pub window: Name,
    /// From when.
    pub start: Instant,
    /// When it first opened, if it has started anew ever since while it was open.
    pub since: Instant,
    /// First instant outside.
    pub end: Instant,
    /// Its timer, while it is open.
    pub timer: Option<TimerKey>,
    /// Was closed before its end, which does not come.
    pub closed: bool,
}
