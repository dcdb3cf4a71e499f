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

/// Whether a machine runs the program, and nobody who could review what it writes.
#[expect(clippy::disallowed_methods, reason = "the edge reads the environment")]
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Findings as JSON.
pub fn findings_json(sources: &Sources, findings: &[Finding]) -> serde_json::Value {
    let one = |finding: &Finding| {
        let place = finding
            .place
            .as_ref()
            .map(|place| (&sources.files[place.file].path, sources.line_column(place)));
        serde_json::json!({ "code": finding.code.word(), "message": finding.message, "path": place.as_ref().map(|it| it.0),
            "line": place.as_ref().map(|it| it.1.0), "column": place.map(|it| it.1.1), "help": finding.help })
    };
    findings.iter().map(one).collect()
}

/// Findings for programs.
pub fn findings_as(
    out: &mut dyn Write,
    sources: &Sources,
    findings: &[Finding],
    _: super::check::CheckFormat,
) -> io::Result<()> {
    writeln!(out, "{}", findings_json(sources, findings))
}
