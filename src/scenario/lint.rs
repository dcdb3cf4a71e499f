//! Warnings about a story that was played: what is probably not what its author wanted to show.

use super::actual::{Actual, Shown, Sort};
use super::play::Performance;
use super::story::{Occurrence, Story};
use super::tree::{Key, Node};
use crate::finding::{Code, Finding, Place};
use crate::vocabulary::events::{field_named, kind_named};
use std::collections::BTreeSet;

/// Fields of events that give somebody a part in a customer or a deal.
const PARTS: &[&str] = &["closer", "owner", "shares", "asleep", "between"];

/// Whoever is expected to be paid and has no reception, claim or closing in the story.
pub(super) fn paid(story: &Story, played: &Performance) -> Vec<Finding> {
    let mut people: BTreeSet<&str> = BTreeSet::new();
    for (actual, _) in played.steps.iter().flat_map(|step| &step.decisions) {
        people.extend(part(actual));
    }
    for (_, node) in story
        .steps
        .iter()
        .flat_map(|step| &step.occurrences)
        .flat_map(parts)
    {
        people.extend(node.text());
        let items = node.list().unwrap_or_default().iter();
        people.extend(items.filter_map(|item| {
            item.text()
                .or_else(|| item.get("staff").and_then(Node::text))
        }));
    }
    let mut named = BTreeSet::new();
    let mut findings = Vec::new();
    for expected in story
        .steps
        .iter()
        .filter_map(|step| step.expect.as_ref())
        .flat_map(|expect| &expect.items)
    {
        let amounts = expected.fields.iter().filter(|(name, _)| *name == "shares");
        for (_, value) in amounts {
            let Shown::Amounts(amounts) = value else {
                continue;
            };
            for (person, _) in amounts {
                if people.contains(person.as_str()) || !named.insert(person.clone()) {
                    continue;
                }
                let place = Place {
                    file: story.file,
                    span: expected.span.clone(),
                };
                let message = format!(
                    "`{person}` is expected to be paid but has no reception, claim or closing"
                );
                let finding = Finding::new(
                    Code::ScenarioPaidWithoutPart,
                    message,
                    place,
                    "paid for what?",
                );
                findings.push(
                    finding
                        .warning()
                        .help("is this the right person? if so, let the story say why"),
                );
            }
        }
    }
    findings
}

/// Fields of an event that give a part: those of a deal or a claim, and what an office records itself.
fn parts(event: &Occurrence) -> impl Iterator<Item = &(Key, Node)> {
    let kind = event.fields.iter().find(|(key, _)| key.text == "event");
    let own = kind.is_some_and(|(_, node)| node.text().and_then(kind_named).is_none());
    event.fields.iter().filter(move |(key, _)| {
        own || field_named(&key.text).is_none() || PARTS.contains(&key.text.as_str())
    })
}

/// Whom a reception or a claim gives a part.
fn part(actual: &Actual) -> Option<&str> {
    match actual.sort {
        Sort::Receive => match actual.fields.first() {
            Some((_, Shown::Text(staff))) => Some(staff),
            _ => None,
        },
        Sort::Own => actual.subject.get(1).map(String::as_str),
        _ => None,
    }
}
