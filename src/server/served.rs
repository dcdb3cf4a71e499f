//! An office as everybody else sees it: its name, the policy in force, and the entries as they are committed.

use super::entry::Recorded;
use super::force::Force;
use crate::store::OfficeId;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::broadcast;

/// How many entries a listener may be behind before it reads on in the store.
const MOST_BEHIND: usize = 1024;

/// An office that is served.
pub struct Served {
    /// Its name.
    pub name: String,
    /// Its number in the store.
    pub id: OfficeId,
    /// The last entry that is on disk.
    pub durable: AtomicU64,
    /// The policy in force.
    pub force: ArcSwap<Force>,
    /// Entries as they are committed; one that was left out is in the store.
    feed: broadcast::Sender<Recorded>,
}

impl Served {
    /// An office of that name, whose last entry is that one.
    pub fn new(name: &str, id: OfficeId, last: u64, force: Arc<Force>) -> Served {
        Served {
            name: name.to_owned(),
            id,
            durable: AtomicU64::new(last),
            force: ArcSwap::new(force),
            feed: broadcast::Sender::new(MOST_BEHIND),
        }
    }

    /// Whether anybody listens. Whoever begins to later finds in the store what was committed before.
    pub fn is_heard(&self) -> bool {
        self.feed.receiver_count() > 0
    }

    /// Tells whoever listens what is committed.
    pub fn tell(&self, entry: &Recorded) {
        if self.is_heard() {
            // Whoever went away meanwhile hears nothing.
            drop(self.feed.send(entry.clone()));
        }
    }

    /// Hears every entry that is committed from now on.
    pub fn listen(&self) -> broadcast::Receiver<Recorded> {
        self.feed.subscribe()
    }
}
