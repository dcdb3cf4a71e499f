//! An entry of an office's journal: what happened and what was decided, as it is stored, streamed and answered.

use super::force::Force;
use super::metrics::Tally;
use crate::base::json::{push_key, push_number};
use crate::journal::Checked;
use crate::store::Kept;
use bytes::Bytes;
use std::borrow::Cow;
use std::sync::Arc;

/// An entry. Its bytes are shared: a copy costs little.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Which office, by its place.
    pub office: usize,
    /// Number in the office's journal, from 1.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The event, one line of JSON that begins with `at`.
    pub line: Bytes,
    /// What was decided: one line of JSON a decision.
    pub decisions: Bytes,
}

/// An entry that is not on disk yet.
#[derive(Debug)]
pub struct Decided {
    /// The entry.
    pub entry: Recorded,
    /// What is to be counted of its decisions when they are on disk.
    pub tally: Tally,
    /// The line as it was checked under the policy that was in force before it; none for what the program records.
    pub checked: Option<Checked>,
    /// The policy that it puts in force.
    pub force: Option<Arc<Force>>,
}

impl Recorded {
    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.line.len() + self.decisions.len()
    }

    /// An entry that the store has.
    pub fn kept(office: usize, kept: Kept) -> Recorded {
        Recorded {
            office,
            seq: kept.seq,
            at: kept.at,
            line: kept.line.into(),
            decisions: kept.decisions.into(),
        }
    }
}

/// How a stored line begins, up to its time.
pub const BEGINNING: &[u8] = b"{\"at\":\"";

/// The time of a stored line, as it is written there.
pub fn stamp_of(line: &[u8]) -> &str {
    let rest = line.strip_prefix(BEGINNING).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'"').unwrap_or(0);
    std::str::from_utf8(&rest[..end]).unwrap_or_default()
}

/// The decisions of an entry, each one line of JSON.
pub fn decisions_of(decisions: &str) -> impl Iterator<Item = &str> {
    decisions.split('\n').filter(|line| !line.is_empty())
}

/// Appends stored decisions as a JSON list; `each` says which.
pub fn push_decisions(out: &mut String, decisions: &[u8], each: &dyn Fn(&str) -> bool) {
    out.push('[');
    let mut first = true;
    for line in decisions_of(&stored(decisions)).filter(|line| each(line)) {
        if !first {
            out.push(',');
        }
        first = false;
        out.push_str(line);
    }
    out.push(']');
}

/// Bytes that were stored as JSON, which is UTF-8.
pub fn stored(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Appends `"seq":…,"at":"…"` of an entry to an object that has been opened.
pub fn push_head(out: &mut String, seq: u64, line: &[u8]) {
    push_key(out, "seq");
    push_number(out, seq);
    push_key(out, "at");
    out.push('"');
    out.push_str(stamp_of(line));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_become_a_list() {
        let mut out = String::new();
        push_decisions(&mut out, b"", &|_| true);
        push_decisions(&mut out, b"{\"a\":1}\n{\"a\":2}", &|_| true);
        push_decisions(&mut out, b"{\"a\":1}\n{\"a\":2}", &|line| {
            line.ends_with("2}")
        });
        assert_eq!(out, r#"[][{"a":1},{"a":2}][{"a":2}]"#);
    }

    #[test]
    fn the_time_of_a_line_is_its_beginning() {
        let line = br#"{"at":"2024-03-01T09:00:00.000+08:00","event":"tick"}"#;
        assert_eq!(stamp_of(line), "2024-03-01T09:00:00.000+08:00");
        assert_eq!(stamp_of(b"{}"), "");
    }
}
