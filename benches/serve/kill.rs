//! A server that is killed at random instants under load, and what it still has afterwards.

use crate::crash::{Acknowledged, Load, Poster, kept, lost};
use crate::figures::{Met, Row};
use crate::server::{Place, pause};
use crate::story::Random;
use crate::{Size, say};
use std::time::Duration;

/// From this the instants follow.
const SEED: u64 = 20_261_126;
/// Desks that post.
const DESKS: u64 = 16;

/// Kills so many times, each time at another instant.
pub fn kill(size: &Size) -> Vec<Row> {
    say(&format!("  seed {SEED}, {} kills", size.kills));
    let place = Place::new();
    let mut random = Random(SEED);
    let mut posters = Poster::desks(DESKS, SEED);
    let mut all: Vec<Acknowledged> = Vec::new();
    let mut faults = Vec::new();
    crate::opened(&place, &place.start(&[]));
    for _ in 0..size.kills {
        if random.percent(20) {
            // A server that dies while it starts.
            let server = place.spawn(&[]);
            pause(Duration::from_micros(random.below(60_000)));
            server.kill();
        }
        let server = place.start(&[]);
        let load = Load::start(place.address(), posters, Duration::ZERO);
        pause(Duration::from_micros(random.below(250_000)));
        server.kill();
        let (again, posted) = load.end();
        posters = again;
        faults.extend(posted.refused.into_iter().map(|what| format!("{what:?}")));
        let server = place.start(&[]);
        if let Some(first) = posted.acknowledged.iter().map(|event| event.seq).min() {
            faults.extend(lost(&posted.acknowledged, &kept(&place, first)));
        }
        all.extend(posted.acknowledged);
        server.kill();
    }
    let server = place.start(&[]);
    faults.extend(lost(&all, &kept(&place, 1)));
    assert!(server.stop().success(), "{}", place.log());
    let verified = place.panke(&[
        "journal",
        "verify",
        "--data",
        &place.data().to_string_lossy(),
    ]);
    if verified.0 != Some(0) {
        faults.push(format!("journal verify: {verified:?}"));
    }
    faults.iter().take(10).for_each(|fault| say(fault));
    let count = faults.len() as u64;
    vec![
        Row {
            what: format!("kill -9 at {} random instants: lost", size.kills),
            measured: format!("{count} of {} acknowledged", all.len()),
            least: "0".to_owned(),
            aim: String::new(),
            met: Met::at_most(count, 0, 0),
        },
        Row::told("  journal verify", verified.1.trim()),
    ]
}
