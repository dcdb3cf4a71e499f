//! What came of scenarios, for people and for programs.

use super::findings::findings_json;
use super::look::{Lang, Look, tame};
use crate::finding::{Finding, Sources};
use crate::policy::{Bilingual, Policy};
use crate::scenario::{Coverage, Mismatch, Outcome, Played, Reason, StepFailure, Untested};
use serde::Serialize;
use std::io::{self, Write};

/// The words around what is shown.
struct Words {
    expected: &'static str,
    actual: &'static str,
    nothing: &'static str,
    step: &'static str,
    unborne: &'static str,
    no_policy: &'static str,
}

const EN: Words = Words {
    expected: "expected",
    actual: "actual  ",
    nothing: "nothing",
    step: "step",
    unborne: "claims to decide, but it stands behind no decision:",
    no_policy: "its policy does not load",
};
const ZH: Words = Words {
    expected: "预期",
    actual: "实际",
    nothing: "无",
    step: "步骤",
    unborne: "声明由其裁断，但未成为任何决定的依据：",
    no_policy: "所用制度无法载入",
};

impl Look {
    fn words(self) -> &'static Words {
        match self.lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// A text of the policy's author, in the language asked for.
    fn text(self, text: &Bilingual) -> String {
        tame(self.lang.of(text))
    }
}

/// One file: a line, and what failed in it. Findings are printed apart.
pub fn file(out: &mut dyn Write, look: Look, sources: &Sources, played: &Played) -> io::Result<()> {
    let mark = match played.passed() {
        true => look.good("ok  "),
        false => look.bad("FAIL"),
    };
    writeln!(
        out,
        "{mark} {}  {}",
        played.path,
        look.faint(tame(&played.title))
    )?;
    let Some(outcome) = &played.outcome else {
        return writeln!(out, "     {}", look.words().no_policy);
    };
    for (clause, place) in &outcome.undecided_claims {
        let (line, column) = sources.line_column(place);
        writeln!(
            out,
            "     {} {clause}  {}",
            look.words().unborne,
            look.faint(format!("{}:{line}:{column}", played.path))
        )?;
    }
    for failure in &outcome.failures {
        step(out, look, sources, &played.path, failure)?;
    }
    Ok(())
}

fn step(
    out: &mut dyn Write,
    look: Look,
    sources: &Sources,
    path: &str,
    failure: &StepFailure,
) -> io::Result<()> {
    let (line, column) = sources.line_column(&failure.place);
    let kind = failure
        .kind
        .as_ref()
        .map_or(String::new(), |kind| format!(", {kind}"));
    let place = look.faint(format!("{path}:{line}:{column}"));
    writeln!(
        out,
        "     {} {}, {}{kind}  {place}",
        look.words().step,
        failure.number,
        failure.at
    )?;
    for mismatch in &failure.mismatches {
        difference(out, look, mismatch)?;
    }
    Ok(())
}

fn difference(out: &mut dyn Write, look: Look, mismatch: &Mismatch) -> io::Result<()> {
    let words = look.words();
    writeln!(out, "       {}", look.strong(tame(&mismatch.about)))?;
    let expected = tame(mismatch.expected.as_deref().unwrap_or(words.nothing));
    let actual = tame(mismatch.actual.as_deref().unwrap_or(words.nothing));
    if mismatch.expected.is_some() || mismatch.actual.is_some() {
        writeln!(out, "         {}  {}", words.expected, look.good(expected))?;
        writeln!(out, "         {}  {}", words.actual, look.bad(actual))?;
    }
    if let Some(help) = &mismatch.help {
        writeln!(out, "         {}", tame(help))?;
    }
    for reason in &mismatch.because {
        because(out, look, reason)?;
    }
    Ok(())
}

fn because(out: &mut dyn Write, look: Look, reason: &Reason) -> io::Result<()> {
    writeln!(
        out,
        "         {}  {}",
        look.clause(&reason.clause),
        look.text(&reason.title)
    )?;
    let says = look.text(&reason.says);
    if !says.is_empty() {
        writeln!(out, "           {says}")?;
    }
    let facts: Vec<_> = reason
        .facts
        .iter()
        .map(|(what, value)| format!("{what}: {value}"))
        .collect();
    if !facts.is_empty() {
        writeln!(out, "           {}", look.faint(tame(&facts.join(" · "))))?;
    }
    Ok(())
}

/// What the scenarios of a policy leave untouched.
pub fn coverage(
    out: &mut dyn Write,
    look: Look,
    policy: &Policy,
    coverage: &Coverage,
) -> io::Result<()> {
    let (touched, all) = coverage.touched(policy);
    writeln!(
        out,
        "{}",
        look.strong(format!("coverage of {}: {touched} of {all}", policy.name))
    )?;
    for untested in coverage.untested(policy) {
        match untested {
            Untested::Clause {
                key,
                at: (file, line),
                title,
            } => {
                writeln!(
                    out,
                    "  no scenario decides {key}  {title}  {}",
                    look.faint(format!("{file}:{line}"))
                )?;
            }
            Untested::LastInside(name) => {
                writeln!(
                    out,
                    "  no scenario stands on the last instant inside the window {name}"
                )?;
            }
            Untested::FirstOutside(name) => {
                writeln!(
                    out,
                    "  no scenario stands on the first instant outside the window {name}"
                )?;
            }
        }
    }
    Ok(())
}

/// How many passed and failed, alone on a line.
pub fn summary(out: &mut dyn Write, played: &[&Played]) -> io::Result<()> {
    let passed = played.iter().filter(|played| played.passed()).count();
    writeln!(out, "{passed} passed, {} failed", played.len() - passed)
}

#[derive(Serialize)]
struct JsonRun<'a> {
    passed: usize,
    failed: usize,
    files: Vec<JsonFile<'a>>,
    findings: Vec<Box<serde_json::value::RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    coverage: Vec<JsonCoverage>,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    path: &'a str,
    title: &'a str,
    passed: bool,
    loaded: bool,
    failures: Vec<JsonFailure<'a>>,
    claims_not_decided: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonFailure<'a> {
    step: usize,
    at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    line: usize,
    column: usize,
    about: &'a str,
    expected: Option<&'a str>,
    actual: Option<&'a str>,
    because: Vec<JsonReason<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonReason<'a> {
    clause: &'a str,
    title: JsonText<'a>,
    says: JsonText<'a>,
    facts: Vec<[&'a str; 2]>,
}

#[derive(Serialize)]
struct JsonText<'a> {
    en: &'a str,
    zh: &'a str,
}

#[derive(Serialize)]
struct JsonCoverage {
    policy: String,
    touched: usize,
    all: usize,
    clauses: Vec<String>,
    last_instant_inside: Vec<String>,
    first_instant_outside: Vec<String>,
}

/// The whole run as one JSON object.
pub fn json(
    out: &mut dyn Write,
    sources: &Sources,
    played: &[&Played],
    findings: &[Finding],
    coverage: &[(&Policy, Coverage)],
) -> io::Result<()> {
    let passed = played.iter().filter(|played| played.passed()).count();
    let run = JsonRun {
        passed,
        failed: played.len() - passed,
        files: played
            .iter()
            .map(|played| json_file(sources, played))
            .collect(),
        findings: findings_of(findings, sources)?,
        coverage: coverage
            .iter()
            .map(|(policy, coverage)| json_coverage(policy, coverage))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &run)?;
    writeln!(out)
}

/// Findings as `check` prints them for programs.
fn findings_of(
    findings: &[Finding],
    sources: &Sources,
) -> io::Result<Vec<Box<serde_json::value::RawValue>>> {
    let lines = findings_json(findings, sources);
    let raw = |line: &str| serde_json::value::RawValue::from_string(line.to_string());
    Ok(lines.lines().map(raw).collect::<Result<_, _>>()?)
}

fn json_file<'a>(sources: &Sources, played: &'a Played) -> JsonFile<'a> {
    let outcome = played.outcome.as_ref();
    let failures = outcome
        .map(|outcome| json_failures(sources, outcome))
        .unwrap_or_default();
    let claims = outcome
        .map(|outcome| outcome.undecided_claims.as_slice())
        .unwrap_or_default();
    JsonFile {
        path: &played.path,
        title: &played.title,
        passed: played.passed(),
        loaded: outcome.is_some(),
        failures,
        claims_not_decided: claims.iter().map(|(clause, _)| clause.as_str()).collect(),
    }
}

fn json_failures<'a>(sources: &Sources, outcome: &'a Outcome) -> Vec<JsonFailure<'a>> {
    let all = outcome.failures.iter().flat_map(|failure| {
        failure
            .mismatches
            .iter()
            .map(move |mismatch| (failure, mismatch))
    });
    let one = |(failure, mismatch): (&'a StepFailure, &'a Mismatch)| {
        let (line, column) = sources.line_column(&mismatch.place);
        JsonFailure {
            step: failure.number,
            at: &failure.at,
            event: failure.kind.as_deref(),
            line,
            column,
            about: &mismatch.about,
            expected: mismatch.expected.as_deref(),
            actual: mismatch.actual.as_deref(),
            because: mismatch.because.iter().map(json_reason).collect(),
            help: mismatch.help.as_deref(),
        }
    };
    all.map(one).collect()
}

fn json_reason(reason: &Reason) -> JsonReason<'_> {
    fn text(text: &Bilingual) -> JsonText<'_> {
        JsonText {
            en: &text.en,
            zh: &text.zh,
        }
    }
    JsonReason {
        clause: &reason.clause,
        title: text(&reason.title),
        says: text(&reason.says),
        facts: reason
            .facts
            .iter()
            .map(|(what, value)| [what.as_str(), value.as_str()])
            .collect(),
    }
}

fn json_coverage(policy: &Policy, coverage: &Coverage) -> JsonCoverage {
    let (touched, all) = coverage.touched(policy);
    let mut json = JsonCoverage {
        policy: policy.name.clone(),
        touched,
        all,
        clauses: Vec::new(),
        last_instant_inside: Vec::new(),
        first_instant_outside: Vec::new(),
    };
    for untested in coverage.untested(policy) {
        match untested {
            Untested::Clause { key, .. } => json.clauses.push(key),
            Untested::LastInside(name) => json.last_instant_inside.push(name),
            Untested::FirstOutside(name) => json.first_instant_outside.push(name),
        }
    }
    json
}
