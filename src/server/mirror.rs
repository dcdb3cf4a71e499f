//! The mirror: a second state of every office, which takes what is committed and serves every read, so that reading
//! never holds the writer and never sees what is not on disk.

use super::entry::Committed;
use super::follow::step;
use super::shelf::Shelf;
use crate::replay::Office;
use crate::store::{Head, OfficeId, Reader};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// How many messages may wait for the mirror. The writer waits for a place, a reader is turned away.
const MOST_WAITING: usize = 1024;

/// A question about one office, answered between two entries.
type Question = Box<dyn FnOnce(&mut Mirrored) + Send>;

/// What the mirror is told or asked.
pub enum ToMirror {
    /// These are committed.
    Entries(Vec<Arc<Committed>>),
    /// So much of an office is committed; it is in the store.
    UpTo(usize, u64),
    /// An office where nothing has happened yet is under another policy.
    Instead(usize, Box<Office>),
    /// Somebody asks about an office.
    Ask(usize, Question),
    /// The writer asks for everything.
    Copies(SyncSender<Vec<(Office, Head)>>),
    /// The server ends.
    End,
}

/// An office as the mirror has it.
pub struct Mirrored {
    /// Its number in the store.
    pub id: OfficeId,
    /// How things are after the last entry that was committed.
    pub office: Office,
    /// Where its journal stands.
    pub head: Head,
}

/// The way to the mirror.
#[derive(Clone)]
pub struct Mirror {
    to: SyncSender<ToMirror>,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Too many others ask.
    Busy,
    /// The server ends.
    Gone,
}

impl Mirror {
    /// A way to a mirror that does not work yet.
    pub fn new() -> (Mirror, Receiver<ToMirror>) {
        let (to, from) = sync_channel(MOST_WAITING);
        (Mirror { to }, from)
    }

    /// Tells it something, and waits while it has too much to do.
    ///
    /// # Errors
    ///
    /// A sentence: it is gone.
    pub fn put(&self, what: ToMirror) -> Result<(), String> {
        self.to
            .send(what)
            .map_err(|_| "the thread that serves what is read is gone".to_owned())
    }

    /// The states and heads that are committed.
    ///
    /// # Errors
    ///
    /// A sentence: it is gone.
    pub fn copies(&self) -> Result<Vec<(Office, Head)>, String> {
        let (to, from) = sync_channel(1);
        self.put(ToMirror::Copies(to))?;
        from.recv()
            .map_err(|_| "the thread that serves what is read is gone".to_owned())
    }

    /// Asks about an office.
    ///
    /// # Errors
    ///
    /// If nobody answers.
    pub async fn ask<T: Send + 'static>(
        &self,
        office: usize,
        question: impl FnOnce(&mut Mirrored) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (to, from) = oneshot::channel();
        let question: Question = Box::new(move |mirrored| drop(to.send(question(mirrored))));
        self.to
            .try_send(ToMirror::Ask(office, question))
            .map_err(|error| match error {
                TrySendError::Full(_) => Unanswered::Busy,
                TrySendError::Disconnected(_) => Unanswered::Gone,
            })?;
        from.await.map_err(|_| Unanswered::Gone)
    }
}

/// What the mirror works with.
pub struct Glass {
    /// The offices, by their place.
    pub offices: Vec<Mirrored>,
    /// The policies.
    pub shelf: Arc<Shelf>,
    /// Reads the store.
    pub reader: Reader,
}

impl Glass {
    /// Works until it is told to end.
    ///
    /// # Errors
    ///
    /// A sentence: what is committed cannot be followed.
    pub fn run(mut self, from: &Receiver<ToMirror>) -> Result<(), String> {
        while let Ok(what) = from.recv() {
            match what {
                ToMirror::Entries(entries) => {
                    for entry in entries {
                        self.follow(&entry)?;
                    }
                }
                ToMirror::UpTo(office, seq) => self.follow_to(office, seq)?,
                ToMirror::Instead(office, instead) => self.offices[office].office = *instead,
                ToMirror::Ask(office, question) => question(&mut self.offices[office]),
                ToMirror::Copies(to) => {
                    let copies = self
                        .offices
                        .iter()
                        .map(|one| (one.office.clone(), one.head));
                    drop(to.send(copies.collect()));
                }
                ToMirror::End => return Ok(()),
            }
        }
        Ok(())
    }

    /// Takes one committed entry.
    fn follow(&mut self, entry: &Committed) -> Result<(), String> {
        let Glass {
            offices,
            shelf,
            reader,
        } = self;
        let one = &mut offices[entry.office];
        let (seq, at, chain) = (entry.seq, entry.at, entry.chain);
        step(&mut one.office, shelf, (reader, one.id), (seq, &entry.line))?;
        one.head = Head { seq, at, chain };
        Ok(())
    }

    /// Takes what is in the store up to an entry.
    fn follow_to(&mut self, place: usize, to: u64) -> Result<(), String> {
        let Glass {
            offices,
            shelf,
            reader,
        } = self;
        let one = &mut offices[place];
        let mut failed = Ok(());
        let Mirrored { id, office, head } = one;
        let read = reader.entries(*id, head.seq + 1, to, &mut |entry| {
            let (seq, at, chain) = (entry.seq, entry.at, entry.chain);
            failed = step(office, shelf, (reader, *id), (seq, entry.line));
            *head = Head { seq, at, chain };
            match failed {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        read.map_err(|error| error.to_string())?;
        failed
    }
}
