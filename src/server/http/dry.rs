//! What events would decide: tried on a copy of the office, of which nothing is kept.

use super::body::Given;
use crate::base::time::Instant;
use crate::replay::{Around, Fault};
use crate::server::app::malformed;
use crate::server::book::Past;
use crate::server::clock;
use crate::server::commands::Answered;
use crate::server::desk::Printed;
use crate::server::entry::Recorded;
use crate::server::lines;
use crate::server::mirror::Seen;
use crate::server::problem::{self, Problem};
use bytes::BytesMut;

/// Tries events, one after the other.
pub fn run(seen: &Seen<'_>, place: usize, given: &Given) -> Result<Vec<Answered>, Problem> {
    let head = seen.one.head;
    let mut office = seen.one.office.clone();
    let at = clock::system().max(head.at).max(Instant::MIN.millis());
    let at = Instant::from_millis(at).unwrap_or(Instant::MAX);
    let stamp = office.schema().calendar().format(at).to_string();
    let index = |index: usize| given.batch.then_some(index);
    let mut buffer = BytesMut::new();
    let mut stamped = Vec::with_capacity(given.events.len());
    for (number, event) in given.events.iter().enumerate() {
        let line = lines::line(office.schema(), event, None, &mut buffer);
        let mut line = line.map_err(|fault| malformed(index(number), *fault))?;
        lines::stamp(&mut line.text, &stamp);
        stamped.push(line);
    }
    let mut answers = Vec::with_capacity(stamped.len());
    // Where nothing has happened yet, the policy would be the first entry.
    for ((number, line), seq) in stamped.into_iter().enumerate().zip(head.seq.max(1) + 1..) {
        let line = line.text.freeze();
        let event = office.parse(seq, &line);
        let event = event.map_err(|fault| malformed(index(number), *fault))?;
        let mut past = Past {
            reader: seen.reader,
            office: seen.one.id,
            fresh: &[],
        };
        let mut around = Around {
            library: seen.shelf,
            past: &mut past,
        };
        let mut lines = String::new();
        let mut printed = Printed::new(&mut lines);
        let taken = office.take(&event, &line, &mut around, &mut printed);
        taken.map_err(|fault| match fault {
            Fault::Malformed(fault) => malformed(index(number), *fault),
            Fault::Past(sentence) => Problem::new(&problem::STORAGE_FAILED, sentence),
        })?;
        let entry = Recorded {
            office: place,
            seq,
            at: at.millis(),
            line,
            decisions: lines.into(),
        };
        let repeated = false;
        answers.push(Answered { entry, repeated });
    }
    Ok(answers)
}
