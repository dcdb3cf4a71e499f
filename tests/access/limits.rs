//! Each limit at its edge, with its code.

use crate::serve::client::connect;
use crate::serve::server::{Place, now, pause};
use crate::serve::wire;
use crate::{ask, of_office, open, request, token};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Reads until the connection ends, and how long that took.
fn to_the_end(stream: &mut TcpStream) -> (Vec<u8>, Duration) {
    let begun = now();
    let mut bytes = Vec::new();
    // A connection that is cut off ends as well as one that is closed.
    stream.read_to_end(&mut bytes).unwrap_or_default();
    (bytes, begun.elapsed())
}

const EVENT: &str = r#"{"event":"visit_end","visit":"none"}"#;

#[test]
fn a_rate_is_counted_for_each_token_and_each_address() {
    let place = Place::new();
    let desk = token(&place, "desk", &["--desk", "front"]);
    let other = token(&place, "desk", &["--desk", "back"]);
    let _server = place.start(&["--limit-rate", "20"]);
    let board = of_office("board");
    let mut client = place.client();
    let answers: Vec<_> = (0..40)
        .map(|_| client.send(&request(&desk, "GET", &board, "")).unwrap())
        .collect();
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    assert!((20..40).contains(&taken), "{taken} were taken");
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(
        (refused.code(), refused.header("retry-after")),
        ("too-many-requests".into(), Some("1"))
    );
    assert_eq!(ask(&place, &other, "GET", &board, "").status, 200);
    // What watches over the server asks as often as it likes, and takes nothing from others at its address.
    let watched = (0..60).map(|_| client.get("/readyz").unwrap().status);
    assert!(watched.eq([200; 60]));
    // Guesses are counted too, by where they come from.
    let guessed = (0..60).map(|_| {
        client
            .send(&request("pk_guess", "GET", &board, ""))
            .unwrap()
            .status
    });
    let guessed: Vec<u16> = guessed.collect();
    assert!(
        guessed.contains(&401) && guessed.contains(&429),
        "{guessed:?}"
    );
}

#[test]
fn bodies_and_batches_are_taken_to_their_last_byte_and_event() {
    let place = Place::new();
    let _server = place.start(&[
        "--limit-body=1KiB",
        "--limit-batch=3",
        "--limit-import=1KiB",
    ]);
    let events = of_office("events");
    let padded = |length: usize| format!("{EVENT}{}", " ".repeat(length - EVENT.len()));
    assert_eq!(ask(&place, "", "POST", &events, &padded(1024)).status, 200);
    for path in ["events", "dry-run", "journal"] {
        let refused = ask(&place, "", "POST", &of_office(path), &padded(1025));
        assert_eq!(
            (refused.status, refused.code()),
            (413, "body-too-large".into()),
            "{path}"
        );
    }
    // Without a length at the front.
    let chunk = padded(1025);
    let head = format!(
        "POST {events} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunked = format!("{head}{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len());
    let refused = place.client().send(chunked.as_bytes()).unwrap();
    assert_eq!(
        (refused.status, refused.code()),
        (413, "body-too-large".into())
    );
    let batch = |events: usize| format!("[{}]", vec![EVENT; events].join(","));
    assert_eq!(ask(&place, "", "POST", &events, &batch(3)).status, 200);
    let refused = ask(&place, "", "POST", &events, &batch(4));
    assert_eq!(
        (refused.status, refused.code()),
        (413, "batch-too-large".into())
    );
    assert_eq!(crate::seq(&place, ""), 5, "a policy, one event and three");
}

#[test]
fn connections_and_streams_are_taken_to_the_last_place() {
    let place = Place::new();
    let _server = place.start(&["--limit-connections=3", "--limit-streams=1"]);
    let stream = request("", "GET", &of_office("stream"), "");
    let (status, first) = open(&place, &stream);
    assert_eq!(status, 200);
    let refused = ask(&place, "", "GET", &of_office("stream"), "");
    assert_eq!(
        (refused.status, refused.code()),
        (503, "too-many-streams".into())
    );
    let mut held = Vec::new();
    let begun = now();
    let healthz = request("", "GET", "/healthz", "");
    // The place of a connection that was closed comes back when the server has seen that.
    while held.len() < 2 {
        let (status, connection) = open(&place, &healthz);
        if status == 200 {
            held.push(connection);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "only {} places",
            held.len()
        );
    }
    for _ in 0..5 {
        let refused = ask(&place, "", "GET", "/healthz", "");
        assert_eq!(
            (refused.status, refused.code()),
            (503, "too-many-connections".into())
        );
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    drop((first, held));
    while ask(&place, "", "GET", "/healthz", "").status != 200 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the places do not come back"
        );
        pause(Duration::from_millis(10));
    }
}

#[test]
fn a_head_that_trickles_and_a_connection_that_rests_are_ended() {
    let place = Place::new();
    let _server = place.start(&["--limit-header-time=300ms", "--limit-idle-time=2s"]);
    let mut slow = connect(place.address()).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        .unwrap();
    let (_, took) = to_the_end(&mut slow);
    assert!((200..1500).contains(&took.as_millis()), "{took:?}");
    let mut idle = connect(place.address()).unwrap();
    let (_, took) = to_the_end(&mut idle);
    assert!((1500..10_000).contains(&took.as_millis()), "{took:?}");
    // A connection on which requests follow one another is neither.
    let mut busy = connect(place.address()).unwrap();
    let mut read = Vec::new();
    let begun = now();
    while begun.elapsed() < Duration::from_millis(1500) {
        busy.write_all(&request("", "GET", "/healthz", "")).unwrap();
        let (answer, _) = crate::serve::client::receive(&mut busy, &mut read).unwrap();
        assert_eq!(answer.status, 200);
        pause(Duration::from_millis(20));
    }
    // Nor is one that rests for longer than a head may take.
    pause(Duration::from_millis(600));
    busy.write_all(&request("", "GET", "/healthz", "")).unwrap();
    let (answer, _) = crate::serve::client::receive(&mut busy, &mut read).unwrap();
    assert_eq!(answer.status, 200);
}

#[test]
fn a_body_that_trickles_is_ended_with_no_effect() {
    let place = Place::new();
    let _server = place.start(&["--limit-body-time=300ms"]);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        of_office("events"),
        EVENT.len()
    );
    let mut slow = connect(place.address()).unwrap();
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&EVENT.as_bytes()[..10]).unwrap();
    let (bytes, took) = to_the_end(&mut slow);
    let (answer, _) = wire::answer(&bytes, true).unwrap();
    assert_eq!(
        (answer.status, answer.code()),
        (408, "body-too-slow".into())
    );
    assert!((200..5000).contains(&took.as_millis()), "{took:?}");
    assert_eq!(crate::seq(&place, ""), 0);
}

#[test]
fn a_client_that_takes_nothing_of_its_answer_is_dropped() {
    let place = Place::new();
    let _server = place.start(&["--limit-write-time=500ms", "--limit-connections=2"]);
    let note = "x".repeat(3_000);
    let event = format!(r#"{{"event":"visit_end","visit":"none","note":"{note}"}}"#);
    let batch = format!("[{}]", vec![event.as_str(); 1000].join(","));
    for _ in 0..4 {
        let taken = ask(&place, "", "POST", &of_office("events"), &batch);
        assert_eq!(taken.status, 200, "{}", taken.text());
    }
    let journal = request("", "GET", &of_office("journal"), "");
    let (status, mut lazy) = open(&place, &journal);
    assert_eq!(status, 200);
    pause(Duration::from_secs(3));
    let (bytes, _) = to_the_end(&mut lazy);
    assert!(
        bytes.len() < 4 * batch.len(),
        "all of it came: {}",
        bytes.len()
    );
    assert_eq!(ask(&place, "", "GET", "/healthz", "").status, 200);
}
