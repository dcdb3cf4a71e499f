//! An event as somebody posts it becomes the line that the journal keeps: on one line, its time and its id in front.

use super::lines::LINE_LIMIT;
use super::raw::FieldFault;
use super::scan::scan;
use super::{Malformed, utf8};
use crate::base::json::{push_key, push_text};

/// The line that a journal keeps of a posted event: the white space outside its texts left out, `at` put first and `id`
/// second if one is given and the event has none; all else byte for byte as it was posted.
///
/// # Errors
///
/// If it is no JSON object, brings its own `at`, or is too long.
pub fn stamped(line: &[u8], at: &str, id: Option<&str>) -> Result<Vec<u8>, Box<Malformed>> {
    let malformed = |text: &str, fault| Box::new(Malformed::at(1, text, fault));
    if line.len() > LINE_LIMIT {
        let start = String::from_utf8_lossy(&line[..200]);
        return Err(malformed(&start, too_long()));
    }
    let text = utf8(1, line)?;
    let fields = scan(text).map_err(|fault| malformed(text, fault))?;
    if let Some(own) = fields.iter().find(|field| field.key == "at") {
        let fault = FieldFault::new(own.key_at.clone(), "the office stamps `at`")
            .help("leave `at` out: an event happens when it is recorded")
            .of("at");
        return Err(malformed(text, fault));
    }
    let mut stamped = String::with_capacity(text.len() + at.len() + 32);
    stamped.push('{');
    push_key(&mut stamped, "at");
    push_text(&mut stamped, at);
    if let Some(id) = id.filter(|_| fields.iter().all(|field| field.key != "id")) {
        push_key(&mut stamped, "id");
        push_text(&mut stamped, id);
    }
    if !fields.is_empty() {
        stamped.push(',');
    }
    push_rest(&mut stamped, text);
    if stamped.len() > LINE_LIMIT {
        return Err(malformed(text, too_long()));
    }
    Ok(stamped.into_bytes())
}

fn too_long() -> FieldFault {
    let message = format!("the event is longer than {} KiB", LINE_LIMIT / 1024);
    FieldFault::new(0..0, message).help("post long texts elsewhere, and name where they are")
}

/// Appends what follows the opening brace of an object, without white space outside texts: piece by piece, as most
/// programs write none.
fn push_rest(out: &mut String, object: &str) {
    let (mut inside, mut escaped) = (false, false);
    let mut from = object.find('{').map_or(0, |at| at + 1);
    for (at, byte) in object.bytes().enumerate().skip(from) {
        if inside {
            inside = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
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
