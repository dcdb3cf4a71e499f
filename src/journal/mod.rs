//! From the text of a journal to events, and back: one line, one event; whatever is malformed is named with its place.
//!
//! [`Schema`] knows which kinds, fields and words a policy has. A line of JSON is taken apart by [`scan`], a step of a
//! scenario by its own reader; both give [`Field`]s, and [`Schema::build`] makes an event of them with the same checks.

mod build;
mod content;
mod draft;
mod lines;
mod raw;
mod scan;
mod schema;
mod stamp;
mod values;
mod write;

pub use lines::{LINE_LIMIT, LineFault, LineReader};
pub use raw::{Field, FieldFault, RawValue};
pub use scan::{DEPTH_LIMIT, ScannedFields, scan};
pub use schema::Schema;
pub use stamp::stamped;

use crate::base::time::Instant;
use crate::event::{Event, Ids};
use draft::{Drafted, Part, Stands};
use std::ops::Range;

/// A line that is no event: where, what is wrong with it, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Line of the journal, from 1.
    pub line: u64,
    /// Column, from 1, in characters.
    pub column: usize,
    /// The field that is wrong, if it is one.
    pub field: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was probably meant, or how to mend it.
    pub help: Option<String>,
    /// The piece of the line around the fault, to be shown.
    pub excerpt: Excerpt,
}

/// The piece of a line around a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The text; `…` stands where the line goes on.
    pub text: String,
    /// The faulty bytes of `text`.
    pub marked: Range<usize>,
}

/// How many bytes of a line an excerpt shows on either side of the fault.
const AROUND: usize = 80;

impl Excerpt {
    /// Cuts the piece around `at` out of a line.
    fn cut(line: &str, at: &Range<usize>) -> Excerpt {
        let start = line.floor_char_boundary(at.start);
        let end = line.floor_char_boundary(at.end.max(at.start).min(start + AROUND));
        let from = line.floor_char_boundary(start.saturating_sub(AROUND));
        let to = line.floor_char_boundary(end.saturating_add(AROUND));
        let mut text = String::new();
        if from > 0 {
            text.push('…');
        }
        let shift = text.len();
        text.push_str(&line[from..to]);
        if to < line.len() {
            text.push('…');
        }
        Excerpt {
            text,
            marked: start - from + shift..end.max(start) - from + shift,
        }
    }
}

impl Malformed {
    /// What is wrong at a place of a line.
    pub fn at(line: u64, text: &str, fault: FieldFault) -> Malformed {
        let before = &text[..text.floor_char_boundary(fault.at.start)];
        Malformed {
            line,
            column: before.chars().count() + 1,
            field: fault.field,
            message: fault.message,
            help: fault.help,
            excerpt: Excerpt::cut(text, &fault.at),
        }
    }
}

impl Schema {
    /// The event of one line (without its line end), which is line `seq` of the journal.
    pub fn parse(&self, ids: &mut Ids, seq: u64, line: &[u8]) -> Result<Event, Box<Malformed>> {
        let text = utf8(seq, line)?;
        let mut fields = ScannedFields::new();
        let fault = match scan::scan_into(text, &mut fields) {
            Ok(()) => match self.build(ids, seq, &fields) {
                Ok(event) => return Ok(event),
                Err(fault) => fault,
            },
            Err(fault) => *fault,
        };
        Err(Box::new(Malformed::at(seq, text, fault)))
    }

    /// Everything that [`Schema::parse`] checks, without numbering a name: this may be done where no state is.
    ///
    /// # Errors
    ///
    /// If the line is malformed.
    pub fn check(&self, line: &[u8]) -> Result<Checked, Box<Malformed>> {
        let text = utf8(1, line)?;
        let mut fields = ScannedFields::new();
        let checked = match scan::scan_into(text, &mut fields) {
            Ok(()) => self.draft(&fields, Stands::Alone),
            Err(fault) => Err(*fault),
        };
        match checked {
            Ok(drafted) => Ok(Checked(Drafted {
                at: None,
                ..drafted.kept(text, 0)
            })),
            Err(fault) => Err(Box::new(Malformed::at(1, text, fault))),
        }
    }
}

/// A line that was checked; the event that it makes is [`Checked::event`], as often as it is wanted and under any state.
#[derive(Clone, Debug)]
pub struct Checked(Drafted<Part>);

impl Checked {
    /// The event of the line that was checked, which is line `seq` of the journal. Meanwhile its time may have been
    /// written anew, in as many bytes: `at` is when it was.
    pub fn event(&self, line: &[u8], ids: &mut Ids, seq: u64, at: Instant) -> Event {
        let text = std::str::from_utf8(line).expect("a line that was checked is text");
        self.0.event(text, ids, seq, at)
    }
}

/// The text of a line.
fn utf8(seq: u64, line: &[u8]) -> Result<&str, Box<Malformed>> {
    std::str::from_utf8(line).map_err(|error| {
        let text = String::from_utf8_lossy(line);
        let at = error.valid_up_to();
        let byte = line.get(at).copied().unwrap_or_default();
        let fault = FieldFault::new(
            at..at + 1,
            format!("the line is not UTF-8: byte 0x{byte:02x}"),
        )
        .help("save the journal as UTF-8, without another encoding's characters");
        Box::new(Malformed::at(seq, &text, fault))
    })
}

/// The place of the `at` of a line that has been read as an event, for a fault that only the runtime can see.
pub fn place_of(line: &str, key: &str) -> Range<usize> {
    let fields = scan(line).unwrap_or_default();
    let found = fields.iter().find(|field| field.key == key);
    found.map_or(0..line.len(), |field| field.value_at.clone())
}

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
