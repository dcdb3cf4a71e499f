//! What comes from outside and means no good, or is broken: it is answered with a clear 4xx, nothing of it is stored, and
//! the server serves on.

mod serve;

use serve::client::{connect, receive};
use serve::crash::events_path;
use serve::server::{OFFICE, Place, Server, now, pause};
use serve::story::opening;
use serve::wire::{Answer, post, request};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

const VISIT: &str = r#"{"event":"visit","visit":"v1","customer":"c1"}"#;

/// An office that has opened, and how far its journal is.
struct Office {
    place: Place,
    server: Server,
    head: u64,
}

impl Office {
    fn new(further: &[&str]) -> Office {
        let place = Place::new();
        let server = place.start(further);
        let body = format!("[{}]", opening().join(","));
        let answer = place.client().post(&events_path(), &body).expect("ready");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut office = Office {
            place,
            server,
            head: 0,
        };
        office.head = office.seq();
        office
    }

    fn seq(&self) -> u64 {
        let path = format!("/v1/offices/{OFFICE}");
        let answer = self.place.client().get(&path).expect("an answer");
        answer.json()["seq"].as_u64().expect("the last entry")
    }

    fn send(&self, bytes: &[u8]) -> Answer {
        self.place
            .client()
            .send(bytes)
            .unwrap_or_else(|fault| panic!("{fault}\n{}", self.place.log()))
    }

    /// Posts a body to the events, as JSON.
    fn events(&self, body: impl AsRef<[u8]>) -> Answer {
        self.send(&post(&events_path(), body.as_ref()))
    }

    /// Nothing has happened, and the server is well; an event is still taken.
    fn assert_untouched(mut self) {
        assert_eq!(self.seq(), self.head, "something was stored");
        let ready = self.place.client().get("/readyz").expect("an answer");
        assert_eq!(ready.status, 200, "{}", ready.text());
        let taken = self.events(VISIT);
        assert_eq!(taken.status, 200, "{}", taken.text());
        assert!(
            !self.place.log().contains("panicked"),
            "{}",
            self.place.log()
        );
        self.head = 0;
        assert!(self.server.stop().success(), "{}", self.place.log());
    }
}

/// A refusal says what is wrong, in a form that programs read.
fn assert_refused(what: &str, answer: &Answer, status: u16, code: &str) {
    let text = answer.text();
    let shown: String = text.chars().take(400).collect();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{what}: {shown}"
    );
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{what}: {shown}");
    assert_eq!(
        problem["type"],
        format!("/problems/{code}"),
        "{what}: {shown}"
    );
    for key in ["title", "detail"] {
        let said = problem[key].as_str().unwrap_or_default();
        assert!(said.len() > 5, "{what}: `{key}` says nothing: {shown}");
    }
    assert!(
        text.len() < 4096,
        "{what}: a refusal is short, not {} bytes",
        text.len()
    );
}

/// Bodies that are no event, and why.
const NO_EVENTS: &[(&str, &[u8])] = &[
    ("nothing", b""),
    ("blanks", b" \n\t "),
    ("null", b"null"),
    ("a number", b"42"),
    ("a text", b"\"visit\""),
    ("an empty list", b"[]"),
    ("an empty object", b"{}"),
    ("a list of numbers", b"[1,2]"),
    (
        "an object that does not end",
        VISIT.as_bytes().split_at(20).0,
    ),
    (
        "broken UTF-8",
        b"{\"event\":\"visit\",\"visit\":\"v\xff\",\"customer\":\"c\"}",
    ),
    (
        "half a character",
        b"{\"event\":\"visit\",\"visit\":\"v\xe5\xae\",\"customer\":\"c\"}",
    ),
    (
        "half a pair",
        br#"{"event":"visit","visit":"\ud800","customer":"c"}"#,
    ),
    (
        "a raw NUL",
        b"{\"event\":\"visit\",\"visit\":\"v\0\",\"customer\":\"c\"}",
    ),
    ("only NULs", &[0; 100]),
    (
        "a key twice",
        br#"{"event":"visit","visit":"v","visit":"w","customer":"c"}"#,
    ),
    ("the kind twice", br#"{"event":"tick","event":"visit"}"#),
    ("an unknown kind", br#"{"event":"vist"}"#),
    ("an unknown field", br#"{"event":"tick","colour":"red"}"#),
    (
        "a time of its own",
        br#"{"event":"tick","at":"2024-01-01T00:00:00+08:00"}"#,
    ),
];

/// Numbers that are none of an event's, as they stand in JSON or nearly.
const NO_NUMBERS: &[&str] = &[
    "1e999999999",
    "99999999999999999999999",
    "1.5",
    "-1",
    "NaN",
    "\"12\"",
    "[1]",
];

/// The same, of texts that are made.
fn made() -> Vec<(&'static str, String)> {
    let deep = |count: usize| {
        format!(
            r#"{{"event":{}1{}}}"#,
            r#"{"a":"#.repeat(count),
            "}".repeat(count)
        )
    };
    let lists = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    let long = "x".repeat(2_000_000);
    vec![
        ("a list of lists", format!("[[{VISIT}]]")),
        ("two objects", format!("{VISIT}{VISIT}")),
        ("two lines", format!("{VISIT}\n{VISIT}")),
        ("a list that does not end", format!("[{VISIT},")),
        ("garbage after a list", format!("[{VISIT}]x")),
        (
            "one bad event among good ones",
            format!(r#"[{VISIT},{{"event":"visit"}}]"#),
        ),
        ("deep objects", deep(100_000)),
        ("deep lists", "[".repeat(100_000)),
        ("deep lists that end", lists(10_000)),
        ("a thousand digits", number(&"9".repeat(1000))),
        (
            "a long line",
            format!(r#"{{"event":"visit","visit":"{long}","customer":"c"}}"#),
        ),
    ]
}

#[test]
fn bodies_that_are_no_events() {
    let office = Office::new(&[]);
    for (what, body) in NO_EVENTS {
        assert_refused(what, &office.events(body), 400, "malformed-event");
    }
    for (what, body) in made() {
        assert_refused(what, &office.events(body), 400, "malformed-event");
    }
    for text in NO_NUMBERS {
        assert_refused(text, &office.events(number(text)), 400, "malformed-event");
    }
    let wide: Vec<u8> = VISIT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_refused("UTF-16", &office.events(wide), 400, "malformed-event");
    office.assert_untouched();
}

fn number(text: &str) -> String {
    format!(r#"{{"event":"follow_up","customer":"c","staff":"agent-01","seconds":{text}}}"#)
}

#[test]
fn bodies_that_are_too_large_or_of_another_type() {
    let office = Office::new(&[]);
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_refused(
        "a large body",
        &office.events(&large),
        413,
        "body-too-large",
    );
    let many = format!("[{}]", vec![VISIT; 1001].join(","));
    assert_refused(
        "a large batch",
        &office.events(many),
        413,
        "batch-too-large",
    );
    let path = events_path();
    let types = [
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonx"),
        Some("multipart/form-data; boundary=x"),
        Some(""),
        None,
    ];
    for kind in types {
        let headers: Vec<(&str, &str)> = kind.iter().map(|kind| ("content-type", *kind)).collect();
        let answer = office.send(&request("POST", &path, &headers, VISIT.as_bytes()));
        assert_refused(&format!("{kind:?}"), &answer, 415, "unsupported-type");
    }
    for (what, coding) in [("gzip", "gzip"), ("br", "br")] {
        let headers = [
            ("content-type", "application/json"),
            ("content-encoding", coding),
        ];
        let answer = office.send(&request("POST", &path, &headers, &[0x1f, 0x8b, 8, 0]));
        assert!(
            (400..500).contains(&answer.status),
            "{what}: {}",
            answer.text()
        );
    }
    office.assert_untouched();
}

#[test]
fn a_large_body_is_refused_before_it_has_come() {
    let office = Office::new(&[]);
    let mut stream = connect(office.place.address()).expect("somebody listens");
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n",
        events_path()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let (answer, _) = receive(&mut stream, &mut Vec::new()).expect("an answer");
    assert_refused("announced", &answer, 413, "body-too-large");
    let mut stream = connect(office.place.address()).expect("somebody listens");
    let head = head.replace("content-length: 99999999999", "transfer-encoding: chunked");
    stream.write_all(head.as_bytes()).expect("sent");
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    // The other side may stop listening as soon as it has had enough.
    while stream.write_all(chunk.as_bytes()).is_ok() {}
    drop(stream);
    office.assert_untouched();
}

#[test]
fn headers_that_mean_no_good() {
    let office = Office::new(&[]);
    let path = events_path();
    let long = "k".repeat(10_000);
    let latin = "\u{e9}";
    for (what, key) in [
        ("a long key", long.as_str()),
        ("an empty key", ""),
        ("blanks", "   "),
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let answer = office.send(&request("POST", &path, &headers, VISIT.as_bytes()));
        assert_refused(what, &answer, 400, "bad-request");
    }
    let headers = [
        ("content-type", "application/json"),
        ("content-type", latin),
    ];
    let answer = office.send(&request("PUT", &path, &headers, VISIT.as_bytes()));
    assert_refused("another method", &answer, 405, "unknown-method");
    let stream = format!("/v1/offices/{OFFICE}/stream");
    let garbage = [
        "garbage",
        "-1",
        "1.5",
        "99999999999999999999999999",
        "1 2",
        "0x10",
        "",
    ];
    for id in garbage {
        let answer = office.send(&request("GET", &stream, &[("last-event-id", id)], b""));
        assert_refused(&format!("Last-Event-ID: {id}"), &answer, 400, "bad-request");
    }
    let flood: String = (0..5000)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    let huge = format!("x: {}\r\n", "y".repeat(2_000_000));
    for (what, lines) in [("many headers", flood), ("a huge header", huge)] {
        let status = raw_status(
            &office,
            &format!("GET /readyz HTTP/1.1\r\nhost: a\r\n{lines}\r\n"),
        );
        assert!(
            matches!(status, Some(400 | 413 | 431) | None),
            "{what}: {status:?}"
        );
    }
    office.assert_untouched();
}

/// Sends bytes as they are; the status of what comes back, nothing if the connection is just closed.
fn raw_status(office: &Office, bytes: &str) -> Option<u16> {
    let mut stream = connect(office.place.address()).expect("somebody listens");
    let sent = stream.write_all(bytes.as_bytes());
    let answer = receive(&mut stream, &mut Vec::new());
    assert!(
        sent.is_err() || answer.is_ok() || is_closed(&mut stream),
        "it waits for ever"
    );
    answer.ok().map(|(answer, _)| answer.status)
}

fn is_closed(stream: &mut TcpStream) -> bool {
    !matches!(stream.read(&mut [0; 1]), Ok(1..))
}

#[test]
fn what_is_no_request() {
    let office = Office::new(&[]);
    let path = events_path();
    let both = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\
         transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    let two = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\
         content-length: 46\r\n\r\n{VISIT}"
    );
    let chunk = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
         zz\r\n{VISIT}\r\n0\r\n\r\n"
    );
    let cases = [
        ("no HTTP", "hello\r\n\r\n"),
        (
            "another protocol",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n",
        ),
        ("HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("another version", "GET /readyz HTTP/9.9\r\n\r\n"),
        (
            "a blank in the address",
            "GET /ready z HTTP/1.1\r\nhost: a\r\n\r\n",
        ),
        (
            "a header without a colon",
            "GET /readyz HTTP/1.1\r\nhost\r\n\r\n",
        ),
        (
            "a NUL in a header",
            "GET /readyz HTTP/1.1\r\nhost: a\0b\r\n\r\n",
        ),
        (
            "a negative length",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        ),
        ("two lengths", two.as_str()),
        ("a length and chunks", both.as_str()),
        ("a chunk without a size", chunk.as_str()),
    ];
    for (what, bytes) in cases {
        let status = raw_status(&office, bytes);
        let told = status.is_none_or(|status| (400..500).contains(&status) || status == 505);
        assert!(told, "{what}: {status:?}");
    }
    office.assert_untouched();
}

/// Names of offices that lead nowhere.
const NO_OFFICES: &[&str] = &[
    "..",
    "../..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..",
    "%00",
    "changsha%00",
    "%ff%fe",
    "changsha%2f",
    "%63hangsh%61%20",
    "Changsha",
    "changsha/",
    "'",
    "%27%20OR%201=1--",
    "%E9%95%BF%E6%B2%99",
    "%zz",
    "%",
    "*",
];

#[test]
fn addresses_that_lead_elsewhere() {
    let office = Office::new(&[]);
    let long = "o".repeat(8000);
    let names = NO_OFFICES.iter().copied().chain([long.as_str()]);
    for name in names {
        for tail in ["/report", "/journal", "/events"] {
            let path = format!("/v1/offices/{name}{tail}");
            let answer = office.send(&request("GET", &path, &[], b""));
            let code = answer.code();
            assert!(
                (400..500).contains(&answer.status),
                "{path}: {}",
                answer.status
            );
            assert!(
                !code.is_empty() || answer.body.is_empty(),
                "{path}: {}",
                answer.text()
            );
        }
    }
    for kind in ["customers", "visits", "deals", "staff"] {
        for name in [
            "nobody",
            "%00",
            "%ff",
            "..%2f..",
            "%2e%2e",
            "%E5%AE%A2",
            long.as_str(),
        ] {
            let path = format!("/v1/offices/{OFFICE}/{kind}/{name}");
            let answer = office.send(&request("GET", &path, &[], b""));
            assert!(
                (400..500).contains(&answer.status),
                "{path}: {}",
                answer.status
            );
            assert!(!answer.code().is_empty(), "{path}: {}", answer.text());
        }
    }
    for digest in ["0", "..%2f..%2fpolicy.toml", "%00", long.as_str()] {
        let answer = office.send(&request("GET", &format!("/v1/policies/{digest}"), &[], b""));
        assert!(
            (400..500).contains(&answer.status),
            "{digest}: {}",
            answer.status
        );
    }
    office.assert_untouched();
}

#[test]
fn queries_and_methods_that_nobody_knows() {
    let office = Office::new(&[]);
    let queries = [
        "decisions?since=-1",
        "decisions?since=x",
        "decisions?since=1&since=2",
        "decisions?limit=0",
        "decisions?limit=99999999",
        "decisions?sinse=1",
        "decisions?since=99999999999999999999",
        "report?x=1",
        "journal?from=x",
        "board?%ff",
        "stream?since=x",
    ];
    for query in queries {
        let answer = office.send(&request(
            "GET",
            &format!("/v1/offices/{OFFICE}/{query}"),
            &[],
            b"",
        ));
        assert_refused(query, &answer, 400, "bad-request");
    }
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get"] {
        for path in [
            events_path(),
            "/v1/offices".to_owned(),
            "/readyz".to_owned(),
        ] {
            let answer = office.send(&request(method, &path, &[], b""));
            assert!(
                matches!(answer.status, 400 | 404 | 405),
                "{method} {path}: {}",
                answer.status
            );
            if answer.status == 405 {
                assert_refused(method, &answer, 405, "unknown-method");
                assert!(
                    answer.header("allow").is_some(),
                    "{method} {path}: {}",
                    answer.head
                );
            }
        }
    }
    office.assert_untouched();
}

#[test]
fn journals_that_are_none() {
    let office = Office::new(&[]);
    let path = format!("/v1/offices/{OFFICE}/journal");
    let old = r#"{"at":"2020-01-01T09:00:00+08:00","event":"tick"}"#;
    let future = r#"{"at":"2999-01-01T09:00:00+08:00","event":"tick"}"#;
    let cases = [
        ("garbage", "hello"),
        ("a list", "[1]"),
        ("before the last entry", old),
        ("in the future", future),
        ("no time", r#"{"event":"tick"}"#),
        (
            "an impossible time",
            r#"{"at":"2024-02-30T09:00:00+08:00","event":"tick"}"#,
        ),
    ];
    for (what, journal) in cases {
        let headers = [("content-type", "application/x-ndjson")];
        let answer = office.send(&request("POST", &path, &headers, journal.as_bytes()));
        assert_refused(what, &answer, 400, "malformed-journal");
    }
    office.assert_untouched();
}

/// How long until the other side ends a connection to which a byte is sent every so often; what it said.
fn dripped(office: &Office, start: &str, drop: &str) -> (Duration, String) {
    let began = now();
    let mut stream = connect(office.place.address()).expect("somebody listens");
    let pace = Duration::from_millis(20);
    stream.set_read_timeout(Some(pace)).expect("a socket");
    stream.write_all(start.as_bytes()).expect("sent");
    let mut said = Vec::new();
    let mut part = [0; 4096];
    while began.elapsed() < Duration::from_secs(30) {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => said.extend_from_slice(&part[..count]),
            Err(fault)
                if matches!(
                    fault.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) => {}
            Err(_) => break,
        }
        if stream.write_all(drop.as_bytes()).is_err() {
            break;
        }
    }
    (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn clients_that_take_their_time() {
    let office = Office::new(&[
        "--limit-header-time",
        "400ms",
        "--limit-body-time",
        "400ms",
        "--limit-idle-time",
        "400ms",
    ]);
    let soon = Duration::from_secs(10);
    let (took, _) = dripped(&office, "GET /readyz HTTP/1.1\r\nx: ", "y");
    assert!(took < soon, "slow headers: {took:?}");
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n",
        events_path()
    );
    let (took, said) = dripped(&office, &head, " ");
    assert!(took < soon, "a slow body: {took:?}");
    assert!(said.starts_with("HTTP/1.1 408 "), "a slow body: {said}");
    assert!(said.contains("body-too-slow"), "a slow body: {said}");
    let (took, _) = dripped(&office, "", "");
    assert!(took < soon, "a client that says nothing: {took:?}");
    office.assert_untouched();
}

#[test]
fn clients_that_go_away() {
    let office = Office::new(&[]);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        events_path(),
        VISIT.len()
    );
    for cut in 1..VISIT.len() {
        let mut stream = connect(office.place.address()).expect("somebody listens");
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(&VISIT.as_bytes()[..cut]).expect("sent");
        if cut % 2 == 0 {
            stream.shutdown(Shutdown::Write).expect("a socket");
            let answer = receive(&mut stream, &mut Vec::new());
            let refused = answer.is_err() || answer.is_ok_and(|(answer, _)| answer.status >= 400);
            assert!(refused, "cut after {cut}");
        }
    }
    // Whoever has said everything and stops talking is answered or left, and does not hold the server up.
    let mut stream = connect(office.place.address()).expect("somebody listens");
    let whole = request("GET", &format!("/v1/offices/{OFFICE}/board"), &[], b"");
    stream.write_all(&whole).expect("sent");
    stream.shutdown(Shutdown::Write).expect("a socket");
    if let Ok((answer, _)) = receive(&mut stream, &mut Vec::new()) {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    office.assert_untouched();
}

#[test]
fn many_connections_and_many_requests_in_one() {
    let office = Office::new(&["--limit-connections", "100"]);
    let address = office.place.address();
    for _ in 0..3000 {
        drop(TcpStream::connect(address).expect("somebody listens"));
    }
    let held: Vec<io::Result<TcpStream>> = (0..400).map(|_| TcpStream::connect(address)).collect();
    let held: Vec<TcpStream> = held.into_iter().flatten().collect();
    assert!(held.len() >= 100, "only {} connections", held.len());
    drop(held);
    let start = now();
    while office
        .place
        .client()
        .get("/readyz")
        .map_or(0, |answer| answer.status)
        != 200
    {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "nobody is served any more"
        );
        pause(Duration::from_millis(20));
    }
    let path = format!("/v1/offices/{OFFICE}/staff/agent-01");
    let mut many = Vec::new();
    for number in 0..200 {
        let wanted = if number % 2 == 0 {
            path.as_str()
        } else {
            "/nothing"
        };
        many.extend(request("GET", wanted, &[], b""));
    }
    let mut stream = connect(address).expect("somebody listens");
    stream.write_all(&many).expect("sent");
    let mut read = Vec::new();
    for number in 0..200 {
        let (answer, _) = receive(&mut stream, &mut read).expect("an answer");
        let wanted = if number % 2 == 0 { 200 } else { 404 };
        assert_eq!(answer.status, wanted, "{number}: {}", answer.text());
    }
    office.assert_untouched();
}
