//! A client that waits: one connection that is kept, and made again when it is gone.

#![allow(dead_code, reason = "each test uses a part of it")]

use super::wire::{self, Answer};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a server.
pub struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
    read: Vec<u8>,
}

impl Client {
    /// Not yet connected.
    #[must_use]
    pub fn new(address: SocketAddr) -> Client {
        Client {
            address,
            stream: None,
            read: Vec::new(),
        }
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// Nobody is there, or the connection ends before the answer is whole: then nobody knows whether it had an effect.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        let answer = self.exchange(request);
        if answer.is_err() {
            self.hang_up();
        }
        answer
    }

    /// Closes the connection.
    pub fn hang_up(&mut self) {
        self.stream = None;
        self.read.clear();
    }

    fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        if self.stream.is_none() {
            self.stream = Some(connect(self.address)?);
        }
        let stream = self.stream.as_mut().expect("it was just made");
        // A server that has heard enough may answer before it has heard all.
        let sent = stream.write_all(request);
        let received = receive(stream, &mut self.read);
        let (answer, kept) = match (sent, received) {
            (_, Ok((answer, kept))) => (answer, kept),
            (Err(fault), _) | (Ok(()), Err(fault)) => return Err(fault),
        };
        if !kept {
            self.hang_up();
        }
        Ok(answer)
    }

    /// Gets a page.
    ///
    /// # Errors
    ///
    /// As `send`.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(&wire::request("GET", path, &[], b""))
    }

    /// Posts JSON.
    ///
    /// # Errors
    ///
    /// As `send`.
    pub fn post(&mut self, path: &str, body: &str) -> io::Result<Answer> {
        self.send(&wire::post(path, body.as_bytes()))
    }
}

/// Connects, and does not wait for ever.
///
/// # Errors
///
/// Nobody is there.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Reads one answer; what came after it stays in `read`. Tells whether the connection is kept.
///
/// # Errors
///
/// The connection ends before the answer is whole.
pub fn receive(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<(Answer, bool)> {
    let mut part = vec![0; 64 * 1024];
    loop {
        if let Some((answer, used)) = wire::answer(read, false) {
            read.drain(..used);
            let closes = answer
                .header("connection")
                .is_some_and(|value| value.eq_ignore_ascii_case("close"));
            return Ok((answer, !closes));
        }
        let count = stream.read(&mut part)?;
        if count == 0 {
            let whole = wire::answer(read, true).map(|(answer, _)| (answer, false));
            return whole.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&part[..count]);
    }
}
