//! What several commands say in the same way.

use crate::finding::{Finding, Severity, Sources};
use crate::print::{Look, tame};
use std::io::{self, Write};

/// Prints findings for people.
pub fn findings(
    out: &mut dyn Write,
    sources: &Sources,
    findings: &[Finding],
    look: Look,
) -> io::Result<()> {
    for finding in findings {
        let word = match finding.severity {
            Severity::Error => look.bad("error"),
            Severity::Warning => look.strong("warning"),
        };
        let place = finding.place.as_ref().map(|place| {
            let (line, column) = sources.line_column(place);
            format!("{}:{line}:{column}: ", sources.files[place.file].path)
        });
        let place = place.unwrap_or_default();
        writeln!(
            out,
            "{place}{word}[{}]: {}",
            finding.code.word(),
            tame(&finding.message)
        )?;
        if let Some(help) = &finding.help {
            writeln!(out, "  help: {}", tame(help))?;
        }
    }
    Ok(())
}
