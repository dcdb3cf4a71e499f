//! A journal on its way out, in parts that somebody takes one after the other.

use crate::store::{ExportError, OfficeId, Reader};
use std::io::{self, BufWriter, Write};

/// How much is gathered before it is handed on.
const PART: usize = 64 << 10;

/// Hands on each part of what is written.
struct Parts<'t>(&'t mut dyn FnMut(Vec<u8>) -> bool);

impl Write for Parts<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if (self.0)(part.to_vec()) {
            Ok(part.len())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hands on the lines of entries, each `policy` line with its files; ends early where nobody takes them.
///
/// # Errors
///
/// A sentence: the store cannot be read, or a policy is not kept.
pub fn entries(
    reader: &Reader,
    office: OfficeId,
    range: (u64, u64),
    take: &mut dyn FnMut(Vec<u8>) -> bool,
) -> Result<(), String> {
    let mut out = BufWriter::with_capacity(PART, Parts(take));
    match reader.export(office, range, &mut out) {
        // What is left is handed on as `out` goes; whoever is gone by then misses nothing but the end.
        Ok(_) | Err(ExportError::Out(_)) => Ok(()),
        Err(ExportError::Store(error)) => Err(error.to_string()),
    }
}
