//! The load: connections that are kept, all in one thread, each with the requests of its own desk.

use crate::server::now;
use crate::wire;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// What came of a load.
#[derive(Debug, Default)]
pub struct Ran {
    /// How long it took in all.
    pub took: Duration,
    /// How long each request took, in nanoseconds.
    pub latencies: Vec<u64>,
    /// Answers that were not 200, and the first of them.
    pub failed: u64,
    /// The first such answer.
    pub first_failure: Option<String>,
}

/// A connection that is kept.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    part: Vec<u8>,
}

impl Connection {
    async fn new(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            read: Vec::new(),
            part: vec![0; 64 * 1024],
        })
    }

    /// Sends a request and waits for the whole answer.
    async fn ask(&mut self, request: &[u8], ran: &mut Ran) -> io::Result<()> {
        let mut sent = 0;
        while sent < request.len() {
            match self.stream.try_write(&request[sent..]) {
                Ok(count) => sent += count,
                Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => {
                    self.stream.writable().await?;
                }
                Err(fault) => return Err(fault),
            }
        }
        self.read.clear();
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut self.part) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.read.extend_from_slice(&self.part[..count]),
                Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => continue,
                Err(fault) => return Err(fault),
            }
            if let Some(extent) = wire::extent(&self.read, false) {
                if extent.status != 200 {
                    ran.failed += 1;
                    let shown = String::from_utf8_lossy(&self.read).into_owned();
                    ran.first_failure.get_or_insert(shown);
                }
                return Ok(());
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Every connection asks as soon as it has its answer.
///
/// # Errors
///
/// A connection broke.
pub fn closed(address: SocketAddr, desks: &[Vec<Vec<u8>>]) -> io::Result<Ran> {
    let run = async {
        let mut connections = Vec::new();
        for _ in desks {
            connections.push(Connection::new(address).await?);
        }
        let start = now();
        let tasks = tokio::task::LocalSet::new();
        let mut handles = Vec::new();
        for (mut connection, requests) in connections.into_iter().zip(desks.iter().cloned()) {
            handles.push(tasks.spawn_local(async move {
                let mut ran = Ran::default();
                for request in &requests {
                    let asked = now();
                    connection.ask(request, &mut ran).await?;
                    ran.latencies.push(nanos(asked));
                }
                Ok::<Ran, io::Error>(ran)
            }));
        }
        gather(tasks, handles, start).await
    };
    runtime().block_on(run)
}

/// So many requests a second, whatever the answers do: a request that had to wait for the one before it counts from the
/// moment at which it was due, so that a slow server cannot slow down who measures it.
///
/// # Errors
///
/// A connection broke.
pub fn open(address: SocketAddr, desks: &[Vec<Vec<u8>>], per_second: u64) -> io::Result<Ran> {
    let run = async {
        let start = now();
        let tasks = tokio::task::LocalSet::new();
        let mut handles = Vec::new();
        let mut dues = Vec::new();
        for requests in desks {
            let requests = requests.clone();
            let mut connection = Connection::new(address).await?;
            let (due, mut schedule) = mpsc::unbounded_channel::<Instant>();
            dues.push(due);
            handles.push(tasks.spawn_local(async move {
                let mut ran = Ran::default();
                let mut requests = requests.iter();
                while let Some(due) = schedule.recv().await {
                    let request = requests.next().expect("as many as are due");
                    connection.ask(request, &mut ran).await?;
                    ran.latencies.push(nanos(due));
                }
                Ok::<Ran, io::Error>(ran)
            }));
        }
        let count = desks.iter().map(Vec::len).min().unwrap_or(0) * desks.len();
        std::thread::spawn(move || announce(&dues, count, per_second));
        gather(tasks, handles, start).await
    };
    runtime().block_on(run)
}

/// Says when each request is due, the connections in turn. A thread of its own, since the runtime's clock only knows
/// whole milliseconds.
fn announce(dues: &[mpsc::UnboundedSender<Instant>], count: usize, per_second: u64) {
    let start = now();
    for number in 0..count {
        let due = start + Duration::from_nanos(1_000_000_000 * number as u64 / per_second);
        let ahead = due.saturating_duration_since(now());
        if !ahead.is_zero() {
            crate::server::pause(ahead);
        }
        if dues[number % dues.len()].send(due).is_err() {
            return;
        }
    }
}

async fn gather(
    tasks: tokio::task::LocalSet,
    handles: Vec<tokio::task::JoinHandle<io::Result<Ran>>>,
    start: Instant,
) -> io::Result<Ran> {
    tasks.await;
    let mut all = Ran {
        took: start.elapsed(),
        ..Ran::default()
    };
    for handle in handles {
        let ran = handle.await.expect("no desk panics")?;
        all.latencies.extend(ran.latencies);
        all.failed += ran.failed;
        all.first_failure = all.first_failure.or(ran.first_failure);
    }
    all.latencies.sort_unstable();
    Ok(all)
}

fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).expect("a bench is over within centuries")
}
