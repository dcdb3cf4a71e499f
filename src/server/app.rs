//! What every request can reach: the offices, the ways to the writer and the mirror, and how far the server is.

use super::commands::{Command, Refused};
use super::mirror::{Mirror, Unanswered};
use super::problem::{self, Problem};
use super::readers::Readers;
use super::served::Served;
use super::shelf::Shelf;
use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, OnceLock};
use tokio::sync::{oneshot, watch};

/// How far the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The journals are being followed.
    Starting,
    /// It serves.
    Ready,
    /// It ends: streams first.
    Ending,
}

/// What every request can reach.
pub struct App {
    /// How far the server is.
    pub phase: watch::Sender<Phase>,
    /// What there is once every office is up.
    core: OnceLock<Core>,
}

/// What there is once every office is up.
pub struct Core {
    /// The offices, by their place.
    pub served: Arc<Vec<Served>>,
    /// Their places, by name.
    pub places: BTreeMap<String, usize>,
    /// The way to the writer.
    pub commands: SyncSender<Command>,
    /// The way to the mirror.
    pub mirror: Mirror,
    /// Connections to the store.
    pub readers: Readers,
    /// The policies.
    pub shelf: Arc<Shelf>,
}

impl App {
    /// A server that starts.
    pub fn new() -> App {
        App {
            phase: watch::Sender::new(Phase::Starting),
            core: OnceLock::new(),
        }
    }

    /// Every office is up.
    pub fn up(&self, core: Core) {
        if self.core.set(core).is_ok() {
            self.phase.send_if_modified(|phase| {
                let starts = *phase == Phase::Starting;
                if starts {
                    *phase = Phase::Ready;
                }
                starts
            });
        }
    }

    /// The offices.
    ///
    /// # Errors
    ///
    /// They are not up yet.
    pub fn core(&self) -> Result<&Core, Problem> {
        self.core.get().ok_or_else(|| {
            let detail = "the journals are being read; try again in a moment";
            Problem::new(&problem::STARTING, detail).retry_after(1)
        })
    }
}

impl Core {
    /// The place of an office.
    ///
    /// # Errors
    ///
    /// There is no such office.
    pub fn place(&self, office: &str) -> Result<usize, Problem> {
        self.places.get(office).copied().ok_or_else(|| {
            let known: Vec<&str> = self.places.keys().map(String::as_str).collect();
            let shown: String = office.chars().take(80).collect();
            let detail = format!(
                "there is no office `{shown}`; there are {}",
                known.join(", ")
            );
            Problem::new(&problem::UNKNOWN_OFFICE, detail)
        })
    }

    /// Has the writer do something, and waits until it is on disk.
    ///
    /// # Errors
    ///
    /// It was not done.
    pub async fn command<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Command,
    ) -> Result<T, Problem> {
        let (to, from) = oneshot::channel();
        self.commands
            .try_send(make(to))
            .map_err(|error| match error {
                TrySendError::Full(_) => Problem::new(
                    &problem::OVERLOADED,
                    "more is waiting to be stored than can be stored soon",
                )
                .retry_after(1),
                TrySendError::Disconnected(_) => ending(),
            })?;
        match from.await {
            Ok(done) => done.map_err(refused),
            Err(_) => Err(ending()),
        }
    }
}

/// The server ends.
pub fn ending() -> Problem {
    Problem::new(&problem::ENDING, "this server ends; nothing was stored").retry_after(5)
}

impl From<Unanswered> for Problem {
    fn from(why: Unanswered) -> Problem {
        match why {
            Unanswered::Busy => {
                let detail = "more is asked than can be answered soon";
                Problem::new(&problem::OVERLOADED, detail).retry_after(1)
            }
            Unanswered::Gone => ending(),
        }
    }
}

/// What somebody is told whose event was not stored.
fn refused(why: Refused) -> Problem {
    match why {
        Refused::Malformed(index, fault) => {
            let mut problem = Problem::new(&problem::MALFORMED_EVENT, fault.message);
            problem.index = index;
            problem.column = Some(fault.column);
            problem.field = fault.field;
            problem.help = fault.help;
            problem
        }
        Refused::Line(fault) => {
            let mut problem = Problem::new(&problem::MALFORMED_JOURNAL, fault.message);
            problem.line = Some(fault.line);
            problem.column = Some(fault.column);
            problem.field = fault.field;
            problem.help = fault.help;
            problem
        }
        Refused::Full => {
            let detail = "there is no room left on the disk; nothing was stored";
            Problem::new(&problem::STORAGE_FULL, detail).retry_after(5)
        }
        Refused::Unwritten(sentence) => {
            Problem::new(&problem::STORAGE_BUSY, sentence).retry_after(1)
        }
        Refused::Broken(sentence) => Problem::new(&problem::STORAGE_FAILED, sentence).closing(),
    }
}
