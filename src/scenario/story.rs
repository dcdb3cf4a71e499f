//! A scenario as it is meant under its policy: people, rosters, and steps in order of time.

use super::expect::Expect;
use super::tree::{Key, Node};
use crate::base::time::Instant;
use std::ops::Range;

/// A scenario that was read without an error.
#[derive(Debug)]
pub struct Story {
    /// Number of the file.
    pub file: usize,
    /// What it shows.
    pub title: String,
    /// The clauses that it claims to decide, with their places.
    pub claims: Vec<(String, Range<usize>)>,
    /// Who works in the office from the first step on: person and role.
    pub people: Vec<(Key, Node)>,
    /// Who stands on the rota from the first step on: the desk, if it is named, and the order.
    pub rosters: Vec<(Option<Key>, Node)>,
    /// What happens, in order of time.
    pub steps: Vec<Step>,
}

/// A step of a story: what happens at a time, and what it must lead to.
#[derive(Debug)]
pub struct Step {
    /// Where it begins: its header, or its table if that is written inline.
    pub place: Range<usize>,
    /// From the first to the last byte of its keys and values.
    pub extent: Range<usize>,
    /// Places of its keys besides `expect`.
    pub keys: Vec<Range<usize>>,
    /// Written as an inline table.
    pub inline: bool,
    /// When it happens; the first time if it is repeated.
    pub at: Instant,
    /// Kind of its event, if it has one.
    pub kind: Option<String>,
    /// Its events; none for a step that only lets the clock get there.
    pub occurrences: Vec<Occurrence>,
    /// What it must lead to, if it says so.
    pub expect: Option<Expect>,
}

/// One event of a step.
#[derive(Debug)]
pub struct Occurrence {
    /// When.
    pub at: Instant,
    /// Its fields as written, lists and counters spelt out; without `at`.
    pub fields: Vec<(Key, Node)>,
}
