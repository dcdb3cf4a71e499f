//! The decider's way to the committer: what is decided goes there in groups, and the decider goes on meanwhile.

use super::book::{Book, Untaken};
use super::commands::Refused;
use super::committer::{Files, Group, Order, Told};
use super::entry::Decided;
use super::queue::{Entrance, Gone};
use super::served::Served;
use crate::store::{OfficeId, Reader, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// The group that is being decided, and the way on.
pub struct Ahead {
    to: Entrance<Order>,
    reader: Reader,
    served: Arc<Vec<Served>>,
    failed: Arc<AtomicBool>,
    /// The entries of the group, by the place of their office.
    fresh: Vec<Vec<Decided>>,
    /// Policies to be kept with them.
    policies: Vec<Files>,
    bytes: usize,
}

/// The store, lent by the committer until this is given back.
pub struct Lent {
    /// Where entries are written.
    pub store: Store,
    back: SyncSender<Store>,
}

impl Lent {
    /// Gives the store back.
    pub fn give_back(self) {
        // A committer that is gone has said why.
        drop(self.back.send(self.store));
    }
}

impl Ahead {
    /// A way to the committer, which sets `failed` when it could not commit.
    pub fn new(
        to: Entrance<Order>,
        reader: Reader,
        served: Arc<Vec<Served>>,
        failed: Arc<AtomicBool>,
    ) -> Ahead {
        Ahead {
            fresh: served.iter().map(|_| Vec::new()).collect(),
            to,
            reader,
            served,
            failed,
            policies: Vec::new(),
            bytes: 0,
        }
    }

    /// Hands on the group, and who is told what becomes of it.
    ///
    /// # Errors
    ///
    /// The committer is gone.
    pub fn send(&mut self, told: Vec<Told>) -> Result<(), Gone> {
        let served = self.served.iter();
        let mut entries = Vec::new();
        for (fresh, served) in self.fresh.iter_mut().zip(served) {
            if !fresh.is_empty() {
                let room = Vec::with_capacity(fresh.len());
                entries.push((served.id, std::mem::replace(fresh, room)));
            }
        }
        let bytes = std::mem::take(&mut self.bytes);
        let group = Group {
            entries,
            policies: std::mem::take(&mut self.policies),
            bytes,
            told,
        };
        self.to.put(Order::Commit(group), bytes)
    }

    /// Drops the group.
    pub fn forget(&mut self) {
        self.fresh.iter_mut().for_each(Vec::clear);
        self.policies.clear();
        self.bytes = 0;
    }

    /// Whether something that was handed on could not be committed.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Waits until everything that was handed on is committed or refused; why it was refused.
    ///
    /// # Errors
    ///
    /// The committer is gone.
    pub fn mark(&self) -> Result<Option<Refused>, Gone> {
        self.asked(Order::Mark)
    }

    /// Has the committer try to write again, after it has failed and everything was taken back; why it still cannot.
    ///
    /// # Errors
    ///
    /// The committer is gone.
    pub fn resume(&self) -> Result<Option<Refused>, Gone> {
        self.asked(Order::Resume)
    }

    /// Borrows the store, when everything that was handed on is committed or refused.
    ///
    /// # Errors
    ///
    /// The committer is gone.
    pub fn lend(&self) -> Result<Lent, Gone> {
        let (back, returned): (SyncSender<Store>, Receiver<Store>) = sync_channel(1);
        let store = self.asked(|to| Order::Lend(to, returned))?;
        Ok(Lent { store, back })
    }

    fn asked<T>(&self, order: impl FnOnce(SyncSender<T>) -> Order) -> Result<T, Gone> {
        let (to, from) = sync_channel(1);
        self.to.put(order(to), 0)?;
        from.recv().map_err(|_| Gone)
    }
}

impl Book for Ahead {
    fn add(&mut self, _: OfficeId, decided: Decided) -> Result<(), StoreError> {
        self.bytes += decided.entry.size();
        self.fresh[decided.entry.office].push(decided);
        Ok(())
    }

    fn keep_policy(
        &mut self,
        digest: &str,
        name: &str,
        files: &[(String, String)],
    ) -> Result<(), StoreError> {
        let (digest, name, files) = (digest.to_owned(), name.to_owned(), files.to_vec());
        self.policies.push(Files {
            digest,
            name,
            files,
        });
        Ok(())
    }

    fn fresh(&self, place: usize) -> &[Decided] {
        &self.fresh[place]
    }

    fn is_durable(&self, place: usize, seq: u64) -> bool {
        seq <= self.served[place].durable.load(Ordering::Acquire)
    }

    fn settle(&mut self) -> Result<(), Untaken> {
        match self.mark() {
            Ok(None) => Ok(()),
            Ok(Some(refused)) => Err(Untaken::Refused(refused)),
            Err(Gone) => Err(Untaken::Gone),
        }
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }
}
