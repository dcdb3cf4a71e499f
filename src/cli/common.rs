//! What several commands say in the same way.

use super::Exit;
use crate::finding::{Finding, Sources};
use crate::print::{Look, findings_human};
use crate::store::StoreError;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// Prints findings for people.
pub fn findings(
    out: &mut dyn Write,
    sources: &Sources,
    findings: &[Finding],
    look: Look,
) -> io::Result<()> {
    out.write_all(findings_human(findings, sources, look).as_bytes())
}

/// Says what is wrong with a data file.
pub fn refused(error: &StoreError, err: &mut dyn Write) -> io::Result<Exit> {
    writeln!(err, "{error}")?;
    Ok(Exit::Usage)
}

/// The time, in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the edge looks at the clock")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Whether a machine runs the program, and nobody who could review what it writes.
#[expect(clippy::disallowed_methods, reason = "the edge reads the environment")]
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
