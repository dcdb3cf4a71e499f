//! What is posted, and what comes back.

use super::{MORNING, morning, of, page, taken};
use crate::serve::server::Place;
use crate::serve::wire;

#[test]
fn an_event_is_answered_with_what_it_decides() {
    let (_place, _server, mut client) = morning();
    let answer = taken(
        &mut client,
        r#"{"event":"visit","visit":"v1","customer":"c1"}"#,
    );
    assert_eq!(answer["seq"], 7, "the policy is the first entry");
    assert_eq!(answer["repeated"], false);
    let received = &answer["decisions"][0];
    assert_eq!(received["decision"], "receive");
    assert_eq!(received["staff"], "chen");
    let visit = page(&mut client, &of("visits/v1")).json();
    assert_eq!(
        visit["staff"], "chen",
        "whoever has the answer reads its effect"
    );
}

#[test]
fn a_list_is_stored_as_a_whole_or_not_at_all() {
    let (_place, _server, mut client) = morning();
    let body = r#"[{"event":"visit","visit":"v1","customer":"c1"},
        {"event":"visit","visit":"v2","customer":"c2"},
        {"event":"visit","visits":"v3","customer":"c3"}]"#;
    let answer = client.post(&of("events"), body).unwrap();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "malformed-event")
    );
    let problem = answer.json();
    assert_eq!(problem["index"], 2);
    assert_eq!(problem["field"], "visits");
    assert_eq!(problem["help"], "did you mean `visit`?");
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["seq"], 6, "nothing of the list is stored");
    let answer = taken(
        &mut client,
        r#"{"event":"visit","visit":"v1","customer":"c1"}"#,
    );
    assert_eq!(answer["seq"], 7);
}

#[test]
fn a_fault_is_told_at_its_place() {
    let (_place, _server, mut client) = morning();
    for (body, column, field) in [
        (r#"{"event":"visi"}"#, 10, "event"),
        (
            r#"{"event": "visit", "visit": 7, "customer": "c1"}"#,
            29,
            "visit",
        ),
        (r#"{"at":"2026-01-01 09:00","event":"tick"}"#, 2, "at"),
        (r#"{"event":"tick"}"#, 10, "event"),
    ] {
        let answer = client.post(&of("events"), body).unwrap();
        assert_eq!(answer.status, 400, "{body}");
        let problem = answer.json();
        assert_eq!(problem["column"], column, "{body}: {problem}");
        assert_eq!(problem["field"], field, "{body}: {problem}");
    }
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["seq"], 6, "nothing malformed is stored");
}

#[test]
fn what_is_impossible_is_stored_and_refused() {
    let (_place, _server, mut client) = morning();
    let answer = taken(
        &mut client,
        r#"{"event":"visit_end","visit":"nobody-knows"}"#,
    );
    assert_eq!(answer["seq"], 7);
    assert_eq!(answer["decisions"][0]["decision"], "refuse");
    assert_eq!(answer["decisions"][0]["because"][0], "input.unknown_visit");
}

#[test]
fn a_repetition_is_answered_as_the_first_time() {
    let (place, server, mut client) = morning();
    let visit = r#"{"event":"visit","visit":"v1","customer":"c1","id":"e1"}"#;
    let first = taken(&mut client, visit);
    let again = taken(&mut client, visit);
    assert_eq!(again["repeated"], true);
    for key in ["seq", "at", "decisions"] {
        assert_eq!(again[key], first[key], "{key}");
    }
    // Other words for the same are the same; other content is not.
    let spaced = r#"{ "customer":"c1", "visit" : "v1", "id":"e1","event":"visit"}"#;
    assert_eq!(taken(&mut client, spaced)["repeated"], true);
    let other = taken(
        &mut client,
        r#"{"event":"visit","visit":"v2","customer":"c1","id":"e1"}"#,
    );
    assert_eq!(other["decisions"][0]["because"][0], "input.duplicate_id");
    assert!(server.stop().success());
    let _server = place.start(&[]);
    let after = taken(&mut place.client(), visit);
    assert_eq!(after["repeated"], true, "also after a restart");
    assert_eq!(after["decisions"], first["decisions"]);
}

#[test]
fn a_repetition_within_one_list_is_one() {
    let (_place, _server, mut client) = morning();
    let body = r#"[{"event":"visit","visit":"v1","customer":"c1","id":"e1"},
        {"event":"visit","visit":"v1","customer":"c1","id":"e1"}]"#;
    let answer = taken(&mut client, body);
    assert_eq!(answer["entries"][0]["seq"], answer["entries"][1]["seq"]);
    assert_eq!(answer["entries"][1]["repeated"], true);
}

#[test]
fn an_event_that_many_post_at_once_is_one() {
    let (place, _server, _client) = morning();
    let post = |desk: u64| {
        let mut client = place.client();
        let answers = (0..60).map(|number| {
            // Everybody posts the same; the ids of a desk's own between them keep the commits busy.
            let own = format!(
                r#"{{"event":"visit","visit":"w{desk}-{number}","customer":"d{desk}","id":"o{desk}-{number}"}}"#
            );
            assert_eq!(taken(&mut client, &own)["repeated"], false);
            let same = format!(
                r#"{{"event":"visit","visit":"v{number}","customer":"c{number}","id":"e{number}"}}"#
            );
            taken(&mut client, &same)
        });
        answers.collect::<Vec<_>>()
    };
    let all: Vec<Vec<serde_json::Value>> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..6).map(|desk| scope.spawn(move || post(desk))).collect();
        let ended = desks.into_iter().map(|desk| desk.join().unwrap());
        ended.collect()
    });
    for number in 0..60 {
        let answers = || all.iter().map(|desk| &desk[number]);
        let first = answers().filter(|answer| answer["repeated"] == false);
        assert_eq!(first.count(), 1, "event {number}");
        for key in ["seq", "at", "decisions"] {
            let said = answers().all(|answer| answer[key] == all[0][number][key]);
            assert!(said, "event {number}: {key}");
        }
    }
}

#[test]
fn a_list_corrects_what_stands_before_it_in_the_list() {
    let (_place, _server, mut client) = morning();
    let body = r#"[{"event":"visit","visit":"v1","customer":"c1","id":"e1"},
        {"event":"correction","about":"e1","reason":"typo","approved_by":"li","id":"k1"},
        {"event":"visit","visit":"v2","customer":"c2","id":"e2"},
        {"event":"visit","visit":"v1","customer":"c1","id":"e1"}]"#;
    let answer = taken(&mut client, body);
    assert_eq!(answer["entries"][0]["decisions"][0]["staff"], "chen");
    assert_eq!(
        answer["entries"][2]["decisions"][0]["staff"], "chen",
        "the visit that was not has used no turn: {answer}"
    );
    assert_eq!(answer["entries"][3]["repeated"], true);
    let lost = client.get(&of("visits/v1")).unwrap();
    assert_eq!(lost.status, 404, "{}", lost.text());
}

#[test]
fn a_key_is_the_id_of_an_event_that_brings_none() {
    let (_place, _server, mut client) = morning();
    let body = br#"{"event":"visit","visit":"v1","customer":"c1"}"#;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let request = wire::request("POST", &of("events"), &headers, body);
    let first = client.send(&request).unwrap().json();
    let again = client.send(&request).unwrap().json();
    assert_eq!(again["repeated"], true);
    assert_eq!(again["seq"], first["seq"]);
    let list = wire::request("POST", &of("events"), &headers, MORNING.as_bytes());
    let first = client.send(&list).unwrap().json();
    let again = client.send(&list).unwrap().json();
    assert_eq!(again["entries"][3]["repeated"], true);
    assert_eq!(again["entries"][3]["seq"], first["entries"][3]["seq"]);
    let line = page(&mut client, &of("journal?from=8")).text();
    assert!(line.contains(r#""id":"k-1/1""#), "{line}");
}

#[test]
fn a_dry_run_tells_and_stores_nothing() {
    let (_place, _server, mut client) = morning();
    let visit = r#"{"event":"visit","visit":"v1","customer":"c1"}"#;
    let tried = client.post(&of("dry-run"), visit).unwrap().json();
    assert_eq!(tried["decisions"][0]["staff"], "chen");
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["seq"], 6);
    let taken = taken(&mut client, visit);
    assert_eq!(
        taken["decisions"][0]["staff"],
        tried["decisions"][0]["staff"]
    );
    assert_eq!(taken["seq"], tried["seq"]);
}

/// A request, and the status and the code of its answer.
type Wrong = (
    &'static str,
    &'static str,
    &'static str,
    &'static [u8],
    u16,
    &'static str,
);

const EVENT: &[u8] = br#"{"event":"visit_end","visit":"v"}"#;
const JSON: &str = "application/json";

const WRONG: &[Wrong] = &[
    (
        "POST",
        "changsha/events",
        "text/plain",
        EVENT,
        415,
        "unsupported-type",
    ),
    (
        "POST",
        "changsha/events",
        JSON,
        b"[]",
        400,
        "malformed-event",
    ),
    (
        "POST",
        "changsha/events",
        JSON,
        b"[{]",
        400,
        "malformed-event",
    ),
    (
        "POST",
        "changsha/events",
        JSON,
        b"\xff",
        400,
        "malformed-event",
    ),
    ("POST", "changsha/events", JSON, b"", 400, "malformed-event"),
    (
        "POST",
        "changsha/events?x=1",
        JSON,
        EVENT,
        400,
        "bad-request",
    ),
    ("POST", "nowhere/events", JSON, EVENT, 404, "unknown-office"),
    ("PUT", "changsha/events", JSON, EVENT, 405, "unknown-method"),
    ("GET", "changsha/nothing", JSON, b"", 404, "unknown-route"),
    (
        "GET",
        "changsha/customers/%E5%BC%A0",
        JSON,
        b"",
        404,
        "unknown-record",
    ),
];

#[test]
fn what_is_no_request_of_ours_is_told_so() {
    let place = Place::new();
    let _server = place.start(&[]);
    let mut client = place.client();
    for (method, path, kind, body, status, code) in WRONG {
        let path = format!("/v1/offices/{path}");
        let request = wire::request(method, &path, &[("content-type", kind)], body);
        let answer = client.send(&request).unwrap();
        assert_eq!(answer.status, *status, "{method} {path}");
        assert_eq!(answer.code(), *code, "{method} {path}");
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("application/problem+json"));
    }
    let deep = format!(r#"{{"event":"visit","visit":{}"#, "[".repeat(100_000));
    assert_eq!(client.post(&of("events"), &deep).unwrap().status, 400);
    let large = vec![String::from_utf8_lossy(EVENT).into_owned(); 1001];
    let large = format!("[{}]", large.join(","));
    let answer = client.post(&of("events"), &large).unwrap();
    assert_eq!(answer.status, 413);
    assert_eq!(answer.code(), "batch-too-large");
    let office = page(&mut client, "/v1/offices/changsha").json();
    assert_eq!(office["seq"], 0, "nothing of all that had an effect");
}
