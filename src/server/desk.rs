//! One office in the writer's hands: its state, where its journal stands, and how an event becomes an entry.

use super::commands::Answered;
use super::entry::{Committed, stamp_of};
use super::force::{Force, Since};
use super::lines;
use super::prepared::Prepared;
use super::shelf::Shelf;
use crate::base::json::{push_key, push_text};
use crate::base::time::Instant;
use crate::decision::{Decision, Sink, Wants};
use crate::event::{Event, Ids};
use crate::journal::Malformed;
use crate::print::push_decision;
use crate::replay::{Around, Fault, Office, Past, VERSION};
use crate::runtime::Stepped;
use crate::store::{Entry, Head, OfficeId, Reader, StoreError, Writing};
use crate::vocabulary::events::kind;
use std::ops::ControlFlow;
use std::sync::Arc;

/// An office while it is written.
pub struct Desk {
    /// Its place among the offices.
    pub place: usize,
    /// Its number in the store.
    pub id: OfficeId,
    /// How things are, after the last entry that was written.
    pub office: Office,
    /// Where its journal stands.
    pub head: Head,
    /// The policy whose entry is written together with the first event; none once anything has happened.
    pub first: Option<Arc<Prepared>>,
    /// The policy in force.
    pub force: Arc<Force>,
}

/// Why an event did not become an entry.
#[derive(Debug)]
pub enum Untaken {
    /// It is none; nothing has changed.
    Malformed(Box<Malformed>),
    /// The store failed; what this transaction did must be undone.
    Store(StoreError),
    /// What was recorded before cannot be read; likewise.
    Past(String),
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

/// What entries are written with: one transaction.
pub struct Hand<'a, 's> {
    /// The transaction.
    pub writing: &'a mut Writing<'s>,
    /// The policies.
    pub shelf: &'a Shelf,
    /// The entries of this transaction, in their order.
    pub fresh: &'a mut Vec<Arc<Committed>>,
}

impl Desk {
    /// The time at which something that comes now is entered: never before the last entry.
    pub fn moment(&self, now: i64) -> Instant {
        let at = now.max(self.head.at).max(Instant::MIN.millis());
        Instant::from_millis(at).unwrap_or(Instant::MAX)
    }

    /// An instant as it stands in the journal.
    pub fn stamp(&self, at: Instant) -> String {
        self.office.schema().calendar().format(at).to_string()
    }

    /// Enters a line whose time has been filled in, or finds the entry that it repeats.
    pub fn enter(
        &mut self,
        hand: &mut Hand<'_, '_>,
        line: Vec<u8>,
        at: Instant,
    ) -> Result<Answered, Untaken> {
        if self.head.seq == 0 {
            self.open(hand, at)?;
        }
        let parsed = self.office.parse(self.head.seq + 1, &line)?;
        if let Some(entry) = self.repeated(hand.writing, &parsed, &line)? {
            let repeated = true;
            return Ok(Answered { entry, repeated });
        }
        let entry = self.fresh(hand, line, &parsed)?;
        let repeated = false;
        Ok(Answered { entry, repeated })
    }

    /// The first entry of a journal: which policy is in force.
    pub fn open(&mut self, hand: &mut Hand<'_, '_>, at: Instant) -> Result<(), Untaken> {
        let first = self.first.clone();
        let prepared = first.expect("an office where nothing has happened has its policy in hand");
        self.install(hand, &prepared, at).map(drop)
    }

    /// Puts another policy in force where nothing has happened yet.
    pub fn replace(&mut self, shelf: &Shelf, prepared: Arc<Prepared>) {
        shelf.put(&prepared.policy);
        self.office = Office::new(prepared.policy.clone());
        let policy = prepared.policy.clone();
        self.force = Arc::new(Force {
            policy,
            since: None,
            fresh: Some(prepared.clone()),
            schema: Arc::new(self.office.schema().clone()),
        });
        self.first = Some(prepared);
    }

    /// Enters that a policy is in force from now on.
    pub fn install(
        &mut self,
        hand: &mut Hand<'_, '_>,
        prepared: &Prepared,
        at: Instant,
    ) -> Result<Arc<Committed>, Untaken> {
        hand.shelf.put(&prepared.policy);
        let (digest, name) = (&prepared.digest, &prepared.name);
        hand.writing.keep_policy(digest, name, &prepared.files)?;
        let mut line = String::from("{");
        for (key, text) in [
            ("at", self.stamp(at).as_str()),
            ("event", "policy"),
            ("policy", name),
            ("digest", digest),
            ("panke", VERSION),
        ] {
            push_key(&mut line, key);
            push_text(&mut line, text);
        }
        line.push('}');
        let line = line.into_bytes();
        let event = self.office.parse(self.head.seq + 1, &line)?;
        self.fresh(hand, line, &event)
    }

    /// Enters that time has come to `at`.
    pub fn tick(&mut self, hand: &mut Hand<'_, '_>, at: Instant) -> Result<(), Untaken> {
        let line = format!("{{\"at\":\"{}\",\"event\":\"tick\"}}", self.stamp(at)).into_bytes();
        let event = self.office.parse(self.head.seq + 1, &line)?;
        self.fresh(hand, line, &event).map(drop)
    }

    /// When the next window ends, in milliseconds; none where nothing has happened yet.
    pub fn due(&self) -> Option<i64> {
        let due = self.office.state().next_due().map(Instant::millis);
        // What did not end when time came to it will not end by waiting.
        due.filter(|due| self.head.seq > 0 && *due > self.head.at)
    }

    /// Takes an event that repeats nothing.
    fn fresh(
        &mut self,
        hand: &mut Hand<'_, '_>,
        line: Vec<u8>,
        event: &Event,
    ) -> Result<Arc<Committed>, Untaken> {
        let missing = || format!("entry {} repeats one that the journal lacks", event.seq);
        let entry = self.take(hand, line, event)?;
        entry.ok_or_else(|| Untaken::Past(missing()))
    }

    /// Takes an event and writes it with what it decides; none if it repeats an entry.
    pub fn take(
        &mut self,
        hand: &mut Hand<'_, '_>,
        line: Vec<u8>,
        event: &Event,
    ) -> Result<Option<Arc<Committed>>, Untaken> {
        let mut decided = Decided::default();
        let mut past = Written {
            reader: hand.writing,
            office: self.id,
        };
        let mut around = Around {
            library: hand.shelf,
            past: &mut past,
        };
        let stepped = self.office.take(event, &line, &mut around, &mut decided);
        let stepped = stepped.map_err(|fault| match fault {
            Fault::Malformed(fault) => Untaken::Malformed(fault),
            Fault::Past(sentence) => Untaken::Past(sentence),
        })?;
        if stepped == Stepped::Repeated {
            return Ok(None);
        }
        let decisions = decided.lines.into_bytes();
        let (seq, at) = (event.seq, event.at.millis());
        let entry = Entry {
            seq,
            at,
            line: &line,
            decisions: &decisions,
        };
        let chain = hand.writing.append(self.id, &self.head.chain, &entry)?;
        self.head = Head { seq, at, chain };
        if event.kind == kind::POLICY {
            let policy = self.office.state().policy().clone();
            let since = Some(Since { at, seq });
            let fresh = None;
            self.force = Arc::new(Force {
                policy,
                since,
                fresh,
                schema: Arc::new(self.office.schema().clone()),
            });
        }
        let entry = Arc::new(Committed {
            office: self.place,
            seq,
            at,
            line: line.into(),
            decisions: decisions.into(),
            chain,
        });
        hand.fresh.push(entry.clone());
        Ok(Some(entry))
    }

    /// The entry that an event repeats: the same id, and the same content if it had come when that one came.
    fn repeated(
        &mut self,
        writing: &Writing<'_>,
        parsed: &Event,
        line: &[u8],
    ) -> Result<Option<Arc<Committed>>, Untaken> {
        let Some((name, _)) = parsed.id else {
            return Ok(None);
        };
        let state = self.office.state();
        let Some(seq) = state.entry_of(state.ids().events.text(name)) else {
            return Ok(None);
        };
        let kept = writing.entry(self.id, seq)?;
        let Some(kept) = kept else {
            return Err(Untaken::Past(format!("entry {seq} is missing")));
        };
        let mut again = line.to_vec();
        lines::stamp(&mut again, stamp_of(&kept.line));
        let same = again == kept.line || {
            let (again, then) = (
                self.office.parse(seq, &again),
                self.office.parse(seq, &kept.line),
            );
            // One that no longer is an event under the policy in force says the same only in the same words.
            matches!((again, then), (Ok(again), Ok(then)) if again.id == then.id)
        };
        Ok(same.then(|| Arc::new(Committed::kept(self.place, kept))))
    }
}

/// Decisions as they are stored.
#[derive(Default)]
pub struct Decided {
    /// One line of JSON each, with line ends between them.
    pub lines: String,
}

impl Sink for Decided {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if !self.lines.is_empty() {
            self.lines.push('\n');
        }
        push_decision(&mut self.lines, ids, &decision);
    }
}

/// What an office has recorded, as far as that reader sees it.
pub struct Written<'a> {
    /// Reads the store.
    pub reader: &'a Reader,
    /// Which office.
    pub office: OfficeId,
}

impl Past for Written<'_> {
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let read = self.reader.entries(self.office, from, to, &mut |entry| {
            each(entry.seq, entry.line)
        });
        read.map_err(|error| error.to_string())
    }
}
