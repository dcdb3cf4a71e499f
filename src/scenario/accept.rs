//! Writes what happened into a scenario file: the groups of expectations that failed, and nothing else of the file.

use super::actual::{Actual, Shown, Sort};
use super::expect::{Expect, Expected, Form, Group};
use super::outcome::{Outcome, StepFailure};
use super::report::{bare, quoted};
use super::story::{Step, Story};
use crate::base::money::Fen;
use std::collections::BTreeSet;
use std::ops::Range;

/// A scenario file with what happened in place of what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The text of the file.
    pub text: String,
    /// How many steps were rewritten.
    pub steps: usize,
    /// Why steps were left alone: their numbers with a sentence.
    pub left: Vec<(usize, &'static str)>,
}

/// What is to be replaced by what.
type Edit = (Range<usize>, String);

/// Rewrites the expectations of the steps that failed.
pub fn accept(text: &str, story: &Story, outcome: &Outcome) -> Accepted {
    let mut edits: Vec<Edit> = Vec::new();
    let mut left = Vec::new();
    let mut steps = 0;
    for failure in &outcome.failures {
        let Some(step) = story.steps.get(failure.number - 1) else {
            continue;
        };
        match edits_of(text, step, failure) {
            Ok(more) => {
                steps += 1;
                edits.extend(more);
            }
            Err(why) => left.push((failure.number, why)),
        }
    }
    Accepted {
        text: apply(text, edits),
        steps,
        left,
    }
}

/// Applies edits from the back, so that places stay what they are.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = text.to_string();
    for (span, new) in edits.into_iter().rev() {
        out.replace_range(span, &new);
    }
    out
}

fn edits_of(text: &str, step: &Step, failure: &StepFailure) -> Result<Vec<Edit>, &'static str> {
    let Some(expect) = &step.expect else {
        let lines = groups(failure, &BTreeSet::from([Sort::Refuse.word()]), &[]);
        return Ok(vec![insert(text, step, step.extent.end, &lines)]);
    };
    match expect.form {
        Form::Header => {
            Err("its expectations stand under a header of their own: change it by hand")
        }
        Form::Table => {
            let lines = all(failure, expect);
            Ok(vec![(
                expect.span.clone(),
                lines.join(if step.inline { ", " } else { "\n" }),
            )])
        }
        Form::Dotted => dotted(text, step, expect, failure),
    }
}

/// Edits the groups that failed, each at its place.
fn dotted(
    text: &str,
    step: &Step,
    expect: &Expect,
    failure: &StepFailure,
) -> Result<Vec<Edit>, &'static str> {
    let mut edits = report(failure)?;
    let mut missing: BTreeSet<&str> = failure
        .mismatches
        .iter()
        .map(|mismatch| mismatch.group)
        .collect();
    let mut gone: Vec<Range<usize>> = Vec::new();
    let mut stay: Vec<Group> = Vec::new();
    for group in &expect.groups {
        let decided = failure
            .happened
            .iter()
            .any(|actual| actual.sort != Sort::Notify);
        let stale = group.word == "nothing" && decided;
        if !stale && (group.word == "report" || !missing.remove(group.word.as_str())) {
            stay.push(group.clone());
            continue;
        }
        if step
            .keys
            .iter()
            .any(|key| group.extent.contains(&key.start))
        {
            return Err("other keys stand between its expectations: change it by hand");
        }
        match value_of(&group.word, failure, &expect.items) {
            Some(value) => {
                edits.push(match group.value == group.key {
                    true => (
                        whole_statement(text, group),
                        format!("expect.{} = {value}", group.word),
                    ),
                    false => (group.value.clone(), value),
                });
                stay.push(group.clone());
            }
            None => gone.push(whole_statement(text, group)),
        }
    }
    let mut lines = groups(failure, &missing, &stay);
    if stay.is_empty() && lines.is_empty() {
        lines.push("expect.nothing = true".into());
    }
    let mut gone = gone.into_iter();
    if !lines.is_empty() {
        let last = stay.iter().map(|group| group.extent.end).max();
        edits.push(match gone.next() {
            Some(statement) => (statement, lines.join(if step.inline { ", " } else { "\n" })),
            None => insert(text, step, last.unwrap_or(step.extent.end), &lines),
        });
    }
    edits.extend(gone.map(|statement| (removal(text, step, &statement), String::new())));
    Ok(edits)
}

/// Edits the leaves of the report that are wrong.
fn report(failure: &StepFailure) -> Result<Vec<Edit>, &'static str> {
    let wrong = failure
        .mismatches
        .iter()
        .filter(|mismatch| mismatch.group == "report");
    let found = |span: &Range<usize>| {
        failure
            .report
            .iter()
            .find(|(known, _)| known == span)
            .cloned()
    };
    let edits: Option<Vec<Edit>> = wrong.map(|mismatch| found(&mismatch.place.span)).collect();
    edits.ok_or("the report has nothing where the step expects something: change it by hand")
}

/// Every group as it should be, report apart.
fn all(failure: &StepFailure, expect: &Expect) -> Vec<String> {
    let notices = expect.items.iter().any(|item| item.sort == Sort::Notify);
    let words = Sort::ALL
        .into_iter()
        .filter(|sort| *sort != Sort::Notify || notices)
        .map(Sort::word)
        .collect();
    let lines = groups(failure, &words, &[]);
    if lines.is_empty() {
        vec!["expect.nothing = true".into()]
    } else {
        lines
    }
}

/// Lines for the groups of these words that happened, aligned with those that are there already.
fn groups(failure: &StepFailure, words: &BTreeSet<&str>, there: &[Group]) -> Vec<String> {
    let values: Vec<_> = Sort::ALL
        .into_iter()
        .map(Sort::word)
        .filter(|word| words.contains(word))
        .filter_map(|word| Some((word, value_of(word, failure, &[])?)))
        .collect();
    let known = there.iter().map(|group| group.word.len());
    let width = values
        .iter()
        .map(|(word, _)| word.len())
        .chain(known)
        .max()
        .unwrap_or(0);
    values
        .into_iter()
        .map(|(word, value)| format!("expect.{word:width$} = {value}"))
        .collect()
}

/// An edit that puts lines after a place: below its line, or behind a comma.
fn insert(text: &str, step: &Step, after: usize, lines: &[String]) -> Edit {
    if step.inline {
        let lines: String = lines.iter().map(|line| format!(", {line}")).collect();
        return (after..after, lines);
    }
    let end = text[after..]
        .find('\n')
        .map_or(text.len(), |end| after + end);
    let lines: String = lines.iter().map(|line| format!("\n{line}")).collect();
    (end..end, lines)
}

/// From `expect.` to the end of the value.
fn whole_statement(text: &str, group: &Group) -> Range<usize> {
    let before = &text[..group.extent.start];
    let start = before.rfind("expect").unwrap_or(group.extent.start);
    start..group.extent.end
}

/// A statement with its line, or with the comma before it.
fn removal(text: &str, step: &Step, statement: &Range<usize>) -> Range<usize> {
    if step.inline {
        let start = text[..statement.start]
            .trim_end()
            .strip_suffix(',')
            .map_or(statement.start, str::len);
        return start..statement.end;
    }
    let start = text[..statement.start]
        .rfind('\n')
        .map_or(0, |line| line + 1);
    let end = text[statement.end..]
        .find('\n')
        .map_or(text.len(), |end| statement.end + end + 1);
    start..end
}

/// The value of a group as a scenario writes it; nothing if nothing of the sort happened.
fn value_of(word: &str, failure: &StepFailure, expected: &[Expected]) -> Option<String> {
    let happened: Vec<&Actual> = failure
        .happened
        .iter()
        .filter(|actual| actual.sort.word() == word)
        .collect();
    let sort = happened.first()?.sort;
    if sort == Sort::Refuse {
        return Some(one_or_more(&happened, expected));
    }
    let mut subjects: Vec<&str> = Vec::new();
    for actual in &happened {
        let first = actual.subject.first().map_or("", String::as_str);
        if !subjects.contains(&first) {
            subjects.push(first);
        }
    }
    let entries = subjects.into_iter().map(|subject| {
        let of: Vec<&Actual> = happened
            .iter()
            .copied()
            .filter(|actual| actual.subject.first().is_some_and(|first| first == subject))
            .collect();
        let value = if sort == Sort::Own {
            by_person(&of, expected)
        } else {
            one_or_more(&of, expected)
        };
        format!("{} = {value}", bare(subject))
    });
    Some(format!("{{ {} }}", entries.collect::<Vec<_>>().join(", ")))
}

fn by_person(of: &[&Actual], expected: &[Expected]) -> String {
    let mut people: Vec<&str> = Vec::new();
    for person in of.iter().filter_map(|actual| actual.subject.get(1)) {
        if !people.contains(&person.as_str()) {
            people.push(person);
        }
    }
    let entries = people.into_iter().map(|person| {
        let of: Vec<&Actual> = of
            .iter()
            .copied()
            .filter(|actual| actual.subject.get(1).is_some_and(|known| known == person))
            .collect();
        format!("{} = {}", bare(person), one_or_more(&of, expected))
    });
    format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
}

fn one_or_more(of: &[&Actual], expected: &[Expected]) -> String {
    match of {
        [one] => value(one, expected),
        several => {
            let values: Vec<_> = several
                .iter()
                .map(|actual| value(actual, expected))
                .collect();
            format!("[{}]", values.join(", "))
        }
    }
}

/// One expectation: a list, or a table with the fields that were compared before; all of them if none was.
fn value(actual: &Actual, expected: &[Expected]) -> String {
    let ids: Vec<String> = actual.ids().into_iter().map(quoted).collect();
    let before = expected
        .iter()
        .find(|it| it.sort == actual.sort && it.subject == actual.subject);
    let as_table = actual.sort == Sort::Turn && before.is_some_and(|it| it.fields.len() > 1);
    if actual.sort.is_table() || as_table {
        let named =
            |name: &str| before.is_none_or(|it| it.fields.iter().any(|(known, _)| *known == name));
        let plain = |(name, value): &&(&'static str, Shown)| match value {
            Shown::Amounts(amounts) => *name == "shares" || !amounts.is_empty(),
            Shown::Text(text) => *name != "held" || *text != Fen::ZERO.to_string(),
            _ => true,
        };
        let fields = actual
            .fields
            .iter()
            .filter(plain)
            .filter(|(name, _)| ["state", "kind", "effect"].contains(name) || named(name))
            .map(|(name, value)| format!("{name} = {}", toml(value)));
        let fields: Vec<_> = fields
            .chain([format!("because = [{}]", ids.join(", "))])
            .collect();
        return format!("{{ {} }}", fields.join(", "));
    }
    // Of a turn only the effect is written so.
    let told = if actual.sort == Sort::Turn {
        1
    } else {
        usize::MAX
    };
    let fields = actual.fields.iter().take(told);
    let fields = fields.map(|(_, value)| toml(value));
    format!("[{}]", fields.chain(ids).collect::<Vec<_>>().join(", "))
}

fn toml(value: &Shown) -> String {
    match value {
        Shown::Text(text) => quoted(text),
        Shown::Count(number) => number.to_string(),
        Shown::Flag(flag) => flag.to_string(),
        Shown::Amounts(amounts) if amounts.is_empty() => "{}".into(),
        Shown::Amounts(amounts) => {
            let amounts: Vec<_> = amounts
                .iter()
                .map(|(who, amount)| format!("{} = {}", bare(who), quoted(amount)))
                .collect();
            format!("{{ {} }}", amounts.join(", "))
        }
    }
}
