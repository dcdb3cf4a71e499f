//! An event as somebody posts it becomes the line that the journal keeps: on one line, its time and its id in front.

use super::draft::Stands;
use super::lines::LINE_LIMIT;
use super::raw::{Field, FieldFault};
use super::scan::{ScannedFields, scan_into};
use super::schema::Schema;
use super::{Checked, Malformed, utf8};
use crate::base::json::{push_key, push_text};

impl Schema {
    /// The line that a journal keeps of a posted event, as [`stamped`] makes it, and what it says.
    ///
    /// # Errors
    ///
    /// If `stamped` gives none, `refused` refuses its fields, or it is no event; with the place in what was posted.
    pub fn posted(
        &self,
        event: &[u8],
        at: &str,
        id: Option<&str>,
        refused: &dyn Fn(&[Field<'_>]) -> Result<(), FieldFault>,
    ) -> Result<(Vec<u8>, Checked), Box<Malformed>> {
        let (text, fields) = Posted::fields(event)?;
        let posted = Posted::of(text, &fields)?;
        let malformed = |fault| Box::new(Malformed::at(1, text, fault));
        refused(&fields).map_err(malformed)?;
        let drafted = self.draft(&fields, Stands::Unstamped).map_err(malformed)?;
        let line = posted.line(at, id)?;
        let checked = match posted.moved(&line, at) {
            Some(by) => Checked(drafted.kept(text, by)),
            None => self.check(&line)?,
        };
        Ok((line, checked))
    }
}

/// The line that a journal keeps of a posted event: the white space outside its texts left out, `at` put first and `id`
/// second if one is given and the event has none; all else byte for byte as it was posted.
///
/// # Errors
///
/// If it is no JSON object, brings its own `at`, or is too long.
pub fn stamped(event: &[u8], at: &str, id: Option<&str>) -> Result<Vec<u8>, Box<Malformed>> {
    let (text, fields) = Posted::fields(event)?;
    Posted::of(text, &fields)?.line(at, id)
}

/// A posted event that may become a line.
struct Posted<'a> {
    text: &'a str,
    has_id: bool,
    is_empty: bool,
}

impl<'a> Posted<'a> {
    /// The text of an event, and its fields.
    fn fields(event: &'a [u8]) -> Result<(&'a str, ScannedFields<'a>), Box<Malformed>> {
        if event.len() > LINE_LIMIT {
            let start = String::from_utf8_lossy(&event[..200]);
            return Err(Box::new(Malformed::at(1, &start, too_long())));
        }
        let text = utf8(1, event)?;
        let mut fields = ScannedFields::new();
        match scan_into(text, &mut fields) {
            Ok(()) => Ok((text, fields)),
            Err(fault) => Err(Box::new(Malformed::at(1, text, *fault))),
        }
    }

    fn of(text: &'a str, fields: &[Field<'_>]) -> Result<Posted<'a>, Box<Malformed>> {
        if let Some(own) = fields.iter().find(|field| field.key == "at") {
            let fault = FieldFault::new(own.key_at.clone(), "the office stamps `at`")
                .help("leave `at` out: an event happens when it is recorded")
                .of("at");
            return Err(Box::new(Malformed::at(1, text, fault)));
        }
        Ok(Posted {
            text,
            has_id: fields.iter().any(|field| field.key == "id"),
            is_empty: fields.is_empty(),
        })
    }

    fn line(&self, at: &str, id: Option<&str>) -> Result<Vec<u8>, Box<Malformed>> {
        let text = self.text;
        let mut line = String::with_capacity(text.len() + at.len() + 32);
        line.push('{');
        push_key(&mut line, "at");
        push_text(&mut line, at);
        if let Some(id) = id.filter(|_| !self.has_id) {
            push_key(&mut line, "id");
            push_text(&mut line, id);
        }
        if !self.is_empty {
            line.push(',');
        }
        push_rest(&mut line, text);
        if line.len() > LINE_LIMIT {
            return Err(Box::new(Malformed::at(1, text, too_long())));
        }
        Ok(line.into_bytes())
    }

    /// How much further every text of the event stands in its line; none if that is not the same for all, or if the
    /// line says more than its time: an id that was given is no text of the event.
    fn moved(&self, line: &[u8], at: &str) -> Option<usize> {
        let fields = self.text.strip_prefix('{')?;
        let start = line.strip_suffix(fields.as_bytes())?;
        let time = r#""at":"","#.len() + at.len();
        (start.len() == 1 + time).then_some(time)
    }
}

fn too_long() -> FieldFault {
    let message = format!("the event is longer than {} KiB", LINE_LIMIT / 1024);
    FieldFault::new(0..0, message).help("post long texts elsewhere, and name where they are")
}

/// Appends what follows the opening brace of an object, without white space outside texts: all at once where there is
/// none at all, as most programs write none.
fn push_rest(out: &mut String, object: &str) {
    let is_white = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut from = object.find('{').map_or(0, |at| at + 1);
    if !object.bytes().any(is_white) {
        return out.push_str(&object[from..]);
    }
    let (mut inside, mut escaped) = (false, false);
    for (at, byte) in object.bytes().enumerate().skip(from) {
        if inside {
            inside = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if is_white(byte) {
            out.push_str(&object[from..at]);
            from = at + 1;
        } else {
            inside = byte == b'"';
        }
    }
    out.push_str(&object[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Ids;

    const AT: &str = "2026-11-26T09:00:00.000+08:00";

    fn kept(posted: &str, id: Option<&str>) -> String {
        String::from_utf8(stamped(posted.as_bytes(), AT, id).expect("it is an event"))
            .expect("text")
    }

    #[test]
    fn time_and_id_stand_in_front_and_texts_stay_byte_for_byte() {
        let posted = "\r\n{ \"event\" : \"visit\",\n\t\"note\": \" a  \\\" b\\\\\" , \"brings\": [ \"李 四\" , 1.50 ] } ";
        let rest = r#""event":"visit","note":" a  \" b\\","brings":["李 四",1.50]}"#;
        assert_eq!(kept(posted, None), format!(r#"{{"at":"{AT}",{rest}"#));
        let with = kept(posted, Some("k\"1"));
        assert_eq!(with, format!(r#"{{"at":"{AT}","id":"k\"1",{rest}"#));
        let own = r#"{"id":"e1","event":"tick"}"#;
        assert_eq!(
            kept(own, Some("k1")),
            own.replacen('{', &format!(r#"{{"at":"{AT}","#), 1)
        );
        assert_eq!(kept(" {\n} ", None), format!(r#"{{"at":"{AT}"}}"#));
    }

    #[test]
    fn what_was_checked_is_the_line_that_is_kept() {
        let schema = Schema::bare();
        let wide = r#" {"event" : "sign_in", "staff":"ch en"} "#;
        let escaped = r#"{"event":"sign_in","staff":"ch\u0065n","id":"e\"1"}"#;
        let plain =
            r#"{"id":"e1","event":"visit","visit":"来访","customer":"li","brings":["wu","xu"]}"#;
        let within = r#"{"event":"correction","about":"e1","reason":"typo","instead":{"event":"sign_in","staff":"an"}}"#;
        for event in [wide, escaped, plain, within] {
            for id in [None, Some("k\"1")] {
                let (line, checked) = schema
                    .posted(event.as_bytes(), AT, id, &|_| Ok(()))
                    .expect("it is an event");
                assert_eq!(line, stamped(event.as_bytes(), AT, id).expect("a line"));
                let (mut one, mut other) = (Ids::default(), Ids::default());
                let parsed = schema.parse(&mut one, 3, &line).expect("an event");
                let made = checked.event(&line, &mut other, 3, parsed.at);
                assert_eq!(made, parsed);
            }
        }
        let tick = br#"{"event":"tick"}"#;
        let refused = |fields: &[Field<'_>]| Err(FieldFault::new(fields[0].value_at.clone(), "no"));
        let fault = schema
            .posted(tick, AT, None, &refused)
            .expect_err("refused");
        assert_eq!((fault.column, &*fault.message), (10, "no"));
        let fault = schema.posted(br#"{ "event": "tock"}"#, AT, None, &|_| Ok(()));
        assert_eq!(fault.expect_err("no event").column, 12);
    }

    fn fault(posted: &[u8]) -> String {
        let fault = stamped(posted, AT, Some("k")).expect_err("it is malformed");
        format!("{}: {}", fault.column, fault.message)
    }

    #[test]
    fn what_is_no_event_or_brings_its_own_time_is_malformed_with_its_place() {
        let own = br#"{"event":"tick", "at":"2024-03-01 09:00"}"#;
        assert_eq!(fault(own), "18: the office stamps `at`");
        assert!(fault(b"[1]").starts_with("1: a list, where one event must stand"));
        assert!(fault(b"").starts_with("1: not JSON"));
        assert!(fault(b"{} {}").contains("something follows"));
        assert!(fault(b"{\"note\":\"\xff\"}").contains("byte 0xff"));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16));
        assert!(fault(deep.as_bytes()).contains("more than 16"));
        let inside = r#"{"event":"correction","instead":{"at":"x","event":"tick"}}"#;
        assert!(kept(inside, None).ends_with(&inside[1..]));
    }

    #[test]
    fn a_line_is_as_long_as_a_journal_may_hold_and_no_longer() {
        let frame = r#"{"note":""}"#;
        let stamp = kept(frame, None).len();
        let fits = frame.replace("\"\"", &format!("\"{}\"", "a".repeat(LINE_LIMIT - stamp)));
        assert_eq!(kept(&fits, None).len(), LINE_LIMIT);
        let longer = fits.replace("aaaa", "aaaaa");
        assert!(fault(longer.as_bytes()).contains("longer than 1024 KiB"));
        assert!(fault(&vec![b' '; LINE_LIMIT + 1]).contains("longer than 1024 KiB"));
    }
}
