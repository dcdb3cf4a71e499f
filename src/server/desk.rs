//! One office in the decider's hands: its state, where its journal stands, and how an event becomes an entry.

use super::book::{Book, Past, Untaken};
use super::commands::Answered;
use super::entry::{Decided, Recorded, stamp_of};
use super::force::{Force, Since};
use super::lines::{self, Line};
use super::metrics::{OfficeMetrics, Tally};
use super::prepared::Prepared;
use super::shelf::Shelf;
use crate::base::json::{push_key, push_text};
use crate::base::time::Instant;
use crate::decision::{Decision, Sink, Wants};
use crate::event::{Event, Ids};
use crate::journal::Checked;
use crate::print::push_decision;
use crate::replay::{Around, Fault, Office, VERSION};
use crate::runtime::Stepped;
use crate::store::OfficeId;
use crate::vocabulary::events::kind;
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// How large a buffer is in which decisions are kept, in bytes.
const ROOM: usize = 64 << 10;

/// An office while it is decided.
pub struct Desk {
    /// Its place among the offices.
    pub place: usize,
    /// Its number in the store.
    pub id: OfficeId,
    /// How things are, after the last entry that was decided.
    pub office: Office,
    /// The last entry that was decided; 0 if there is none.
    pub seq: u64,
    /// Its time, in milliseconds since 1970.
    pub at: i64,
    /// The policy whose entry is decided together with the first event; none once anything has happened.
    pub first: Option<Arc<Prepared>>,
    /// The policy in force.
    pub force: Arc<Force>,
}

/// What entries are made with.
pub struct Hand<'a> {
    /// Where they are written.
    pub book: &'a mut dyn Book,
    /// The policies.
    pub shelf: &'a Shelf,
    /// What is counted of the offices, by their place.
    pub counts: &'a mut [OfficeMetrics],
    /// Where decisions are printed.
    pub room: &'a mut Room,
}

/// Where decisions are printed; the bytes of many share one buffer.
pub struct Room {
    lines: String,
    bytes: BytesMut,
}

impl Default for Room {
    fn default() -> Room {
        Room {
            lines: String::new(),
            bytes: BytesMut::with_capacity(ROOM),
        }
    }
}

impl Room {
    /// An empty text.
    fn emptied(&mut self) -> &mut String {
        self.lines.clear();
        &mut self.lines
    }

    /// What was printed.
    fn kept(&mut self) -> Bytes {
        self.bytes.extend_from_slice(self.lines.as_bytes());
        self.bytes.split().freeze()
    }
}

impl Desk {
    /// The time at which something that comes now is entered: never before the last entry.
    pub fn moment(&self, now: i64) -> Instant {
        let at = now.max(self.at).max(Instant::MIN.millis());
        Instant::from_millis(at).unwrap_or(Instant::MAX)
    }

    /// An instant as it stands in the journal.
    pub fn stamp(&self, at: Instant) -> String {
        self.office.schema().calendar().format(at).to_string()
    }

    /// Enters a checked line at that time, which is written so, or finds the entry that it repeats.
    pub fn enter(
        &mut self,
        hand: &mut Hand<'_>,
        line: Line,
        (at, stamp): (Instant, &str),
    ) -> Result<Answered, Untaken> {
        if self.seq == 0 {
            self.open(hand, at)?;
        }
        let Line { mut text, checked } = line;
        lines::stamp(&mut text, stamp);
        let event = self.office.event(&checked, self.seq + 1, &text, at);
        if let Some(entry) = self.repeated(hand.book, &event, &checked, &text)? {
            let repeated = true;
            return Ok(Answered { entry, repeated });
        }
        let entry = self.fresh(hand, text.freeze(), &event, Some(checked))?;
        let repeated = false;
        Ok(Answered { entry, repeated })
    }

    /// The first entry of a journal: which policy is in force.
    pub fn open(&mut self, hand: &mut Hand<'_>, at: Instant) -> Result<(), Untaken> {
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
        hand: &mut Hand<'_>,
        prepared: &Prepared,
        at: Instant,
    ) -> Result<Recorded, Untaken> {
        hand.shelf.put(&prepared.policy);
        let (digest, name) = (&prepared.digest, &prepared.name);
        hand.book.keep_policy(digest, name, &prepared.files)?;
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
        let line = Bytes::from(line);
        let event = self.office.parse(self.seq + 1, &line)?;
        self.fresh(hand, line, &event, None)
    }

    /// Enters that time has come to `at`.
    pub fn tick(&mut self, hand: &mut Hand<'_>, at: Instant) -> Result<(), Untaken> {
        let line = format!("{{\"at\":\"{}\",\"event\":\"tick\"}}", self.stamp(at));
        let line = Bytes::from(line);
        let event = self.office.parse(self.seq + 1, &line)?;
        self.fresh(hand, line, &event, None).map(drop)
    }

    /// When the next window ends, in milliseconds; none where nothing has happened yet.
    pub fn due(&self) -> Option<i64> {
        let due = self.office.state().next_due().map(Instant::millis);
        // What did not end when time came to it will not end by waiting.
        due.filter(|due| self.seq > 0 && *due > self.at)
    }

    /// Takes an event that repeats nothing.
    fn fresh(
        &mut self,
        hand: &mut Hand<'_>,
        line: Bytes,
        event: &Event,
        checked: Option<Checked>,
    ) -> Result<Recorded, Untaken> {
        let missing = || format!("entry {} repeats one that the journal lacks", event.seq);
        let entry = self.take(hand, line, event, checked)?;
        entry.ok_or_else(|| Untaken::Past(missing()))
    }

    /// Takes an event and writes it with what it decides; none if it repeats an entry.
    pub fn take(
        &mut self,
        hand: &mut Hand<'_>,
        line: Bytes,
        event: &Event,
        checked: Option<Checked>,
    ) -> Result<Option<Recorded>, Untaken> {
        if event.kind == kind::CORRECTION {
            hand.book.settle()?;
        }
        let mut printed = Printed {
            counts: Some(&mut hand.counts[self.place]),
            ..Printed::new(hand.room.emptied())
        };
        let mut past = Past {
            reader: hand.book.reader(),
            office: self.id,
            fresh: hand.book.fresh(self.place),
        };
        let mut around = Around {
            library: hand.shelf,
            past: &mut past,
        };
        let stepped = self.office.take(event, &line, &mut around, &mut printed);
        let stepped = stepped.map_err(|fault| match fault {
            Fault::Malformed(fault) => Untaken::Malformed(fault),
            Fault::Past(sentence) => Untaken::Past(sentence),
        })?;
        if stepped == Stepped::Repeated {
            return Ok(None);
        }
        (self.seq, self.at) = (event.seq, event.at.millis());
        let tally = printed.tally;
        let entry = Recorded {
            office: self.place,
            seq: self.seq,
            at: self.at,
            line,
            decisions: hand.room.kept(),
        };
        let decided = Decided {
            entry: entry.clone(),
            tally,
            checked,
            force: self.changed(event),
        };
        hand.book.add(self.id, decided)?;
        Ok(Some(entry))
    }

    /// The policy that an event has put in force.
    fn changed(&mut self, event: &Event) -> Option<Arc<Force>> {
        if event.kind != kind::POLICY {
            return None;
        }
        let (at, seq) = (self.at, self.seq);
        self.force = Arc::new(Force {
            policy: self.office.state().policy().clone(),
            since: Some(Since { at, seq }),
            fresh: None,
            schema: Arc::new(self.office.schema().clone()),
        });
        Some(self.force.clone())
    }

    /// The entry that an event repeats: the same id, and the same content if it had come when that one came.
    fn repeated(
        &mut self,
        book: &mut dyn Book,
        event: &Event,
        checked: &Checked,
        line: &[u8],
    ) -> Result<Option<Recorded>, Untaken> {
        let Some((name, _)) = event.id else {
            return Ok(None);
        };
        let state = self.office.state();
        let Some(seq) = state.entry_of(state.ids().events.text(name)) else {
            return Ok(None);
        };
        let kept = self.kept(book, seq)?;
        let mut again = line.to_vec();
        lines::stamp(&mut again, stamp_of(&kept.line));
        let same = again == kept.line || {
            // One that no longer is an event under the policy in force says the same only in the same words.
            let then = self.office.parse(seq, &kept.line);
            then.is_ok_and(|then| {
                let again = self.office.event(checked, seq, &again, then.at);
                again.id == then.id
            })
        };
        Ok(same.then_some(kept))
    }

    /// An entry of this office that was decided, on disk or not yet.
    fn kept(&self, book: &mut dyn Book, seq: u64) -> Result<Recorded, Untaken> {
        let mut fresh = book.fresh(self.place).iter();
        if let Some(decided) = fresh.rfind(|decided| decided.entry.seq == seq) {
            return Ok(decided.entry.clone());
        }
        if !book.is_durable(self.place, seq) {
            book.settle()?;
        }
        let kept = book.reader().entry(self.id, seq)?;
        let kept = kept.ok_or_else(|| Untaken::Past(format!("entry {seq} is missing")))?;
        Ok(Recorded::kept(self.place, kept))
    }
}

/// Decisions as they are stored.
pub struct Printed<'a> {
    /// One line of JSON each, with line ends between them.
    lines: &'a mut String,
    /// What is to be counted when they are on disk.
    tally: Tally,
    counts: Option<&'a mut OfficeMetrics>,
}

impl<'a> Printed<'a> {
    /// Prints into an empty text; nothing is counted.
    pub fn new(lines: &'a mut String) -> Printed<'a> {
        Printed {
            lines,
            tally: Tally::new(),
            counts: None,
        }
    }
}

impl Sink for Printed<'_> {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if !self.lines.is_empty() {
            self.lines.push('\n');
        }
        push_decision(self.lines, ids, &decision);
        if let Some(counts) = &mut self.counts {
            counts.note(&decision, &mut self.tally);
        }
    }
}
