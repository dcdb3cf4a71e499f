//! What the decider needs of the journal: where entries go, and what was recorded before them, on disk or not yet.

use super::commands::Refused;
use super::entry::{Decided, Recorded};
use crate::journal::Malformed;
use crate::replay;
use crate::store::{Entry, OfficeId, Reader, StoreError, Writing};
use std::ops::ControlFlow;

/// Why an event did not become an entry.
#[derive(Debug)]
pub enum Untaken {
    /// It is none; nothing has changed.
    Malformed(Box<Malformed>),
    /// The store failed; what was decided with it must be undone.
    Store(StoreError),
    /// What was recorded before cannot be read; likewise.
    Past(String),
    /// What was decided before it was not stored; likewise.
    Refused(Refused),
    /// The committer is gone.
    Gone,
}

impl From<Box<Malformed>> for Untaken {
    fn from(fault: Box<Malformed>) -> Untaken {
        Untaken::Malformed(fault)
    }
}

impl From<StoreError> for Untaken {
    fn from(error: StoreError) -> Untaken {
        Untaken::Store(error)
    }
}

/// Where entries are written that belong together.
pub trait Book {
    /// Adds an entry.
    fn add(&mut self, office: OfficeId, decided: Decided) -> Result<(), StoreError>;

    /// Keeps the files of a policy, together with the entry that names it.
    fn keep_policy(
        &mut self,
        digest: &str,
        name: &str,
        files: &[(String, String)],
    ) -> Result<(), StoreError>;

    /// The entries of an office that were added and that the reader does not see, in their order.
    fn fresh(&self, place: usize) -> &[Decided];

    /// Whether the reader sees an entry of an office that was added before.
    fn is_durable(&self, place: usize, seq: u64) -> bool;

    /// Waits until the reader sees everything that was added before, but what is fresh.
    fn settle(&mut self) -> Result<(), Untaken>;

    /// Reads what was recorded.
    fn reader(&self) -> &Reader;
}

/// A transaction, which is written and read by one hand.
impl Book for Writing<'_> {
    fn add(&mut self, office: OfficeId, decided: Decided) -> Result<(), StoreError> {
        self.append(office, &stored(&decided.entry)).map(drop)
    }

    fn keep_policy(
        &mut self,
        digest: &str,
        name: &str,
        files: &[(String, String)],
    ) -> Result<(), StoreError> {
        Writing::keep_policy(self, digest, name, files)
    }

    fn fresh(&self, _: usize) -> &[Decided] {
        &[]
    }

    fn is_durable(&self, _: usize, _: u64) -> bool {
        true
    }

    fn settle(&mut self) -> Result<(), Untaken> {
        Ok(())
    }

    fn reader(&self) -> &Reader {
        self
    }
}

/// An entry as the store takes it.
pub fn stored(entry: &Recorded) -> Entry<'_> {
    Entry {
        seq: entry.seq,
        at: entry.at,
        line: &entry.line,
        decisions: &entry.decisions,
    }
}

/// What an office has recorded: what its reader sees, and after that what is fresh.
pub struct Past<'a> {
    /// Reads the store.
    pub reader: &'a Reader,
    /// Which office.
    pub office: OfficeId,
    /// Its entries that the reader does not see.
    pub fresh: &'a [Decided],
}

impl replay::Past for Past<'_> {
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let first = self.fresh.first();
        let on_disk = first.map_or(to, |first| to.min(first.entry.seq - 1));
        let mut flow = ControlFlow::Continue(());
        let read = self
            .reader
            .entries(self.office, from, on_disk, &mut |entry| {
                flow = each(entry.seq, entry.line);
                flow
            });
        read.map_err(|error| error.to_string())?;
        for Decided { entry, .. } in self.fresh {
            if flow.is_break() || entry.seq > to {
                break;
            }
            if entry.seq >= from {
                flow = each(entry.seq, &entry.line);
            }
        }
        Ok(())
    }
}
