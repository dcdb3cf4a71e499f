//! What several commands say in the same way.

use crate::finding::{Finding, Sources};
use crate::print::{Look, findings_human};
use std::io::{self, Write};

/// Prints findings for people.
pub fn findings(
    out: &mut dyn Write,
    sources: &Sources,
    findings: &[Finding],
    look: Look,
) -> io::Result<()> {
    out.write_all(findings_human(findings, sources, look).as_bytes())
}

/// Whether a machine runs the program, and nobody who could review what it writes.
#[expect(clippy::disallowed_methods, reason = "the edge reads the environment")]
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
