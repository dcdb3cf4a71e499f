//! Plays a story: each event a step of the runtime, each decision kept with the step that it belongs to.

use super::actual::Actual;
use super::outcome::Reason;
use super::rulebooks::Rulebooks;
use super::story::{Step, Story};
use crate::base::time::Instant;
use crate::decision::{Because, Decision, Report, Sink, Wants};
use crate::event::Ids;
use crate::finding::{Code, Finding, Place};
use crate::policy::{ClauseId, Policy};
use crate::replay::{Around, Fault, Office};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was decided in a step.
#[derive(Default)]
pub(super) struct PlayedStep {
    /// In the order in which it was decided.
    pub decisions: Vec<(Actual, Vec<Reason>)>,
    /// How things are after it, if it expects something of the report.
    pub report: Option<serde_json::Value>,
    /// Other ids of customers, each with the one under which the customer is reported.
    pub same: BTreeMap<String, String>,
}

/// A story that was played.
pub(super) struct Performance {
    /// What was decided in each step.
    pub steps: Vec<PlayedStep>,
    /// Keys of the clauses that stood.
    pub decided: BTreeSet<String>,
    /// Windows that were seen open: name and the first instant outside.
    pub windows: BTreeSet<(String, Instant)>,
    pub findings: Vec<Finding>,
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
        let reasons = if self.wants == Wants::Traces {
            reasons(&decision)
        } else {
            Vec::new()
        };
        let actual = Actual::of(ids, &decision);
        if !actual.input {
            for (_, key) in &actual.clauses {
                if !key.starts_with("input.") && !self.decided.contains(key) {
                    self.decided.insert(key.clone());
                }
            }
        }
        self.taken.decisions.push((actual, reasons));
    }

    fn stood(&mut self, policy: &Policy, clause: ClauseId) {
        let key = &policy.clause(clause).key;
        if !self.decided.contains(key) {
            self.decided.insert(key.clone());
        }
    }
}

/// The clauses behind a decision, with what was traced of them.
fn reasons(decision: &Decision) -> Vec<Reason> {
    let Because::Clauses(clauses) = &decision.because else {
        return Vec::new();
    };
    let reason = |id: &crate::policy::ClauseId| {
        let clause = decision.policy.clause(*id);
        let traced = decision.trace.iter().find(|traced| traced.clause == *id);
        Reason {
            clause: clause.id.clone(),
            title: clause.title.clone(),
            says: traced.map(|traced| traced.says.clone()).unwrap_or_default(),
            facts: traced
                .map(|traced| traced.facts.clone())
                .unwrap_or_default(),
        }
    };
    clauses.iter().map(reason).collect()
}

/// Plays a story; what is wrong with it if it cannot be played.
pub(super) fn play(
    story: &Story,
    books: &Rulebooks<'_>,
    wants: Wants,
    windows: bool,
) -> Result<Performance, Vec<Finding>> {
    let mut office = Office::new(Arc::clone(&books.first.policy));
    let staged = story.events(books, office.ids_mut())?;
    let mut past: Vec<String> = staged.iter().map(|staged| staged.line.clone()).collect();
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
            let mut around = Around {
                library: books,
                past: &mut past,
            };
            let line = next.line.as_bytes();
            if let Err(fault) = office.take(&next.event, line, &mut around, &mut taker) {
                return Err(vec![not_taken(story, step, &fault)]);
            }
        }
        let state = office.state();
        let wanted = step
            .expect
            .as_ref()
            .is_some_and(|expect| expect.report.is_some());
        let report = (wanted || windows).then(|| state.report());
        if let Some(report) = report.as_ref().filter(|_| windows) {
            played
                .windows
                .extend(open_windows(&books.first.policy, report));
        }
        let mut taken = std::mem::take(&mut taker.taken);
        let same = state.merged_customers();
        taken.same = same.map(|(id, one)| (id.into(), one.into())).collect();
        taken.report = report
            .filter(|_| wanted)
            .and_then(|report| serde_json::to_value(report).ok())
            .map(|report| by_every_id(report, &taken.same));
        played.steps.push(taken);
    }
    played.decided = taker.decided;
    Ok(played)
}

/// A report in which a customer is found by every id.
fn by_every_id(
    mut report: serde_json::Value,
    same: &BTreeMap<String, String>,
) -> serde_json::Value {
    if let Some(customers) = report
        .get_mut("customers")
        .and_then(|it| it.as_object_mut())
    {
        for (id, one) in same {
            if let Some(customer) = customers.get(one).cloned() {
                customers.insert(id.clone(), customer);
            }
        }
    }
    report
}

fn not_taken(story: &Story, step: &Step, fault: &Fault) -> Finding {
    let place = Place {
        file: story.file,
        span: step.place.clone(),
    };
    let (code, message, help) = match fault {
        Fault::Malformed(_) => (
            Code::ScenarioTime,
            "this step is earlier than what happened before it",
            "put the steps in order of time",
        ),
        Fault::Past(sentence) => (
            Code::ScenarioEvent,
            sentence.as_str(),
            "look at what the correction is about",
        ),
    };
    Finding::new(code, message, place, "here").help(help)
}

fn open_windows<'r>(
    policy: &'r Policy,
    report: &'r Report,
) -> impl Iterator<Item = (String, Instant)> + 'r {
    report.open_windows.iter().filter_map(|window| {
        let until = policy.calendar.parse(&window.until).ok()?;
        Some((window.kind.clone(), until))
    })
}
