//! What came of scenarios as a JUnit report: a suite for each folder, a case for each file.

use crate::finding::{Finding, Sources};
use crate::scenario::{Mismatch, Played};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

/// Writes the report. Findings of policies are a case each in a suite of their own.
pub fn report(
    out: &mut dyn Write,
    sources: &Sources,
    played: &[&Played],
    policies: &[(&str, &[Finding])],
) -> io::Result<()> {
    let mut report = Report::new("panke");
    let mut suite = TestSuite::new("policies");
    for (name, findings) in policies {
        let mut case = TestCase::new(
            *name,
            status(
                findings
                    .iter()
                    .map(|finding| found(sources, finding))
                    .collect(),
            ),
        );
        case.set_classname("policies");
        suite.add_test_case(case);
    }
    report.add_test_suite(suite);
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for played in played {
        let (folder, file) = played.path.rsplit_once('/').unwrap_or(("", &played.path));
        let mut case = TestCase::new(file, status(complaints(sources, played)));
        case.set_classname(folder);
        case.set_system_out(&played.title);
        if suites.last().is_none_or(|(last, _)| *last != folder) {
            suites.push((folder, TestSuite::new(folder)));
        }
        if let Some((_, suite)) = suites.last_mut() {
            suite.add_test_case(case);
        }
    }
    for (_, suite) in suites {
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn status(complaints: Vec<String>) -> TestCaseStatus {
    if complaints.is_empty() {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(complaints[0].lines().next().unwrap_or_default());
    status.set_description(complaints.join("\n"));
    status
}

fn complaints(sources: &Sources, played: &Played) -> Vec<String> {
    let Some(outcome) = &played.outcome else {
        return vec!["its policy does not load".into()];
    };
    let findings = outcome
        .findings
        .iter()
        .map(|finding| found(sources, finding));
    let claims = outcome
        .undecided_claims
        .iter()
        .map(|(clause, _)| format!("{clause} stands behind no decision"));
    let steps = outcome.failures.iter().flat_map(|failure| {
        let step = format!("step {}, {}", failure.number, failure.at);
        failure
            .mismatches
            .iter()
            .map(move |mismatch| format!("{step}: {}", difference(sources, mismatch)))
    });
    findings.chain(claims).chain(steps).collect()
}

fn found(sources: &Sources, finding: &Finding) -> String {
    let place = finding.place.as_ref().map_or(String::new(), |place| {
        let (line, column) = sources.line_column(place);
        format!("{}:{line}:{column}: ", sources.files[place.file].path)
    });
    format!("{place}{} [{}]", finding.message, finding.code.word())
}

fn difference(sources: &Sources, mismatch: &Mismatch) -> String {
    let (line, column) = sources.line_column(&mismatch.place);
    let mut text = format!(
        "{} ({}:{line}:{column})\n  expected  {}\n  actual    {}",
        mismatch.about,
        sources.files[mismatch.place.file].path,
        mismatch.expected.as_deref().unwrap_or("nothing"),
        mismatch.actual.as_deref().unwrap_or("nothing"),
    );
    for reason in &mismatch.because {
        text.push_str(&format!("\n  {}  {}", reason.clause, reason.title.en));
    }
    text
}
