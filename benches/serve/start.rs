//! How soon a server with a long journal is ready: from the snapshot of an orderly end, after a power failure, and with
//! no snapshot at all.

use crate::figures::{Met, Row, median, millis};
use crate::server::{OFFICE, Place, Server, now};
use crate::story::{Desk, opening};
use crate::{Size, say, wire};
use std::fs;
use std::path::PathBuf;

/// Starts of which the median counts.
const STARTS: usize = 5;
/// Days, of months of 28 days, over which the journal goes.
const DAYS: usize = 336 * 6;

/// Measures starts with a journal of so many lines.
pub fn start(size: &Size) -> Vec<Row> {
    let place = Place::new();
    import(&place, size.lines);
    let timed = |times: &mut Vec<u64>| -> Server {
        let began = now();
        let server = place.start(&[]);
        times.push(u64::try_from(began.elapsed().as_nanos()).expect("seconds"));
        server
    };
    let mut graceful = Vec::new();
    let mut killed = Vec::new();
    let mut bare = Vec::new();
    for _ in 0..STARTS {
        let server = timed(&mut graceful);
        assert!(server.stop().success(), "{}", place.log());
    }
    let mut desk = Desk::new("after", 3);
    for _ in 0..STARTS {
        let server = place.start(&[]);
        for _ in 0..size.lines / 2000 {
            let batch: Vec<String> = (0..100).map(|_| desk.next()).collect();
            let body = format!("[{}]", batch.join(","));
            let path = format!("/v1/offices/{OFFICE}/events");
            let answer = place.client().post(&path, &body).expect("an answer");
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        server.kill();
        timed(&mut killed).kill();
    }
    // One that is killed before an event comes has taken no other.
    fs::remove_dir_all(snapshots(&place)).expect("snapshots can be thrown away");
    for _ in 0..STARTS.min(2) {
        timed(&mut bare).kill();
    }
    let graceful_median = median(&graceful);
    vec![
        Row {
            what: format!("start with {} entries", size.lines),
            measured: millis(graceful_median),
            least: "3 s".to_owned(),
            aim: "300 ms".to_owned(),
            met: Met::at_most(graceful_median, 3_000_000_000, 300_000_000),
        },
        Row::told(
            format!(
                "  after kill -9, {} entries after the snapshot",
                size.lines / 20
            ),
            millis(median(&killed)),
        ),
        Row::told("  with no snapshot", millis(median(&bare))),
    ]
}

/// The folder of snapshots beside the data file.
fn snapshots(place: &Place) -> PathBuf {
    let mut folder = place.data().into_os_string();
    folder.push("-snapshots");
    folder.into()
}

/// Fills the office with a journal of years, through the server, and ends that in order.
fn import(place: &Place, lines: usize) {
    let server = place.start(&[]);
    let journal = journal(lines);
    let path = format!("/v1/offices/{OFFICE}/journal");
    let request = wire::request(
        "POST",
        &path,
        &[("content-type", "application/x-ndjson")],
        journal.as_bytes(),
    );
    let began = now();
    let answer = place.client().send(&request).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    say(&format!(
        "  imported {lines} lines in {:?}",
        began.elapsed()
    ));
    assert!(server.stop().success(), "{}", place.log());
}

/// A journal that begins on the first of January 2020, eight desks in turn.
fn journal(lines: usize) -> String {
    let mut text = String::with_capacity(lines * 200);
    let mut desks: Vec<Desk> = (0..8)
        .map(|number| Desk::new(&format!("j{number}"), number))
        .collect();
    let opening = opening();
    for number in 0..lines {
        let event = opening
            .get(number)
            .cloned()
            .unwrap_or_else(|| desks[number % 8].next());
        let a_day = lines.div_ceil(DAYS);
        let (day, second) = (number / a_day, number % a_day * (12 * 3600) / a_day);
        let (year, month, date) = (2020 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        let (hour, minute, second) = (9 + second / 3600, second / 60 % 60, second % 60);
        text.push_str(&format!(
            "{{\"at\":\"{year}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}+08:00\",{}\n",
            &event[1..]
        ));
    }
    text
}
