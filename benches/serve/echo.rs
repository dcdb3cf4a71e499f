//! The measure: a bare server that takes the same requests, stores the same bytes and answers as many, and decides
//! nothing. One writer thread, one row for an event, one commit for all that waits, an answer after the commit.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use rusqlite::Connection;
use serde_json::value::RawValue;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

/// The header that says how many bytes of decisions come with each event, since nothing here can know.
pub const DECISIONS: &str = "x-decisions";
/// Entries that one commit takes at most.
const MOST: usize = 1024;
/// As long as a time with its offset.
const STAMP: &str = "2026-01-01T09:00:00.000+08:00";

/// What one request wants to have stored.
struct Order {
    lines: Vec<Row>,
    done: oneshot::Sender<i64>,
}

struct Row {
    line: Vec<u8>,
    decisions: Bytes,
}

/// Serves until the process is ended.
pub fn serve(address: &str, data: &Path) {
    let (orders, waiting) = mpsc::channel();
    let connection = open(data);
    std::thread::spawn(move || write(connection, &waiting));
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads")
        .block_on(listen(address, orders));
}

async fn listen(address: &str, orders: Sender<Order>) {
    let routes = Router::new()
        .route("/readyz", get(|| async { "ready" }))
        .route("/v1/offices/{office}/events", post(take))
        .with_state(orders);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("the address is free");
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            stream.set_nodelay(true).expect("a socket");
        }),
        routes,
    )
    .await
    .expect("it serves until it is killed");
}

fn open(data: &Path) -> Connection {
    let connection = Connection::open(data).expect("a file");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE entry (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, line BLOB NOT NULL, decisions BLOB NOT NULL);",
        )
        .expect("a new file");
    connection
}

/// The writer: everything that waits, in one commit.
fn write(mut connection: Connection, waiting: &Receiver<Order>) {
    let mut seq = 0_i64;
    while let Ok(first) = waiting.recv() {
        let mut answers = Vec::new();
        let transaction = connection.transaction().expect("nobody else writes");
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3, ?4)")
                .expect("the table is there");
            let mut next = Some(first);
            let mut taken = 0;
            while let Some(order) = next {
                for row in &order.lines {
                    seq += 1;
                    insert
                        .execute((seq, 0, &row.line, &row.decisions[..]))
                        .expect("there is room");
                }
                taken += order.lines.len();
                answers.push((order.done, seq));
                next = if taken < MOST {
                    waiting.try_recv().ok()
                } else {
                    None
                };
            }
        }
        transaction.commit().expect("there is room");
        for (done, seq) in answers {
            done.send(seq).expect("somebody waits");
        }
    }
}

async fn take(
    State(orders): State<Sender<Order>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let sizes = headers
        .get(DECISIONS)
        .and_then(|value| value.to_str().ok())
        .expect("the generator says how many");
    let mut sizes = sizes.split(',').map(|size| size.parse().expect("a number"));
    let mut row = |event: &[u8]| Row {
        line: [b"{\"at\":\"", STAMP.as_bytes(), b"\",", &event[1..]].concat(),
        decisions: vec![b'1'; sizes.next().expect("one for each")].into(),
    };
    let batch = body.first() == Some(&b'[');
    let lines: Vec<Row> = if batch {
        let events: Vec<&RawValue> = serde_json::from_slice(&body).expect("JSON");
        events
            .iter()
            .map(|event| row(event.get().as_bytes()))
            .collect()
    } else {
        vec![row(&body)]
    };
    let shown: Vec<Bytes> = lines.iter().map(|row| row.decisions.clone()).collect();
    let (done, committed) = oneshot::channel();
    orders.send(Order { lines, done }).expect("the writer runs");
    let last = committed.await.expect("the writer answers");
    let answer = answer(&shown, last, batch);
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::OK, kind, answer)
}

/// An answer as long as one with decisions.
fn answer(decisions: &[Bytes], last: i64, batch: bool) -> Vec<u8> {
    let mut text = Vec::new();
    if batch {
        text.extend_from_slice(b"{\"entries\":[");
    }
    let first = last + 1 - decisions.len() as i64;
    for (shown, seq) in decisions.iter().zip(first..) {
        if seq > first {
            text.push(b',');
        }
        let start = format!(r#"{{"seq":{seq},"at":"{STAMP}","repeated":false,"decisions":["#);
        text.extend_from_slice(start.as_bytes());
        text.extend_from_slice(shown);
        text.extend_from_slice(b"]}");
    }
    if batch {
        text.extend_from_slice(b"]}");
    }
    text
}
