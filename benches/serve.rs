//! What the running office reaches, measured from outside in one run: the server as a process, the load beside it, and
//! for the ratios a bare server that stores the same bytes and decides nothing.
//!
//! `cargo bench --bench serve [-- durable|batches|latency|reload|start|kill|all] [--short]`. Rounds of both servers take
//! turns, so that a busy machine slows both. Under `cargo test --all-targets` everything is short.

#[path = "../tests/serve/client.rs"]
mod client;
#[path = "../tests/serve/crash.rs"]
mod crash;
#[path = "serve/durable.rs"]
mod durable;
#[path = "serve/echo.rs"]
mod echo;
#[path = "serve/figures.rs"]
mod figures;
#[path = "serve/kill.rs"]
mod kill;
#[path = "serve/load.rs"]
mod load;
#[path = "serve/reload.rs"]
mod reload;
#[path = "../tests/serve/server.rs"]
mod server;
#[path = "serve/start.rs"]
mod start;
#[path = "../tests/serve/story.rs"]
mod story;
#[path = "../tests/serve/wire.rs"]
mod wire;

use figures::Row;
use server::{Place, Server};

/// The word by which this program starts itself as the echo.
pub const ECHO: &str = "--echo";

/// How much is measured.
pub struct Size {
    /// Events of each desk.
    pub events: usize,
    /// Rounds of which the median counts.
    pub rounds: usize,
    /// Reloads that are timed.
    pub reloads: usize,
    /// Reloads under load.
    pub loaded_reloads: usize,
    /// Lines of the journal with which a server starts.
    pub lines: usize,
    /// How often a server is killed.
    pub kills: usize,
}

const FULL: Size = Size {
    events: 2000,
    rounds: 5,
    reloads: 200,
    loaded_reloads: 500,
    lines: 1_000_000,
    kills: 200,
};

const SHORT: Size = Size {
    events: 100,
    rounds: 1,
    reloads: 10,
    loaded_reloads: 10,
    lines: 5_000,
    kills: 3,
};

/// Tells whoever runs this.
#[expect(
    clippy::print_stdout,
    reason = "a bench says what it measured, to whoever runs it"
)]
pub fn say(text: &str) {
    println!("{text}");
}

/// Posts the events of the morning.
pub fn opened(place: &Place, _server: &Server) {
    let body = format!("[{}]", story::opening().join(","));
    let answer = place.client().post(&crash::events_path(), &body);
    let answer = answer.expect("the server runs");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is a program of its own, with arguments of its own"
)]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [word, address, data] = &args[..]
        && word == ECHO
    {
        echo::serve(address, data.as_ref());
        return;
    }
    let short = cfg!(debug_assertions) || args.iter().any(|arg| arg == "--short");
    let wanted: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    measure(&wanted, if short { &SHORT } else { &FULL });
}

fn measure(wanted: &[&str], size: &Size) {
    let wants = |row: &str| wanted.is_empty() || wanted.contains(&row) || wanted.contains(&"all");
    let mut rows: Vec<Row> = Vec::new();
    if wants("durable") || wants("batches") || wants("latency") {
        let requests = durable::prepare(size);
        let mut full = None;
        if wants("durable") || wants("latency") {
            let (row, rate) = durable::durable(&requests, size);
            full = Some(rate);
            rows.push(row);
        }
        if wants("batches") {
            rows.push(durable::batches(&requests, size));
        }
        if let Some(full) = full.filter(|_| wants("latency")) {
            rows.extend(durable::latency(&requests, full));
        }
    }
    if wants("reload") {
        rows.extend(reload::reload(size));
        rows.extend(reload::under_load(size));
    }
    if wants("start") {
        rows.extend(start::start(size));
    }
    if wants("kill") {
        rows.extend(kill::kill(size));
    }
    say(&figures::head());
    rows.iter().for_each(|row| say(&row.shown()));
}
