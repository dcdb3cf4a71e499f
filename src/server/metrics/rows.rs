//! The table of metrics: what each is called, what it counts, in which unit, by which labels.

/// What every name begins with.
pub const PREFIX: &str = "panke_";
/// The unit of what is measured in time.
pub const SECONDS: &str = "seconds";

/// What sort of figure it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Only grows, until the server starts again.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many were at most so large.
    Histogram(Buckets),
}

#[expect(
    clippy::disallowed_types,
    reason = "Prometheus takes bounds as floating point; no decision reads a metric"
)]
type Buckets = &'static [f64];

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, behind the prefix.
    pub name: &'static str,
    /// What sort of figure it is.
    pub kind: Kind,
    /// Its unit, if it has one.
    pub unit: Option<&'static str>,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it means, in a sentence.
    pub text: &'static str,
}

impl Row {
    /// Its whole name.
    pub fn full(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }
}

const TIMES: Buckets = &[
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const SIZES: Buckets = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];

macro_rules! metrics {
    ($($name:literal, $kind:expr, $unit:expr, [$($label:literal),*], $text:literal;)+) => {
        /// Every metric, in the order of the operators' page.
        pub const METRICS: &[Row] = &[$(Row {
            name: $name, kind: $kind, unit: $unit, labels: &[$($label),*], text: $text,
        }),+];
    };
}

metrics! {
    "events_total", Kind::Counter, None, ["office"], "Events on disk since the start, ticks included.";
    "decisions_total", Kind::Counter, None, ["office", "decision"], "Decisions given, by sort.";
    "clauses_total", Kind::Counter, None, ["office", "clause"], "Decisions that rest on a clause.";
    "refusals_total", Kind::Counter, None, ["office", "reason"], "Events refused, by a clause or as impossible.";
    "undecided_total", Kind::Counter, None, ["office", "question"], "Questions that went to a person.";
    "repeats_total", Kind::Counter, None, ["office"], "Events answered as the first time.";
    "last_seq", Kind::Gauge, None, ["office"], "The number of the last entry of the journal.";
    "policy_info", Kind::Gauge, None, ["office", "policy", "digest"], "1 for the policy in force: the last good one.";
    "reloads_total", Kind::Counter, None, ["office", "outcome"], "Reloads, by outcome.";
    "reload_seconds", Kind::Histogram(TIMES), Some(SECONDS), [], "How long a reload took, from what was seen to the swap.";
    "commit_events", Kind::Histogram(SIZES), None, [], "How many entries a commit had.";
    "commit_seconds", Kind::Histogram(TIMES), Some(SECONDS), [], "How long a commit took to be on disk.";
    "commits_failed_total", Kind::Counter, None, [], "Commits that failed: nothing of them was answered as stored.";
    "http_requests_total", Kind::Counter, None, ["route", "status"], "Requests answered.";
    "http_seconds", Kind::Histogram(TIMES), Some(SECONDS), ["route"], "How long a request took to be answered.";
    "streams", Kind::Gauge, None, [], "Event streams that are open.";
    "snapshot_seconds", Kind::Histogram(TIMES), Some(SECONDS), [], "How long a snapshot took to be written.";
    "start_seconds", Kind::Gauge, Some(SECONDS), [], "How long the start took, until requests were taken.";
}
