//! Following a journal: taking an entry that is on disk already, as the mirror does, and a server that starts.

use super::book::Past;
use super::shelf::Shelf;
use crate::base::time::Instant;
use crate::decision::Sink;
use crate::event::Ids;
use crate::journal::{Checked, Schema};
use crate::replay::{Around, Fault, Library, Office};
use crate::store::{OfficeId, Reader};
use crate::vocabulary::events::{field, kind};

/// Takes one entry that is committed; one that was checked is not read again.
///
/// # Errors
///
/// A sentence: the entry is not what was written, or its policy is not kept.
pub fn step(
    office: &mut Office,
    shelf: &Shelf,
    (reader, id): (&Reader, OfficeId),
    entry: &Following<'_>,
    sink: &mut dyn Sink,
) -> Result<(), String> {
    let Following { seq, at, line, .. } = *entry;
    let cannot = |what: &str| format!("entry {seq} of the journal cannot be followed: {what}");
    if seq == 1 {
        *office = opened(shelf, line).map_err(|what| cannot(&what))?;
    }
    let event = match (entry.checked, Instant::from_millis(at)) {
        (Some(checked), Some(at)) => Ok(office.event(checked, seq, line, at)),
        _ => office.parse(seq, line),
    };
    let event = event.map_err(|fault| cannot(&fault.message))?;
    let mut past = Past {
        reader,
        office: id,
        fresh: &[],
    };
    let mut around = Around {
        library: shelf,
        past: &mut past,
    };
    match office.take(&event, line, &mut around, sink) {
        Ok(_) => Ok(()),
        Err(Fault::Malformed(fault)) => Err(cannot(&fault.message)),
        Err(Fault::Past(sentence)) => Err(cannot(&sentence)),
    }
}

/// An entry that is followed.
pub struct Following<'a> {
    /// Its number.
    pub seq: u64,
    /// When it was, in milliseconds since 1970.
    pub at: i64,
    /// The event, as it was written.
    pub line: &'a [u8],
    /// The line as it was checked, if it was, under the policy that is in force before it.
    pub checked: Option<&'a Checked>,
}

/// The office that the first line of a journal opens, which names its policy.
///
/// # Errors
///
/// A sentence: it names none, or one that is not to be had.
pub fn opened(library: &dyn Library, line: &[u8]) -> Result<Office, String> {
    let event = Schema::bare().parse(&mut Ids::default(), 1, line);
    let event = event.map_err(|fault| fault.message)?;
    if event.kind != kind::POLICY {
        return Err("a journal begins with its policy".into());
    }
    let text = |field| event.text(field).unwrap_or_default();
    let policy = library.find(text(field::POLICY), text(field::DIGEST), None)?;
    Ok(Office::new(policy))
}
