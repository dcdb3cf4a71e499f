//! Entries as they come, as server-sent events: what somebody missed is read from the store first, then they hear what
//! is committed, with no gap and nothing twice.

use super::gate::Asked;
use super::query;
use super::visible::is_visible;
use crate::base::json::push_key;
use crate::server::access::Scope;
use crate::server::app::{App, Core, Phase, unreadable};
use crate::server::entry::{Recorded, push_decisions, push_head, stored};
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

/// How many pieces wait for a client at most.
const MOST_WAITING: usize = 16;
/// How many entries are read from the store at once.
const AT_ONCE: u64 = 256;
/// How often a client hears something, so that everybody between knows that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type Piece = Result<Bytes, Infallible>;

/// What the query says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    /// Entries after this one.
    since: Option<u64>,
}

/// Entries as they are stored, each as a server-sent event `entry` with its number as `id` and as data `seq`, `at`,
/// `event` and `decisions`. Resumes after `Last-Event-ID`, or after `since`; without either it begins with the next entry.
#[utoipa::path(get, path = "/v1/offices/{office}/stream", tag = "reads",
    params(
        ("office" = String, Path, description = "Name of the office"),
        ("since" = Option<u64>, Query, description = "Entries after this one; 0: from the first"),
        ("last-event-id" = Option<String>, Header, description = "Entries after this one, as a client says that reconnects"),
    ),
    responses((status = 200, description = "The stream", body = String, content_type = "text/event-stream")))]
pub async fn stream(
    asked: Asked,
    Path(office): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let Since { since } = query::parsed(&uri)?;
    let since = last_id(&headers)?.or(since);
    let (core, place) = asked.may_in(&office, Right::Stream)?;
    let scope = asked.app.access.scope(&asked.who, &office)?;
    let room = asked.app.limiter.stream()?;
    // What is committed from here on is heard; what was before is in the store.
    let heard = core.served[place].listen();
    let head = core.mirror.ask(place, |seen| seen.one.head.seq).await?;
    let (to, pieces) = mpsc::channel(MOST_WAITING);
    let follower = Follower {
        last: since.unwrap_or(head),
        app: asked.app.clone(),
        place,
        scope,
        to,
    };
    tokio::spawn(async move {
        let open = follower.app.metrics.stream();
        let asked = asked;
        follower.follow(heard, &asked).await;
        drop((open, room));
    });
    let kind = HeaderValue::from_static("text/event-stream");
    let fresh = HeaderValue::from_static("no-store");
    let body = Body::from_stream(ReceiverStream::new(pieces));
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    Ok((headers, body).into_response())
}

/// The entry after which a client resumes.
fn last_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = id.to_str().ok().and_then(|id| id.trim().parse().ok());
    number.map(Some).ok_or_else(|| {
        let detail = "`Last-Event-ID` is the number of an entry";
        Problem::new(&problem::BAD_REQUEST, detail)
    })
}

/// Whoever follows an office.
struct Follower {
    app: Arc<App>,
    place: usize,
    scope: Scope,
    /// The last entry that was sent, or is known to be before what is wanted.
    last: u64,
    to: mpsc::Sender<Piece>,
}

impl Follower {
    /// Sends entries until the client goes, the token ends, or the server does.
    async fn follow(mut self, mut heard: broadcast::Receiver<Recorded>, asked: &Asked) {
        let app = self.app.clone();
        let mut phase = app.phase.subscribe();
        let mut changes = app.access.changes();
        let gone = self.to.clone();
        let sent = async {
            self.say(": welcome\n\n".into()).await?;
            self.catch_up().await?;
            loop {
                match tokio::time::timeout(KEEP_ALIVE, heard.recv()).await {
                    Err(_) => self.say(": still here\n\n".into()).await?,
                    Ok(Ok(entry)) if entry.seq == self.last + 1 => self.tell(&entry).await?,
                    Ok(Ok(entry)) if entry.seq <= self.last => {}
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) => self.catch_up().await?,
                    Ok(Err(RecvError::Closed)) => return Err(Gone),
                }
            }
        };
        let revoked = async {
            while changes.changed().await.is_ok() {
                if !app.access.is_good(&asked.who) {
                    return;
                }
            }
        };
        tokio::select! {
            sent = sent => { let (Ok(()) | Err(Gone)) = sent; }
            () = revoked => {}
            () = gone.closed() => {}
            _ = phase.wait_for(|phase| *phase == Phase::Ending) => {}
        }
    }

    /// Sends what is in the store and was not sent yet.
    async fn catch_up(&mut self) -> Result<(), Gone> {
        loop {
            let (app, place, from) = (self.app.clone(), self.place, self.last + 1);
            let scope = self.scope.clone();
            let read = tokio::task::spawn_blocking(move || {
                app.core().and_then(|core| read(core, place, from, &scope))
            });
            // A store that cannot be read ends the stream: the client comes back, and is told why.
            let Ok(Ok((text, last))) = read.await else {
                return Err(Gone);
            };
            if last < from {
                return Ok(());
            }
            self.last = last;
            self.say(text).await?;
        }
    }

    async fn tell(&mut self, entry: &Recorded) -> Result<(), Gone> {
        self.last = entry.seq;
        let mut out = String::with_capacity(entry.line.len() + entry.decisions.len() + 96);
        let (line, decisions) = (&entry.line, &entry.decisions);
        push_event(&mut out, entry.seq, (line, decisions), &self.scope);
        self.say(out).await
    }

    /// Sends a piece; a client that takes nothing for long is dropped.
    async fn say(&self, text: String) -> Result<(), Gone> {
        let patience = self.app.settings.limits.write_time;
        let sent = self.to.send_timeout(Ok(Bytes::from(text)), patience);
        sent.await.map_err(|_| Gone)
    }
}

/// The client is gone, or takes nothing.
#[derive(Debug)]
struct Gone;

/// The next entries of the store as events, and the last of them.
fn read(core: &Core, place: usize, from: u64, scope: &Scope) -> Result<(String, u64), Problem> {
    let id = core.served[place].id;
    let (mut text, mut last) = (String::new(), 0);
    let done = core.readers.with(|reader| {
        let to = from.saturating_add(AT_ONCE - 1);
        let read = reader.entries(id, from, to, &mut |entry| {
            last = entry.seq;
            push_event(&mut text, entry.seq, (entry.line, entry.decisions), scope);
            ControlFlow::Continue(())
        });
        read.map_err(|error| error.to_string())
    });
    done.map(|()| (text, last)).map_err(unreadable)
}

/// Appends an entry as a server-sent event; none of its lines has a line end within.
fn push_event(out: &mut String, seq: u64, (line, decisions): (&[u8], &[u8]), scope: &Scope) {
    out.push_str(&format!("id: {seq}\nevent: entry\ndata: {{"));
    push_head(out, seq, line);
    push_key(out, "event");
    out.push_str(&stored(line));
    push_key(out, "decisions");
    push_decisions(out, decisions, &|line| is_visible(scope, line));
    out.push_str("}\n\n");
}
