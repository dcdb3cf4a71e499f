//! Desks that post while a server dies, and what must be true afterwards: every acknowledged event is in the journal,
//! at its place, with the decisions that were answered.

#![allow(dead_code, reason = "each test uses a part of it")]

use super::client::Client;
use super::server::{OFFICE, Place};
use super::story::Desk;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// An event whose answer has arrived: this is what must not be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    pub id: String,
    pub seq: u64,
    /// The decisions, as the answer had them.
    pub decisions: String,
}

/// An answer to one event, its decisions as they came.
#[derive(Deserialize)]
struct Answered<'a> {
    seq: u64,
    #[serde(borrow)]
    decisions: &'a RawValue,
}

/// What a desk has after a round.
#[derive(Default)]
pub struct Posted {
    pub acknowledged: Vec<Acknowledged>,
    /// Answers that were not 200, by status and code.
    pub refused: BTreeMap<String, u64>,
}

/// A desk that goes on where it stopped.
pub struct Poster {
    desk: Desk,
    /// Sent, and nobody knows whether it had an effect: it is sent again first.
    pending: Option<String>,
}

impl Poster {
    /// As many desks, each with its own story.
    #[must_use]
    pub fn desks(count: u64, seed: u64) -> Vec<Poster> {
        (0..count)
            .map(|number| Poster {
                desk: Desk::new(&format!("k{number:02}"), seed + number),
                pending: None,
            })
            .collect()
    }

    /// Posts until somebody says stop, the server is gone, or something is refused.
    fn run(&mut self, address: SocketAddr, stop: &AtomicBool, pace: Duration) -> Posted {
        let mut client = Client::new(address);
        let mut posted = Posted::default();
        while !stop.load(Ordering::Relaxed) {
            let event = self.pending.take().unwrap_or_else(|| self.desk.next());
            let Ok(answer) = client.post(&events_path(), &event) else {
                self.pending = Some(event);
                break;
            };
            if answer.status == 200 {
                let told = super::story::id_of(&event);
                posted.acknowledged.push(acknowledged(told, &answer.body));
            } else {
                let what = format!("{} {}", answer.status, answer.code());
                *posted.refused.entry(what).or_default() += 1;
                self.pending = Some(event);
                if answer.status != 503 {
                    break;
                }
            }
            if !pace.is_zero() {
                super::server::pause(pace);
            }
        }
        posted
    }
}

/// What an answer to the event of this id acknowledges.
#[must_use]
pub fn acknowledged(id: &str, body: &[u8]) -> Acknowledged {
    let answered: Answered<'_> = serde_json::from_slice(body).expect("an answer to one event");
    Acknowledged {
        id: id.to_owned(),
        seq: answered.seq,
        decisions: answered.decisions.get().to_owned(),
    }
}

/// Where events are posted.
#[must_use]
pub fn events_path() -> String {
    format!("/v1/offices/{OFFICE}/events")
}

/// Desks at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<(Poster, Posted)>>,
}

impl Load {
    /// Every desk on a thread of its own, which pauses after each answer.
    #[must_use]
    pub fn start(address: SocketAddr, posters: Vec<Poster>, pace: Duration) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = posters
            .into_iter()
            .map(|mut poster| {
                let stop = stop.clone();
                std::thread::spawn(move || {
                    let posted = poster.run(address, &stop, pace);
                    (poster, posted)
                })
            })
            .collect();
        Load { stop, threads }
    }

    /// Waits for the desks, which stop after the answer that they wait for.
    #[must_use]
    pub fn end(self) -> (Vec<Poster>, Posted) {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Posted::default();
        let mut posters = Vec::new();
        for thread in self.threads {
            let (poster, posted) = thread.join().expect("no desk panics");
            posters.push(poster);
            all.acknowledged.extend(posted.acknowledged);
            for (what, count) in posted.refused {
                *all.refused.entry(what).or_default() += count;
            }
        }
        (posters, all)
    }
}

/// What a server keeps, entry by entry.
#[derive(Default)]
pub struct Kept {
    /// By its id: the place of an event, and its decisions as a JSON list.
    pub entries: BTreeMap<String, (u64, String)>,
    /// The last entry.
    pub head: u64,
}

/// Reads from a server what it keeps from an entry on.
#[must_use]
pub fn kept(place: &Place, from: u64) -> Kept {
    let mut client = place.client();
    let path = format!("/v1/offices/{OFFICE}/journal?from={from}");
    let export = client.get(&path).expect("an export");
    assert_eq!(export.status, 200, "{}", export.text());
    let mut decisions = decisions(&mut client, from - 1);
    let mut kept = Kept {
        head: from - 1,
        ..Kept::default()
    };
    for line in export.text().lines() {
        kept.head += 1;
        let event: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let told = decisions.remove(&kept.head).unwrap_or("[]".to_owned());
        if let Some(id) = event["id"].as_str() {
            let before = kept.entries.insert(id.to_owned(), (kept.head, told));
            assert!(before.is_none(), "the journal has {id} twice: {before:?}");
        }
    }
    assert!(decisions.is_empty(), "decisions without an entry");
    kept
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    entries: Vec<Answered<'a>>,
}

/// Every stored decision, as a line each.
#[must_use]
pub fn all_decisions(place: &Place) -> Vec<String> {
    let mut lines = Vec::new();
    for list in decisions(&mut place.client(), 0).values() {
        let list: Vec<&RawValue> = serde_json::from_str(list).expect("a list");
        lines.extend(list.iter().map(|decision| decision.get().to_owned()));
    }
    lines
}

/// The decisions of every entry after one.
fn decisions(client: &mut Client, mut since: u64) -> BTreeMap<u64, String> {
    let mut all = BTreeMap::new();
    loop {
        let path = format!("/v1/offices/{OFFICE}/decisions?since={since}&limit=1000");
        let answer = client.get(&path).expect("decisions");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page: Page<'_> = serde_json::from_slice(&answer.body).expect("a page");
        let Some(last) = page.entries.last() else {
            return all;
        };
        since = last.seq;
        for entry in &page.entries {
            all.insert(entry.seq, entry.decisions.get().to_owned());
        }
    }
}

/// Acknowledged events that the server does not have as they were answered; nothing if all is well.
#[must_use]
pub fn lost(acknowledged: &[Acknowledged], kept: &Kept) -> Vec<String> {
    acknowledged
        .iter()
        .filter_map(|event| match kept.entries.get(&event.id) {
            None => Some(format!("{} (entry {}) is missing", event.id, event.seq)),
            Some((seq, decisions)) if *seq != event.seq || *decisions != event.decisions => {
                Some(format!(
                    "{} was entry {} with {}, is entry {seq} with {decisions}",
                    event.id, event.seq, event.decisions
                ))
            }
            Some(_) => None,
        })
        .collect()
}
