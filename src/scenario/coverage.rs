//! What the scenarios of a policy leave untouched: clauses that never decide, windows whose edges nobody stands on.

use super::outcome::Outcome;
use crate::policy::{ClauseKind, Policy};
use std::collections::{BTreeMap, BTreeSet};

/// What scenarios touch of one policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Keys of the clauses that stood behind a decision.
    decided: BTreeSet<String>,
    /// By window name: the last instant inside, the first outside.
    windows: BTreeMap<String, (bool, bool)>,
}

/// Something that no scenario touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untested {
    /// A clause that stood behind no decision.
    Clause {
        /// Its key.
        key: String,
        /// File and line in the policy's folder.
        at: (String, u32),
        /// The rule, in English.
        title: String,
    },
    /// No step stands on the last instant inside a window of this name.
    LastInside(String),
    /// No step stands on the first instant outside a window of this name.
    FirstOutside(String),
}

impl Coverage {
    /// Adds what one story touched.
    pub fn add(&mut self, outcome: &Outcome) {
        self.decided.extend(outcome.decided.iter().cloned());
        for (name, (inside, outside)) in &outcome.windows {
            let known = self.windows.entry(name.clone()).or_default();
            known.0 |= inside;
            known.1 |= outside;
        }
    }

    /// What is left: clauses in the order of the book, then windows.
    pub fn untested(&self, policy: &Policy) -> Vec<Untested> {
        let clauses = policy
            .clauses
            .iter()
            // What cannot happen need not be shown happening.
            .filter(|clause| clause.kind != ClauseKind::Never)
            .filter(|clause| !self.decided.contains(&clause.key));
        let clauses = clauses.map(|clause| Untested::Clause {
            key: clause.key.clone(),
            at: (clause.place.file.clone(), clause.place.line),
            title: clause.title.en.clone(),
        });
        let ending = policy
            .windows
            .iter()
            .filter(|window| window.back_from.is_none());
        let windows = ending.flat_map(|window| {
            let (inside, outside) = self.windows.get(&window.name).copied().unwrap_or_default();
            let inside = (!inside).then(|| Untested::LastInside(window.name.clone()));
            let outside = (!outside).then(|| Untested::FirstOutside(window.name.clone()));
            inside.into_iter().chain(outside)
        });
        clauses.chain(windows).collect()
    }

    /// How many of how many things are touched: every clause is one, every window that ends two.
    pub fn touched(&self, policy: &Policy) -> (usize, usize) {
        let ending = policy
            .windows
            .iter()
            .filter(|window| window.back_from.is_none());
        let all = policy.clauses.len() + 2 * ending.count();
        (all - self.untested(policy).len(), all)
    }
}
