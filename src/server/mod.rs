//! The running office: takes events, decides, answers over HTTP, and takes an edited policy while it runs.
//!
//! Reading order: `entry` (what is on disk), `desk` (an event becomes an entry), `writer` (the thread that stores and
//! decides), `mirror` (the thread that serves what is read), `start`, `run` (the life of a server), `http` (the routes).

mod app;
mod clock;
mod commands;
mod desk;
mod entry;
mod export;
mod follow;
mod force;
mod http;
mod import;
mod install;
mod listen;
mod mirror;
mod prepared;
mod problem;
mod readers;
mod run;
mod served;
mod shelf;
mod start;
mod writer;

pub use install::Doors;
pub use prepared::{
    Attempt, Failure, Found, InForce, Installer, Outcome, Played, Prepared, Standing,
};
pub use run::{Plan, run};
pub use start::Wanted;
