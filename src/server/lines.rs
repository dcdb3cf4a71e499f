//! Events on their way to the decider, as the lines that they will be: checked beside it, so that it need not.

use super::entry::BEGINNING;
use crate::journal::{Checked, Field, FieldFault, Malformed, Schema};
use bytes::BytesMut;

/// The time of a line that has not come to the decider yet.
const NOT_YET: &str = "2000-01-01T00:00:00.000+00:00";

/// An event, as the line that it will be.
#[derive(Debug)]
pub struct Line {
    /// The line, whose time is still to be filled in.
    pub text: BytesMut,
    /// What it says.
    pub checked: Checked,
}

/// The line of an event under a schema, whose time the decider fills in; a fault has its place in the event. Lines that
/// come together share one buffer.
///
/// # Errors
///
/// If it is no event, or one that only the program records.
pub fn line(
    schema: &Schema,
    event: &[u8],
    id: Option<&str>,
    buffer: &mut BytesMut,
) -> Result<Line, Box<Malformed>> {
    let (text, checked) = schema.posted(event, NOT_YET, id, &own_kinds)?;
    buffer.extend_from_slice(&text);
    let text = buffer.split();
    Ok(Line { text, checked })
}

/// Fills in the time of a line.
///
/// # Panics
///
/// If it is not as long as the one that is there: times in journals are written in as many bytes each.
pub fn stamp(line: &mut [u8], at: &str) {
    let from = BEGINNING.len();
    line[from..from + NOT_YET.len()].copy_from_slice(at.as_bytes());
}

/// Refuses the kinds that only the program records.
fn own_kinds(fields: &[Field<'_>]) -> Result<(), FieldFault> {
    let Some(event) = fields.iter().find(|field| field.key == "event") else {
        return Ok(());
    };
    let (word, help) = if event.value.is_text("policy") {
        let help = "put a policy in force by its files, or import a journal that names it";
        ("policy", help)
    } else if event.value.is_text("tick") {
        let help = "time passes without it: windows end at their own moment";
        ("tick", help)
    } else {
        return Ok(());
    };
    let message = format!("`{word}` is recorded by the program itself");
    Err(FieldFault::new(event.value_at.clone(), message)
        .help(help)
        .of("event"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(schema: &Schema, event: &[u8], id: Option<&str>) -> Result<Line, Box<Malformed>> {
        super::line(schema, event, id, &mut BytesMut::new())
    }

    #[test]
    fn a_line_gets_its_time_later() {
        let schema = Schema::bare();
        let event = br#"{ "event": "sign_in", "staff": "chen" }"#;
        let mut line = line(&schema, event, Some("k")).expect("an event");
        stamp(&mut line.text, "2026-11-26T09:00:00.000+08:00");
        let expected =
            r#"{"at":"2026-11-26T09:00:00.000+08:00","id":"k","event":"sign_in","staff":"chen"}"#;
        assert_eq!(String::from_utf8_lossy(&line.text), expected);
    }

    #[test]
    fn what_only_the_program_records_is_refused_at_its_place() {
        let schema = Schema::bare();
        let fault = line(&schema, br#"{"event":"tick"}"#, None).expect_err("a tick");
        assert_eq!((fault.column, fault.field.as_deref()), (10, Some("event")));
        assert!(line(&schema, br#"{"event":"sign_in","staff":"tick"}"#, None).is_ok());
    }
}
