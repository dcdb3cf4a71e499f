//! A journal played from its first line to its last: each line an event, each event a step, each policy in its turn.
//!
//! Nothing here reads a disk or prints: lines come from a [`LineReader`], policies from a [`Library`], and what is
//! decided goes to an [`Audience`].

mod correct;
mod hearing;
mod office;

pub use hearing::{Audience, MOST_KEPT, Refusals, Silence, Told};
pub use office::{Around, Fault, NoPast, Office, Past};

use crate::event::{Event, Ids, Value};
use crate::journal::{
    FieldFault, LINE_LIMIT, LineFault, LineReader, Malformed, Schema, place_of, scan,
};
use crate::policy::Policy;
use crate::runtime::{State, Stepped};
use crate::vocabulary::events::{field, kind};
use hearing::Listener;
use std::io::{self, BufRead};
use std::sync::Arc;

/// Where policies are found.
pub trait Library {
    /// The policy that a `policy` event names. Whoever implements it compares the digest with the folder's, or with
    /// that of `files` where the event brings them, and says both if they differ.
    ///
    /// # Errors
    ///
    /// A sentence: there is no such policy, it does not load, or its digest is another.
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String>;
}

/// Why a replay ended before the end of its journal.
#[derive(Debug)]
pub enum Stop {
    /// A line is no event, its time is before that of the line above, or its policy is not to be had.
    Malformed(Box<Malformed>),
    /// The journal cannot be read.
    Unreadable(io::Error),
    /// A line corrects an earlier one, and what stood before it cannot be read again; in a sentence.
    Past(String),
    /// The audience takes nothing more.
    Unheard,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        match fault {
            Fault::Malformed(malformed) => Stop::Malformed(malformed),
            Fault::Past(sentence) => Stop::Past(sentence),
        }
    }
}

/// The version of this program, as `policy` events record it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A journal that is being played.
pub struct Replay<'l> {
    around: Around<'l>,
    office: Option<Office>,
    refusals: Refusals,
    repeated: u64,
    events: u64,
    versions: Vec<(u64, Box<str>)>,
}

/// How many lines are read between two looks at the progress.
const LINES_AT_ONCE: u64 = 4096;

impl<'l> Replay<'l> {
    /// Begins with a policy, or without one if the journal's first event names it. With `throughout`, that policy
    /// stays in force whatever the journal says.
    pub fn new(around: Around<'l>, policy: Option<Arc<Policy>>, throughout: bool) -> Replay<'l> {
        let open = if throughout {
            Office::trying
        } else {
            Office::new
        };
        Replay {
            around,
            office: policy.map(open),
            refusals: Refusals::default(),
            repeated: 0,
            events: 0,
            versions: Vec::new(),
        }
    }

    /// Plays every line; now and then tells how many bytes have been read.
    ///
    /// # Errors
    ///
    /// Ends at the first line that is malformed; what the lines before it decided stands.
    pub fn read<R: BufRead>(
        &mut self,
        lines: &mut LineReader<R>,
        audience: &mut dyn Audience,
        mut progress: impl FnMut(u64),
    ) -> Result<(), Stop> {
        let mut until = LINES_AT_ONCE;
        loop {
            match lines.next_line() {
                Ok(Some((seq, line))) => self.line(seq, line, audience)?,
                Ok(None) => return Ok(()),
                Err(LineFault::Io(error)) => return Err(Stop::Unreadable(error)),
                Err(LineFault::TooLong(seq)) => return Err(too_long(seq, lines.text())),
            }
            if audience.is_gone() {
                return Err(Stop::Unheard);
            }
            if lines.line() >= until {
                until = lines.line() + LINES_AT_ONCE;
                progress(lines.bytes());
            }
        }
    }

    /// Plays one line, which is line `seq` of the journal.
    ///
    /// # Errors
    ///
    /// If the line is malformed; it then has had no effect.
    pub fn line(&mut self, seq: u64, line: &[u8], audience: &mut dyn Audience) -> Result<(), Stop> {
        if self.office.is_none() {
            self.open(seq, line).map_err(Stop::Malformed)?;
        }
        let office = self.office.as_mut().expect("an office is open");
        let event = office.parse(seq, line).map_err(Stop::Malformed)?;
        audience.event(&Told {
            schema: office.schema(),
            ids: office.state().ids(),
            event: &event,
        });
        let mut listener = Listener {
            audience,
            refusals: &mut self.refusals,
        };
        let done = office.take(&event, line, &mut self.around, &mut listener)?;
        match done {
            Stepped::Done => self.events += 1,
            Stepped::Repeated => self.repeated += 1,
        }
        self.recorded_by(&event);
        audience.done(done);
        Ok(())
    }

    /// Keeps which other versions of this program have recorded the journal.
    fn recorded_by(&mut self, event: &Event) {
        let version = event.text(field::PANKE).unwrap_or(VERSION);
        let known =
            version == VERSION || self.versions.iter().any(|(_, known)| **known == *version);
        if !known && event.kind == kind::POLICY && self.versions.len() < MOST_KEPT {
            self.versions.push((event.seq, version.into()));
        }
    }

    /// Opens the office under the policy that the journal's first event names.
    fn open(&mut self, seq: u64, line: &[u8]) -> Result<(), Box<Malformed>> {
        let parsed = Schema::bare().parse(&mut Ids::default(), seq, line);
        let text = String::from_utf8_lossy(line);
        let is_policy = scan(&text).is_ok_and(|fields| {
            fields
                .iter()
                .any(|field| field.key == "event" && field.value.is_text("policy"))
        });
        match parsed {
            Ok(event) if is_policy => {
                let policy = find(self.around.library, &event)
                    .map_err(|sentence| unknown_policy(seq, line, sentence))?;
                self.office = Some(Office::new(policy));
                Ok(())
            }
            Err(fault) if is_policy || fault.field.is_none() => Err(fault),
            _ => Err(self.no_policy(seq, &text)),
        }
    }

    fn no_policy(&self, seq: u64, text: &str) -> Box<Malformed> {
        let fault = FieldFault::new(place_of(text, "event"), "no policy is in force yet")
            .help("name one with `--policy`, or begin the journal with a `policy` event")
            .of("event");
        Box::new(Malformed::at(seq, text, fault))
    }

    /// How things are; none if no policy was ever in force.
    pub fn state(&self) -> Option<&State> {
        self.office.as_ref().map(Office::state)
    }

    /// The events that were impossible.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// How many events were ignored because they repeat one with the same id and content.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Other versions of this program that have recorded a `policy` event of the journal, each with the first line that
    /// says so: what they decided may differ.
    pub fn versions(&self) -> &[(u64, Box<str>)] {
        &self.versions
    }

    /// How many events were taken.
    pub fn events(&self) -> u64 {
        self.events
    }
}

/// The policy that a `policy` event names.
fn find(library: &dyn Library, event: &Event) -> Result<Arc<Policy>, String> {
    let text = |field| event.text(field).unwrap_or_default();
    let files = match event.field(field::FILES) {
        Some(Value::Files(files)) => Some(files.as_slice()),
        _ => None,
    };
    library.find(text(field::POLICY), text(field::DIGEST), files)
}

fn unknown_policy(seq: u64, line: &[u8], sentence: String) -> Box<Malformed> {
    let text = String::from_utf8_lossy(line);
    let fault = FieldFault::new(place_of(&text, "policy"), sentence).of("policy");
    Box::new(Malformed::at(seq, &text, fault))
}

fn too_long(seq: u64, start: &[u8]) -> Stop {
    let text = String::from_utf8_lossy(&start[..start.len().min(200)]);
    let message = format!("the line is longer than {} KiB", LINE_LIMIT / 1024);
    let fault =
        FieldFault::new(0..0, message).help("write one event a line, each ended by a line break");
    Stop::Malformed(Box::new(Malformed::at(seq, &text, fault)))
}

#[cfg(test)]
mod tests;
