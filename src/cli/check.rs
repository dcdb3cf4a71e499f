//! `panke check`: loads policies and proves them, without running anything.

use super::{Exit, common};
use crate::print::{Look, findings_count, findings_github, findings_json, findings_sarif};
use crate::suite::{self, Suite};
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::Path;

/// What `panke check` takes.
#[derive(Args, Clone, Debug, Default)]
pub struct CheckArgs {
    /// Folders, or names of folders under policies/ [default: all of those]
    #[arg(value_name = "POLICY")]
    pub policies: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// How `panke check` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a workflow.
    Github,
}

/// Runs the command.
pub fn run(
    args: &CheckArgs,
    look: Look,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Exit> {
    let asked = if args.policies.is_empty() {
        crate::files::policies_in(Path::new(suite::LIBRARY))
    } else {
        args.policies.clone()
    };
    if asked.is_empty() {
        writeln!(err, "there is no policy under {}/", suite::LIBRARY)?;
        return Ok(Exit::Nothing);
    }
    let mut suite = Suite::default();
    for name in &asked {
        if let Err(error) = suite.add_policy(name, false) {
            writeln!(err, "{error}")?;
            return Ok(Exit::Usage);
        }
    }
    let findings: Vec<_> = suite
        .policies
        .iter()
        .flat_map(|loaded| &loaded.findings)
        .cloned()
        .collect();
    match args.format {
        CheckFormat::Human => {
            common::findings(out, &suite.sources, &findings, look)?;
            if !findings.is_empty() {
                writeln!(out, "{}", findings_count(&findings))?;
            }
            for loaded in suite
                .policies
                .iter()
                .filter(|loaded| loaded.findings.is_empty())
            {
                let clauses = loaded
                    .book
                    .as_ref()
                    .map_or(0, |book| book.policy.clauses.len());
                writeln!(out, "{}: {clauses} clauses, nothing found", loaded.name)?;
            }
        }
        CheckFormat::Json => out.write_all(findings_json(&findings, &suite.sources).as_bytes())?,
        CheckFormat::Sarif => {
            out.write_all(findings_sarif(&findings, &suite.sources).as_bytes())?
        }
        CheckFormat::Github => {
            out.write_all(findings_github(&findings, &suite.sources).as_bytes())?
        }
    }
    Ok(if findings.is_empty() {
        Exit::Good
    } else {
        Exit::Found
    })
}
