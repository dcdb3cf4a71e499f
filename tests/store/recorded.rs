//! Data files for the tests: one that a real office could have, and one of plain lines.

use crate::model;
use crate::program::{Desk, SHIPPED};
use panke::base::time::Instant;
use panke::check::check;
use panke::decision::{Decision, Sink, Wants};
use panke::event::Ids;
use panke::files::{PolicyFiles, load_policy};
use panke::finding::Sources;
use panke::policy::Policy;
use panke::print::push_decision;
use panke::replay::{Around, Audience, Library, NoPast, Replay, Told, VERSION};
use panke::store::{Entry, Inspected, Inspection, LAST_SEQ, Reader, Result, Store};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data file of every test.
pub const DATA: &str = "panke.db";
/// Its office.
pub const OFFICE: &str = "east";

/// The policies of a desk.
struct Folder(PathBuf);

impl Folder {
    fn files(&self, name: &str) -> PolicyFiles {
        load_policy(&self.0, name).unwrap()
    }
}

impl Library for Folder {
    fn find(
        &self,
        name: &str,
        _: &str,
        _: Option<&[(Box<str>, Box<str>)]>,
    ) -> std::result::Result<Arc<Policy>, String> {
        let (policy, _) = check(&self.files(name), &mut Sources::default());
        Ok(Arc::new(policy.unwrap()))
    }
}

/// What one entry decides, as it is kept.
#[derive(Default)]
struct Heard {
    at: Option<Instant>,
    decisions: String,
}

impl Sink for Heard {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if !self.decisions.is_empty() {
            self.decisions.push('\n');
        }
        push_decision(&mut self.decisions, ids, &decision);
    }
}

impl Audience for Heard {
    fn event(&mut self, told: &Told<'_>) {
        self.at = Some(told.event.at);
    }
}

/// Records a random journal under the shipped policy, and from the middle on under another; returns everything that
/// was decided.
pub fn record(desk: &Desk) -> String {
    desk.overlay("other", "");
    let library = Folder(desk.path().join("policies"));
    let journal = model::generate::journal(7, 30);
    let mut lines: Vec<String> = journal.lines().map(str::to_owned).collect();
    let middle = lines.len() / 2;
    for (at, name) in [(middle, "other"), (0, SHIPPED)] {
        let digest = library.files(name).digest;
        let time = lines[at].split('"').nth(3).unwrap().to_owned();
        let fields = format!(r#""event":"policy","policy":"{name}","digest":"{digest}""#);
        let line = format!(r#"{{"at":"{time}",{fields},"panke":"{VERSION}"}}"#);
        lines.insert(at, line);
    }
    let mut store = Store::open(&desk.path().join(DATA)).unwrap();
    let office = store.office(OFFICE).unwrap();
    let mut writing = store.write().unwrap();
    for name in [SHIPPED, "other"] {
        let files = library.files(name);
        let memory = files.to_memory();
        writing.keep_policy(&files.digest, name, &memory).unwrap();
    }
    let mut past = NoPast;
    let around = Around {
        library: &library,
        past: &mut past,
    };
    let mut replay = Replay::new(around, None, false);
    let mut all = String::new();
    for (line, seq) in lines.iter().zip(1..) {
        let mut heard = Heard::default();
        replay.line(seq, line.as_bytes(), &mut heard).unwrap();
        let entry = Entry {
            seq,
            at: heard.at.unwrap().millis(),
            line: line.as_bytes(),
            decisions: heard.decisions.as_bytes(),
        };
        writing.append(office, &entry).unwrap();
        if !heard.decisions.is_empty() {
            all.push_str(&heard.decisions);
            all.push('\n');
        }
    }
    writing.commit().unwrap();
    store.close().unwrap();
    all
}

/// Adds ticks to the journal of the office, in one commit.
pub fn add(store: &mut Store, count: u64) {
    let office = store.office(OFFICE).unwrap();
    let mut writing = store.write().unwrap();
    let head = writing.head(office).unwrap();
    for seq in head.seq + 1..=head.seq + count {
        let at = seq.cast_signed() * 1000;
        let line = format!(
            r#"{{"at":"1970-01-01T{:02}:{:02}:{:02}.000+00:00","event":"tick","note":"{}"}}"#,
            seq / 3600,
            seq / 60 % 60,
            seq % 60,
            "x".repeat((seq % 90) as usize),
        );
        let decisions = format!(r#"{{"seq":{seq},"decision":"none"}}"#);
        let entry = Entry {
            seq,
            at,
            line: line.as_bytes(),
            decisions: decisions.as_bytes(),
        };
        writing.append(office, &entry).unwrap();
    }
    writing.commit().unwrap();
}

/// Looks at everything that a data file holds: what is wrong with it, by code, and what its journal says.
pub fn inspect(path: &Path) -> Result<(Vec<&'static str>, Inspected, Vec<u8>)> {
    let store = Store::join(path)?;
    let file = store.inspect_file()?;
    let mut codes: Vec<&str> = file.first.iter().map(|wrong| wrong.code).collect();
    let mut inspection = Inspection::new(&store, None);
    let mut told = Vec::new();
    if let Some(office) = store.find_office(OFFICE)? {
        let mut failed = None;
        store.entries(office, 1, LAST_SEQ, &mut |entry| {
            told.extend_from_slice(entry.line);
            told.extend_from_slice(entry.decisions);
            match inspection.entry(&entry) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)?;
    }
    let inspected = inspection.end();
    codes.extend(inspected.wrongs.first.iter().map(|wrong| wrong.code));
    Ok((codes, inspected, told))
}

/// The last seq of the office's journal.
pub fn last(reader: &Reader) -> u64 {
    let office = reader.find_office(OFFICE).unwrap();
    office.map_or(0, |office| reader.head(office).unwrap().seq)
}
