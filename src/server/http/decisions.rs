//! What was decided since an entry, for whoever follows by asking again.

use super::events::json;
use super::gate::Asked;
use super::openapi::DecisionsAnswer;
use super::query;
use super::visible::is_visible;
use crate::base::json::{push_key, push_number};
use crate::server::access::Scope;
use crate::server::app::unreadable;
use crate::server::entry::{decisions_of, push_decisions, push_head, stored};
use crate::server::problem::Problem;
use crate::store::{OfficeId, Reader};
use axum::extract::Path;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use std::ops::ControlFlow;

/// How many entries are answered if nobody says, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;
/// How many entries are looked at for one answer.
const MOST_LOOKED_AT: u64 = 50_000;

/// What the query says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    /// Entries after this one.
    #[serde(default)]
    since: u64,
    /// At most so many.
    limit: Option<usize>,
}

/// The entries after another that decided something, oldest first. `next` is where to go on: the same answer again with
/// no entries means that there is nothing more for now.
#[utoipa::path(get, path = "/v1/offices/{office}/decisions", tag = "reads",
    params(
        ("office" = String, Path, description = "Name of the office"),
        ("since" = Option<u64>, Query, description = "Entries after this one; 0: from the first"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "At most so many entries"),
    ),
    responses((status = 200, description = "Entries that decided something", body = DecisionsAnswer)))]
pub async fn decisions(
    asked: Asked,
    Path(office): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let Since { since, limit } = query::parsed(&uri)?;
    let limit = query::within("limit", limit.unwrap_or(USUAL), 1, MOST)?;
    let (core, place, scope) = asked.scope_in(&office)?;
    let id = core.served[place].id;
    let head = core.mirror.ask(place, |seen| seen.one.head.seq).await?;
    let app = asked.app.clone();
    let read = tokio::task::spawn_blocking(move || {
        let core = app.core()?;
        let page = Page {
            id,
            since,
            head,
            limit,
        };
        let text = core.readers.with(|reader| page.read(reader, &scope));
        text.map_err(unreadable)
    });
    let text = read
        .await
        .map_err(|error| unreadable(error.to_string()))??;
    Ok(json(text))
}

/// What of a journal is told.
struct Page {
    id: OfficeId,
    since: u64,
    head: u64,
    limit: usize,
}

impl Page {
    fn read(&self, reader: &Reader, scope: &Scope) -> Result<String, String> {
        let mut out = String::from("{");
        push_key(&mut out, "entries");
        out.push('[');
        let (mut told, mut next) = (0, self.since);
        let to = self.head.min(self.since.saturating_add(MOST_LOOKED_AT));
        let from = self.since.saturating_add(1);
        let read = reader.entries(self.id, from, to, &mut |entry| {
            next = entry.seq;
            let seen = |line: &str| is_visible(scope, line);
            if decisions_of(&stored(entry.decisions)).any(seen) {
                if told > 0 {
                    out.push(',');
                }
                told += 1;
                out.push('{');
                push_head(&mut out, entry.seq, entry.line);
                push_key(&mut out, "decisions");
                push_decisions(&mut out, entry.decisions, &seen);
                out.push('}');
            }
            match told < self.limit {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        read.map_err(|error| error.to_string())?;
        out.push(']');
        push_key(&mut out, "next");
        push_number(&mut out, next);
        out.push('}');
        Ok(out)
    }
}
