//! An independent reading of the sales office's rulebook, written by hand, as an oracle for the policy engine.

#![allow(dead_code, reason = "each test that uses the model uses a part of it")]

pub mod claims;
pub mod clock;
pub mod deals;
pub mod event;
pub mod generate;
pub mod office;
pub mod people;
pub mod random;
mod report;
pub mod rota;
pub mod visits;

use std::collections::BTreeMap;

use serde_json::Value;

use event::Event;
use office::{Office, Taken};

/// What a journal comes to.
pub struct Outcome {
    /// The report as of the last line's `at`.
    pub report: Value,
    /// The lines, from 1, of the events that were refused.
    pub refused: Vec<u64>,
}

/// A run of the model, line by line.
pub struct Run {
    /// The office as of the last line.
    pub office: Office,
    refused: Vec<u64>,
    line: u64,
    seen: BTreeMap<String, Event>,
}

impl Run {
    /// A run that has read nothing.
    pub fn new() -> Self {
        Run {
            office: Office::new(),
            refused: Vec::new(),
            line: 0,
            seen: BTreeMap::new(),
        }
    }

    /// Reads one line; what became of the event, or nothing for a repeated one.
    pub fn line(&mut self, line: &str) -> Option<Taken> {
        self.line += 1;
        let event = Event::read(line);
        // A repeated id is looked at before the time: the same content is ignored.
        let known = event.maybe("id").and_then(|id| self.seen.get(id));
        let repeated = known.map(|known| known.same(&event));
        if repeated == Some(true) {
            return None;
        }
        self.office.reach(clock::parse(event.text("at")));
        let taken = if repeated.is_some() {
            Err(office::Refused::Input)
        } else {
            self.office.take(&event)
        };
        if taken.is_err() {
            self.refused.push(self.line);
        }
        if repeated.is_none()
            && let Some(id) = event.maybe("id")
        {
            self.seen.insert(id.to_string(), event);
        }
        Some(taken)
    }

    /// What it came to.
    pub fn outcome(self) -> Outcome {
        Outcome {
            report: report::write(&self.office),
            refused: self.refused,
        }
    }
}

/// Runs a journal of one event a line.
pub fn run(journal: &str) -> Outcome {
    let mut run = Run::new();
    for line in journal.lines() {
        run.line(line);
    }
    run.outcome()
}

/// The report of a journal.
pub fn report(journal: &str) -> Value {
    run(journal).report
}
