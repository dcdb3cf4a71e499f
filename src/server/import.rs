//! A journal of another machine, taken line by line after the entries that there are: all of it, or nothing.

use super::book::Untaken;
use super::commands::Imported;
use super::desk::{Desk, Hand};
use super::entry::Recorded;
use super::follow::opened;
use crate::base::time::Instant;
use crate::event::{Event, Value};
use crate::journal::{FieldFault, LINE_LIMIT, Malformed, place_of, scan, stamped};
use crate::replay::Library;
use crate::vocabulary::events::{field, kind};
use std::sync::Arc;

/// Enters every line of a journal, each at its own time.
///
/// # Errors
///
/// The first line that cannot be entered, by its number; what was entered before it must be undone.
pub fn journal(
    desk: &mut Desk,
    hand: &mut Hand<'_>,
    journal: &[u8],
    now: i64,
) -> Result<(Imported, Option<Recorded>), Untaken> {
    let mut last = None;
    let (mut entries, mut repeated) = (0, 0);
    let journal = journal.strip_prefix(b"\xef\xbb\xbf").unwrap_or(journal);
    for (number, line) in (1..).zip(journal.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let entered = enter(desk, hand, line, now).map_err(|untaken| match untaken {
            Untaken::Malformed(mut fault) => {
                fault.line = number;
                Untaken::Malformed(fault)
            }
            other => other,
        })?;
        match entered {
            Some(entry) => {
                entries += 1;
                last = Some(entry);
            }
            None => repeated += 1,
        }
    }
    let imported = Imported {
        entries,
        repeated,
        seq: desk.seq,
    };
    Ok((imported, last))
}

/// Enters one line; none if it repeats an entry.
fn enter(
    desk: &mut Desk,
    hand: &mut Hand<'_>,
    line: &[u8],
    now: i64,
) -> Result<Option<Recorded>, Untaken> {
    if line.len() > LINE_LIMIT {
        let text = String::from_utf8_lossy(&line[..200]);
        let message = format!("the line is longer than {} KiB", LINE_LIMIT / 1024);
        return Err(Box::new(Malformed::at(0, &text, FieldFault::new(0..0, message))).into());
    }
    if desk.seq == 0 && opened_by(desk, hand, line)?.is_none() {
        desk.office.schema().check(line)?;
        let event = desk.office.parse(1, line)?;
        in_time(line, event.at, now)?;
        desk.open(hand, event.at)?;
    }
    let event = desk.office.parse(desk.seq + 1, line)?;
    in_time(line, event.at, now)?;
    let held = keep(hand, &event, line)?;
    let stored = stored(line, &desk.stamp(event.at))?;
    let event = desk.office.parse(desk.seq + 1, &stored)?;
    let entry = desk.take(hand, stored.into(), &event, None)?;
    drop(held);
    Ok(entry)
}

/// A first line that names its policy opens the office under that.
fn opened_by(desk: &mut Desk, hand: &mut Hand<'_>, line: &[u8]) -> Result<Option<()>, Untaken> {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let fields = scan(text).unwrap_or_default();
    let is_policy =
        |field: &crate::journal::Field<'_>| field.key == "event" && field.value.is_text("policy");
    if !fields.iter().any(is_policy) {
        return Ok(None);
    }
    let office = opened(hand.shelf, line).map_err(|sentence| no_policy(line, sentence))?;
    desk.office = office;
    Ok(Some(()))
}

/// Keeps the policy that a line brings, and holds it until the line is taken.
fn keep(
    hand: &mut Hand<'_>,
    event: &Event,
    line: &[u8],
) -> Result<Option<Arc<crate::policy::Policy>>, Untaken> {
    if event.kind != kind::POLICY {
        return Ok(None);
    }
    let text = |field| event.text(field).unwrap_or_default();
    let (name, digest) = (text(field::POLICY), text(field::DIGEST));
    let files = match event.field(field::FILES) {
        Some(Value::Files(files)) => Some(files.as_slice()),
        _ => None,
    };
    let policy = hand.shelf.find(name, digest, files);
    let policy = policy.map_err(|sentence| no_policy(line, sentence))?;
    if let Some(files) = files {
        let files = files
            .iter()
            .map(|(path, text)| (path.to_string(), text.to_string()));
        let mut files: Vec<(String, String)> = files.collect();
        files.sort();
        hand.book.keep_policy(digest, name, &files)?;
    }
    Ok(Some(policy))
}

fn no_policy(line: &[u8], sentence: String) -> Box<Malformed> {
    let text = String::from_utf8_lossy(line);
    let fault = FieldFault::new(place_of(&text, "policy"), sentence)
        .help("export the journal from the server that recorded it: an export carries the policies")
        .of("policy");
    Box::new(Malformed::at(0, &text, fault))
}

/// Nothing has happened in the future.
fn in_time(line: &[u8], at: Instant, now: i64) -> Result<(), Box<Malformed>> {
    if at.millis() <= now {
        return Ok(());
    }
    let text = String::from_utf8_lossy(line);
    let fault = FieldFault::new(place_of(&text, "at"), "this is in the future")
        .help("an office records what has happened; look at the clock of this machine")
        .of("at");
    Err(Box::new(Malformed::at(0, &text, fault)))
}

/// The line as the journal keeps it: its time first and in the office's own writing, without a policy's files.
fn stored(line: &[u8], stamp: &str) -> Result<Vec<u8>, Box<Malformed>> {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let fields = scan(text).unwrap_or_default();
    let mut rest = String::with_capacity(line.len());
    rest.push('{');
    for field in fields
        .iter()
        .filter(|field| field.key != "at" && field.key != "files")
    {
        if rest.len() > 1 {
            rest.push(',');
        }
        rest.push_str(&text[field.key_at.start..field.value_at.end]);
    }
    rest.push('}');
    stamped(rest.as_bytes(), stamp, None)
}
