//! Posting events: one or a list, stored and decided before the answer; and asking what they would decide.

use super::body::{self, Given};
use super::gate::Asked;
use super::openapi::{EntryAnswer, EventBody};
use super::visible::is_visible;
use super::{dry, query};
use crate::base::json::push_key;
use crate::server::access::Scope;
use crate::server::app::malformed;
use crate::server::commands::{Answered, Command, Post};
use crate::server::entry::{push_decisions, push_head};
use crate::server::lines;
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;

/// How much longer than an event its line is, if it brings its id.
const ADDED: usize = 40;
/// The longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 200;

/// Record what happened: one event, or up to a thousand that are stored all or none. The answer comes when they are on
/// disk, with what they decide.
#[utoipa::path(post, path = "/v1/offices/{office}/events", tag = "events",
    params(
        ("office" = String, Path, description = "Name of the office"),
        ("idempotency-key" = Option<String>, Header, description = "The id of an event that brings none; in a list, with /1, /2, … added"),
    ),
    request_body(content = EventBody, content_type = "application/json"),
    responses((status = 200, description = "Stored, and decided", body = EntryAnswer)))]
pub async fn post_events(
    asked: Asked,
    Path(office): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let core = asked.app.core()?;
    let place = core.place(&office)?;
    let Given { events, batch } = given(&asked, &headers, body).await?;
    let approvals = asked.app.approvals(&office);
    for (index, event) in events.iter().enumerate() {
        let text = std::str::from_utf8(event).unwrap_or_default();
        let allowed = asked
            .app
            .access
            .may_record(&asked.who, &office, approvals, text);
        allowed.map_err(|mut problem| {
            problem.index = batch.then_some(index);
            problem
        })?;
    }
    let key = key(&headers)?;
    let force = core.served[place].force.load_full();
    let mut lines = Vec::with_capacity(events.len());
    let size = events.iter().map(|event| event.len() + ADDED).sum();
    let mut buffer = BytesMut::with_capacity(size);
    for (index, event) in events.iter().enumerate() {
        let id = key.as_deref().map(|key| match batch {
            true => format!("{key}/{}", index + 1),
            false => key.to_owned(),
        });
        let line = lines::line(&force.schema, event, id.as_deref(), &mut buffer);
        let index = batch.then_some(index);
        lines.push(line.map_err(|fault| malformed(index, *fault))?);
    }
    let checked = force.policy.clone();
    let answers = core
        .command(|reply| {
            Command::Post(Post {
                office: place,
                lines,
                batch,
                checked,
                reply,
            })
        })
        .await?;
    Ok(json(answer(&answers, batch, &Scope::All)))
}

/// Ask what events would decide; nothing is stored.
#[utoipa::path(post, path = "/v1/offices/{office}/dry-run", tag = "events",
    params(("office" = String, Path, description = "Name of the office")),
    request_body(content = EventBody, content_type = "application/json"),
    responses((status = 200, description = "What would be decided", body = EntryAnswer)))]
pub async fn dry_run(
    asked: Asked,
    Path(office): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let (core, place) = asked.may_in(&office, Right::DryRun)?;
    let given = given(&asked, &headers, body).await?;
    let batch = given.batch;
    let tried = core
        .mirror
        .ask(place, move |seen| dry::run(seen, place, &given));
    let answers = tried.await??;
    Ok(json(answer(&answers, batch, &Scope::All)))
}

/// The events of a body.
async fn given(asked: &Asked, headers: &HeaderMap, body: Body) -> Result<Given, Problem> {
    body::typed(headers, "application/json")?;
    let body = asked.app.limiter.body(headers, body).await?;
    let given = body::events(&body)?;
    asked.app.limiter.batch(given.events.len())?;
    Ok(given)
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
fn answer(answers: &[Answered], batch: bool, scope: &Scope) -> String {
    let size: usize = answers
        .iter()
        .map(|one| one.entry.decisions.len() + 96)
        .sum();
    let mut out = String::with_capacity(size + 16);
    if !batch {
        if let [only] = answers {
            push_entry(&mut out, only, scope);
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
        push_entry(&mut out, one, scope);
    }
    out.push_str("]}");
    out
}

fn push_entry(out: &mut String, answered: &Answered, scope: &Scope) {
    let entry = &answered.entry;
    out.push('{');
    push_head(out, entry.seq, &entry.line);
    push_key(out, "repeated");
    out.push_str(if answered.repeated { "true" } else { "false" });
    push_key(out, "decisions");
    push_decisions(out, &entry.decisions, &|line| is_visible(scope, line));
    out.push('}');
}

/// An answer in JSON.
pub fn json(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
