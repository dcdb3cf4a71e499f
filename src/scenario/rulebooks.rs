//! The policies of a story: the one that it begins under, and those that its `policy` steps put in force.

use crate::journal::Schema;
use crate::policy::{Clause, Policy};
use crate::replay::Library;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy, and what a journal may hold under it.
#[derive(Debug)]
pub struct Rulebook {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The events that it knows.
    pub schema: Schema,
}

impl Rulebook {
    /// A policy with its events.
    pub fn new(policy: Policy) -> Rulebook {
        Rulebook {
            schema: Schema::of(&policy),
            policy: Arc::new(policy),
        }
    }
}

/// The policies of a story.
#[derive(Debug)]
pub struct Rulebooks<'a> {
    /// The one that it begins under.
    pub first: &'a Rulebook,
    /// Those of its `policy` steps, by the words of the step.
    pub later: BTreeMap<String, &'a Rulebook>,
}

impl<'a> Rulebooks<'a> {
    /// One policy throughout.
    pub const fn only(first: &'a Rulebook) -> Rulebooks<'a> {
        Rulebooks {
            first,
            later: BTreeMap::new(),
        }
    }

    /// Every policy, the first one first.
    pub fn all(&self) -> impl Iterator<Item = &'a Policy> {
        self.books().map(|book| &*book.policy)
    }

    /// Every book, the first one first.
    fn books(&self) -> impl Iterator<Item = &'a Rulebook> {
        let later = self.later.values().copied();
        [self.first].into_iter().chain(later)
    }

    /// Every clause of every policy.
    pub fn clauses(&self) -> impl Iterator<Item = &'a Clause> {
        self.all().flat_map(|policy| &policy.clauses)
    }
}

impl Library for Rulebooks<'_> {
    fn find(
        &self,
        name: &str,
        digest: &str,
        _: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let mut books = self.books();
        let found = books.find(|book| book.policy.name == name && book.policy.digest == digest);
        let policy = found.map(|book| book.policy.clone());
        policy.ok_or_else(|| format!("the story does not put `{name}` in force"))
    }
}
