//! The journal as a whole: out, as lines that `panke replay` takes; and in, all of it or nothing.

use super::events::json;
use super::gate::Asked;
use super::openapi::ImportAnswer;
use super::{body, query, reads};
use crate::server::commands::{Command, Import};
use crate::server::problem::Problem;
use crate::server::roles::Right;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::io::{self, Write};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// The media type of a journal.
pub const NDJSON: &str = "application/x-ndjson";
/// How much is gathered before it is handed on.
const PART: usize = 64 << 10;
/// How many parts wait for a client at most.
const MOST_WAITING: usize = 4;

/// What an export takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    /// The first entry.
    from: Option<u64>,
}

/// Every entry that there is now, one a line, as `panke replay` takes it; `policy` entries carry the files of their
/// policy.
#[utoipa::path(get, path = "/v1/offices/{office}/journal", tag = "journal",
    params(
        ("office" = String, Path, description = "Name of the office"),
        ("from" = Option<u64>, Query, minimum = 1, description = "The first entry"),
    ),
    responses((status = 200, description = "The journal, one event a line", body = String, content_type = "application/x-ndjson")))]
pub async fn export_journal(
    asked: Asked,
    Path(office): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let From { from } = query::parsed(&uri)?;
    let (core, office) = asked.may_in(&office, Right::Export)?;
    let id = core.served[office].id;
    let head = core.mirror.ask(office, |seen| seen.one.head.seq).await?;
    let (to, lines) = mpsc::channel(MOST_WAITING);
    let app = asked.app.clone();
    tokio::task::spawn_blocking(move || {
        let Ok(core) = app.core() else { return };
        let mut parts = Parts {
            part: Vec::with_capacity(PART),
            to: to.clone(),
        };
        let exported = core.readers.with(|reader| {
            let exported = reader.export(id, (from.unwrap_or(1), head), &mut parts);
            exported.map_err(|error| error.to_string())
        });
        let exported = exported.and_then(|_| parts.flush().map_err(|error| error.to_string()));
        if let Err(sentence) = exported {
            // The answer has begun: what is cut off shows that it is not whole.
            drop(to.blocking_send(Err(io::Error::other(sentence))));
        }
    });
    let kind = HeaderValue::from_static(NDJSON);
    let body = Body::from_stream(ReceiverStream::new(lines));
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// Hands on what is written, part by part.
struct Parts {
    part: Vec<u8>,
    to: mpsc::Sender<io::Result<Bytes>>,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        let sent = self.to.blocking_send(Ok(Bytes::from(part)));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Store a journal of another machine after the entries that there are: all of it, each line at its own time, or
/// nothing. No line may be before the last entry, or in the future.
#[utoipa::path(post, path = "/v1/offices/{office}/journal", tag = "journal",
    params(("office" = String, Path, description = "Name of the office")),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, description = "Stored", body = ImportAnswer)))]
pub async fn import_journal(
    asked: Asked,
    Path(office): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let (core, office) = asked.may_in(&office, Right::Import)?;
    body::typed(&headers, NDJSON)?;
    let one_at_a_time = asked.app.limiter.import()?;
    let journal = asked.app.limiter.journal(&headers, body).await?;
    let imported = core
        .command(|reply| {
            Command::Import(Import {
                office,
                journal,
                reply,
            })
        })
        .await?;
    drop(one_at_a_time);
    Ok(json(reads::text(&ImportAnswer {
        entries: imported.entries,
        repeated: imported.repeated,
        seq: imported.seq,
    })))
}
