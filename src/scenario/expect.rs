//! The expectations of a step: read from `expect.…`, with the names and words in them checked against the story.

use super::actual::{Actual, Shown, Sort};
use super::names::Named;
use super::reader::{Reader, listed, meant};
use super::rulebooks::Rulebooks;
use super::shapes::{SANCTION, TURN, shape};
use super::tree::{Key, Node, Value};
use crate::base::money::{Fen, Sign};
use crate::finding::Code;
use crate::vocabulary::words::{
    ClaimState, Identified, Question, ReceptionRole, ShareState, TurnEffect,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a step must lead to.
#[derive(Debug)]
pub struct Expect {
    /// From the first to the last byte of it.
    pub span: Range<usize>,
    /// `nothing = true`
    pub nothing: bool,
    /// One for each decision.
    pub items: Vec<Expected>,
    /// The part of the report that is compared.
    pub report: Option<Node>,
    /// How it is written.
    pub form: Form,
    /// Where each key under `expect` stands.
    pub groups: Vec<Group>,
}

/// How the expectations of a step are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `expect.receive = …`, a line for each sort.
    Dotted,
    /// `expect = { … }`
    Table,
    /// Under a header of their own, `[step.expect]`.
    Header,
}

/// Where a key under `expect` stands.
#[derive(Clone, Debug)]
pub struct Group {
    /// The key.
    pub word: String,
    /// Its own bytes.
    pub key: Range<usize>,
    /// Its value; the same as the key if it goes on with dots.
    pub value: Range<usize>,
    /// From the first to the last byte of the key and everything under it.
    pub extent: Range<usize>,
}

/// One expected decision.
#[derive(Debug)]
pub struct Expected {
    /// Its sort.
    pub sort: Sort,
    /// What it is about: the keys under `expect.<sort>`.
    pub subject: Vec<String>,
    /// The fields that are compared.
    pub fields: Vec<(&'static str, Shown)>,
    /// The clauses that must stand, by id or key.
    pub clauses: Vec<String>,
    /// Where it stands.
    pub span: Range<usize>,
}

impl Expected {
    /// Whether a decision is this one.
    pub fn is(&self, actual: &Actual) -> bool {
        let named = |id: &str, key: &str| self.clauses.iter().any(|name| name == id || name == key);
        let stands = |name: &String| {
            actual
                .clauses
                .iter()
                .any(|(id, key)| name == id || name == key)
        };
        self.fields.iter().all(|(name, value)| {
            let found = actual.fields.iter().find(|(known, _)| known == name);
            match (value, found) {
                (value, Some((_, found))) => value == found,
                (Shown::Flag(false) | Shown::Count(0), None) => true,
                (Shown::Text(text), None) => text == NONE,
                _ => false,
            }
        }) && actual.clauses.iter().all(|(id, key)| named(id, key))
            && self.clauses.iter().all(stands)
    }
}

/// Fields with what they must hold, and clauses.
type Parts = (Vec<(&'static str, Shown)>, Vec<String>);

/// How a scenario writes that something has no value.
pub(super) const NONE: &str = "none";

/// Reads the expectations of one story.
pub(super) struct Expects<'r> {
    pub reader: &'r mut Reader,
    pub books: &'r Rulebooks<'r>,
    pub named: &'r Named,
}

impl Expects<'_> {
    /// Reads the value of `expect`.
    pub fn read(&mut self, (key, node): &(Key, Node)) -> Option<Expect> {
        let Some(entries) = node.table() else {
            self.reader.wrong(
                node,
                "`expect`",
                "write `expect.receive = { … }` and the like; `policies/README.md` lists them all",
            );
            return None;
        };
        let words = Sort::ALL.map(Sort::word);
        let known: Vec<&str> = words.into_iter().chain(["report", "nothing"]).collect();
        self.reader.known_keys(entries, &known, "`expect`");
        let extent = node.extent();
        let mut expect = Expect {
            span: key.span.start..extent.end.max(key.span.end),
            nothing: false,
            items: Vec::new(),
            report: None,
            form: if node.span == key.span {
                Form::Dotted
            } else if node.span.start > key.span.end {
                Form::Table
            } else {
                Form::Header
            },
            groups: entries.iter().map(group_of).collect(),
        };
        for (key, node) in entries {
            match key.text.as_str() {
                "nothing" => match node.value {
                    Value::Flag(true) => expect.nothing = true,
                    _ => self.reader.wrong(
                        node,
                        "`expect.nothing`",
                        "write `expect.nothing = true`, or leave it out",
                    ),
                },
                "report" => {
                    self.report_names(node);
                    expect.report = Some(node.clone());
                }
                word => {
                    if let Some(sort) = Sort::ALL.into_iter().find(|sort| sort.word() == word) {
                        self.group(sort, node, &mut expect.items);
                    }
                }
            }
        }
        if expect.nothing && !expect.items.is_empty() {
            let message = "a step cannot expect nothing and something".to_string();
            self.reader.add(
                Code::ScenarioForm,
                &expect.span,
                message,
                "here",
                Some("leave out `nothing`".into()),
            );
        }
        Some(expect)
    }

    /// Reads everything under one sort.
    fn group(&mut self, sort: Sort, node: &Node, items: &mut Vec<Expected>) {
        match sort {
            Sort::Refuse => self.values(sort, vec![], node, items),
            Sort::Own => {
                for (customer, node) in self.subjects(sort, node) {
                    self.subject(sort, 0, customer);
                    for (person, node) in self.subjects(sort, node) {
                        self.subject(sort, 1, person);
                        self.values(
                            sort,
                            vec![customer.text.clone(), person.text.clone()],
                            node,
                            items,
                        );
                    }
                }
            }
            _ => {
                for (key, node) in self.subjects(sort, node) {
                    self.subject(sort, 0, key);
                    self.values(sort, vec![key.text.clone()], node, items);
                }
            }
        }
    }

    /// The keys under a sort.
    fn subjects<'n>(&mut self, sort: Sort, node: &'n Node) -> &'n [(Key, Node)] {
        node.table().unwrap_or_else(|| {
            self.reader
                .wrong(node, &format!("`expect.{}`", sort.word()), shape(sort));
            &[]
        })
    }

    /// One expectation, or a list of them in order.
    fn values(&mut self, sort: Sort, subject: Vec<String>, node: &Node, items: &mut Vec<Expected>) {
        let several = |first: &Node| match sort {
            Sort::Turn => first.table().is_some() || first.list().is_some(),
            sort if sort.is_table() => first.table().is_some(),
            _ => first.list().is_some(),
        };
        match node.list() {
            Some([]) => self
                .reader
                .wrong(node, &format!("`{}`", sort.word()), shape(sort)),
            Some(list) if several(&list[0]) => {
                for node in list {
                    items.extend(self.value(sort, &subject, node));
                }
            }
            _ => items.extend(self.value(sort, &subject, node)),
        }
    }

    fn value(&mut self, sort: Sort, subject: &[String], node: &Node) -> Option<Expected> {
        let before = self.reader.findings.len();
        let (fields, clauses) = match sort {
            Sort::Share | Sort::Sanction => self.table(sort, node)?,
            Sort::Turn if node.table().is_some() => self.table(sort, node)?,
            Sort::Notify => (vec![], self.clauses(std::slice::from_ref(node))),
            _ => self.list(sort, node)?,
        };
        if clauses.is_empty() && self.reader.findings.len() == before {
            let message = format!("this `{}` names no clause", sort.word());
            let help = format!("say by which clause, {}", shape(sort));
            self.reader.add(
                Code::ScenarioNoClause,
                &node.span,
                message,
                "by which clause?",
                Some(help),
            );
            return None;
        }
        Some(Expected {
            sort,
            subject: subject.to_vec(),
            fields,
            clauses,
            span: node.span.clone(),
        })
    }

    /// `["an", "duty", "3.1"]` and the like.
    fn list(&mut self, sort: Sort, node: &Node) -> Option<Parts> {
        let Some([first, rest @ ..]) = node.list() else {
            self.reader
                .wrong(node, &format!("`{}`", sort.word()), shape(sort));
            return None;
        };
        if let (Sort::Bar, Value::Flag(flag)) = (sort, &first.value) {
            return Some((vec![("barred", Shown::Flag(*flag))], self.clauses(rest)));
        }
        let (Some(word), true) = (first.text(), sort != Sort::Bar) else {
            self.reader.wrong(
                first,
                &format!("what stands first in `{}`", sort.word()),
                shape(sort),
            );
            return None;
        };
        if sort == Sort::Receive {
            return self.receive(node, first, rest);
        }
        if sort == Sort::Identify {
            return self.identify(node, first, rest);
        }
        let kinds = || {
            self.books
                .all()
                .flat_map(|policy| &policy.violations)
                .map(|(kind, _)| kind.as_str())
        };
        let (name, what, known): (_, _, Vec<&str>) = match sort {
            Sort::Turn => (
                "effect",
                "effect on a turn",
                TurnEffect::ALL.iter().map(|it| it.text()).collect(),
            ),
            Sort::Own => (
                "claim",
                "state of a claim",
                ClaimState::ALL.iter().map(|it| it.text()).collect(),
            ),
            Sort::Undecided => (
                "question",
                "question",
                Question::ALL.iter().map(|it| it.text()).collect(),
            ),
            Sort::Violation => ("kind", "kind of violation", kinds().collect()),
            _ => ("reason", "reason", vec![word]),
        };
        self.one_of(&first.span, what, word, &known);
        Some((vec![(name, Shown::Text(word.into()))], self.clauses(rest)))
    }

    /// `new`, or how with whom.
    fn identify(&mut self, node: &Node, first: &Node, rest: &[Node]) -> Option<Parts> {
        let word = first.text()?;
        let words: Vec<_> = Identified::ALL.iter().map(|it| it.text()).collect();
        self.one_of(&first.span, "answer to `identify`", word, &words);
        let how = ("as", Shown::Text(word.into()));
        if Identified::parse(word) == Some(Identified::New) {
            return Some((vec![how], self.clauses(rest)));
        }
        let [of, clauses @ ..] = rest else {
            self.reader.wrong(node, "`identify`", shape(Sort::Identify));
            return None;
        };
        let customers = self.named.customers.iter().map(String::as_str);
        let other = of.text().unwrap_or_default();
        self.one_of(
            &of.span,
            "customer in this story",
            other,
            &customers.collect::<Vec<_>>(),
        );
        let of = ("of", Shown::Text(other.into()));
        Some((vec![how, of], self.clauses(clauses)))
    }

    /// A person with a role, or `waits` or `nobody`.
    fn receive(&mut self, node: &Node, first: &Node, rest: &[Node]) -> Option<Parts> {
        const NO_ROLE: [&str; 2] = ["waits", "nobody"];
        let word = first.text()?;
        let staff = ("staff", Shown::Text(word.into()));
        if NO_ROLE.contains(&word) {
            return Some((vec![staff], self.clauses(rest)));
        }
        let people = self.named.people.iter().map(String::as_str);
        let people: Vec<_> = people.chain(NO_ROLE).collect();
        self.one_of(&first.span, "person", word, &people);
        let [role, clauses @ ..] = rest else {
            self.reader.wrong(node, "`receive`", shape(Sort::Receive));
            return None;
        };
        let roles: Vec<_> = ReceptionRole::ALL.iter().map(|role| role.text()).collect();
        let word = role.text().unwrap_or_default();
        self.one_of(&role.span, "reception role", word, &roles);
        Some((
            vec![staff, ("role", Shown::Text(word.into()))],
            self.clauses(clauses),
        ))
    }

    /// `{ state = "final", because = ["A3"] }` and the like.
    fn table(&mut self, sort: Sort, node: &Node) -> Option<Parts> {
        const SHARE: &[&str] = &[
            "state", "shares", "until", "entries", "levies", "held", "due",
        ];
        let Some(entries) = node.table() else {
            self.reader
                .wrong(node, &format!("`{}`", sort.word()), shape(sort));
            return None;
        };
        let known = match sort {
            Sort::Share => SHARE,
            Sort::Turn => TURN,
            _ => SANCTION,
        };
        let keys: Vec<&str> = known.iter().copied().chain(["because"]).collect();
        self.reader
            .known_keys(entries, &keys, &format!("`{}`", sort.word()));
        let (mut fields, mut clauses) = (Vec::new(), Vec::new());
        for (key, node) in entries {
            if key.text == "because" {
                clauses = self.clauses(std::slice::from_ref(node));
            } else if let Some(name) = known.iter().find(|name| **name == key.text) {
                fields.extend(self.field(name, node).map(|value| (*name, value)));
            }
        }
        Some((fields, clauses))
    }

    /// The value of one field of a table.
    fn field(&mut self, name: &'static str, node: &Node) -> Option<Shown> {
        let quoted = format!("`{name}`");
        match (name, &node.value) {
            ("shares" | "entries" | "levies" | "due", Value::Table(entries)) => {
                let mut amounts = Vec::new();
                for (key, node) in entries {
                    if !matches!(name, "entries" | "levies") || !self.is_account(&key.text) {
                        self.person(&key.span, &key.text);
                    }
                    amounts.push((key.text.clone(), self.money(node)?));
                }
                amounts.sort();
                Some(Shown::Amounts(amounts))
            }
            ("fine" | "pay_back" | "held", _) => self.money(node).map(Shown::Text),
            ("until" | "suspended_until", Value::Text(text)) if text != NONE => {
                self.time(node, text).map(Shown::Text)
            }
            ("points" | "suspended_turns", Value::Int(number)) => Some(Shown::Count(*number)),
            ("warning" | "dismissed", Value::Flag(flag)) => Some(Shown::Flag(*flag)),
            ("state", Value::Text(text)) => {
                let states: Vec<_> = ShareState::ALL.iter().map(|state| state.text()).collect();
                self.one_of(&node.span, "state of a deal", text, &states);
                Some(Shown::Text(text.clone()))
            }
            ("effect", Value::Text(text)) => {
                let effects: Vec<_> = TurnEffect::ALL.iter().map(|it| it.text()).collect();
                self.one_of(&node.span, "effect on a turn", text, &effects);
                Some(Shown::Text(text.clone()))
            }
            ("kind" | "paid_by" | "desk" | "until" | "suspended_until", Value::Text(text)) => {
                Some(Shown::Text(text.clone()))
            }
            _ => {
                let sort = if matches!(
                    name,
                    "shares" | "entries" | "levies" | "due" | "state" | "until"
                ) {
                    Sort::Share
                } else {
                    Sort::Sanction
                };
                self.reader.wrong(node, &quoted, shape(sort));
                None
            }
        }
    }

    /// A time as decisions print it.
    fn time(&mut self, node: &Node, text: &str) -> Option<String> {
        let calendar = &self.books.first.policy.calendar;
        match calendar.parse(text) {
            Ok(at) => Some(calendar.format_short(at).to_string()),
            Err(error) => {
                let help = Some(error.help());
                self.reader.add(
                    Code::ScenarioTime,
                    &node.span,
                    error.sentence(),
                    "here",
                    help,
                );
                None
            }
        }
    }

    /// Money as decisions print it.
    fn money(&mut self, node: &Node) -> Option<String> {
        let help = "write money as text: `\"5000.00\"`";
        let Some(text) = node.text() else {
            self.reader.wrong(node, "money", help);
            return None;
        };
        match Fen::parse(text, Sign::Allowed) {
            Ok(fen) => Some(fen.to_string()),
            Err(error) => {
                self.reader.add(
                    Code::ScenarioForm,
                    &node.span,
                    error.sentence(),
                    "here",
                    Some(error.help()),
                );
                None
            }
        }
    }

    /// Clause names: texts, or lists of texts.
    fn clauses(&mut self, nodes: &[Node]) -> Vec<String> {
        let mut names = Vec::new();
        for node in nodes {
            match &node.value {
                Value::Text(name) => {
                    self.clause(&node.span, name);
                    names.push(name.clone());
                }
                Value::List(items) => names.extend(self.clauses(items)),
                _ => self
                    .reader
                    .wrong(node, "the clause", "write its id as text: `\"A1\"`"),
            }
        }
        names
    }

    /// A clause must be in the policy, by id or key.
    pub fn clause(&mut self, span: &Range<usize>, name: &str) {
        let known = |clause: &crate::policy::Clause| clause.id == name || clause.key == name;
        if name.starts_with("input.") || self.books.clauses().any(known) {
            return;
        }
        let ids: BTreeSet<&str> = self
            .books
            .clauses()
            .map(|clause| clause.id.as_str())
            .collect();
        self.reader.unknown(
            span,
            &format!("clause of `{}`", self.books.first.policy.name),
            name,
            ids,
        );
    }

    /// A key under `expect.<sort>` must be somebody or something of the story.
    fn subject(&mut self, sort: Sort, depth: usize, key: &Key) {
        let (what, known) = match (sort, depth) {
            (Sort::Receive, _) => ("visit in this story", &self.named.visits),
            (Sort::Own, 0) | (Sort::Identify, _) => {
                ("customer in this story", &self.named.customers)
            }
            (Sort::Share, _) => ("deal in this story", &self.named.deals),
            (Sort::Undecided | Sort::Notify | Sort::Refuse, _) => return,
            _ => return self.person(&key.span, &key.text),
        };
        if !known.contains(&key.text) {
            self.reader
                .unknown(&key.span, what, &key.text, known.iter().map(String::as_str));
        }
    }

    /// Whether a policy of the story has an account of that name.
    fn is_account(&self, name: &str) -> bool {
        let word = |policy: &crate::policy::Policy, account: &crate::policy::Account| {
            policy.words[account.name.index()] == name
        };
        let mut books = self.books.all();
        books.any(|policy| (policy.accounts.iter()).any(|account| word(policy, account)))
    }

    fn person(&mut self, span: &Range<usize>, name: &str) {
        if !self.named.people.contains(name) {
            let people = self.named.people.iter().map(String::as_str);
            self.reader
                .unknown(span, "person in this story", name, people);
        }
    }

    /// A word must be one of a list.
    fn one_of(&mut self, span: &Range<usize>, what: &str, word: &str, known: &[&str]) {
        if !known.contains(&word) {
            let help = meant(word, known.iter().copied())
                .unwrap_or_else(|| format!("write one of {}", listed(known.iter().copied())));
            let message = format!("there is no {what} `{word}`");
            self.reader.add(
                Code::ScenarioUnknownName,
                span,
                message,
                "not known",
                Some(help),
            );
        }
    }

    /// People, customers, visits and deals in `expect.report` must be those of the story.
    fn report_names(&mut self, node: &Node) {
        let named = self.named;
        for (part, what, known) in [
            ("staff", "person in this story", &named.people),
            ("customers", "customer in this story", &named.customers),
            ("visits", "visit in this story", &named.visits),
            ("deals", "deal in this story", &named.deals),
        ] {
            let entries = node.get(part).and_then(Node::table).unwrap_or_default();
            for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text)) {
                self.reader
                    .unknown(&key.span, what, &key.text, known.iter().map(String::as_str));
            }
        }
    }
}

fn group_of((key, node): &(Key, Node)) -> Group {
    let extent = node.extent();
    Group {
        word: key.text.clone(),
        key: key.span.clone(),
        value: node.span.clone(),
        extent: key.span.start.min(extent.start)..key.span.end.max(extent.end),
    }
}
