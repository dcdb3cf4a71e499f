//! What every request can reach: who may do what, the limits, the offices, the ways to the decider and the mirror.

use super::access::{Access, Approvals};
use super::commands::{Command, Refused};
use super::limits::Limiter;
use super::metrics::Metrics;
use super::mirror::{Mirror, Unanswered};
use super::prepared::Standing;
use super::problem::{self, Problem};
use super::readers::Readers;
use super::served::Served;
use super::settings::Settings;
use super::tokens::Watched;
use super::workshop::Workshop;
use crate::journal::Malformed;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
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
    /// What the server was told.
    pub settings: Settings,
    /// Who may do what.
    pub access: Access,
    /// The tokens beside the server.
    pub tokens: Watched,
    /// What is taken.
    pub limiter: Limiter,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How far the server is.
    pub phase: watch::Sender<Phase>,
    /// What there is once every office is up.
    core: OnceLock<Core>,
    /// Where edited policies are proved, while the server serves.
    workshop: Mutex<Option<Workshop>>,
}

/// What there is once every office is up.
pub struct Core {
    /// The offices, by their place.
    pub served: Arc<Vec<Served>>,
    /// Their places, by name.
    pub places: BTreeMap<String, usize>,
    /// The way to the decider.
    pub commands: SyncSender<Command>,
    /// The way to the mirror.
    pub mirror: Mirror,
    /// Connections to the store.
    pub readers: Readers,
}

impl App {
    /// A server that starts.
    pub fn new(settings: Settings, access: Access, tokens: Watched, metrics: Arc<Metrics>) -> App {
        App {
            access,
            tokens,
            limiter: Limiter::new(settings.limits.clone()),
            metrics,
            phase: watch::Sender::new(Phase::Starting),
            core: OnceLock::new(),
            workshop: Mutex::new(None),
            settings,
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

    /// Opens the workshop to requests, or closes it and waits until it is closed.
    pub fn workshop(&self, workshop: Option<Workshop>) {
        let mut place = self.workshop.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, workshop);
        drop(place);
        drop(before);
    }

    /// Does something with the workshop; nothing if it is closed.
    pub fn with_workshop<T>(&self, does: impl FnOnce(&Workshop) -> T) -> Option<T> {
        let place = self.workshop.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(does)
    }

    /// The same for a request.
    ///
    /// # Errors
    ///
    /// The workshop is not open yet, or no longer.
    pub fn in_workshop<T>(&self, does: impl FnOnce(&Workshop) -> T) -> Result<T, Problem> {
        self.with_workshop(does)
            .ok_or_else(|| match *self.phase.borrow() {
                Phase::Ending => ending(),
                Phase::Starting | Phase::Ready => {
                    let detail = "the policies are not watched yet; try again in a moment";
                    Problem::new(&problem::STARTING, detail).retry_after(1)
                }
            })
    }

    /// How an office stands with its policy's folder.
    pub fn standing(&self, office: &str) -> Option<Standing> {
        let standings = self.with_workshop(Workshop::standings)?;
        standings
            .get(office)
            .map(|standing| Standing::clone(standing))
    }

    /// How an office wants approvals to be recorded.
    pub fn approvals(&self, office: &str) -> Approvals {
        let mut named = self.settings.offices.iter();
        let named = named.find(|named| named.name == office);
        named.map_or(self.settings.approvals, |named| named.approvals)
    }
}

impl Core {
    /// What there is of these offices.
    pub fn new(
        data: &Path,
        served: Arc<Vec<Served>>,
        commands: SyncSender<Command>,
        mirror: Mirror,
    ) -> Core {
        let places = served.iter().enumerate();
        let places = places.map(|(place, one)| (one.name.clone(), place));
        Core {
            places: places.collect(),
            served,
            commands,
            mirror,
            readers: Readers::new(data),
        }
    }

    /// The place of an office.
    ///
    /// # Errors
    ///
    /// There is no such office.
    pub fn place(&self, office: &str) -> Result<usize, Problem> {
        self.places.get(office).copied().ok_or_else(|| {
            let shown: String = office.chars().take(80).collect();
            let detail = format!("there is no office `{shown}`; `GET /v1/offices` lists them");
            Problem::new(&problem::UNKNOWN_OFFICE, detail)
        })
    }

    /// Has the decider do something, and waits until it is on disk.
    ///
    /// # Errors
    ///
    /// It was not done.
    pub async fn command<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Command,
    ) -> Result<T, Problem> {
        let (to, from) = oneshot::channel();
        let sent = self.commands.try_send(make(to));
        sent.map_err(|error| match error {
            TrySendError::Full(_) => {
                let detail = "more is waiting to be stored than can be stored soon";
                Problem::new(&problem::OVERLOADED, detail).retry_after(1)
            }
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

/// The store cannot be read.
pub fn unreadable(sentence: String) -> Problem {
    Problem::new(&problem::STORAGE_FAILED, sentence)
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

/// An event that is none, at its place in what was posted.
pub fn malformed(index: Option<usize>, fault: Malformed) -> Problem {
    let mut problem = Problem::new(&problem::MALFORMED_EVENT, fault.message);
    problem.index = index;
    problem.column = Some(fault.column);
    problem.field = fault.field;
    problem.help = fault.help;
    problem
}

/// What somebody is told whose event was not stored.
fn refused(why: Refused) -> Problem {
    match why {
        Refused::Malformed(index, fault) => malformed(index, *fault),
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
