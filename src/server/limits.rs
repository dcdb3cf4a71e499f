//! What is taken, and how long is waited: connections, rates, bodies, event streams. Whatever is over a limit is told
//! so, with a code of its own.

use super::access::TokenHash;
use super::problem::{self, Problem};
use super::settings::Limits;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use governor::clock::{Clock, MonotonicClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http_body_util::BodyExt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// Bytes a second at which a body must come once its time is over.
const PACE: u64 = 64 << 10;
/// How many clients are known by their rate at once; further addresses share one.
const MOST_KEYS: usize = 65_536;
/// After so many requests, clients that have rested are forgotten.
const CLEANED: u32 = 4_096;

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// The holder of a token.
    Token(TokenHash),
    /// An address, or the network of one of the sixth version.
    Address([u8; 8]),
    /// Whoever comes when too many are known.
    Others,
}

impl Client {
    /// Whoever comes from an address; one machine may have a whole network of the sixth version.
    pub fn from(address: IpAddr) -> Client {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                Client::Address([a, b, c, d, 0xff, 0xff, 0xff, 0xff])
            }
            IpAddr::V6(address) => {
                let mut network = [0; 8];
                network.copy_from_slice(&address.octets()[..8]);
                Client::Address(network)
            }
        }
    }
}

/// A place that somebody holds until it is dropped.
#[derive(Debug)]
pub struct Place(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit);

/// The limits, and how much of each is in use.
pub struct Limiter {
    limits: Limits,
    connections: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    imports: Arc<Semaphore>,
    rates: DefaultKeyedRateLimiter<Client>,
    clock: MonotonicClock,
    asked: AtomicU32,
}

impl Limiter {
    /// Nothing is in use yet.
    pub fn new(limits: Limits) -> Limiter {
        let rate = NonZeroU32::new(limits.rate).unwrap_or(NonZeroU32::MIN);
        let room = |places: usize| Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Limiter {
            connections: room(limits.connections),
            streams: room(limits.streams),
            imports: room(1),
            rates: RateLimiter::keyed(Quota::per_second(rate)),
            clock: MonotonicClock,
            asked: AtomicU32::new(0),
            limits,
        }
    }

    /// The limits themselves.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A place for a connection, until it is dropped.
    pub fn connection(&self) -> Result<Place, Problem> {
        let place = self.connections.clone().try_acquire_owned();
        place.map(Place).map_err(|_| {
            let most = self.limits.connections;
            let detail = format!("{most} connections are open, and more are not taken");
            let problem = Problem::new(&problem::TOO_MANY_CONNECTIONS, detail);
            problem.retry_after(1).closing()
        })
    }

    /// A place for an event stream, until it is dropped.
    pub fn stream(&self) -> Result<Place, Problem> {
        let place = self.streams.clone().try_acquire_owned();
        place.map(Place).map_err(|_| {
            let most = self.limits.streams;
            let detail = format!("{most} event streams are open, and more are not taken");
            Problem::new(&problem::TOO_MANY_STREAMS, detail).retry_after(5)
        })
    }

    /// The place for an import: one at a time, as each is held whole.
    pub fn import(&self) -> Result<Place, Problem> {
        let place = self.imports.clone().try_acquire_owned();
        place.map(Place).map_err(|_| {
            let detail = "another journal is being imported; try again when it is done";
            Problem::new(&problem::IMPORT_RUNS, detail).retry_after(5)
        })
    }

    /// Counts a request of a client.
    pub fn request(&self, client: Client) -> Result<(), Problem> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked % CLEANED == CLEANED - 1 {
            self.rates.retain_recent();
            self.rates.shrink_to_fit();
        }
        let client = match client {
            Client::Address(_) if self.rates.len() >= MOST_KEYS => Client::Others,
            client => client,
        };
        self.rates.check_key(&client).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let rate = self.limits.rate;
            let detail = format!("more than {rate} requests a second came from here");
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Problem::new(&problem::TOO_MANY_REQUESTS, detail).retry_after(seconds)
        })
    }

    /// How many clients are known by their rate.
    pub fn clients(&self) -> usize {
        self.rates.len()
    }

    /// Whether a batch of so many events is taken.
    pub fn batch(&self, events: usize) -> Result<(), Problem> {
        let most = self.limits.batch;
        if events <= most {
            return Ok(());
        }
        let detail = format!("a batch has {most} events at most, and this one has {events}");
        Err(Problem::new(&problem::BATCH_TOO_LARGE, detail))
    }

    /// The body of a request, as large as bodies may be.
    pub async fn body(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
        self.read(headers, body, self.limits.body).await
    }

    /// The body of an import.
    pub async fn journal(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
        self.read(headers, body, self.limits.import).await
    }

    async fn read(&self, headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Problem> {
        let declared = headers.get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|text| text.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|declared| declared > most as u64) {
            return Err(too_large(most));
        }
        let begun = Instant::now() + self.limits.body_time;
        let mut body = body;
        let mut first = Bytes::new();
        let mut all: Vec<u8> = Vec::new();
        let mut length = 0;
        loop {
            let until = begun + Duration::from_millis(length as u64 * 1000 / PACE);
            let frame = timeout_at(until, body.frame())
                .await
                .map_err(|_| too_slow())?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|error| {
                Problem::new(&problem::BODY_BROKEN, error.to_string()).closing()
            })?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            length += data.len();
            if length > most {
                return Err(too_large(most));
            }
            if first.is_empty() && all.is_empty() {
                first = data;
                continue;
            }
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&data);
        }
        Ok(if all.is_empty() { first } else { all.into() })
    }
}

fn too_large(most: usize) -> Problem {
    let detail = format!("a body has {most} bytes at most");
    Problem::new(&problem::BODY_TOO_LARGE, detail).closing()
}

fn too_slow() -> Problem {
    let detail = "the body did not come in its time; nothing is stored";
    Problem::new(&problem::BODY_TOO_SLOW, detail).closing()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(change: impl FnOnce(&mut Limits)) -> Limiter {
        let mut limits = Limits::default();
        change(&mut limits);
        Limiter::new(limits)
    }

    fn code<T>(result: Result<T, Problem>) -> &'static str {
        result.err().map_or("taken", |problem| problem.code)
    }

    #[test]
    fn places_are_taken_to_the_last_and_come_back() {
        let limiter = limiter(|limits| {
            limits.connections = 2;
            limits.streams = 1;
        });
        let first = limiter.connection();
        let second = limiter.connection();
        assert_eq!((code(first), second.is_ok()), ("taken", true));
        assert!(limiter.connection().is_ok(), "the first was dropped");
        let held = (second, limiter.connection());
        assert_eq!(code(limiter.connection()), "too-many-connections");
        drop(held);
        let stream = limiter.stream();
        assert_eq!(code(limiter.stream()), "too-many-streams");
        drop(stream);
        assert_eq!(code(limiter.stream()), "taken");
    }

    #[test]
    fn a_rate_is_counted_for_each_client_alone() {
        let limiter = limiter(|limits| limits.rate = 3);
        let client = Client::from("10.0.0.1".parse().unwrap());
        let same = Client::from("::ffff:10.0.0.1".parse().unwrap());
        assert_eq!(client, same);
        for _ in 0..3 {
            assert_eq!(code(limiter.request(client)), "taken");
        }
        let refused = limiter.request(client).unwrap_err();
        assert_eq!(
            (refused.code, refused.retry_after),
            ("too-many-requests", Some(1))
        );
        assert_eq!(code(limiter.request(Client::Token([1; 32]))), "taken");
        let network = |text: &str| Client::from(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    }

    #[test]
    fn clients_that_rest_are_forgotten_and_their_number_has_an_end() {
        let limiter = limiter(|limits| limits.rate = 1_000_000);
        let address = |number: u32| Client::from(IpAddr::from(number.to_be_bytes()));
        for number in 0..3 * MOST_KEYS as u32 {
            drop(limiter.request(address(number)));
        }
        assert!(limiter.clients() <= MOST_KEYS + 1, "{}", limiter.clients());
    }

    #[test]
    fn a_batch_may_have_as_many_events_as_said() {
        let limiter = limiter(|limits| limits.batch = 5);
        assert_eq!(
            (code(limiter.batch(5)), code(limiter.batch(6))),
            ("taken", "batch-too-large")
        );
    }

    #[tokio::test]
    async fn a_body_is_taken_to_its_last_byte() {
        let limiter = limiter(|limits| limits.body = 1024);
        let none = HeaderMap::new();
        let body = |length: usize| Body::from(vec![b'x'; length]);
        assert_eq!(limiter.body(&none, body(1024)).await.unwrap().len(), 1024);
        assert_eq!(
            code(limiter.body(&none, body(1025)).await),
            "body-too-large"
        );
        let mut declared = HeaderMap::new();
        declared.insert(header::CONTENT_LENGTH, 1025.into());
        assert_eq!(
            code(limiter.body(&declared, Body::empty()).await),
            "body-too-large"
        );
    }

    #[tokio::test]
    async fn a_body_that_trickles_is_dropped() {
        let limiter = limiter(|limits| limits.body_time = Duration::from_millis(60));
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(4);
        let trickle = tokio::spawn(async move {
            while sender.send(Ok(Bytes::from_static(b"x"))).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
        assert_eq!(
            code(limiter.body(&HeaderMap::new(), body).await),
            "body-too-slow"
        );
        trickle.await.unwrap();
    }
}
