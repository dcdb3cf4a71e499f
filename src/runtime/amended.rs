//! What corrections leave behind: which entries stand otherwise, and what was imposed on whom so far, so that it can be
//! taken back. Plain data.

use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a correction is about, as the journal has it: what a step cannot know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Id of the entry that is corrected.
    pub entry: Name,
    /// Its kind.
    pub kind: Name,
    /// When it was.
    pub at: Instant,
    /// The event that stands instead, as it was written; none: the entry is voided.
    pub instead: Option<Box<str>>,
    /// When that stands, if it says so; else it stands where the entry stood.
    pub stands: Option<Instant>,
}

/// A correction that the journal holds, taken or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Its own id, by which another may void it.
    pub id: Option<Name>,
    /// What it is about; none: it was impossible.
    pub about: Option<About>,
    /// Whether it was taken.
    pub taken: bool,
}

/// On whom something was imposed, for which kind of violation, and who pays if not the person.
pub type ImposedOn = (PersonId, Name, Option<Name>);

/// What was imposed, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imposed {
    /// Fines.
    pub fine: Fen,
    /// What is to be paid back.
    pub pay_back: Fen,
    /// Points.
    pub points: i64,
    /// Turns lost by a suspension.
    pub turns: i64,
}

/// What stands in place of an entry: nothing, or this.
pub type Amendments = BTreeMap<Name, Option<(Box<str>, Option<Instant>)>>;
