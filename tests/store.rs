//! A data file from outside: an edited past is seen, a torn log loses nothing that was whole, damage is no panic, and
//! what is written out decides the same again.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[path = "store/commands.rs"]
mod commands;
#[path = "store/edited.rs"]
mod edited;
#[path = "model/mod.rs"]
mod model;
mod program;
#[path = "store/recorded.rs"]
mod recorded;
#[path = "store/torn.rs"]
mod torn;
