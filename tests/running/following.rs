//! Following an office: entries as they come, resumed where the client was; and windows that end by themselves.

use super::{MORNING, morning, of, page, taken};
use crate::serve::client;
use crate::serve::server::Place;
use crate::serve::wire;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A stream of entries.
struct Stream {
    stream: TcpStream,
    read: String,
}

impl Stream {
    fn open(place: &Place, query: &str, headers: &[(&str, &str)]) -> Stream {
        let mut stream = client::connect(place.address()).unwrap();
        let request = wire::request("GET", &of(&format!("stream{query}")), headers, b"");
        stream.write_all(&request).unwrap();
        let read = String::new();
        Stream { stream, read }
    }

    /// The next numbers of entries.
    fn next(&mut self, count: usize) -> Vec<u64> {
        let mut ids = Vec::new();
        let mut part = [0; 4096];
        while ids.len() < count {
            if let Some(end) = self.read.find("\n\n") {
                let event: String = self.read.drain(..end + 2).collect();
                let id = event.lines().find_map(|line| line.strip_prefix("id: "));
                ids.extend(id.map(|id| id.parse::<u64>().unwrap()));
                continue;
            }
            let length = self.stream.read(&mut part).unwrap();
            assert!(length > 0, "the stream has ended");
            self.read
                .push_str(&String::from_utf8_lossy(&part[..length]));
        }
        ids
    }
}

#[test]
fn a_stream_resumes_where_the_client_was() {
    let (place, server, mut client) = morning();
    let mut from_the_first = Stream::open(&place, "?since=0", &[]);
    assert_eq!(from_the_first.next(6), [1, 2, 3, 4, 5, 6]);
    let mut from_now = Stream::open(&place, "", &[]);
    let mut resumed = Stream::open(&place, "", &[("last-event-id", "4")]);
    assert_eq!(resumed.next(2), [5, 6]);
    for number in 0..20 {
        taken(
            &mut client,
            &format!(r#"{{"event":"visit","visit":"v{number}","customer":"c{number}"}}"#),
        );
    }
    let numbers: Vec<u64> = (7..27).collect();
    assert_eq!(from_the_first.next(20), numbers);
    assert_eq!(resumed.next(20), numbers);
    let first = from_now.next(1)[0];
    assert!((7..27).contains(&first));
    // Open streams keep nobody from ending.
    assert!(server.stop().success());
    let mut rest = Vec::new();
    resumed.stream.read_to_end(&mut rest).unwrap();
}

/// The window of a claim that sleeps, made so short that a test can wait for its end.
fn with_a_short_window() -> Place {
    let place = Place::new();
    for (file, from, to) in [
        (
            "amounts.toml",
            "is     = { 2020-01-01 = \"1 month\" }",
            "is     = { 2020-01-01 = \"2 seconds\" }",
        ),
        ("facts.toml", "first_day = \"day_0\"", "# "),
        ("facts.toml", "last_day  = \"included\"", "# "),
    ] {
        let path = place.policy().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }
    place
}

#[test]
fn a_window_ends_without_an_event() {
    let place = with_a_short_window();
    let _server = place.start(&[]);
    let mut client = place.client();
    taken(&mut client, MORNING);
    for (visit, end) in [("v1", true), ("v2", false)] {
        taken(
            &mut client,
            &format!(r#"{{"event":"visit","visit":"{visit}","customer":"c1"}}"#),
        );
        if end {
            taken(
                &mut client,
                &format!(r#"{{"event":"visit_end","visit":"{visit}"}}"#),
            );
        }
    }
    let customer = page(&mut client, &of("customers/c1")).json();
    let asleep = &customer["claims"][0];
    assert_eq!(asleep["claim"], "sleeping", "{customer}");
    let until = asleep["until"].as_str().unwrap().to_owned();
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["next_due"], until.as_str());
    let mut stream = Stream::open(&place, "", &[]);
    let tick = stream.next(1)[0];
    assert_eq!(tick, office["seq"].as_u64().unwrap() + 1);
    let line = page(&mut client, &of(&format!("journal?from={tick}"))).text();
    assert!(line.contains(r#""event":"tick""#), "{line}");
    let decided = page(&mut client, &of(&format!("decisions?since={}", tick - 1))).json();
    let lapsed = &decided["entries"][0]["decisions"][0];
    assert_eq!(
        (&lapsed["decision"], &lapsed["claim"]),
        (&"own".into(), &"lapsed".into())
    );
    assert_eq!(lapsed["at"], until.as_str(), "at its own moment");
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["seq"], tick, "one tick is enough");
}
