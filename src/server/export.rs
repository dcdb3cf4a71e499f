//! A journal on its way out: its lines as they are stored, and in each `policy` line the files of the policy, so that
//! whoever has the export needs nothing else.

use crate::base::json::{push_key, push_text};
use crate::event::Ids;
use crate::journal::Schema;
use crate::store::{OfficeId, Reader};
use crate::vocabulary::events::{field, kind};
use std::ops::ControlFlow;

/// How much is gathered before it is handed on.
const PART: usize = 64 << 10;

/// Hands on the lines of entries, in parts; ends early where nobody takes them.
///
/// # Errors
///
/// A sentence: the store cannot be read, or a policy is not kept.
pub fn entries(
    reader: &Reader,
    office: OfficeId,
    (from, to): (u64, u64),
    take: &mut dyn FnMut(Vec<u8>) -> bool,
) -> Result<(), String> {
    let mut part = Vec::with_capacity(PART + (PART >> 1));
    let mut failed = Ok(());
    let read = reader.entries(office, from, to, &mut |entry| {
        match with_files(reader, entry.line) {
            Ok(Some(line)) => part.extend_from_slice(&line),
            Ok(None) => part.extend_from_slice(entry.line),
            Err(sentence) => {
                failed = Err(sentence);
                return ControlFlow::Break(());
            }
        }
        part.push(b'\n');
        if part.len() < PART || take(std::mem::take(&mut part)) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    read.map_err(|error| error.to_string())?;
    failed?;
    if !part.is_empty() {
        // Whoever is gone by now misses nothing but the end.
        take(part);
    }
    Ok(())
}

/// A `policy` line with its files; none for any other line.
fn with_files(reader: &Reader, line: &[u8]) -> Result<Option<Vec<u8>>, String> {
    if !line.windows(KIND.len()).any(|part| part == KIND) {
        return Ok(None);
    }
    let Ok(event) = Schema::bare().parse(&mut Ids::default(), 1, line) else {
        return Ok(None);
    };
    if event.kind != kind::POLICY {
        return Ok(None);
    }
    let digest = event.text(field::DIGEST).unwrap_or_default();
    let kept = reader.policy(digest).map_err(|error| error.to_string())?;
    let kept = kept.ok_or_else(|| format!("the policy {digest} is not kept"))?;
    let mut out = String::from_utf8_lossy(line).into_owned();
    out.pop();
    push_key(&mut out, "files");
    out.push('{');
    for (path, text) in &kept.files {
        push_key(&mut out, path);
        push_text(&mut out, text);
    }
    out.push_str("}}");
    Ok(Some(out.into_bytes()))
}

/// What a `policy` line has, and hardly another.
const KIND: &[u8] = b"\"event\":\"policy\"";
