//! A correction: the journal is played again as if the entry had been recorded otherwise, and what is different now is
//! decided. It costs a replay of what came before, whatever the entry's age.

use super::office::{Around, Fault, NoPast, Office};
use super::{Library, find};
use crate::base::json::{push_key, push_text};
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Because, Decision, Nobody, Sink, Wants, What};
use crate::event::{Event, Ids, Value};
use crate::journal::{Malformed, Schema, scan};
use crate::policy::Policy;
use crate::runtime::{About, Amendments, Correction, Grounded, State, Stepped, WentBack};
use crate::vocabulary::events::{field, kind};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

impl Office {
    /// Takes a correction. Where it is refused nothing else follows; where it is taken, how things are is what they
    /// would be if the entry had been recorded as it now stands.
    pub(super) fn correct(
        &mut self,
        event: &Event,
        line: &[u8],
        around: &mut Around<'_>,
        sink: &mut dyn Sink,
    ) -> Result<Result<Stepped, WentBack>, Fault> {
        let id = event.id.map(|(id, _)| self.state.ids().events.text(id));
        if id.is_some_and(|id| self.state.entry_of(id).is_some()) {
            return Ok(self.state.step(event, sink));
        }
        let about = self.about(event, line, around)?;
        let mut trial = self.state.clone();
        trial.tell_about(about.clone());
        let tried = trial.step(event, &mut Nobody);
        let correction = match (tried, trial.corrections().last()) {
            (Ok(Stepped::Done), Some(last)) if last.taken && is_new(&self.state, &trial) => {
                last.clone()
            }
            _ => {
                self.state.tell_about(about);
                return Ok(self.state.step(event, sink));
            }
        };
        let mut again = Again::new(self, event, &trial, around)?;
        drop(trial);
        let refused = again.play(around)?;
        if let Some(code) = refused {
            let stepped = self.state.refuse_correction(event, code, sink);
            return Ok(stepped.map(|()| Stepped::Done));
        }
        let mut office = again.office;
        self.state.advance(event.at, sink);
        office.state.advance(event.at, &mut again.grounds);
        office.state.has_taken_as_many(&self.state);
        let when = (event.seq, event.at);
        for decision in office.state.adjusted(&self.state, &again.grounds, when) {
            sink.decision(office.state.ids(), decision);
        }
        let stepped = office.state.step_again(event, &correction, sink);
        (self.state, self.schema) = (office.state, office.schema);
        Ok(stepped.map(|()| Stepped::Done))
    }

    /// What a correction is about: the entry as it was recorded, and what is to stand instead as it was written.
    fn about(
        &mut self,
        event: &Event,
        line: &[u8],
        around: &mut Around<'_>,
    ) -> Result<Option<About>, Fault> {
        let id = event.text(field::ABOUT).unwrap_or_default();
        let Some(seq) = self.state.entry_of(id) else {
            return Ok(None);
        };
        let mut found = None;
        let mut look = |_: u64, line: &[u8]| {
            found = entry(line, id);
            match found {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        };
        around
            .past
            .lines(seq, seq, &mut look)
            .map_err(Fault::Past)?;
        let Some((kind, at)) = found else {
            return Err(Fault::Past(format!("entry {seq} is not what was recorded")));
        };
        let at = self.schema.calendar().parse(&at).unwrap_or(event.at);
        let instead = instead(line);
        let names = self.state.ids_mut();
        Ok(Some(About {
            entry: names.events.intern(id),
            kind: names.words.intern(&kind),
            at,
            stands: instead
                .as_ref()
                .filter(|(_, says)| *says)
                .and_then(|_| stands(event)),
            instead: instead.map(|(text, _)| text.into()),
        }))
    }
}

/// Whether a correction has been kept that was not there before.
fn is_new(before: &State, after: &State) -> bool {
    before.corrections().len() < after.corrections().len()
}

/// Kind and time of a line that has this id, as they are written.
fn entry(line: &[u8], id: &str) -> Option<(String, String)> {
    let fields = scan(std::str::from_utf8(line).ok()?).ok()?;
    let text = |key: &str| fields.iter().find(|field| field.key == key)?.value.text();
    if text("id")? != id {
        return None;
    }
    Some((text("event")?.to_owned(), text("at")?.to_owned()))
}

/// What a correction puts in place of the entry, as it is written, and whether that says its time.
fn instead(line: &[u8]) -> Option<(String, bool)> {
    let line = std::str::from_utf8(line).ok()?;
    let fields = scan(line).ok()?;
    let instead = fields.iter().find(|field| field.key == "instead")?;
    let inner = scan(line.get(instead.value_at.clone())?).ok()?;
    let says = inner.iter().any(|field| field.key == "at");
    Some((line[instead.value_at.clone()].to_owned(), says))
}

fn stands(event: &Event) -> Option<Instant> {
    match event.field(field::INSTEAD) {
        Some(Value::Event(instead)) => Some(instead.at),
        _ => None,
    }
}

/// What stands at another time than its entry did.
struct Moved {
    at: Instant,
    seq: u64,
    entry: Name,
    text: Box<str>,
}

/// A journal that is being played again.
struct Again {
    office: Office,
    grounds: Grounded,
    /// The line before the correction for which it is.
    last: u64,
    amended: Amendments,
    corrections: Vec<Correction>,
    /// The last line that was read, and the last that there must be.
    read: u64,
    known: u64,
    /// How many of the corrections have come.
    come: usize,
    /// Entries whose first line has come.
    met: BTreeSet<Name>,
    /// What stands at another time than its entry did, the last first.
    moved: Vec<Moved>,
    /// What the correction at hand puts in place turned out to be impossible.
    refused: Option<&'static str>,
    /// The entry that this correction is about.
    entry: Option<Name>,
}

impl Again {
    fn new(
        office: &Office,
        event: &Event,
        trial: &State,
        around: &mut Around<'_>,
    ) -> Result<Again, Fault> {
        let first = match &office.first {
            Some(first) => first.clone(),
            None => first_policy(around)?,
        };
        let ids = trial.ids().clone();
        let corrections = trial.corrections().to_vec();
        let amended = trial.amendments();
        let mut again = Again {
            office: office.anew(first, ids),
            grounds: Grounded::default(),
            last: event.seq.saturating_sub(1),
            moved: Vec::new(),
            entry: corrections
                .last()
                .and_then(|last| last.about.as_ref())
                .map(|it| it.entry),
            amended,
            corrections,
            read: 0,
            known: office.state.last_line(),
            come: 0,
            met: BTreeSet::new(),
            refused: None,
        };
        again.moves(office);
        Ok(again)
    }

    /// Finds out what stands at another time than its entry did.
    fn moves(&mut self, office: &Office) {
        for (entry, instead) in &mut self.amended {
            let Some((text, Some(at))) = instead.clone() else {
                continue;
            };
            let id = self.office.state.ids().events.text(*entry);
            if let Some(seq) = office.state.entry_of(id) {
                let entry = *entry;
                self.moved.push(Moved {
                    at,
                    seq,
                    entry,
                    text,
                });
                *instead = None;
            }
        }
        self.moved
            .sort_by_key(|moved| std::cmp::Reverse((moved.at, moved.seq)));
    }

    /// Plays every line before the correction. Gives why what it puts in place is impossible, if it is.
    fn play(&mut self, around: &mut Around<'_>) -> Result<Option<&'static str>, Fault> {
        let (library, past) = (around.library, &mut *around.past);
        let mut fault = None;
        let last = self.last;
        let mut each = |seq: u64, line: &[u8]| match self.line(seq, line, library) {
            Ok(()) if self.refused.is_none() => ControlFlow::Continue(()),
            Ok(()) => ControlFlow::Break(()),
            Err(wrong) => {
                fault = Some(wrong);
                ControlFlow::Break(())
            }
        };
        past.lines(1, last, &mut each).map_err(Fault::Past)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if self.refused.is_none() && self.read < self.known {
            let (read, known) = (self.read, self.known);
            let sentence =
                format!("entry {known} is not what was recorded: entry {read} is the last");
            return Err(Fault::Past(sentence));
        }
        self.moved_until((Instant::MAX, u64::MAX), library)?;
        Ok(self.refused)
    }

    fn line(&mut self, seq: u64, line: &[u8], library: &dyn Library) -> Result<(), Fault> {
        self.read = seq;
        let event = self
            .office
            .parse(seq, line)
            .map_err(|fault| again_malformed(seq, &fault))?;
        self.moved_until((event.at, seq), library)?;
        let id = event
            .id
            .map(|(id, _)| id)
            .filter(|id| !self.met.contains(id));
        self.met.extend(id);
        let correction = match event.kind {
            kind::CORRECTION if id.is_some() || event.id.is_none() => {
                self.come += 1;
                self.corrections.get(self.come - 1).cloned()
            }
            _ => None,
        };
        let amended = id.and_then(|id| Some((id, self.amended.get(&id).cloned()?)));
        match (amended, correction) {
            (Some((id, instead)), correction) => {
                self.office.state.pass_by(&event, correction.as_ref());
                match instead {
                    Some((text, _)) => self.stand((event.at, seq), id, &text, library),
                    None => Ok(()),
                }
            }
            (None, Some(correction)) => self
                .office
                .state
                .step_again(&event, &correction, &mut self.grounds)
                .map_err(|_| back(seq)),
            (None, None) => self.take(&event, line, library),
        }
    }

    /// Lets stand what stands before this time and line.
    fn moved_until(&mut self, until: (Instant, u64), library: &dyn Library) -> Result<(), Fault> {
        while let Some(moved) = self.moved.pop_if(|moved| (moved.at, moved.seq) < until) {
            self.stand((moved.at, moved.seq), moved.entry, &moved.text, library)?;
        }
        Ok(())
    }

    /// An event stands in place of another entry, with its line and without an id of its own.
    fn stand(
        &mut self,
        (at, seq): (Instant, u64),
        entry: Name,
        text: &str,
        library: &dyn Library,
    ) -> Result<(), Fault> {
        let time = self.office.schema.calendar().format(at).to_string();
        let line = with_time(text, &time);
        let parsed = self.office.parse(seq, line.as_bytes());
        let at_hand = self.entry == Some(entry);
        let mut event = match parsed {
            Ok(event) => event,
            Err(_) if at_hand => {
                self.refused = Some("input.instead_does_not_fit");
                return Ok(());
            }
            Err(fault) => return Err(again_malformed(seq, &fault)),
        };
        event.id = None;
        let mut watched = Watched {
            sink: &mut self.grounds,
            impossible: None,
        };
        let past = &mut NoPast;
        let around = &mut Around { library, past };
        self.office
            .take(&event, line.as_bytes(), around, &mut watched)?;
        if at_hand {
            self.refused = watched.impossible;
        }
        Ok(())
    }

    fn take(&mut self, event: &Event, line: &[u8], library: &dyn Library) -> Result<(), Fault> {
        // One that repeats another, or has its id, is ignored or refused as it was.
        if event.kind == kind::CORRECTION {
            let stepped = self.office.state.step(event, &mut self.grounds);
            return stepped.map(drop).map_err(|_| back(event.seq));
        }
        let past = &mut NoPast;
        let around = &mut Around { library, past };
        self.office
            .take(event, line, around, &mut self.grounds)
            .map(drop)
    }
}

/// The policy that the first line of a journal names.
fn first_policy(around: &mut Around<'_>) -> Result<Arc<Policy>, Fault> {
    let library = around.library;
    let mut first = Err("the journal has no first line".to_owned());
    let mut look = |seq: u64, line: &[u8]| {
        let event = Schema::bare().parse(&mut Ids::default(), seq, line);
        first = event
            .map_err(|fault| fault.message)
            .and_then(|event| find(library, &event));
        ControlFlow::Break(())
    };
    around.past.lines(1, 1, &mut look).map_err(Fault::Past)?;
    first.map_err(Fault::Past)
}

/// A line that was an event once.
fn again_malformed(seq: u64, fault: &Malformed) -> Fault {
    Fault::Past(format!(
        "entry {seq} cannot be played again: {}",
        fault.message
    ))
}

fn back(seq: u64) -> Fault {
    Fault::Past(format!(
        "entry {seq} cannot be played again: time goes back"
    ))
}

/// An event as it is written, with a time if it has none.
fn with_time(text: &str, at: &str) -> String {
    let says = scan(text).is_ok_and(|fields| fields.iter().any(|field| field.key == "at"));
    let rest = text.split_once('{').map_or("}", |(_, rest)| rest);
    if says {
        return text.to_owned();
    }
    let mut line = String::from("{");
    push_key(&mut line, "at");
    push_text(&mut line, at);
    if !rest.trim_start().starts_with('}') {
        line.push(',');
    }
    line + rest
}

/// Hears an event that stands in place of an entry, and why it is impossible if it is.
struct Watched<'a> {
    sink: &'a mut dyn Sink,
    impossible: Option<&'static str>,
}

impl Sink for Watched<'_> {
    fn wants(&self) -> Wants {
        self.sink.wants()
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if let (Because::Input(code), What::Refuse { .. }) = (&decision.because, &decision.what) {
            self.impossible = Some(code);
        }
        self.sink.decision(ids, decision);
    }
}
