//! Compares what was decided in a step with what it expects.

use super::actual::{Actual, Shown, Sort};
use super::expect::{Expect, Expected};
use super::outcome::{Mismatch, Reason};
use super::play::PlayedStep;
use super::report::{self, Leaf};
use super::story::{Step, Story};
use crate::finding::Place;
use std::ops::Range;

/// Leaves of the report with what the report has there.
pub(super) fn leaf_values(leaves: Vec<Leaf>) -> Vec<(Range<usize>, String)> {
    leaves
        .into_iter()
        .filter_map(|leaf| Some((leaf.span, leaf.actual?)))
        .collect()
}

/// What of a step is not as expected, and the leaves of its report.
pub(super) fn compare(
    story: &Story,
    step: &Step,
    happened: &PlayedStep,
) -> (Vec<Mismatch>, Vec<Leaf>) {
    let Some(expect) = &step.expect else {
        let refusals = happened.decisions.iter().filter(|(actual, _)| actual.input);
        return (
            refusals
                .map(|taken| surprise(place(story, &step.place), taken))
                .collect(),
            Vec::new(),
        );
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
        let same = |(actual, _): &&(Actual, Vec<Reason>)| {
            about_same(expected, actual, happened) && expected.is(actual)
        };
        match left.iter().position(same) {
            Some(found) => drop(left.remove(found)),
            None => open.push(expected),
        }
    }
    let mut mismatches = out_of_order(story, expect, happened);
    for expected in open {
        let found = left
            .iter()
            .position(|(actual, _)| about_same(expected, actual, happened));
        let taken = found.map(|found| left.remove(found));
        mismatches.push(Mismatch {
            group: expected.sort.word(),
            about: about(expected.sort, &expected.subject),
            expected: Some(shown(&expected.fields, &expected.clauses)),
            actual: taken.map(|(actual, _)| shown_actual(actual, Some(expected))),
            place: place(story, &expected.span),
            because: taken
                .map(|(_, reasons)| reasons.clone())
                .unwrap_or_default(),
            help: None,
        });
    }
    left.retain(|(actual, _)| actual.sort != Sort::Notify);
    mismatches.extend(
        left.into_iter()
            .map(|taken| surprise(place(story, &step.place), taken)),
    );
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
        let expected: Vec<_> = expect
            .items
            .iter()
            .filter(|item| item.sort == first.sort && item.subject == first.subject)
            .collect();
        let actual: Vec<_> = happened
            .decisions
            .iter()
            .map(|(actual, _)| actual)
            .filter(|actual| about_same(first, actual, happened))
            .collect();
        let all_there = expected.len() == actual.len()
            && expected
                .iter()
                .all(|item| actual.iter().any(|actual| item.is(actual)));
        let in_order = expected
            .iter()
            .zip(&actual)
            .all(|(item, actual)| item.is(actual));
        if expected.len() > 1 && all_there && !in_order {
            let list = |items: Vec<String>| items.join("; then ");
            wrong.push(Mismatch {
                group: first.sort.word(),
                about: about(first.sort, &first.subject),
                expected: Some(list(
                    expected
                        .iter()
                        .map(|item| shown(&item.fields, &item.clauses))
                        .collect(),
                )),
                actual: Some(list(
                    actual
                        .iter()
                        .map(|actual| shown_actual(actual, None))
                        .collect(),
                )),
                place: place(story, &first.span),
                because: Vec::new(),
                help: Some("put them in the order in which they are decided".into()),
            });
        }
    }
    wrong
}

/// Whether both are about the same thing; ids of one customer are the same.
fn about_same(expected: &Expected, actual: &Actual, happened: &PlayedStep) -> bool {
    let one = |subject: &[String]| {
        let mut subject = subject.to_vec();
        if let (Sort::Own | Sort::Undecided, Some(id)) = (expected.sort, subject.first_mut())
            && let Some(one) = happened.same.get(id)
        {
            id.clone_from(one);
        }
        subject
    };
    expected.sort == actual.sort
        && (expected.subject == actual.subject || one(&expected.subject) == one(&actual.subject))
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
        None if actual.sort == Sort::Turn => name == "effect",
        Some(expected) if actual.sort.is_table() || actual.sort == Sort::Turn => {
            expected.fields.iter().any(|(known, _)| *known == name)
        }
        _ => true,
    };
    let fields: Vec<_> = actual
        .fields
        .iter()
        .filter(|(name, _)| named(name))
        .cloned()
        .collect();
    let ids: Vec<String> = actual.ids().into_iter().map(String::from).collect();
    shown(&fields, &ids)
}

/// "bo, duty · by 3.7"
fn shown(fields: &[(&'static str, Shown)], clauses: &[String]) -> String {
    const PLAIN: [&str; 10] = [
        "as", "of", "staff", "role", "effect", "claim", "barred", "kind", "reason", "question",
    ];
    let fields = fields
        .iter()
        .map(|(name, value)| match PLAIN.contains(name) {
            true => value.to_string(),
            false => format!("{name} {value}"),
        });
    let fields: Vec<String> = fields.collect();
    format!("{} · by {}", fields.join(", "), clauses.join(", "))
}

/// A place in the file of a story.
pub(super) fn place(story: &Story, span: &Range<usize>) -> Place {
    Place {
        file: story.file,
        span: span.clone(),
    }
}
