//! What an author wrote, made into a [`Policy`] as meant: names resolved, conditions typed, and findings for the rest.
//!
//! Everything is gathered, nothing stops at the first mistake. A policy comes out only if no finding is an error. The
//! runtime relies on what is proved here and proves nothing again.

mod amounts;
mod answers;
mod asked;
mod cells;
mod clauses;
mod conditions;
mod draft;
mod effects;
mod events;
mod facts;
mod identity;
mod levies;
mod names;
mod never;
mod order;
mod paths;
mod people;
mod proofs;
mod questions;
mod roots;
mod rotas;
mod says;
mod scope;
mod share;
mod sources;
mod story;
mod title;
mod tools;
mod turns;
mod unused;
mod windows;
mod wording;

use crate::base::time::Calendar;
use crate::files::PolicyFiles;
use crate::finding::{Finding, Place, Severity, Sources};
use crate::policy::{Amount, ClauseIndex, IdentityKey, Policy, Window, WordId};
use crate::syntax::{Written, assemble, malformed};
use events::EventTable;
use facts::FactEntry;
use people::PeopleEntry;
use sources::Read;
use std::collections::BTreeMap;

/// Checks a policy: gives it, if nothing in it is an error, and everything that was found.
pub fn check(files: &PolicyFiles, sources: &mut Sources) -> (Option<Policy>, Vec<Finding>) {
    let (read, mut findings) = sources::read(files, sources);
    let layers = read.layers(sources);
    if !files.troubles.is_empty() {
        // What is missing would be missed everywhere.
        findings.extend(malformed(&layers));
        return (None, in_order(findings));
    }
    let (written, formal) = assemble(&layers);
    findings.extend(formal);
    let Some(written) = written else {
        return (None, in_order(findings));
    };
    let checker = Checker::new(&written, &read, sources, findings);
    let (policy, findings) = checker.policy(files.digest.clone());
    let good = findings
        .iter()
        .all(|finding| finding.severity == Severity::Warning);
    (policy.filter(|_| good), in_order(findings))
}

/// By file and place; what has no place comes first.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        finding
            .place
            .as_ref()
            .map(|place| (place.file, place.span.start, place.span.end))
    });
    findings.dedup();
    findings
}

/// An amount with what is known of its use.
struct AmountEntry {
    amount: Amount,
    kind: amounts::Kind,
    place: Place,
    used: bool,
}

/// A window with what is known of its use.
struct WindowEntry {
    window: Window,
    place: Place,
    used: bool,
}

/// A word of a list on the title page or of `[violation]`, with what is known of its use.
struct Listed {
    name: String,
    place: Place,
    used: bool,
}

/// The policy while it is being checked.
struct Checker<'a> {
    written: &'a Written,
    read: &'a Read,
    sources: &'a Sources,
    findings: Vec<Finding>,
    calendar: Calendar,
    words: Vec<String>,
    word_ids: BTreeMap<String, WordId>,
    roles: Vec<Listed>,
    permissions: Vec<Listed>,
    violations: Vec<Listed>,
    keys: Vec<IdentityKey>,
    accounts: Vec<Listed>,
    events: EventTable,
    amounts: Vec<AmountEntry>,
    windows: Vec<WindowEntry>,
    people: Vec<PeopleEntry>,
    facts: Vec<FactEntry>,
    depth: usize,
}

impl<'a> Checker<'a> {
    fn new(
        written: &'a Written,
        read: &'a Read,
        sources: &'a Sources,
        mut findings: Vec<Finding>,
    ) -> Checker<'a> {
        let calendar = title::calendar(&written.title, &mut findings);
        Checker {
            written,
            read,
            sources,
            findings,
            calendar,
            words: Vec::new(),
            word_ids: BTreeMap::new(),
            roles: Vec::new(),
            permissions: Vec::new(),
            violations: Vec::new(),
            keys: Vec::new(),
            accounts: Vec::new(),
            events: EventTable::default(),
            amounts: Vec::new(),
            windows: Vec::new(),
            people: Vec::new(),
            facts: Vec::new(),
            depth: 0,
        }
    }

    /// Resolves everything, in an order in which each needs only what came before.
    fn policy(mut self, digest: String) -> (Option<Policy>, Vec<Finding>) {
        if !self.limits() {
            return (None, self.findings);
        }
        self.declare_words();
        self.declare_accounts();
        self.declare_events();
        self.declare_keys();
        self.declare_key_ends();
        self.declare_amounts();
        self.declare_windows();
        self.names();
        self.resolve_people_and_facts();
        self.resolve_window_times();
        let roles = self.resolve_roles();
        let draft = self.draft_clauses();
        let rotas = self.resolve_rotas(&draft);
        let clauses = self.finish_clauses(draft);
        let title = self.resolve_title(&clauses);
        let accounts = self.built_accounts();
        self.unused();
        self.too_many_words();
        let (events, fields) = self.events.declared();
        let (people, facts) = (self.built_people(), self.built_facts());
        let policy = match (title, rotas, people, facts) {
            (Some(title), Some(rotas), Some(people), Some(facts)) => Some(Policy {
                name: title.name,
                digest,
                title: title.title,
                calendar: self.calendar,
                words: self.words,
                roles,
                permissions: self
                    .permissions
                    .into_iter()
                    .map(|listed| listed.name)
                    .collect(),
                rotas,
                amounts: self.amounts.into_iter().map(|entry| entry.amount).collect(),
                people,
                facts,
                windows: self.windows.into_iter().map(|entry| entry.window).collect(),
                violations: title.violations,
                accounts,
                fields,
                events,
                index: ClauseIndex::of(&clauses),
                clauses,
                remainder: title.remainder,
                undecided: title.undecided,
                while_brought: title.while_brought,
                keys: self.keys,
                deals_change: title.deals_change,
                scripts: self.read.scripts(),
            }),
            _ => None,
        };
        (policy, self.findings)
    }
}
