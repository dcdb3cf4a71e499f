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
//! # Expectations
//!
//! | key | one expectation |
//! |---|---|
//! | `identify` | customer `= ["same_as", customer, clause…]`, `["household_of", customer, clause…]`, `["new", clause…]` |
//! | `receive` | visit `= [person, role, clause…]`, `["waits", clause…]`, `["nobody", clause…]` |
//! | `turn` | person `= [effect, clause…]`, or `{ effect, kind, until, desk, because }` |
//! | `own` | customer, by any id, `= {` person `= [state, clause…] }`; a right to a part reads `sharing` |
//! | `share` | deal `= { state, shares = {person = "5000.00"}, until, entries = {person = "-5.00"}, held, because = [clause…] }` |
//! | `bar` | person `= [true, clause…]` |
//! | `violation` | person `= [kind, clause…]` |
//! | `sanction` | person `= { kind, fine, points, suspended_turns, suspended_until, warning, dismissed, pay_back, paid_by, because }` |
//! | `refuse` | `[reason, clause…]`, or a list of such |
//! | `undecided` | deal, visit, customer or person `= [question, clause…]` |
//! | `notify` | person or role `= clause` |
//! | `report` | any part of the report: `staff.an.commission = "5000.00"`; `"none"` is what the report has no value for |
//! | `nothing` | `true`: no decision of the sorts above, notices and the report apart |
//!
//! Where one person, visit, customer or deal has several decisions of a sort in one step, the value is a list of such
//! values in order: `turn = { an = [["forfeited", "A4"], ["used", "A1"]] }`.
//!
//! A step that expects anything must expect everything: a decision of any of these sorts (notices apart) that is not
//! expected fails it. Every expectation names its clauses, by id or by key (`A3#2`), and these are exactly those
//! that stand. Fields that are left out of a table are not compared. What windows decide between two steps belongs to
//! the later step. Steps that expect nothing may decide what they like, but an `input.…` refusal always fails.
//! `expect = {}` fails until `panke test --accept` has filled it in.

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
