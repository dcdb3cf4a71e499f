//! A copy of the data file while the server goes on.

use super::gate::Asked;
use super::query;
use crate::server::app::unreadable;
use crate::server::problem::Problem;
use crate::server::roles::Right;
use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// How much is read at once.
const PART: usize = 256 << 10;
/// How many parts wait for a client at most.
const MOST_WAITING: usize = 4;

/// A consistent copy of the data file, as it is when this is asked for: every journal, every policy, every token. A
/// server started on it goes on from there.
#[utoipa::path(get, path = "/v1/backup", tag = "operation",
    responses((status = 200, description = "The copy", body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn backup(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    asked.may(Right::Backup)?;
    let app = asked.app.clone();
    let copied = tokio::task::spawn_blocking(move || {
        let core = app.core()?;
        let to = beside(&app.settings.data);
        let copied = core.readers.with(|reader| {
            let copied = reader.backup(&to).map_err(|error| error.to_string());
            copied.and_then(|()| opened(&to).map_err(|error| error.to_string()))
        });
        copied.map_err(unreadable)
    });
    let copied = copied
        .await
        .map_err(|error| unreadable(error.to_string()))?;
    let (file, length) = copied?;
    let (to, parts) = mpsc::channel(MOST_WAITING);
    tokio::task::spawn_blocking(move || hand_on(file, &to));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"panke-backup.db\""),
        ),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(parts))).into_response())
}

/// Where a copy is made: beside the data file, under a name that nobody else has.
fn beside(data: &Path) -> PathBuf {
    static COPIES: AtomicU64 = AtomicU64::new(0);
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(data);
    name.push(format!("-backup-{}-{number}", std::process::id()));
    name.into()
}

/// Opens a copy and takes its name away, so that it is gone when it has been read, whatever happens.
fn opened(copy: &Path) -> io::Result<(File, u64)> {
    let file = File::open(copy);
    fs::remove_file(copy)?;
    let file = file?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

/// Hands a file on, part by part.
fn hand_on(mut file: File, to: &mpsc::Sender<io::Result<Bytes>>) {
    let mut part = vec![0; PART];
    loop {
        let read = match file.read(&mut part) {
            Ok(0) => return,
            Ok(length) => Ok(Bytes::copy_from_slice(&part[..length])),
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if to.blocking_send(read).is_err() || failed {
            return;
        }
    }
}
