//! The mirror: a second state of every office, which takes what is committed and serves every read, so that reading
//! never holds up who decides and never sees what is not on disk.

use super::entry::Decided;
use super::follow::{Following, step};
use super::force::Since;
use super::metrics::{Metrics, OfficeMetrics, Tally};
use super::queue::{Entrance, Exit, Gone, Refused, queue};
use super::served::Served;
use super::shelf::Shelf;
use super::snapshots::Shelves;
use crate::decision::{Decision, Nobody, Sink, Wants};
use crate::event::Ids;
use crate::policy::Policy;
use crate::replay::Office;
use crate::store::{Chain, Head, OfficeId, Reader};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How many messages may wait for the mirror. The committer waits for a place, a reader is turned away.
const MOST_WAITING: usize = 1024;

/// How many bytes of entries may wait for the mirror.
const MOST_BYTES: usize = 64 << 20;
/// How many entries are read from the store at once.
const AT_ONCE: u64 = 1024;
/// After so many entries a snapshot is taken.
const EACH: u64 = 100_000;

/// A question about one office, answered between two entries.
type Question = Box<dyn FnOnce(&Seen<'_>) + Send>;

/// What the mirror is told or asked.
pub enum ToMirror {
    /// These are committed, office by office, with the value of the chain after each.
    Entries(Vec<Vec<Decided>>, Vec<Chain>),
    /// So much of an office is committed; it is in the store.
    UpTo(usize, u64),
    /// An office where nothing has happened yet is under another policy.
    Instead(usize, Box<Office>),
    /// Somebody asks about an office.
    Ask(usize, Question),
    /// The decider asks for everything.
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
    /// Since when its policy is in force.
    pub since: Option<Since>,
    /// After which entry the last snapshot was taken.
    pub saved: u64,
}

impl Mirrored {
    /// An entry was taken; before it, that policy was in force. Says whether it is another now.
    fn after(&mut self, head: Head, before: *const Policy) -> bool {
        self.head = head;
        let changed = head.seq == 1 || before != Arc::as_ptr(self.office.state().policy());
        if changed {
            let Head { at, seq, .. } = head;
            self.since = Some(Since { at, seq });
        }
        changed
    }
}

/// What somebody who asks about an office can look at.
pub struct Seen<'a> {
    /// The office.
    pub one: &'a Mirrored,
    /// The policies.
    pub shelf: &'a Shelf,
    /// Reads the store.
    pub reader: &'a Reader,
}

/// The way to the mirror.
#[derive(Clone)]
pub struct Mirror {
    to: Entrance<ToMirror>,
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
    pub fn new() -> (Mirror, Exit<ToMirror>) {
        let (to, from) = queue(MOST_WAITING, MOST_BYTES);
        (Mirror { to }, from)
    }

    /// Tells it what is committed and how many bytes that has, and waits while it has too much to do.
    ///
    /// # Errors
    ///
    /// It is gone.
    pub fn committed(
        &self,
        offices: Vec<Vec<Decided>>,
        chains: Vec<Chain>,
        bytes: usize,
    ) -> Result<(), Gone> {
        self.to.put(ToMirror::Entries(offices, chains), bytes)
    }

    /// Tells it something, and waits while it has too much to do.
    ///
    /// # Errors
    ///
    /// It is gone.
    pub fn put(&self, what: ToMirror) -> Result<(), Gone> {
        self.to.put(what, 0)
    }

    /// The states and heads that are committed.
    ///
    /// # Errors
    ///
    /// It is gone.
    pub fn copies(&self) -> Result<Vec<(Office, Head)>, Gone> {
        let (to, from) = sync_channel(1);
        self.put(ToMirror::Copies(to))?;
        from.recv().map_err(|_| Gone)
    }

    /// Asks about an office.
    ///
    /// # Errors
    ///
    /// If nobody answers.
    pub async fn ask<T: Send + 'static>(
        &self,
        office: usize,
        question: impl FnOnce(&Seen<'_>) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (to, from) = oneshot::channel();
        let question: Question = Box::new(move |seen| drop(to.send(question(seen))));
        self.to
            .try_put(ToMirror::Ask(office, question))
            .map_err(|refused| match refused {
                Refused::Full => Unanswered::Busy,
                Refused::Gone => Unanswered::Gone,
            })?;
        from.await.map_err(|_| Unanswered::Gone)
    }
}

/// What the mirror works with.
pub struct Glass {
    /// The offices, by their place.
    pub offices: Vec<Mirrored>,
    /// What others see of them, likewise.
    pub served: Arc<Vec<Served>>,
    /// What is counted of them, likewise.
    pub counts: Vec<OfficeMetrics>,
    /// The policies.
    pub shelf: Arc<Shelf>,
    /// Reads the store.
    pub reader: Reader,
    /// Where snapshots are written.
    pub snapshots: Shelves,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// Counts decisions that were made by another hand, and are on disk.
struct Counting(OfficeMetrics);

impl Sink for Counting {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, _: &Ids, decision: Decision) {
        let mut tally = Tally::new();
        self.0.note(&decision, &mut tally);
        self.0.count(&tally);
    }
}

impl Glass {
    /// Works until it is told to end.
    ///
    /// # Errors
    ///
    /// A sentence: what is committed cannot be followed.
    pub fn run(mut self, from: &Exit<ToMirror>) -> Result<(), String> {
        while let Some(what) = from.take() {
            match what {
                ToMirror::Entries(offices, chains) => {
                    for (decided, chain) in offices.iter().flatten().zip(chains) {
                        self.follow(decided, chain)?;
                    }
                }
                ToMirror::UpTo(office, seq) => self.follow_to(office, seq)?,
                ToMirror::Instead(office, instead) => self.offices[office].office = *instead,
                ToMirror::Ask(office, question) => question(&Seen {
                    one: &self.offices[office],
                    shelf: &self.shelf,
                    reader: &self.reader,
                }),
                ToMirror::Copies(to) => {
                    let copies = self
                        .offices
                        .iter()
                        .map(|one| (one.office.clone(), one.head));
                    drop(to.send(copies.collect()));
                }
                ToMirror::End => {
                    (0..self.offices.len()).for_each(|place| self.save(place));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Takes one committed entry.
    fn follow(&mut self, decided: &Decided, chain: Chain) -> Result<(), String> {
        let entry = &decided.entry;
        let following = Following {
            seq: entry.seq,
            at: entry.at,
            line: &entry.line,
            checked: decided.checked.as_ref(),
        };
        self.counts[entry.office].count(&decided.tally);
        self.take(entry.office, chain, &following, &mut Nobody)
    }

    /// Takes what is in the store up to an entry.
    fn follow_to(&mut self, place: usize, to: u64) -> Result<(), String> {
        let (id, mut from) = (self.offices[place].id, self.offices[place].head.seq + 1);
        let mut counting = Counting(self.counts[place].clone());
        while from <= to {
            let last = to.min(from + AT_ONCE - 1);
            let mut entries = Vec::new();
            let read = self.reader.entries(id, from, last, &mut |entry| {
                entries.push((entry.seq, entry.at, entry.chain, entry.line.to_vec()));
                ControlFlow::Continue(())
            });
            read.map_err(|error| error.to_string())?;
            for (seq, at, chain, line) in entries {
                let following = Following {
                    seq,
                    at,
                    line: &line,
                    checked: None,
                };
                self.take(place, chain, &following, &mut counting)?;
            }
            from = last + 1;
        }
        self.counts[place] = counting.0;
        Ok(())
    }

    /// Takes an entry.
    fn take(
        &mut self,
        place: usize,
        chain: Chain,
        entry: &Following<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), String> {
        let one = &mut self.offices[place];
        let before = Arc::as_ptr(one.office.state().policy());
        let known = (&self.reader, one.id);
        step(&mut one.office, &self.shelf, known, entry, sink)?;
        let (seq, at) = (entry.seq, entry.at);
        self.counts[place].event(seq);
        if one.after(Head { seq, at, chain }, before) {
            let policy = one.office.state().policy();
            let name = &self.served[place].name;
            self.metrics.policy(name, &policy.name, &policy.digest);
        }
        if seq >= one.saved + EACH {
            self.save(place);
        }
        Ok(())
    }

    /// Takes a snapshot of an office. One that cannot be written only makes the next start longer.
    fn save(&mut self, place: usize) {
        let one = &mut self.offices[place];
        if one.head.seq == one.saved {
            return;
        }
        let begun = Instant::now();
        let served = &self.served[place];
        let state = one.office.state();
        let saved = self
            .snapshots
            .save(&served.name, state, &one.head, one.since);
        match saved {
            Ok(()) => self.metrics.snapshot(begun.elapsed()),
            Err(error) => {
                tracing::warn!(office = served.name, %error, "no snapshot could be written");
            }
        }
        one.saved = one.head.seq;
    }
}
