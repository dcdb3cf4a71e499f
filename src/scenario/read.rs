//! From the tree of a scenario file to its story: people, rosters, days, steps, short forms spelt out.

use super::events::POLICY_EVENT;
use super::expect::Expects;
use super::names::{Named, holds};
use super::reader::Reader;
use super::rulebooks::Rulebooks;
use super::story::{Occurrence, Step, Story};
use super::tree::{Key, Node, Value};
use crate::base::time::{Instant, Length, Unit};
use crate::event::Ids;
use crate::finding::{Code, Finding};
use crate::policy::Policy;
use crate::vocabulary::events::FieldType;
use std::ops::Range;

/// What can be read of a scenario before its policy is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name under `policies/`, or the path from the file's folder if it begins with a dot.
    pub policy: String,
    /// Where that stands.
    pub policy_at: Range<usize>,
    /// What the scenario shows.
    pub title: String,
    /// The policies that its `policy` steps put in force, with their places.
    pub changes: Vec<(String, Range<usize>)>,
}

/// The most events that a repeated step may have.
const MOST_TIMES: i64 = 10_000;
/// What stands for the number of a repetition.
const COUNTER: &str = "{n}";

const TOP: &[&str] = &[
    "policy", "title", "clauses", "people", "roster", "step", "day",
];

/// Reads policy and title.
pub fn header(file: usize, root: &Node) -> (Option<Header>, Vec<Finding>) {
    let mut reader = Reader::new(file);
    let policy = reader.text(
        root,
        "policy",
        "the scenario",
        "write `policy = \"…\"`, a folder under policies/",
    );
    let title = reader.text(
        root,
        "title",
        "the scenario",
        "write `title = \"…\"`, a sentence that says what it shows",
    );
    let header = policy.zip(title).map(|(policy, title)| Header {
        policy: policy.into(),
        policy_at: root.get("policy").map_or(0..0, |node| node.span.clone()),
        title: title.into(),
        changes: changes(root),
    });
    (header, reader.findings)
}

/// What the `policy` steps name.
fn changes(root: &Node) -> Vec<(String, Range<usize>)> {
    fn steps(table: &Node) -> impl Iterator<Item = &Node> {
        table
            .get("step")
            .and_then(Node::list)
            .unwrap_or_default()
            .iter()
    }
    let days = root.get("day").and_then(Node::list).unwrap_or_default();
    let all = steps(root).chain(days.iter().flat_map(steps));
    let changes = all.filter(|step| step.get("event").and_then(Node::text) == Some(POLICY_EVENT));
    let named = changes.filter_map(|step| step.get("policy"));
    named
        .filter_map(|node| Some((node.text()?.to_string(), node.span.clone())))
        .collect()
}

/// Reads the story under its policy; `None` if it cannot be played.
pub fn story(
    file: usize,
    root: &Node,
    title: &str,
    books: &Rulebooks<'_>,
) -> (Option<Story>, Vec<Finding>) {
    let mut reader = Reader::new(file);
    reader.known_keys(root.table().unwrap_or_default(), TOP, "a scenario");
    let mut read = Read {
        policy: &books.first.policy,
        books,
        named: Named::default(),
        reader,
    };
    let people = read.people(root);
    let rosters = read.rosters(root);
    let mut steps = read.steps(root);
    read.in_order(&steps);
    read.expectations(root, &mut steps);
    let claims = read.claims(root);
    let mut findings = read.reader.findings;
    let steps: Vec<Step> = steps.into_iter().map(|(step, _)| step).collect();
    let story = Story {
        file,
        title: title.into(),
        claims,
        people,
        rosters,
        steps,
    };
    findings.extend(
        story
            .events(books, &mut Ids::default())
            .err()
            .into_iter()
            .flatten(),
    );
    (findings.is_empty().then_some(story), findings)
}

/// A story that is being read.
struct Read<'p> {
    policy: &'p Policy,
    books: &'p Rulebooks<'p>,
    named: Named,
    reader: Reader,
}

/// A step that was read, with what it must lead to as it is written.
type Written<'n> = (Step, Option<&'n (Key, Node)>);

impl Read<'_> {
    fn people(&mut self, root: &Node) -> Vec<(Key, Node)> {
        let Some(node) = root.get("people") else {
            return Vec::new();
        };
        let Some(entries) = node.table() else {
            self.reader
                .wrong(node, "`people`", "write `people = { person = \"role\" }`");
            return Vec::new();
        };
        for (key, role) in entries {
            self.named.people.insert(key.text.clone());
            if role.text().is_none() {
                self.reader.wrong(
                    role,
                    "a role",
                    "write the role as text, as the title page of the policy has it",
                );
            }
        }
        entries.to_vec()
    }

    fn rosters(&mut self, root: &Node) -> Vec<(Option<Key>, Node)> {
        let Some(node) = root.get("roster") else {
            return Vec::new();
        };
        let rosters: Vec<(Option<Key>, Node)> = match &node.value {
            Value::List(_) => vec![(None, node.clone())],
            Value::Table(desks) => desks
                .iter()
                .map(|(desk, order)| (Some(desk.clone()), order.clone()))
                .collect(),
            _ => {
                self.reader.wrong(
                    node,
                    "`roster`",
                    "write the people in order: `roster = [\"an\", \"bo\"]`",
                );
                Vec::new()
            }
        };
        for (_, order) in &rosters {
            let names = order.list().unwrap_or_default().iter();
            self.named
                .people
                .extend(names.filter_map(Node::text).map(String::from));
        }
        rosters
    }

    /// Every step, in the order of the file.
    fn steps<'n>(&mut self, root: &'n Node) -> Vec<Written<'n>> {
        let mut steps = Vec::new();
        for node in self.tables(root, "step") {
            steps.extend(self.step(node, None));
        }
        for day in self.tables(root, "day") {
            self.reader
                .known_keys(day.table().unwrap_or_default(), &["date", "step"], "a day");
            let date = day.get("date");
            let date = match date.map(|node| &node.value) {
                Some(Value::Text(text) | Value::Date(text)) => Some(text.clone()),
                Some(_) => None,
                None => {
                    self.reader.text(day, "date", "the day", DATE_HELP);
                    continue;
                }
            };
            let Some(date) = date else {
                self.reader
                    .wrong(day.get("date").unwrap_or(day), "`date`", DATE_HELP);
                continue;
            };
            for node in self.tables(day, "step") {
                steps.extend(self.step(node, Some(&date)));
            }
        }
        steps.sort_by_key(|(step, _)| step.place.start);
        steps
    }

    /// The tables of an array of tables.
    fn tables<'n>(&mut self, table: &'n Node, key: &str) -> Vec<&'n Node> {
        let Some(node) = table.get(key) else {
            return Vec::new();
        };
        let tables = node.list().unwrap_or(std::slice::from_ref(node));
        let (tables, other): (Vec<_>, Vec<_>) =
            tables.iter().partition(|node| node.table().is_some());
        if node.list().is_none() || !other.is_empty() {
            let wrong = other.first().copied().unwrap_or(node);
            self.reader.wrong(
                wrong,
                &format!("`{key}`"),
                &format!("write each under a header of its own, `[[{key}]]`"),
            );
        }
        tables
    }

    fn step<'n>(&mut self, node: &'n Node, date: Option<&str>) -> Option<Written<'n>> {
        let entries = node.table()?;
        let at = self.at(node, date)?;
        let expect = node.entry("expect");
        let mut step = Step {
            place: node.span.clone(),
            extent: node.extent(),
            keys: entries
                .iter()
                .map(|(key, _)| key)
                .filter(|key| key.text != "expect")
                .map(|key| key.span.clone())
                .collect(),
            inline: entries
                .first()
                .is_some_and(|(key, _)| node.span.contains(&key.span.start)),
            at,
            kind: None,
            occurrences: Vec::new(),
            expect: None,
        };
        let Some(kind) = node.get("event") else {
            self.reader
                .known_keys(entries, &["at", "expect"], "a step without `event`");
            return Some((step, expect));
        };
        let Some(kind) = kind.text().map(String::from) else {
            self.reader.wrong(
                kind,
                "`event`",
                "write the kind of event as text: `event = \"visit\"`",
            );
            return None;
        };
        let times = self.times(node, at);
        let own = |key: &str| !matches!(key, "at" | "expect" | "repeat");
        let fields: Vec<_> = entries
            .iter()
            .filter(|(key, _)| own(&key.text))
            .cloned()
            .collect();
        let repeated = node.get("repeat").is_some();
        for (number, at) in times.into_iter().enumerate() {
            let counter = repeated.then(|| (number + 1).to_string());
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, node)| (key.clone(), counted(node, counter.as_deref())))
                .collect();
            for fields in self.spread(&kind, fields) {
                self.named.event(self.policy, &kind, &fields);
                step.occurrences.push(Occurrence { at, fields });
            }
        }
        step.kind = Some(kind);
        Some((step, expect))
    }

    /// When a step happens.
    fn at(&mut self, node: &Node, date: Option<&str>) -> Option<Instant> {
        let help = match date {
            Some(_) => "write the time of day: `at = \"09:00\"`",
            None => "write date and time of day: `at = \"2024-03-01 09:00\"`",
        };
        let Some(at) = node.get("at") else {
            self.reader.text(node, "at", "the step", help);
            return None;
        };
        let (Value::Text(text) | Value::Date(text)) = &at.value else {
            self.reader.wrong(at, "`at`", help);
            return None;
        };
        let full = match date {
            Some(date) => format!("{date} {text}"),
            None => text.clone(),
        };
        match self.policy.calendar.parse(&full) {
            Ok(at) => Some(at),
            Err(error) => {
                self.reader.add(
                    Code::ScenarioTime,
                    &at.span,
                    error.sentence(),
                    "here",
                    Some(error.help()),
                );
                None
            }
        }
    }

    /// The times of a step: one, or those of `repeat`.
    fn times(&mut self, node: &Node, at: Instant) -> Vec<Instant> {
        let Some(repeat) = node.get("repeat") else {
            return vec![at];
        };
        let help = "write `repeat = { every = \"n minutes\", times = 6 }`";
        let Some(entries) = repeat.table() else {
            self.reader.wrong(repeat, "`repeat`", help);
            return vec![];
        };
        self.reader
            .known_keys(entries, &["every", "times"], "`repeat`");
        let times = match repeat.get("times").map(|node| &node.value) {
            Some(Value::Int(times)) if (1..=MOST_TIMES).contains(times) => *times,
            _ => {
                let message =
                    format!("`repeat` does not say how many times, from 1 to {MOST_TIMES}");
                self.reader.add(
                    Code::ScenarioForm,
                    &repeat.span,
                    message,
                    "here",
                    Some(help.into()),
                );
                return vec![];
            }
        };
        let Some(every) = self
            .reader
            .text(repeat, "every", "`repeat`", help)
            .and_then(|text| text.parse::<Length>().ok())
        else {
            self.reader.wrong(repeat, "`repeat`", help);
            return vec![];
        };
        let unit: i64 = match every.unit {
            Unit::Seconds => 1_000,
            Unit::Minutes => 60_000,
            Unit::Hours => 3_600_000,
            _ => {
                let message = "`repeat` counts in seconds, minutes or hours".to_string();
                self.reader.add(
                    Code::ScenarioForm,
                    &repeat.span,
                    message,
                    "here",
                    Some("write a [[day]] for each day".into()),
                );
                return vec![];
            }
        };
        let gap = unit * i64::from(every.count);
        (0..times)
            .filter_map(|number| {
                Instant::from_millis(at.millis().checked_add(gap.checked_mul(number)?)?)
            })
            .collect()
    }

    /// A list where one id belongs is one event for each.
    fn spread(&mut self, kind: &str, fields: Vec<(Key, Node)>) -> Vec<Vec<(Key, Node)>> {
        let one_id = |holds| {
            matches!(
                holds,
                Some(FieldType::Person | FieldType::Customer | FieldType::Visit | FieldType::Deal)
            )
        };
        let lists = fields.iter().enumerate().filter(|(_, (key, node))| {
            node.list().is_some() && one_id(holds(self.policy, kind, &key.text))
        });
        let lists: Vec<usize> = lists.map(|(index, _)| index).collect();
        let [list] = lists[..] else {
            if let Some(second) = lists.get(1) {
                let (key, node) = &fields[*second];
                let message = format!(
                    "`{}` is a second list: only one field of a step can stand for several events",
                    key.text
                );
                self.reader.add(
                    Code::ScenarioForm,
                    &node.span,
                    message,
                    "here",
                    Some("write a step for each".into()),
                );
            }
            return vec![fields];
        };
        let items = fields[list].1.list().unwrap_or_default().to_vec();
        let one = |item| {
            let mut fields = fields.clone();
            fields[list].1 = item;
            fields
        };
        items.into_iter().map(one).collect()
    }

    /// Time goes forward.
    fn in_order(&mut self, steps: &[Written<'_>]) {
        let mut before: Option<&Step> = None;
        for (step, _) in steps {
            let last = before.map(|step| step.occurrences.last().map_or(step.at, |last| last.at));
            if let Some((before, last)) = before.zip(last).filter(|(_, last)| *last > step.at) {
                let calendar = &self.policy.calendar;
                let message = format!(
                    "time goes back, from {} to {}",
                    calendar.format_short(last),
                    calendar.format_short(step.at)
                );
                let finding = Finding::new(
                    Code::ScenarioTime,
                    message,
                    self.reader.place(&step.place),
                    "is earlier",
                );
                let other = self.reader.place(&before.place);
                let finding = finding
                    .other(other, "than this step")
                    .help("put the steps in order of time");
                self.reader.findings.push(finding);
            }
            before = Some(step);
        }
    }

    /// Reads what the steps must lead to; one of them must say something.
    fn expectations(&mut self, root: &Node, steps: &mut [Written<'_>]) {
        let mut expects = Expects {
            reader: &mut self.reader,
            books: self.books,
            named: &self.named,
        };
        for (step, expect) in steps.iter_mut() {
            step.expect = expect.and_then(|expect| expects.read(expect));
        }
        let asserts = steps.iter().any(|(_, expect)| expect.is_some());
        if !asserts {
            let span = root.get("title").map_or(0..0, |node| node.span.clone());
            let message = "this scenario expects nothing, so it can never fail".to_string();
            let help = "write what a step must lead to and by which clause; or write `expect = {}` and run \
                        `panke test --accept`";
            self.reader.add(
                Code::ScenarioAssertsNothing,
                &span,
                message,
                "shows nothing",
                Some(help.into()),
            );
        }
    }

    fn claims(&mut self, root: &Node) -> Vec<(String, Range<usize>)> {
        let Some(node) = root.get("clauses") else {
            return Vec::new();
        };
        let texts = node
            .list()
            .map(|items| items.iter().all(|item| item.text().is_some()));
        if texts != Some(true) {
            self.reader
                .wrong(node, "`clauses`", "write clause ids as a list of texts");
            return Vec::new();
        }
        let claims = node.list().unwrap_or_default().iter();
        let claims: Vec<_> = claims
            .filter_map(|item| Some((item.text()?.to_string(), item.span.clone())))
            .collect();
        let mut expects = Expects {
            reader: &mut self.reader,
            books: self.books,
            named: &self.named,
        };
        for (name, span) in &claims {
            expects.clause(span, name);
        }
        claims
    }
}

const DATE_HELP: &str = "write `date = \"2024-03-01\"`";

/// The node with the counter filled in.
fn counted(node: &Node, counter: Option<&str>) -> Node {
    let Some(counter) = counter else {
        return node.clone();
    };
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.replace(COUNTER, counter)),
        Value::List(items) => Value::List(
            items
                .iter()
                .map(|item| counted(item, Some(counter)))
                .collect(),
        ),
        other => other.clone(),
    };
    Node {
        span: node.span.clone(),
        value,
    }
}
