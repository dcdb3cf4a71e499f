//! How many events a second are on disk, their decisions included, beside a server that only stores; and how long one
//! of them takes at half that load.

use crate::echo::DECISIONS;
use crate::figures::{Met, Row, median, millis, quantile, ratio};
use crate::server::{OFFICE, POLICY, Place, Server, pause};
use crate::story::{Desk, opening};
use crate::{Size, load, say, wire};
use panke::finding::Sources;
use panke::journal::Schema;
use panke::print::JsonLines;
use panke::runtime::State;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Connections, each a desk of its own.
pub const DESKS: usize = 64;

/// Events of a batch.
const BATCH: usize = 100;

/// Requests, ready to be sent.
pub struct Requests {
    opening: Vec<u8>,
    single: Vec<Vec<Vec<u8>>>,
    batches: Vec<Vec<Vec<u8>>>,
}

/// What the requests of a size hold: events of each desk, one by one and in batches.
pub fn prepare(size: &Size) -> Requests {
    let opening = opening();
    let desks: Vec<Vec<String>> = (0..DESKS)
        .map(|number| {
            let mut desk = Desk::new(&format!("k{number:02}"), 7 + number as u64);
            (0..size.events).map(|_| desk.next()).collect()
        })
        .collect();
    let mut sizes = Sizes::new();
    let first = sizes.of(&opening);
    let mut single = vec![Vec::new(); DESKS];
    for number in 0..size.events {
        for (desk, requests) in desks.iter().zip(&mut single) {
            let events = &desk[number..=number];
            requests.push(request(events, &sizes.of(events)));
        }
    }
    let mut sizes = Sizes::new();
    sizes.of(&opening);
    let mut desks: Vec<Desk> = (0..DESKS)
        .map(|number| Desk::new(&format!("k{number:02}"), 7 + number as u64))
        .collect();
    let mut batches = vec![Vec::new(); DESKS];
    for _ in 0..size.events / BATCH {
        for (desk, requests) in desks.iter_mut().zip(&mut batches) {
            let events = desk.batch(BATCH);
            requests.push(request(&events, &sizes.of(&events)));
        }
    }
    Requests {
        opening: request(&opening, &first),
        single,
        batches,
    }
}

/// A request with one event or with several.
fn request(events: &[String], sizes: &[usize]) -> Vec<u8> {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let body = match events {
        [event] => event.clone(),
        _ => format!("[{}]", events.join(",")),
    };
    wire::request(
        "POST",
        &format!("/v1/offices/{OFFICE}/events"),
        &[
            ("content-type", "application/json"),
            (DECISIONS, &sizes.join(",")),
        ],
        body.as_bytes(),
    )
}

/// How many bytes of decisions events give, told beforehand so that the echo can store as many.
struct Sizes {
    schema: Schema,
    state: State,
    line: u64,
}

impl Sizes {
    fn new() -> Sizes {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let files = panke::files::load_policy(&folder, POLICY).expect("the policy is there");
        let (policy, findings) = panke::check::check(&files, &mut Sources::default());
        assert!(findings.is_empty(), "{findings:#?}");
        let policy = Arc::new(policy.expect("a policy without findings exists"));
        Sizes {
            schema: Schema::of(&policy),
            state: State::new(policy),
            line: 0,
        }
    }

    fn of(&mut self, events: &[String]) -> Vec<usize> {
        events.iter().map(|event| self.one(event)).collect()
    }

    fn one(&mut self, event: &str) -> usize {
        self.line += 1;
        let line = format!(r#"{{"at":"2026-03-02T10:00:00.000+08:00",{}"#, &event[1..]);
        let event = self
            .schema
            .parse(self.state.ids_mut(), self.line, line.as_bytes())
            .unwrap_or_else(|fault| panic!("{fault:?}\n{line}"));
        let mut written = Vec::new();
        let mut sink = JsonLines::new(&mut written);
        self.state
            .step(&event, &mut sink)
            .expect("time stands still");
        sink.finish().expect("memory takes it");
        written.len()
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Echo,
    Panke,
}

/// A server with an office that has opened, on a new file.
fn started(who: Who, opening: &[u8]) -> (Place, Server) {
    let place = Place::new();
    let server = match who {
        Who::Panke => place.start(&[]),
        Who::Echo => {
            let program = std::env::current_exe().expect("this program has a path");
            let mut command = Command::new(program);
            command
                .arg(crate::ECHO)
                .arg(place.address().to_string())
                .arg(place.data());
            let mut server = place.spawn_as(command);
            place.await_ready(&mut server);
            server
        }
    };
    let answer = place.client().send(opening).expect("it is ready");
    assert_eq!(answer.status, 200, "{}", answer.text());
    // What a server does at its start (it proves its policies) is not what an event waits for on a day.
    pause(Duration::from_secs(1));
    (place, server)
}

/// Events a second of each round.
struct Rates {
    echo: Vec<u64>,
    panke: Vec<u64>,
}

fn rates(requests: &Requests, desks: &[Vec<Vec<u8>>], events: u64, rounds: usize) -> Rates {
    let rate = |who| {
        let (place, server) = started(who, &requests.opening);
        let ran = load::closed(place.address(), desks)
            .unwrap_or_else(|fault| panic!("{who:?}: {fault}\n{}", place.log()));
        assert_eq!(ran.failed, 0, "{who:?}: {:?}", ran.first_failure);
        drop(server);
        let rate = u128::from(events) * 1_000_000_000 / ran.took.as_nanos();
        say(&format!(
            "  {who:?}: {rate} events/s, p50 {}, p99 {}",
            millis(quantile(&ran.latencies, 500)),
            millis(quantile(&ran.latencies, 990))
        ));
        u64::try_from(rate).expect("no machine is that fast")
    };
    let mut rates = Rates {
        echo: Vec::new(),
        panke: Vec::new(),
    };
    for _ in 0..rounds {
        rates.echo.push(rate(Who::Echo));
        rates.panke.push(rate(Who::Panke));
    }
    rates
}

/// The row of a ratio, and the rate of panke.
fn compared(what: &str, rates: &Rates, least: u64, aim: u64) -> (Row, u64) {
    let (echo, panke) = (median(&rates.echo), median(&rates.panke));
    let hundredths = panke * 100 / echo;
    let row = Row {
        what: what.to_owned(),
        measured: format!(
            "{} ({} of {}/s; spread {}, {})",
            ratio(hundredths),
            panke,
            echo,
            spread(&rates.panke),
            spread(&rates.echo)
        ),
        least: ratio(least),
        aim: ratio(aim),
        met: Met::at_least(hundredths, least, aim),
    };
    (row, panke)
}

/// How far apart the rounds lie, in hundredths of their median.
fn spread(rates: &[u64]) -> String {
    let most = rates.iter().max().expect("there were rounds");
    let least = rates.iter().min().expect("there were rounds");
    format!("{}%", (most - least) * 100 / median(rates))
}

/// Single events; tells how many a second.
pub fn durable(requests: &Requests, size: &Size) -> (Row, u64) {
    let events = (size.events * DESKS) as u64;
    let rates = rates(requests, &requests.single, events, size.rounds);
    compared(
        &format!("durable events, {DESKS} connections, to echo"),
        &rates,
        60,
        90,
    )
}

/// Batches of a hundred.
pub fn batches(requests: &Requests, size: &Size) -> Row {
    let events = (size.events * DESKS) as u64;
    let rates = rates(requests, &requests.batches, events, size.rounds);
    compared("batches of 100, to echo", &rates, 50, 80).0
}

/// How long an event takes when half as many come as could.
pub fn latency(requests: &Requests, full: u64) -> Vec<Row> {
    let (place, server) = started(Who::Panke, &requests.opening);
    let ran = load::open(place.address(), &requests.single, (full / 2).max(1))
        .unwrap_or_else(|fault| panic!("{fault}\n{}", place.log()));
    assert_eq!(ran.failed, 0, "{:?}", ran.first_failure);
    drop(server);
    let p99 = quantile(&ran.latencies, 990);
    let slow = ran.latencies.iter().filter(|nanos| **nanos > 10_000_000);
    let slow = slow.count();
    vec![
        Row {
            what: format!("p99 of a durable event at {}/s, open loop", full / 2),
            measured: millis(p99),
            least: "10 ms".to_owned(),
            aim: "3 ms".to_owned(),
            met: Met::at_most(p99, 10_000_000, 3_000_000),
        },
        Row::told("  the middle one", millis(quantile(&ran.latencies, 500))),
        Row::told("  the slowest", millis(quantile(&ran.latencies, 1000))),
        Row::told(
            "  slower than 10 ms",
            format!("{slow} of {}", ran.latencies.len()),
        ),
    ]
}
