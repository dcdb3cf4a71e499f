//! Questions that the policy itself declares: asked when a condition or a share reads them, answered by its clauses.

use super::act::Clauses;
use super::ask::{holding, standing_of};
use super::case::{Reader, Someone, Val};
use crate::policy::{ClauseId, FactId, Term};

impl<'a> Reader<'a> {
    /// The same case, with somebody as the one at hand.
    pub fn of_each(&self, someone: Someone) -> Reader<'a> {
        self.with(|case| case.it = Some(someone))
    }

    /// What the clauses that stand answer; what they cannot settle, whoever reads it cannot either.
    pub fn answered(&self, question: FactId, absent: Option<&Term>) -> Val {
        let policy = &self.law.policy;
        let clauses: Clauses = policy.index.asked(question).iter().copied().collect();
        let name = &policy.facts[question.index()].name;
        let holding = match holding(self, clauses) {
            Ok(holding) => holding,
            Err((_, reason)) => return self.broken(&reason),
        };
        let standing = standing_of(policy, &holding);
        let answer = |id: &ClauseId| {
            let asked = &policy.clause(*id).answers.asked;
            let term = asked.iter().find(|(known, _)| *known == question);
            term.map_or(Val::Missing, |(_, term)| self.read(term))
        };
        let Some(first) = standing.first() else {
            return match absent {
                Some(term) => self.read(term),
                None => self.broken(&format!("no clause answers `{name}`")),
            };
        };
        let found = answer(first);
        if standing.iter().any(|id| answer(id) != found) {
            let keys = standing.iter().map(|id| policy.clause(*id).key.as_str());
            let keys = keys.collect::<Vec<_>>().join(" and ");
            return self.broken(&format!("{keys} answer `{name}` differently"));
        }
        if let Some(cited) = self.cited {
            cited.borrow_mut().extend(standing);
        }
        found
    }
}
