//! What is counted of one office. Its counters are numbered: whoever decides notes the numbers, and they are counted when
//! what was decided is on disk.

use super::{Metrics, OTHER, counter, gauge, label};
use crate::decision::{Because, Decision, What};
use crate::policy::{ClauseId, Policy};
use crate::vocabulary::words::Question;
use metrics::{Counter, Gauge, Label};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How many sorts of refusal of one office are counted apart; further ones are counted together.
pub(super) const MOST_REASONS: usize = 256;
/// How many policies of one office have their counters at hand: decisions about old deals are made under old policies.
pub(super) const MOST_POLICIES: usize = 8;
/// Numbers of counters that go up by one each.
pub type Tally = SmallVec<[u32; 8]>;

/// What is counted of one office, with every counter at hand. Copies count the same, and know one another's numbers.
#[derive(Clone)]
pub struct OfficeMetrics {
    all: Arc<Metrics>,
    name: Box<str>,
    events: Counter,
    repeats: Counter,
    last_seq: Gauge,
    /// The counters by their number; no number is ever given again.
    counters: Arc<RwLock<Vec<Counter>>>,
    /// By the number of the decision's word.
    decisions: Vec<u32>,
    questions: Vec<u32>,
    pub(super) refusals: BTreeMap<Box<str>, u32>,
    /// By the clause's printed id.
    printed: BTreeMap<Box<str>, u32>,
    pub(super) clauses: Vec<(Arc<Policy>, Vec<Clause>)>,
}

/// The counter of a clause's printed id, and the first clause that has it.
#[derive(Clone)]
pub(super) struct Clause {
    first: usize,
    number: u32,
}

impl OfficeMetrics {
    pub(super) fn new(all: Arc<Metrics>, name: &str) -> OfficeMetrics {
        let own = || label("office", name);
        let mut counters = Vec::new();
        let mut each = |metric: &str, key: &'static str, word: &'static str| {
            let labels = vec![own(), Label::from_static_parts(key, word)];
            counters.push(counter(&all.recorder, metric, labels));
            counters.len() as u32 - 1
        };
        let decisions = What::WORDS.iter();
        let decisions = decisions.map(|word| each("decisions_total", "decision", word));
        let decisions = decisions.collect();
        let asked = Question::ALL.iter().map(|question| question.text());
        let questions = asked.map(|word| each("undecided_total", "question", word));
        let questions = questions.collect();
        OfficeMetrics {
            name: name.into(),
            events: counter(&all.recorder, "events_total", vec![own()]),
            repeats: counter(&all.recorder, "repeats_total", vec![own()]),
            last_seq: gauge(&all.recorder, "last_seq", vec![own()]),
            counters: Arc::new(RwLock::new(counters)),
            decisions,
            questions,
            refusals: BTreeMap::new(),
            printed: BTreeMap::new(),
            clauses: Vec::new(),
            all,
        }
    }

    /// An event that is on disk.
    pub fn event(&self, seq: u64) {
        self.events.increment(1);
        // Prometheus knows no whole numbers: what is larger than this says only so.
        self.last_seq.set(u32::try_from(seq).unwrap_or(u32::MAX));
    }

    /// An event that was answered as the first time.
    pub fn repeat(&self) {
        self.repeats.increment(1);
    }

    /// Counts what was noted, when the event is on disk.
    pub fn count(&self, tally: &[u32]) {
        let counters = self.counters.read().unwrap_or_else(PoisonError::into_inner);
        for number in tally {
            counters[*number as usize].increment(1);
        }
    }

    /// Notes what is to be counted of a decision.
    pub fn note(&mut self, decision: &Decision, tally: &mut Tally) {
        tally.extend(self.decisions.get(decision.what.number()).copied());
        match &decision.what {
            What::Undecided { question, .. } => {
                tally.extend(self.questions.get(*question as usize).copied());
            }
            What::Refuse { reason } => {
                let reason = match decision.because {
                    Because::Input(code) => code,
                    Because::Clauses(_) => reason,
                };
                tally.push(self.refusal(reason));
            }
            _ => {}
        }
        if let Because::Clauses(clauses) = &decision.because {
            self.clauses(&decision.policy, clauses, tally);
        }
    }

    fn refusal(&mut self, reason: &str) -> u32 {
        if let Some(number) = self.refusals.get(reason) {
            return *number;
        }
        let reason = if self.refusals.len() < MOST_REASONS {
            reason
        } else {
            OTHER
        };
        let labels = vec![label("office", &self.name), label("reason", reason)];
        let number = self.numbered(counter(&self.all.recorder, "refusals_total", labels));
        self.refusals.insert(reason.into(), number);
        number
    }

    /// Notes each printed clause of a decision once.
    fn clauses(&mut self, policy: &Arc<Policy>, clauses: &[ClauseId], tally: &mut Tally) {
        let at = self.law(policy);
        let law = &self.clauses[at].1;
        let mut seen: SmallVec<[usize; 4]> = SmallVec::new();
        for id in clauses {
            let Some(clause) = law.get(id.index()) else {
                continue;
            };
            if !seen.contains(&clause.first) {
                seen.push(clause.first);
                tally.push(clause.number);
            }
        }
    }

    /// Where the counters of a policy are; they are made on first sight.
    fn law(&mut self, policy: &Arc<Policy>) -> usize {
        let known = self
            .clauses
            .iter()
            .position(|(known, _)| Arc::ptr_eq(known, policy));
        if let Some(at) = known {
            return at;
        }
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut law: Vec<Clause> = Vec::new();
        for (index, clause) in policy.clauses.iter().enumerate() {
            let first = *first.entry(clause.id.as_str()).or_insert(index);
            let number = self.clause(&clause.id);
            law.push(Clause { first, number });
        }
        if self.clauses.len() == MOST_POLICIES {
            self.clauses.remove(0);
        }
        self.clauses.push((Arc::clone(policy), law));
        self.clauses.len() - 1
    }

    /// The counter of a printed id, made on first sight.
    fn clause(&mut self, id: &str) -> u32 {
        if let Some(number) = self.printed.get(id) {
            return *number;
        }
        let labels = vec![label("office", &self.name), label("clause", id)];
        let number = self.numbered(counter(&self.all.recorder, "clauses_total", labels));
        self.printed.insert(id.into(), number);
        number
    }

    /// The number of a counter that was just made.
    fn numbered(&self, counter: Counter) -> u32 {
        let counters = self.counters.write();
        let mut counters = counters.unwrap_or_else(PoisonError::into_inner);
        counters.push(counter);
        u32::try_from(counters.len() - 1).expect("fewer counters than bytes of memory")
    }
}
