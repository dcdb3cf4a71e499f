//! The house style, held by a test: purpose lines, the direction of imports, one home for each crate, lengths, no loose
//! ends, and no rule of any office in Rust.
//!
//! Each module holds one rule of the house and shows, on a small bad sample, that it can fail.

mod headers;
mod homes;
mod imports;
mod lengths;
mod loose_ends;
mod modules;
mod paths;
mod rules;
mod rust;
mod tree;

use std::fmt;

/// One thing that is not as the house wants it: where, what, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    file: String,
    line: usize,
    what: String,
    cure: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            file,
            line,
            what,
            cure,
        } = self;
        write!(f, "{file}:{line}: {what}\n    cure: {cure}")
    }
}

/// Fails with every finding at once.
#[track_caller]
fn assert_tidy(mut findings: Vec<Finding>) {
    findings.sort();
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} not tidy:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// The lines of the findings, for the self-tests.
#[cfg(test)]
fn lines_of(findings: &[Finding]) -> Vec<usize> {
    findings.iter().map(|finding| finding.line).collect()
}
