//! How fast an office of a long journal starts: its state saved, loaded and cloned, and what the state takes.
//!
//! `cargo bench --bench snapshot`. Every row is the median of five. Under `cargo test --all-targets` the journal is short.

#[path = "replay/journal.rs"]
mod journal;

use panke::finding::Sources;
use panke::journal::Schema;
use panke::policy::Policy;
use panke::runtime::State;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Rounds of which the median counts.
const ROUNDS: usize = 5;
/// Lines of the journal.
const LINES: usize = if cfg!(debug_assertions) {
    2_000
} else {
    1_000_000
};

fn policy() -> Arc<Policy> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = panke::files::load_policy(&folder, "changsha-vanke").expect("the policy is there");
    let (policy, findings) = panke::check::check(&files, &mut Sources::default());
    assert!(findings.is_empty(), "{findings:#?}");
    Arc::new(policy.expect("a policy without findings exists"))
}

fn played(policy: &Arc<Policy>, lines: &[String]) -> State {
    let mut state = State::new(policy.clone());
    let schema = Schema::of(policy);
    for (line, seq) in lines.iter().zip(1..) {
        let event = schema.parse(state.ids_mut(), seq, line.as_bytes());
        let event = event.unwrap_or_else(|fault| panic!("{fault:?}\n{line}"));
        let stepped = state.step(&event, &mut panke::decision::Nobody);
        stepped.expect("the lines stand in order of time");
    }
    state
}

/// The median of some rounds, in microseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench is there to look at the clock"
)]
fn timed<T>(mut act: impl FnMut() -> T) -> u128 {
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let made = black_box(act());
            let taken = start.elapsed().as_micros();
            drop(made);
            taken
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

/// What the process holds in memory, where the kernel tells.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn row(what: &str, micros: u128) -> String {
    format!("{what:<24} {:>8}.{:03} ms\n", micros / 1000, micros % 1000)
}

#[expect(
    clippy::print_stdout,
    reason = "a bench says what it measured, to whoever runs it"
)]
fn main() {
    let policy = policy();
    // The lines stay, so that what the process grows by is the state.
    let lines = journal::journal(LINES);
    let before = resident();
    let state = played(&policy, &lines);
    let takes = resident().saturating_sub(before);
    let mut bytes = Vec::new();
    state.save(&mut bytes).expect("memory takes everything");
    let save = timed(|| {
        let mut bytes = Vec::with_capacity(bytes.len());
        state.save(&mut bytes).expect("memory takes everything");
        bytes
    });
    let load = || State::load(&bytes, &|_| Some(policy.clone())).expect("what was saved");
    let times = [
        row("save", save),
        row("load", timed(load)),
        row("clone", timed(|| state.clone())),
        row("board", timed(|| state.board())),
        row("a customer", timed(|| state.report_of_customer("c0000100"))),
    ];
    println!(
        "{LINES} lines, median of {ROUNDS}\n{}saved: {} bytes; in memory: {takes} bytes",
        times.concat(),
        bytes.len()
    );
}
