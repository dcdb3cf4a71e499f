//! The journal as a whole: out, as lines that `panke replay` takes; and in, all of it or nothing.

use super::events::json;
use super::{body, query, reads};
use crate::server::app::App;
use crate::server::commands::{Command, Import};
use crate::server::export;
use crate::server::problem::Problem;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio_stream::wrappers::ReceiverStream;

/// The media type of a journal.
pub const NDJSON: &str = "application/x-ndjson";

/// The routes of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route(
        "/v1/offices/{office}/journal",
        get(export_journal).post(import_journal),
    )
}

/// What an export takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    /// The first entry.
    from: Option<u64>,
}

/// Every entry that there is now, one a line; `policy` entries carry the files of their policy.
async fn export_journal(
    State(app): State<Arc<App>>,
    Path(office): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let From { from } = query::parsed(&uri)?;
    let core = app.core()?;
    let office = core.place(&office)?;
    let id = core.served[office].id;
    let head = core.mirror.ask(office, |one| one.head.seq).await?;
    let (to, lines) = tokio::sync::mpsc::channel(4);
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let Ok(core) = app.core() else { return };
        let exported = core.readers.with(|reader| {
            export::entries(reader, id, (from.unwrap_or(1), head), &mut |part| {
                to.blocking_send(Ok(Bytes::from(part))).is_ok()
            })
        });
        if let Err(sentence) = exported {
            // The answer has begun: what is cut off shows that it is not whole.
            drop(to.blocking_send(Err(std::io::Error::other(sentence))));
        }
    });
    let kind = HeaderValue::from_static(NDJSON);
    let body = Body::from_stream(ReceiverStream::new(lines));
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// What became of an import.
#[derive(Debug, Serialize)]
struct Taken {
    /// How many entries were stored.
    entries: u64,
    /// How many lines repeat an entry and were left out.
    repeated: u64,
    /// The last entry now.
    seq: u64,
}

/// Stores a journal after the entries that there are.
async fn import_journal(
    State(app): State<Arc<App>>,
    Path(office): Path<String>,
    headers: HeaderMap,
    query: RawQuery,
    journal: Bytes,
) -> Result<Response, Problem> {
    query::none(&query)?;
    body::typed(&headers, NDJSON)?;
    let core = app.core()?;
    let office = core.place(&office)?;
    let imported = core
        .command(|reply| {
            Command::Import(Import {
                office,
                journal,
                reply,
            })
        })
        .await?;
    Ok(json(reads::text(&Taken {
        entries: imported.entries,
        repeated: imported.repeated,
        seq: imported.seq,
    })))
}
