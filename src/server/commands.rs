//! What the decider is asked to do, and what is answered.

use super::entry::Recorded;
use super::lines::Line;
use super::prepared::Prepared;
use crate::journal::Malformed;
use crate::policy::Policy;
use axum::body::Bytes;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How many commands may wait for the decider; more are turned away.
pub const MOST_WAITING: usize = 4096;
/// How many entries are committed together at most, if each came alone.
pub const MOST_ENTRIES: usize = 1024;
/// How many bytes of events are committed together at most, if they came in several commands.
pub const MOST_BYTES: usize = 8 << 20;

/// What the decider is asked to do; done in the order in which it comes.
#[derive(Debug)]
pub enum Command {
    /// Store events and decide them, all or none.
    Post(Post),
    /// Store a journal of another machine after the entries that there are, all or nothing.
    Import(Import),
    /// Put a policy in force.
    Install(Install),
    /// Say that what decides and what commits both work.
    Ping(oneshot::Sender<Result<(), Refused>>),
    /// Finish: what came before is done, what comes after is not.
    Stop,
}

/// Events that somebody posted.
#[derive(Debug)]
pub struct Post {
    /// Which office, by its place.
    pub office: usize,
    /// Their lines, with times that are still to be filled in.
    pub lines: Vec<Line>,
    /// Whether they came as a list, so that a fault names its place there.
    pub batch: bool,
    /// The policy under which the lines were checked; under another they are checked again.
    pub checked: Arc<Policy>,
    /// Who waits.
    pub reply: oneshot::Sender<Result<Vec<Answered>, Refused>>,
}

/// A journal that somebody brings.
#[derive(Debug)]
pub struct Import {
    /// Which office, by its place.
    pub office: usize,
    /// One event a line, each with its own time.
    pub journal: Bytes,
    /// Who waits.
    pub reply: oneshot::Sender<Result<Imported, Refused>>,
}

/// A policy that was checked and proved.
#[derive(Debug)]
pub struct Install {
    /// Which office, by its place.
    pub office: usize,
    /// What to put in force.
    pub prepared: Arc<Prepared>,
    /// Who waits.
    pub reply: oneshot::Sender<Result<Installed, Refused>>,
}

/// An event that is on disk, with its decisions.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The entry.
    pub entry: Recorded,
    /// It was there before, under the same id and with the same content.
    pub repeated: bool,
}

/// What became of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many entries were stored.
    pub entries: u64,
    /// How many lines repeat an entry that was there, and were left out.
    pub repeated: u64,
    /// The last entry now.
    pub seq: u64,
}

/// A policy is in force.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Its `policy` entry; none in an office where nothing has happened yet.
    pub seq: Option<u64>,
}

/// Why nothing was stored.
#[derive(Clone, Debug)]
pub enum Refused {
    /// A posted event is none; where in the list.
    Malformed(Option<usize>, Box<Malformed>),
    /// A line of an imported journal is no event, or cannot be entered there.
    Line(Box<Malformed>),
    /// There is no room on the disk.
    Full,
    /// The store is busy or could not write; it may be tried again.
    Unwritten(String),
    /// The process ends: it cannot be trusted with what it has stored.
    Broken(String),
}
