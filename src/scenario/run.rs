//! Plays a story under a policy and says what is not as expected.

use super::compare::{compare, leaf_values, place};
use super::lint;
use super::outcome::{Outcome, StepFailure};
use super::play::{Performance, play};
use super::rulebooks::Rulebooks;
use super::story::Story;
use crate::base::time::Instant;
use crate::decision::Wants;
use crate::finding::Place;
use crate::policy::{Allow, Clause, ClauseKind, Own};
use std::collections::{BTreeMap, BTreeSet};

/// Plays a story. With `windows`, also looks at which windows the steps stand on the edges of.
///
/// It is played without the facts behind each decision first, and once more with them if a step fails.
pub fn run(story: &Story, books: &Rulebooks<'_>, windows: bool) -> Outcome {
    let mut played = match play(story, books, Wants::Decisions, windows) {
        Ok(played) => played,
        Err(findings) => {
            return Outcome {
                findings,
                ..Outcome::default()
            };
        }
    };
    let fails = |played: &Performance| {
        story
            .steps
            .iter()
            .zip(&played.steps)
            .any(|(step, played)| !compare(story, step, played).0.is_empty())
    };
    if fails(&played) {
        match play(story, books, Wants::Traces, false) {
            Ok(again) => played.steps = again.steps,
            Err(findings) => played.findings.extend(findings),
        }
    }
    outcome(story, books, played)
}

fn outcome(story: &Story, books: &Rulebooks<'_>, mut played: Performance) -> Outcome {
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
            at: books
                .first
                .policy
                .calendar
                .format_short(step.at)
                .to_string(),
            kind: step.kind.clone(),
            mismatches,
            happened: happened
                .decisions
                .iter()
                .map(|(actual, _)| actual.clone())
                .collect(),
            report: leaf_values(leaves),
        });
    }
    outcome.undecided_claims = claims(story, books, &mut played.decided);
    outcome.windows = edges(story, &played);
    outcome.findings = played.findings.clone();
    outcome.findings.extend(lint::paid(story, &played));
    outcome.decided = played.decided;
    outcome
}

/// Claims that no decision bears out. A clause that no decision can show counts as decided where it is claimed.
fn claims(
    story: &Story,
    books: &Rulebooks<'_>,
    decided: &mut BTreeSet<String>,
) -> Vec<(String, Place)> {
    let mut unborne = Vec::new();
    for (name, span) in &story.claims {
        let named = || {
            books
                .clauses()
                .filter(|clause| clause.id == *name || clause.key == *name)
        };
        if named().any(|clause| decided.contains(&clause.key)) {
            continue;
        }
        let mut silent = named().filter(|clause| is_silent(clause)).peekable();
        if silent.peek().is_none() {
            unborne.push((name.clone(), place(story, span)));
        }
        decided.extend(silent.map(|clause| clause.key.clone()));
    }
    unborne
}

/// Whether a clause says who is meant or that everything stays as it is, so that no decision has it as its ground.
fn is_silent(clause: &Clause) -> bool {
    let answers = &clause.answers;
    let shows = answers.receive.is_some()
        || answers.share.is_some()
        || answers.bar.is_some()
        || !answers.turn.is_empty()
        || !answers.sanction.is_empty()
        || matches!(answers.allow, Some(Allow::Refuse(_)))
        || matches!(answers.own, Some(Own::Each(_) | Own::Ask(_)));
    let tells = !clause.also.notify.is_empty() || !clause.also.violation.is_empty();
    clause.kind == ClauseKind::Rule && !shows && !tells
}

/// For each window name: whether an event or step stands on the last instant inside, and on the first outside.
fn edges(story: &Story, played: &Performance) -> BTreeMap<String, (bool, bool)> {
    let events = story.steps.iter().flat_map(|step| {
        step.occurrences
            .iter()
            .map(|event| event.at)
            .chain([step.at])
    });
    let times: BTreeSet<i64> = events.map(Instant::millis).collect();
    let mut edges = BTreeMap::new();
    for (name, until) in &played.windows {
        let (inside, outside) = edges.entry(name.clone()).or_insert((false, false));
        *inside |= times.contains(&(until.millis() - 1));
        *outside |= times.contains(&until.millis());
    }
    edges
}
