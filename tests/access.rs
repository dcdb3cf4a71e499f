//! Who may do what, seen from outside: the server as a process, tokens made beside it, limits at their edge, and a log
//! in which no number and no token stands.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[path = "access/limits.rs"]
mod limits;
#[path = "access/manager.rs"]
mod manager;
#[path = "access/said.rs"]
mod said;
mod serve;
#[path = "access/tokens.rs"]
mod tokens;

use serve::server::Place;
use serve::wire::{self, Answer};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A token for a role, made beside whatever runs; `further` says whose it is, and where.
fn token(place: &Place, role: &str, further: &[&str]) -> String {
    let data = place.data();
    let data = data.to_string_lossy();
    let args = ["token", "add", "--data", &data, "--role", role];
    let (status, said) = place.panke(&[&args, further].concat());
    assert_eq!(status, Some(0), "{said}");
    let token = said.lines().find(|line| line.starts_with("pk_"));
    token
        .unwrap_or_else(|| panic!("no token in {said}"))
        .trim()
        .to_owned()
}

/// Asks with a token; an empty one is none.
fn ask(place: &Place, token: &str, method: &str, path: &str, body: &str) -> Answer {
    place
        .client()
        .send(&request(token, method, path, body))
        .unwrap()
}

fn request(token: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    let bearer = format!("Bearer {token}");
    let mut headers = Vec::new();
    if !token.is_empty() {
        headers.push(("authorization", bearer.as_str()));
    }
    if !body.is_empty() {
        let kind = if path.ends_with("/journal") {
            "application/x-ndjson"
        } else {
            "application/json"
        };
        headers.push(("content-type", kind));
    }
    wire::request(method, path, &headers, body.as_bytes())
}

/// Sends a request whose answer does not end, and reads its head.
fn open(place: &Place, request: &[u8]) -> (u16, TcpStream) {
    let mut stream = serve::client::connect(place.address()).unwrap();
    stream.write_all(request).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(
            stream.read(&mut byte).unwrap(),
            1,
            "the connection ends within a head"
        );
        head.push(byte[0]);
    }
    let status = String::from_utf8_lossy(&head[9..12]).parse().unwrap();
    (status, stream)
}

/// The path of an office's routes.
fn of_office(rest: &str) -> String {
    format!("/v1/offices/{}/{rest}", serve::server::OFFICE)
}

/// The last entry of the office.
fn seq(place: &Place, token: &str) -> u64 {
    let path = format!("/v1/offices/{}", serve::server::OFFICE);
    ask(place, token, "GET", &path, "").json()["seq"]
        .as_u64()
        .unwrap()
}
