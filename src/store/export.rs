//! A journal as lines that `panke replay` reads: the entries as they are, each `policy` event with its files.

use super::error::{Result, StoreError};
use super::read::{OfficeId, Reader};
use crate::base::json::{push_text, push_text_key};
use crate::journal::{Field, RawValue, scan};
use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;

/// Why an export ended early.
#[derive(Debug)]
pub enum ExportError {
    /// The data file cannot be read.
    Store(StoreError),
    /// The lines cannot be written.
    Out(io::Error),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> ExportError {
        ExportError::Store(error)
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportError::Store(error) => error.fmt(f),
            ExportError::Out(error) => write!(f, "the journal cannot be written: {error}"),
        }
    }
}

impl std::error::Error for ExportError {}

impl Reader {
    /// Writes the entries `from..=to` of an office, one a line; returns how many. Nothing is gathered: a journal of any
    /// length can be written.
    pub fn export(
        &self,
        office: OfficeId,
        (from, to): (u64, u64),
        out: &mut dyn Write,
    ) -> std::result::Result<u64, ExportError> {
        let mut count = 0;
        let mut ended = None;
        self.entries(office, from, to, &mut |entry| {
            count += 1;
            match self.export_line(entry.seq, entry.line, out) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    ended = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        ended.map_or(Ok(count), Err)
    }

    fn export_line(
        &self,
        seq: u64,
        line: &[u8],
        out: &mut dyn Write,
    ) -> std::result::Result<(), ExportError> {
        let spliced = match wanting(line) {
            Some(digest) => Some(self.with_files(seq, line, &digest)?),
            None => None,
        };
        let line = spliced.as_deref().unwrap_or(line);
        out.write_all(line).map_err(ExportError::Out)?;
        out.write_all(b"\n").map_err(ExportError::Out)
    }

    /// The line of a `policy` event, with the files behind its other fields.
    fn with_files(&self, seq: u64, line: &[u8], digest: &str) -> Result<Vec<u8>> {
        let Some(policy) = self.policy(digest)? else {
            return Err(self.damaged(format!(
                "entry {seq} puts the policy {digest} in force, whose files are not kept"
            )));
        };
        let mut files = String::from(",\"files\":{");
        for (path, text) in &policy.files {
            push_text_key(&mut files, path);
            push_text(&mut files, text);
        }
        files.push_str("}}");
        let end = line.trim_ascii_end().strip_suffix(b"}").unwrap_or(line);
        Ok([end, files.as_bytes()].concat())
    }
}

/// The digest of the policy that a line puts in force without bringing its files.
fn wanting(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    // Most lines are told by a look; a backslash may hide a letter of the word.
    if !text.contains("\"policy\"") && !text.contains('\\') {
        return None;
    }
    let fields = scan(text).ok()?;
    if fields.iter().any(|field| field.key == "files") {
        return None;
    }
    policy_of(&fields).map(str::to_owned)
}

/// The digest of the policy that the event of these fields puts in force, if it is one that does.
pub(super) fn policy_of<'f>(fields: &'f [Field<'_>]) -> Option<&'f str> {
    let field = |key: &str| fields.iter().find(|field| field.key == key);
    if !field("event")?.value.is_text("policy") {
        return None;
    }
    match &field("digest")?.value {
        RawValue::Text(digest) => Some(digest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::wanting;

    #[test]
    fn a_policy_event_is_known_by_its_fields() {
        let digest = |line: &str| wanting(line.as_bytes());
        let found = Some("ab".to_owned());
        assert_eq!(
            digest(r#"{"event":"policy","policy":"x","digest":"ab"}"#),
            found
        );
        assert_eq!(digest(r#"{"event":"\u0070olicy","digest":"ab"}"#), found);
        assert_eq!(
            digest(r#"{"event":"policy","digest":"ab","files":{}}"#),
            None
        );
        assert_eq!(
            digest(r#"{"event":"tick","note":"\"event\":\"policy\""}"#),
            None
        );
        let inside = r#"{"event":"correction","instead":{"event":"policy","digest":"ab"}}"#;
        assert_eq!(digest(inside), None);
        assert_eq!(digest("no JSON, \"policy\""), None);
    }
}
