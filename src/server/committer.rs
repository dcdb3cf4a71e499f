//! The committer: the one thread that stores. It takes the groups that wait, commits them together, hands what is on disk
//! to the mirror, and only then has those told who wait. Meanwhile the decider decides what comes next.

use super::book::stored;
use super::commands::{MOST_BYTES, MOST_ENTRIES, Refused};
use super::entry::Decided;
use super::metrics::Metrics;
use super::mirror::Mirror;
use super::queue::Exit;
use super::served::Served;
use crate::store::{Chain, OfficeId, Store, StoreError, Trouble};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;
use tokio::time::Instant;

/// How many orders may wait for the committer.
pub const MOST_WAITING: usize = 1024;

/// Whoever is told what has become of a group.
pub type Told = Box<dyn FnOnce(Result<(), Refused>) + Send>;

/// The files of a policy.
pub struct Files {
    /// SHA-256 over them.
    pub digest: String,
    /// The policy's name.
    pub name: String,
    /// Path and text, sorted by path.
    pub files: Vec<(String, String)>,
}

/// Entries that are committed all or none.
pub struct Group {
    /// By office, those of each in their order.
    pub entries: Vec<(OfficeId, Vec<Decided>)>,
    /// How many bytes the entries have.
    pub bytes: usize,
    /// Policies that they name.
    pub policies: Vec<Files>,
    /// Who is told.
    pub told: Vec<Told>,
}

/// What the committer is told to do, in the order in which it comes.
pub enum Order {
    /// Commit a group.
    Commit(Group),
    /// Say that everything before is committed, or why it was refused.
    Mark(SyncSender<Option<Refused>>),
    /// Go on after a failure; say why that is not possible yet.
    Resume(SyncSender<Option<Refused>>),
    /// Lend the store, and wait until it comes back.
    Lend(SyncSender<Store>, Receiver<Store>),
}

/// What the committer works with.
pub struct Committer {
    /// Where entries are stored.
    pub store: Store,
    /// What it is told to do.
    pub orders: Exit<Order>,
    /// The offices as others see them, by their place.
    pub served: Arc<Vec<Served>>,
    /// Who hears first of what is committed.
    pub mirror: Mirror,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Tells the decider that what it decides follows from what was not stored.
    pub failed: Arc<AtomicBool>,
    /// Why nothing is stored: a commit failed, and what comes was decided on top of it.
    pub refusing: Option<Refused>,
}

impl Group {
    /// How many entries it has.
    fn count(&self) -> usize {
        self.entries.iter().map(|(_, entries)| entries.len()).sum()
    }
}

impl Committer {
    /// Works until nothing can come any more; gives the store back.
    ///
    /// # Errors
    ///
    /// A sentence: nothing can be concluded about what is on the disk, so the process must end.
    pub fn run(mut self) -> Result<Store, String> {
        let mut next = self.orders.take();
        while let Some(order) = next {
            next = match order {
                Order::Commit(group) => {
                    let (groups, other) = self.gather(group);
                    self.commit(groups)?;
                    other
                }
                Order::Mark(to) => {
                    // Whoever asked may have gone: the decider ends with a fault of its own.
                    drop(to.send(self.refusing.clone()));
                    None
                }
                Order::Resume(to) => {
                    drop(to.send(self.resume()));
                    None
                }
                Order::Lend(to, back) => {
                    self = self.lend(&to, &back)?;
                    None
                }
            };
            next = next.or_else(|| self.orders.take());
        }
        Ok(self.store)
    }

    /// The groups that wait behind one, and what comes after them if it is none.
    fn gather(&self, first: Group) -> (Vec<Group>, Option<Order>) {
        let (mut entries, mut bytes) = (first.count(), first.bytes);
        let mut groups = vec![first];
        while entries < MOST_ENTRIES && bytes < MOST_BYTES {
            match self.orders.try_take() {
                Some(Order::Commit(group)) => {
                    (entries, bytes) = (entries + group.count(), bytes + group.bytes);
                    groups.push(group);
                }
                other => return (groups, other),
            }
        }
        (groups, None)
    }

    /// Commits groups, all in one transaction, and has everybody told.
    fn commit(&mut self, mut groups: Vec<Group>) -> Result<(), String> {
        if let Some(refused) = &self.refusing {
            told(groups, &Err(refused.clone()));
            return Ok(());
        }
        match self.write(&groups) {
            Ok(None) => {}
            Ok(Some((chains, took))) => {
                self.metrics.commit(chains.len(), took);
                self.publish(&mut groups, chains)?;
            }
            Err(error) => {
                let refused = refusal(&error);
                self.refusing = Some(refused.clone());
                self.failed.store(true, Ordering::Release);
                self.metrics.commit_failed();
                told(groups, &Err(refused.clone()));
                return match refused {
                    Refused::Broken(sentence) => Err(sentence),
                    _ => Ok(()),
                };
            }
        }
        told(groups, &Ok(()));
        Ok(())
    }

    /// Writes groups in one transaction; nothing if they have no entries.
    fn write(&mut self, groups: &[Group]) -> Result<Option<(Vec<Chain>, Duration)>, StoreError> {
        if groups.iter().all(|group| group.entries.is_empty()) {
            return Ok(None);
        }
        let mut writing = self.store.write()?;
        for files in groups.iter().flat_map(|group| &group.policies) {
            writing.keep_policy(&files.digest, &files.name, &files.files)?;
        }
        let offices = groups.iter().flat_map(|group| &group.entries);
        let entries = offices.flat_map(|(office, entries)| {
            let entries = entries.iter();
            entries.map(|decided| (*office, stored(&decided.entry)))
        });
        let chains = writing.append_all(entries)?;
        let begun = Instant::now();
        writing.commit()?;
        Ok(Some((chains, begun.elapsed())))
    }

    /// Tells the mirror and those who listen what is committed, with the value of the chain after each entry.
    fn publish(&mut self, groups: &mut [Group], chains: Vec<Chain>) -> Result<(), String> {
        let bytes = groups.iter().map(|group| group.bytes).sum();
        let offices = groups.iter_mut().flat_map(|group| group.entries.drain(..));
        let offices: Vec<Vec<Decided>> = offices.map(|(_, entries)| entries).collect();
        let mut heard = Vec::new();
        for decided in offices.iter().flatten() {
            let served = &self.served[decided.entry.office];
            served.durable.store(decided.entry.seq, Ordering::Release);
            if let Some(force) = &decided.force {
                served.force.store(force.clone());
            }
            if served.is_heard() {
                heard.push(decided.entry.clone());
            }
        }
        // Whoever hears of an entry reads its effect: the mirror has it before anybody else.
        let gone = |_| "the thread that serves what is read is gone".to_owned();
        let committed = self.mirror.committed(offices, chains, bytes);
        committed.map_err(gone)?;
        for entry in &heard {
            self.served[entry.office].tell(entry);
        }
        Ok(())
    }

    /// Tries whether something can be written again.
    fn resume(&mut self) -> Option<Refused> {
        if self.store.probe().is_ok() {
            self.refusing = None;
            self.failed.store(false, Ordering::Release);
        }
        self.refusing.clone()
    }

    /// Lends the store.
    fn lend(mut self, to: &SyncSender<Store>, back: &Receiver<Store>) -> Result<Committer, String> {
        let gone = |_| "the thread that decides is gone".to_owned();
        if let Err(unsent) = to.send(self.store) {
            self.store = unsent.0;
            return Ok(self);
        }
        self.store = back.recv().map_err(gone)?;
        Ok(self)
    }
}

/// Has everybody told who waits for groups.
fn told(groups: Vec<Group>, what: &Result<(), Refused>) {
    for told in groups.into_iter().flat_map(|group| group.told) {
        told(what.clone());
    }
}

/// What somebody is told whose event could not be stored.
pub fn refusal(error: &StoreError) -> Refused {
    match &error.trouble {
        Trouble::Full => Refused::Full,
        Trouble::Busy | Trouble::ReadOnly => Refused::Unwritten(error.to_string()),
        _ => Refused::Broken(error.to_string()),
    }
}
