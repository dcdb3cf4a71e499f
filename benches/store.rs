//! Speed of the store: `cargo bench --bench store`.
//!
//! Appends events of 150 bytes with 400 bytes of decisions in commits of 1, 64 and 6,400, and reads them all. The first
//! figure of a line is what an entry costs until it is on the disk, the second what of that `append` costs, without the
//! commit. Next to `CARGO_TARGET_DIR`, so that the disk is a real one; `--entries N` reads another number of them. Under
//! `cargo test --all-targets` all of it is short.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time, prints, and stops at the first fault"
)]

use panke::store::{Entry, OfficeId, Store};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

const GROUPS: [u64; 3] = [1, 64, 6400];
/// How many entries are read, unless `--entries` says otherwise.
const READ: u64 = if cfg!(debug_assertions) {
    2_000
} else {
    200_000
};
/// How long each size of commits is measured.
const WHILE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 30 } else { 3000 });

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for group in GROUPS {
        append(&folder.path().join(format!("{group}.db")), group);
    }
    read(&folder.path().join("read.db"), entries());
}

fn entries() -> u64 {
    let mut args = std::env::args().skip_while(|arg| arg != "--entries");
    args.nth(1).map_or(READ, |count| count.parse().unwrap())
}

/// A journal that is being written.
struct Journal {
    store: Store,
    office: OfficeId,
    seq: u64,
    line: String,
    decisions: String,
}

impl Journal {
    fn new(path: &Path) -> Journal {
        let mut store = Store::open(path).unwrap();
        let office = store.office("east").unwrap();
        Journal {
            store,
            office,
            seq: 0,
            line: "x".repeat(150),
            decisions: "y".repeat(400),
        }
    }

    /// Adds entries in one commit; how long the appends took, and all of it.
    fn commit(&mut self, count: u64) -> (Duration, Duration) {
        let start = Instant::now();
        let mut writing = self.store.write().unwrap();
        let begun = Instant::now();
        for _ in 0..count {
            self.seq += 1;
            let entry = Entry {
                seq: self.seq,
                at: self.seq.cast_signed(),
                line: self.line.as_bytes(),
                decisions: self.decisions.as_bytes(),
            };
            writing.append(self.office, &entry).unwrap();
        }
        let appended = begun.elapsed();
        writing.commit().unwrap();
        (appended, start.elapsed())
    }
}

fn append(path: &Path, group: u64) {
    let mut journal = Journal::new(path);
    let mut appended = Duration::ZERO;
    let mut commits = Vec::new();
    let start = Instant::now();
    while start.elapsed() < WHILE {
        let (inside, whole) = journal.commit(group);
        appended += inside;
        commits.push(whole);
    }
    let whole: Duration = commits.iter().sum();
    commits.sort_unstable();
    let count = journal.seq as u128;
    println!(
        "groups of {group}: {} ns an entry, {} ns of it in append; commits: median {:?}, p99 {:?}, worst {:?} of {}",
        whole.as_nanos() / count,
        appended.as_nanos() / count,
        commits[commits.len() / 2],
        commits[commits.len() * 99 / 100],
        commits[commits.len() - 1],
        commits.len(),
    );
}

fn read(path: &Path, count: u64) {
    let mut journal = Journal::new(path);
    while journal.seq < count {
        journal.commit((count - journal.seq).min(6400));
    }
    journal.store.close().unwrap();
    let start = Instant::now();
    let store = Store::open(path).unwrap();
    println!("opened with {count} entries in {:?}", start.elapsed());
    let start = Instant::now();
    let mut bytes = 0;
    store
        .entries(journal.office, 1, u64::MAX, &mut |entry| {
            bytes += entry.line.len() + entry.decisions.len();
            ControlFlow::Continue(())
        })
        .unwrap();
    let took = start.elapsed();
    println!(
        "read {count} entries, {} MB, in {took:?}: {} ns an entry",
        bytes / 1_000_000,
        took.as_nanos() / u128::from(count)
    );
    let start = Instant::now();
    store.backup(&path.with_extension("copy")).unwrap();
    println!("copied in {:?}", start.elapsed());
}
