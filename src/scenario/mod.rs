//! Scenarios: stories with times, each step an event with what it must lead to and by which clause.
//!
//! A scenario is a TOML file:
//!
//! ```toml
//! policy  = "my-office"              # a name under policies/, or a path from this file: "./readings/lenient"
//! title   = "Recognised in time after a deal: half and half"
//! clauses = ["A3"]                     # optional: the clauses that it claims to decide; each must stand somewhere
//! people  = { an = "seller", bo = "seller", mu = "boss" }
//! roster  = ["an", "bo"]                  # or { walk_in = ["an"], phone = ["bo"] }: by desk
//!
//! [[step]]
//! at       = "2024-03-01 09:00"           # seconds, milliseconds and offset if wanted
//! event    = "visit"                      # the journal's own kinds and fields
//! visit    = "v1"
//! customer = "li"
//! expect.receive = { v1 = ["an", "duty", "A1"] }
//! expect.turn    = { an = ["used", "A1"] }
//! expect.own     = { li = { an = ["active", "A1"] } }
//!
//! [[day]]                                 # a whole day: its steps say the time only
//! date = "2024-03-02"
//! [[day.step]]
//! at     = "09:00"
//! event  = "sign_in"
//! staff  = ["an", "bo"]                   # a list where one id belongs: one event for each
//! [[day.step]]
//! at       = "10:00"
//! event    = "visit"
//! visit    = "w{n}"                       # {n} counts from 1
//! customer = "c{n}"
//! repeat   = { every = "10 minutes", times = 6 }
//! [[day.step]]
//! at = "18:00"                            # no event: what is true when the clock gets there
//! expect.nothing = true
//! ```
//!
//! `people` and `roster` stand at the first step's time. Steps may also be written `step = [{ … }, { … }]`.
//!
//! A `policy` step puts another policy in force (`event = "policy"`, `policy = "./new"`, named as on top; no digest).
//!
//! What `expect` may say is listed in the author's guide (`policies/README.md`, "A scenario"). A step that expects
//! anything must expect everything, by exactly the clauses that stand.

mod accept;
mod actual;
mod compare;
mod coverage;
mod events;
mod expect;
mod lint;
mod names;
mod outcome;
mod play;
mod read;
mod reader;
mod report;
mod rulebooks;
mod run;
mod shapes;
mod story;
mod tree;

pub use accept::{Accepted, accept};
pub use actual::{Actual, Shown, Sort};
pub use coverage::{Coverage, Untested};
pub use events::Staged;
pub use expect::{Expect, Expected, Form, Group};
pub use outcome::{Mismatch, Outcome, Played, Reason, StepFailure};
pub use read::{Header, header, story};
pub use rulebooks::{Rulebook, Rulebooks};
pub use run::run;
pub use story::{Occurrence, Step, Story};
pub use tree::{Key, Node, Value, parse};

#[cfg(test)]
mod tests;
