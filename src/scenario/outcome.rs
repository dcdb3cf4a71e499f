//! What came of a story: which expectations failed, why, and which clauses stood.

use super::actual::Actual;
use crate::finding::{Finding, Place};
use crate::policy::Bilingual;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What came of a story.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is wrong with the file or suspicious in it.
    pub findings: Vec<Finding>,
    /// The steps that failed, in order.
    pub failures: Vec<StepFailure>,
    /// Claims of `clauses` that no decision bore out, with their places.
    pub undecided_claims: Vec<(String, Place)>,
    /// Keys of the clauses that stood behind a decision.
    pub decided: BTreeSet<String>,
    /// How many decisions there were.
    pub decisions: usize,
    /// How many steps.
    pub steps: usize,
    /// For each window name that was seen open: whether a step stood on the last instant inside, and on the first
    /// outside. Only if it was asked for.
    pub windows: BTreeMap<String, (bool, bool)>,
}

/// A scenario file, with what came of it.
#[derive(Debug)]
pub struct Played {
    /// Path of the file.
    pub path: String,
    /// What it shows; the path, if it does not say so.
    pub title: String,
    /// What came of it; nothing if its policy does not load.
    pub outcome: Option<Outcome>,
}

impl Played {
    /// Whether everything was as expected and nothing was found.
    pub fn passed(&self) -> bool {
        self.outcome.as_ref().is_some_and(Outcome::passed)
    }
}

/// A step that failed.
#[derive(Debug)]
pub struct StepFailure {
    /// Number of the step, from 1.
    pub number: usize,
    /// Where the step begins.
    pub place: Place,
    /// When it happens, for people.
    pub at: String,
    /// Kind of its event.
    pub kind: Option<String>,
    /// What is not as expected.
    pub mismatches: Vec<Mismatch>,
    /// Everything that was decided.
    pub happened: Vec<Actual>,
    /// Leaves of `expect.report` with what the report has there, as TOML.
    pub report: Vec<(Range<usize>, String)>,
}

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The key under `expect`.
    pub group: &'static str,
    /// What it is about: "receive v1".
    pub about: String,
    /// What was expected; nothing if the decision was not expected at all.
    pub expected: Option<String>,
    /// What happened; nothing if nothing did.
    pub actual: Option<String>,
    /// Where it was expected, or the step.
    pub place: Place,
    /// The clauses that decided.
    pub because: Vec<Reason>,
    /// What was probably meant.
    pub help: Option<String>,
}

/// A clause that decided, with the facts that made it apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its id as printed.
    pub clause: String,
    /// The rule in the book's own words.
    pub title: Bilingual,
    /// What the person concerned is told.
    pub says: Bilingual,
    /// What was read and what it was.
    pub facts: Vec<(String, String)>,
}

impl Outcome {
    /// Whether everything was as expected and nothing was found.
    pub fn passed(&self) -> bool {
        self.findings.is_empty() && self.failures.is_empty() && self.undecided_claims.is_empty()
    }
}
