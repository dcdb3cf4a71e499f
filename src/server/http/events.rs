//! Posting events: one or a list, stored and decided before the answer.

use super::body::{self, Given};
use crate::base::json::push_key;
use crate::server::app::App;
use crate::server::commands::{Answered, Command, Post};
use crate::server::entry::{push_decisions, push_head};
use crate::server::problem::{self, Problem};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;

/// The longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 200;

/// The routes of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/offices/{office}/events", post(post_events))
}

/// Stores events and answers what they decide.
async fn post_events(
    State(app): State<Arc<App>>,
    Path(office): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core()?;
    let office = core.place(&office)?;
    body::typed(&headers, "application/json")?;
    let key = key(&headers)?;
    let Given { events, batch } = body::events(&body)?;
    let answers = core
        .command(|reply| {
            Command::Post(Post {
                office,
                events,
                batch,
                key,
                reply,
            })
        })
        .await?;
    Ok(json(answer(&answers, batch, &|_| true)))
}

/// The id of an event that brings none.
fn key(headers: &HeaderMap) -> Result<Option<Box<str>>, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let bad = |detail: &str| Problem::new(&problem::BAD_REQUEST, detail);
    let key = std::str::from_utf8(key.as_bytes());
    let key = key
        .map_err(|_| bad("`Idempotency-Key` is not UTF-8"))?
        .trim();
    // A key in quotes, as the draft of that header has it, is the key in them.
    let key = key
        .strip_prefix('"')
        .and_then(|key| key.strip_suffix('"'))
        .unwrap_or(key);
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(bad("`Idempotency-Key` is empty or longer than 200 bytes"));
    }
    Ok(Some(key.into()))
}

/// Entries as they are answered: stored bytes, in a few words of JSON.
pub fn answer(answers: &[Answered], batch: bool, each: &dyn Fn(&[u8]) -> bool) -> String {
    let size: usize = answers
        .iter()
        .map(|one| one.entry.decisions.len() + 96)
        .sum();
    let mut out = String::with_capacity(size + 16);
    if !batch {
        if let [only] = answers {
            push_entry(&mut out, only, each);
        }
        return out;
    }
    out.push('{');
    push_key(&mut out, "entries");
    out.push('[');
    for (index, one) in answers.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_entry(&mut out, one, each);
    }
    out.push_str("]}");
    out
}

fn push_entry(out: &mut String, answered: &Answered, each: &dyn Fn(&[u8]) -> bool) {
    let entry = &answered.entry;
    out.push('{');
    push_head(out, entry.seq, &entry.line);
    push_key(out, "repeated");
    out.push_str(if answered.repeated { "true" } else { "false" });
    push_key(out, "decisions");
    push_decisions(out, &entry.decisions, each);
    out.push('}');
}

/// An answer in JSON.
pub fn json(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
