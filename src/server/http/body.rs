//! Bodies as bytes: their type, and the events that are in them.

use crate::server::problem::{self, Problem};
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::value::RawValue;

/// The most events that a batch may have.
pub const MOST_IN_BATCH: usize = 1000;

/// The events of a body, and whether they came as a list.
pub struct Given {
    /// Each one JSON object.
    pub events: Vec<Bytes>,
    /// Whether they came as a list.
    pub batch: bool,
}

/// Refuses a body of another type.
pub fn typed(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let detail = format!("send it with the header `Content-Type: {wanted}`");
    Err(Problem::new(&problem::UNSUPPORTED_TYPE, detail))
}

/// Takes a body apart: one event, or a list of them.
pub fn events(body: &Bytes) -> Result<Given, Problem> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'[') {
        let events = vec![body.clone()];
        return Ok(Given {
            events,
            batch: false,
        });
    }
    let list: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| {
        let detail = format!("the list of events is not JSON: {error}");
        let mut problem = Problem::new(&problem::MALFORMED_EVENT, detail);
        problem.column = Some(error.column());
        problem.line = u64::try_from(error.line()).ok();
        problem
    })?;
    if list.is_empty() {
        let detail = "the list holds no event: post one at least";
        return Err(Problem::new(&problem::MALFORMED_EVENT, detail));
    }
    if list.len() > MOST_IN_BATCH {
        let detail = format!(
            "the list holds {} events; post {MOST_IN_BATCH} at most",
            list.len()
        );
        return Err(Problem::new(&problem::BATCH_TOO_LARGE, detail));
    }
    let events = list
        .iter()
        .map(|event| body.slice_ref(event.get().as_bytes()))
        .collect();
    Ok(Given {
        events,
        batch: true,
    })
}
