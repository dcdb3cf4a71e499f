//! How fast a journal is played: reading alone, with decisions that nobody wants, with decisions written as lines, and
//! the same by the oracle of the tests, which is written to be read and not to be fast.
//!
//! `cargo bench --bench replay`. Every row is the median of five, and the five rounds take turns, so that a busy
//! machine slows them all. Under `cargo test --all-targets` the journal is short.

#[path = "replay/journal.rs"]
mod journal;
#[path = "replay/memory.rs"]
mod memory;
#[path = "../tests/model/mod.rs"]
mod model;

use panke::decision::{Nobody, Sink};
use panke::event::Ids;
use panke::finding::Sources;
use panke::journal::Schema;
use panke::policy::Policy;
use panke::print::JsonLines;
use panke::runtime::State;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Rounds of which the median counts.
const ROUNDS: usize = 5;
/// Lines of the journal.
const LINES: usize = if cfg!(debug_assertions) {
    2_000
} else {
    200_000
};
/// Lines of it that the oracle plays.
const SLICE: usize = LINES / 50;
/// How many records of each sort memory is measured on.
const RECORDS: u64 = if cfg!(debug_assertions) { 500 } else { 50_000 };

/// An office in which a journal is played.
pub struct Office {
    schema: Schema,
    state: State,
    line: u64,
}

impl Office {
    /// Nothing has happened yet.
    pub fn new(policy: &Arc<Policy>) -> Office {
        Office {
            schema: Schema::of(policy),
            state: State::new(policy.clone()),
            line: 0,
        }
    }

    /// Plays a line for nobody.
    pub fn play(&mut self, line: &str) {
        self.hear(line, &mut Nobody);
    }

    /// Plays a line for whoever reads.
    fn hear(&mut self, line: &str, sink: &mut dyn Sink) {
        self.line += 1;
        let event = self
            .schema
            .parse(self.state.ids_mut(), self.line, line.as_bytes())
            .unwrap_or_else(|fault| panic!("{fault:?}\n{line}"));
        self.state
            .step(&event, sink)
            .expect("the lines stand in order of time");
    }
}

/// Counts the bytes that are written.
#[derive(Default)]
struct Counted {
    bytes: u64,
    lines: u64,
}

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        self.lines += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was measured, round by round, in nanoseconds.
#[derive(Default)]
struct Times {
    parse: Vec<u128>,
    nobody: Vec<u128>,
    written: Vec<u128>,
    part: Vec<u128>,
    oracle: Vec<u128>,
    output: Counted,
}

fn policy() -> Arc<Policy> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = panke::files::load_policy(&folder, "changsha-vanke").expect("the policy is there");
    let (policy, findings) = panke::check::check(&files, &mut Sources::default());
    assert!(findings.is_empty(), "{findings:#?}");
    Arc::new(policy.expect("a policy without findings exists"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is there to look at the clock"
)]
fn timed(act: impl FnOnce()) -> u128 {
    let start = Instant::now();
    act();
    start.elapsed().as_nanos()
}

fn parse(policy: &Policy, lines: &[String]) {
    let schema = Schema::of(policy);
    let mut ids = Ids::default();
    for (line, seq) in lines.iter().zip(1..) {
        let event = schema.parse(&mut ids, seq, line.as_bytes());
        black_box(&event);
    }
}

fn play(policy: &Arc<Policy>, lines: &[String]) {
    let mut office = Office::new(policy);
    lines.iter().for_each(|line| office.play(line));
    black_box(&office.state);
}

fn write_down(policy: &Arc<Policy>, lines: &[String]) -> Counted {
    let mut output = Counted::default();
    let mut sink = JsonLines::new(&mut output);
    let mut office = Office::new(policy);
    for line in lines {
        office.hear(line, &mut sink);
    }
    sink.finish().expect("nothing is written anywhere");
    output
}

fn measure(policy: &Arc<Policy>, lines: &[String]) -> Times {
    let mut times = Times::default();
    let slice = &lines[..SLICE.min(lines.len())];
    let text = slice.join("\n");
    for _ in 0..ROUNDS {
        times.parse.push(timed(|| parse(policy, lines)));
        times.nobody.push(timed(|| play(policy, lines)));
        let mut output = Counted::default();
        times
            .written
            .push(timed(|| output = write_down(policy, lines)));
        times.output = output;
        times.part.push(timed(|| play(policy, slice)));
        times.oracle.push(timed(|| {
            black_box(model::run(&text));
        }));
    }
    times
}

/// The median.
fn median(times: &[u128]) -> u128 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

/// A row: what, nanoseconds a line, thousands of lines a second.
fn row(table: &mut String, what: &str, times: &[u128], lines: usize) {
    let nanos = (median(times) / lines as u128).max(1);
    let rate = 1_000_000 / nanos;
    writeln!(table, "{what:<44} {nanos:>8} ns/line {rate:>6} k lines/s").expect("a string grows");
}

fn report(times: &Times, lines: &[String]) -> String {
    let bytes: usize = lines.iter().map(String::len).sum();
    let (count, slice) = (lines.len(), SLICE.min(lines.len()));
    let mut table = format!(
        "{count} lines of {} bytes, median of {ROUNDS}\n",
        bytes / count
    );
    row(&mut table, "parse", &times.parse, count);
    row(
        &mut table,
        "parse and step, nobody reads",
        &times.nobody,
        count,
    );
    row(
        &mut table,
        "parse, step, decisions written",
        &times.written,
        count,
    );
    row(
        &mut table,
        "first lines only: parse and step",
        &times.part,
        slice,
    );
    row(
        &mut table,
        "first lines only: oracle of the tests",
        &times.oracle,
        slice,
    );
    let output = &times.output;
    writeln!(
        table,
        "{} decisions, {} bytes; the oracle is written to be read, on {slice} lines",
        output.lines, output.bytes
    )
    .expect("a string grows");
    table
}

fn memory_report(costs: Option<memory::Costs>) -> String {
    costs.map_or_else(
        || "memory: the kernel does not tell".to_owned(),
        |costs| {
            format!(
                "bytes of memory, names included, on {RECORDS} of each:\n\
                 a customer with its first visit and claim {:>6}\n\
                 a later visit                             {:>6}\n\
                 a deal                                    {:>6}\n\
                 an event's id                             {:>6}",
                costs.customer, costs.visit, costs.deal, costs.id
            )
        },
    )
}

#[expect(
    clippy::print_stdout,
    reason = "a bench says what it measured, to whoever runs it"
)]
fn main() {
    let policy = policy();
    // First, while the process is small and has nothing to use again.
    let costs = memory::costs(&policy, RECORDS);
    let lines = journal::journal(LINES);
    let times = measure(&policy, &lines);
    println!("{}\n{}", report(&times, &lines), memory_report(costs));
}
