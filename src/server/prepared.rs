//! What the workshop prepares and what it says of it: a proved policy, how a reload went, and who puts it in force.

use crate::base::time::{Calendar, Instant};
use crate::policy::Policy;
use serde::{Serialize, Serializer};
use std::sync::Arc;
use utoipa::ToSchema;

/// A policy that was checked and proved by its own scenarios.
#[derive(Debug)]
pub struct Prepared {
    /// Its name, as its title page says it.
    pub name: String,
    /// SHA-256 over its files.
    pub digest: String,
    /// Its files as {path, text}; what is extended stands under `extends/`.
    pub files: Vec<(String, String)>,
    /// What they mean.
    pub policy: Arc<Policy>,
}

/// The policy that an office decides by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Its name.
    pub name: String,
    /// SHA-256 over its files.
    pub digest: String,
}

/// Who puts a policy in force: the decider, between two events.
pub trait Installer: Send {
    /// The policy by which an office decides now; nothing if there is no such office yet.
    fn in_force(&self, office: &str) -> Option<InForce>;

    /// Puts a policy in force; opens the office if there is none of that name. When this returns, the next event is
    /// decided by it.
    ///
    /// # Errors
    ///
    /// A sentence: it was not put in force, and the policy before it goes on.
    fn install(&self, office: &str, prepared: Arc<Prepared>) -> Result<(), String>;
}

/// What came of a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// What the folder holds is in force from now on (of a validation: it could be).
    Applied,
    /// The folder holds what is in force.
    Unchanged,
    /// What the folder holds is broken or fails its scenarios: what was in force goes on.
    Failed,
}

/// A reload, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    /// When it was over: milliseconds since 1970; written as text, in UTC.
    #[serde(serialize_with = "in_utc")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// The digest of what the folder held; empty if it could not be read.
    pub digest: String,
    /// From the first notice to the end, in milliseconds.
    pub milliseconds: u64,
    /// What was found in the policy and in its scenario files.
    pub findings: Vec<Found>,
    /// How its scenarios went.
    pub scenarios: Played,
}

/// A reload may be of several offices, whose zones differ.
fn in_utc<S: Serializer>(at: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let utc = Calendar::new("UTC", 0).expect("UTC is in the zone database");
    let at = Instant::from_millis(*at).unwrap_or(Instant::MIN);
    serializer.collect_str(&utc.format(at))
}

/// How the scenarios of a policy went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Played {
    /// So many came out as they say.
    pub passed: usize,
    /// So many did not.
    pub failed: usize,
    /// Those that did not; at most as many as anybody reads.
    pub failures: Vec<Failure>,
}

/// A scenario that did not come out as it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Failure {
    /// Its file.
    pub path: String,
    /// What it claims to show.
    pub title: String,
    /// What is not as expected, as `panke test` prints it.
    pub text: String,
}

/// A finding, with its place spelt out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// Which sort of mistake: a stable word.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file; none if it is about no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How an office stands with its policy folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// The folder's name.
    pub policy: String,
    /// The last reload; none if nothing was looked at yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Attempt>,
}
