//! Plays a story under a policy and compares what is decided with what was expected.

use super::actual::{Actual, Shown, Sort};
use super::expect::{Expect, Expected};
use super::lint;
use super::outcome::{Mismatch, Outcome, Reason, StepFailure};
use super::report::{self, Leaf};
use super::story::{Step, Story};
use crate::base::time::Instant;
use crate::decision::{Because, Decision, Report, Sink, Wants};
use crate::event::Ids;
use crate::finding::{Code, Finding, Place};
use crate::journal::Schema;
use crate::policy::Policy;
use crate::runtime::State;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Plays a story. With `windows`, also looks at which windows the steps stand on the edges of.
///
/// It is played without the facts behind each decision first, and once more with them if a step fails.
pub fn run(story: &Story, policy: &Arc<Policy>, schema: &Schema, windows: bool) -> Outcome {
    let mut played = match play(story, policy, schema, Wants::Decisions, windows) {
        Ok(played) => played,
        Err(findings) => {
            return Outcome {
                findings,
                ..Outcome::default()
            };
        }
    };
    let fails = |played: &Performance| story.steps.iter().zip(&played.steps).any(|(step, played)| !compare(story, step, played).0.is_empty());
    if fails(&played) {
        match play(story, policy, schema, Wants::Traces, false) {
            Ok(again) => played.steps = again.steps,
            Err(findings) => played.findings.extend(findings),
        }
    }
    outcome(story, policy, played)
}

/// What was decided in a step.
#[derive(Default)]
pub(super) struct PlayedStep {
    /// In the order in which it was decided.
    pub decisions: Vec<(Actual, Vec<Reason>)>,
    /// How things are after it, if it expects something of the report.
    pub report: Option<serde_json::Value>,
}

/// A story that was played.
pub(super) struct Performance {
    /// What was decided in each step.
    pub steps: Vec<PlayedStep>,
    /// Keys of the clauses that stood.
    decided: BTreeSet<String>,
    /// Windows that were seen open: name and the first instant outside.
    windows: BTreeSet<(String, Instant)>,
    findings: Vec<Finding>,
}

/// Takes the decisions of one step.
struct Taker {
    wants: Wants,
    taken: PlayedStep,
    decided: BTreeSet<String>,
}

impl Sink for Taker {
    fn wants(&self) -> Wants {
        self.wants
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        let reasons = if self.wants == Wants::Traces { reasons(&decision) } else { Vec::new() };
        let actual = Actual::of(ids, &decision);
        if !actual.input {
            for (_, key) in &actual.clauses {
                if !self.decided.contains(key) {
                    self.decided.insert(key.clone());
                }
            }
        }
        self.taken.decisions.push((actual, reasons));
    }
}

/// The clauses behind a decision, with what was traced of them.
fn reasons(decision: &Decision) -> Vec<Reason> {
    let Because::Clauses(clauses) = &decision.because else { return Vec::new() };
    let reason = |id: &crate::policy::ClauseId| {
        let clause = decision.policy.clause(*id);
        let traced = decision.trace.iter().find(|traced| traced.clause == *id);
        Reason {
            clause: clause.id.clone(),
            title: clause.title.clone(),
            says: traced.map(|traced| traced.says.clone()).unwrap_or_default(),
            facts: traced.map(|traced| traced.facts.clone()).unwrap_or_default(),
        }
    };
    clauses.iter().map(reason).collect()
}

fn play(
    story: &Story,
    policy: &Arc<Policy>,
    schema: &Schema,
    wants: Wants,
    windows: bool,
) -> Result<Performance, Vec<Finding>> {
    let mut state = State::new(Arc::clone(policy));
    let staged = story.events(schema, state.ids_mut())?;
    let mut staged = staged.into_iter().peekable();
    let mut taker = Taker {
        wants,
        taken: PlayedStep::default(),
        decided: BTreeSet::new(),
    };
    let mut played = Performance {
        steps: Vec::new(),
        decided: BTreeSet::new(),
        windows: BTreeSet::new(),
        findings: Vec::new(),
    };
    for (index, step) in story.steps.iter().enumerate() {
        while let Some(next) = staged.next_if(|next| next.step == index) {
            if state.step(&next.event, &mut taker).is_err() {
                return Err(vec![went_back(story, step)]);
            }
        }
        if step.occurrences.is_empty() {
            state.advance(step.at, &mut taker);
        }
        let wanted = step.expect.as_ref().is_some_and(|expect| expect.report.is_some());
        let report = (wanted || windows).then(|| state.report());
        if let Some(report) = report.as_ref().filter(|_| windows) {
            played.windows.extend(open_windows(policy, report));
        }
        let mut taken = std::mem::take(&mut taker.taken);
        taken.report = report.filter(|_| wanted).and_then(|report| serde_json::to_value(report).ok());
        played.steps.push(taken);
    }
    played.decided = taker.decided;
    Ok(played)
}

fn went_back(story: &Story, step: &Step) -> Finding {
    let place = Place {
        file: story.file,
        span: step.place.clone(),
    };
    let message = "this step is earlier than what happened before it";
    Finding::new(Code::ScenarioTime, message, place, "here").help("put the steps in order of time")
}

fn open_windows<'r>(policy: &'r Policy, report: &'r Report) -> impl Iterator<Item = (String, Instant)> + 'r {
    report.open_windows.iter().filter_map(|window| {
        let until = policy.calendar.parse(&window.until).ok()?;
        Some((window.kind.clone(), until))
    })
}

fn outcome(story: &Story, policy: &Policy, played: Performance) -> Outcome {
    let mut outcome = Outcome {
        steps: story.steps.len(),
        decisions: played.steps.iter().map(|step| step.decisions.len()).sum(),
        ..Outcome::default()
    };
    for (index, (step, happened)) in story.steps.iter().zip(&played.steps).enumerate() {
        let (mismatches, leaves) = compare(story, step, happened);
        if mismatches.is_empty() {
            continue;
        }
        outcome.failures.push(StepFailure {
            number: index + 1,
            place: place(story, &step.place),
            at: policy.calendar.format_short(step.at).to_string(),
            kind: step.kind.clone(),
            mismatches,
            happened: happened.decisions.iter().map(|(actual, _)| actual.clone()).collect(),
            report: leaf_values(leaves),
        });
    }
    let stands = |name: &str| played.decided.iter().any(|key| key == name || id_of(policy, key) == Some(name));
    let claims = story.claims.iter().filter(|(name, _)| !stands(name));
    outcome.undecided_claims = claims.map(|(name, span)| (name.clone(), place(story, span))).collect();
    outcome.windows = edges(story, &played);
    outcome.findings = played.findings.clone();
    outcome.findings.extend(lint::paid(story, &played));
    outcome.decided = played.decided;
    outcome
}

fn id_of<'p>(policy: &'p Policy, key: &str) -> Option<&'p str> {
    policy.clauses.iter().find(|clause| clause.key == key).map(|clause| clause.id.as_str())
}

/// For each window name: whether an event or step stands on the last instant inside, and on the first outside.
fn edges(story: &Story, played: &Performance) -> std::collections::BTreeMap<String, (bool, bool)> {
    let events = story.steps.iter().flat_map(|step| step.occurrences.iter().map(|event| event.at).chain([step.at]));
    let times: BTreeSet<i64> = events.map(Instant::millis).collect();
    let mut edges = std::collections::BTreeMap::new();
    for (name, until) in &played.windows {
        let (inside, outside) = edges.entry(name.clone()).or_insert((false, false));
        *inside |= times.contains(&(until.millis() - 1));
        *outside |= times.contains(&until.millis());
    }
    edges
}

fn place(story: &Story, span: &Range<usize>) -> Place {
    Place {
        file: story.file,
        span: span.clone(),
    }
}

/// Leaves of the report with what the report has there.
pub(super) fn leaf_values(leaves: Vec<Leaf>) -> Vec<(Range<usize>, String)> {
    leaves.into_iter().filter_map(|leaf| Some((leaf.span, leaf.actual?))).collect()
}

/// What of a step is not as expected, and the leaves of its report.
pub(super) fn compare(story: &Story, step: &Step, happened: &PlayedStep) -> (Vec<Mismatch>, Vec<Leaf>) {
    let Some(expect) = &step.expect else {
        let refusals = happened.decisions.iter().filter(|(actual, _)| actual.input);
        return (refusals.map(|taken| surprise(place(story, &step.place), taken)).collect(), Vec::new());
    };
    let mut mismatches = decisions(story, step, expect, happened);
    let leaves = match (&expect.report, &happened.report) {
        (Some(node), Some(found)) => report::compare(node, found),
        _ => Vec::new(),
    };
    for leaf in leaves.iter().filter(|leaf| !leaf.same) {
        mismatches.push(Mismatch {
            group: "report",
            about: format!("report {}", leaf.path),
            expected: Some(leaf.expected.clone()),
            actual: leaf.actual.clone(),
            place: place(story, &leaf.span),
            because: Vec::new(),
            help: leaf.help.clone(),
        });
    }
    let empty = expect.items.is_empty() && expect.report.is_none() && !expect.nothing;
    if empty && mismatches.is_empty() {
        mismatches.push(Mismatch {
            group: "nothing",
            about: "this step".into(),
            expected: None,
            actual: None,
            place: place(story, &expect.span),
            because: Vec::new(),
            help: Some("nothing is decided here: write `expect.nothing = true`".into()),
        });
    }
    (mismatches, leaves)
}

/// Compares decisions: the same ones pair off, then those about the same thing in order; what is left is missing or
/// was not expected.
fn decisions(story: &Story, step: &Step, expect: &Expect, happened: &PlayedStep) -> Vec<Mismatch> {
    let mut left: Vec<&(Actual, Vec<Reason>)> = happened.decisions.iter().collect();
    let mut open: Vec<&Expected> = Vec::new();
    for expected in &expect.items {
        let same = |(actual, _): &&(Actual, Vec<Reason>)| about_same(expected, actual) && expected.is(actual);
        match left.iter().position(same) {
            Some(found) => drop(left.remove(found)),
            None => open.push(expected),
        }
    }
    let mut mismatches = out_of_order(story, expect, happened);
    for expected in open {
        let found = left.iter().position(|(actual, _)| about_same(expected, actual));
        let taken = found.map(|found| left.remove(found));
        mismatches.push(Mismatch {
            group: expected.sort.word(),
            about: about(expected.sort, &expected.subject),
            expected: Some(shown(&expected.fields, &expected.clauses)),
            actual: taken.map(|(actual, _)| shown_actual(actual, Some(expected))),
            place: place(story, &expected.span),
            because: taken.map(|(_, reasons)| reasons.clone()).unwrap_or_default(),
            help: None,
        });
    }
    left.retain(|(actual, _)| actual.sort != Sort::Notify);
    mismatches.extend(left.into_iter().map(|taken| surprise(place(story, &step.place), taken)));
    mismatches
}

/// Several decisions about one thing must come in the order in which they are expected.
fn out_of_order(story: &Story, expect: &Expect, happened: &PlayedStep) -> Vec<Mismatch> {
    let mut wrong = Vec::new();
    let mut seen: Vec<(Sort, &[String])> = Vec::new();
    for first in &expect.items {
        if seen.contains(&(first.sort, &first.subject)) {
            continue;
        }
        seen.push((first.sort, &first.subject));
        let expected: Vec<_> = expect.items.iter().filter(|item| item.sort == first.sort && item.subject == first.subject).collect();
        let actual: Vec<_> = happened.decisions.iter().map(|(actual, _)| actual).filter(|actual| about_same(first, actual)).collect();
        let all_there = expected.len() == actual.len() && expected.iter().all(|item| actual.iter().any(|actual| item.is(actual)));
        let in_order = expected.iter().zip(&actual).all(|(item, actual)| item.is(actual));
        if expected.len() > 1 && all_there && !in_order {
            let list = |items: Vec<String>| items.join("; then ");
            wrong.push(Mismatch {
                group: first.sort.word(),
                about: about(first.sort, &first.subject),
                expected: Some(list(expected.iter().map(|item| shown(&item.fields, &item.clauses)).collect())),
                actual: Some(list(actual.iter().map(|actual| shown_actual(actual, None)).collect())),
                place: place(story, &first.span),
                because: Vec::new(),
                help: Some("put them in the order in which they are decided".into()),
            });
        }
    }
    wrong
}

fn about_same(expected: &Expected, actual: &Actual) -> bool {
    expected.sort == actual.sort && expected.subject == actual.subject
}

/// A decision that nobody expected.
fn surprise(place: Place, (actual, reasons): &(Actual, Vec<Reason>)) -> Mismatch {
    Mismatch {
        group: actual.sort.word(),
        about: about(actual.sort, &actual.subject),
        expected: None,
        actual: Some(shown_actual(actual, None)),
        place,
        because: reasons.clone(),
        help: None,
    }
}

fn about(sort: Sort, subject: &[String]) -> String {
    let mut words = vec![sort.word()];
    words.extend(subject.iter().map(String::as_str));
    words.join(" ")
}

/// A decision for people; compared with an expectation only the fields that it names are shown.
fn shown_actual(actual: &Actual, expected: Option<&Expected>) -> String {
    let named = |name: &str| match expected {
        Some(expected) if actual.sort.is_table() => expected.fields.iter().any(|(known, _)| *known == name),
        _ => true,
    };
    let fields: Vec<_> = actual.fields.iter().filter(|(name, _)| named(name)).cloned().collect();
    let ids: Vec<String> = actual.ids().into_iter().map(String::from).collect();
    shown(&fields, &ids)
}

/// "bo, duty · by 3.7"
fn shown(fields: &[(&'static str, Shown)], clauses: &[String]) -> String {
    const PLAIN: [&str; 8] = ["staff", "role", "effect", "claim", "barred", "kind", "reason", "question"];
    let fields = fields.iter().map(|(name, value)| match PLAIN.contains(name) {
        true => value.to_string(),
        false => format!("{name} {value}"),
    });
    let fields: Vec<String> = fields.collect();
    format!("{} · by {}", fields.join(", "), clauses.join(", "))
}
