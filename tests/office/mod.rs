//! An office for tests: the shipped policy, and journals played through it.

#![allow(dead_code, reason = "each test uses a part of it")]

use panke::decision::{Collect, Decision, Wants};
use panke::finding::Sources;
use panke::journal::Schema;
use panke::policy::Policy;
use panke::runtime::State;
use std::path::Path;
use std::sync::Arc;

/// A policy of `policies/`, which must have no findings.
pub fn policy(name: &str) -> Arc<Policy> {
    policy_in("policies", name)
}

/// A policy of a folder of this package, which must have no findings.
pub fn policy_in(folder: &str, name: &str) -> Arc<Policy> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = panke::files::load_policy(&folder, name).expect("the policy can be read");
    let (policy, findings) = panke::check::check(&files, &mut Sources::default());
    assert!(findings.is_empty(), "{findings:#?}");
    Arc::new(policy.expect("a policy without findings exists"))
}

/// An office in which a journal is being played.
#[derive(Clone)]
pub struct Office {
    /// How things are.
    pub state: State,
    schema: Arc<Schema>,
    lines: u64,
}

impl Office {
    /// Nothing has happened yet.
    pub fn new(policy: &Arc<Policy>) -> Office {
        Office {
            state: State::new(policy.clone()),
            schema: Arc::new(Schema::of(policy)),
            lines: 0,
        }
    }

    /// Plays a line and gives what was decided.
    pub fn play(&mut self, line: &str) -> Vec<Decision> {
        self.try_play(line)
            .unwrap_or_else(|| panic!("line {} is malformed\n{line}", self.lines))
    }

    /// Plays a line, unless it is malformed in this office: it has a word that is unknown here, or repeats a line that
    /// had one, and so goes back in time.
    pub fn try_play(&mut self, line: &str) -> Option<Vec<Decision>> {
        self.lines += 1;
        let ids = self.state.ids_mut();
        let event = self.schema.parse(ids, self.lines, line.as_bytes()).ok()?;
        let mut read = Collect {
            wants: Wants::Decisions,
            decisions: Vec::new(),
        };
        self.state.step(&event, &mut read).ok()?;
        Some(read.decisions)
    }

    /// Plays a whole journal.
    pub fn play_all(&mut self, journal: &str) -> Vec<Decision> {
        journal.lines().flat_map(|line| self.play(line)).collect()
    }
}
