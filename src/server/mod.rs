//! The running office: takes events, decides, answers over HTTP, and takes an edited policy while it runs.
//!
//! Reading order: `entry` (an event with its decisions), `desk` (an event becomes an entry), `decider` (the thread that
//! decides), `committer` (the thread that stores, behind `ahead`), `mirror` (the thread that serves what is read),
//! `start`, `run` (the life of a server), `http` (the routes); `workshop` (the thread that proves an edited policy and
//! hands it to the decider, with `prove`);
//! beside them `access` (who may do what), `limits`, `settings`, `log`, `metrics`, `notify`.

pub mod access;
mod ahead;
mod app;
mod book;
mod clock;
mod commands;
mod committer;
mod decider;
mod desk;
mod entry;
mod follow;
mod force;
mod guarded;
mod http;
mod import;
mod install;
pub mod limits;
mod lines;
mod listen;
pub mod log;
pub mod mask;
pub mod metrics;
mod mirror;
pub mod notify;
mod prepared;
pub mod problem;
mod prove;
mod queue;
mod readers;
mod reloading;
pub mod roles;
mod run;
mod served;
pub mod settings;
mod shelf;
mod snapshots;
mod start;
mod tokens;
pub mod unit;
pub mod workshop;

pub use install::Doors;
pub use prepared::{
    Attempt, Failure, Found, InForce, Installer, Outcome, Played, Prepared, Standing,
};
pub use run::run;
