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
use crate::policy::Clause;
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

fn outcome(story: &Story, books: &Rulebooks<'_>, played: Performance) -> Outcome {
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
    outcome.undecided_claims = claims(story, books, &played.decided);
    outcome.windows = edges(story, &played);
    outcome.findings = played.findings.clone();
    outcome.findings.extend(lint::paid(story, &played));
    outcome.decided = played.decided;
    outcome
}

/// Claims that nothing in the story bears out.
fn claims(
    story: &Story,
    books: &Rulebooks<'_>,
    decided: &BTreeSet<String>,
) -> Vec<(String, Place)> {
    let borne = |name: &str| {
        let named = |clause: &&Clause| clause.id == name || clause.key == name;
        let mut clauses = books.clauses().filter(named);
        clauses.any(|clause| decided.contains(&clause.key))
    };
    let unborne = story.claims.iter().filter(|(name, _)| !borne(name));
    unborne
        .map(|(name, span)| (name.clone(), place(story, span)))
        .collect()
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
